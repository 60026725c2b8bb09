//! Who is signed in.

use crate::app::{
    components::{Avatar, Expiry, Organizations, Waiting, detail, signed_out_panel, tags, use_title},
    texts::text,
};
use hushkey::{Person, Reason, RequireSignIn, use_auth};
use yew::prelude::*;

/// The person's page, for themselves.
#[component]
pub(crate) fn Account() -> Html {
    use_title(text("title.account"));
    html! {
        <>
            <RequireSignIn waiting={html! { <Waiting title={text("title.account")}>{ shape() }</Waiting> }} signed_out={|reason: Reason| signed_out_panel(&reason)}>
                <Details />
                <Expiry />
            </RequireSignIn>
            <Organizations />
        </>
    }
}

/// What the page will look like.
fn shape() -> Html {
    let row = html! { <div><div class="bone bone-word" /><div class="bone bone-value" /></div> };
    html! {
        <>
            <div class="person">
                <div class="bone bone-avatar" />
                <div class="grow"><div class="bone bone-title" /><div class="bone bone-line" /></div>
            </div>
            <div class="details">{ for std::iter::repeat_n(row, 5) }</div>
        </>
    }
}

#[component]
fn Details() -> Html {
    match use_auth().person() {
        Some(person) => details(&person),
        None => Html::default(),
    }
}

fn details(person: &Person) -> Html {
    let row = |name: &'static str, value: &Option<String>| {
        value.as_ref().map(|value| detail(name, html! { <span class="code">{ value }</span> }))
    };
    html! {
        <>
            <div class="person">
                <Avatar name={person.name.clone()} picture={person.picture.clone().map(AttrValue::from)} />
                <div>
                    <h1 tabindex="-1">{ &person.name }</h1>
                    { for person.email.as_ref().map(|email| html! { <p class="quiet">{ email }</p> }) }
                </div>
            </div>
            <dl class="details">
                { for row(text("account.organization"), &person.organization) }
                { detail(text("account.roles"), tags(&person.roles)) }
                { detail(text("account.permissions"), tags(&person.permissions)) }
                { for row(text("account.session"), &person.session_id) }
                { detail(text("account.person"), html! { <span class="code">{ &person.subject }</span> }) }
            </dl>
        </>
    }
}
