//! What several pages share.

mod announcer;
mod avatar;
mod copy_box;
mod corner;
mod delay;
mod details;
mod expiry;
mod focus;
mod frame;
mod header;
mod key;
mod link;
mod organizations;
mod paused;
mod problem_panel;
mod sign_in_button;
mod signed_out_panel;
mod title;
mod waiting;
mod wordmark;

pub(crate) use avatar::Avatar;
pub(crate) use delay::{DelayNotice, DelayPanel, use_delay};
pub(crate) use details::{Detail, Tags};
pub(crate) use expiry::Expiry;
pub(crate) use frame::Frame;

pub(crate) use key::Key;
pub(crate) use link::Link;
pub(crate) use organizations::Organizations;
pub(crate) use problem_panel::ProblemPanel;
pub(crate) use sign_in_button::SignInButton;
pub(crate) use signed_out_panel::{SignedOutPanel, sentence};
pub(crate) use title::use_title;
pub(crate) use waiting::Waiting;
pub(crate) use wordmark::Wordmark;
