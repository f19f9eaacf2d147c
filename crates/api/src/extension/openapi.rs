//! The description of the extension API for programs, in OpenAPI 3.1: the table of operations with the schemas that stand
//! beside their handlers. `docs/extension-api.openapi.json` is this, and a test holds it to it.

use serde_json::{Map, Value, json};

use super::operation::{OPERATIONS, Operation, Parameter};
use super::{ROOT, add, explain, instances, keys, metrics, node, path, question, served, sessions};

/// What every operation may answer beside what it is for.
const COMMON_REFUSALS: &[&str] = &[
    "IncompleteSignature",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "RequestExpired",
    "SerializationException",
    "ServiceUnavailable",
    "SignatureDoesNotMatch",
    "ValidationError",
];

/// The whole document.
pub fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Elbow's extension API",
            "version": "1",
            "description": "What Elbow knows and AWS's APIs have no call for. See docs/extension-api.md.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "http://127.0.0.1:7070", "description": "The API address of `elbow serve`." }],
        "security": [{ "sigv4": [] }],
        "paths": paths(),
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "sigv4": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "description": "AWS Signature Version 4 for the service elasticloadbalancing.",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                },
            },
        },
    })
}

/// The schemas of all resources and that of a refusal.
fn schemas() -> Value {
    let mut all = Map::new();
    let of_resources = [
        instances::schemas(),
        keys::schemas(),
        served::schemas(),
        sessions::schemas(),
        metrics::schemas(),
        node::schemas(),
        question::schemas(),
        explain::schemas(),
        refusal(),
    ];
    for of_resource in of_resources {
        if let Value::Object(of_resource) = of_resource {
            all.extend(of_resource);
        }
    }
    Value::Object(all)
}

fn refusal() -> Value {
    json!({
        "Refusal": {
            "type": "object",
            "description": "Why a call was refused.",
            "properties": {
                "code": { "type": "string", "description": "For programs." },
                "message": { "type": "string", "description": "For people: what is wrong and what to do." },
                "requestId": { "type": "string", "description": "What the log calls the request." },
            },
            "required": ["code", "message", "requestId"],
            "additionalProperties": false,
        },
    })
}

fn paths() -> Value {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let path = format!("{ROOT}{}", operation.path);
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        add(methods, operation.method.to_ascii_lowercase(), described(operation));
    }
    Value::Object(paths)
}

fn described(operation: &Operation) -> Value {
    let mut refusals: Vec<&str> = [COMMON_REFUSALS, operation.refusals].concat();
    refusals.sort_unstable();
    let mut success = json!({ "description": "It was done." });
    if let Some(schema) = operation.answer {
        add(&mut success, "content", content(schema));
    }
    let refused = json!({
        "description": format!("It was refused, with one of the codes {}.", refusals.join(", ")),
        "content": content("Refusal"),
    });
    let mut described = json!({
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": parameters(operation),
        "responses": { operation.status.to_string(): success, "default": refused },
    });
    if let Some(schema) = operation.body {
        add(&mut described, "requestBody", json!({ "required": true, "content": content(schema) }));
    }
    described
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let of_path =
        operation.path.split('/').filter_map(path::name).map(
            |name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }),
        );
    of_path.chain(operation.query.iter().map(of_query)).collect()
}

fn of_query(parameter: &Parameter) -> Value {
    let schema = match parameter.bounds {
        Some((min, max)) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        None => json!({ "type": "string" }),
    };
    json!({ "name": parameter.name, "in": "query", "description": parameter.summary, "schema": schema })
}

fn content(schema: &str) -> Value {
    json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}
