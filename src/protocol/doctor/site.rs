//! Whether app and provider are one site: then every browser sends the provider's cookies into the frame.

use super::{Doctor, Report};
use crate::protocol::hint::Frames;

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let config = &doctor.config;
    frontchannel(doctor, report);
    let values = [&*config.app_origin(), &*config.frame_origins().concat(), "@same-site"];
    if config.shares_host_with_provider() {
        return report.right("site-host", &values);
    }
    if !doctor.knows_origin() {
        return report.unknown("site-nowhere", &values);
    }
    match (doctor.surroundings.same_site, doctor.surroundings.frames) {
        (Some(true), _) => report.right("site-same", &values),
        (Some(false), _) => report.look("site-other", &values),
        (None, Frames::Work) => report.right("site-works", &values),
        (None, Frames::Blocked { .. }) => report.look("site-blocked", &values),
        (None, Frames::Untried) => report.unknown("site-untried", &values),
    }
}

/// Whether the page that the provider shows at a sign-out can reach the tabs: browsers part storage, and channels with it, by the site of the whole page.
fn frontchannel(doctor: &Doctor, report: &mut Report) {
    let config = &doctor.config;
    if !config.has_frontchannel_logout() {
        return;
    }
    let values = [&*config.app_origin(), &*config.frame_origins().concat()];
    match doctor.surroundings.same_site {
        _ if config.shares_host_with_provider() => report.right("frontchannel", &values),
        Some(true) => report.right("frontchannel", &values),
        Some(false) => report.look("frontchannel-parted", &values),
        None => report.unknown("frontchannel-unknown", &values),
    }
}
