//! Worlds that several scenarios share.

use super::resources;
use crate::setup::{Host, Setup, Site};
use xtask::engines::Engine;

/// The provider takes no request that was not pushed.
pub(super) const PUSHED: Setup = Setup { provider: &["--par", "required"], discovered: true, ..Setup::ORDINARY };

/// The API has two halves, and each wants a token of its own.
pub(super) const TWO_RESOURCES: Setup = Setup {
    provider: &["--resource", resources::ONE, "--resource", resources::TWO],
    configuration: &[("audiences", r#"["urn:example:one","https://two.example/"]"#)],
    resources: &[("/api/", resources::ONE), ("/second/", resources::TWO)],
    ..Setup::ORDINARY
};

/// Nobody signs in.
pub(super) const NOBODY: Setup = Setup { nobody_signs_in: true, ..Setup::ORDINARY };

/// The API or the provider refuses a request: browsers write that into the console themselves.
pub(super) const REFUSALS: Setup = Setup { console_may_say: &["status of 400", "status of 401"], ..Setup::ORDINARY };

/// The API may ask for a stronger sign-in, and does. Errors of its making stand in the console.
pub(super) const STEP_UP: Setup = Setup {
    step_up: true,
    console_may_say: &["status of 400", "status of 401", "hushkey: step-up", "hushkey: the provider answered"],
    ..Setup::ORDINARY
};

/// ID tokens say who it is, and the userinfo endpoint all the rest.
pub(super) const USER_INFO: Setup = Setup {
    provider: &["--profile-in-userinfo"],
    configuration: &[("userinfo", "true")],
    console_may_say: &["hushkey: userinfo"],
    ..Setup::ORDINARY
};

/// What the doctor asks is refused, as it should be.
pub(super) const ASKED_FOR: &[&str] = &["status of 400", "status of 401", "status of 404", "hushkey-doctor"];

/// The provider is at another site, and the browser keeps its cookies out of frames.
pub(super) const ELSEWHERE: Setup = Setup { site: Site::Cross, ..Setup::ORDINARY };

/// Why the image is started once.
pub(super) const ONE_IMAGE: &str = "a server is the same for every engine";

/// Why a page is not kept without its query.
pub(super) const NO_VARY_SEARCH: &[(Engine, &str)] =
    &[(Engine::Firefox, "it does not know No-Vary-Search"), (Engine::WebKit, "it does not know No-Vary-Search")];

/// Why a browser has no other language.
pub(super) const ENGLISH_ONLY: &[(Engine, &str)] =
    &[(Engine::WebKit, "it takes the person's languages from a locale that the machine would have to have")];

/// A file is changed after it was deployed. What is kept would not be asked for again.
pub(super) const CHANGED: Setup = Setup {
    host: Host::Plain(&[("cache-control", "no-store")]),
    console_may_say: &["integrity", "digest", "missing or changed", "Failed to fetch", "NetworkError"],
    ..NOBODY
};

/// Why a real server has no part in it.
pub(super) const HEADERS_OF_ITS_OWN: Option<&str> = Some("it is about other headers than those of production");
/// What a browser says whose person reads German.
pub(super) const GERMAN: &str = "de-DE,de,en";

/// Why pages are not judged: they are the same in all engines.
pub(super) const JUDGED: &[(Engine, &str)] = &[
    (Engine::Firefox, "what judges pages speaks the DevTools protocol"),
    (Engine::WebKit, "what judges pages speaks the DevTools protocol"),
];
