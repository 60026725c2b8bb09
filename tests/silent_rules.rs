//! Rules of the silent way: whatever would be refused on the way back from a redirect is refused from the frame, and a renewal is no weaker.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Reason, SignInOptions, View,
    protocol::{
        config::Config,
        error::Error,
        examination::{Evidence, Manners},
        hint::Frames,
        machine::{Ignored, Reaction},
        turn::Event,
    },
};
use serde_json::json;
use support::{APP, CLIENT, ISSUER, World, name, relay_page, seconds};

/// A provider that says where it comes from, and answers in the fragment if it is asked to.
fn world(fragment: bool) -> World {
    let modes = if fragment { json!(["query", "fragment"]) } else { json!(["query"]) };
    let block = json!({
        "metadata": {
            "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/keys"), "authorization_response_iss_parameter_supported": true, "response_modes_supported": modes,
        },
        "client_id": CLIENT, "algorithms": ["EdDSA"],
    });
    let mut world = World::with(Config::from_json(&block.to_string(), APP).expect("good"));
    world.provider.session = Some("usr_1".into());
    world.provider.tweak_answer = Some(Box::new(|answer| answer.push_str("&iss=https%3A%2F%2Fas.example")));
    world
}

/// What a hostile answer makes of a good one, by what it does; `code` and `state` are of the good one.
type Edit = fn(code: &str, state: &str) -> String;

const ISS: &str = "&iss=https%3A%2F%2Fas.example";

/// The negative table of AR-08 to AR-19.
const ANSWERS: [(&str, Edit); 37] = [
    ("no state", |code, _| format!("code={code}{ISS}")),
    ("an empty state", |code, _| format!("code={code}&state={ISS}")),
    ("a longer state", |code, state| format!("code={code}&state={state}1{ISS}")),
    ("a shorter state", |code, state| format!("code={code}&state={}{ISS}", &state[1..])),
    ("a state in other letters", |code, state| format!("code={code}&state={}{ISS}", flipped(state))),
    ("another state", |code, _| format!("code={code}&state=Zm9yZ2Vk{ISS}")),
    ("a state with a blank", |code, state| format!("code={code}&state={state}+{ISS}")),
    ("no issuer", |code, state| format!("code={code}&state={state}")),
    ("an empty issuer", |code, state| format!("code={code}&state={state}&iss=")),
    ("a longer issuer", |code, state| format!("code={code}&state={state}{ISS}1")),
    ("an issuer with a slash", |code, state| format!("code={code}&state={state}{ISS}%2F")),
    ("an issuer in capitals", |code, state| format!("code={code}&state={state}&iss=https%3A%2F%2FAS.example")),
    ("another issuer", |code, state| format!("code={code}&state={state}&iss=https%3A%2F%2Fevil.example")),
    ("two codes", |code, state| format!("code={code}&code=b&state={state}{ISS}")),
    ("the same code twice", |code, state| format!("code={code}&code={code}&state={state}{ISS}")),
    ("two states", |code, state| format!("code={code}&state={state}&state={state}{ISS}")),
    ("two issuers", |code, state| format!("code={code}&state={state}{ISS}{ISS}")),
    ("two errors", |_, state| format!("error=login_required&error=access_denied&state={state}{ISS}")),
    ("no code", |_, state| format!("state={state}{ISS}")),
    ("an empty code", |_, state| format!("code=&state={state}{ISS}")),
    ("an empty error", |_, state| format!("error=&state={state}{ISS}")),
    ("a code and an error", |code, state| format!("code={code}&error=login_required&state={state}{ISS}")),
    ("an access token", |code, state| format!("code={code}&access_token=stolen&state={state}{ISS}")),
    ("an ID token", |code, state| format!("code={code}&id_token=a.b.c&state={state}{ISS}")),
    ("a token type", |code, state| format!("code={code}&token_type=Bearer&state={state}{ISS}")),
    ("a JARM response", |code, state| format!("code={code}&response=a.b.c&state={state}{ISS}")),
    ("nothing but a JARM response", |_, _| "response=a.b.c".into()),
    ("nothing but tokens", |_, state| format!("access_token=a&token_type=Bearer&state={state}{ISS}")),
    ("an error without a state", |_, _| format!("error=login_required{ISS}")),
    ("an error with another state", |_, _| format!("error=access_denied&state=Zm9yZ2Vk{ISS}")),
    ("an error without an issuer", |_, state| format!("error=login_required&state={state}")),
    ("an error of another issuer", |_, state| format!("error=access_denied&state={state}&iss=https%3A%2F%2Fevil.example")),
    ("an error of a longer issuer", |_, state| format!("error=interaction_required&state={state}{ISS}1")),
    ("nothing", |_, _| String::new()),
    ("not a response", |_, _| "foo=bar".into()),
    ("names in capitals", |code, state| format!("CODE={code}&STATE={state}&ISS=https%3A%2F%2Fas.example")),
    ("names with blanks", |code, state| format!("code+={code}&state+={state}{ISS}")),
];

fn flipped(text: &str) -> String {
    let flip = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(flip).collect()
}

/// `code` and `state` of a good answer.
fn parts(answer: &str) -> (String, String) {
    let value = |name: &str| answer.split(['?', '#', '&']).find_map(|pair| pair.strip_prefix(&format!("{name}="))).expect(name).to_owned();
    (value("code"), value("state"))
}

#[test]
fn si_01_what_a_redirect_would_be_refused_for_a_frame_is() {
    for fragment in [false, true] {
        for (what, edit) in ANSWERS {
            let mut world = world(fragment);
            world.open("/");
            let (ticket, url) = world.frames[0].clone();
            assert!(
                url.contains("prompt=none") && url.contains("code_challenge_method=S256") && url.contains("silent-refresh.html"),
                "{url}"
            );
            let good = world.provider.authorize(&url, world.now.wall);
            let (code, state) = parts(&good);
            let (before, mark) = if fragment { (good.replacen('?', "#", 1), '#') } else { (good.clone(), '?') };
            let told = world.told.len();
            world.frame_says(ticket, &format!("{APP}/silent-refresh.html{mark}{}", edit(&code, &state)));
            assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::Foreign)), "{what}, in the fragment: {fragment}");
            // In the place that was not asked for, a good one is worth nothing either, nor are parts of it in both.
            let elsewhere = if fragment { good.clone() } else { good.replacen('?', "#", 1) };
            world.frame_says(ticket, &elsewhere);
            assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::Foreign)), "in the other place: {fragment}");
            world.frame_says(ticket, &format!("{APP}/silent-refresh.html?code={code}{ISS}#state={state}"));
            assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::Foreign)), "in both places: {fragment}");
            assert!(
                world.redeemed("authorization_code") == 0 && world.told.len() == told && world.state.token_expires_at().is_none(),
                "{what}"
            );
            assert_eq!(world.provider.called.iter().filter(|url| url.ends_with("/token")).count(), 0, "{what}: a call followed");
            // The wait goes on, and the good answer is as good as ever; unknown parameters do it no harm.
            world.frame_says(ticket, &format!("{before}&foo=bar&session_state=x"));
            assert_eq!(name(&world.settle()), Some("Name of usr_1"), "{what}");
            assert_eq!(world.provider.presented, [code], "{what}");
        }
    }
}

#[test]
fn si_01_and_the_same_table_on_the_way_back_from_a_redirect() {
    for (what, edit) in ANSWERS {
        let mut world = world(false);
        world.provider.session = None;
        world.visit("/");
        world.provider.session = Some("usr_1".into());
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        let (url, _) = world.left_for.clone().expect("it left");
        let (code, state) = parts(&world.provider.authorize(&url, world.now.wall));
        world.provider.session = None;
        let query = edit(&code, &state);
        let view = world.visit(&format!("/callback?{query}"));
        match &view {
            View::SignedOut(Reason::Problem(Error::AuthorizationResponse(finding))) => {
                assert!(!finding.to_string().contains(&code), "{what}: {finding}");
            }
            // A page without any answer is one that was reloaded: nothing is wrong, and nobody is there.
            View::SignedOut(Reason::NoSession) if query.is_empty() => {}
            other => panic!("{what}: {other:?}"),
        }
        assert_eq!(world.redeemed("authorization_code"), 0, "{what}");
        assert_eq!(world.address, format!("{APP}/callback"), "{what}: it stays in the address");
    }
}

#[test]
fn si_13_no_refusal_of_a_renewal_ends_a_session_before_its_token_does() {
    for code in [
        "unmet_authentication_requirements", "access_denied", "server_error", "temporarily_unavailable", "invalid_request",
        "unauthorized_client", "invalid_scope", "something_new",
    ] {
        let mut world = World::new();
        world.provider.lifetime = 600;
        world.sign_in("/");
        world.provider.session = Some("usr_1".into());
        let asked = world.provider.asked.len();
        world.provider.refuses = Some(code);
        world.dispatch(Event::RenewalChosen);
        world.settle();
        // Flapping: it says so for nine minutes, and everything else works.
        world.pass(seconds(540));
        assert_eq!(name(&world.state.view()), Some("Name of usr_1"), "{code}");
        assert!(world.state.token_expires_at().is_some() && world.left_for.is_none(), "{code}");
        let times = world.provider.asked.len() - asked;
        assert!((1..=30).contains(&times), "{code}: it was asked {times} times");
        world.provider.refuses = None;
        world.dispatch(Event::RetryChosen);
        world.settle();
        assert!(matches!(world.state.view(), View::SignedIn(_)), "{code}: {:?}", world.state.view());
    }
}

#[test]
fn si_15_a_renewal_says_whom_it_expects_and_a_reload_cannot() {
    let mut world = World::new();
    world.sign_in("/");
    world.dispatch(Event::RenewalChosen);
    world.settle();
    let renewal = world.provider.asked.last().expect("asked").clone();
    let hint = renewal.get("id_token_hint").expect("a hint").clone();
    assert!(world.provider.secrets.contains(&hint) && hint.matches('.').count() == 2, "it is the ID token");
    assert_eq!(renewal["prompt"], "none");
    assert_eq!(name(&world.visit("/")), Some("Name of usr_1"), "its absence fails nothing");
    let restore = world.provider.asked.last().expect("asked");
    assert!(!restore.contains_key("id_token_hint") && restore["prompt"] == "none");
    assert!(world.provider.asked.iter().all(|asked| !asked.contains_key("login_hint")), "nobody chose one");
    world.dispatch(Event::SignInChosen(SignInOptions { login_hint: Some("ada@example.com".into()), ..SignInOptions::default() }));
    let (url, _) = world.left_for.clone().expect("it left");
    assert!(url.contains("login_hint=ada%40example.com") && !url.contains("id_token_hint"), "{url}");
}

#[test]
fn si_22_isolation_is_the_cause_that_is_named() {
    for provider in [Manners::Silent, Manners::Redirects] {
        let mut world = World::new();
        world.hint.frames = Frames::Untried;
        world.open("/");
        world.now = world.now.plus(seconds(11));
        world.dispatch(Event::Ticked);
        let ticket = world.examinations.remove(0);
        world.dispatch(Event::Examined { ticket, evidence: Evidence { relay: Ok(relay_page()), provider, isolated: true } });
        assert!(world.reported.contains(&"silent_isolated".to_owned()), "{provider:?}: {:?}", world.reported);
        assert!(world.state.view().person().is_none() && world.left_for.is_none(), "{provider:?}: nobody is sent anywhere");
    }
}

#[test]
fn si_25_web_message_is_neither_configured_nor_asked_for() {
    for field in [r#""response_mode":"web_message""#, r#""response_modes":["web_message"]"#, r#""web_message":true"#] {
        let block = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}",{field}}}"#);
        let refused = Config::from_json(&block, APP).expect_err(field).to_string();
        assert!(refused.contains("unknown field"), "{refused}");
    }
    let block = json!({
        "metadata": {
            "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/keys"), "response_modes_supported": ["web_message", "form_post", "jwt", "query"],
        },
        "client_id": CLIENT, "algorithms": ["EdDSA"],
    });
    let mut world = World::with(Config::from_json(&block.to_string(), APP).expect("good"));
    world.sign_in("/");
    world.dispatch(Event::RenewalChosen);
    world.settle();
    assert!(world.provider.asked.len() >= 3);
    for asked in &world.provider.asked {
        assert!(asked.get("response_mode").is_none_or(|mode| mode == "query"), "{asked:?}");
    }
}
