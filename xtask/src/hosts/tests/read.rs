//! The hosts' languages, as far as they are written here, read in the way that the hosts read them.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

use super::FILES;

/// What a host would answer with.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// The file; none is a 404.
    pub(super) file: Option<String>,
    pub(super) headers: BTreeMap<String, String>,
}

fn fits(pattern: &str, path: &str) -> bool {
    Regex::new(pattern).unwrap_or_else(|error| panic!("{error}")).is_match(path)
}

fn exists(path: &str) -> Option<String> {
    FILES.contains(&path).then(|| path.to_owned())
}

/// `name "value"`, with or without something behind it.
fn header(line: &str) -> Option<(String, String)> {
    let (name, rest) = line.split_once(" \"")?;
    Some((name.to_owned(), rest.split('"').next()?.to_owned()))
}

/// Exact names first, then expressions in their order, then the rest. A missing file is answered by a place of its own.
pub(super) fn nginx(text: &str, path: &str) -> Answer {
    let blocks: Vec<(&str, Vec<&str>)> = text
        .split("\nlocation ")
        .skip(1)
        .map(|block| {
            let (pattern, body) = block.split_once(" {\n").expect("a block");
            (pattern, body.lines().map(|line| line.trim().trim_end_matches(';')).collect())
        })
        .collect();
    let find = |wanted: &dyn Fn(&str) -> bool| blocks.iter().find(|(pattern, _)| wanted(pattern));
    let exact = find(&|pattern| pattern.strip_prefix("= ") == Some(path));
    let by_pattern = || find(&|pattern| pattern.strip_prefix("~ ").is_some_and(|pattern| fits(pattern.trim_matches('"'), path)));
    let (_, body) = exact.or_else(by_pattern).or_else(|| find(&|pattern| pattern == "/")).expect("a location");
    let tried = body.iter().find_map(|line| line.strip_prefix("try_files ")?.strip_suffix(" =404"));
    let file = tried.and_then(|tried| exists(&tried.replace("$uri", path)));
    assert!(text.contains("\nerror_page 400 404 =404 /_missing;\n"));
    let missing = find(&|pattern| pattern == "= /_missing").map(|(_, body)| body).expect("a place for what is missing");
    let headers = if file.is_some() { body } else { missing };
    let headers = headers.iter().filter_map(|line| header(line.strip_prefix("add_header ")?.strip_suffix(" always")?)).collect();
    Answer { file, headers }
}

/// Matchers by name; errors before everything; the first block whose matcher fits.
pub(super) fn caddy(text: &str, path: &str) -> Answer {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_matched = |name: &str| {
        let start = format!("{name} path_regexp \"");
        let pattern = lines.iter().find_map(|line| line.strip_prefix(&start)?.strip_suffix('"'));
        fits(pattern.unwrap_or_else(|| panic!("no matcher {name}")), path)
    };
    let block = |start: &str| -> Vec<&str> {
        let rest = lines.iter().skip_while(|line| **line != start).skip(1);
        rest.take_while(|line| !line.starts_with("handle") && !line.starts_with('@')).copied().collect()
    };
    let headers = |lines: &[&str]| -> BTreeMap<String, String> {
        let set = lines.iter().filter_map(|line| header(line.strip_prefix("header ")?));
        set.filter(|(name, _)| name != "Content-Type").collect()
    };
    let missing = || Answer { file: None, headers: headers(&block("handle_errors {")) };
    assert!(lines.contains(&"error @hidden 404"));
    if is_matched("@hidden") {
        return missing();
    }
    let handles = lines.iter().filter_map(|line| line.strip_prefix("handle")?.trim().strip_suffix('{'));
    let chosen = handles.map(str::trim).find(|name| name.is_empty() || (name.starts_with('@') && is_matched(name))).expect("a block");
    let body = block(&format!("handle {chosen}{}{{", if chosen.is_empty() { "" } else { " " }));
    assert!(body.contains(&"precompressed br gzip"));
    let file = body.iter().find_map(|line| line.strip_prefix("rewrite * ")).unwrap_or(path);
    exists(file).map_or_else(missing, |file| Answer { file: Some(file), headers: headers(&body) })
}

/// Rewrites in their order, on the path without its first slash; then headers by the name of the file.
pub(super) fn apache(text: &str, path: &str) -> Answer {
    let mut found = path.to_owned();
    let mut condition = None;
    for line in text.lines() {
        if let Some(pattern) = line.strip_prefix("RewriteCond %{REQUEST_URI} !") {
            condition = Some(pattern);
        } else if let Some(rule) = line.strip_prefix("RewriteRule ").filter(|rule| !rule.contains("$1")) {
            let mut words = rule.split(' ');
            let (pattern, target) = (words.next().expect("a pattern"), words.next().expect("a target"));
            let applies = condition.take().is_none_or(|pattern| !fits(pattern, path)) && pattern != "^" && fits(pattern, &found[1..]);
            match target {
                "-" if applies => {
                    found = "none".to_owned();
                    break;
                }
                _ if applies => found = format!("/{target}"),
                _ => {}
            }
        }
    }
    let file = exists(&found);
    let mut headers = BTreeMap::new();
    let mut counts = true;
    for line in text.lines() {
        if let Some(pattern) = line.strip_prefix("<If \"%{REQUEST_URI} =~ m#").and_then(|rest| rest.strip_suffix("#\">")) {
            counts = fits(pattern, &found);
        } else if line == "</If>" {
            counts = true;
        } else if let Some((name, value)) = line.strip_prefix("Header always set ").and_then(header) {
            let of_error = line.contains("expr=%{REQUEST_STATUS} >= 400");
            if counts && (!of_error || file.is_none()) {
                headers.insert(name, value);
            }
        }
    }
    Answer { file, headers }
}

pub(super) fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Rules of Vercel and Firebase: of headers all that fit, a later one overriding; of rewrites the first, where there is no file.
pub(super) fn rules(headers: &Value, rewrites: &Value, path: &str) -> Answer {
    let is_for = |rule: &&Value| {
        let pattern = rule["regex"].as_str().map(str::to_owned).or_else(|| Some(format!("^{}$", rule["source"].as_str()?)));
        fits(&pattern.expect("a pattern"), path)
    };
    let list = |value: &Value| value.as_array().cloned().expect("a list");
    let all = list(headers).iter().filter(is_for).flat_map(|rule| list(&rule["headers"])).collect::<Vec<_>>();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let headers = all.iter().map(|header| (text(&header["key"]), text(&header["value"]))).collect();
    let rewritten = || list(rewrites).iter().find(is_for).map(|rule| text(&rule["destination"]));
    Answer { file: exists(path).or_else(|| exists(&rewritten()?)), headers }
}

/// The behaviour of the address, the policy that it names, and what the function makes of the address.
pub(super) fn cloudfront(template: &Value, path: &str) -> Answer {
    let resources = &template["Resources"];
    let distribution = &resources["Distribution"]["Properties"]["DistributionConfig"];
    let own = distribution["CacheBehaviors"].as_array().into_iter().flatten().find(|behavior| behavior["PathPattern"] == path);
    let behavior = own.unwrap_or_else(|| &distribution["DefaultCacheBehavior"]);
    let policy = &resources[behavior["ResponseHeadersPolicyId"]["Ref"].as_str().expect("a policy")];
    let policy = &policy["Properties"]["ResponseHeadersPolicyConfig"];
    let custom = policy["CustomHeadersConfig"]["Items"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut headers: BTreeMap<String, String> = custom.map(|header| (text(&header["Header"]), text(&header["Value"]))).collect();
    let security = &policy["SecurityHeadersConfig"];
    let places = [
        ("Content-Security-Policy", "ContentSecurityPolicy", "ContentSecurityPolicy"),
        ("X-Frame-Options", "FrameOptions", "FrameOption"),
        ("Referrer-Policy", "ReferrerPolicy", "ReferrerPolicy"),
    ];
    headers
        .extend(places.into_iter().filter_map(|(name, place, value)| Some((name.to_owned(), security[place][value].as_str()?.to_owned()))));
    assert_eq!(security["ContentTypeOptions"]["Override"], true);
    headers.insert("X-Content-Type-Options".to_owned(), "nosniff".to_owned());
    let age = &security["StrictTransportSecurity"]["AccessControlMaxAgeSec"];
    headers.insert("Strict-Transport-Security".to_owned(), format!("max-age={age}"));

    assert_eq!(behavior["FunctionAssociations"][0]["FunctionARN"]["Fn::GetAtt"][0], "Views");
    let code = text(&resources["Views"]["Properties"]["FunctionCode"]);
    let patterns: Vec<String> =
        code.lines().filter_map(|line| Some(line.split_once("(/")?.1.split_once("/.test")?.0.replace("\\/", "/"))).collect();
    let [hidden, view] = patterns.as_slice() else { panic!("two expressions, not {patterns:?}") };
    let named = code.lines().filter(|line| line.contains("path === '")).map(|line| line.split('\'').collect::<Vec<_>>());
    let named = named.into_iter().find(|quoted| quoted[1] == path).map(|quoted| quoted[3]);
    let file = match path {
        _ if fits(hidden, path) => None,
        _ if named.is_some() => exists(named.unwrap_or_default()),
        _ if fits(view, path) => exists("/index.html"),
        _ => exists(path),
    };
    Answer { file, headers }
}
