//! What was written is read again, as the host would read it, and must come to what [`Headers`] says of every kind of address.

mod read;

use super::*;
use crate::headers::Needs;
use read::Answer;

const RELAY: &str = "/silent-refresh.html";
const LOGOUT: &str = "/frontchannel-logout.html";
const KEPT: &str = "/app-0123456789abcdef.css";

/// What the folder has, as far as visitors are concerned.
const FILES: [&str; 6] = ["/index.html", RELAY, LOGOUT, KEPT, "/service-worker.js", "/static/robots.txt"];

/// An address, and the file that it is to be answered with, if any.
const TABLE: [(&str, Option<&str>); 23] = [
    ("/", Some("/index.html")),
    ("/index.html", Some("/index.html")),
    ("/account", Some("/index.html")),
    ("/callback", Some("/index.html")),
    ("/deep/link/of/7", Some("/index.html")),
    ("/deep/", Some("/index.html")),
    ("/a.b/c", Some("/index.html")),
    (RELAY, Some(RELAY)),
    ("/silent-refresh", Some(RELAY)),
    (LOGOUT, Some(LOGOUT)),
    ("/frontchannel-logout", Some(LOGOUT)),
    (KEPT, Some(KEPT)),
    ("/service-worker.js", Some("/service-worker.js")),
    ("/static/robots.txt", Some("/static/robots.txt")),
    ("/silent-refresh.htm", None),
    ("/app-9999999999999999.css", None),
    ("/gone.js", None),
    ("/deep/hushkey.wasm", None),
    ("/_headers", None),
    ("/_redirects", None),
    ("/_deep/link", None),
    ("/index.html.br", None),
    ("/.htaccess", None),
];

fn headers() -> Headers {
    Headers::production(&Needs {
        https: true,
        silent_path: RELAY.to_owned(),
        app_scripts: vec!["'sha256-app='".to_owned()],
        relay_scripts: vec!["'sha256-relay='".to_owned()],
        logout_scripts: Some(vec!["'sha256-logout='".to_owned()]),
        connect: vec!["https://id.example".to_owned()],
        provider: vec!["https://id.example".to_owned()],
        immutable: vec![KEPT.to_owned()],
        service_worker: false,
    })
}

/// The text that a host reads.
fn text(host: Host) -> String {
    let (headers, kept, pages) = (headers(), [KEPT.to_owned()], [RELAY.to_owned(), LOGOUT.to_owned()]);
    let rules = Rules::new(&headers, &pages, &kept).expect("plain paths");
    host.files(&rules).expect("written").remove(0).1
}

/// Compares a host's answers with the decisions; of a missing file the headers, too, if the host can be told them.
fn agrees(answer: impl Fn(&str) -> Answer, tells_of_missing: bool) {
    let headers = headers();
    for (path, file) in TABLE {
        let answer = answer(path);
        assert_eq!(answer.file.as_deref(), file, "{path}");
        let wanted = if file.is_some() { headers.of(path) } else { Headers::missing(headers.of("/")) };
        if file.is_some() || tells_of_missing {
            let wanted = wanted.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(answer.headers, wanted, "{path}");
        }
    }
}

#[test]
fn nginx_does_what_was_decided() {
    let text = text(Host::Nginx);
    agrees(|path| read::nginx(&text, path), true);
}

#[test]
fn caddy_does_what_was_decided() {
    let text = text(Host::Caddy);
    agrees(|path| read::caddy(&text, path), true);
}

#[test]
fn apache_does_what_was_decided() {
    let text = text(Host::Apache);
    agrees(|path| read::apache(&text, path), true);
}

#[test]
fn vercel_does_what_was_decided() {
    let whole = read::json(&text(Host::Vercel));
    agrees(|path| read::rules(&whole["headers"], &whole["rewrites"], path), false);
    // Files for the host are never uploaded, so that nothing has to hide them.
    assert_eq!(vercel::ignored().lines().collect::<Vec<_>>(), ["_headers", "_redirects", "*.br", "*.gz"]);
}

#[test]
fn firebase_does_what_was_decided() {
    let hosting = read::json(&text(Host::Firebase))["hosting"].clone();
    agrees(|path| read::rules(&hosting["headers"], &hosting["rewrites"], path), false);
    let ignored: Vec<&str> = hosting["ignore"].as_array().expect("a list").iter().filter_map(|entry| entry.as_str()).collect();
    for pattern in ["firebase.json", "**/.*", "_*", "**/*.br", "**/*.gz"] {
        assert!(ignored.contains(&pattern), "{pattern} is published");
    }
}

#[test]
fn cloudfront_does_what_was_decided() {
    let template = read::json(&text(Host::Cloudfront));
    agrees(|path| read::cloudfront(&template, path), false);
    let files = &template["Resources"]["Files"]["Properties"]["PublicAccessBlockConfiguration"];
    assert!(
        files.as_object().is_some_and(|all| all.len() == 4 && all.values().all(|value| value == true)),
        "the bucket is public: {files}"
    );
}

#[test]
fn a_page_without_headers_carries_what_a_browser_reads_there() -> Result<()> {
    let page = "<!doctype html>\n<html><head>\n    <meta charset=\"utf-8\">\n<script>early()</script></head></html>";
    let headers = headers();
    let written = github::with_policy(page, &headers.of("/"))?;
    let policy = written.split("http-equiv=\"Content-Security-Policy\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
    let decided = headers.of("/").into_iter().find(|(name, _)| *name == "Content-Security-Policy").expect("a policy").1;
    // A browser complains of this one where it cannot be heeded.
    assert_eq!(policy.expect("a policy"), decided.replace("; frame-ancestors 'none'", ""));
    assert!(policy.is_some_and(|policy| policy.contains("require-trusted-types-for 'script'")));
    assert!(written.contains("<meta name=\"referrer\" content=\"no-referrer\">"));
    assert!(written.find("http-equiv") < written.find("<script>"), "a policy holds for what comes after it");
    assert!(github::with_policy("<p>no head</p>", &headers.of("/")).is_err());
    Ok(())
}

#[test]
fn what_a_host_would_misread_is_refused() {
    let kept = [KEPT.to_owned()];
    for path in ["/a b.html", "/a$uri.html", "/a\"b.html", "/{a}.html", "/a;b.html"] {
        assert!(Rules::new(&headers(), &[path.to_owned()], &kept).is_err(), "{path}");
    }
    let odd = Headers::parse("/*\n  X-Odd: a \"quoted\" $value\n").expect("headers");
    assert!(Rules::new(&odd, &[RELAY.to_owned()], &kept).is_err());
}

#[test]
fn files_stand_where_the_host_reads_them() -> Result<()> {
    let home = tempfile::tempdir()?;
    let out = home.path().join("public");
    fs::create_dir(&out)?;
    let hosts = [Host::Nginx, Host::Caddy, Host::Apache, Host::Vercel, Host::Firebase, Host::Cloudfront];
    write(&hosts, &headers(), &[RELAY.to_owned()], &[KEPT.to_owned()], &out)?;
    for name in [
        "public.nginx.conf", "public.Caddyfile", "public.cloudformation.json", "public/.htaccess", "public/vercel.json",
        "public/firebase.json",
    ] {
        assert!(home.path().join(name).is_file(), "{name}");
    }
    assert!(write(&hosts, &headers(), &[RELAY.to_owned()], &[], Path::new("..")).is_err(), "there is nothing beside it");

    // The next deployment is for one of them: what the others had would not fit its page. What somebody else wrote stays.
    fs::write(home.path().join("public.Caddyfile"), "by hand")?;
    write(&[Host::Nginx], &headers(), &[RELAY.to_owned()], &[KEPT.to_owned()], &out)?;
    let left = |name: &str| home.path().join(name).is_file();
    assert!(left("public.nginx.conf") && left("public.Caddyfile") && !left("public.cloudformation.json"));
    Ok(())
}

#[test]
fn github_pages_needs_a_folder_of_its_own() {
    assert!(check(&[Host::GithubPages]).is_ok() && check(&Host::ALL[..8]).is_ok());
    assert!(check(&[Host::Cloudflare, Host::GithubPages]).is_err());
}

#[test]
fn our_own_server_tells_the_same_addresses_apart() {
    let view = regex::Regex::new(&format!("^/{}$", rules::VIEW)).expect("an expression");
    let hidden = regex::Regex::new(&format!("^/(?:{})$", rules::HIDDEN)).expect("an expression");
    for (path, _) in TABLE.into_iter().chain([("/people/J%C3%BCrgen", None), ("/vercel.json", None), ("/x.gz", None)]) {
        assert_eq!(view.is_match(path), is_view(path), "{path}");
        assert_eq!(hidden.is_match(path), is_hidden(path), "{path}");
    }
}
