//! One entry, as an item of the list and as a line of the diagram.

use crate::protocol::flow::{Entry, Lane, Part, clock};
use yew::{
    prelude::*,
    virtual_dom::{AttributeOrProperty, Attributes, VTag},
};

/// An element. Of a kind for all of them: each macro would be one more copy of the same code.
pub(super) fn tag(name: &'static str, class: &'static str, content: Vec<Html>) -> Html {
    element(name, AttrValue::Static(class), content)
}

fn element(name: &'static str, class: AttrValue, content: Vec<Html>) -> Html {
    // What is drawn beside the words says nothing that they do not.
    let is_seen_only = matches!(&*class, "flow-lanes" | "flow-rails" | "flow-arrow" | "flow-mark");
    let hidden = is_seen_only.then_some(AttributeOrProperty::Attribute(AttrValue::Static("true")));
    let values = Box::new([Some(AttributeOrProperty::Attribute(class)), hidden]);
    let mut tag = VTag::new(name);
    tag.attributes = Attributes::Dynamic { keys: &["class", "aria-hidden"], values };
    tag.add_children(content);
    tag.into()
}

/// Where a lane stands, from the left.
const fn place(lane: Lane) -> usize {
    match lane {
        Lane::Tabs => 0,
        Lane::Person => 1,
        Lane::App => 2,
        Lane::Frame => 3,
        Lane::Provider => 4,
        Lane::Api => 5,
    }
}

/// Draws an entry. It reads as a sentence: what, then what was in it, then when.
pub(super) fn line(entry: &Entry, before: Option<&Entry>, minutes_from_utc: i64) -> Html {
    let (from, to) = (place(entry.from), place(entry.to));
    // Classes, since the policy of a page lets no style through that stands at an element.
    let mut class = format!("flow-entry flow-l{} flow-r{}", from.min(to), from.max(to));
    for (applies, name) in [
        (entry.is_note(), " flow-note"),
        (from < to, " flow-right"),
        (from > to, " flow-left"),
        (entry.early, " flow-early"),
        (entry.failure.is_some(), " flow-failed"),
        (entry.ignored.is_some(), " flow-ignored"),
    ] {
        if applies {
            class.push_str(name);
        }
    }
    let way = if entry.is_note() { "flow-hidden" } else { "flow-way" };
    let title = vec![
        tag("span", way, vec![entry.way().into()]),
        tag("strong", "", vec![entry.title.into()]),
        tag("span", "flow-aside", vec![entry.asides().into()]),
    ];
    let when = vec![clock(entry.at.wall, minutes_from_utc).into(), tag("span", "flow-aside", vec![entry.ago(before).into()])];
    let content = vec![
        tag("p", "flow-title", title),
        tag("div", "flow-arrow", Vec::new()),
        tag("div", "flow-details", entry.parts().into_iter().map(part).collect()),
        tag("p", "flow-when", when),
    ];
    element("li", class.into(), content)
}

fn part((part, text): (Part, String)) -> Html {
    let (class, mark, word) = match part {
        Part::Fact => return tag("span", "flow-fact", vec![text.into()]),
        Part::Endpoint => return tag("p", "flow-code", vec![text.into()]),
        Part::Aside => return tag("p", "", vec![text.into()]),
        Part::Passed => ("flow-passed", "✓ ", "Checked: "),
        Part::Failed => ("flow-failure", "✗ ", "Failed: "),
    };
    tag("p", class, vec![tag("span", "flow-mark", vec![mark.into()]), tag("span", "flow-hidden", vec![word.into()]), text.into()])
}
