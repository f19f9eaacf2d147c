//! What the console knows of attributes is what the tables say. `UPDATE=1 cargo test -p elbow-api` writes it anew.

use std::collections::BTreeMap;
use std::path::Path;

use elbow_api::parity::WITHOUT_EFFECT;
use elbow_model::attribute::Attributes;
use elbow_model::attribute::{Attribute, Kind, Refused, header_name, listener, load_balancer, target_group};
use serde_json::{Value, json};

/// Values that some kind of attribute refuses; the console must refuse them in the same words.
const TRIED: [&str; 22] = [
    "",
    "0",
    "1",
    "29",
    "true",
    "maybe",
    "off",
    "604801",
    "1000001",
    "AWSALB-1",
    "a b",
    "a,b",
    "a$b",
    "é",
    "X-Client-Subject",
    "Transfer_Encoding",
    "Cookie",
    "Sec-Anything",
    "X-Amzn-Trace-Id",
    "X-Amzn-Mtls-Subject",
    "a-name-of-a-header-with-forty-characters",
    "a-name-of-a-header-with-41-characters-now",
];

#[test]
fn the_console_knows_the_attributes() {
    check("target-group.json", target_group::TABLE);
    check("load-balancer.json", load_balancer::TABLE);
    check("listener.json", listener::TABLE);
}

/// In a file of their own, since only a test of the console reads it.
#[test]
fn the_console_knows_what_is_refused() {
    let tables = [
        ("target-group", target_group::TABLE),
        ("load-balancer", load_balancer::TABLE),
        ("listener", listener::TABLE),
    ];
    // One attribute of each kind speaks for all of them.
    let mut of_kinds = BTreeMap::new();
    for (name, table) in tables {
        for attribute in table {
            let refused =
                json!({ "table": name, "key": attribute.key, "refused": refusals(attribute, table) });
            of_kinds.entry(kind(&attribute.kind).to_string()).or_insert(refused);
        }
    }
    compare("refused.json", &of_kinds.into_values().collect());
}

#[test]
fn the_console_knows_which_names_of_headers_are_taken() {
    let facts = json!({
        "chars": header_name::MAX_BYTES,
        "framing": header_name::FRAMING,
        "taken": header_name::TAKEN,
        "takenBeginnings": header_name::TAKEN_BEGINNINGS,
        "ownBeginning": header_name::OWN_BEGINNING,
        "ownOfTls": header_name::OWN_OF_TLS,
    });
    compare("header-names.json", &facts);
}

fn check(file: &str, table: &'static [Attribute]) {
    let attributes: Vec<Value> = table.iter().map(told).collect();
    compare(file, &Value::from(attributes));
}

fn compare(file: &str, facts: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console/src/attributes").join(file);
    let expected = format!("{}\n", serde_json::to_string_pretty(facts).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{} is stale: run UPDATE=1 cargo test -p elbow-api", path.display());
}

fn refusals(attribute: &Attribute, table: &'static [Attribute]) -> Vec<Value> {
    let refusal = |value: &&str| match Attributes::new(table).set(attribute.key, value) {
        Err(Refused::Value(invalid)) => Some(json!({ "value": value, "message": invalid.message() })),
        _ => None,
    };
    TRIED.iter().filter_map(refusal).collect()
}

fn told(attribute: &Attribute) -> Value {
    let without = WITHOUT_EFFECT.iter().find(|(start, _)| attribute.key.starts_with(start));
    let mut told =
        json!({ "key": attribute.key, "kind": kind(&attribute.kind), "default": attribute.default });
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
