//! The extension API: JSON below `/elbow/v1/`, and its description for programs, which every answer is held to.
//! `UPDATE=1 cargo test --test api extension` writes that anew.

use std::path::Path;

use bytes::Bytes;
use elbow_api::extension::{OPERATIONS, ROOT, openapi};
use elbow_api::sigv4::{self, Service};
use elbow_model::{Entity, Instance, InstanceId, InstanceSource, Zone};
use http::Request;
use serde_json::{Value, json};

use crate::world::{World, block_on};

struct Answer {
    status: u16,
    allow: Option<String>,
    value: Value,
}

impl World {
    /// A signed call, whose answer is what the description says.
    fn extension(&self, method: &str, path: &str, body: &str) -> Answer {
        self.extension_signed_for(Service::LoadBalancing, method, path, body)
    }

    fn extension_signed_for(&self, service: Service, method: &str, path: &str, body: &str) -> Answer {
        let request =
            Request::builder().method(method).uri(format!("{ROOT}{path}")).header("host", "127.0.0.1");
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        sigv4::sign_for(service, &mut parts, body.as_bytes(), &self.credential, &self.region, self.now());
        self.extension_sent(Request::from_parts(parts, Bytes::copy_from_slice(body.as_bytes())))
    }

    fn extension_sent(&self, request: Request<Bytes>) -> Answer {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let response = block_on(self.api.handle(request));
        let header = |name: &str| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
        let value: Value = match response.body().is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(response.body()).unwrap(),
        };
        let status = response.status().as_u16();
        let id = header("x-amzn-requestid").unwrap();
        match status {
            204 => assert!(value.is_null()),
            200 => {
                assert_eq!(header("content-type").as_deref(), Some("application/json"));
                check(&schema_of(&method, &path), &value, "answer");
            }
            _ => {
                check(&reference("Refusal"), &value, "refusal");
                assert_eq!(value["requestId"], id.as_str());
            }
        }
        Answer { status, allow: header("allow"), value }
    }

    pub(crate) fn extension_ok(&self, method: &str, path: &str, body: &str) -> Value {
        let Answer { status, value, .. } = self.extension(method, path, body);
        assert!(status < 300, "{method} {path}: {value}");
        value
    }

    /// A call that is refused and changes nothing.
    pub(crate) fn extension_refused(
        &self,
        (method, path, body): (&str, &str, &str),
        status: u16,
        message: &str,
    ) {
        let before = self.revision();
        let answer = self.extension(method, path, body);
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.value);
        let said = answer.value["message"].as_str().unwrap();
        assert!(said.contains(message), "{method} {path} {body} said: {said}");
        assert_eq!(self.revision(), before, "{method} {path} was refused and changed something");
    }
}

/// The description's schema of what a call that succeeds answers.
fn schema_of(method: &str, path: &str) -> Value {
    let path = path.strip_prefix(ROOT).unwrap();
    let fits = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        let same = |(a, b): (&&str, &&str)| a == b || a.starts_with('{');
        template.len() == path.len() && template.iter().zip(&path).all(same)
    };
    let operation = OPERATIONS.iter().find(|it| it.method == method && fits(it.path)).unwrap();
    let document = openapi::document();
    let described = &document["paths"][format!("{ROOT}{}", operation.path)][method.to_lowercase()];
    described["responses"]["200"]["content"]["application/json"]["schema"].clone()
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// Holds a value to a schema, as far as schemas go here.
fn check(schema: &Value, value: &Value, at: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let document = openapi::document();
        let found = document.pointer(reference.trim_start_matches('#'));
        return check(found.unwrap_or_else(|| panic!("{reference} is not there")), value, at);
    }
    match schema["type"].as_str() {
        Some("object") => {
            let members = value.as_object().unwrap_or_else(|| panic!("{at} is no object: {value}"));
            for name in schema["required"].as_array().into_iter().flatten() {
                assert!(members.contains_key(name.as_str().unwrap()), "{at} has no {name}: {value}");
            }
            for (name, member) in members {
                let own = &schema["properties"][name];
                let known = if own.is_object() { own } else { &schema["additionalProperties"] };
                assert!(known.is_object(), "{at} has {name}, which is not described");
                check(known, member, &format!("{at}.{name}"));
            }
        }
        Some("array") => {
            let items = value.as_array().unwrap_or_else(|| panic!("{at} is no array: {value}"));
            items.iter().for_each(|item| check(&schema["items"], item, at));
        }
        Some("string") => {
            let text = value.as_str().unwrap_or_else(|| panic!("{at} is no string: {value}"));
            let words = schema["enum"].as_array();
            assert!(words.is_none_or(|words| words.contains(value)), "{at} is {text}");
            let is_moment = schema["format"] == "date-time";
            assert!(!is_moment || text.ends_with('Z') && text.contains('T'), "{at} is no moment: {text}");
        }
        Some("integer") => assert!(value.is_u64(), "{at} is no whole number: {value}"),
        Some("number") => assert!(value.is_number(), "{at} is no number: {value}"),
        Some("boolean") => assert!(value.is_boolean(), "{at} is neither true nor false: {value}"),
        other => panic!("{at} has the type {other:?}"),
    }
}

#[test]
fn the_description_is_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/extension-api.openapi.json");
    let expected = format!("{}\n", serde_json::to_string_pretty(&openapi::document()).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{} is stale: run UPDATE=1 cargo test --test api extension", path.display());
}

#[test]
fn the_page_names_every_operation() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/extension-api.md");
    let page = std::fs::read_to_string(&path).unwrap();
    for operation in OPERATIONS {
        let named = format!("`{} {ROOT}{}`", operation.method, operation.path);
        assert!(page.contains(&named), "docs/extension-api.md does not say {named}");
    }
}

#[test]
fn instances_are_put_shown_and_taken_away() {
    let world = World::new();
    assert_eq!(world.extension_ok("GET", "instances", ""), json!({ "instances": [] }));
    let put = world.extension_ok("PUT", "instances/i-1", r#"{"address":"10.0.0.1","zone":"us-east-1a"}"#);
    let shown = json!({
        "instanceId": "i-1", "address": "10.0.0.1", "zone": "us-east-1a", "source": "operator", "registeredWith": [],
    });
    assert_eq!(put, shown);
    assert_eq!(world.extension_ok("GET", "instances/i-1", ""), shown);
    let moved = world.extension_ok("PUT", "instances/i-1", r#"{"address":"fd00::1","zone":"us-east-1b"}"#);
    assert_eq!((&moved["address"], &moved["zone"]), (&json!("fd00::1"), &json!("us-east-1b")));
    assert_eq!(world.extension("DELETE", "instances/i-1", "").status, 204);
    world.extension_refused(("GET", "instances/i-1", ""), 404, "not in the instance directory");
    world.extension_refused(("DELETE", "instances/i-1", ""), 404, "not in the instance directory");
}

#[test]
fn an_instance_that_ec2_has_told_of_becomes_the_operators_when_it_is_put() {
    let world = World::new();
    let told = Instance {
        id: InstanceId::parse("i-1").unwrap(),
        address: "10.0.0.1".parse().unwrap(),
        zone: Zone::parse("us-east-1a").unwrap(),
        source: InstanceSource::Ec2,
    };
    world.put(&[Entity::Instance(told.into())]);
    assert_eq!(world.extension_ok("GET", "instances/i-1", "")["source"], "ec2");
    let put = world.extension_ok("PUT", "instances/i-1", r#"{"address":"10.0.0.1","zone":"us-east-1a"}"#);
    assert_eq!(put["source"], "operator");
}

#[test]
fn an_instance_that_is_registered_stays_and_says_with_what() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    world.put_instance("i-2", "us-east-1a");
    let group = world
        .ok("CreateTargetGroup", &[("Name", "carts"), ("Protocol", "HTTP"), ("Port", "80")])
        .value("TargetGroups/member/TargetGroupArn");
    world.ok("RegisterTargets", &[("TargetGroupArn", &group), ("Targets.member.1.Id", "i-1")]);
    world.create_classic("old", "HTTP", "80");
    world.classic(
        "RegisterInstancesWithLoadBalancer",
        &[("LoadBalancerName", "old"), ("Instances.member.1.InstanceId", "i-1")],
    );
    let classic = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/old";
    let listed = world.extension_ok("GET", "instances", "");
    assert_eq!(listed["instances"][0]["registeredWith"], json!([classic, group]));
    assert_eq!(listed["instances"][1]["registeredWith"], json!([]));
    world.extension_refused(("DELETE", "instances/i-1", ""), 409, "deregister it first");
    world.extension_ok("DELETE", "instances/i-2", "");
}

#[test]
fn the_directory_comes_in_pages() {
    let world = World::new();
    let ids: Vec<String> = (10..17).map(|number| format!("i-{number}")).collect();
    ids.iter().rev().for_each(|id| world.put_instance(id, "us-east-1a"));
    let (mut found, mut query) = (Vec::new(), "?maxResults=3".to_owned());
    loop {
        let page = world.extension_ok("GET", &format!("instances{query}"), "");
        let instances = page["instances"].as_array().unwrap().clone();
        assert!(instances.len() <= 3);
        found.extend(instances.iter().map(|it| it["instanceId"].as_str().unwrap().to_owned()));
        match page["nextToken"].as_str() {
            Some(token) => query = format!("?nextToken={token}&maxResults=3"),
            None => break,
        }
    }
    assert_eq!(found, ids);
}

#[test]
fn what_is_wrong_is_refused_by_its_name() {
    let world = World::new();
    let place = r#"{"address":"10.0.0.1","zone":"us-east-1a"}"#;
    for (call, status, message) in [
        (("PUT", "instances/web", place), 400, "The instance ID 'web' is not valid"),
        (("PUT", "instances/i-1", ""), 400, "'address'"),
        (("PUT", "instances/i-1", "[]"), 400, "must be a JSON object"),
        (("PUT", "instances/i-1", r#"{"address":"10.0.0.1:80","zone":"a"}"#), 400, "without a port"),
        (("PUT", "instances/i-1", r#"{"address":"10.0.0.1"}"#), 400, "'zone'"),
        (("PUT", "instances/i-1", r#"{"address":7,"zone":"a"}"#), 400, "must be a string"),
        (("PUT", "instances/i-1", r#"{"adress":"10.0.0.1","zone":"a"}"#), 400, "'adress' is not known"),
        (("GET", "instances?maxResults=0", ""), 400, "a number from 1 to 1000"),
        (("GET", "instances?maxResults=1&maxResults=2", ""), 400, "given twice"),
        (
            ("GET", "instances?page=2", ""),
            400,
            "'page' of the query is not known here; known: maxResults, nextToken",
        ),
        (("GET", "instances?nextToken=x", ""), 400, "nextToken"),
        (("GET", "keys", "{}"), 400, "takes no body"),
        (("GET", "nothing", ""), 404, "There is nothing at /elbow/v1/nothing"),
    ] {
        world.extension_refused(call, status, message);
    }
    let answer = world.extension("PATCH", "instances/i-1", "");
    assert_eq!((answer.status, answer.allow.as_deref()), (405, Some("GET, PUT, DELETE")));
}

#[test]
fn only_who_signs_is_answered() {
    let world = World::new();
    let unsigned = |path: &str| {
        let request = Request::get(path).header("host", "127.0.0.1").body(Bytes::new()).unwrap();
        world.extension_sent(request)
    };
    for path in ["/elbow/v1/keys", "/elbow/v1/nothing", "/elbow/v2/keys", "/elbow"] {
        let answer = unsigned(path);
        assert_eq!(
            (answer.status, &answer.value["code"]),
            (403, &json!("MissingAuthenticationToken")),
            "{path}"
        );
    }
    let answer = world.extension_signed_for(Service::Ec2, "GET", "keys", "");
    assert_eq!((answer.status, &answer.value["code"]), (403, &json!("SignatureDoesNotMatch")));
}

#[test]
fn a_node_tells_where_its_files_are() {
    let nowhere = World::new();
    assert_eq!(nowhere.extension_ok("GET", "node", ""), json!({}));
    let here = World::with(|settings| {
        settings.files.data_directory = Some("/var/lib/elbow".into());
        settings.files.master_key_file = Some("/run/key".into());
    });
    let told = json!({ "dataDirectory": "/var/lib/elbow", "masterKeyFile": "/run/key" });
    assert_eq!(here.extension_ok("GET", "node", ""), told);
}

#[test]
fn keys_are_told_of_rotated_and_never_shown() {
    let world = World::new();
    let first = world.extension_ok("POST", "keys/rotate", "");
    assert_eq!(first["generations"][0]["keyId"], "00000001");
    assert_eq!(first["generations"][0]["created"], "2015-08-30T12:36:00Z");
    assert_eq!(first["nextRotation"], "2015-08-30T12:36:00Z");
    let second = world.extension_ok("POST", "keys/rotate", "");
    assert_eq!(second, world.extension_ok("GET", "keys", ""), "the answer tells of what it has made");
    assert_eq!(second["generations"].as_array().unwrap().len(), 2);
    world.extension_ok("POST", "keys/rotate", "");
    world.extension_refused(("POST", "keys/rotate", ""), 409, "There are three");
}
