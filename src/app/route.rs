//! Which page stands at which address. Two addresses come from the configuration, so they are compared at run time.

use hushkey::Config;
use yew_router::Routable;

/// The pages with an address of their own choosing: those that links lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Routable)]
pub(crate) enum Route {
    /// What this is; for everybody.
    #[at("/")]
    Home,
    /// Who is signed in.
    #[at("/account")]
    Account,
    /// A call to an API on behalf of the person.
    #[at("/api")]
    Api,
    /// How the sign-in of this page has gone, step by step; for everybody.
    #[cfg(feature = "inspector")]
    #[at("/flow")]
    Flow,

    /// Whether everything is set up as it should be; for those who run the app.
    #[at("/doctor")]
    Doctor,
    /// Nothing stands here.
    #[not_found]
    #[at("/not-found")]
    NotFound,
}

/// Every page of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Where the provider sends people back to.
    Callback,
    /// Where the provider sends people after signing out.
    SignedOut,
    /// Any other.
    Route(Route),
}

impl Place {
    /// The page at a path.
    pub(crate) fn at(path: &str, config: &Config) -> Self {
        match path {
            path if path == config.redirect_path() => Self::Callback,
            path if path == config.post_logout_path() => Self::SignedOut,
            path => Self::Route(Route::recognize(path).unwrap_or(Route::NotFound)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configured_paths_come_before_the_fixed_ones() {
        let block = r#"{"issuer":"https://as.example","client_id":"c","redirect_path":"/account","post_logout_path":"/bye"}"#;
        let config = Config::from_json(block, "https://app.example").expect("a good configuration");
        for (path, place) in [
            ("/", Place::Route(Route::Home)),
            ("/account", Place::Callback),
            ("/api", Place::Route(Route::Api)),
            ("/bye", Place::SignedOut),
            ("/signed-out", Place::Route(Route::NotFound)),
            ("/account/x", Place::Route(Route::NotFound)),
        ] {
            assert_eq!(Place::at(path, &config), place, "{path}");
        }
    }
}
