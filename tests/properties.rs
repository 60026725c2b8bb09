//! Random orders of everything that can happen, and what holds whatever the order.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    SignInOptions, View,
    protocol::{
        error::NetworkFailure,
        hint::{Frames, Hint},
        http::{HttpResponse, Method},
        monitoring::Word,
        secret::Body,
        turn::{Event, Verdict},
    },
};
use proptest::prelude::*;
use std::time::Duration;
use support::{World, config};

/// One thing that the world does next.
#[derive(Clone, Debug)]
enum Move {
    Load(&'static str),
    Choose(u8),
    Answer,
    AnswerWrongly(u8),
    Say(&'static str),
    Pass(u64),
    Jump(u64),
    Provider { down: bool, session: bool, blocked: bool },
    Follow,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        2 => prop_oneof![Just("/"), Just("/account"), Just("/callback"), Just("/callback?code=x&state=y"), Just("/signed-out?state=z")].prop_map(Move::Load),
        5 => (0..18_u8).prop_map(Move::Choose),
        20 => Just(Move::Answer),
        3 => (0..5_u8).prop_map(Move::AnswerWrongly),
        2 => prop_oneof![Just("?code=x&state=y"), Just("?error=login_required"), Just("#access_token=x")].prop_map(Move::Say),
        3 => (0..400_u64).prop_map(Move::Pass),
        1 => (0..90_000_u64).prop_map(Move::Jump),
        2 => (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(down, session, blocked)| Move::Provider { down, session, blocked }),
        3 => Just(Move::Follow),
    ];
    proptest::collection::vec(one, 1..60)
}

fn play(world: &mut World, step: Move) {
    match step {
        Move::Load(path) => drop(world.open(path)),
        Move::Choose(which) => {
            let popup = if which == 14 { world.popups.pop() } else { None };
            let event = match which {
                0 => Event::SignInChosen(SignInOptions { return_to: Some("/account".into()), ..SignInOptions::default() }),
                1 => Event::SignOutChosen,
                2 => Event::SignInNeeded { place: "/account".into() },
                3 => Event::RenewalChosen,
                4 => Event::RetryChosen,
                5 => Event::OtherTabSignedOut { at: None },
                // What other tabs have remembered meanwhile.
                6 => Event::PageReturned { hint: Hint { frames: Frames::Work, ..world.hint } },
                7 => Event::Woke { visible: true },
                8 => Event::Woke { visible: false },
                9 => Event::PersonActed,
                10 => Event::OrganizationChosen { id: "org_2".into() },
                11 => Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::default() }),
                12 | 13 => Event::OtherTabSignedIn(support::whose(world, if which == 12 { "usr_1" } else { "usr_2" })),
                14 => popup.map_or(Event::Ticked, |(ticket, _)| Event::PopupBlocked { ticket }),
                15 => Event::SessionWatched(Word::Changed),
                16 => Event::SessionWatched(Word::Error),
                _ => Event::TokenRejected { generation: world.state.token_expires_at().map_or(0, |_| 7) },
            };
            world.dispatch(event);
        }
        Move::Answer => drop(world.answer_one()),
        Move::AnswerWrongly(which) => {
            let Some(ticket) =
                world.requests.first().map(|(ticket, _)| *ticket).or_else(|| world.checks.first().map(|(ticket, _)| *ticket))
            else {
                return;
            };
            let json = |status, body: &str| {
                Ok(HttpResponse { status, content_type: Some("application/json".into()), retry_after: None, body: Body::new(body) })
            };
            world.dispatch(match which {
                0 => Event::Responded { ticket, outcome: Err(NetworkFailure::Timeout) },
                1 => Event::Responded { ticket, outcome: json(503, "") },
                2 => Event::Responded {
                    ticket,
                    outcome: json(200, r#"{"keys":[],"access_token":"x","token_type":"Bearer","id_token":"a.b.c"}"#),
                },
                3 => Event::Responded { ticket, outcome: json(400, r#"{"error":"invalid_grant"}"#) },
                _ => Event::Verified { ticket, verdict: Verdict::Invalid(0) },
            });
        }
        Move::Say(what) => {
            if let Some((ticket, _)) = world.frames.first().cloned() {
                world.frame_says(ticket, what);
            }
        }
        Move::Pass(seconds) => drop(world.pass(Duration::from_secs(seconds))),
        // Either clock may stand still, and the wall clock may be put back.
        Move::Jump(seconds) => {
            let jumped = world.now.plus(Duration::from_secs(seconds));
            match seconds % 4 {
                0 => world.now.wall = jumped.wall,
                1 => world.now.uptime = jumped.uptime,
                2 => world.now.wall = world.now.wall.minus(Duration::from_secs(seconds)),
                _ => world.now = jumped,
            }
            world.dispatch(Event::Ticked);
        }
        Move::Provider { down, session, blocked } => {
            world.provider_is_down(down);
            world.provider.cookies_blocked = blocked;
            world.provider.session = session.then(|| "usr_1".to_owned());
        }
        Move::Follow => {
            if world.left_for.as_ref().is_some_and(|(url, _)| url.contains("/authorize")) {
                world.follow();
            }
        }
    }
}

/// What must hold after every move.
fn check(world: &World) {
    let view = world.state.view();
    let waits = matches!(view, View::Restoring { .. } | View::Completing | View::Leaving(_) | View::SignedIn(_));
    // A page that nobody looks at waits for a person, and for nothing else.
    let mut tickets = world.frames.iter().map(|(ticket, _)| *ticket).chain(world.requests.iter().map(|(ticket, _)| *ticket));
    let unseen = matches!(view, View::Restoring { delay: None }) && !tickets.any(|ticket| world.state.holds(ticket));
    assert!(world.state.deadline().is_some() || !waits || unseen, "every waiting state has a deadline: {view:?}");
    let held = world.frames.iter().filter(|(ticket, _)| world.state.holds(*ticket)).count();
    assert!(held <= 1, "at most one frame is live");
    assert_eq!(
        world.state.token_expires_at().is_some(),
        matches!(view, View::SignedIn(_) | View::Paused { .. }),
        "tokens exist in a session only"
    );
    assert!(world.stored.len() <= 60);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order(moves in moves(), refresh in any::<bool>()) {
        let mut world = World::with(config(r#","scopes":"openid offline_access""#));
        world.provider.issues_refresh_tokens = refresh;
        world.open("/");
        for step in moves {
            play(&mut world, step);
            check(&world);
        }
        // One redemption per transaction: nothing that was once presented is presented again.
        let mut presented: Vec<_> = world.provider.presented.clone();
        let count = presented.len();
        presented.sort();
        presented.dedup();
        prop_assert_eq!(presented.len(), count, "a code was presented twice");
        // No secret in any Debug output.
        for secret in &world.provider.secrets {
            prop_assert!(!world.log.iter().any(|line| line.contains(secret.as_str())), "a secret was shown");
        }
        #[cfg(feature = "flow")]
        {
            world.forget_flow();
            for secret in marked(&world) {
                prop_assert!(!world.shown.iter().any(|page| page.contains(&secret)), "the record of the flow holds {}", secret);
            }
        }
        // Liveness: once the faults stop, everything comes to rest.
        world.provider_is_down(false);
        world.dispatch(Event::Woke { visible: true });
        world.settle();
        world.pass(Duration::from_secs(120));
        let view = world.state.view();
        prop_assert!(matches!(view, View::SignedIn(_) | View::SignedOut(_) | View::Paused { .. }), "it came to rest in {:?}", view);
    }
}

/// Everything that the record of the flow may not hold: secrets, values that only look like them, and who the person is.
#[cfg(feature = "flow")]
fn marked(world: &World) -> Vec<String> {
    let secret = ["state", "nonce", "code_challenge", "id_token_hint"];
    let asked = world.provider.asked.iter().flat_map(|query| secret.iter().filter_map(|name| query.get(*name).cloned()));
    let people = ["usr_1", "usr_2", "ses_1", "org_1", "org_2", "Name of", "/account"].map(str::to_owned);
    world.provider.secrets.iter().cloned().chain(asked).chain(people).collect()
}

#[test]
fn requests_show_nothing_of_their_body() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.open("/");
    world.answer_one();
    world.answer_one();
    let (_, request) = world.requests.iter().find(|(_, request)| matches!(request.method, Method::PostForm(_))).unwrap();
    assert!(!format!("{request:?}").contains("code"), "{request:?}");
}
