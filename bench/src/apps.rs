//! The apps that are measured.

use serde_json::{Value, json};

/// The path of every app's page that shows the person's name, and only to them.
pub(crate) const ACCOUNT: &str = "/account";

/// The name of the person who is signed in.
pub(crate) const NAME: &str = "Alice Example";

/// What an app is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// This project's app, for a provider that offers these response modes.
    Hushkey(&'static [&'static str]),
    /// The same, with a service worker.
    Shell(&'static [&'static str]),
    /// The app of another library: a folder of `bench/peers`.
    Peer,
    /// The page in `bench/floor`.
    Floor,
}

/// Which of the provider's two issuers an app asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// The one that looks like Scalekit.
    Ordinary,
    /// The one that looks like Auth0: other paths, and a slash at the end of its name.
    Slash,
}

/// One app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct App {
    /// Its name, and that of its client at the provider.
    pub(crate) name: &'static str,
    /// What it is, in the report.
    pub(crate) what: &'static str,
    pub(crate) made: Made,
    pub(crate) issuer: Issuer,
    /// The addresses that the provider may answer to.
    pub(crate) callbacks: &'static [&'static str],
    /// Its page for the hidden frame, if that is one of its own: it may be kept for an hour, as hushkey's.
    pub(crate) relay: Option<&'static str>,
}

/// All of them. The place in the list decides about the port.
pub(crate) const APPS: [App; 8] = [
    App {
        name: "hushkey",
        what: "this app, the provider's metadata in its configuration",
        made: Made::Hushkey(&["query", "fragment"]),
        issuer: Issuer::Ordinary,
        callbacks: &["/callback", "/silent-refresh.html"],
        relay: None,
    },
    App {
        name: "hushkey-query",
        what: "the same, for a provider without `response_mode=fragment`",
        made: Made::Hushkey(&["query"]),
        issuer: Issuer::Ordinary,
        callbacks: &["/callback", "/silent-refresh.html"],
        relay: None,
    },
    App {
        name: "react-oidc-context",
        what: "with oidc-client-ts, React, React Router",
        made: Made::Peer,
        issuer: Issuer::Ordinary,
        callbacks: &["/callback", "/silent.html"],
        relay: Some("/silent.html"),
    },
    App {
        name: "oidc-client-ts",
        what: "alone, without a framework",
        made: Made::Peer,
        issuer: Issuer::Ordinary,
        callbacks: &["/callback", "/silent.html"],
        relay: Some("/silent.html"),
    },
    App {
        name: "oidc-spa",
        what: "with React, React Router, its Vite plugin",
        made: Made::Peer,
        issuer: Issuer::Ordinary,
        callbacks: &["/"],
        relay: None,
    },
    App {
        name: "auth0-spa-js",
        what: "with React, React Router; needs fixed paths and `response_mode=web_message`",
        made: Made::Peer,
        issuer: Issuer::Slash,
        callbacks: &["/callback", ""],
        relay: None,
    },
    App {
        name: "floor",
        what: "no library, no framework, an early frame: what is possible",
        made: Made::Floor,
        issuer: Issuer::Ordinary,
        callbacks: &["/callback", "/relay.html"],
        relay: Some("/relay.html"),
    },
    App {
        name: "hushkey-shell",
        what: "hushkey with `--service-worker`; what that keeps survives when the cache is emptied, so *cold* is no first visit",
        made: Made::Shell(&["query", "fragment"]),
        issuer: Issuer::Ordinary,
        callbacks: &["/callback", "/silent-refresh.html"],
        relay: None,
    },
];

/// The ports of a run: the first two are the issuers', the others the apps'.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports(pub(crate) u16);

impl Ports {
    /// The port of an issuer.
    pub(crate) fn issuer(self, issuer: Issuer) -> u16 {
        self.0 + u16::from(issuer == Issuer::Slash)
    }

    /// The name of an issuer.
    pub(crate) fn issuer_name(self, issuer: Issuer) -> String {
        let slash = if issuer == Issuer::Slash { "/" } else { "" };
        format!("http://localhost:{}{slash}", self.issuer(issuer))
    }

    /// The port of an app.
    pub(crate) fn app(self, app: &App) -> u16 {
        let place = APPS.iter().position(|other| other.name == app.name).unwrap_or_default();
        self.0 + 2 + u16::try_from(place).unwrap_or_default()
    }

    /// Where an app is.
    pub(crate) fn origin(self, app: &App) -> String {
        format!("http://localhost:{}", self.app(app))
    }

    /// A page without anything.
    pub(crate) fn empty_page(self) -> String {
        APPS.iter().find(|app| app.made == Made::Floor).map(|app| format!("{}/empty.html", self.origin(app))).unwrap_or_default()
    }

    /// What the provider has to know.
    pub(crate) fn provider(self) -> Value {
        let issuer = |issuer: Issuer, authorization: &str| {
            json!({
                "issuer": self.issuer_name(issuer),
                "port": self.issuer(issuer),
                "routes": { "authorization": authorization, "token": "/oauth/token", "jwks": "/keys", "end_session": "/oidc/logout" },
            })
        };
        let client = |app: &App| {
            json!({
                "client_id": app.name,
                "issuer": self.issuer_name(app.issuer),
                "origin": self.origin(app),
                "callbacks": app.callbacks,
            })
        };
        json!({
            "name": NAME,
            "issuers": [issuer(Issuer::Ordinary, "/oauth/authorize"), issuer(Issuer::Slash, "/authorize")],
            "clients": APPS.iter().map(client).collect::<Vec<_>>(),
        })
    }

    /// The configuration of hushkey.
    pub(crate) fn configuration(self, app: &App, modes: &[&str]) -> String {
        let issuer = self.issuer_name(app.issuer);
        json!({
            "metadata": {
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/oauth/authorize"),
                "token_endpoint": format!("{issuer}/oauth/token"),
                "jwks_uri": format!("{issuer}/keys"),
                "end_session_endpoint": format!("{issuer}/oidc/logout"),
                "authorization_response_iss_parameter_supported": true,
                "response_modes_supported": modes,
            },
            "client_id": app.name,
            "scopes": ["openid", "profile", "email"],
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn nobody_shares_a_port_or_a_name() {
        let ports = Ports(8400);
        let mut taken: BTreeSet<u16> = APPS.iter().map(|app| ports.app(app)).collect();
        taken.extend([Issuer::Ordinary, Issuer::Slash].map(|issuer| ports.issuer(issuer)));
        assert_eq!(taken.len(), APPS.len() + 2);
        assert_eq!(APPS.iter().map(|app| app.name).collect::<BTreeSet<_>>().len(), APPS.len());
    }

    #[test]
    fn hushkey_accepts_its_configurations() {
        for app in APPS {
            if let Made::Hushkey(modes) | Made::Shell(modes) = app.made {
                let origin = Ports(8400).origin(&app);
                xtask::config::Deployment::check(&Ports(8400).configuration(&app, modes), Some(&origin)).expect("a good configuration");
            }
        }
    }

    #[test]
    fn every_app_is_registered_with_its_own_issuer() {
        let provider = Ports(8400).provider();
        let issuers: Vec<&Value> = provider["issuers"].as_array().expect("a list").iter().map(|issuer| &issuer["issuer"]).collect();
        assert_eq!(issuers, ["http://localhost:8400", "http://localhost:8401/"]);
        let clients = provider["clients"].as_array().expect("a list");
        assert_eq!(clients.len(), APPS.len());
        assert!(clients.iter().all(|client| issuers.contains(&&client["issuer"])));
    }
}
