//! Whether everything is set up as it should be: the configuration of this page, looked at from this very browser. For those who run the app.

use crate::app::{
    components::use_title,
    texts::{filled, text},
};
use hushkey::{
    Config,
    browser::{clipboard, doctor::examine},
    protocol::doctor::{Line, Verdict},
};
use std::{fmt::Write, rc::Rc};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// How far it is.
#[derive(Clone, PartialEq)]
enum Stage {
    /// Nobody has asked for it.
    Idle,
    /// So many questions are answered, of so many.
    Checking(usize, usize),
    /// What was found.
    Done(Rc<[Line]>),
    /// This browser cannot do it, and why.
    Failed(AttrValue),
}

/// In this order it is shown: what has to be mended first.
const ORDER: [Verdict; 4] = [Verdict::Wrong, Verdict::Look, Verdict::Unknown, Verdict::Right];

/// Runs the checks when it is asked to, and shows what was found.
#[component]
pub(crate) fn Doctor() -> Html {
    use_title(text("doctor.title"));
    let config = use_context::<Rc<Config>>().expect("the page stands inside of the app, which provides the configuration");
    let stage = use_state_eq(|| Stage::Idle);
    let copied = use_state_eq(|| "");
    let checking = matches!(*stage, Stage::Checking(..));
    let check = {
        let (config, stage, copied) = (Rc::clone(&config), stage.clone(), copied.clone());
        move |_| {
            if checking {
                return;
            }
            let (config, stage) = (Rc::clone(&config), stage.clone());
            copied.set("");
            stage.set(Stage::Checking(0, 0));
            spawn_local(async move {
                let result = examine(&config, |done, due| stage.set(Stage::Checking(done, due))).await;
                stage.set(result.map_or_else(|error| Stage::Failed(error.to_string().into()), |lines| Stage::Done(lines.into())));
            });
        }
    };
    let (status, lines) = match &*stage {
        Stage::Idle => (String::new(), None),
        Stage::Checking(done, due) => (filled("doctor.progress", &[("done", &done.to_string()), ("due", &due.to_string())]), None),
        Stage::Done(lines) => (summary(lines), Some(Rc::clone(lines))),
        Stage::Failed(why) => (filled("doctor.failed", &[("why", why)]), None),
    };
    let copy = lines.as_ref().map(|lines| {
        let (report, copied) = (report(&config, lines), copied.clone());
        let onclick = move |_| {
            let (report, copied) = (report.clone(), copied.clone());
            spawn_local(async move {
                let written = clipboard::write(&report).await;
                copied.set(if written { text("doctor.copied") } else { text("doctor.not-copied") });
            });
        };
        html! { <button type="button" class="button button-plain" {onclick}>{ text("doctor.copy") }</button> }
    });
    html! {
        <>
            <h1 tabindex="-1">{ text("doctor.title") }</h1>
            <p class="lead">{ text("doctor.lead") }</p>
            <div class="actions">
                <button type="button" class="button" aria-disabled={checking.then_some("true")} onclick={check}>
                    { if lines.is_some() { text("doctor.again") } else { text("doctor.check") } }
                </button>
                { for copy }
            </div>
            <p class="checks-status" role="status">{ status }</p>
            <p class="quiet small" role="status">{ *copied }</p>
            { for lines.as_ref().map(|lines| found(lines)) }
            <p class="checks-command quiet small">
                { text("doctor.command") }{ " " }
                <code>{ "cargo xtask doctor --config hushkey.json --origin " }{ config.app_origin() }</code>
            </p>
        </>
    }
}

/// The lines by verdict.
fn found(lines: &[Line]) -> Html {
    let sections = ORDER.into_iter().filter_map(|verdict| {
        let own = lines.iter().filter(|line| line.verdict == verdict);
        let count = own.clone().count();
        (count > 0).then(|| {
            let (name, class, drawing) = dress(verdict);
            html! {
                <section class={classes!("checks", class)}>
                    <h2>
                        <svg viewBox="0 0 20 20" aria-hidden="true"><path d={drawing} /></svg>
                        { text(name) }{ " " }<span class="quiet">{ count }</span>
                    </h2>
                    <ul>{ for own.map(item) }</ul>
                </section>
            }
        })
    });
    sections.collect()
}

fn item(line: &Line) -> Html {
    let advice = (!line.advice.is_empty()).then(|| html! { <p>{ &line.advice }</p> });
    html! { <li><h3>{ line.topic }</h3><p class="quiet">{ &line.finding }</p>{ for advice }</li> }
}

/// Name, class and drawing of a verdict: it is told by a word and a form, not by a colour alone.
fn dress(verdict: Verdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        Verdict::Wrong => ("doctor.wrong", "checks-wrong", "M5 5l10 10M15 5L5 15"),
        Verdict::Look => ("doctor.look", "checks-look", "M10 3v9M10 16v.5"),
        Verdict::Unknown => ("doctor.unknown", "checks-unknown", "M6.5 7a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.1-1.5 2.3M10 16v.5"),
        Verdict::Right => ("doctor.right", "checks-right", "M4 10.5l4 4L16 5.5"),
    }
}

fn summary(lines: &[Line]) -> String {
    let count = |verdict| lines.iter().filter(|line| line.verdict == verdict).count().to_string();
    let [wrong, look, unknown, right] = ORDER.map(count);
    filled("doctor.summary", &[("wrong", &wrong), ("look", &look), ("unknown", &unknown), ("right", &right)])
}

/// The same as a text, for developers. It holds no secret: the lines hold none.
fn report(config: &Config, lines: &[Line]) -> String {
    let mut text = format!("hushkey doctor, from a browser\napp: {}\nprovider: {}\n", config.app_origin(), config.issuer());
    for line in ORDER.into_iter().flat_map(|verdict| lines.iter().filter(move |line| line.verdict == verdict)) {
        let word = dress(line.verdict).0.trim_start_matches("doctor.");
        let advice = if line.advice.is_empty() { String::new() } else { format!("\n  -> {}", line.advice) };
        // To write into a text cannot fail.
        let _ = write!(text, "\n[{word}] {}: {}{advice}", line.topic, line.finding);
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_has_a_word() {
        assert!(ORDER.into_iter().all(|verdict| !text(dress(verdict).0).is_empty()));
    }

    #[test]
    fn the_report_says_in_english_what_the_page_shows() {
        let config = Config::from_json(r#"{"issuer":"https://as.example","client_id":"c"}"#, "https://app.example").expect("accepted");
        let line = |verdict, advice: &str| Line { topic: "Keys", verdict, finding: "none".to_owned(), advice: advice.to_owned() };
        let lines = [line(Verdict::Right, ""), line(Verdict::Wrong, "Mend it.")];
        assert_eq!(
            report(&config, &lines),
            "hushkey doctor, from a browser\napp: https://app.example\nprovider: https://as.example\n\
             \n[wrong] Keys: none\n  -> Mend it.\n[right] Keys: none\n"
        );
        assert_eq!(summary(&lines), "1 wrong, 0 worth a look, 0 could not be told, 1 right.");
    }
}
