//! The first page, for everybody. It never waits for the lookup of a session.

use crate::app::{
    components::{Link, SignInButton, delay_notice, key, sentence, use_delay, use_title},
    problems,
    route::Route,
    texts::{filled, text},
};
use hushkey::{Destination, Person, Reason, View, use_auth};
use yew::prelude::*;

/// What this is, and the way in.
#[component]
pub(crate) fn Home() -> Html {
    use_title(text("title.home"));
    let view = use_auth().view();
    let facts = [
        (text("home.memory"), text("home.memory.text")),
        (text("home.reload"), text("home.reload.text")),
        (text("home.final"), text("home.final.text")),
    ];
    let state = match use_delay(&view) {
        Some(delay) => delay_notice(&delay),
        None => state(&view),
    };
    html! {
        <>
            <div class="hero wide">
                <div>
                    <h1 tabindex="-1">{ text("home.title") }</h1>
                    <p class="lead">{ text("home.lead") }</p>
                    <div class="hero-state">{ state }</div>
                </div>
                { key() }
            </div>
            <dl class="facts wide">
                { for facts.iter().map(|(name, told)| html! { <div class="fact"><dt>{ *name }</dt><dd>{ *told }</dd></div> }) }
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
        View::Leaving(Destination::SignIn) => going(text("going.sign_in")),
        View::Leaving(Destination::SignOut) => going(text("going.sign_out")),
        View::SignedIn(person) | View::Paused { person, .. } => welcome(person),
        View::SignedOut(reason) => html! {
            <>
                <div class="actions"><SignInButton /></div>
                { for note(reason).map(|note| html! { <p class="quiet">{ note }</p> }) }
            </>
        },
    }
}

fn going(told: &'static str) -> Html {
    html! { <div class="actions"><span class="quiet late">{ told }</span></div> }
}

fn welcome(person: &Person) -> Html {
    html! {
        <>
            <div class="actions"><Link to={Route::Account} class="button">{ text("open_account") }</Link></div>
            <p class="quiet">{ filled("signed_in.as", &[("name", &person.name)]) }</p>
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
