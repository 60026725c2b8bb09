//! A world for the machine: a browser, a clock and a provider, all simulated; keys and signatures real.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part of the world")]

pub mod answers;
pub mod keys;
pub mod metadata;
pub mod provider;

#[cfg(feature = "flow")]
use hushkey::protocol::flow::{self, Flow};
use hushkey::{
    Config, Reason, SignInOptions, View,
    protocol::{
        callback,
        dpop::{PublicKey, Thumbprint},
        early::Early,
        error::NetworkFailure,
        examination::{Evidence, Manners, RelayPage},
        frame_message::FrameMessage,
        hint::Hint,
        http::{HttpRequest, HttpResponse, Method},
        machine::{Reaction, State},
        redirect_log::RedirectLog,
        secret::{Body, SensitiveUrl},
        tab_message::{TabMessage, Whose},
        time::{Clocks, Entropy, Moment, UnixTime, Uptime},
        transaction::{self, Record, Ticket},
        turn::{Effect, Event, HistoryEntry, Opened, Verdict},
    },
};
use provider::Provider;
use std::{collections::HashMap, time::Duration};

pub const APP: &str = "https://app.example";
pub const ISSUER: &str = "https://as.example";
pub const CLIENT: &str = "spac_1";

/// One tab of one browser, and the provider it talks to.
pub struct World {
    pub config: Config,
    pub provider: Provider,
    pub state: State,
    pub now: Clocks,
    pub address: String,
    pub hint: Hint,
    pub redirects: RedirectLog,
    /// Whether the next page that is opened is one that was there before.
    pub returned: bool,
    /// Whether the next page that is opened is looked at.
    pub visible: bool,
    /// What the page has begun before the machine was there.
    pub early: Option<Early>,
    /// What an examination finds.
    pub relay: Result<RelayPage, NetworkFailure>,
    pub told: Vec<TabMessage>,
    /// What `sessionStorage` holds.
    pub stored: HashMap<String, Record>,
    /// Where the page went.
    pub left_for: Option<(String, HistoryEntry)>,
    /// Every effect ever asked for, as `Debug` shows it.
    pub log: Vec<String>,
    /// Every reaction.
    pub reactions: Vec<Reaction>,
    pub frames: Vec<(Ticket, String)>,
    pub popups: Vec<(Ticket, String)>,
    pub examinations: Vec<Ticket>,
    pub adopted: Vec<Ticket>,
    pub scrolled: u32,
    pub forgotten: u32,
    pub requests: Vec<(Ticket, HttpRequest)>,
    pub checks: Vec<(Ticket, Verdict)>,
    /// What was to be revoked: where, and the fields of the form.
    pub revoked: Vec<(String, Vec<(String, String)>)>,
    /// Errors for developers, by their codes.
    pub reported: Vec<String>,
    /// What the flow inspector would draw of this page.
    #[cfg(feature = "flow")]
    pub flow: Flow,
    /// All that could be seen of the record of earlier pages.
    #[cfg(feature = "flow")]
    pub shown: Vec<String>,
    /// The key that the next step may use, where the browser makes keys.
    pub spare: Option<Thumbprint>,
    entropy: u64,
}

/// A configuration with metadata by hand.
pub fn config(extra: &str) -> Config {
    let block = format!(
        r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys",
        "end_session_endpoint":"{ISSUER}/logout","userinfo_endpoint":"{ISSUER}/userinfo"}},"client_id":"{CLIENT}","algorithms":["EdDSA","ES256","RS256","PS256"],"api":["https://api.example/"]{extra}}}"#
    );
    Config::from_json(&block, APP).expect("a good configuration")
}

impl World {
    pub fn new() -> Self {
        Self::with(config(""))
    }

    pub fn with(config: Config) -> Self {
        Self {
            config,
            provider: Provider::new(),
            state: State::new(),
            now: Clocks { wall: UnixTime::from_millis(1_800_000_000_000), uptime: Uptime::from_millis(1_000) },
            address: String::new(),
            hint: Hint::default(),
            redirects: RedirectLog::default(),
            returned: false,
            visible: true,
            early: None,
            relay: Ok(relay_page()),
            told: Vec::new(),
            stored: HashMap::new(),
            left_for: None,
            log: Vec::new(),
            reactions: Vec::new(),
            frames: Vec::new(),
            popups: Vec::new(),
            examinations: Vec::new(),
            adopted: Vec::new(),
            scrolled: 0,
            forgotten: 0,
            requests: Vec::new(),
            checks: Vec::new(),
            revoked: Vec::new(),
            reported: Vec::new(),
            #[cfg(feature = "flow")]
            flow: Flow::default(),
            #[cfg(feature = "flow")]
            shown: Vec::new(),
            spare: None,
            entropy: 0,
        }
    }

    /// Loads a page: a fresh machine, with what the browser kept.
    pub fn open(&mut self, path: &str) -> View {
        self.state = State::new();
        #[cfg(feature = "flow")]
        self.forget_flow();
        self.left_for = None;
        self.frames.clear();
        self.examinations.clear();
        self.popups.clear();
        self.requests.clear();
        self.checks.clear();
        self.address = format!("{APP}{path}");
        let address = SensitiveUrl::new(self.address.clone());
        let remembered = callback::state_in(&address).and_then(|state| self.stored.remove(&transaction::key_of(CLIENT, &state)));
        let early = self.early.take();
        self.dispatch(Event::Opened(Opened {
            address,
            remembered,
            hint: self.hint,
            redirects: self.redirects.clone(),
            framed: false,
            returned: self.returned,
            visible: self.visible,
            early,
        }))
    }

    /// Loads a page and lets everything happen that happens by itself.
    pub fn visit(&mut self, path: &str) -> View {
        self.open(path);
        self.settle()
    }

    /// Signs in from a page, all the way, as the person would.
    pub fn sign_in(&mut self, path: &str) -> View {
        self.visit(path);
        self.provider.session.get_or_insert_with(|| "usr_1".to_owned());
        self.dispatch(Event::SignInChosen(SignInOptions { return_to: Some(path.to_owned()), ..SignInOptions::default() }));
        self.follow();
        self.settle()
    }

    /// The browser goes where the page wanted to, and the provider sends it back.
    pub fn follow(&mut self) {
        // A request that is pushed first takes a moment.
        while self.left_for.is_none() && self.answer_one() {}
        let (url, _) = self.left_for.clone().expect("the page left");
        let back = self.provider.authorize(&url, self.now.wall);
        let path = back.strip_prefix(APP).expect("the provider redirects to the app").to_owned();
        self.open(&path);
    }

    /// Sends one event through the machine and keeps the effects for later.
    pub fn dispatch(&mut self, event: Event) -> View {
        self.entropy += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.entropy.to_le_bytes());
        let at = Moment { now: self.now, entropy: Entropy::new(seed), dpop: self.spare.clone() };
        self.log.push(format!("{event:?}"));
        let state = std::mem::take(&mut self.state);
        let before = format!("{state:?}");
        #[cfg(not(feature = "flow"))]
        let step = hushkey::protocol::machine::step(state, event, &at, &self.config);
        #[cfg(feature = "flow")]
        let step = flow::step(state, event, &at, &self.config, &mut self.flow);
        if let Reaction::Ignored(_) = step.reaction {
            assert_eq!(before, format!("{:?}", step.state), "an ignored event leaves the state as it was");
            assert!(step.effects.is_empty(), "an ignored event asks for nothing");
        }
        self.state = step.state;
        if self.spare.as_ref().is_some_and(|key| self.state.holds_key(key)) {
            self.spare = Some(key(self.entropy));
        }
        self.reactions.push(step.reaction);
        for effect in step.effects {
            self.log.push(format!("{effect:?}"));
            self.take(effect);
        }
        self.log.push(format!("{:?}", self.state));
        self.state.view()
    }

    /// The record ends with its page.
    #[cfg(feature = "flow")]
    pub fn forget_flow(&mut self) {
        let flow = std::mem::take(&mut self.flow);
        self.shown.push(format!("{flow:?}\n{}", flow::report(&flow, &[])));
    }

    fn take(&mut self, effect: Effect) {
        match effect {
            Effect::OpenFrame { ticket, url, .. } => self.frames.push((ticket, url.expose().to_owned())),
            Effect::AdoptFrame { ticket } => self.adopted.push(ticket),
            Effect::OpenPopup { ticket, url, .. } => self.popups.push((ticket, url.expose().to_owned())),
            Effect::SendPopup { ticket, url } => {
                let popup = self.popups.iter_mut().find(|(own, _)| *own == ticket).expect("an open window");
                popup.1 = url.expose().to_owned();
            }
            Effect::Examine { ticket, .. } => self.examinations.push(ticket),
            Effect::NoteRedirects(redirects) => self.redirects = redirects,
            Effect::RestoreScroll => self.scrolled += 1,
            Effect::ForgetScroll => self.forgotten += 1,
            Effect::Send { ticket, request } => self.requests.push((ticket, request)),
            Effect::Verify { ticket, checks } => self.checks.push((ticket, keys::verify(&checks))),
            Effect::Navigate { url, history } => self.left_for = Some((url.expose().to_owned(), history)),
            Effect::RewriteAddress { to } => self.address = format!("{APP}{to}"),
            Effect::Remember(record) => {
                self.stored.insert(record.key().to_owned(), record);
            }
            Effect::Hint(news) => self.hint = self.hint.with(news),
            Effect::Tell(message) => self.told.push(message),
            Effect::Report(error) => self.reported.push(error.code()),
            Effect::Submit(request) => self.left_for = Some((request.url, HistoryEntry::Keep)),
            Effect::Revoke(request, _) => {
                assert!(self.left_for.is_none(), "it is sent before the page is left");
                let Method::PostForm(form) = &request.method else { panic!("a POST") };
                self.revoked.push((request.url.clone(), form_urlencoded::parse(form.expose().as_bytes()).into_owned().collect()));
            }
        }
    }

    /// Answers whatever is pending, until nothing is. Answers that nobody waits for are dropped, as the driver drops their handles.
    pub fn settle(&mut self) -> View {
        for _ in 0..100 {
            if !self.answer_one() {
                return self.state.view();
            }
        }
        panic!("it never comes to rest: {:?}", self.state);
    }

    /// Answers one pending effect. `false` if there is none that will be answered.
    pub fn answer_one(&mut self) -> bool {
        if let Some((ticket, request)) = pop(&mut self.requests) {
            let outcome = self.provider.http(&request, self.now.wall);
            self.dispatch(Event::Responded { ticket, outcome });
            return true;
        }
        if let Some((ticket, verdict)) = pop(&mut self.checks) {
            self.dispatch(Event::Verified { ticket, verdict });
            return true;
        }
        if let Some(ticket) = pop(&mut self.examinations) {
            let relay = self.relay.clone();
            let provider = if self.provider.down.is_some() { Manners::Silent } else { Manners::Redirects };
            self.dispatch(Event::Examined { ticket, evidence: Evidence { relay, provider, isolated: false } });
            return true;
        }
        let Some((ticket, url)) = pop(&mut self.frames) else { return false };
        if self.provider.down.is_some() {
            return true;
        }
        if self.provider.frames_refused {
            self.dispatch(Event::FrameLoaded { ticket });
            return true;
        }
        if self.state.holds(ticket) {
            let answer = self.provider.authorize_in_frame(&url, self.now.wall);
            self.frame_says(ticket, &answer);
        }
        true
    }

    /// The relay page posts the answer that stands in its address.
    pub fn frame_says(&mut self, ticket: Ticket, address: &str) -> View {
        let (rest, fragment) = address.split_once('#').map_or((address, String::new()), |(rest, fragment)| (rest, format!("#{fragment}")));
        let query = rest.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
        let text = serde_json::json!({ "hushkey": 1, "query": query, "fragment": fragment }).to_string();
        let message = FrameMessage::parse(&text).expect("the relay page's own shape");
        self.dispatch(Event::FrameSpoke { ticket, message })
    }

    /// Time passes, and the timer is right.
    pub fn pass(&mut self, span: Duration) -> View {
        let end = self.now.plus(span);
        while let Some(deadline) = self.state.deadline().filter(|deadline| deadline.has_come(end)) {
            self.now = self.now.plus(deadline.from_now(self.now));
            self.dispatch(Event::Ticked);
            self.settle();
        }
        self.now = end;
        self.state.view()
    }

    /// How often the token endpoint was asked, by grant.
    pub fn redeemed(&self, grant: &str) -> usize {
        self.provider.grants.iter().filter(|used| *used == grant).count()
    }

    /// Makes the provider unreachable, or reachable again.
    pub fn provider_is_down(&mut self, down: bool) {
        self.provider.down = down.then_some(NetworkFailure::Unreachable);
    }
}

/// What another tab tells when this person signs in there.
pub fn whose(world: &World, subject: &str) -> Whose {
    let mut other = World::new();
    other.now = world.now;
    other.provider.session = Some(subject.to_owned());
    other.sign_in("/");
    match other.told.pop() {
        Some(TabMessage::SignedIn(whose)) => whose,
        told => panic!("a sign-in is told, not {told:?}"),
    }
}

/// An answer with nothing in it.
pub fn empty_answer() -> HttpResponse {
    HttpResponse { status: 200, content_type: Some("application/json".into()), retry_after: None, body: Body::new("{}") }
}

/// The name of a key, another for each number.
pub fn key(number: u64) -> Thumbprint {
    let coordinate = |first: u8| {
        let mut bytes = [first; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        keys::encode(&bytes)
    };
    PublicKey::new(&coordinate(1), &coordinate(2)).expect("two coordinates").thumbprint()
}

/// The relay page as it should be.
pub fn relay_page() -> RelayPage {
    RelayPage { status: 200, body: Body::new(r#"<meta name="hushkey-relay">"#), frame_options: None, policy: None }
}

fn pop<T>(list: &mut Vec<T>) -> Option<T> {
    (!list.is_empty()).then(|| list.remove(0))
}

/// The name of whoever is signed in.
pub fn name(view: &View) -> Option<&str> {
    view.person().map(|person| person.name.as_str())
}

pub fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The code of what is wrong on a page.
pub fn code_of(view: &View) -> String {
    match view {
        View::SignedOut(Reason::Problem(error)) | View::Paused { cause: error, .. } => error.code(),
        View::Restoring { delay: Some(delay) } => delay.cause.code(),
        other => panic!("something went wrong, not {other:?}"),
    }
}

/// Somebody signed in, in a browser that does not show the provider in a frame who is there.
pub fn blocked(path: &str) -> World {
    let mut world = World::new();
    world.provider.cookies_blocked = true;
    assert!(world.sign_in(path).person().is_some());
    world
}

/// The address that the page's inline script builds for [`config`].
pub fn early_address(state: &str, nonce: &str, verifier: &str) -> String {
    use base64::Engine;
    use sha2::Digest;
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier));
    format!(
        "{ISSUER}/authorize?response_type=code&client_id={CLIENT}&redirect_uri={APP}/silent-refresh.html&scope=openid+profile+email\
         &state={state}&nonce={nonce}&code_challenge={challenge}&code_challenge_method=S256&prompt=none"
    )
}
