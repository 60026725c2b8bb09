//! What is fixed for a whole session: the browser's settings, the app's configuration and who uses it.

use crate::{
    bridge::Who,
    chance::Chance,
    provider::{APP, CLIENT, ISSUER, metadata},
};
use hushkey::Config;
use std::sync::LazyLock;

/// The settings of a session.
#[derive(Debug)]
pub(crate) struct Habits {
    /// The app's configuration.
    pub(crate) config: &'static Config,
    /// Whether the hidden frame has the provider's cookies.
    pub(crate) frame_cookies: bool,
    /// Whether the app's own policy forbids hidden frames.
    pub(crate) frames_forbidden: bool,
    /// Whether the browser opens windows.
    pub(crate) opens_windows: bool,
    /// Whether pages go into the back/forward cache, in percent of the cases.
    pub(crate) cache: u64,
    /// Whether timers of hidden tabs come once a minute only, rather than once a second.
    pub(crate) throttles_hard: bool,
    /// Whether the monotonic clock stands still while the machine sleeps.
    pub(crate) clock_sleeps: bool,
    /// Who usually signs in.
    pub(crate) usual: Who,
    /// Whether keys may come from the browser's cache.
    pub(crate) caches_keys: bool,
}

/// Known metadata or discovery; opaque or checked access tokens; with refresh tokens asked for.
static CONFIGS: LazyLock<[Config; 4]> = LazyLock::new(|| {
    let provider = [format!(r#""issuer":"{ISSUER}""#), format!(r#""metadata":{}"#, metadata())];
    [(0, false), (1, false), (1, true), (1, true)].map(|(place, checked)| {
        let block = format!(
            r#"{{{},"client_id":"{CLIENT}","algorithms":["EdDSA"],"api":["{API}"],"scopes":"openid offline_access"{}}}"#,
            provider[place],
            if checked { r#","validate_access_token":true,"access_token_compat":true"# } else { "" }
        );
        Config::from_json(&block, APP).unwrap_or_else(|error| panic!("the simulation's own configuration is wrong: {error}"))
    })
});

/// The API that gets the token.
pub(crate) const API: &str = "https://api.example/v1";

impl Habits {
    /// Any that people have.
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        Self {
            config: &CONFIGS[chance.below(4) as usize],
            frame_cookies: chance.percent(65),
            frames_forbidden: chance.percent(4),
            opens_windows: chance.percent(60),
            cache: chance.pick(&[0, 50, 100]),
            throttles_hard: chance.percent(30),
            clock_sleeps: chance.percent(50),
            usual: Who { person: 1, organisation: chance.between(1, 2) as u8 },
            caches_keys: chance.percent(50),
        }
    }
}
