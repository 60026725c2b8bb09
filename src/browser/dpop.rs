//! Keys that tokens are bound to, and proofs of them ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)). WebCrypto makes them, signs with them and never
//! gives them out; they are in memory only. Without `"dpop"` in the configuration nothing of this happens.

use super::{
    driver::{Shared, tell},
    fetch::header,
    moment::moment,
};
use crate::protocol::{
    dpop::{self, Nonces, PublicKey, Server, Subject, Thumbprint, Verdict},
    error::{DpopFailure, NetworkFailure},
    extension::Dpop,
    http::HttpResponse,
    machine::State,
    secret::AccessToken,
};
use js_sys::{ArrayBuffer, JSON, Object, Reflect, Uint8Array};
use std::{cell::RefCell, fmt, pin::Pin, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{CryptoKey, Response};

/// Parameters for making a key and for signing alike.
const PARAMETERS: &str = r#"{"name":"ECDSA","namedCurve":"P-256","hash":"SHA-256"}"#;

/// A key that cannot leave the browser.
struct Key {
    public: PublicKey,
    thumbprint: Thumbprint,
    private: CryptoKey,
}

impl Key {
    async fn make() -> Result<Self, JsValue> {
        let subtle = gloo::utils::window().crypto()?.subtle();
        let usages = js_sys::Array::of1(&"sign".into());
        // Not extractable: that is about the private key, public ones always are.
        let pair = JsFuture::from(subtle.generate_key_with_object(&parameters()?, false, &usages)?).await?;
        let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into());
        let jwk = JsFuture::from(subtle.export_key("jwk", &member(&pair, "publicKey")?.into())?).await?;
        let coordinate = |name: &str| Ok::<_, JsValue>(member(&jwk, name)?.as_string().unwrap_or_default());
        let public = PublicKey::new(&coordinate("x")?, &coordinate("y")?).ok_or(JsValue::NULL)?;
        Ok(Self { thumbprint: public.thumbprint(), public, private: member(&pair, "privateKey")?.unchecked_into() })
    }

    async fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, JsValue> {
        let subtle = gloo::utils::window().crypto()?.subtle();
        let signed = subtle.sign_with_object_and_js_u8_array(&parameters()?, &self.private, &Uint8Array::from(bytes))?;
        Ok(Uint8Array::new(&JsFuture::from(signed).await?.unchecked_into::<ArrayBuffer>()).to_vec())
    }
}

fn parameters() -> Result<Object, JsValue> {
    JSON::parse(PARAMETERS).map(JsCast::unchecked_into)
}

/// The keys of a page.
#[derive(Default)]
pub(crate) struct Keys {
    /// One that has not been used yet, for the next step.
    spare: RefCell<Spare>,
    /// Those that something is bound to.
    held: RefCell<Vec<Rc<Key>>>,
    nonces: Rc<RefCell<Nonces>>,
}

#[derive(Default)]
enum Spare {
    #[default]
    Missing,
    Ready(Rc<Key>),
    /// The browser makes none.
    Refused,
}

impl Keys {
    /// The name of the key that the next step may use.
    pub(crate) fn spare(&self) -> Option<Thumbprint> {
        match &*self.spare.borrow() {
            Spare::Ready(key) => Some(key.thumbprint.clone()),
            Spare::Missing | Spare::Refused => None,
        }
    }

    /// Sorts the keys after a step: the spare one was used if something is bound to it, and one that nothing is bound to any more is dropped.
    pub(crate) fn keep_what_is_held_by(&self, state: &State) {
        let is_held = |key: &Rc<Key>| state.holds_key(&key.thumbprint);
        self.held.borrow_mut().retain(is_held);
        let used = match &*self.spare.borrow() {
            Spare::Ready(key) if is_held(key) => Rc::clone(key),
            Spare::Ready(_) | Spare::Missing | Spare::Refused => return,
        };
        self.spare.replace(Spare::Missing);
        self.held.borrow_mut().push(used);
    }

    /// What proves a request.
    pub(crate) fn prover(&self, name: &Thumbprint, access_token: Option<AccessToken>) -> Prover {
        let is_it = |own: &&Rc<Key>| own.thumbprint == *name;
        let held = self.held.borrow().iter().find(is_it).cloned();
        let key = held.or_else(|| match &*self.spare.borrow() {
            Spare::Ready(own) => Some(own).filter(is_it).cloned(),
            Spare::Missing | Spare::Refused => None,
        });
        Prover { key, access_token, nonces: Rc::clone(&self.nonces), _extension: name.extension() }
    }
}

/// Makes proofs for one request and its repetitions, a new one for each.
pub(crate) struct Prover {
    key: Option<Rc<Key>>,
    access_token: Option<AccessToken>,
    nonces: Rc<RefCell<Nonces>>,
    _extension: Dpop,
}

impl Prover {
    const fn server(&self) -> Server {
        if self.access_token.is_some() { Server::Resource } else { Server::Authorization }
    }

    /// A proof for a request that is about to be sent. It is boxed, so that it is once in the program.
    pub(crate) fn proof<'a>(&'a self, method: &'a str, url: &'a str) -> Pin<Box<dyn Future<Output = Result<String, NetworkFailure>> + 'a>> {
        Box::pin(self.make_proof(method, url))
    }

    async fn make_proof(&self, method: &str, url: &str) -> Result<String, NetworkFailure> {
        let lost = NetworkFailure::Proof(DpopFailure::KeyLost);
        let key = self.key.as_ref().ok_or(lost)?;
        let at = moment().map_err(|_| lost)?;
        let proof = {
            let nonces = self.nonces.borrow();
            let subject = Subject { method, url, nonce: nonces.latest(self.server(), url), access_token: self.access_token.as_ref() };
            dpop::proof(&key.public, subject, &at).ok_or(lost)?
        };
        let signature = key.sign(proof.signing_input()).await.map_err(|_| lost)?;
        Ok(proof.signed(&signature))
    }

    /// Looks at an answer: keeps the nonce that came with it, and says whether the request is to be sent once more. Of the token endpoint the whole answer
    /// is looked at, of a resource only what comes before the body.
    pub(crate) fn is_to_repeat(
        &self,
        url: &str,
        response: &Response,
        answer: Option<&HttpResponse>,
        is_repeated: bool,
    ) -> Result<bool, NetworkFailure> {
        let sent = self.nonces.borrow_mut().keep(self.server(), url, header(response, "dpop-nonce").as_deref());
        let is_asked_for = match (self.server(), answer) {
            (Server::Authorization, Some(answer)) => dpop::token_endpoint_asks_for_nonce(answer),
            _ => dpop::asks_for_nonce(response.status(), header(response, "www-authenticate").as_deref()),
        };
        let verdict = sent.verdict(is_asked_for, is_repeated).map_err(NetworkFailure::Proof)?;
        Ok(verdict == Verdict::Repeat)
    }
}

impl fmt::Debug for Prover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prover")
    }
}

impl Shared {
    /// Empties the queue. Each step may use a key that has not been used before: where there is none, the rest waits until the browser has made one.
    pub(super) fn go_on(self: &Rc<Self>) {
        loop {
            if self.config.dpop.is_some() && matches!(*self.keys.spare.borrow(), Spare::Missing) {
                self.make_key();
                break;
            }
            let Some(event) = self.next_event() else {
                self.running.set(false);
                break;
            };
            self.take_turn(event);
        }
        self.set_timer();
        self.set_monitor();
        self.tell_view();
    }

    fn make_key(self: &Rc<Self>) {
        let driver = Rc::downgrade(self);
        spawn_local(async move {
            let made = Key::make().await;
            tell(&driver, |driver| {
                // The core says what that means.
                driver.keys.spare.replace(made.map_or(Spare::Refused, |key| Spare::Ready(Rc::new(key))));
                driver.go_on();
            });
        });
    }
}
