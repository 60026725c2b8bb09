//! What people, and others, do with the app. One file per subject; the table says what is special about each world.

mod anywhere;
mod api;
mod callback;
mod configuration;
mod container;
mod continuity;
mod cookies;
mod doctor;
mod dpop;
pub(crate) mod everything;
mod flow;
mod groups;
mod headers;
mod hostile;
mod integrity;
mod kept;
mod keyboard;
mod language;
mod lighthouse;
mod look;
mod oidf;
mod outage;
mod policy;
mod pushed;
mod relay;
mod renewal;
mod resources;
mod restore;
mod self_test;
mod setups;
mod shell;
mod sign_in;
mod sign_out;
mod step_up;
mod user_info;

use crate::{
    setup::{Host, Setup, ThirdPartyCookies},
    walks,
    world::World,
};
use anyhow::Result;
pub(crate) use groups::all;
use setups::*;
use std::{pin::Pin, rc::Rc};
use xtask::engines::Engine;

/// A scenario.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    /// Its name for `--only`.
    pub(crate) name: &'static str,
    /// What it shows.
    pub(crate) headline: &'static str,
    /// What is special about its world.
    pub(crate) setup: Setup,
    /// Plays it.
    pub(crate) run: fn(Rc<World>) -> Performance,
}

/// A scenario that is being played.
type Performance = Pin<Box<dyn Future<Output = Result<()>>>>;

macro_rules! scenario {
    ($name:literal, $headline:literal, $run:path) => {
        scenario!($name, $headline, $run, Setup::ORDINARY)
    };
    ($name:literal, $headline:literal, $run:path, $setup:expr) => {
        Scenario { name: $name, headline: $headline, setup: $setup, run: |world| Box::pin(async move { $run(&world).await }) }
    };
}

macro_rules! walk {
    ($name:literal, $headline:literal, $run:path, $walk:expr) => {
        scenario!($name, $headline, $run, Setup { not_in: JUDGED, ..$walk.setup })
    };
}

// After the macros, which their tables use.
mod ending;
mod platform;

/// Most scenarios.
#[rustfmt::skip]
const SCENARIOS: &[Scenario] = &[
    scenario!("sweep-finds-leaks", "the leak sweep finds a secret wherever one is planted", self_test::planted_secrets_are_found),
    scenario!("judge-sees-violations", "a violation of the policy and an error do not go unnoticed", self_test::violations_are_seen,
        Setup { not_in: &[(Engine::WebKit, "its driver tells nothing of the console and runs no script before a document")], ..Setup::ORDINARY }),
    scenario!("sign-in", "signing in from the first page", sign_in::from_the_first_page),
    scenario!("deep-link", "a protected address is kept through the sign-in, query and fragment included", sign_in::from_a_protected_address),
    scenario!("made-up-person", "signing in by e-mail as somebody new", sign_in::by_email),
    scenario!("reload", "a reload restores the session unseen: no page, no history entry, no flash", restore::after_a_reload),
    scenario!("head-start", "the page looks for the session before the app is there, and nothing of that can be read", restore::before_the_app_is_there,
        Setup { edit: Some(restore::without_the_app), ..NOBODY }),
    scenario!("no-head-start", "a page without its small script restores the session all the same", restore::after_a_reload,
        Setup { edit: Some(restore::without_head_start), ..Setup::ORDINARY }),
    scenario!("shell", "a service worker answers a visit with the app, and keeps nothing of the protocol", shell::is_kept,
        Setup { service_worker: true, ..Setup::ORDINARY }),
    scenario!("shell-replaced", "a new deployment takes the place of one that is kept, and one without a worker ends it", shell::is_replaced,
        Setup { service_worker: true, host: Host::Plain(&[]), ..NOBODY }),
    scenario!("second-tab", "a second tab is signed in by itself", restore::in_a_second_tab),
    scenario!("nobody-to-restore", "the first page looks for a session once and stays where it is", restore::nobody, NOBODY),
    scenario!("api", "the API answers for the person who is signed in", api::answers),
    scenario!("api-401", "an access token that the API refuses is renewed, and the call repeated, once", api::refused_token_is_renewed, REFUSALS),
    scenario!("su-01-by-button", "an API that wants a safer sign-in gets it, if the person wants to, and they come back to where they were", step_up::by_button, STEP_UP),
    scenario!("su-01-malformed", "a demand that cannot be understood is told, and the session is kept", step_up::cannot_be_understood, STEP_UP),
    scenario!("su-02-loop", "an API that is never content sends nobody round in circles", step_up::never_content, STEP_UP),
    scenario!("su-02-not-allowed", "an API that may not demand a sign-in is refused like any other", step_up::from_another_api, Setup { step_up: false, ..STEP_UP }),
    scenario!("su-03-unmet", "a sign-in that turns out no better is told, and the session goes on", step_up::cannot_be_had, STEP_UP),
    scenario!("ui-01-claims", "what the userinfo endpoint says about the person is on their account page", user_info::completes_the_account, USER_INFO),
    scenario!("ui-01-wrong-subject", "of an answer about somebody else nothing is shown, and the session is kept", user_info::about_somebody_else, USER_INFO),
    scenario!("ui-02-header", "the access token goes to the userinfo endpoint in the header, and stands nowhere else", user_info::with_the_token_in_the_header, USER_INFO),
    scenario!("ui-03-signed", "a signed answer is used if its signature, issuer and audience are right", user_info::signed,
        Setup { provider: &["--profile-in-userinfo", "--signed-userinfo"], configuration: &[("userinfo", "signed")], ..USER_INFO }),
    scenario!("renew-now", "a renewal by hand moves the expiry and nothing else", renewal::by_hand,
        // So short that its seconds are told.
        Setup { provider: &["--access-token-ttl", "80"], ..Setup::ORDINARY }),
    scenario!("renew-by-itself", "an access token that expires during use is renewed unnoticed", renewal::by_itself,
        Setup { provider: &["--access-token-ttl", "8"], ..Setup::ORDINARY }),
    scenario!("refresh-refused", "a refused refresh token is made up for silently", renewal::refresh_token_refused, REFUSALS),
    scenario!("session-revoked", "a session that was ended at the provider ends here, without a redirect", renewal::session_revoked, REFUSALS),
    scenario!("cancel", "a cancelled sign-in is explained and can be tried again", callback::cancelled),
    scenario!("callback-unknown", "a callback that nobody waits for is refused", callback::unknown_state, NOBODY),
    scenario!("callback-replayed", "a callback address that is opened again redeems nothing", callback::replayed),
    scenario!("callback-injected", "a foreign code with a wrong state is refused, whoever waits for a sign-in", callback::injected,
        Setup { nobody_signs_in: true, leaves_a_pending_record: true, ..Setup::ORDINARY }),
    scenario!("sign-out", "signing out ends the session in every tab, and at the provider", sign_out::everywhere),
    scenario!("provider-down", "a provider that is down is waited for", outage::provider_down,
        Setup {
            console_may_say: &["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "CORS request did not succeed"],
            ..Setup::ORDINARY
        }),
    scenario!("offline", "a network that is gone for a while ends nothing, and what was wanted happens when it is back", outage::offline,
        Setup {
            not_in: &[
                (Engine::Firefox, "its driver cannot take the network away"),
                (Engine::WebKit, "its driver cannot take the network away"),
            ],
            console_may_say: &["ERR_INTERNET_DISCONNECTED"],
            ..Setup::ORDINARY
        }),
    scenario!("provider-failing", "a provider that fails for a moment ends no session", outage::provider_failing,
        Setup { console_may_say: &["status of 503"], ..Setup::ORDINARY }),
    scenario!("blocked-cookies", "a browser that blocks third-party cookies costs one redirect, and no session", continuity::blocked_cookies, ELSEWHERE),
    scenario!("scroll-kept", "after that redirect the page is where it was", continuity::scroll_is_kept, ELSEWHERE),
    scenario!("reload-scroll", "a page that a frame restores is where it was", continuity::reload_is_where_it_was),
    scenario!("paused", "a session that only the person can renew is paused, and continued in a window, with the page as it was", continuity::paused,
        Setup {
            provider: &["--access-token-ttl", "10"],
            configuration: &[("scopes", "openid profile email")],
            // Firefox looks for an icon of the relay page, which allows none.
            console_may_say: &["/favicon.ico"],
            ..ELSEWHERE
        }),
    scenario!("tab-follows", "a tab follows a sign-in in another tab, and another person", continuity::tab_follows, REFUSALS),
    scenario!("ended-elsewhere", "a session that another app has ended is noticed on the return to the page", continuity::ended_elsewhere,
        Setup { configuration: &[("recheck_interval", "10")], ..REFUSALS }),
    scenario!("organisations", "another organisation is chosen in a window, and the first one is silently gone back to", continuity::organisations,
        // Firefox looks for an icon of the relay page, which allows none.
        Setup { console_may_say: &["/favicon.ico"], ..Setup::ORDINARY }),
    scenario!("in-the-fragment", "a provider that answers in the fragment does so in frames and windows", continuity::organisations,
        Setup { discovered: true, configuration: &[("validate_access_token", "true"), ("access_token_compat", "true")], console_may_say: &["/favicon.ico"], ..Setup::ORDINARY }),
    scenario!("wrong-clock", "a clock a day wrong is named, and the session comes when it is set right", continuity::wrong_clock),
    scenario!("provider-busy", "a provider that asks for time gets it", continuity::busy,
        Setup { console_may_say: &["status of 429"], ..Setup::ORDINARY }),
    scenario!("silence-explained", "a frame that does not answer is explained to those who run the app", continuity::silence_is_explained,
        Setup {
            not_in: &[(Engine::WebKit, "its driver tells nothing of the console")],
            console_may_say: &["hushkey: silent sign-in", "X-Frame-Options", "frame"],
            ..Setup::ORDINARY
        }),
    scenario!("policy-blocks-frame", "a policy that forbids the frame is named to those who run the app", continuity::policy_is_named,
        Setup {
            host: Host::Plain(&[("content-security-policy", "frame-src 'none'")]),
            only_ours: HEADERS_OF_ITS_OWN,
            not_in: &[(Engine::WebKit, "its driver tells nothing of the console")],
            console_may_say: &["hushkey: silent sign-in", "Content Security Policy", "Content-Security-Policy"],
            ..Setup::ORDINARY
        }),
    scenario!("si-22-isolated", "an app that is cross-origin isolated is told what that costs", continuity::isolation_is_named,
        Setup {
            host: Host::Plain(&[("cross-origin-embedder-policy", "require-corp"), ("cross-origin-opener-policy", "same-origin")]),
            only_ours: HEADERS_OF_ITS_OWN,
            not_in: &[(Engine::WebKit, "its driver tells nothing of the console")],
            console_may_say: &["hushkey: silent sign-in", "ERR_BLOCKED_BY_RESPONSE", "Cross-Origin-Embedder-Policy"],
            nobody_signs_in: true,
            ..Setup::ORDINARY
        }),
    scenario!("session-monitored", "a session that ends at the provider is noticed while the page is looked at", continuity::monitored,
        Setup { provider: &["--session-management"], discovered: true, ..REFUSALS }),
    scenario!("forged-messages", "forged messages to the page change nothing", hostile::forged_messages),
    scenario!("framed", "a page of another origin cannot show the app in a frame", hostile::framed,
        Setup { console_may_say: &["frame-ancestors"], ..Setup::ORDINARY }),
    scenario!("opened", "a page of another origin that opens the app, posts to it and links to it gets nothing", hostile::opened,
        Setup { console_may_say: &["status of 405", "CORS", "Cross-Origin", "ERR_FAILED", "/favicon.ico"], ..Setup::ORDINARY }),
    scenario!("changed-script", "one changed byte in the script stops the start, and is told", integrity::of_the_script, CHANGED),
    scenario!("changed-module", "one changed byte in the module stops the start, and is told", integrity::of_the_module, CHANGED),
    scenario!("policy-in-page", "where no header can be sent, the policy in the page holds", policy::in_the_page, policy::WITHOUT_HEADERS),
    // Firefox looks for an icon of a page that allows none.
    scenario!("relay", "the relay page is small, strict, and of no use when it is opened by itself", relay::by_itself,
        Setup { console_may_say: &["/favicon.ico"], ..NOBODY }),
    scenario!("relay-framed", "the relay page tells its own origin and nobody else", relay::framed,
        Setup {
            console_may_say: &["postMessage"],
            host: Host::Plain(&[]),
            only_ours: Some("it is about a server that lets everybody frame the relay page"),
            ..NOBODY
        }),
    scenario!("relay-kept", "one copy of the relay page serves all answers, by its bare address, and no code is kept on the disk", kept::by_its_bare_address,
        Setup { not_in: NO_VARY_SEARCH, ..Setup::ORDINARY }),
    scenario!("relay-kept-late", "the same holds for a page without its small script", kept::by_its_bare_address,
        Setup { not_in: NO_VARY_SEARCH, edit: Some(restore::without_head_start), ..Setup::ORDINARY }),
    scenario!("headers", "every kind of address has its headers", headers::of_every_kind, NOBODY),
    scenario!("wrong-configuration", "a wrong configuration is refused, naming the field", configuration::names_the_field,
        Setup { edit: Some(configuration::with_a_slip), ..NOBODY }),
    scenario!("doctor", "the page that checks the setup finds nothing wrong where nothing is, and no session feels it", doctor::nothing_is_wrong,
        Setup { console_may_say: ASKED_FOR, ..Setup::ORDINARY }),
    scenario!("doctor-plain-host", "it names the headers that a host does not send", doctor::plain_host,
        Setup { host: Host::Plain(&[]), console_may_say: ASKED_FOR, ..NOBODY }),
    scenario!("doctor-framing", "it names the header that keeps the relay page out of the app's own frame", doctor::relay_framing,
        Setup {
            host: Host::Plain(&[("x-frame-options", "DENY")]),
            console_may_say: &["status of 40", "hushkey-doctor", "X-Frame-Options", "x-frame-options", "hushkey: silent sign-in"],
            ..NOBODY
        }),
    scenario!("doctor-unregistered", "it names the address that is not registered", doctor::unregistered,
        Setup {
            configuration: &[("silent_path", "/elsewhere.html")],
            console_may_say: &["status of 40", "hushkey-doctor", "X-Frame-Options", "frame-ancestors", "hushkey: silent sign-in"],
            ..NOBODY
        }),
    scenario!("doctor-provider-down", "it names the provider that does not answer", doctor::provider_down,
        Setup {
            console_may_say: &["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "CORS request did not succeed", "status of 40"],
            ..NOBODY
        }),
    scenario!("doctor-key-missing", "it names the algorithm that there is no key for", doctor::key_missing,
        Setup { configuration: &[("algorithms", r#"["ES256"]"#)], console_may_say: ASKED_FOR, ..NOBODY }),
    scenario!("flow", "the page about the sign-in tells the walk in order, with the checks, and its report can be given to anybody", flow::tells_the_walk),
    scenario!("keyboard", "everything can be reached by keyboard, and the focus goes along", keyboard::from_the_top),
    scenario!("keyboard-window", "a paused session is continued in its window by keyboard alone", keyboard::in_the_window,
        Setup {
            provider: &["--access-token-ttl", "10"],
            configuration: &[("scopes", "openid profile email")],
            // Firefox looks for an icon of the relay page, which allows none.
            console_may_say: &["/favicon.ico"],
            ..ELSEWHERE
        }),
    scenario!("announcements", "people who listen to the page are told of each change, once", keyboard::each_change_is_told),
    scenario!("german", "a German browser has German pages, and the provider is asked for German ones", language::german,
        Setup { languages: GERMAN, not_in: ENGLISH_ONLY, ..Setup::ORDINARY }),
    scenario!("german-first-paint", "the first paint is German, before the app is there", language::first_paint,
        Setup { languages: GERMAN, not_in: ENGLISH_ONLY, edit: Some(restore::without_the_app), ..NOBODY }),
    scenario!("german-missing", "a language that cannot be fetched makes the app an English one", language::missing,
        Setup {
            languages: GERMAN,
            not_in: ENGLISH_ONLY,
            edit: Some(language::without_german),
            host: Host::Plain(&[]),
            console_may_say: &["404"],
            ..Setup::ORDINARY
        }),
    scenario!("english", "nobody fetches a language that they do not read", language::english,
        Setup { languages: "fr,en", not_in: ENGLISH_ONLY, ..Setup::ORDINARY }),
    scenario!("judge-of-pages", "a fault of accessibility, or a page too wide, is found wherever one is planted", look::faults_are_found,
        Setup { not_in: JUDGED, ..NOBODY }),
    walk!("axe-doors", "pages without anybody signed in have no fault of accessibility", look::doors, walks::DOORS),
    walk!("axe-inside", "nor have those with somebody", look::inside, walks::INSIDE),
    walk!("axe-between", "nor those that wait for a session", look::between, walks::BETWEEN),
    walk!("axe-troubles", "nor those that say what is wrong", look::troubles, walks::TROUBLES),
    walk!("axe-afterwards", "nor those after the end of a session", look::afterwards, walks::AFTERWARDS),
    walk!("axe-leaving", "nor that on the way to the sign-in page", look::leaving, walks::LEAVING),
    walk!("axe-paused", "nor that with a session that is paused", look::paused, walks::PAUSED),
    walk!("axe-not-set-up", "nor that of an app that is not set up", look::not_set_up, walks::NOT_SET_UP),
    walk!("axe-set-up-wrong", "nor that which says how an app is set up wrong", look::set_up_wrong, walks::SET_UP_WRONG),
    walk!("axe-not-started", "nor that of an app that cannot be started", look::not_started, walks::NOT_STARTED),
    walk!("axe-german", "nor those in German", look::german, walks::GERMAN),
    walk!("axe-extended", "nor those that the extensions bring", look::extended, walks::EXTENDED),
    walk!("axe-extended-german", "nor those in German", look::extended_german, walks::EXTENDED_GERMAN),
    scenario!("nothing-moves", "nothing on the page moves while a session is looked for and found", look::nothing_moves,
        Setup { not_in: &[
            (Engine::Firefox, "it does not tell what moves"),
            (Engine::WebKit, "it does not tell what moves"),
        ], ..Setup::ORDINARY }),
    scenario!("lighthouse-home", "Lighthouse finds nothing to mend on the first page", lighthouse::of_home, Setup { not_in: JUDGED, ..Setup::ORDINARY }),
    scenario!("lighthouse-account", "nor on the account", lighthouse::of_account, Setup { not_in: JUDGED, ..Setup::ORDINARY }),
    scenario!("pa-01-required", "where requests have to be pushed, redirects and frames go by reference", pushed::required, PUSHED),
    scenario!("pa-01-failing", "a request that cannot be pushed is explained, and not made in any other way", pushed::failing,
        Setup { console_may_say: &["status of 400", "status of 500", "hushkey: pushed"], ..PUSHED }),
    scenario!("pa-02-window", "a window opens at the click, and goes by reference", continuity::organisations,
        // Firefox looks for an icon of the relay page, which allows none.
        Setup { configuration: &[("validate_access_token", "true"), ("access_token_compat", "true")], console_may_say: &["/favicon.ico"],
            not_in: &[(Engine::WebKit, "its driver may stay with the blank page that the window opens at")], ..PUSHED }),
    scenario!("ri-01-refresh", "two APIs get a token each, by refresh token, after a sign-in and after a reload", resources::by_refresh_token, TWO_RESOURCES),
    scenario!("ri-01-frame", "and in frames where there is no refresh token", resources::by_frame,
        Setup {
            configuration: &[("audiences", r#"["urn:example:one","https://two.example/"]"#), ("scopes", "openid profile email")],
            ..TWO_RESOURCES
        }),
    scenario!("ri-01-refused", "a resource that the provider refuses fails its calls, and not the session", resources::refused,
        Setup { console_may_say: &["status of 400", "invalid_target"], ..TWO_RESOURCES }),
    scenario!("cookies-allowed", "a provider at another site gets its cookies in a frame of a browser that sends them", cookies::sent,
        Setup { third_party_cookies: ThirdPartyCookies::Allowed, ..ELSEWHERE }),
    scenario!("cookies-blocked", "a provider at another site gets no cookies in a frame of a browser that blocks them, and is asked by a redirect", cookies::kept_back, ELSEWHERE),
    scenario!("container", "the steps of the image make something that serves the app, for nobody in particular, and logs no query", container::serves,
        Setup {
            host: Host::Container,
            not_in: &[(Engine::Firefox, ONE_IMAGE), (Engine::WebKit, ONE_IMAGE)],
            only_ours: Some("it brings its own"),
            ..Setup::ORDINARY
        }),
    scenario!("dp-14-bound", "tokens are bound to a key of the page, and the nonces of two servers are kept apart", dpop::from_sign_in_to_renewal, dpop::NONCES),
    scenario!("dp-01-keys-stay", "the keys of bound tokens cannot be had from the browser, and are stored nowhere", dpop::keys_stay, dpop::BOUND),
    scenario!("dp-07-endless", "a provider that asks for a nonce again and again is asked once more, and named", dpop::endless, dpop::BOUND),
    scenario!("dp-10-unreadable", "a nonce that the page may not read is named as the cause", dpop::unreadable, dpop::UNREADABLE),
    scenario!("dp-11-bearer", "a token that is not bound is refused where a bound one was asked for", dpop::bearer, dpop::UNBOUND),
    scenario!("dp-12-never-as-bearer", "a bound token goes out as such, whatever an API would like", dpop::never_as_bearer, dpop::BOUND),
    scenario!("dp-15-no-redirect", "a redirect gets neither token nor proof", dpop::no_redirect, dpop::REDIRECTED),
    scenario!("everything", "all extensions at once: a session from its beginning to its end", everything::from_sign_in_to_sign_out, everything::ON),
    scenario!("anywhere", "other paths, on a server that knows files and nothing else", anywhere::on_a_plain_server, anywhere::OTHER_PATHS),
];
