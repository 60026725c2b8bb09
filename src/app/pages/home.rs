//! The first page, for everybody. It never waits for the lookup of a session.

use crate::app::{
    components::{Link, SignInButton, delay_notice, key, sentence, use_delay, use_title},
    problems,
    route::Route,
};
use hushkey::{Destination, Person, Reason, View, use_auth};
use yew::prelude::*;

const FACTS: [(&str, &str); 3] = [
    ("Nothing is left behind", "What proves who you are is kept in memory. Close the tab, and it is gone."),
    ("A reload changes nothing", "Your session comes back by itself, without asking you again."),
    ("Signing out is final", "One press ends your session in every tab."),
];

/// What this is, and the way in.
#[component]
pub(crate) fn Home() -> Html {
    use_title("Home");
    let view = use_auth().view();
    let state = match use_delay(&view) {
        Some(delay) => delay_notice(&delay),
        None => state(&view),
    };
    html! {
        <>
            <div class="hero wide">
                <div>
                    <h1 tabindex="-1">{ "Signing in, made quiet." }</h1>
                    <p class="lead">
                        { "Hushkey signs you in and keeps your access to itself: it lives in the memory of this page and nowhere else. \
                           Reload the page, and you are still signed in." }
                    </p>
                    <div class="hero-state">{ state }</div>
                </div>
                { key() }
            </div>
            <dl class="facts wide">
                { for FACTS.iter().map(|(name, text)| html! { <div class="fact"><dt>{ *name }</dt><dd>{ *text }</dd></div> }) }
            </dl>
        </>
    }
}

/// The part that depends on who is here. Every variant takes the same room.
fn state(view: &View) -> Html {
    match view {
        View::Restoring { .. } | View::Completing | View::Leaving(Destination::Lookup) => {
            html! { <div class="actions" aria-hidden="true"><div class="bone bone-button late" /></div> }
        }
        View::Leaving(Destination::SignIn) => going("Taking you to the sign-in page…"),
        View::Leaving(Destination::SignOut) => going("Signing you out…"),
        View::SignedIn(person) | View::Paused { person, .. } => welcome(person),
        View::SignedOut(reason) => html! {
            <>
                <div class="actions"><SignInButton /></div>
                { for note(reason).map(|note| html! { <p class="quiet">{ note }</p> }) }
            </>
        },
    }
}

fn going(text: &'static str) -> Html {
    html! { <div class="actions"><span class="quiet late">{ text }</span></div> }
}

fn welcome(person: &Person) -> Html {
    html! {
        <>
            <div class="actions"><Link to={Route::Account} class="button">{ "Open your account" }</Link></div>
            <p class="quiet">{ "You are signed in as " }{ &person.name }{ "." }</p>
        </>
    }
}

/// Why nobody is signed in, where that is news.
fn note(reason: &Reason) -> Option<String> {
    match reason {
        Reason::NoSession => None,
        Reason::Problem(error) => {
            let problem = problems::explain(error);
            Some(format!("{}. {}", problem.title, problem.sentence))
        }
        Reason::ByChoice | Reason::Elsewhere | Reason::SessionEnded | Reason::AccountChanged | Reason::SignedInElsewhere => {
            Some(sentence(reason).to_owned())
        }
    }
}
