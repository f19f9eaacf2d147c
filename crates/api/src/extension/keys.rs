//! `keys`: the generations of the key that seals stickiness cookies. A key itself is never shown.

use elbow_model::Configuration;
use serde_json::{Value, json};

use super::add;
use super::given::Given;
use super::operation::Decision;
use crate::call::Call;
use crate::error::{Code, Error};
use crate::surroundings::{KeyPurpose, KeyRingRefusal, KeyUse};
use crate::v2::iso8601;

/// `GET keys`.
pub(super) fn list(call: &Call<'_>, _: &Given) -> Result<Value, Error> {
    show(call, call.configuration)
}

/// `POST keys/rotate`.
pub(super) fn rotate(call: &Call<'_>, _: &Given) -> Result<Decision, Error> {
    let changes = call.surroundings.keys.rotation(call.configuration, call.now).map_err(refusal)?;
    let mut after = call.configuration.clone();
    changes.iter().cloned().for_each(|change| after.apply(change));
    let shown = show(call, &after)?;
    Ok((changes, shown))
}

/// What is answered here.
pub(super) fn schemas() -> Value {
    let moment =
        |description: &str| json!({ "type": "string", "format": "date-time", "description": description });
    let purposes: Vec<&str> = KeyPurpose::ALL.iter().map(|purpose| purpose.as_str()).collect();
    json!({
        "Keys": {
            "type": "object",
            "description": "The key ring.",
            "properties": {
                "generations": { "type": "array", "items": { "$ref": "#/components/schemas/KeyGeneration" } },
                "nextRotation": moment("When a generation is made without being asked for."),
            },
            "required": ["generations", "nextRotation"],
            "additionalProperties": false,
        },
        "KeyGeneration": {
            "type": "object",
            "description": "One generation of the key; the one that issues last is listed first.",
            "properties": {
                "keyId": { "type": "string", "pattern": "^[0-9a-f]{8}$", "description": "What its cookies carry in clear." },
                "created": moment("When it was made."),
                "issuesFrom": moment("From when on it seals cookies; until then it is only accepted."),
                "acceptedUntil": moment("How long its cookies are good; absent while nothing ends its issuing."),
                "purpose": {
                    "type": "string",
                    "enum": purposes,
                    "description": "What it is for now: to issue later, to issue, to accept what it has issued, nothing any more.",
                },
            },
            "required": ["keyId", "created", "issuesFrom", "purpose"],
            "additionalProperties": false,
        },
    })
}

fn show(call: &Call<'_>, configuration: &Configuration) -> Result<Value, Error> {
    let keys = &call.surroundings.keys;
    let generations = keys.generations(configuration, call.now).map_err(refusal)?;
    let shown: Vec<Value> = generations.iter().map(generation).collect();
    Ok(json!({ "generations": shown, "nextRotation": iso8601(keys.next_rotation(configuration)) }))
}

fn generation(generation: &KeyUse) -> Value {
    let mut shown = json!({
        "keyId": generation.id,
        "created": iso8601(generation.created),
        "issuesFrom": iso8601(generation.issues_from),
        "purpose": generation.purpose.as_str(),
    });
    if let Some(until) = generation.accepted_until {
        add(&mut shown, "acceptedUntil", json!(iso8601(until)));
    }
    shown
}

fn refusal(refusal: KeyRingRefusal) -> Error {
    match refusal {
        KeyRingRefusal::Full(message) => Error::new(Code::LimitExceeded, message),
        KeyRingRefusal::Unusable(cause) => {
            let message = "The stickiness keys cannot be read or made now; the log says why";
            Error::new(Code::ServiceUnavailable, message).because(std::io::Error::other(cause))
        }
    }
}
