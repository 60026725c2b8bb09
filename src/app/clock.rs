//! What time it is, for texts that count.

use gloo::timers::callback::Interval;
use hushkey::protocol::time::UnixTime;
use yew::prelude::*;

/// The wall clock.
pub(crate) fn now() -> UnixTime {
    hushkey::browser::moment::now().wall
}

/// Draws the component anew every second, and nothing around it.
#[hook]
pub(crate) fn use_seconds() {
    let update = use_force_update();
    use_effect_with((), move |()| {
        let interval = Interval::new(1000, move || update.force_update());
        move || drop(interval)
    });
}
