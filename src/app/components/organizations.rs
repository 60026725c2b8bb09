//! The organisations that the person works in, and the way from one to another.

use crate::app::texts::{filled, marked, text};
use hushkey::{SignInOptions, protocol::authorize::Prompt, use_auth};
use yew::prelude::*;

/// Whom the organisations are of, and those that were met since the page was opened.
#[derive(Default)]
struct Met {
    subject: String,
    organizations: Vec<String>,
}

impl Met {
    fn meet(&mut self, subject: &str, organization: &str) {
        if self.subject != subject {
            *self = Self { subject: subject.to_owned(), organizations: Vec::new() };
        }
        if !self.organizations.iter().any(|met| met == organization) {
            self.organizations.push(organization.to_owned());
        }
    }
}

/// The present one, a button for each of the others that is known, and a way to all of them in a window. It stands outside of the gate, because
/// everything in there is made anew with the organisation.
#[component]
pub(crate) fn Organizations() -> Html {
    let auth = use_auth();
    let met = use_mut_ref(Met::default);
    let person = auth.person();
    let Some((person, present)) = person.as_ref().and_then(|person| Some((person, person.organization.as_ref()?))) else {
        return Html::default();
    };
    met.borrow_mut().meet(&person.subject, present);
    let others: Html = met
        .borrow()
        .organizations
        .iter()
        .filter(|id| *id != present)
        .map(|id| {
            let (auth, wanted) = (auth.clone(), id.clone());
            html! {
                <button type="button" class="button button-plain" onclick={move |_| auth.switch_organization(wanted.clone())}>
                    { filled("organization.switch", &[("organization", id)]) }
                </button>
            }
        })
        .collect();
    let choose = move |_| {
        auth.sign_in(SignInOptions { prompt: Some(Prompt::SelectAccount), popup: true, ..SignInOptions::default() });
    };
    html! {
        <section class="section" aria-labelledby="organizations">
            <h2 id="organizations">{ text("account.organization") }</h2>
            <p class="quiet">{ marked("organization.present", &[("organization", html! { <span class="code">{ present }</span> })]) }</p>
            <div class="actions">
                { others }
                <button type="button" class="button button-plain" onclick={choose}>{ text("organization.choose") }</button>
            </div>
        </section>
    }
}
