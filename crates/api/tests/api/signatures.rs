//! Who may call.

use bytes::Bytes;
use elbow_model::Entity;
use http::Request;
use std::sync::Arc;

use crate::world::{World, credential};

const BODY: &[u8] = b"Action=DescribeLoadBalancers&Version=2015-12-01";

fn signed(world: &World) -> Request<Bytes> {
    world.signed(Request::post("/").header("host", "localhost").body(Bytes::from_static(BODY)).unwrap())
}

/// The code with which a request is refused after `tamper` changed it.
fn refusal(world: &World, tamper: impl FnOnce(&mut Request<Bytes>)) -> (u16, String) {
    let mut request = signed(world);
    tamper(&mut request);
    let answer = world.send(request);
    (answer.status, answer.value("Error/Code"))
}

fn authorization(request: &mut Request<Bytes>, change: impl FnOnce(&str) -> String) {
    let value = change(request.headers()["authorization"].to_str().unwrap());
    request.headers_mut().insert("authorization", value.parse().unwrap());
}

#[test]
fn a_signed_request_is_answered() {
    let world = World::new();
    assert_eq!(world.send(signed(&world)).status, 200);
}

#[test]
fn a_request_that_was_changed_is_refused() {
    let world = World::new();
    let mismatch = (403, "SignatureDoesNotMatch".to_owned());
    assert_eq!(refusal(&world, |it| *it.body_mut() = Bytes::from_static(b"Action=DescribeTags")), mismatch);
    assert_eq!(refusal(&world, |it| *it.uri_mut() = "/?Action=DescribeTags".parse().unwrap()), mismatch);
    assert_eq!(refusal(&world, |it| *it.uri_mut() = "/other".parse().unwrap()), mismatch);
    assert_eq!(refusal(&world, |it| *it.method_mut() = http::Method::GET), mismatch);
    assert_eq!(
        refusal(&world, |it| drop(it.headers_mut().insert("host", "evil".parse().unwrap()))),
        mismatch
    );
    let later = "20150830T123601Z";
    assert_eq!(
        refusal(&world, |it| drop(it.headers_mut().insert("x-amz-date", later.parse().unwrap()))),
        mismatch
    );
    let unsigned = "UNSIGNED-PAYLOAD";
    let add = |it: &mut Request<Bytes>| {
        drop(it.headers_mut().insert("x-amz-content-sha256", unsigned.parse().unwrap()));
    };
    assert_eq!(refusal(&world, add), mismatch);
}

#[test]
fn a_signature_that_is_not_whole_is_refused_as_aws_does() {
    let world = World::new();
    let with = |from: &str, to: &str| {
        let (from, to) = (from.to_owned(), to.to_owned());
        refusal(&world, |it| {
            authorization(it, |value| {
                assert!(value.contains(&from), "{value} has no {from}");
                value.replace(&from, &to)
            });
        })
    };
    let incomplete = (400, "IncompleteSignature".to_owned());
    let mismatch = (403, "SignatureDoesNotMatch".to_owned());
    assert_eq!(with("AWS4-HMAC-SHA256", "AWS3"), incomplete);
    assert_eq!(with("Signature=", "Sig="), incomplete);
    assert_eq!(with("SignedHeaders=", "Headers="), incomplete);
    assert_eq!(with("Credential=", "Cred="), incomplete);
    assert_eq!(with("/aws4_request", ""), incomplete);
    assert_eq!(with("Signature=", "Signature=0"), incomplete);
    assert_eq!(with("/aws4_request", "/aws5_request"), mismatch);
    assert_eq!(with("/elasticloadbalancing", "/monitoring"), mismatch);
    assert_eq!(with("/20150830/", "/20150831/"), mismatch);
    assert_eq!(with("/20150830/", "/2015083/"), mismatch);
    assert_eq!(with("/us-east-1/", "/us-west-1/"), mismatch);
    assert_eq!(with("/us-east-1/", "/US EAST/"), mismatch);
    assert_eq!(with("SignedHeaders=host;", "SignedHeaders="), mismatch);
    assert_eq!(with("AKIDEXAMPLE", "AKIDOTHER"), (403, "InvalidClientTokenId".to_owned()));
    let missing = refusal(&world, |it| drop(it.headers_mut().remove("authorization")));
    assert_eq!(missing, (403, "MissingAuthenticationToken".to_owned()));
    assert_eq!(refusal(&world, |it| drop(it.headers_mut().remove("x-amz-date"))), incomplete);
}

#[test]
fn a_clock_may_be_five_minutes_off() {
    for (seconds, status) in [(299, 200), (300, 200), (301, 400)] {
        let world = World::new();
        let early = signed(&world);
        world.pass_seconds(seconds);
        let answer = world.send(early);
        assert_eq!(answer.status, status, "{seconds}");
        if status == 400 {
            assert_eq!(answer.value("Error/Code"), "RequestExpired");
            assert_eq!(
                answer.value("Error/Message"),
                "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)"
            );
        }
    }
    let (world, ahead) = (World::new(), World::new());
    ahead.pass_seconds(301);
    let answer = world.send(signed(&ahead));
    assert_eq!(answer.value("Error/Code"), "RequestExpired");
    assert!(answer.value("Error/Message").starts_with("Signature not yet current"));
}

#[test]
fn a_secret_of_the_store_works_until_it_is_revoked() {
    let world = World::new();
    let other = world.with_credential(credential("AKIDSTORED", "another-secret"));
    assert_eq!(refusal(&other, |_| {}), (403, "InvalidClientTokenId".to_owned()));
    world.put(&[Entity::Credential(Arc::new(other.credential.clone()))]);
    assert_eq!(other.send(signed(&other)).status, 200);
    let wrong = world.with_credential(credential("AKIDSTORED", "a-wrong-secret"));
    assert_eq!(refusal(&wrong, |_| {}), (403, "SignatureDoesNotMatch".to_owned()));
}

#[test]
fn regions_are_namespaces_and_settings_can_name_them() {
    let world = World::new();
    let arn = world.create_load_balancer("shop");
    let other = world.in_region("eu-west-2");
    other.refused(
        "DescribeLoadBalancers",
        &[("LoadBalancerArns.member.1", &arn)],
        "LoadBalancerNotFound",
        "not found",
    );
    assert_ne!(other.create_load_balancer("shop"), arn);
    assert_eq!(world.ok("DescribeLoadBalancers", &[]).count("LoadBalancers/member"), 1);

    let one = World::with(|settings| settings.regions = vec![other.region.clone()]);
    assert_eq!(refusal(&one, |_| {}), (403, "SignatureDoesNotMatch".to_owned()));
    assert_eq!(one.in_region("eu-west-2").ok("DescribeLoadBalancers", &[]).status, 200);
}

/// A request that botocore 1.43.11 presigned with the world's credential, for an hour.
const PRESIGNED: &str = "/?Action=DescribeLoadBalancers&Version=2015-12-01&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Felasticloadbalancing%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=656097947d545354c4c24539d54c025fdd9e967706c0ac6418dc7af0832633f7";

#[test]
fn a_presigned_request_is_valid_as_long_as_it_says() {
    let world = World::new();
    let send = |world: &World, uri: &str| {
        world.send(Request::get(uri).header("host", "localhost:7070").body(Bytes::new()).unwrap())
    };
    assert_eq!(send(&world, PRESIGNED).status, 200, "{}", send(&world, PRESIGNED).text);
    for (from, to, code) in [
        ("X-Amz-Expires=3600", "X-Amz-Expires=604801", "IncompleteSignature"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=0", "IncompleteSignature"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=3601", "SignatureDoesNotMatch"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=3600&X-Amz-Expires=3601", "IncompleteSignature"),
        ("X-Amz-Signature=", "X-Amz-Sig=", "IncompleteSignature"),
        ("DescribeLoadBalancers", "DescribeTargetGroups", "SignatureDoesNotMatch"),
        ("Version", "Names.member.1=x&Version", "SignatureDoesNotMatch"),
    ] {
        let changed = PRESIGNED.replace(from, to);
        assert_ne!(changed, PRESIGNED);
        assert_eq!(send(&world, &changed).value("Error/Code"), code, "{to}");
    }
    world.pass_seconds(3600);
    assert_eq!(send(&world, PRESIGNED).status, 200);
    world.pass_seconds(1);
    assert_eq!(send(&world, PRESIGNED).value("Error/Code"), "RequestExpired");
}
