//! Listeners of HTTPS: their certificates and security policies (R28, R29).

use crate::world::{Parameters, World, forward};

const POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";
const CERTIFICATE: &str = "Certificates.member.1.CertificateArn";
const SHOWN: &str = "Listeners/member/Certificates/member/CertificateArn";
const GONE: &str = "arn:aws:acm:us-east-1:000000000000:certificate/868a367f-151a-44d1-b930-daf7f28093e6";

impl World {
    /// A listener of HTTPS on a load balancer of its own, by its ARN.
    pub(crate) fn create_secure_listener(&self, port: &str, certificate: &str) -> String {
        let balancer = self.create_load_balancer("secure");
        let group = self.create_target_group("secure");
        let parameters = secure(&balancer, port, &group, certificate);
        self.ok("CreateListener", &parameters).value("Listeners/member/ListenerArn")
    }

    /// The certificates of a listener, and whether each is the default one.
    fn certificates_of(&self, listener: &str) -> Vec<(String, String)> {
        let answer = self.ok("DescribeListenerCertificates", &[("ListenerArn", listener)]);
        let arns = answer.values("Certificates/member/CertificateArn");
        arns.into_iter().zip(answer.values("Certificates/member/IsDefault")).collect()
    }
}

pub(crate) fn secure<'a>(
    balancer: &'a str,
    port: &'a str,
    group: &'a str,
    certificate: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let mut parameters = forward(balancer, port, group).to_vec();
    parameters.retain(|(name, _)| *name != "Protocol");
    parameters.extend([("Protocol", "HTTPS"), (CERTIFICATE, certificate)]);
    parameters
}

/// The parameters of a call for a listener.
fn of<'a>(listener: &'a str, more: Parameters<'a>) -> Vec<(&'a str, &'a str)> {
    [&[("ListenerArn", listener)], more].concat()
}

/// R29.
#[test]
fn a_listener_shows_its_certificate_and_the_usual_policy() {
    let world = World::new();
    let certificate = world.upload_certificate("shop");
    let listener = world.create_secure_listener("443", &certificate);
    let shown = world.ok("DescribeListeners", &[("ListenerArns.member.1", &listener)]);
    assert_eq!(shown.value("Listeners/member/Protocol"), "HTTPS");
    assert_eq!(shown.value(SHOWN), certificate);
    assert_eq!(shown.value("Listeners/member/SslPolicy"), "ELBSecurityPolicy-2016-08");
    assert_eq!(shown.value("Listeners/member/MutualAuthentication/Mode"), "off");
    assert_eq!(world.certificates_of(&listener), [(certificate, "true".to_owned())]);
}

#[test]
fn creating_again_with_another_certificate_is_refused() {
    let world = World::new();
    let (one, other) = (world.upload_certificate("one"), world.upload_certificate("other"));
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let first = world.ok("CreateListener", &secure(&balancer, "443", &group, &one));
    let again = world.ok("CreateListener", &secure(&balancer, "443", &group, &one));
    assert_eq!(first.value("Listeners/member/ListenerArn"), again.value("Listeners/member/ListenerArn"));
    let code = "DuplicateListener";
    world.refused("CreateListener", &secure(&balancer, "443", &group, &other), code, "already exists");
}

#[test]
fn bad_parameters_are_named() {
    let world = World::new();
    let certificate = world.upload_certificate("shop");
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let with = |more: Parameters<'static>| {
        let mut parameters = secure(&balancer, "443", &group, &certificate);
        parameters.retain(|(name, _)| more.iter().all(|(changed, _)| changed != name));
        parameters.extend(more);
        parameters
    };
    let none = "A certificate must be specified for HTTPS listeners";
    let no_alpn = "An ALPN policy can only be specified for TLS listeners";
    let table: [(Parameters<'static>, &str, &str); 10] = [
        (&[(CERTIFICATE, GONE)], "CertificateNotFound", GONE),
        (&[(CERTIFICATE, "x")], "CertificateNotFound", "'x' not found"),
        (&[("Certificates.member.2.CertificateArn", GONE)], "ValidationError", "exactly one"),
        (&[("SslPolicy", "x")], "SSLPolicyNotFound", "'x' not found"),
        (&[("AlpnPolicy.member.1", "HTTP2Preferred")], "ValidationError", no_alpn),
        (&[("MutualAuthentication.Mode", "verify")], "ValidationError", "A trust store must be specified"),
        (&[("MutualAuthentication.Mode", "on")], "ValidationError", "enum value set"),
        (&[("Protocol", "HTTP")], "ValidationError", "A certificate cannot be specified for HTTP"),
        (&[("Protocol", "HTTP"), ("SslPolicy", POLICY)], "ValidationError", "for HTTP listeners"),
        (
            &[("Protocol", "HTTP"), ("MutualAuthentication.Mode", "off")],
            "ValidationError",
            "for HTTP listeners",
        ),
    ];
    for (changed, code, message) in table {
        world.refused("CreateListener", &with(changed), code, message);
    }
    let mut without = with(&[]);
    without.retain(|(name, _)| *name != CERTIFICATE);
    world.refused("CreateListener", &without, "ValidationError", none);
    world.ok("CreateListener", &with(&[("MutualAuthentication.Mode", "off"), ("SslPolicy", POLICY)]));
}

#[test]
fn a_certificate_is_used_by_callers_of_its_region() {
    let world = World::new();
    let elsewhere = world.in_region("eu-west-1");
    let (balancer, group) = (elsewhere.create_load_balancer("shop"), elsewhere.create_target_group("carts"));
    let certificate = world.upload_certificate("everywhere");
    elsewhere.ok("CreateListener", &secure(&balancer, "443", &group, &certificate));
}

#[test]
fn a_listener_becomes_secure_and_stops_to_be_so() {
    let world = World::new();
    let (one, other) = (world.upload_certificate("one"), world.upload_certificate("other"));
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let listener = world.create_listener(&balancer, "80", &group);
    let https = ("Protocol", "HTTPS");
    let (shows_one, shows_other, policy) =
        ((CERTIFICATE, one.as_str()), (CERTIFICATE, other.as_str()), ("SslPolicy", POLICY));
    let refused = |more: Parameters<'_>, message| {
        world.refused("ModifyListener", &of(&listener, more), "ValidationError", message);
    };
    refused(&[https], "A certificate must be specified");
    refused(&[https, shows_one], "An SSL policy must be specified");
    refused(&[shows_one], "A certificate cannot be specified for HTTP");
    world.ok("ModifyListener", &of(&listener, &[https, shows_one, policy]));
    world.ok("ModifyListener", &of(&listener, &[("SslPolicy", "ELBSecurityPolicy-2016-08")]));
    let replaced = world.ok("ModifyListener", &of(&listener, &[shows_other]));
    assert_eq!(replaced.value(SHOWN), other);
    assert_eq!(replaced.value("Listeners/member/SslPolicy"), "ELBSecurityPolicy-2016-08");
    assert_eq!(world.certificates_of(&listener), [(other.clone(), "true".to_owned())]);
    let open = world.ok("ModifyListener", &of(&listener, &[("Protocol", "HTTP")]));
    assert_eq!((open.count(SHOWN), open.count("Listeners/member/SslPolicy")), (0, 0));
    assert!(world.certificates_of(&listener).is_empty());
}

/// R28.
#[test]
fn certificates_are_added_and_removed() {
    let world = World::new();
    let (one, other) = (world.upload_certificate("one"), world.upload_certificate("other"));
    let listener = world.create_secure_listener("443", &one);
    let of = |arn| [("ListenerArn", listener.as_str()), (CERTIFICATE, arn)];
    let added = world.ok("AddListenerCertificates", &of(&other));
    assert_eq!(added.value("Certificates/member/CertificateArn"), other);
    let revision = world.revision();
    world.ok("AddListenerCertificates", &of(&other));
    assert_eq!(world.revision(), revision, "it is there already");
    world.ok("AddListenerCertificates", &of(&one));
    let is = |arn: &String, default: &str| (arn.clone(), default.to_owned());
    assert_eq!(
        world.certificates_of(&listener),
        [is(&one, "true"), is(&one, "false"), is(&other, "false")],
        "the default one is there twice"
    );
    let first = world.ok("DescribeListenerCertificates", &[("ListenerArn", &listener), ("PageSize", "2")]);
    let marker = first.value("NextMarker");
    let rest = world.ok("DescribeListenerCertificates", &[("ListenerArn", &listener), ("Marker", &marker)]);
    assert_eq!(rest.values("Certificates/member/CertificateArn"), std::slice::from_ref(&other));
    world.ok("RemoveListenerCertificates", &of(&one));
    world.refused("RemoveListenerCertificates", &of(&one), "OperationNotPermitted", "default certificate");
    world.ok("RemoveListenerCertificates", &of(&other));
    world.ok("RemoveListenerCertificates", &of(&other));
    assert_eq!(world.certificates_of(&listener), [is(&one, "true")]);
    world.refused("AddListenerCertificates", &of(GONE), "CertificateNotFound", GONE);
    world.refused("RemoveListenerCertificates", &of("x"), "ValidationError", "certificate ARN");
}

/// R28.
#[test]
fn a_load_balancer_has_at_most_25_more() {
    let world = World::new();
    let listener = world.create_secure_listener("443", &world.upload_certificate("default"));
    for number in 0..=25 {
        let arn = world.upload_certificate(&format!("c{number}"));
        let parameters = [("ListenerArn", listener.as_str()), (CERTIFICATE, arn.as_str())];
        match number {
            25 => world.refused("AddListenerCertificates", &parameters, "TooManyCertificates", "25"),
            _ => drop(world.ok("AddListenerCertificates", &parameters)),
        }
    }
}
