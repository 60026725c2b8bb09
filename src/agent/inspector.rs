//! `<FlowInspector>`: the protocol as it happens in this page, drawn as a sequence diagram while it does.

mod line;

use super::handle::AuthHandle;
use crate::{
    browser::clipboard,
    protocol::flow::{self, Entry, Flow, Harmless, Lane},
};
use gloo::timers::callback::Interval;
use js_sys::Date;
use line::tag;
use wasm_bindgen_futures::spawn_local;
use yew::{context::ContextHandle, prelude::*};

/// So often it is looked whether there is anything new, in milliseconds: nobody reads faster, and nobody who records has to know who reads.
const BREATH: u32 = 200;

/// The lanes of the diagram, from the left. Other tabs stand at its edge.
const LANES: [Lane; 5] = [Lane::Person, Lane::App, Lane::Frame, Lane::Provider, Lane::Api];

/// Properties of [`FlowInspector`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct FlowInspectorProps {
    /// The classes of its buttons.
    #[prop_or("flow-button")]
    pub button_class: &'static str,
}

/// Draws what the sign-in of this page has done since it was loaded, and what it does: person, app, hidden frame, provider and API, with the times, what
/// was in each message and what was checked of it.
///
/// No secret is drawn, because none is kept: see [`flow`](crate::protocol::flow). What may be copied as a report can be pasted into an issue. The style
/// sheet is `assets/flow.css`; the component has class names only, so it works under a strict Content Security Policy. It stands below an
/// [`AuthAgent`](crate::AuthAgent).
///
/// ```ignore
/// html! { <AuthAgent config={config}><FlowInspector /></AuthAgent> }
/// ```
#[derive(Debug)]
pub struct FlowInspector {
    auth: AuthHandle,
    only_messages: bool,
    copied: Copied,
    /// The version of what is drawn.
    version: u64,
    _interval: Interval,
    _context: ContextHandle<AuthHandle>,
}

/// What happens to it.
#[derive(Debug)]
#[doc(hidden)]
pub enum FlowMessage {
    /// It is time to look for news.
    Looked,
    /// The agent has another view, or is another one.
    Auth(AuthHandle),
    /// Notes are to be left out, or not any more.
    Filter,
    /// What is shown is to be forgotten.
    Clear,
    /// A copy is wanted.
    Copy,
    /// The copy was made, or refused by the browser.
    Copied(bool),
}

/// What became of the wish for a copy.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Copied {
    Not,
    Done,
    Refused,
}

impl Component for FlowInspector {
    type Message = FlowMessage;
    type Properties = FlowInspectorProps;

    fn create(ctx: &Context<Self>) -> Self {
        let context = ctx.link().context(ctx.link().callback(FlowMessage::Auth));
        let (auth, context) = context.expect("<FlowInspector> stands below an <AuthAgent>");
        let link = ctx.link().clone();
        let interval = Interval::new(BREATH, move || link.send_message(FlowMessage::Looked));
        Self { auth, only_messages: false, copied: Copied::Not, version: 0, _interval: interval, _context: context }
    }

    fn update(&mut self, ctx: &Context<Self>, message: FlowMessage) -> bool {
        match message {
            FlowMessage::Looked => {
                let version = self.auth.driver().map_or(0, |driver| driver.with_flow(Flow::version));
                return std::mem::replace(&mut self.version, version) != version;
            }
            FlowMessage::Auth(auth) => self.auth = auth,
            FlowMessage::Filter => self.only_messages = !self.only_messages,
            FlowMessage::Clear => {
                self.copied = Copied::Not;
                if let Some(driver) = self.auth.driver() {
                    driver.clear_flow();
                }
            }
            FlowMessage::Copy => {
                let (text, link) = (self.report(), ctx.link().clone());
                spawn_local(async move { link.send_message(FlowMessage::Copied(clipboard::write(&text).await)) });
            }
            FlowMessage::Copied(done) => self.copied = if done { Copied::Done } else { Copied::Refused },
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let button = |pressed: Option<bool>, name: &'static str, message: fn() -> FlowMessage| {
            let (pressed, onclick) = (pressed.map(|pressed| if pressed { "true" } else { "false" }), link.callback(move |_| message()));
            html! { <button type="button" class={ctx.props().button_class} aria-pressed={pressed} {onclick}>{ name }</button> }
        };
        let status = match self.copied {
            Copied::Not => "",
            Copied::Done => "Copied. There is no secret in it.",
            Copied::Refused => "Your browser does not allow copying. The report is below.",
        };
        let drawn = self.auth.driver().map(|driver| driver.with_flow(|flow| diagram(flow, self.only_messages)));
        html! {
            <section class="flow" aria-label="Protocol flow" lang="en">
                <div class="flow-tools">
                    { button(Some(self.only_messages), "Only messages", || FlowMessage::Filter) }
                    { button(None, "Clear", || FlowMessage::Clear) }
                    { button(None, "Copy report", || FlowMessage::Copy) }
                    <span class="flow-aside" role="status">{ status }</span>
                </div>
                if self.copied == Copied::Refused {
                    <pre class="flow-report" tabindex="0" aria-label="Report">{ self.report() }</pre>
                }
                { drawn }
            </section>
        }
    }
}

impl FlowInspector {
    /// The record as text, with what else somebody who has to help needs to know.
    fn report(&self) -> String {
        let Some(driver) = self.auth.driver() else { return String::new() };
        let about = [
            ("hushkey", env!("CARGO_PKG_VERSION").to_owned()),
            ("browser", gloo::utils::window().navigator().user_agent().unwrap_or_default()),
            ("issuer", Harmless::issuer(driver.config()).map_or_else(String::new, |issuer| issuer.to_string())),
            ("ignored", driver.discarded_in_words()),
            ("times", "UTC".to_owned()),
        ];
        driver.with_flow(|flow| flow::report(flow, &about))
    }
}

fn diagram(flow: &Flow, only_messages: bool) -> Html {
    // In minutes west of Greenwich, for each moment anew: it changes twice a year.
    let offset = |entry: &Entry| -Date::new(&(entry.at.wall.as_millis() as f64).into()).get_timezone_offset() as i64;
    let mut before = None;
    let mut lines = Vec::new();
    for entry in flow.entries().filter(|entry| !only_messages || !(entry.is_note() || entry.ignored.is_some())) {
        lines.push(line::line(entry, before.replace(entry), offset(entry)));
    }
    let mut parts = Vec::new();
    if flow.dropped() > 0 {
        parts.push(tag("p", "flow-aside", vec![format!("{} older entries are kept no more.", flow.dropped()).into()]));
    }
    if lines.is_empty() {
        parts.push(tag("p", "flow-aside", vec!["Nothing has happened yet.".into()]));
    }
    // What is to be seen only: each line says between whom it goes.
    let lanes = LANES.iter().map(|lane| tag("span", "", vec![lane.name().into()])).collect();
    let rails = LANES.iter().map(|_| tag("span", "", Vec::new())).collect();
    parts.push(tag("div", "flow-lanes", lanes));
    parts.push(tag("div", "flow-rails", rails));
    parts.push(tag("ol", "flow-list", lines));
    tag("div", "flow-body", parts)
}
