//! Answers of the authorization endpoint, good and hostile, and what the app makes of them.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use super::{APP, World};
use hushkey::{
    Reason, SignInOptions, View,
    protocol::{
        error::Error,
        machine::{Ignored, Reaction},
        turn::Event,
    },
};
use url::Url;

/// What is wrong, on a page that says so.
pub fn error_of(view: &View) -> &Error {
    match view {
        View::SignedOut(Reason::Problem(error)) => error,
        // A time that cannot be may be the fault of a clock, and a network comes back.
        View::Restoring { delay: Some(delay) } if delay.cause.is_transient() => &delay.cause,
        other => panic!("a problem was expected, not {other:?}"),
    }
}

/// A page that has left for the provider, and the path with which that sends it back. Nobody is signed in there any more.
pub fn coming_back(mut world: World) -> (World, String) {
    world.visit("/account");
    world.dispatch(Event::SignInChosen(SignInOptions { return_to: Some("/account".into()), ..SignInOptions::default() }));
    let (url, _) = world.left_for.clone().expect("it left");
    let back = world.provider.authorize(&url, world.now.wall);
    let path = back.strip_prefix(APP).expect("of the app").to_owned();
    (world, path)
}

/// A template with the parameters of a good answer in their places: `{code}`, `{state}`, and `{STATE}` in the other case.
pub fn filled(template: &str, good: &str) -> String {
    let url = Url::parse(&format!("{APP}{good}")).expect("an address");
    let value = |name: &str| url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned()).unwrap_or_default();
    let (code, state) = (value("code"), value("state"));
    let other: String =
        state.chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect();
    assert!(!code.is_empty() && other != state);
    template.replace("{code}", &code).replace("{state}", &state).replace("{STATE}", &other)
}

/// What an answer led to, with what the rest of it may be: by a redirect, and by a frame.
pub struct Judge(pub fn() -> World);

impl Judge {
    /// Each of these comes back to the callback page, and from the frame, and nothing is redeemed: the error is this one.
    pub fn refuses(&self, answers: &[(&str, &str)]) {
        for (template, code) in answers {
            let (mut world, back) = coming_back((self.0)());
            let answer = filled(template, &back);
            let view = world.visit(&format!("/callback{answer}"));
            let error = error_of(&view);
            assert_eq!(error.code(), *code, "{template}: {error}");
            assert!(matches!(error, Error::AuthorizationResponse(_)), "{template}: {error:?}");
            self.nothing_came_of_it(&world, template);
            let query = template.split('#').next().unwrap_or_default();
            let is_named = query.trim_start_matches('?').split('&').any(|pair| pair == "state={state}");
            assert_eq!(world.stored.is_empty(), is_named, "{template}: a transaction that is named is consumed");
            assert_eq!(world.address, format!("{APP}/callback"), "{template}: the address is scrubbed");
            for secret in &world.provider.secrets {
                assert!(!error.to_string().contains(secret.as_str()), "{template}: {error}");
            }
            self.refuses_in_a_frame(template);
        }
    }

    /// The same answer in the hidden frame is somebody else's, and the wait goes on.
    fn refuses_in_a_frame(&self, template: &str) {
        let mut world = (self.0)();
        world.provider.session = Some("usr_1".into());
        world.open("/");
        if world.frames.is_empty() {
            world.answer_one();
        }
        let (ticket, url) = world.frames[0].clone();
        let good = world.provider.authorize(&url, world.now.wall);
        let answer = filled(template, good.strip_prefix(APP).expect("of the app"));
        world.frame_says(ticket, &format!("{APP}/silent-refresh.html{answer}"));
        assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::Foreign)), "{template}");
        self.nothing_came_of_it(&world, template);
        world.frame_says(ticket, &good);
        assert!(world.settle().person().is_some(), "{template}: the good answer after it is taken");
    }

    fn nothing_came_of_it(&self, world: &World, template: &str) {
        assert_eq!(world.redeemed("authorization_code"), 0, "{template}: no token request");
        assert_eq!((world.state.token_expires_at(), world.state.granted_scopes().len()), (None, 0), "{template}: no half-made session");
    }

    /// Each of these signs in.
    pub fn takes(&self, answers: &[&str]) {
        for template in answers {
            let (mut world, back) = coming_back((self.0)());
            let view = world.visit(&format!("/callback{}", filled(template, &back)));
            assert!(view.person().is_some(), "{template}: {view:?}");
            assert_eq!(world.redeemed("authorization_code"), 1);
            assert_eq!(world.address, format!("{APP}/account"));
        }
    }
}
