//! What browser tests share: waiting for something, pages made on the spot, and the provider in the page.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use gloo::{timers::future::TimeoutFuture, utils::document};
use hushkey::{Config, browser::navigation, protocol::secret::SensitiveUrl};
use js_sys::{Array, Function};
use serde_json::{Value, json};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Window;

pub const CLIENT: &str = "tests";

pub fn window() -> Window {
    gloo::utils::window()
}

/// Asks again and again until it is so, for ten seconds at most.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if is_so() {
            return;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("it never came to this: {what}");
}

/// Lets everything that is already due happen. For what must *not* happen: there is nothing to wait for then.
pub async fn a_while() {
    TimeoutFuture::new(150).await;
}

/// A page of our own origin, as an address.
pub fn page(html: &str) -> SensitiveUrl {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("text/html");
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&Array::of1(&html.into()), &options).expect("a blob");
    SensitiveUrl::new(web_sys::Url::create_object_url_with_blob(&blob).expect("an address"))
}

/// How many frames there are.
pub fn frames() -> u32 {
    document().query_selector_all("iframe").expect("a list").length()
}

/// Runs JavaScript.
pub fn run(script: &str) -> JsValue {
    Function::new_no_args(script).call0(&JsValue::NULL).unwrap_or_else(|why| panic!("{script}: {why:?}"))
}

/// How many entries the history has. Firefox puts the page itself there a moment after it was loaded.
pub async fn history_length() -> JsValue {
    until("the page in its own history", || run("return history.length > 0") == true).await;
    run("return history.length")
}

pub fn run_text(script: &str) -> String {
    run(script).as_string().unwrap_or_else(|| panic!("{script}: not a text"))
}

#[wasm_bindgen(module = "/tests/support/provider.js")]
extern "C" {
    fn reset();
    fn set(name: &str, json: &str);
    fn get(name: &str) -> String;
    async fn proofs() -> JsValue;
}

/// The provider in the page, as provider.js has it.
pub struct Provider;

impl Provider {
    /// As at the start, and with a browser that remembers nothing.
    pub fn fresh() -> Self {
        reset();
        run("localStorage.clear(); sessionStorage.clear(); history.replaceState(null, '', '/')");
        Self
    }

    pub fn set(&self, name: &str, value: impl Into<Value>) {
        set(name, &value.into().to_string());
    }

    pub fn get(&self, name: &str) -> Value {
        serde_json::from_str(&get(name)).expect("JSON")
    }

    /// What every proof so far says.
    pub async fn proofs(&self) -> Vec<Value> {
        let text = proofs().await.as_string().expect("a text");
        serde_json::from_str(&text).expect("a list")
    }

    /// How many times the token endpoint was asked.
    pub fn grants(&self) -> usize {
        self.get("grants").as_array().map_or(0, Vec::len)
    }

    /// Where the page would have gone.
    pub fn left(&self) -> Vec<String> {
        serde_json::from_value(self.get("left")).expect("a list of addresses")
    }

    /// The configuration block of an app that uses it.
    pub fn block(&self) -> String {
        self.block_with(&json!({}), &json!({}))
    }

    /// The same with more in it, and in its metadata. `ORIGIN` in a text stands for the page's.
    pub fn block_with(&self, metadata: &Value, members: &Value) -> String {
        let origin = navigation::origin();
        let mut block = json!({
            "metadata": {
                "issuer": format!("{origin}/provider"),
                "authorization_endpoint": format!("{origin}/tests/support/authorize.html"),
                "token_endpoint": format!("{origin}/provider/token"),
                "jwks_uri": format!("{origin}/provider/keys"),
            },
            "client_id": CLIENT, "algorithms": ["ES256"], "api": [format!("{origin}/api/")],
        });
        let extend = |object: &mut Value, more: &Value| {
            object.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        };
        extend(&mut block["metadata"], metadata);
        extend(&mut block, members);
        block.to_string().replace("ORIGIN", &origin)
    }

    pub fn config(&self) -> Rc<Config> {
        Rc::new(Config::from_json(&self.block(), &navigation::origin()).expect("a good configuration"))
    }
}
