//! Providers that are discovered, with metadata that are not as they should be.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use super::{APP, CLIENT, ISSUER, World, answers::error_of};
use hushkey::{Config, protocol::secret::Body};
use serde_json::{Value, json};

/// A world that discovers its provider, with more in the configuration.
pub fn discovered(extra: &Value) -> World {
    let mut block = json!({ "issuer": ISSUER, "client_id": CLIENT, "algorithms": ["EdDSA"], "api": ["https://api.example/"] });
    block.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
    World::with(Config::from_json(&block.to_string(), APP).expect("good"))
}

/// A world that discovers its provider, whose metadata are edited.
pub fn discovering(edit: impl Fn(&mut Value) + 'static) -> World {
    let mut world = discovered(&json!({}));
    world.provider.tweak_http = Some(Box::new(move |response| {
        if response.body.expose().contains("\"authorization_endpoint\"") {
            let mut document: Value = serde_json::from_str(response.body.expose()).expect("JSON");
            edit(&mut document);
            response.body = Body::new(document.to_string());
        }
    }));
    world
}

/// Metadata with one member changed, or taken out by `null`.
pub fn with(field: &'static str, value: Value) -> World {
    discovering(move |document| {
        if value.is_null() {
            document.as_object_mut().expect("an object").remove(field);
        } else {
            document[field] = value.clone();
        }
    })
}

/// Discovery fails with this code, and the provider is asked for nothing.
pub fn stops(mut world: World, code: &str) {
    let view = world.visit("/");
    assert_eq!(error_of(&view).code(), code);
    assert!(world.frames.is_empty() && world.provider.asked.is_empty() && world.left_for.is_none(), "{code}: nothing is asked");
    assert!(world.provider.called.iter().all(|url| url.ends_with("/openid-configuration")), "{:?}", world.provider.called);
}
