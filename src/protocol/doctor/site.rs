//! Whether app and provider are one site: then every browser sends the provider's cookies into the frame.

use super::{Doctor, Report};
use crate::protocol::hint::Frames;

const TOPIC: &str = "Site";

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let config = &doctor.config;
    let (app, provider) = (config.app_origin(), config.frame_origins().concat());
    let advice = "For a reload without any redirect in every browser, give the provider an address on the same site as the app \
                  (auth.example.com beside app.example.com). Asking for offline_access helps with renewals.";
    if config.shares_host_with_provider() {
        report.right(TOPIC, format!("the provider is on the app's own host ({provider}): frames get its cookies"));
    } else if !doctor.surroundings.origin_known {
        report.unknown(TOPIC, "it was not said where the app is served", "Name its origin: --origin https://app.example.com.");
    } else {
        match (doctor.surroundings.same_site, doctor.surroundings.frames) {
            (Some(true), _) => report.right(TOPIC, format!("{app} and {provider} are one site: frames get its cookies")),
            (Some(false), _) => report.look(
                TOPIC,
                format!("{app} and {provider} are two sites: most browsers keep the provider's cookies out of frames"),
                advice,
            ),
            (None, Frames::Work) => report.right(TOPIC, "a hidden frame has brought a session in this browser"),
            (None, Frames::Blocked { .. }) => {
                report.look(
                    TOPIC,
                    format!("this browser keeps the cookies of {provider} out of frames: a reload takes a redirect"),
                    advice,
                );
            }
            (None, Frames::Untried) => report.unknown(
                TOPIC,
                format!("whether {app} and {provider} are one site is written in a list that a page cannot read; a trial decides"),
                "Sign in, reload, and check again; or use `cargo xtask doctor`, which has the list.",
            ),
        }
    }
}
