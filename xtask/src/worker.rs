//! The service worker of a deployment. It keeps page and hashed files, so that a reload waits for no server before it asks the provider.
//!
//! It is off unless asked for. Then its place is taken by one that ends whatever worker an earlier deployment had: a host that answers with the page
//! instead would keep that one alive for ever.

use serde_json::json;

use crate::config::Deployment;
use crate::digest;

/// Where it stands. From the root it can see every view of the app.
pub const PATH: &str = "/service-worker.js";

/// The one that keeps files.
const KEEPS: &str = include_str!("../../assets/service-worker.js");

/// The one that ends another.
const ENDS: &str = include_str!("../../assets/no-service-worker.js");

/// Has it installed once the page has nothing else to do. Trusted Types are enforced, and this is an address of a script.
pub const REGISTRATION: &str = r#"<script>addEventListener("load", () => {
      const address = () => "/service-worker.js";
      const trusted = window.trustedTypes?.createPolicy("hushkey-worker", { createScriptURL: address }).createScriptURL("") ?? address();
      navigator.serviceWorker?.register(trusted).catch(() => {});
    });</script>"#;

/// The text of the worker for a page and the files whose names change with their content.
pub fn script(deployment: &Deployment, page: &str, files: &[String]) -> String {
    if !deployment.service_worker {
        return ENDS.to_owned();
    }
    // A language is for those who read it: they have it, and the browser's own store keeps what never changes.
    let files: Vec<&String> = files.iter().filter(|file| !file.ends_with(".txt")).collect();
    let files = json!(files).to_string();
    // Another page or other files are another deployment.
    let version = digest::short(format!("{KEEPS}{files}{page}").as_bytes());
    KEEPS.replace("{{version}}", &version).replace("{{files}}", &files).replace("{{apart}}", &json!(deployment.apart).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(service_worker: bool) -> Deployment {
        let text = r#"{"preset":"scalekit","env_url":"https://x.scalekit.com","client_id":"a","redirect_path":"/back"}"#;
        Deployment { service_worker, ..Deployment::check(text, Some("https://app.example")).expect("accepted") }
    }

    #[test]
    fn every_deployment_has_a_worker_of_its_own() {
        let (files, others) = (["/app-1.css".to_owned()], ["/app-2.css".to_owned()]);
        let one = script(&deployment(true), "page", &files);
        assert_eq!(one, script(&deployment(true), "page", &files));
        assert_ne!(one, script(&deployment(true), "another page", &files));
        assert_ne!(one, script(&deployment(true), "page", &others));
        assert!(one.contains(r#"const FILES = ["/app-1.css"];"#) && !one.contains("{{"), "{one}");
    }

    #[test]
    fn languages_are_not_fetched_for_everybody() {
        let text = script(&deployment(true), "page", &["/app-1.css".to_owned(), "/de-1.txt".to_owned()]);
        assert!(text.contains(r#"const FILES = ["/app-1.css"];"#), "{text}");
    }

    #[test]
    fn bp_12_the_pages_of_the_protocol_stand_apart() {
        let text = script(&deployment(true), "", &[]);
        assert!(text.contains(r#"const APART = ["/back","/silent-refresh.html","/silent-refresh","/signed-out"];"#), "{text}");
    }

    #[test]
    fn the_page_registers_the_worker_where_it_stands() {
        assert!(REGISTRATION.contains(&format!("\"{PATH}\"")));
    }

    #[test]
    fn bp_12_without_the_option_a_worker_of_before_ends() {
        let text = script(&deployment(false), "page", &["/app-1.css".to_owned()]);
        assert!(text.contains("registration.unregister()") && !text.contains("fetch") && !text.contains("app-1"), "{text}");
    }
}
