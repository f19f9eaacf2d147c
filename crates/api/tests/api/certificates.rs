//! Certificate Manager over the JSON protocol.

use std::time::Duration;

use bytes::Bytes;
use elbow_api::sigv4::{self, Service};
use elbow_certificates::authority::{self, Names};
use elbow_certificates::pem;
use elbow_model::{CertificateMaterial, KeyAlgorithm, Timestamp};
use http::Request;
use serde_json::{Value, json};

use crate::world::{World, block_on};

/// A moment at which the world's clock stands.
fn brought(world: &World) -> CertificateMaterial {
    let authority = authority::create(world.now()).unwrap();
    let names = Names::parse(["shop.example.com"]).unwrap();
    authority::issue(&authority, &names, KeyAlgorithm::P256, world.now()).unwrap()
}

fn base64(text: &str) -> String {
    base64_simd::STANDARD.encode_to_string(text)
}

fn import(it: &CertificateMaterial) -> Value {
    json!({
        "Certificate": base64(&pem::certificate(&it.certificate)),
        "PrivateKey": base64(&pem::private_key(&it.private_key)),
        "CertificateChain": base64(&pem::chain(&it.chain)),
    })
}

/// A signed call and its answer.
fn call(world: &World, target: &str, body: &str) -> (u16, Value) {
    let request = Request::post("/")
        .header("host", "127.0.0.1:7070")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target);
    let (mut parts, body) = request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap().into_parts();
    sigv4::sign_for(Service::Acm, &mut parts, &body, &world.credential, &world.region, world.now());
    let answer = block_on(world.api.handle(Request::from_parts(parts, body)));
    assert_eq!(answer.headers()["content-type"], "application/x-amz-json-1.1");
    let body =
        if answer.body().is_empty() { Value::Null } else { serde_json::from_slice(answer.body()).unwrap() };
    (answer.status().as_u16(), body)
}

fn ok(world: &World, action: &str, input: &Value) -> Value {
    let (status, answer) = call(world, &format!("CertificateManager.{action}"), &input.to_string());
    assert_eq!(status, 200, "{action}: {answer}");
    answer
}

fn refused(world: &World, action: &str, input: &Value, code: &str, message: &str) {
    let before = world.revision();
    let (status, answer) = call(world, &format!("CertificateManager.{action}"), &input.to_string());
    assert_eq!((status, answer["__type"].as_str()), (400, Some(code)), "{action}: {answer}");
    assert!(answer["message"].as_str().unwrap().contains(message), "{action}: {answer}");
    assert_eq!(world.revision(), before, "{action} was refused and changed something");
}

#[test]
fn what_is_imported_is_shown_until_it_is_deleted() {
    let world = World::new();
    let brought = brought(&world);
    let arn = ok(&world, "ImportCertificate", &import(&brought));
    let shown = ok(&world, "DescribeCertificate", &arn)["Certificate"].clone();
    assert_eq!((&shown["Status"], &shown["Type"]), (&json!("ISSUED"), &json!("IMPORTED")));
    assert_eq!(shown["SubjectAlternativeNames"], json!(["shop.example.com"]));
    let got = ok(&world, "GetCertificate", &arn);
    assert_eq!(got["Certificate"], pem::certificate(&brought.certificate));
    assert!(!got.to_string().contains("PRIVATE"));
    world.pass_seconds(Duration::from_secs(400 * 86_400).as_secs());
    assert_eq!(ok(&world, "DescribeCertificate", &arn)["Certificate"]["Status"], "EXPIRED");
    refused(&world, "ImportCertificate", &import(&brought), "ValidationException", "validity period");
    ok(&world, "DeleteCertificate", &arn);
    refused(&world, "DescribeCertificate", &arn, "ResourceNotFoundException", "Could not find");
}

#[test]
fn each_member_that_is_wrong_is_refused() {
    let world = World::new();
    let good = import(&brought(&world));
    let other = import(&brought(&world));
    for (member, value, code, message) in [
        ("Certificate", json!(null), "ValidationException", "'certificate'"),
        ("Certificate", json!(7), "SerializationException", "'certificate'"),
        ("Certificate", json!("%"), "SerializationException", "base64"),
        ("Certificate", json!(""), "ValidationException", "greater than or equal to 1"),
        ("PrivateKey", other["PrivateKey"].clone(), "ValidationException", "does not belong"),
        ("CertificateChain", other["CertificateChain"].clone(), "ValidationException", "does not certify"),
        ("CertificateArn", json!("arn:x"), "InvalidArnException", "arn:x"),
        ("Tags", json!([{ "Key": "aws:x" }]), "InvalidTagException", "aws:"),
        ("Tags", json!([{}]), "ValidationException", "'tags.1.member.key'"),
    ] {
        let mut input = good.clone();
        input[member] = value;
        refused(&world, "ImportCertificate", &input, code, message);
    }
}

#[test]
fn a_request_is_answered_at_once_and_only_once_for_a_token() {
    let world = World::new();
    let request =
        json!({ "DomainName": "a.example.com", "KeyAlgorithm": "EC_prime256v1", "IdempotencyToken": "t" });
    let arn = ok(&world, "RequestCertificate", &request);
    assert_eq!(ok(&world, "RequestCertificate", &request), arn);
    world.pass_seconds(3_600);
    assert_ne!(ok(&world, "RequestCertificate", &request), arn);
    let shown = ok(&world, "DescribeCertificate", &arn)["Certificate"].clone();
    assert_eq!(shown["DomainValidationOptions"][0]["ValidationStatus"], "SUCCESS");
    refused(&world, "ExportCertificate", &arn, "UnknownOperationException", "not in Elbow yet");
    for (member, value) in [
        ("DomainName", json!("localhost")),
        ("DomainName", json!("a..b")),
        ("SubjectAlternativeNames", json!(["a b"])),
        ("KeyAlgorithm", json!("RSA_1024")),
        ("IdempotencyToken", json!("a b")),
    ] {
        let mut input = request.clone();
        input[member] = value;
        refused(&world, "RequestCertificate", &input, "ValidationException", "");
    }
}

#[test]
fn lists_come_in_pages_in_either_order() {
    let world = World::new();
    for number in 0..5 {
        let name = format!("n{number}.example.com");
        ok(&world, "RequestCertificate", &json!({ "DomainName": name, "KeyAlgorithm": "EC_prime256v1" }));
        world.pass_seconds(1);
    }
    let nothing = ok(&world, "ListCertificates", &json!({}));
    assert_eq!(nothing["CertificateSummaryList"], json!([]), "RSA only unless asked for");
    for order in ["ASCENDING", "DESCENDING"] {
        let mut input = json!({
            "Includes": { "keyTypes": ["EC_prime256v1"], "extendedKeyUsage": ["TLS_WEB_SERVER_AUTHENTICATION"] },
            "MaxItems": 2, "SortBy": "CREATED_AT", "SortOrder": order, "CertificateStatuses": ["ISSUED"],
        });
        let mut names = Vec::new();
        loop {
            let page = ok(&world, "ListCertificates", &input);
            let list = page["CertificateSummaryList"].as_array().unwrap();
            names.extend(list.iter().map(|it| it["DomainName"].as_str().unwrap().to_owned()));
            if page["NextToken"].is_null() {
                break;
            }
            input["NextToken"] = page["NextToken"].clone();
        }
        if order == "DESCENDING" {
            names.reverse();
        }
        assert_eq!(names, (0..5).map(|n| format!("n{n}.example.com")).collect::<Vec<_>>());
    }
    refused(&world, "ListCertificates", &json!({ "NextToken": "x" }), "ValidationException", "NextToken");
    refused(
        &world,
        "ListCertificates",
        &json!({ "SortOrder": "ASCENDING" }),
        "ValidationException",
        "SortBy",
    );
}

#[test]
fn what_is_no_call_is_refused_in_json() {
    let world = World::new();
    for (target, body, code) in [
        ("CertificateManager.Nope", "{}", "UnknownOperationException"),
        ("Other.ListCertificates", "{}", "UnknownOperationException"),
        ("CertificateManager.ListCertificates", "{", "SerializationException"),
    ] {
        let (status, answer) = call(&world, target, body);
        assert_eq!((status, answer["__type"].as_str()), (400, Some(code)), "{answer}");
    }
    assert!(world.now() > Timestamp::default());
}
