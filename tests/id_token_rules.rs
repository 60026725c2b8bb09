//! Rules of the ID token (ID) through the whole machine: of a response whose ID token fails nothing is kept, and nobody is called any more.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Config, View,
    protocol::{
        api::TokenAnswer,
        http::{Freshness, Method},
        tab_message::TabMessage,
        turn::Event,
    },
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;
use support::{
    APP, CLIENT, ISSUER, World,
    answers::{coming_back, error_of},
    config,
    keys::{Key, encode},
    name,
};

/// A world whose ID tokens are made by RSA and ECDSA alike, and are edited as compact texts.
fn forging(key: Key, forge: impl Fn(&str, &Value) -> String + 'static) -> World {
    let mut world = World::new();
    world.provider.key = Some(key);
    world.provider.published = vec![Key::RsaA.published(), Key::P256.published(), Key::Ed25519.published()];
    world.provider.tweak_response = Some(Box::new(move |body| {
        let token = body["id_token"].as_str().expect("a token").to_owned();
        let payload = token.split('.').nth(1).expect("a payload");
        body["id_token"] = json!(forge(&token, &decode(payload)));
    }));
    world
}

fn decode(segment: &str) -> Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).expect("base64url")).expect("JSON")
}

/// The response is refused with this code: nothing is kept of it, and after it nobody is called.
fn refuses(world: World, code: &str, what: &str) {
    let (mut world, back) = coming_back(world);
    world.provider.session = None;
    let before = world.provider.called.len();
    let view = world.visit(&back);
    assert_eq!(error_of(&view).code(), code, "{what}: {}", error_of(&view));
    assert_eq!((world.state.token_expires_at(), world.state.granted_scopes().len()), (None, 0), "{what}: nothing is kept");
    assert!(!matches!(world.state.token_for("https://api.example/", world.now, &world.config), TokenAnswer::Attach { .. }), "{what}");
    let after: Vec<_> = world.provider.called[before..].iter().filter(|url| !url.ends_with("/keys")).cloned().collect();
    assert_eq!(after, [format!("{ISSUER}/token")], "{what}: no call but the one that brought it");
    for secret in &world.provider.secrets {
        assert!(!error_of(&view).to_string().contains(secret.as_str()), "{what}");
    }
}

fn takes(mut world: World, what: &str) {
    assert_eq!(name(&world.sign_in("/")), Some("Name of usr_1"), "{what}");
}

#[test]
fn id_01_nothing_but_three_full_segments_is_a_token() {
    let good = |token: &str| token.to_owned();
    takes(forging(Key::Ed25519, move |token, _| good(token)), "three segments");
    type Forge = fn(&str) -> String;
    let forgeries: [(&str, Forge); 13] = [
        ("two segments", |token| token.rsplit_once('.').expect("segments").0.to_owned()),
        ("four", |token| format!("{token}.AA")),
        ("five, encrypted", |_| "e30.AA.AA.AA.AA".to_owned()),
        ("one", |token| token.replace('.', "")),
        ("a dot at the end", |token| format!("{token}.")),
        ("a dot before", |token| format!(".{token}")),
        ("no signature", |token| format!("{}.", token.rsplit_once('.').expect("segments").0)),
        ("a blank before", |token| format!(" {token}")),
        ("a line end", |token| format!("{token}\n")),
        ("padding", |token| format!("{token}=")),
        ("the other alphabet", |token| format!("{}.+/+/", token.rsplit_once('.').expect("segments").0)),
        ("JSON serialization", |token| json!({ "payload": token, "signatures": [] }).to_string()),
        ("too long", |token| format!("{token}{}", "A".repeat(64 * 1024))),
    ];
    for (what, forge) in forgeries {
        let (mut world, back) = coming_back(forging(Key::Ed25519, move |token, _| forge(token)));
        world.provider.session = None;
        let view = world.visit(&back);
        let code = error_of(&view).code();
        assert!(["id_token_token", "id_token_header", "id_token_payload", "id_token_signature"].contains(&code.as_str()), "{what}: {code}");
        if what.contains("encrypted") {
            assert!(error_of(&view).to_string().contains("encrypted (JWE)"), "it is named");
        }
        assert_eq!(world.state.token_expires_at(), None);
    }
}

#[test]
fn id_02_header_and_payload_are_strict_base64url_of_plain_objects() {
    let sign = |header: &str, payload: &str| format!("{}.{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()), encode(&[1; 64]));
    let header = r#"{"alg":"EdDSA","kid":"ed25519"}"#;
    let deep = format!("{}1{}", r#"{"a":"#.repeat(500), "}".repeat(500));
    let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases = [
        (sign(r#"{"alg":"EdDSA","alg":"EdDSA"}"#, "{}"), "id_token_header_document", "alg twice"),
        (sign(header, r#"{"aud":"a","aud":"spac_1"}"#), "id_token_payload_document", "aud twice"),
        (
            sign(header, r#"{"iss":"https://evil.example","iss":"https://as.example"}"#),
            "id_token_payload_document",
            "iss twice, the honest one last",
        ),
        (sign(header, r#"{"a":{"b":1,"b":2}}"#), "id_token_payload_document", "twice, deep inside"),
        (sign(header, "[]"), "id_token_payload_document", "a list"),
        (sign(header, "\"text\""), "id_token_payload_document", "a text"),
        (sign(header, "null"), "id_token_payload_document", "null"),
        (sign("[]", "{}"), "id_token_header_document", "a list"),
        (sign(header, "\u{feff}{}"), "id_token_payload_document", "a byte order mark"),
        (sign(header, "{} {}"), "id_token_payload_document", "two"),
        (sign(header, &deep), "id_token_payload_document", "too deep"),
        (format!("{}.{}.{}", encode(header.as_bytes()), encode(&utf16), encode(&[1; 64])), "id_token_payload_document", "UTF-16"),
        (format!("{}.{}.{}", encode(header.as_bytes()), encode(&[0xff, 0xfe]), encode(&[1; 64])), "id_token_payload", "no UTF-8"),
        (format!("{}.e31.{}", encode(header.as_bytes()), encode(&[1; 64])), "id_token_payload", "bits in the tail"),
        (format!("{}.e30=.{}", encode(header.as_bytes()), encode(&[1; 64])), "id_token_payload", "padding"),
    ];
    for (token, code, what) in cases {
        refuses(forging(Key::Ed25519, move |_, _| token.clone()), code, what);
    }
}

/// A good token with one more or another member in its header, signed again.
fn with_header(key: Key, member: &'static str, value: Value) -> World {
    forging(key, move |_, claims| {
        let mut header = json!({ "alg": key.algorithm(), "kid": key.published()["kid"] });
        header[member] = value.clone();
        key.sign(&header, claims)
    })
}

#[test]
fn id_03_an_algorithm_is_on_the_list_letter_by_letter() {
    for bad in ["rs256", "RS256 ", " RS256", "Rs256", "RS512", "RS384", "PS512", "ES384", "ES256K", "Ed448", "eddsa", "", "A128KW", "*"] {
        refuses(with_header(Key::RsaA, "alg", json!(bad)), "id_token_alg", bad);
    }
    for bad in [json!(null), json!(1), json!(["RS256"]), json!({})] {
        refuses(with_header(Key::RsaA, "alg", bad.clone()), "id_token_alg", &bad.to_string());
    }
    // By default RS256 and nothing else, whatever keys are published.
    let by_default = |key: Key| {
        let block = json!({ "metadata": { "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/keys") }, "client_id": CLIENT });
        let mut world = forging(key, |token, _| token.to_owned());
        world.config = Config::from_json(&block.to_string(), APP).expect("good");
        world
    };
    takes(by_default(Key::RsaA), "RS256");
    for key in [Key::P256, Key::Ed25519] {
        refuses(by_default(key), "id_token_alg", key.algorithm());
    }
}

#[test]
fn id_05_an_unsigned_token_is_refused_however_it_says_so() {
    for name in ["none", "None", "NONE", "noNE"] {
        for signature in [String::new(), encode(&[1; 64]), encode(b"x")] {
            let code = if signature.is_empty() { "id_token_token" } else { "id_token_alg" };
            let forge = move |_: &str, claims: &Value| {
                format!("{}.{}.{signature}", encode(json!({ "alg": name }).to_string().as_bytes()), encode(claims.to_string().as_bytes()))
            };
            refuses(forging(Key::RsaA, forge), code, name);
        }
    }
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = if key.len() > 64 { Sha256::digest(key).to_vec() } else { key.to_vec() };
    let padded = |with: u8| (0..64).map(|place| key.get(place).copied().unwrap_or(0) ^ with).collect::<Vec<u8>>();
    let inner = Sha256::digest([&padded(0x36)[..], message].concat());
    Sha256::digest([&padded(0x5c)[..], &inner[..]].concat()).to_vec()
}

/// The public RSA key as others may have it: a SubjectPublicKeyInfo.
fn spki(n: &[u8], e: &[u8]) -> Vec<u8> {
    let der = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).expect("short").to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    };
    let key = der(0x30, &[der(0x02, &[&[0], n].concat()), der(0x02, e)].concat());
    let rsa = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    der(0x30, &[rsa.to_vec(), der(0x03, &[&[0], &key[..]].concat())].concat())
}

#[test]
fn id_06_a_mac_is_no_signature_whatever_it_is_keyed_with() {
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };
    assert_eq!(
        encode(&hmac(b"key", b"The quick brown fox jumps over the lazy dog")),
        "97yD9DBThCSxMpjmqm-xQ-9NWaFJRhdZl0edvC0aPNg",
        "it is a MAC"
    );
    let public = Key::RsaA.published();
    let bytes = |member: &str| URL_SAFE_NO_PAD.decode(public[member].as_str().expect("a text")).expect("base64url");
    let der = spki(&bytes("n"), &bytes("e"));
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&der));
    let keys: [Vec<u8>; 8] = [
        der,
        pem.clone().into_bytes(),
        pem.trim_end().as_bytes().to_vec(),
        bytes("n"),
        public["n"].as_str().expect("a text").into(),
        public.to_string().into_bytes(),
        CLIENT.into(),
        Vec::new(),
    ];
    for key in keys {
        for name in ["HS256", "HS384", "HS512"] {
            let key = key.clone();
            let forge = move |_: &str, claims: &Value| {
                let header = json!({ "alg": name, "kid": "rsa_a", "typ": "JWT" });
                let input = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
                format!("{input}.{}", encode(&hmac(&key, input.as_bytes())))
            };
            refuses(forging(Key::RsaA, forge), "id_token_alg", name);
        }
    }
    for name in ["HS256", "HS384", "HS512", "none"] {
        let block = json!({ "issuer": ISSUER, "client_id": CLIENT, "algorithms": ["RS256", name] });
        assert_eq!(Config::from_json(&block.to_string(), APP).expect_err(name).0.field, "algorithms", "and none can be configured");
    }
}

#[test]
fn id_07_what_a_header_calls_critical_is_not_understood() {
    for bad in [json!(["exp"]), json!([]), json!(["b64"]), json!("exp"), json!(null), json!({}), json!(false)] {
        refuses(with_header(Key::RsaA, "crit", bad.clone()), "id_token_crit", &bad.to_string());
    }
    for bad in [json!(false), json!(true), json!("false")] {
        refuses(with_header(Key::RsaA, "b64", bad.clone()), "id_token_b64", &bad.to_string());
    }
    takes(with_header(Key::RsaA, "x-other", json!(1)), "a header that is only unknown");
}

#[test]
fn id_08_a_key_that_a_token_brings_along_verifies_nothing() {
    for (member, value) in [
        ("jwk", Key::RsaB.published()),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/x5u")),
        ("x5c", json!(["AAAA"])),
        ("x5t", json!(encode(&[7; 20]))),
    ] {
        let forge = |kid: Option<&'static str>| {
            let value = value.clone();
            move |_: &str, claims: &Value| {
                let mut header = json!({ "alg": "RS256", member: value });
                if let Some(kid) = kid {
                    header["kid"] = json!(kid);
                }
                Key::RsaB.sign(&header, claims)
            }
        };
        refuses(forging(Key::RsaA, forge(Some("rsa_b"))), "keys_kid", member);
        refuses(forging(Key::RsaA, forge(Some("rsa_a"))), "id_token_signature", member);
        refuses(forging(Key::RsaA, forge(None)), "id_token_signature", member);
        takes(with_header(Key::RsaA, member, value), "ignored beside a good signature");
    }
}

#[test]
fn id_09_a_token_of_another_kind_is_none() {
    for bad in ["at+jwt", "application/at+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt", "JWS", "JWE", "", "JWT ", "x/JWT"] {
        refuses(with_header(Key::RsaA, "typ", json!(bad)), "id_token_typ", bad);
    }
    for bad in [json!(1), json!(null), json!(["JWT"])] {
        refuses(with_header(Key::RsaA, "typ", bad.clone()), "id_token_typ", &bad.to_string());
    }
    for good in ["JWT", "jwt", "Jwt", "application/jwt", "APPLICATION/JWT"] {
        takes(with_header(Key::RsaA, "typ", json!(good)), good);
    }
    takes(forging(Key::RsaA, |_, claims| Key::RsaA.sign(&json!({ "alg": "RS256", "kid": "rsa_a" }), claims)), "without");
}

#[test]
fn id_10_keys_of_another_transport_or_place_are_not_fetched() {
    for bad in ["http://as.example/keys", "javascript:alert(1)", "/keys", "https://as.example/keys#x", "data:application/json,{}"] {
        let metadata = json!({ "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": bad });
        let error = Config::from_json(&json!({ "metadata": metadata, "client_id": CLIENT }).to_string(), APP).expect_err(bad);
        assert_eq!(error.0.field, "metadata.jwks_uri", "{bad}");
    }
    // A redirect of the keys to somebody else is a failed request: nothing of what is there is seen.
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.provider.moved =
        Some(Box::new(|url| if url.ends_with("/keys") { Ok("https://evil.example/keys".into()) } else { Ok(url.into()) }));
    let view = world.visit("/");
    assert_eq!(error_of(&view).code(), "keys_status");
    assert_eq!(world.state.token_expires_at(), None);
}

fn reports(world: &World) -> Vec<String> {
    world.log.iter().filter(|line| line.starts_with("Report(")).cloned().collect()
}

#[test]
fn id_15_keys_that_nobody_should_publish_are_told_of_once() {
    let mut world = World::new();
    let mut private = Key::RsaA.published();
    private["d"] = json!("AQAB");
    let symmetric = json!({ "kty": "oct", "kid": "canary", "k": "canary" });
    world.provider.published.extend([private, symmetric.clone()]);
    assert_eq!(name(&world.sign_in("/")), Some("Name of usr_1"), "the good key beside them serves");
    let per_page = reports(&world).len();
    assert_eq!(per_page, 2, "once for each of the two pages: {:?}", reports(&world));
    world.pass(Duration::from_secs(3600));
    let told = reports(&world);
    assert_eq!(told.len(), per_page, "and not each time that they are fetched");
    assert!(told[0].starts_with("Report(Remark(") && told[0].contains("2 entries") && !told[0].contains("canary"), "{told:?}");
    world.provider.published.push(json!({ "kty": "oct", "kid": "more" }));
    world.pass(Duration::from_secs(600));
    assert_eq!(reports(&world).len(), per_page + 1, "again where it has become worse");
    // A token that names one of them fails, and says why.
    let mut world = World::new();
    world.provider.published = vec![symmetric];
    world.provider.tweak_header = Some(Box::new(|header| header["kid"] = json!("canary")));
    let view = world.sign_in("/");
    assert_eq!(error_of(&view).code(), "keys_kid");
    assert!(error_of(&view).to_string().contains("symmetric"), "{}", error_of(&view));
}

#[test]
fn id_17_a_hundred_tokens_with_unknown_keys_cause_two_requests_for_keys() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    let number = std::cell::Cell::new(0);
    world.provider.tweak_header = Some(Box::new(move |header| {
        number.set(number.get() + 1);
        header["kid"] = json!(format!("random-{}", number.get()));
    }));
    world.visit("/");
    let mut other = World::new();
    other.sign_in("/");
    let told = other.told.pop().expect("a sign-in is told");
    while world.redeemed("authorization_code") < 100 {
        // Whatever waits is begun anew.
        let TabMessage::SignedIn(whose) = &told else { panic!("a sign-in") };
        world.dispatch(Event::OtherTabSignedIn(whose.clone()));
        world.settle();
    }
    let fetched = world.provider.called.iter().filter(|url| url.ends_with("/keys")).count();
    assert_eq!(fetched, 2, "those of the start, and once more past the cache");
    assert_eq!(world.state.token_expires_at(), None);
}

#[test]
fn id_17_keys_live_five_minutes_and_are_asked_for_by_one_request() {
    let mut world = World::new();
    world.sign_in("/");
    let fetched = |world: &World| world.provider.called.iter().filter(|url| url.ends_with("/keys")).count();
    let before = fetched(&world);
    for (seconds, more) in [(299, 0), (2, 1)] {
        world.now = world.now.plus(Duration::from_secs(seconds));
        for _ in 0..20 {
            world.dispatch(Event::RenewalChosen);
            world.dispatch(Event::Woke { visible: true });
        }
        let asked = world.requests.iter().filter(|(_, request)| request.url.ends_with("/keys")).count();
        assert!(asked <= 1, "{asked} at once");
        world.settle();
        assert_eq!(fetched(&world), before + more, "after {seconds} s");
    }
}

#[test]
fn id_18_a_withdrawn_key_verifies_until_the_keys_are_old_and_no_longer() {
    for (seconds, verifies) in [(299, true), (300, false), (301, false), (86_400, false)] {
        let mut world = World::new();
        world.sign_in("/");
        world.provider.published = vec![Key::RsaA.published()];
        world.now = world.now.plus(Duration::from_secs(seconds));
        world.dispatch(Event::RenewalChosen);
        let view = world.settle();
        assert_eq!(view.person().is_some(), verifies, "{seconds} s");
        if !verifies {
            assert_eq!(error_of(&view).code(), "keys_kid");
        }
    }
}

#[test]
fn id_18_bad_signatures_under_a_known_key_never_ask_for_keys() {
    let mut world = forging(Key::RsaA, |token, _| format!("{}.{}", token.rsplit_once('.').expect("segments").0, encode(&[7; 256])));
    world.provider.session = Some("usr_1".into());
    world.visit("/");
    for _ in 0..50 {
        world.dispatch(Event::RetryChosen);
        assert_eq!(error_of(&world.settle()).code(), "id_token_signature");
    }
    let asked = world.log.iter().filter(|line| line.starts_with("Send") && line.contains("FromServer")).count();
    assert_eq!((asked, world.provider.called.iter().filter(|url| url.ends_with("/keys")).count()), (0, 1));
    assert!(world.redeemed("authorization_code") >= 50);
}

#[test]
fn id_16_the_one_refetch_goes_past_the_cache_and_then_it_is_decided() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.provider.tweak_header = Some(Box::new(|header| header["kid"] = json!("unknown")));
    world.open("/");
    let mut asked = Vec::new();
    loop {
        asked.extend(world.requests.iter().filter_map(|(ticket, request)| match request.method {
            Method::Get(freshness) => Some((*ticket, freshness)),
            Method::PostForm(_) => None,
        }));
        if !world.answer_one() {
            break;
        }
    }
    asked.dedup();
    assert_eq!(asked.into_iter().map(|(_, freshness)| freshness).collect::<Vec<_>>(), [Freshness::CacheAllowed, Freshness::FromServer]);
    assert_eq!(error_of(&world.state.view()).code(), "keys_kid");
}

#[test]
fn id_19_one_changed_bit_anywhere_and_other_encodings_of_a_signature_are_refused() {
    for key in [Key::RsaA, Key::P256, Key::Ed25519] {
        takes(forging(key, |token, _| token.to_owned()), key.algorithm());
        for part in 0..3 {
            let forge = move |token: &str, _: &Value| {
                use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
                let mut segments: Vec<Vec<u8>> = token.split('.').map(|text| URL_SAFE_NO_PAD.decode(text).expect("base64url")).collect();
                // In the payload the last letter of the name; in the header that of the name of the type.
                match part {
                    0 => segments[0] = String::from_utf8(segments[0].clone()).expect("JSON").replace("\"JWT\"", "\"jwt\"").into_bytes(),
                    1 => segments[1] = String::from_utf8(segments[1].clone()).expect("JSON").replace("Name of", "Name og").into_bytes(),
                    _ => segments[2][40] ^= 1,
                }
                segments.iter().map(|bytes| encode(bytes)).collect::<Vec<_>>().join(".")
            };
            refuses(forging(key, forge), "id_token_signature", &format!("{key:?} {part}"));
        }
    }
    let signatures: [(&str, Vec<u8>); 8] = [
        ("63 bytes", vec![1; 63]),
        ("65 bytes", vec![1; 65]),
        ("of DER", [&[0x30, 0x44, 0x02, 0x20][..], &[1; 32], &[0x02, 0x20], &[1; 32]].concat()),
        ("128 bytes", vec![1; 128]),
        ("1 byte", vec![1]),
        ("nothing but zeros", vec![0; 64]),
        ("r is zero", [[0; 32], [1; 32]].concat()),
        ("s is zero", [[1; 32], [0; 32]].concat()),
    ];
    for (what, signature) in signatures {
        let forge = move |token: &str, _: &Value| format!("{}.{}", token.rsplit_once('.').expect("segments").0, encode(&signature));
        refuses(forging(Key::P256, forge), "id_token_signature", what);
    }
    // The right key by another scheme.
    refuses(
        forging(Key::RsaA, |_, claims| {
            let good = Key::RsaA.sign(&json!({ "alg": "RS256", "kid": "rsa_a" }), claims);
            let (_, signature) = good.rsplit_once('.').expect("segments");
            let header = json!({ "alg": "PS256", "kid": "rsa_a" });
            format!("{}.{}.{signature}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()))
        }),
        "id_token_signature",
        "PKCS #1 as PSS",
    );
}

#[test]
fn id_31_a_nonce_serves_one_transaction() {
    // An ID token of an earlier sign-in, with its own good signature, in a new exchange.
    let mut first = World::new();
    first.sign_in("/");
    let earlier = first
        .provider
        .secrets
        .iter()
        .find(|secret| secret.starts_with("ey") && decode(secret.split('.').nth(1).unwrap_or("e30"))["nonce"].is_string());
    let earlier = earlier.expect("an ID token").clone();
    refuses(
        {
            let mut world = World::new();
            world.provider.tweak_response = Some(Box::new(move |body| body["id_token"] = json!(earlier)));
            world.visit("/elsewhere");
            world
        },
        "id_token_nonce",
        "replayed",
    );
}

#[test]
fn id_36_a_refresh_that_brings_the_same_token_again_ends_the_session() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    let first = world.provider.secrets.iter().rfind(|secret| secret.starts_with("ey")).expect("the ID token").clone();
    world.provider.tweak_response = Some(Box::new(move |body| body["id_token"] = json!(first)));
    world.dispatch(Event::RenewalChosen);
    assert_eq!(name(&world.settle()), Some("Name of usr_1"), "within a minute two may be alike");
    assert_eq!(error_of(&world.pass(Duration::from_secs(241))).code(), "id_token_iat");
    assert_eq!(world.state.token_expires_at(), None);
}

#[test]
fn id_38_a_logout_token_that_comes_with_a_refresh_is_none() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    world.provider.tweak_id =
        Some(Box::new(|claims| claims["events"] = json!({ "http://schemas.openid.net/event/backchannel-logout": {} })));
    world.dispatch(Event::RenewalChosen);
    assert_eq!(error_of(&world.settle()).code(), "id_token_events");
}

#[test]
fn id_40_whatever_is_wrong_nothing_of_the_response_is_taken() {
    let now = 1_800_000_000_u64;
    let cases: [(&'static str, Value, &str); 16] = [
        ("iss", json!("https://as.example1"), "id_token_iss"),
        ("iss", json!(null), "id_token_iss"),
        ("aud", json!("spac_11"), "id_token_aud"),
        ("aud", json!([CLIENT, "spac_11"]), "id_token_aud"),
        ("aud", json!([]), "id_token_aud"),
        ("azp", json!("other"), "id_token_azp"),
        ("sub", json!(""), "id_token_sub"),
        ("sub", json!(7), "id_token_sub"),
        ("nonce", json!("other"), "id_token_nonce"),
        ("exp", json!("1800000300"), "id_token_exp"),
        ("exp", json!(now - 360), "id_token_exp"),
        ("iat", json!(now + 3600), "id_token_iat"),
        ("iat", json!(now - 7 * 86_400), "id_token_iat"),
        ("nbf", json!(now + 3600), "id_token_nbf"),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"), "id_token_at_hash"),
        ("events", json!({}), "id_token_events"),
    ];
    for (claim, value, code) in cases {
        let shown = value.to_string();
        let mut world = World::new();
        world.provider.tweak_id = Some(Box::new(move |claims| claims[claim] = value.clone()));
        let (mut world, back) = coming_back(world);
        let view = world.visit(&back);
        assert_eq!(error_of(&view).code(), code, "{shown}");
        assert!(!matches!(view, View::SignedIn(_)) && world.state.token_expires_at().is_none() && world.state.granted_scopes().is_empty());
        assert!(
            !world.log.iter().any(|line| line.starts_with("Hint(SignedIn") || line.starts_with("Tell(SignedIn")),
            "{claim}: nobody hears of a session"
        );
        let expected = ["/token", "/keys"];
        assert!(
            world.provider.called.iter().all(|url| expected.iter().any(|end| url.ends_with(end))),
            "{claim}: {:?}",
            world.provider.called
        );
    }
}
