//! The protocol around the actions.

use std::sync::Arc;

use bytes::Bytes;
use elbow_model::Change;
use elbow_store::{Answer, CommitError, Memory, Revision, Snapshot, Store};
use http::Request;
use tokio::sync::watch;

use crate::world::World;

#[test]
fn an_answer_is_wrapped_as_aws_does() {
    let world = World::new();
    let answer = world.ok("DescribeLoadBalancers", &[]);
    assert_eq!(
        answer.text,
        format!(
            "<DescribeLoadBalancersResponse xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\">\
             <DescribeLoadBalancersResult><LoadBalancers/></DescribeLoadBalancersResult>\
             <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></DescribeLoadBalancersResponse>",
            answer.request_id
        )
    );
    assert_eq!(answer.request_id.len(), 36);
    let without_output = world.ok(
        "DeleteLoadBalancer",
        &[(
            "LoadBalancerArn",
            "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/x/0123456789abcdef",
        )],
    );
    assert!(without_output.text.contains("<DeleteLoadBalancerResult/>"), "{}", without_output.text);
}

#[test]
fn a_refusal_is_wrapped_as_aws_does() {
    let answer = World::new().call("DescribeLoadBalancers", &[("Names.member.1", "<x>")]);
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.text,
        format!(
            "<ErrorResponse xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\"><Error>\
             <Type>Sender</Type><Code>LoadBalancerNotFound</Code>\
             <Message>Load balancers &apos;[&lt;x&gt;]&apos; not found</Message></Error>\
             <RequestId>{}</RequestId></ErrorResponse>",
            answer.request_id
        )
    );
}

#[test]
fn a_query_string_works_as_a_body_does() {
    let world = World::new();
    let get = Request::get("/?Action=DescribeLoadBalancers&Version=2015-12-01").header("host", "localhost");
    let answer = world.send(world.signed(get.body(Bytes::new()).unwrap()));
    assert_eq!((answer.status, answer.name()), (200, "DescribeLoadBalancersResponse"));
    let put = Request::put("/?Action=DescribeLoadBalancers&Version=2015-12-01").header("host", "localhost");
    let answer = world.send(world.signed(put.body(Bytes::new()).unwrap()));
    assert_eq!(answer.value("Error/Code"), "ValidationError");
}

#[test]
fn a_call_needs_a_version_and_an_action_that_is_known() {
    let world = World::new();
    for (body, code) in [
        ("", "MissingParameter"),
        ("Action=DescribeLoadBalancers", "MissingParameter"),
        ("Version=2015-12-01", "MissingAction"),
        ("Version=2015-12-01&Action=Nope", "InvalidAction"),
        ("Version=2011-11-11&Action=DescribeLoadBalancers", "InvalidAction"),
        ("Version=2012-06-01&Action=DescribeRules", "InvalidAction"),
        ("Version=2015-12-01&Action=DescribeLoadBalancers&Action=DescribeTags", "ValidationError"),
    ] {
        let answer = world.post(body.as_bytes());
        assert_eq!((answer.status, answer.value("Error/Code")), (400, code.to_owned()), "{body}");
    }
}

#[test]
fn a_refusal_is_in_the_namespace_of_its_version() {
    let answer = World::new().call_version("2012-06-01", "CreateRule", &[]);
    assert!(answer.text.contains("doc/2012-06-01/"), "{}", answer.text);
    assert_eq!(answer.value("Error/Code"), "InvalidAction");
}

#[test]
fn what_was_answered_is_seen_by_the_next_call() {
    let world = World::new();
    let arn = world.create_load_balancer("shop");
    let seen = world.ok("DescribeLoadBalancers", &[("Names.member.1", "shop")]);
    assert_eq!(seen.value("LoadBalancers/member/LoadBalancerArn"), arn);
}

/// A store that takes nothing.
struct Full(Memory);

impl Store for Full {
    fn load(&self) -> Answer<'_, Result<Snapshot, CommitError>> {
        self.0.load()
    }

    fn commit(&self, _: Revision, _: Vec<Change>) -> Answer<'_, Result<Revision, CommitError>> {
        Box::pin(async { Err(CommitError::Unavailable("no space left on /dev/secret".to_owned())) })
    }

    fn watch(&self) -> watch::Receiver<Snapshot> {
        self.0.watch()
    }
}

#[test]
fn what_the_store_does_not_take_is_not_acknowledged_and_the_cause_stays_private() {
    let world = World::over(Arc::new(Full(Memory::new())), |_| {});
    let answer = world.call("CreateTargetGroup", &[("Name", "carts"), ("Protocol", "HTTP"), ("Port", "80")]);
    assert_eq!((answer.status, answer.value("Error/Code")), (503, "ServiceUnavailable".to_owned()));
    assert_eq!(answer.value("Error/Type"), "Receiver");
    assert!(!answer.text.contains("secret"), "{}", answer.text);
    assert_eq!(world.ok("DescribeTargetGroups", &[]).count("TargetGroups/member"), 0);
}
