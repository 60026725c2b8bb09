//! What every phase makes of every event: whether it is taken, or why not, and what a page shows then.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Config, SignInOptions, View,
    protocol::{
        api::{Target, TokenAnswer},
        error::NetworkFailure,
        examination::{Evidence, Manners},
        frame_message::FrameMessage,
        frontchannel::Notice,
        hint::{Hint, Last},
        machine::{Ignored, Reaction},
        monitoring::Word,
        secret::SensitiveUrl,
        transaction::Ticket,
        turn::{Event, Opened, Verdict},
    },
};
use support::{APP, CLIENT, ISSUER, World, empty_answer, relay_page, seconds, whose};

const B: &str = "https://b.example/";

/// Two letters for each: `T` taken, or why it was ignored; then what the page shows.
///
/// `u` it is under way already, `e` too early, `f` foreign, `n` not now, `o` opened before, `s` another session, `x` stale.
/// `R` restoring, `C` completing, `I` signed in, `P` paused, `O` signed out, `L` leaving.
const TABLE: &str = "
starting: R, unseen: R, asking: R, waiting: R, completing: C, redirected: I, resting: I, renewing: I, pausing: I, further: I, further waiting: I, switching: I, paused: P, signed out: O, by choice: O, changed: O, preparing: L, pushing: L, leaving: L
opened                TR oR oR oR oC oI oI oI oI oI oI oI oP oO oO oO oL oL oL
sign-in chosen        nR TL TL TL TL TL TL TL TL TL TL TL TL TL TL TL uL uL uL
window chosen         nR TR TR TR TC TI TI TI TI TI TI TI TP TO TO TO uL uL uL
sign-out chosen       nR TO TO TO TO TL TL TL TL TL TL TL TL TO TO TO TO TO uL
sign-in needed        nR TR TR TR nC nI nI nI nI nI nI nI nP TL nO nO TL TL TL
no longer needed      nR TR TR TR nC nI nI nI nI nI nI nI nP nO nO nO TL TL TL
organisation chosen   nR nR nR nR nC TI TI TI TI TI TI TI TI TL TL TL nL nL nL
person acted          TR TR TR TR TC TI TI TI TI TI TI TI TP TO TO TO TL TL TL
renewal chosen        nR nR nR nR nC TI TI uI TI uI TI uI TI nO nO nO nL nL nL
retry chosen          nR TR uR TR nC TI TI uI TI uI TI uI TI TR TR TR nL nL nL
token needed          nR nR nR nR nC TI TI uI uI uI uI uI uP nO nO nO nL nL nL
frame spoke           nR xR xR xR xC xI xI xI xI xI xI xI xP xO xO xO xL xL xL
frame loaded          nR xR xR xR xC xI xI xI xI xI xI xI xP xO xO xO xL xL xL
frame forbidden       nR xR xR xR xC xI xI xI xI xI xI xI xP xO xO xO xL xL xL
examined              nR xR xR xR xC xI xI xI xI xI xI xI xP xO xO xO xL xL xL
window blocked        nR xR xR xR xC xI xI xI xI xI xI xI xP xO xO xO xL xL xL
responded             nR xR xR xR xC xI xI xI xI xI xI xI xP xO xO xO xL xL xL
verified              nR xR xR xR xC xI xI xI xI xI xI xI xP xO xO xO xL xL xL
own token rejected    nR nR nR nR nC TI TI TI TI TI TI TI TP xO xO xO xL xL xL
old token rejected    nR nR nR nR nC xI xI xI xI xI xI xI xP xO xO xO xL xL xL
same signed in there  nR nR TR TR nC nI nI nI nI nI nI nI TI TR TR nO nL nL nL
other signed in there nR nR TR TR nC TO TI TI TI TI TI TI TO TR TR nO nL nL nL
signed out there      nR TO TO TO TO TO TO TO TO TO TO TO TO TO nO nO TO TO nL
page returned         nR TR TR TR nC eI eI uI uI uI uI uI nP nO nO nO TR TR TO
… somebody there      TR TR TR TR TC eI eI uI uI uI uI uI nP TR TR nO TR TR TO
… signed out there    TR TO TO TO TC TO TO TO TO TO TO TO TO TO nO TO TO TO TO
other session ended   nR nR nR nR nC sI sI sI sI sI sI sI sP nO nO nO nL nL nL
session ended         nR nR nR nR nC TO TO TO TO TO TO TO TO nO nO nO nL nL nL
watched: changed      nR nR nR nR nC TI TI nI nI nI nI nI nP nO nO nO nL nL nL
watched: error        nR nR nR nR nC TI TI TI TI TI TI TI TP nO nO nO nL nL nL
looked at             TR TR uR TR nC eI eI uI uI uI uI uI nP nO nO nO nL nL nL
looked away           nR nR TR TR TC TI TI TI TI TI TI TI TP TO TO TO TL TL TL
ticked early          nR eR eR eR eC eI eI eI eI eI eI eI nP nO nO nO eL eL eL
ticked in time        nR eR TR TR TR TI TI TI TI TI TI TI nP nO nO nO TO TO TO
";

fn config(more: &str) -> Config {
    let block = format!(
        r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys",
        "end_session_endpoint":"{ISSUER}/logout","pushed_authorization_request_endpoint":"{ISSUER}/par"}},"client_id":"{CLIENT}","algorithms":["EdDSA"],
        "frontchannel_logout":true,"api":[{{"url":"https://a.example/","resource":"urn:a"}},{{"url":"{B}","resource":"urn:b"}}]{more}}}"#
    );
    Config::from_json(&block, APP).expect("good")
}

fn world() -> World {
    World::with(config(""))
}

/// By a redirect: what frames are worth is not known yet.
fn redirected() -> World {
    let mut world = world();
    assert!(world.sign_in("/").person().is_some());
    world
}

/// By a frame, with a refresh token.
fn signed_in() -> World {
    let mut world = redirected();
    world.provider.issues_refresh_tokens = true;
    assert!(world.visit("/").person().is_some());
    world
}

/// The provider asks for ten minutes.
fn busy(mut world: World) -> World {
    world.provider.down = Some(NetworkFailure::Unavailable { status: 503, retry_after: Some(seconds(600)) });
    world
}

fn after(mut world: World, event: Event) -> World {
    world.dispatch(event);
    world
}

type Phase = fn() -> World;

/// Every phase, in the order of the columns.
const PHASES: [(&str, Phase); 19] = [
    ("starting", world),
    ("unseen", || {
        let mut world = world();
        world.visible = false;
        world.visit("/");
        world
    }),
    ("asking", || {
        let mut world = world();
        world.open("/");
        world
    }),
    ("waiting", || {
        let mut world = world();
        world.provider_is_down(true);
        world.visit("/");
        world
    }),
    ("completing", || {
        let mut world = world();
        world.provider.session = Some("usr_1".into());
        world.open("/");
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        world.follow();
        world
    }),
    ("redirected", redirected),
    ("resting", signed_in),
    ("renewing", || after(signed_in(), Event::RenewalChosen)),
    ("pausing", || {
        let mut world = after(busy(signed_in()), Event::RenewalChosen);
        world.settle();
        world
    }),
    ("further", || after(signed_in(), Event::TokenNeeded(further()))),
    ("further waiting", || {
        let mut world = after(busy(signed_in()), Event::TokenNeeded(further()));
        world.settle();
        world
    }),
    ("switching", || after(signed_in(), Event::OrganizationChosen { id: "org_2".into() })),
    ("paused", || {
        let mut world = support::blocked("/");
        world.dispatch(Event::RenewalChosen);
        world.settle();
        world.pass(seconds(60));
        world
    }),
    ("signed out", || {
        let mut world = world();
        world.visit("/");
        world
    }),
    ("by choice", || {
        let mut world = after(signed_in(), Event::SignOutChosen);
        world.stored.clear();
        world.visit("/signed-out");
        world
    }),
    ("changed", || after(redirected(), Event::OtherTabSignedIn(whose(&world(), "usr_2")))),
    ("preparing", || {
        let block = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}"}}"#);
        let mut world = World::with(Config::from_json(&block, APP).expect("good"));
        world.open("/");
        after(world, Event::SignInChosen(SignInOptions::default()))
    }),
    ("pushing", || {
        let mut world = World::with(config(r#","pushed_authorization_requests":true"#));
        world.open("/");
        after(world, Event::SignInChosen(SignInOptions::default()))
    }),
    ("leaving", || after(signed_in(), Event::SignOutChosen)),
];

/// The second resource.
fn further() -> Target {
    let world = signed_in();
    match world.state.token_for(B, world.now, &world.config) {
        TokenAnswer::Fetch(target) => target,
        other => panic!("a token that has to be fetched, not {other:?}"),
    }
}

/// A ticket that no short life comes to.
fn unknown() -> Ticket {
    let mut world = redirected();
    for _ in 0..20 {
        world.dispatch(Event::RenewalChosen);
        world.settle();
    }
    world.dispatch(Event::RenewalChosen);
    world.frames.last().expect("a frame").0
}

fn opened() -> Event {
    Event::Opened(Opened {
        address: SensitiveUrl::new(format!("{APP}/account")),
        remembered: None,
        hint: Default::default(),
        redirects: Default::default(),
        framed: false,
        returned: false,
        visible: true,
        early: None,
    })
}

fn message() -> FrameMessage {
    FrameMessage::parse(r#"{"hushkey":1,"query":"?code=c&state=s","fragment":""}"#).expect("a message")
}

type Make = fn(&mut World, Ticket) -> Event;

/// Every event, in the order of the rows.
const EVENTS: [(&str, Make); 34] = [
    ("opened", |_, _| opened()),
    ("sign-in chosen", |_, _| Event::SignInChosen(SignInOptions::default())),
    ("window chosen", |_, _| Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::default() })),
    ("sign-out chosen", |_, _| Event::SignOutChosen),
    ("sign-in needed", |_, _| Event::SignInNeeded { place: "/account".into() }),
    ("no longer needed", |_, _| Event::SignInNoLongerNeeded),
    ("organisation chosen", |_, _| Event::OrganizationChosen { id: "org_3".into() }),
    ("person acted", |_, _| Event::PersonActed),
    ("renewal chosen", |_, _| Event::RenewalChosen),
    ("retry chosen", |_, _| Event::RetryChosen),
    ("token needed", |_, _| Event::TokenNeeded(further())),
    ("frame spoke", |_, ticket| Event::FrameSpoke { ticket, message: message() }),
    ("frame loaded", |_, ticket| Event::FrameLoaded { ticket }),
    ("frame forbidden", |_, ticket| Event::FrameForbidden { ticket }),
    ("examined", |_, ticket| Event::Examined {
        ticket,
        evidence: Evidence { relay: Ok(relay_page()), provider: Manners::Redirects, isolated: false },
    }),
    ("window blocked", |_, ticket| Event::PopupBlocked { ticket }),
    ("responded", |_, ticket| Event::Responded { ticket, outcome: Ok(empty_answer()) }),
    ("verified", |_, ticket| Event::Verified { ticket, verdict: Verdict::Valid }),
    ("own token rejected", |world, _| Event::TokenRejected { generation: world.state.token_generation().unwrap_or(3) }),
    ("old token rejected", |_, _| Event::TokenRejected { generation: 100_000 }),
    ("same signed in there", |_, _| Event::OtherTabSignedIn(whose(&world(), "usr_1"))),
    ("other signed in there", |_, _| Event::OtherTabSignedIn(whose(&world(), "usr_2"))),
    ("signed out there", |_, _| Event::OtherTabSignedOut { at: None }),
    ("page returned", |world, _| Event::PageReturned { hint: world.hint }),
    ("… somebody there", |world, _| Event::PageReturned { hint: Hint { last: Last::SignedIn, ..world.hint } }),
    ("… signed out there", |world, _| Event::PageReturned { hint: Hint { last: Last::SignedOutByChoice, ..world.hint } }),
    ("other session ended", |_, _| {
        Event::ProviderSignedOut(Notice::parse(r#"{"hushkey":1,"iss":["https://as.example"],"sid":["no"]}"#).expect("well formed"))
    }),
    ("session ended", |_, _| Event::ProviderSignedOut(Notice::parse(r#"{"hushkey":1,"iss":[],"sid":[]}"#).expect("well formed"))),
    ("watched: changed", |_, _| Event::SessionWatched(Word::Changed)),
    ("watched: error", |_, _| Event::SessionWatched(Word::Error)),
    ("looked at", |_, _| Event::Woke { visible: true }),
    ("looked away", |_, _| Event::Woke { visible: false }),
    ("ticked early", |_, _| Event::Ticked),
    ("ticked in time", |world, _| {
        if let Some(deadline) = world.state.deadline() {
            world.now = world.now.plus(deadline.from_now(world.now));
        }
        Event::Ticked
    }),
];

const fn reaction(reaction: &Reaction) -> char {
    match reaction {
        Reaction::Taken => 'T',
        Reaction::Ignored(why) => match why {
            Ignored::AlreadyUnderWay => 'u',
            Ignored::Early => 'e',
            Ignored::Foreign => 'f',
            Ignored::NotNow => 'n',
            Ignored::OpenedBefore => 'o',
            Ignored::OtherSession => 's',
            Ignored::Stale => 'x',
            _ => '?',
        },
    }
}

const fn shown(view: &View) -> char {
    match view {
        View::Restoring { .. } => 'R',
        View::Completing => 'C',
        View::SignedIn(_) => 'I',
        View::Paused { .. } => 'P',
        View::SignedOut(_) => 'O',
        View::Leaving(_) => 'L',
    }
}

#[test]
fn every_phase_takes_what_it_should_and_says_why_it_does_not_take_the_rest() {
    let ticket = unknown();
    let mut lines = Vec::new();
    for (name, event) in EVENTS {
        let cells: Vec<String> = PHASES
            .iter()
            .map(|(_, phase)| {
                let mut world = phase();
                let event = event(&mut world, ticket);
                let view = world.dispatch(event);
                format!("{}{}", reaction(world.reactions.last().expect("one")), shown(&view))
            })
            .collect();
        lines.push(format!("{name:<22}{}", cells.join(" ")));
    }
    let phases: Vec<String> = PHASES.iter().map(|(name, phase)| format!("{name}: {}", shown(&phase().state.view()))).collect();
    let found = format!("{}\n{}", phases.join(", "), lines.join("\n"));
    assert_eq!(found, TABLE.trim(), "\n{found}\n");
}
