//! Whether everything is set up as it should be: the configuration of this page, looked at from this very browser. For those who run the app.
//!
//! What looks is a module of its own (`src/doctor.rs`), which comes only when it is asked for; the two talk by events of the window.

use crate::app::{
    components::use_title,
    texts::{filled, text},
};
use gloo::{events::EventListener, utils::window};
use hushkey::browser::clipboard;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{CustomEvent, CustomEventInit, Event};
use yew::prelude::*;

/// Asks for the checks, and shows what was found.
#[component]
pub(crate) fn Doctor() -> Html {
    use_title(text("doctor.title"));
    let found = use_state_eq(AttrValue::default);
    let status = use_state_eq(AttrValue::default);
    let checking = use_state_eq(|| false);
    use_effect_with((), {
        let (found, status, checking) = (found.clone(), status.clone(), checking.clone());
        move |()| {
            let listen =
                |name: &'static str, hear: Box<dyn Fn(String)>| EventListener::new(&window(), name, move |event| hear(detail(event)));
            let progress = status.clone();
            let ears = [
                listen(
                    "hushkey:progress",
                    Box::new(move |answered| progress.set(filled("doctor.progress", &[("answered", &answered)]).into())),
                ),
                listen(
                    "hushkey:checked",
                    Box::new(move |lines| {
                        status.set(if lines.is_empty() { text("doctor.failed").into() } else { summary(&lines).into() });
                        found.set(lines.into());
                        checking.set(false);
                    }),
                ),
            ];
            move || drop(ears)
        }
    });
    let check = {
        let (found, status, checking) = (found.clone(), status.clone(), checking.clone());
        move |_| {
            if *checking {
                return;
            }
            found.set(AttrValue::default());
            let taken = ask();
            checking.set(taken);
            status.set(if taken { filled("doctor.progress", &[("answered", "0")]) } else { text("doctor.failed").to_owned() }.into());
        }
    };
    let copy = {
        let (found, status) = (found.clone(), status.clone());
        move |_| {
            let (found, status) = (found.clone(), status.clone());
            spawn_local(async move {
                let written = clipboard::write(&found).await;
                status.set(if written { text("doctor.copied") } else { text("doctor.not-copied") }.into());
            });
        }
    };
    html! {
        <>
            <h1 tabindex="-1">{ text("doctor.title") }</h1>
            <p class="lead">{ text("doctor.lead") }</p>
            <p class="checks-command">
                <code>{ "cargo xtask doctor --config hushkey.json --origin " }{ window().location().origin().unwrap_or_default() }</code>
            </p>
            <div class="actions">
                <button type="button" class="button" aria-disabled={checking.then_some("true")} onclick={check}>{ text("doctor.check") }</button>
                if !found.is_empty() {
                    <button type="button" class="button button-plain" onclick={copy}>{ text("doctor.copy") }</button>
                }
            </div>
            <p class="checks-status" role="status">{ &*status }</p>
            <ul class="checks">
                { for VERDICTS.iter().flat_map(|verdict| of(verdict.0, &found).map(move |line| item(verdict, line))) }
            </ul>
        </>
    }
}

/// What is said of a thing, the name of the word for that, and its drawing: it is told by a word and a form, not by a colour alone. What has to be
/// mended comes first.
type Verdict = (&'static str, &'static str, &'static str);

const VERDICTS: [Verdict; 4] = [
    ("wrong", "verdict.wrong", "M5 5l10 10M15 5L5 15"),
    ("look", "verdict.look", "M10 3v9M10 16v.5"),
    ("unknown", "verdict.unknown", "M6.5 7a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.1-1.5 2.3M10 16v.5"),
    ("right", "verdict.right", "M4 10.5l4 4L16 5.5"),
];

/// The lines with this verdict, without it.
fn of<'a>(verdict: &'a str, found: &'a str) -> impl Iterator<Item = &'a str> {
    found.split('\n').filter_map(move |line| line.strip_prefix(verdict)?.strip_prefix('\t'))
}

fn item((class, name, drawing): &Verdict, line: &str) -> Html {
    let mut parts = line.split('\t').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    html! {
        <li class={*class}>
            <svg viewBox="0 0 20 20" aria-hidden="true"><path d={*drawing} /></svg>
            <h2>{ text(name) }{ ": " }{ part() }</h2>
            <p class="quiet">{ part() }</p>
            <p>{ part() }</p>
        </li>
    }
}

fn summary(found: &str) -> String {
    let counts = VERDICTS.map(|(verdict, ..)| (verdict, of(verdict, found).count().to_string()));
    filled("doctor.summary", &counts.each_ref().map(|(verdict, count)| (*verdict, count.as_str())))
}

/// Asks for the checks. Whether anybody is there to make them.
fn ask() -> bool {
    let init = CustomEventInit::new();
    init.set_cancelable(true);
    let event = CustomEvent::new_with_event_init_dict("hushkey:check", &init);
    // Whoever takes it says so by cancelling it.
    event.is_ok_and(|event| window().dispatch_event(&event) == Ok(false))
}

fn detail(event: &Event) -> String {
    event.dyn_ref::<CustomEvent>().map(CustomEvent::detail).as_ref().and_then(JsValue::as_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_has_a_word_and_is_counted() {
        assert!(VERDICTS.iter().all(|(_, name, _)| !text(name).is_empty()));
        let found = "right\tKeys\tone\t\nwrong\tKeys\tnone\tMend it.\nright\tPKCE\tS256\t\nwrongly\tx";
        assert_eq!(summary(found), "1 wrong, 0 worth a look, 0 could not be told, 2 right.");
        assert_eq!(of("wrong", found).collect::<Vec<_>>(), ["Keys\tnone\tMend it."]);
    }
}
