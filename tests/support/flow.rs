//! Sign-in and renewal as bare events, for what counts the work of `step`: nothing is logged or kept here, and tokens of one kind are all of one length.
//! Signatures are not made: to check them is the browser's part, and its answer comes as an event like any other.

#![allow(dead_code, unreachable_pub, reason = "each file uses its part")]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hushkey::{
    Config,
    protocol::{
        frame_message::FrameMessage,
        hint::{Frames, Hint, News},
        http::{HttpRequest, HttpResponse, Method},
        machine::{self, Reaction, State, Step},
        redirect_log::RedirectLog,
        secret::{Body, SensitiveUrl},
        time::{Clocks, Entropy, Moment, UnixTime, Uptime},
        turn::{Effect, Event, Opened, Verdict},
    },
};
use serde_json::json;
use std::{collections::VecDeque, time::Duration};

pub const API: &str = "https://api.example/orders";

/// One page, and a provider that agrees to everything.
pub struct Flow {
    pub config: Config,
    pub state: State,
    pub now: Clocks,
    /// The key set that is published, as text.
    pub keys: String,
    /// The `kid` that tokens name.
    pub key_id: Option<String>,
    pub events: u64,
    /// What has happened and was not dispatched yet.
    pub queue: VecDeque<Event>,
    refresh_tokens: bool,
    issued: u64,
    nonce: String,
}

impl Flow {
    pub fn new(refresh_tokens: bool) -> Self {
        let config = json!({
            "metadata": {
                "issuer": "https://as.example", "authorization_endpoint": "https://as.example/authorize",
                "token_endpoint": "https://as.example/token", "jwks_uri": "https://as.example/keys",
            },
            "client_id": "spac_1", "api": ["https://api.example/"],
        });
        Self {
            config: Config::from_json(&config.to_string(), "https://app.example").expect("a good configuration"),
            state: State::new(),
            now: Clocks { wall: UnixTime::from_millis(1_800_000_000_000), uptime: Uptime::from_millis(1_000) },
            keys: key_set(1),
            key_id: Some("k0".to_owned()),
            events: 0,
            queue: VecDeque::new(),
            refresh_tokens,
            issued: 0,
            nonce: String::new(),
        }
    }

    /// A page is loaded in a browser where somebody was signed in, and where frames work.
    pub fn open(&mut self) {
        self.state = State::new();
        self.queue.push_back(Event::Opened(Opened {
            address: SensitiveUrl::new("https://app.example/orders?page=2"),
            remembered: None,
            hint: Hint::default().with(News::SignedIn(Some(Frames::Work))),
            redirects: RedirectLog::default(),
            framed: false,
            returned: false,
            visible: true,
            early: None,
        }));
    }

    /// The time to renew comes.
    pub fn tick(&mut self) {
        let deadline = self.state.deadline().expect("a session is renewed in time");
        self.now = self.now.plus(deadline.from_now(self.now));
        self.queue.push_back(Event::Ticked);
    }

    /// Lets everything happen that is due.
    pub fn settle(&mut self) {
        while let Some(event) = self.queue.pop_front() {
            self.dispatch(event);
        }
    }

    /// Lets everything happen before the first event of this kind, and gives state and event as they are then.
    pub fn before(mut self, is_it: impl Fn(&Event) -> bool) -> (Self, Event) {
        while let Some(event) = self.queue.pop_front() {
            if is_it(&event) {
                return (self, event);
            }
            self.dispatch(event);
        }
        panic!("it does not come to that event: {:?}", self.state);
    }

    pub fn moment(&self) -> Moment {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.events.to_le_bytes());
        Moment { now: self.now, entropy: Entropy::new(seed), dpop: None }
    }

    /// One event, and what it leads to joins the queue.
    pub fn dispatch(&mut self, event: Event) {
        self.events += 1;
        let Step { state, effects, reaction } = machine::step(std::mem::take(&mut self.state), event, &self.moment(), &self.config);
        assert_eq!(reaction, Reaction::Taken);
        self.state = state;
        for effect in effects {
            let answer = self.answer(effect);
            self.queue.extend(answer);
        }
    }

    fn answer(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::OpenFrame { ticket, url, .. } => {
                let query = url.expose().split_once('?').expect("a query").1;
                let of =
                    |wanted: &str| form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).expect("there").1.into_owned();
                self.nonce = of("nonce");
                let said = json!({ "hushkey": 1, "query": format!("?code=code&state={}", of("state")), "fragment": "" });
                Some(Event::FrameSpoke { ticket, message: FrameMessage::parse(&said.to_string()).expect("the relay page's shape") })
            }
            Effect::Send { ticket, request } => Some(Event::Responded { ticket, outcome: Ok(self.response(&request)) }),
            Effect::Verify { ticket, .. } => Some(Event::Verified { ticket, verdict: Verdict::Valid }),
            Effect::Hint(_) | Effect::ForgetScroll | Effect::RestoreScroll | Effect::Tell(_) => None,
            other => panic!("nobody expects {other:?}"),
        }
    }

    fn response(&mut self, request: &HttpRequest) -> HttpResponse {
        let body = match request.method {
            Method::Get(_) => self.keys.clone(),
            Method::PostForm(_) => self.tokens(),
        };
        HttpResponse { status: 200, content_type: Some("application/json".to_owned()), retry_after: None, body: Body::new(body) }
    }

    fn tokens(&mut self) -> String {
        self.issued += 1;
        let number = format!("{:010}", self.issued);
        let now = self.now.wall.as_seconds();
        let mut header = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(key_id) = &self.key_id {
            header["kid"] = json!(key_id);
        }
        let claims = json!({
            "iss": "https://as.example", "aud": "spac_1", "sub": "usr_1", "iat": now, "exp": now + 3600, "nonce": self.nonce, "jti": number,
            "sid": "ses_1", "oid": "org_1", "name": "Ada Lovelace", "email": "ada@example.com", "roles": ["admin", "member"],
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let id_token = format!("{}.{}.{}", part(&header), part(&claims), URL_SAFE_NO_PAD.encode([7; 256]));
        let access_token = format!("access-{number}-{}", "x".repeat(600));
        let mut response = json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": 360, "id_token": id_token });
        if self.refresh_tokens {
            response["refresh_token"] = json!(format!("refresh-{number}"));
        }
        response.to_string()
    }
}

/// So many RSA keys, `k0` and following.
pub fn key_set(count: usize) -> String {
    let key = |number: usize| {
        let mut modulus = [0xff_u8; 256];
        modulus[..8].copy_from_slice(&(usize::MAX - number).to_be_bytes());
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": format!("k{number}"), "e": "AQAB", "n": URL_SAFE_NO_PAD.encode(modulus) })
    };
    json!({ "keys": (0..count).map(key).collect::<Vec<_>>() }).to_string()
}

/// A year, in renewals every five minutes.
pub const RENEWALS_OF_A_YEAR: u64 = 365 * 24 * 12;

/// As often as a session is renewed here: six minutes of life, less one.
pub const PERIOD: Duration = Duration::from_secs(300);
