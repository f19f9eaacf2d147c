//! Load balancers for tests.

use std::time::Duration;

use elbow_model::{
    AccessLog, CheckTarget, ClassicAttributes, ClassicHealthCheck, ConnectionDraining, InstanceId,
    PolicyKind, PolicyName, Port, Protocol, ProxyProtocol, Scheme, SslNegotiation,
};

use super::description::{Description, ListenerDescription, Policy};

pub(super) fn port(number: u16) -> Port {
    Port::new(number).unwrap()
}

pub(super) fn policy(name: &str, kind: PolicyKind) -> Policy {
    Policy { name: PolicyName::parse(name).unwrap(), kind }
}

/// A listener to port 8080 of instances, which speak the same without TLS.
pub(super) fn listener(number: u16, protocol: Protocol) -> ListenerDescription {
    let certificate = "arn:aws:acm:us-east-1:000000000000:certificate/1".to_owned();
    ListenerDescription {
        port: port(number),
        protocol,
        instance_protocol: if protocol.is_http() { Protocol::Http } else { Protocol::Tcp },
        instance_port: port(8080),
        certificate: protocol.is_secure().then_some(certificate),
        policies: vec![],
    }
}

pub(super) fn with_policy(
    mut listener: ListenerDescription,
    name: &str,
    kind: PolicyKind,
) -> ListenerDescription {
    listener.policies.push(policy(name, kind));
    listener
}

/// One of which everything can be carried over.
pub(super) fn simple() -> Description {
    let target = CheckTarget::parse("HTTP:8080/up").unwrap();
    Description {
        name: "shop".to_owned(),
        scheme: Scheme::InternetFacing,
        vpc: Some("vpc-1".to_owned()),
        subnets: vec!["subnet-a".to_owned(), "subnet-b".to_owned()],
        security_groups: vec![],
        listeners: vec![listener(80, Protocol::Http)],
        back_ends: [].into(),
        health_check: ClassicHealthCheck { target, ..ClassicHealthCheck::default_on(port(8080)) },
        instances: vec![],
        attributes: ClassicAttributes { cross_zone: true, ..ClassicAttributes::default() },
        tags: vec![],
    }
}

/// One that has something of everything.
pub(super) fn balancer() -> Description {
    let app = PolicyKind::AppCookie { cookie_name: "cart".to_owned() };
    let switches = ["Protocol-TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256"].map(|name| (name.to_owned(), true));
    let own = PolicyKind::SslNegotiation(SslNegotiation::Own(switches.into()));
    let proxy = PolicyKind::ProxyProtocol { version: Some(ProxyProtocol::V1) };
    let period = Some(Duration::from_secs(600));
    let instance = |id: &str| InstanceId::parse(id).unwrap();
    Description {
        security_groups: vec!["sg-1".to_owned()],
        listeners: vec![
            with_policy(listener(80, Protocol::Http), "by-duration", PolicyKind::LbCookie { period }),
            with_policy(with_policy(listener(443, Protocol::Https), "with-cart", app), "secure", own),
            with_policy(listener(8081, Protocol::Http), "session", PolicyKind::LbCookie { period: None }),
            ListenerDescription { instance_port: port(9000), ..listener(8082, Protocol::Http) },
            ListenerDescription {
                instance_protocol: Protocol::Https,
                instance_port: port(8443),
                ..listener(8083, Protocol::Http)
            },
            listener(5432, Protocol::Tcp),
        ],
        back_ends: [(port(8080), vec![policy("proxy", proxy)])].into(),
        health_check: ClassicHealthCheck::default_on(port(8443)),
        instances: vec![instance("i-0a"), instance("i-0b")],
        attributes: ClassicAttributes {
            cross_zone: true,
            access_log: AccessLog {
                enabled: true,
                bucket: "logs".to_owned(),
                prefix: "shop".to_owned(),
                emit_minutes: 60,
            },
            connection_draining: ConnectionDraining { enabled: true, timeout: Duration::from_secs(20) },
            ..ClassicAttributes::default()
        },
        tags: vec![
            ("team".to_owned(), "carts & more".to_owned()),
            ("aws:cloudformation:stack-name".to_owned(), "shop".to_owned()),
        ],
        ..simple()
    }
}

/// What the API answers about a load balancer: itself, its attributes, its policies, its tags.
pub(super) fn answers() -> [&'static str; 4] {
    [
        "<R><LoadBalancerDescriptions><member><LoadBalancerName>shop</LoadBalancerName><Scheme>internal</Scheme>\
         <ListenerDescriptions>\
         <member><Listener><Protocol>HTTPS</Protocol><LoadBalancerPort>443</LoadBalancerPort><InstanceProtocol>HTTP\
         </InstanceProtocol><InstancePort>8080</InstancePort><SSLCertificateId>\
         arn:aws:acm:us-east-1:000000000000:certificate/1</SSLCertificateId></Listener>\
         <PolicyNames><member>with-cart</member><member>secure</member></PolicyNames></member>\
         <member><Listener><Protocol>HTTP</Protocol><LoadBalancerPort>80</LoadBalancerPort><InstanceProtocol>HTTP\
         </InstanceProtocol><InstancePort>8080</InstancePort></Listener><PolicyNames/></member>\
         </ListenerDescriptions><BackendServerDescriptions><member><InstancePort>8080</InstancePort>\
         <PolicyNames><member>proxy</member></PolicyNames></member></BackendServerDescriptions>\
         <Subnets><member>subnet-a</member><member>subnet-b</member></Subnets><VPCId>vpc-1</VPCId>\
         <Instances><member><InstanceId>i-0a</InstanceId></member></Instances>\
         <HealthCheck><Target>HTTP:8080/up</Target><Interval>30</Interval><Timeout>5</Timeout>\
         <UnhealthyThreshold>2</UnhealthyThreshold><HealthyThreshold>10</HealthyThreshold></HealthCheck>\
         <SecurityGroups/></member></LoadBalancerDescriptions></R>",
        "<R><LoadBalancerAttributes><CrossZoneLoadBalancing><Enabled>true</Enabled></CrossZoneLoadBalancing>\
         <AccessLog><Enabled>false</Enabled></AccessLog><ConnectionDraining><Enabled>true</Enabled><Timeout>20</Timeout>\
         </ConnectionDraining><ConnectionSettings><IdleTimeout>60</IdleTimeout></ConnectionSettings>\
         <AdditionalAttributes><member><Key>elb.http.desyncmitigationmode</Key><Value>strictest</Value></member>\
         </AdditionalAttributes></LoadBalancerAttributes></R>",
        "<R><PolicyDescriptions>\
         <member><PolicyName>with-cart</PolicyName><PolicyTypeName>AppCookieStickinessPolicyType</PolicyTypeName>\
         <PolicyAttributeDescriptions><member><AttributeName>CookieName</AttributeName><AttributeValue>cart\
         </AttributeValue></member></PolicyAttributeDescriptions></member>\
         <member><PolicyName>secure</PolicyName><PolicyTypeName>SSLNegotiationPolicyType</PolicyTypeName>\
         <PolicyAttributeDescriptions><member><AttributeName>Reference-Security-Policy</AttributeName><AttributeValue>\
         ELBSecurityPolicy-2016-08</AttributeValue></member><member><AttributeName>Protocol-TLSv1.2</AttributeName>\
         <AttributeValue>true</AttributeValue></member></PolicyAttributeDescriptions></member>\
         <member><PolicyName>proxy</PolicyName><PolicyTypeName>ProxyProtocolPolicyType</PolicyTypeName>\
         <PolicyAttributeDescriptions><member><AttributeName>ProxyProtocol</AttributeName><AttributeValue>true\
         </AttributeValue></member></PolicyAttributeDescriptions></member>\
         </PolicyDescriptions></R>",
        "<R><TagDescriptions><member><LoadBalancerName>shop</LoadBalancerName><Tags><member><Key>team</Key><Value>carts\
         </Value></member></Tags></member></TagDescriptions></R>",
    ]
}
