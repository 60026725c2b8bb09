//! A picture of a person, or their initials.

use crate::app::words;
use yew::prelude::*;

/// Whom to show.
#[derive(Properties, PartialEq)]
pub(crate) struct AvatarProps {
    /// The name, for the initials.
    pub(crate) name: AttrValue,
    /// The address of a picture, if there is one.
    pub(crate) picture: Option<AttrValue>,
}

/// The initials, and the picture over them once it has arrived. One that cannot be loaded is taken away again.
#[component]
pub(crate) fn Avatar(AvatarProps { name, picture }: &AvatarProps) -> Html {
    let failed = use_state_eq(|| None::<AttrValue>);
    let shown = picture.clone().filter(|picture| failed.as_ref() != Some(picture));
    html! {
        <div class="avatar" aria-hidden="true">
            <span>{ words::initials(name) }</span>
            { for shown.map(|src| {
                let onerror = { let (failed, src) = (failed.clone(), src.clone()); move |_| failed.set(Some(src.clone())) };
                html! { <img {src} alt="" width="80" height="80" referrerpolicy="no-referrer" decoding="async" {onerror} /> }
            }) }
        </div>
    }
}
