//! Policies of Classic Load Balancers: create, set, describe, delete.

use crate::world::{World, listener};

const NAME: (&str, &str) = ("LoadBalancerName", "shop");
const DESCRIPTION: &str = "LoadBalancerDescriptions/member";
/// An Ed25519 key.
const PUBLIC_KEY: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
const UNFIT: &str = "InvalidConfigurationRequest";

/// A load balancer with a listener of HTTP on port 80 and one of TCP on 5432.
fn shop() -> World {
    let world = World::new();
    world.create_classic("shop", "HTTP", "80");
    world.classic("CreateLoadBalancerListeners", &[&[NAME][..], &listener("TCP", "5432")].concat());
    world
}

fn policy(name: &str, kind: &str, attributes: &[(&str, &str)]) -> Vec<(String, String)> {
    let parameters = [NAME, ("PolicyName", name), ("PolicyTypeName", kind)];
    let mut all: Vec<(String, String)> =
        parameters.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    for (index, (name, value)) in attributes.iter().enumerate() {
        let at = format!("PolicyAttributes.member.{}", index + 1);
        all.push((format!("{at}.AttributeName"), (*name).to_owned()));
        all.push((format!("{at}.AttributeValue"), (*value).to_owned()));
    }
    all
}

fn pairs(parameters: &[(String, String)]) -> Vec<(&str, &str)> {
    parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn create(world: &World, name: &str, kind: &str, attributes: &[(&str, &str)]) {
    world.classic("CreateLoadBalancerPolicy", &pairs(&policy(name, kind, attributes)));
}

fn set(world: &World, port: &str, names: &[&str]) {
    let members: Vec<String> = (1..=names.len()).map(|it| format!("PolicyNames.member.{it}")).collect();
    let mut parameters = vec![NAME, ("LoadBalancerPort", port)];
    parameters.extend(members.iter().map(String::as_str).zip(names.iter().copied()));
    if names.is_empty() {
        parameters.push(("PolicyNames", ""));
    }
    world.classic("SetLoadBalancerPoliciesOfListener", &parameters);
}

fn in_force(world: &World) -> Vec<String> {
    let answer = world.classic("DescribeLoadBalancers", &[]);
    answer.values(&format!("{DESCRIPTION}/ListenerDescriptions/member/PolicyNames/member"))
}

#[test]
fn stickiness_is_switched_on_and_off() {
    let world = shop();
    let duration = [NAME, ("PolicyName", "for-ten-minutes"), ("CookieExpirationPeriod", "600")];
    world.classic("CreateLBCookieStickinessPolicy", &duration);
    world.classic("CreateLBCookieStickinessPolicy", &duration);
    world.classic("CreateLBCookieStickinessPolicy", &[NAME, ("PolicyName", "for-a-session")]);
    world.classic(
        "CreateAppCookieStickinessPolicy",
        &[NAME, ("PolicyName", "with-cart"), ("CookieName", "cart")],
    );
    let answer = world.classic("DescribeLoadBalancers", &[]);
    let policies = |path: &str| answer.values(&format!("{DESCRIPTION}/Policies/{path}"));
    assert_eq!(
        policies("LBCookieStickinessPolicies/member/PolicyName"),
        ["for-a-session", "for-ten-minutes"]
    );
    assert_eq!(policies("LBCookieStickinessPolicies/member/CookieExpirationPeriod"), ["600"]);
    assert_eq!(policies("AppCookieStickinessPolicies/member/CookieName"), ["cart"]);
    set(&world, "80", &["for-ten-minutes"]);
    assert_eq!(in_force(&world), ["for-ten-minutes"]);
    set(&world, "80", &["with-cart"]);
    assert_eq!(in_force(&world), ["with-cart"]);
    let message =
        "You cannot delete policy [with-cart] since it is enabled or referred by other enabled policy.";
    world.classic_refused("DeleteLoadBalancerPolicy", &[NAME, ("PolicyName", "with-cart")], UNFIT, message);
    set(&world, "80", &[]);
    assert!(in_force(&world).is_empty());
    world.classic("DeleteLoadBalancerPolicy", &[NAME, ("PolicyName", "with-cart")]);
    world.classic("DeleteLoadBalancerPolicy", &[NAME, ("PolicyName", "with-cart")]);
}

#[test]
fn policies_are_refused_where_they_cannot_be_in_force() {
    let world = shop();
    world.classic("CreateLBCookieStickinessPolicy", &[NAME, ("PolicyName", "a")]);
    world.classic("CreateAppCookieStickinessPolicy", &[NAME, ("PolicyName", "b"), ("CookieName", "cart")]);
    create(&world, "proxy", "ProxyProtocolPolicyType", &[("ProxyProtocol", "true")]);
    create(
        &world,
        "tls",
        "SSLNegotiationPolicyType",
        &[("Reference-Security-Policy", "ELBSecurityPolicy-2016-08")],
    );
    let refused = |port, names: &[&str], code, message| {
        let members: Vec<String> = (1..=names.len()).map(|it| format!("PolicyNames.member.{it}")).collect();
        let mut parameters = vec![NAME, ("LoadBalancerPort", port)];
        parameters.extend(members.iter().map(String::as_str).zip(names.iter().copied()));
        world.classic_refused("SetLoadBalancerPoliciesOfListener", &parameters, code, message);
    };
    refused("5432", &["a"], UNFIT, "a cannot be enabled: stickiness is for listeners of HTTP");
    refused("80", &["a", "b"], UNFIT, "only one policy of stickiness");
    refused("80", &["proxy"], UNFIT, "proxy cannot be enabled");
    refused("80", &["tls"], UNFIT, "listeners of HTTPS and SSL");
    refused("80", &["none"], "PolicyNotFound", "There is no policy with name none for load balancer shop");
    refused("81", &["a"], "ListenerNotFound", "port 81");
    refused("80", &[], "ValidationError", "null at 'policyNames'");
    assert!(in_force(&world).is_empty());
}

#[test]
fn policies_that_cannot_be_are_not_created() {
    let world = shop();
    world.classic("CreateLBCookieStickinessPolicy", &[NAME, ("PolicyName", "a")]);
    let refused = |name, kind, attributes: &[(&str, &str)], code, message| {
        let parameters = policy(name, kind, attributes);
        world.classic_refused("CreateLoadBalancerPolicy", &pairs(&parameters), code, message);
    };
    refused("x", "NoSuchType", &[], "PolicyTypeNotFound", "'NoSuchType'");
    refused("a", "AppCookieStickinessPolicyType", &[("CookieName", "c")], "DuplicatePolicyName", "name a");
    refused("a_b", "LBCookieStickinessPolicyType", &[], "ValidationError", "'a_b'");
    refused(
        "x",
        "SSLNegotiationPolicyType",
        &[("Protocol-TLSv9", "true")],
        "ValidationError",
        "'Protocol-TLSv9'",
    );
    refused(
        "x",
        "BackendServerAuthenticationPolicyType",
        &[("PublicKeyPolicyName", "a")],
        UNFIT,
        "PublicKeyPolicyType",
    );
    refused("x", "PublicKeyPolicyType", &[("PublicKey", "AAAA")], UNFIT, "SubjectPublicKeyInfo");
    refused(
        "x",
        "AppCookieStickinessPolicyType",
        &[("CookieName", "AWSELB")],
        "ValidationError",
        "own cookie",
    );
    let parameters = [NAME, ("PolicyName", "x"), ("CookieExpirationPeriod", "-1")];
    world.classic_refused("CreateLBCookieStickinessPolicy", &parameters, "ValidationError", "'-1'");
}

#[test]
fn the_names_of_predefined_policies_are_taken() {
    let world = shop();
    let predefined = "ELBSecurityPolicy-2016-08";
    for (kind, attributes) in [
        ("LBCookieStickinessPolicyType", &[][..]),
        ("SSLNegotiationPolicyType", &[("Reference-Security-Policy", "ELBSecurityPolicy-TLS-1-2-2017-01")]),
    ] {
        let parameters = policy(predefined, kind, attributes);
        let message = "the name of a predefined security policy";
        world.classic_refused("CreateLoadBalancerPolicy", &pairs(&parameters), UNFIT, message);
    }
    create(&world, predefined, "SSLNegotiationPolicyType", &[("Reference-Security-Policy", predefined)]);
}

#[test]
fn a_secure_listener_always_has_a_security_policy() {
    let world = shop();
    let certificate = world.upload_certificate("shop");
    let secure = [
        ("Listeners.member.1.InstanceProtocol", "TCP"),
        ("Listeners.member.1.SSLCertificateId", certificate.as_str()),
    ];
    world.classic("CreateLoadBalancerListeners", &[&[NAME][..], &listener("SSL", "443"), &secure].concat());
    assert_eq!(in_force(&world), ["ELBSecurityPolicy-2016-08"]);
    let own = [("Protocol-TLSv1.2", "true"), ("ECDHE-RSA-AES128-GCM-SHA256", "true")];
    create(&world, "own", "SSLNegotiationPolicyType", &own);
    create(&world, "old", "SSLNegotiationPolicyType", &[("Protocol-TLSv1", "true"), ("AES128-SHA", "true")]);
    set(&world, "443", &["own"]);
    assert_eq!(in_force(&world), ["own"]);
    let old = [NAME, ("LoadBalancerPort", "443"), ("PolicyNames.member.1", "old")];
    let message = "it leaves nothing that Elbow negotiates: TLS 1.2";
    world.classic_refused("SetLoadBalancerPoliciesOfListener", &old, UNFIT, message);
    set(&world, "443", &[]);
    assert_eq!(in_force(&world), ["ELBSecurityPolicy-2016-08"]);
}

#[test]
fn policies_for_ports_of_instances() {
    let world = shop();
    create(&world, "proxy", "ProxyProtocolPolicyType", &[("ProxyProtocol", "true")]);
    create(&world, "key", "PublicKeyPolicyType", &[("PublicKey", PUBLIC_KEY)]);
    create(&world, "known", "BackendServerAuthenticationPolicyType", &[("PublicKeyPolicyName", "key")]);
    let port = ("InstancePort", "8080");
    let set = "SetLoadBalancerPoliciesForBackendServer";
    let proxy = [NAME, port, ("PolicyNames.member.1", "proxy")];
    let http = "InstancePort 8080 is spoken to over HTTP";
    world.classic_refused(set, &proxy, UNFIT, http);
    world.classic("DeleteLoadBalancerListeners", &[NAME, ("LoadBalancerPorts.member.1", "80")]);
    world.classic(set, &proxy);
    let beside = [&[NAME][..], &listener("HTTP", "80")].concat();
    world.classic_refused("CreateLoadBalancerListeners", &beside, UNFIT, http);
    let described = |path: &str| {
        let answer = world.classic("DescribeLoadBalancers", &[]);
        answer.values(&format!("{DESCRIPTION}/BackendServerDescriptions/member/{path}"))
    };
    assert_eq!(
        (described("InstancePort"), described("PolicyNames/member")),
        (vec!["8080".into()], vec!["proxy".into()])
    );
    let refused = |port, name, code, message| {
        world.classic_refused(
            set,
            &[NAME, ("InstancePort", port), ("PolicyNames.member.1", name)],
            code,
            message,
        );
    };
    refused("8080", "known", UNFIT, "not spoken to over HTTPS or SSL");
    refused("8080", "key", UNFIT, "not for ports of instances");
    refused("9", "proxy", UNFIT, "InstancePort 9");
    refused("8080", "none", "PolicyNotFound", "none");
    world.classic_refused("DeleteLoadBalancerPolicy", &[NAME, ("PolicyName", "key")], UNFIT, "referred");
    world.classic(set, &[NAME, port, ("PolicyNames", "")]);
    assert!(described("InstancePort").is_empty());
    world.classic(set, &[NAME, port, ("PolicyNames.member.1", "proxy")]);
    let ports = [NAME, ("LoadBalancerPorts.member.1", "80"), ("LoadBalancerPorts.member.2", "5432")];
    world.classic("DeleteLoadBalancerListeners", &ports);
    assert!(described("InstancePort").is_empty(), "no listener is left for that port");
}

#[test]
fn policies_and_their_types_are_described() {
    let world = shop();
    world.classic(
        "CreateLBCookieStickinessPolicy",
        &[NAME, ("PolicyName", "a"), ("CookieExpirationPeriod", "60")],
    );
    let path = "PolicyDescriptions/member";
    let answer = world.classic("DescribeLoadBalancerPolicies", &[NAME]);
    assert_eq!(answer.value(&format!("{path}/PolicyTypeName")), "LBCookieStickinessPolicyType");
    assert_eq!(answer.value(&format!("{path}/PolicyAttributeDescriptions/member/AttributeValue")), "60");
    world.classic("CreateLBCookieStickinessPolicy", &[NAME, ("PolicyName", "for-a-session")]);
    let answer =
        world.classic("DescribeLoadBalancerPolicies", &[NAME, ("PolicyNames.member.1", "for-a-session")]);
    assert_eq!(answer.value(&format!("{path}/PolicyAttributeDescriptions/member/AttributeValue")), "0");
    let none = [NAME, ("PolicyNames.member.1", "none")];
    let message = "There is no policy with name none for load balancer shop";
    world.classic_refused("DescribeLoadBalancerPolicies", &none, "PolicyNotFound", message);
    let samples = world.classic("DescribeLoadBalancerPolicies", &[]);
    let names = samples.values(&format!("{path}/PolicyName"));
    assert_eq!(names.first().map(String::as_str), Some("ELBSecurityPolicy-2016-08"));
    assert_eq!(names.iter().filter(|name| name.starts_with("ELBSample-")).count(), 2);
    let sample = ("PolicyNames.member.1", "ELBSecurityPolicy-TLS-1-2-2017-01");
    let answer = world.classic("DescribeLoadBalancerPolicies", &[sample]);
    let attributes = format!("{path}/PolicyAttributeDescriptions/member");
    let names = answer.values(&format!("{attributes}/AttributeName"));
    let values = answer.values(&format!("{attributes}/AttributeValue"));
    let value =
        |name: &str| names.iter().zip(&values).find(|(it, _)| *it == name).map(|(_, value)| value.as_str());
    assert_eq!(value("Protocol-TLSv1.2"), Some("true"));
    assert_eq!(value("Protocol-TLSv1.1"), Some("false"));
    assert_eq!(value("RC4-SHA"), Some("false"));
    world.classic_refused(
        "DescribeLoadBalancerPolicies",
        &[none[1]],
        "PolicyNotFound",
        "no policy with name none",
    );

    let types = world.classic("DescribeLoadBalancerPolicyTypes", &[]);
    assert_eq!(types.count("PolicyTypeDescriptions/member"), 6);
    let one = ("PolicyTypeNames.member.1", "ProxyProtocolPolicyType");
    let answer = world.classic("DescribeLoadBalancerPolicyTypes", &[one]);
    let attributes = "PolicyTypeDescriptions/member/PolicyAttributeTypeDescriptions/member";
    let names = answer.values(&format!("{attributes}/AttributeName"));
    assert_eq!(names, ["ProxyProtocol", "elbow.ProxyProtocolVersion"]);
    assert_eq!(answer.values(&format!("{attributes}/Cardinality")), ["ONE", "ZERO_OR_ONE"]);
    let none = ("PolicyTypeNames.member.1", "none");
    world.classic_refused("DescribeLoadBalancerPolicyTypes", &[none], "PolicyTypeNotFound", "'none'");
}

#[test]
fn one_listener_keeps_what_is_set_for_another() {
    let world = shop();
    world.classic("CreateLoadBalancerListeners", &[&[NAME][..], &listener("HTTP", "81")].concat());
    world.classic("CreateLBCookieStickinessPolicy", &[NAME, ("PolicyName", "a")]);
    set(&world, "80", &["a"]);
    set(&world, "81", &[]);
    assert_eq!(in_force(&world), ["a"]);
    let deleted = [NAME, ("PolicyName", "a")];
    world.classic_refused("DeleteLoadBalancerPolicy", &deleted, UNFIT, "[a]");
}
