//! hushkey's side of `cargo xtask validation`: an ID token validated alone, and the whole way from the text of a token response to a session, as it is in
//! production: answers come as events, the signature is an effect, and the claims are looked at after it.

#[cfg(target_arch = "wasm32")]
mod page {
    use hushkey::{
        Config,
        browser::crypto,
        protocol::{
            frame_message::FrameMessage,
            hint::Hint,
            http::{HttpResponse, Method},
            machine::{Reaction, State, Step, step},
            redirect_log::RedirectLog,
            secret::{Body, Nonce, SensitiveUrl},
            time::{Clocks, Entropy, Moment, UnixTime, Uptime},
            transaction::Ticket,
            turn::{Effect, Event, Opened, Verdict},
            validation::Validation,
        },
    };
    use wasm_bindgen::prelude::*;

    const APP: &str = "https://app.example";

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = performance, js_name = now)]
        fn milliseconds() -> f64;
    }

    /// What ID tokens are held against.
    #[wasm_bindgen]
    #[derive(Debug)]
    pub struct Validator(Validation);

    #[wasm_bindgen]
    impl Validator {
        /// Has the keys.
        #[wasm_bindgen(constructor)]
        #[must_use]
        pub fn new(block: &str, keys: &str, nonce: &str, seconds: f64) -> Self {
            let config = Config::from_json(block, APP).expect("a good configuration");
            let now = UnixTime::from_numeric_date(seconds).expect("a time");
            Self(Validation::new(config, &response(keys), Nonce::new(nonce), now).expect("good keys"))
        }

        /// Validates one token, and says how long it took, in milliseconds.
        pub async fn validate(&self, token: String) -> f64 {
            let begun = milliseconds();
            let (unverified, check) = self.0.begin(&token).expect("well formed");
            assert_eq!(crypto::verify(vec![check]).await, Verdict::Valid);
            let person = self.0.finish(unverified).expect("good claims");
            let spent = milliseconds() - begun;
            assert_eq!(person, "usr_1");
            spent
        }
    }

    /// A page that somebody signs in on, and whose session is renewed again and again.
    #[wasm_bindgen]
    #[derive(Debug)]
    pub struct Page {
        config: Config,
        state: State,
        at: Moment,
        /// The silent request, and what waits for its answer.
        asked: Option<(Ticket, String)>,
    }

    #[wasm_bindgen]
    impl Page {
        /// Opens the page: it asks who is there, and has the keys.
        #[wasm_bindgen(constructor)]
        #[must_use]
        pub fn new(block: &str, keys: &str, seconds: f64) -> Self {
            let now = Clocks { wall: UnixTime::from_numeric_date(seconds).expect("a time"), uptime: Uptime::from_millis(1_000) };
            let mut page = Self {
                config: Config::from_json(block, APP).expect("a good configuration"),
                state: State::new(),
                // Always the same, so that one token fits for all that comes.
                at: Moment { now, entropy: Entropy::new([7; 32]), dpop: None },
                asked: None,
            };
            let opened = Opened {
                address: SensitiveUrl::new(APP),
                remembered: None,
                hint: Hint::default(),
                redirects: RedirectLog::default(),
                framed: false,
                returned: false,
                visible: true,
                early: None,
            };
            for effect in page.step(Event::Opened(opened)) {
                match effect {
                    Effect::OpenFrame { ticket, url, .. } => page.asked = Some((ticket, url.expose().to_owned())),
                    Effect::Send { ticket, request } if matches!(request.method, Method::Get(_)) => drop(page.step(answer(ticket, keys))),
                    _ => {}
                }
            }
            page
        }

        /// The `nonce` that the token must have.
        #[must_use]
        pub fn nonce(&self) -> String {
            self.parameter("nonce")
        }

        /// Signs in with this token response, by a code.
        pub async fn sign_in(&mut self, response: String) {
            let said = format!(r#"{{"hushkey":1,"query":"?code=c&state={}","fragment":""}}"#, self.parameter("state"));
            let ticket = self.asked.as_ref().expect("it asks").0;
            let message = FrameMessage::parse(&said).expect("the relay page's shape");
            let effects = self.step(Event::FrameSpoke { ticket, message });
            self.validate(request_in(effects), &response).await;
        }

        /// Renews the session with this token response, and says how long it took from the response to the session, in milliseconds.
        pub async fn renew(&mut self, response: String) -> f64 {
            let effects = self.step(Event::RenewalChosen);
            let begun = milliseconds();
            self.validate(request_in(effects), &response).await;
            milliseconds() - begun
        }

        async fn validate(&mut self, ticket: Ticket, response: &str) {
            let before = self.state.token_generation();
            for effect in self.step(answer(ticket, response)) {
                let Effect::Verify { ticket, checks } = effect else { panic!("nobody expects {effect:?}") };
                let verdict = crypto::verify(checks).await;
                self.step(Event::Verified { ticket, verdict });
            }
            assert!(self.state.token_generation() > before && !self.state.is_renewing(), "no session came of it: {:?}", self.state);
        }

        fn step(&mut self, event: Event) -> Vec<Effect> {
            let Step { state, effects, reaction } = step(std::mem::take(&mut self.state), event, &self.at, &self.config);
            assert_eq!(reaction, Reaction::Taken);
            self.state = state;
            effects
        }

        fn parameter(&self, name: &str) -> String {
            let address = &self.asked.as_ref().expect("it asks").1;
            let query = address.split_once('?').expect("a query").1;
            form_urlencoded::parse(query.as_bytes()).find(|(own, _)| own == name).expect("it is there").1.into_owned()
        }
    }

    fn request_in(effects: Vec<Effect>) -> Ticket {
        effects.into_iter().find_map(|effect| if let Effect::Send { ticket, .. } = effect { Some(ticket) } else { None }).expect("it asks")
    }

    fn answer(ticket: Ticket, body: &str) -> Event {
        Event::Responded { ticket, outcome: Ok(response(body)) }
    }

    fn response(body: &str) -> HttpResponse {
        HttpResponse { status: 200, content_type: Some("application/json".to_owned()), retry_after: None, body: Body::new(body) }
    }
}

fn main() {}
