//! What the console knows of attributes is what the tables say. `UPDATE=1 cargo test -p elbow-api` writes it anew.

use std::path::Path;

use elbow_api::parity::WITHOUT_EFFECT;
use elbow_model::attribute::Attributes;
use elbow_model::attribute::{Attribute, Kind, Refused, load_balancer, target_group};
use serde_json::{Value, json};

/// Values that some kind of attribute refuses; the console must refuse them in the same words.
const TRIED: [&str; 12] =
    ["", "0", "1", "29", "true", "maybe", "off", "604801", "1000001", "AWSALB-1", "a b", "a,b"];

#[test]
fn the_console_knows_the_attributes() {
    check("target-group.json", target_group::TABLE);
    check("load-balancer.json", load_balancer::TABLE);
}

fn check(file: &str, table: &'static [Attribute]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console/src/attributes").join(file);
    let attributes: Vec<Value> = table.iter().map(|attribute| told(attribute, table)).collect();
    let expected = format!("{}\n", serde_json::to_string_pretty(&attributes).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{} is stale: run UPDATE=1 cargo test -p elbow-api", path.display());
}

fn told(attribute: &Attribute, table: &'static [Attribute]) -> Value {
    let refusal = |value: &&str| match Attributes::new(table).set(attribute.key, value) {
        Err(Refused::Value(invalid)) => Some(json!({ "value": value, "message": invalid.message() })),
        _ => None,
    };
    let refused: Vec<Value> = TRIED.iter().filter_map(refusal).collect();
    let without = WITHOUT_EFFECT.iter().find(|(start, _)| attribute.key.starts_with(start));
    let mut told = json!({ "key": attribute.key, "kind": kind(&attribute.kind), "default": attribute.default, "refused": refused });
    if let Some((_, why)) = without {
        told["withoutEffect"] = json!(why);
    }
    told
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Flag => json!({ "type": "flag" }),
        Kind::AlwaysTrue => json!({ "type": "alwaysTrue" }),
        Kind::Number(min, max) => json!({ "type": "number", "min": min, "max": max }),
        Kind::ZeroOrNumber(min, max) => json!({ "type": "zeroOrNumber", "min": min, "max": max }),
        Kind::OffOrNumber(min, max) => json!({ "type": "offOrNumber", "min": min, "max": max }),
        Kind::OneOf(words) => json!({ "type": "oneOf", "words": words }),
        Kind::Text(max) => json!({ "type": "text", "max": max }),
        Kind::CookieName => json!({ "type": "cookieName" }),
        Kind::CookieNames => json!({ "type": "cookieNames" }),
        Kind::HeaderName => json!({ "type": "headerName" }),
        Kind::HeaderValue => json!({ "type": "headerValue" }),
        Kind::ServerName => json!({ "type": "serverName" }),
        Kind::TrustStore => json!({ "type": "trustStore" }),
    }
}
