//! What several pages share.

mod announcer;
mod avatar;
mod copy_box;
mod corner;
mod delay;
mod details;
mod expiry;
mod focus;
mod footer;
mod frame;
mod header;
mod key;
mod link;
mod organizations;
mod paused;
mod problem_panel;
mod sign_in_button;
mod signed_out_panel;
mod step_up;
mod title;
mod waiting;
mod wordmark;

pub(crate) use avatar::Avatar;
pub(crate) use delay::{delay_notice, delay_panel, use_delay};
pub(crate) use details::{detail, tags};
pub(crate) use expiry::Expiry;
pub(crate) use frame::Frame;

pub(crate) use key::key;
pub(crate) use link::Link;
pub(crate) use organizations::Organizations;
pub(crate) use problem_panel::ProblemPanel;
pub(crate) use sign_in_button::SignInButton;
pub(crate) use signed_out_panel::{sentence, signed_out_panel};
pub(crate) use step_up::StepUp;
#[cfg(feature = "inspector")]
pub(crate) use title::set_title;
pub(crate) use title::use_title;
pub(crate) use waiting::Waiting;
pub(crate) use wordmark::wordmark;
