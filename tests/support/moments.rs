//! The usual moments of a page's life, each as the state before it and the event.

#![allow(dead_code, unreachable_pub, reason = "each file uses its part")]

use super::flow::Flow;
use hushkey::protocol::turn::Event;

pub type SetUp = fn() -> (Flow, Event);

/// By name, in the order in which they come.
pub const MOMENTS: [(&str, SetUp); 9] = [
    ("opened, with a hint", || opened().before(|_| true)),
    ("keys came", || opened().before(|event| is_response_with(event, "\"keys\""))),
    ("frame spoke", || opened().before(|event| matches!(event, Event::FrameSpoke { .. }))),
    ("tokens came", || opened().before(|event| is_response_with(event, "id_token"))),
    ("signature verified", || opened().before(|event| matches!(event, Event::Verified { .. }))),
    ("time to renew, in a frame", || due(false)),
    ("time to renew, by refresh token", || due(true)),
    ("refreshed tokens came", || due(true).0.renewing().before(|event| is_response_with(event, "id_token"))),
    ("api refused the token", || {
        let flow = signed_in(false);
        let generation = flow.state.token_generation().expect("a session");
        (flow, Event::TokenRejected { generation })
    }),
];

fn opened() -> Flow {
    let mut flow = Flow::new(false);
    flow.open();
    flow
}

pub fn signed_in(refresh_tokens: bool) -> Flow {
    let mut flow = Flow::new(refresh_tokens);
    flow.open();
    flow.settle();
    assert!(flow.state.view().person().is_some(), "{:?}", flow.state);
    flow
}

fn due(refresh_tokens: bool) -> (Flow, Event) {
    let mut flow = signed_in(refresh_tokens);
    flow.tick();
    flow.before(|_| true)
}

impl Flow {
    fn renewing(mut self) -> Self {
        self.queue.push_back(Event::Ticked);
        self
    }
}

/// An answer of the provider that has this text in it.
pub fn is_response_with(event: &Event, text: &str) -> bool {
    matches!(event, Event::Responded { outcome: Ok(response), .. } if response.body.expose().contains(text))
}
