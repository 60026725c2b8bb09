//! Whether everything is set up as it should be: the configuration of this page, looked at from this very browser. For those who run the app.

use crate::app::{
    components::{use_title, write_to_clipboard},
    texts::{filled, text},
};
use hushkey::{
    Config,
    browser::doctor::examine,
    protocol::doctor::{Line, Verdict},
};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Runs the checks when it is asked to, and shows what was found: what has to be mended first.
#[component]
pub(crate) fn Doctor() -> Html {
    use_title(text("doctor.title"));
    let config = use_context::<Rc<Config>>().expect("the page stands inside of the app, which provides the configuration");
    let lines = use_state(Vec::new);
    let status = use_state(String::new);
    let checking = use_state(|| false);
    let check = {
        let (config, lines, status, checking) = (Rc::clone(&config), lines.clone(), status.clone(), checking.clone());
        move |_| {
            if *checking {
                return;
            }
            checking.set(true);
            lines.set(Vec::new());
            let (config, lines, status, checking) = (Rc::clone(&config), lines.clone(), status.clone(), checking.clone());
            spawn_local(async move {
                let progress = |answered: usize| status.set(filled("doctor.progress", &[("answered", &answered.to_string())]));
                match examine(&config, progress).await {
                    Ok(found) => {
                        status.set(summary(&found));
                        lines.set(found);
                    }
                    Err(error) => status.set(error.to_string()),
                }
                checking.set(false);
            });
        }
    };
    let copy = {
        let (config, lines, status) = (Rc::clone(&config), lines.clone(), status.clone());
        move |_| {
            let (report, status) = (report(&config, &lines), status.clone());
            spawn_local(async move {
                let written = write_to_clipboard(&report).await;
                status.set(if written.is_ok() { text("doctor.copied") } else { text("doctor.not-copied") }.to_owned());
            });
        }
    };
    html! {
        <>
            <h1 tabindex="-1">{ text("doctor.title") }</h1>
            <p class="lead">{ text("doctor.lead") }</p>
            <p class="quiet small"><code>{ "cargo xtask doctor --config hushkey.json --origin " }{ config.app_origin() }</code></p>
            <div class="actions">
                <button type="button" class="button" aria-disabled={checking.then_some("true")} onclick={check}>{ text("doctor.check") }</button>
                if !lines.is_empty() {
                    <button type="button" class="button button-plain" onclick={copy}>{ text("doctor.copy") }</button>
                }
            </div>
            <p class="checks-status" role="status">{ &*status }</p>
            <ul class="checks">{ for in_order(&lines).map(item) }</ul>
        </>
    }
}

/// In this order they are shown.
const ORDER: [Verdict; 4] = [Verdict::Wrong, Verdict::Look, Verdict::Unknown, Verdict::Right];

fn in_order(lines: &[Line]) -> impl Iterator<Item = &Line> {
    ORDER.into_iter().flat_map(|verdict| lines.iter().filter(move |line| line.verdict == verdict))
}

/// A verdict is told by a word and a form, not by a colour alone.
fn item(line: &Line) -> Html {
    let (name, _, drawing) = dress(line.verdict);
    html! {
        <li class={name}>
            <svg viewBox="0 0 20 20" aria-hidden="true"><path d={drawing} /></svg>
            <h2>{ text(name) }{ ": " }{ &line.topic }</h2>
            <p class="quiet">{ &line.finding }</p>
            <p>{ &line.advice }</p>
        </li>
    }
}

/// Name, English word and drawing of a verdict.
const fn dress(verdict: Verdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        Verdict::Wrong => ("doctor.wrong", "wrong", "M5 5l10 10M15 5L5 15"),
        Verdict::Look => ("doctor.look", "look", "M10 3v9M10 16v.5"),
        Verdict::Unknown => ("doctor.unknown", "unknown", "M6.5 7a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.1-1.5 2.3M10 16v.5"),
        Verdict::Right => ("doctor.right", "right", "M4 10.5l4 4L16 5.5"),
    }
}

fn summary(lines: &[Line]) -> String {
    let count = |verdict| lines.iter().filter(|line| line.verdict == verdict).count().to_string();
    let [wrong, look, unknown, right] = ORDER.map(count);
    filled("doctor.summary", &[("wrong", &wrong), ("look", &look), ("unknown", &unknown), ("right", &right)])
}

/// The same as a text, for developers. It holds no secret: the lines hold none.
fn report(config: &Config, lines: &[Line]) -> String {
    let start = ["hushkey doctor, in a browser at ", &config.app_origin(), ", of ", config.issuer(), "\n"].concat();
    let lines =
        in_order(lines).map(|line| ["\n", dress(line.verdict).1, " | ", &line.topic, " | ", &line.finding, " | ", &line.advice].concat());
    start + &lines.collect::<String>() + "\n"
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
        let line =
            |verdict, advice: &str| Line { topic: "Keys".to_owned(), verdict, finding: "none".to_owned(), advice: advice.to_owned() };
        let lines = [line(Verdict::Right, ""), line(Verdict::Wrong, "Mend it.")];
        assert_eq!(
            report(&config, &lines),
            "hushkey doctor, in a browser at https://app.example, of https://as.example\n\
             \nwrong | Keys | none | Mend it.\nright | Keys | none | \n"
        );
        assert_eq!(summary(&lines), "1 wrong, 0 worth a look, 0 could not be told, 1 right.");
    }
}
