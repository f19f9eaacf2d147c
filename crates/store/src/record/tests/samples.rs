//! One entity for each golden record.

use std::time::Duration;

use elbow_model::attribute::{listener, load_balancer, target_group};
use elbow_model::key::{ListenerKey, LoadBalancerKey, StackKey, TargetGroupKey, TargetKey};
use elbow_model::{
    AccessKeyId, Action, ActionOrder, Actions, Arn, Attributes, Authority, Certificate, CertificateArn,
    CertificateKey, CertificateSource, ChangeSet, ChangedPart, CheckTarget, ClassicAttributes,
    ClassicHealthCheck, ClassicListener, ClassicLoadBalancer, ClientCertificates, Codes, Condition,
    Conditions, ContentType, Credential, FixedResponse, Forward, GroupPolicies, GroupStickiness, HealthCheck,
    HealthCheckPort, HealthCheckProtocol, Instance, InstanceId, InstanceSource, IpAddressType, KeyGeneration,
    Listener, LoadBalancer, LoadBalancerArn, LoadBalancerKind, Matcher, PlannedAction, PlannedChange,
    PolicyAttribute, PolicyKind, PolicyName, Port, Priority, Protocol, ProtocolVersion, Redirect,
    RedirectParts, RedirectStatus, Region, Registration, Revocation, RevocationKind, Rewrite, Rule, Scheme,
    Secret, Secure, SslPolicy, Stack, StackArn, StackEvent, StackName, StackOutput, StackResource,
    StackSource, StackStatus, Subnet, SubnetId, Tags, Target, TargetGroup, TargetId, TargetType, TargetZone,
    Timestamp, Transforms, TrustStore, TrustStoreArn, Weight, WeightedTargetGroup, Zone, ZonePlacement,
};

use super::super::*;

fn tags() -> Tags {
    let mut tags = Tags::default();
    tags.set("team", "carts +1").unwrap();
    tags.set("elbow:note", "").unwrap();
    tags
}

fn attributes(table: &'static [elbow_model::attribute::Attribute], key: &str, value: &str) -> Attributes {
    let mut attributes = Attributes::new(table);
    attributes.set(key, value).unwrap();
    attributes
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

fn balancer() -> LoadBalancer {
    let arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/shop/50dc6c495c0c9188";
    let Some(Arn::LoadBalancer(arn)) = Arn::parse(arn) else { panic!("{arn}") };
    let placement =
        |name, subnet| ZonePlacement { zone: zone(name), subnet: SubnetId::parse(subnet).unwrap() };
    LoadBalancer {
        arn,
        dns_name: "shop-50dc6c495c0c9188.us-east-1.elb.localhost".to_owned(),
        created: Timestamp::from_millis(1_700_000_000_123),
        scheme: Scheme::InternetFacing,
        ip_address_type: IpAddressType::Ipv4,
        vpc: "vpc-1".to_owned(),
        zones: vec![placement("us-east-1a", "subnet-1"), placement("us-east-1b", "subnet-2")],
        security_groups: vec!["sg-1".to_owned()],
        address: Some([127, 0, 0, 5].into()),
        attributes: attributes(load_balancer::TABLE, load_balancer::IDLE_TIMEOUT, "4000"),
        tags: tags(),
    }
}

/// A stack with one of everything.
fn stack() -> Stack {
    let created = Timestamp::from_millis(1_700_000_000_123);
    let source = StackSource {
        template: "Resources: {}".to_owned(),
        description: Some("a shop".to_owned()),
        parameters: [
            ("Password".to_owned(), "not-a-secret-at-all".to_owned()),
            ("Port".to_owned(), "80".to_owned()),
        ]
        .into(),
        hidden: ["Password".to_owned()].into(),
        tags: tags(),
    };
    let kind = "AWS::ElasticLoadBalancing::LoadBalancer".to_owned();
    Stack {
        arn: StackArn::parse("arn:aws:cloudformation:us-east-1:000000000000:stack/shop/00000000000000ff")
            .unwrap(),
        created,
        updated: Some(Timestamp::from_millis(1_700_000_000_456)),
        status: StackStatus::UpdateComplete,
        reason: Some("why".to_owned()),
        source: source.clone(),
        outputs: [("Url".to_owned(), StackOutput { value: "http://shop".to_owned(), description: None })]
            .into(),
        resources: vec![StackResource {
            logical_id: "Shop".to_owned(),
            physical_id: "shop-Shop-1".to_owned(),
            kind: kind.clone(),
            status: StackStatus::CreateComplete,
            touched: created,
            properties: "{}".to_owned(),
            is_retained: true,
        }],
        events: vec![StackEvent {
            number: 7,
            at: created,
            logical_id: "Shop".to_owned(),
            physical_id: String::new(),
            kind: kind.clone(),
            status: StackStatus::CreateInProgress,
            reason: None,
            token: Some("once-1".to_owned()),
        }],
        event_count: 7,
        change_sets: [(
            StackName::parse("next").unwrap(),
            ChangeSet {
                key: StackKey::new(0xfe),
                created,
                description: Some("the next one".to_owned()),
                source,
                changes: vec![PlannedChange {
                    action: PlannedAction::Replace,
                    logical_id: "Shop".to_owned(),
                    physical_id: Some("shop-Shop-1".to_owned()),
                    kind,
                    scope: [ChangedPart::Properties, ChangedPart::Tags].into(),
                }],
                failure: None,
                token: Some("once-2".to_owned()),
            },
        )]
        .into(),
        keeps_failures: false,
        is_protected: true,
    }
}

/// A stack as version 1 knew it: which parameters it hides is not known.
fn old_stack() -> Stack {
    let mut stack = stack();
    let forget = |source: &mut StackSource| {
        source.description = None;
        source.parameters.remove("Password");
        source.hidden = ["Port".to_owned()].into();
    };
    forget(&mut stack.source);
    stack.events.iter_mut().for_each(|event| event.token = None);
    for set in stack.change_sets.values_mut() {
        forget(&mut set.source);
        set.token = None;
        set.changes.iter_mut().for_each(|change| change.scope.clear());
    }
    stack
}

/// A Classic Load Balancer with every kind of policy.
fn classic() -> ClassicLoadBalancer {
    let policy = |name: &str, kind: &str, attributes: &[(&str, &str)]| {
        let attribute = |&(name, value): &(&str, &str)| PolicyAttribute {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let attributes: Vec<_> = attributes.iter().map(attribute).collect();
        let kind = PolicyKind::read(kind, &attributes).expect(kind).expect(name);
        (PolicyName::parse(name).unwrap(), kind)
    };
    let listener = |number, protocol, certificate: Option<&str>, policies: &[&str]| ClassicListener {
        key: ListenerKey::new(number),
        group: TargetGroupKey::new(number + 0x10),
        protocol,
        instance_protocol: if protocol == Protocol::Https { Protocol::Http } else { protocol },
        instance_port: port(8081),
        certificate: certificate.map(|arn| CertificateArn::parse(arn).unwrap()),
        policies: policies.iter().map(|name| PolicyName::parse(name).unwrap()).collect(),
    };
    let at = Timestamp::from_millis;
    let registration = |number, deregistered, zone_disabled| Registration {
        key: TargetKey::new(number),
        registered: at(1_700_000_000_500),
        deregistered,
        zone_disabled,
    };
    let instance = |id: &str| InstanceId::parse(id).unwrap();
    let balancer = balancer();
    ClassicLoadBalancer {
        arn: LoadBalancerArn {
            key: LoadBalancerKey::new(0x1a2b),
            kind: LoadBalancerKind::Classic,
            ..balancer.arn
        },
        dns_name: "shop-1234567890.us-east-1.elb.localhost".to_owned(),
        created: balancer.created,
        scheme: Scheme::Internal,
        vpc: balancer.vpc,
        zones: balancer.zones,
        security_groups: balancer.security_groups,
        address: Some([127, 0, 0, 6].into()),
        listeners: [
            (port(80), listener(1, Protocol::Http, None, &["carts"])),
            (port(443), listener(2, Protocol::Https, Some(ACM), &["sessions", "tls"])),
            (port(5432), listener(3, Protocol::Tcp, None, &[])),
        ]
        .into(),
        policies: [
            policy("carts", "AppCookieStickinessPolicyType", &[("CookieName", "cart")]),
            policy("sessions", "LBCookieStickinessPolicyType", &[("CookieExpirationPeriod", "600")]),
            policy(
                "tls",
                "SSLNegotiationPolicyType",
                &[("Reference-Security-Policy", "ELBSecurityPolicy-TLS-1-2-2017-01")],
            ),
            policy("proxy", "ProxyProtocolPolicyType", &[("ProxyProtocol", "true")]),
            policy("key", "PublicKeyPolicyType", &[("PublicKey", "MIIB")]),
            policy("keys", "BackendServerAuthenticationPolicyType", &[("PublicKeyPolicyName", "key")]),
        ]
        .into(),
        back_end_policies: [(port(8081), [PolicyName::parse("proxy").unwrap()].into())].into(),
        health_check: ClassicHealthCheck {
            target: CheckTarget::parse("HTTP:8081/healthz").unwrap(),
            ..ClassicHealthCheck::default_on(port(80))
        },
        instances: [
            (instance("i-1"), registration(5, None, Some(at(1_700_000_001_500)))),
            (instance("i-2"), registration(6, Some(at(1_700_000_001_000)), None)),
        ]
        .into(),
        attributes: ClassicAttributes { cross_zone: true, ..ClassicAttributes::default() },
        tags: tags(),
    }
}

fn port(number: u16) -> Port {
    Port::new(number).unwrap()
}

fn group() -> TargetGroup {
    let arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/carts/73e2d6bc24d8a067";
    let Some(Arn::TargetGroup(arn)) = Arn::parse(arn) else { panic!("{arn}") };
    TargetGroup {
        arn,
        created: Timestamp::from_millis(1_700_000_000_456),
        target_type: TargetType::Ip,
        protocol: Protocol::Http,
        protocol_version: ProtocolVersion::Http1,
        port: Port::new(8081).unwrap(),
        vpc: "vpc-1".to_owned(),
        health_check: HealthCheck {
            port: HealthCheckPort::Fixed(Port::new(9000).unwrap()),
            path: "/healthz?deep=1".to_owned(),
            interval: Duration::from_secs(10),
            matcher: Matcher::parse(Codes::Http, "200-299,404").unwrap(),
            ..HealthCheck::default()
        },
        attributes: attributes(target_group::TABLE, target_group::STICKINESS_ENABLED, "true"),
        policies: GroupPolicies::default(),
        tags: Tags::default(),
    }
}

fn layer() -> TargetGroup {
    TargetGroup { target_type: TargetType::Alb, ..group() }
}

fn secure_group() -> TargetGroup {
    let group = group();
    let health_check = HealthCheck { protocol: HealthCheckProtocol::Https, ..group.health_check };
    TargetGroup { protocol: Protocol::Https, health_check, ..group }
}

fn grpc_group() -> TargetGroup {
    let version = ProtocolVersion::Grpc;
    TargetGroup { protocol_version: version, health_check: HealthCheck::default_of(version), ..group() }
}

fn listener() -> Listener {
    let arn = format!("{}/f2f7dc8efc522ab2", balancer().arn).replace(":loadbalancer/", ":listener/");
    let Some(Arn::Listener(arn)) = Arn::parse(&arn) else { panic!("{arn}") };
    Listener {
        arn,
        port: Port::new(80).unwrap(),
        protocol: Protocol::Http,
        secure: None,
        default_actions: Actions::only(Action::Forward(Forward::to(group().arn.key))),
        attributes: attributes(listener::TABLE, listener::SERVER_HEADER, "false"),
        tags: tags(),
    }
}

fn secure_listener() -> Listener {
    Listener {
        protocol: Protocol::Https,
        secure: Some(Secure {
            policy: SslPolicy::named("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09").unwrap(),
            certificate: CertificateArn::parse(ACM).unwrap(),
            more: [CertificateArn::parse(SERVER).unwrap()].into(),
            only: None,
            client_certificates: ClientCertificates::Ignored,
        }),
        ..listener()
    }
}

fn asking_listener(client_certificates: ClientCertificates) -> Entity {
    let mut listener = secure_listener();
    listener.secure.as_mut().unwrap().client_certificates = client_certificates;
    Entity::Listener(Arc::new(listener))
}

fn trust_store() -> TrustStore {
    let content = include_bytes!("../../../tests/pem/authority.crl");
    let list = Revocation { kind: RevocationKind::Crl, content: Arc::from(&content[..]), entries: 2 };
    TrustStore {
        arn: TrustStoreArn::parse(TRUST_STORE_ARN).unwrap(),
        created: Timestamp::from_millis(1_800_000_008_000),
        bundle: AUTHORITY_PEM.into(),
        revocations: [(3, list)].into(),
        next_revocation: 7,
        tags: tags(),
    }
}

/// A rule with every kind of condition.
fn rule(number: u64, routing: Action) -> Entity {
    let arn = format!("{}/{number:016x}", listener().arn).replace(":listener/", ":listener-rule/");
    let Some(Arn::Rule(arn)) = Arn::parse(&arn) else { panic!("{arn}") };
    let conditions = vec![
        Condition::host_header(&[], &["^carts[0-9]*[.]"]).unwrap(),
        Condition::path_pattern(&["/carts/*"], &[]).unwrap(),
        Condition::http_header("User-Agent", &["*Chrome*"], &[]).unwrap(),
        Condition::query_string(&[(Some("version"), "v?")]).unwrap(),
        Condition::source_ip(&["10.0.0.0/8"]).unwrap(),
    ];
    Entity::Rule(Arc::new(Rule {
        arn,
        priority: Priority::new(u16::try_from(number).unwrap()).unwrap(),
        conditions: Conditions::new(conditions).unwrap(),
        transforms: Transforms {
            host: Some(Rewrite::of_host("^carts", "shop").unwrap()),
            url: Some(Rewrite::of_url("^/carts/(.*)$", "/$1").unwrap()),
        },
        actions: Actions { order: Some(ActionOrder::new(7).unwrap()), routing },
        tags: tags(),
    }))
}

fn forward() -> Action {
    let weighted =
        |key, weight| WeightedTargetGroup { target_group: key, weight: Weight::new(weight).unwrap() };
    let stickiness = GroupStickiness::On { duration: Duration::from_secs(3600) };
    let groups = vec![weighted(group().arn.key, 999), weighted(TargetGroupKey::new(2), 0)];
    Action::Forward(Forward::new(groups, stickiness).unwrap())
}

fn redirect() -> Action {
    let parts = RedirectParts { protocol: "HTTPS".into(), port: "443".into(), ..RedirectParts::default() };
    Action::Redirect(Redirect::new(RedirectStatus::Permanent, parts).unwrap())
}

fn fixed_response() -> Action {
    Action::FixedResponse(FixedResponse::new(503, Some(ContentType::Json), "{\"retry\":true}").unwrap())
}

fn instance() -> Instance {
    Instance {
        id: InstanceId::parse("i-0abc").unwrap(),
        address: "fd00::7".parse().unwrap(),
        zone: zone("us-east-1a"),
        source: InstanceSource::Operator,
    }
}

pub(super) const ACM: &str =
    "arn:aws:acm:us-east-1:000000000000:certificate/868a367f-151a-44d1-b930-daf7f28093e6";
const TRUST_STORE_ARN: &str =
    "arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/staff/8a3ed5b1c0ffee01";
const AUTHORITY_PEM: &[u8] = include_bytes!("../../../tests/pem/authority.pem");
const ISSUED: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const SERVER: &str = "arn:aws:iam::000000000000:server-certificate/shop/carts";

/// The authority that issued the certificate of the samples; no program has it.
fn authority() -> Authority {
    let key = include_bytes!("../../../tests/pem/authority.key");
    let material = elbow_certificates::upload(AUTHORITY_PEM, key, None, ISSUED).unwrap();
    Authority { certificate: material.certificate, private_key: material.private_key, created: ISSUED }
}

fn certificate(arn: &str) -> Certificate {
    let pem = include_bytes!("../../../tests/pem/certificate.pem");
    let key = include_bytes!("../../../tests/pem/certificate.key");
    let material = elbow_certificates::upload(pem, key, Some(AUTHORITY_PEM), ISSUED);
    Certificate {
        key: CertificateKey::parse("868a367f-151a-44d1-b930-daf7f28093e6").unwrap(),
        arn: CertificateArn::parse(arn).unwrap(),
        source: CertificateSource::Imported,
        created: Timestamp::from_millis(1_800_000_006_000),
        changed: Timestamp::from_millis(1_800_000_007_000),
        material: Arc::new(material.unwrap()),
        tags: tags(),
    }
}

pub(super) fn samples() -> Vec<(&'static str, Entity)> {
    let group_key = group().arn.key;
    let target = Target {
        group: group_key,
        key: TargetKey::new(1),
        id: TargetId::Ip([10, 0, 0, 1].into()),
        port: Port::new(8081).unwrap(),
        zone: Some(TargetZone::All),
        registered: Timestamp::from_millis(1_700_000_001_000),
        deregistered: Some(Timestamp::from_millis(1_700_000_002_000)),
    };
    let layered =
        Target { id: TargetId::LoadBalancer(balancer().arn), key: TargetKey::new(2), ..target.clone() };
    let resolved = Instance { source: InstanceSource::Ec2, ..instance() };
    let subnet = Subnet {
        region: Region::parse("us-east-1").unwrap(),
        id: SubnetId::parse("subnet-0ff1ce").unwrap(),
        zone: zone("us-east-1c"),
    };
    let credential = Credential {
        id: AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").unwrap(),
        secret: Secret::parse("not-a-secret-at-all").unwrap(),
        created: Timestamp::from_millis(1_700_000_003_000),
    };
    let generation = KeyGeneration {
        id: 3,
        secret: *b"sixteen bytes ok",
        created: Timestamp::from_millis(1_700_000_004_000),
        promoted: Timestamp::from_millis(1_700_000_005_000),
    };
    let verified = ClientCertificates::Verified {
        trust_store: trust_store().arn,
        ignore_expiry: false,
        advertise_names: true,
    };
    vec![
        ("load_balancer.v1", Entity::LoadBalancer(Arc::new(balancer()))),
        ("listener.v4", Entity::Listener(Arc::new(listener()))),
        ("listener.v4.https", Entity::Listener(Arc::new(secure_listener()))),
        ("listener.v4.passthrough", asking_listener(ClientCertificates::Passed)),
        ("listener.v4.verify", asking_listener(verified)),
        ("rule.v1", rule(1, forward())),
        ("rule.v1.redirect", rule(2, redirect())),
        ("rule.v1.fixed_response", rule(3, fixed_response())),
        ("target_group.v3", Entity::TargetGroup(Arc::new(group()))),
        ("target_group.v3.alb", Entity::TargetGroup(Arc::new(layer()))),
        ("target_group.v3.https", Entity::TargetGroup(Arc::new(secure_group()))),
        ("target_group.v3.grpc", Entity::TargetGroup(Arc::new(grpc_group()))),
        ("target.v1", Entity::Target(Arc::new(target))),
        ("target.v1.alb", Entity::Target(Arc::new(layered))),
        ("instance.v2", Entity::Instance(Arc::new(instance()))),
        ("instance.v2.ec2", Entity::Instance(Arc::new(resolved))),
        ("subnet.v1", Entity::Subnet(Arc::new(subnet))),
        ("credential.v1", Entity::Credential(Arc::new(credential))),
        ("key_generation.v1", Entity::KeyGeneration(Arc::new(generation))),
        ("certificate.v1", Entity::Certificate(Arc::new(certificate(ACM)))),
        ("certificate.v1.server", Entity::Certificate(Arc::new(certificate(SERVER)))),
        ("authority.v1", Entity::Authority(Arc::new(authority()))),
        ("trust_store.v2", Entity::TrustStore(Arc::new(trust_store()))),
        ("classic_load_balancer.v1", Entity::ClassicLoadBalancer(Arc::new(classic()))),
        ("stack.v2", Entity::Stack(Arc::new(stack()))),
    ]
}

/// Records as earlier versions wrote them, and what they are today.
pub(super) fn old_samples() -> Vec<(&'static str, Entity)> {
    vec![
        ("listener.v1", Entity::Listener(Arc::new(listener()))),
        ("listener.v2", Entity::Listener(Arc::new(listener()))),
        ("listener.v3", Entity::Listener(Arc::new(listener()))),
        ("listener.v3.https", Entity::Listener(Arc::new(secure_listener()))),
        ("instance.v1", Entity::Instance(Arc::new(instance()))),
        ("stack.v1", Entity::Stack(Arc::new(old_stack()))),
        ("target_group.v1", Entity::TargetGroup(Arc::new(group()))),
        ("target_group.v1.alb", Entity::TargetGroup(Arc::new(layer()))),
        ("target_group.v2", Entity::TargetGroup(Arc::new(group()))),
        ("target_group.v2.alb", Entity::TargetGroup(Arc::new(layer()))),
        ("target_group.v2.https", Entity::TargetGroup(Arc::new(secure_group()))),
        ("trust_store.v1", Entity::TrustStore(Arc::new(TrustStore { next_revocation: 4, ..trust_store() }))),
    ]
}
