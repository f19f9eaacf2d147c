//! The types of policies, and which attributes they have.

use elbow_model::ssl_switches;

use super::policies::no_type;
use crate::call::Call;
use crate::error::Error;
use crate::wire::{Params, Xml};

/// A type as AWS describes it.
struct PolicyType {
    name: &'static str,
    description: &'static str,
    attributes: &'static [AttributeType],
}

/// One of its attributes; name, type, and how often it is given.
type AttributeType = (&'static str, &'static str, &'static str);

const ONE: &str = "ONE";
const ZERO_OR_ONE: &str = "ZERO_OR_ONE";

/// All of them. The switches of SSL negotiation are listed by [`ssl_switches`].
const TYPES: &[PolicyType] = &[
    PolicyType {
        name: "SSLNegotiationPolicyType",
        description: "Listener policy that defines the ciphers and protocols that will be accepted by the load balancer. This \
                      policy can be associated only with HTTPS/SSL listeners.",
        attributes: &[("Reference-Security-Policy", "String", ZERO_OR_ONE)],
    },
    PolicyType {
        name: "BackendServerAuthenticationPolicyType",
        description: "Policy that controls authentication to back-end server(s) and contains one or more policies, such as an \
                      instance of a PublicKeyPolicyType. This policy can be associated only with back-end servers that are \
                      using HTTPS/SSL.",
        attributes: &[("PublicKeyPolicyName", "PolicyName", "ONE_OR_MORE")],
    },
    PolicyType {
        name: "PublicKeyPolicyType",
        description: "Policy containing a list of public keys to accept when authenticating the back-end server(s). This policy \
                      cannot be applied directly to back-end servers or listeners but must be part of a \
                      BackendServerAuthenticationPolicyType.",
        attributes: &[("PublicKey", "String", ONE)],
    },
    PolicyType {
        name: "AppCookieStickinessPolicyType",
        description: "Stickiness policy with session lifetimes controlled by the lifetime of the application-generated cookie. \
                      This policy can be associated only with HTTP/HTTPS listeners.",
        attributes: &[("CookieName", "String", ONE)],
    },
    PolicyType {
        name: "LBCookieStickinessPolicyType",
        description: "Stickiness policy with session lifetimes controlled by the browser (user-agent) or a specified \
                      expiration period. This policy can be associated only with HTTP/HTTPS listeners.",
        attributes: &[("CookieExpirationPeriod", "Long", ZERO_OR_ONE)],
    },
    PolicyType {
        name: "ProxyProtocolPolicyType",
        description: "Policy that controls whether to include the IP address and port of the originating request for TCP \
                      messages. This policy operates on TCP/SSL listeners only",
        attributes: &[
            ("ProxyProtocol", "Boolean", ONE),
            ("elbow.ProxyProtocolVersion", "Integer", ZERO_OR_ONE),
        ],
    },
];

/// `DescribeLoadBalancerPolicyTypes`
pub(crate) fn describe(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let names = params.texts("PolicyTypeNames")?.unwrap_or_default();
    let named = |name: &&str| TYPES.iter().find(|it| it.name == *name).ok_or_else(|| no_type(name));
    let chosen: Vec<&PolicyType> = match names.as_slice() {
        [] => TYPES.iter().collect(),
        names => names.iter().map(named).collect::<Result<_, _>>()?,
    };
    let mut xml = Xml::new();
    xml.list("PolicyTypeDescriptions", chosen, |xml, it| {
        xml.text("PolicyTypeName", it.name);
        xml.text("Description", it.description);
        let switches = ssl_switches().filter(|_| it.name == "SSLNegotiationPolicyType");
        let switches = switches.map(|name| (name, "Boolean", ZERO_OR_ONE));
        let attributes = it.attributes.iter().copied().chain(switches);
        xml.list("PolicyAttributeTypeDescriptions", attributes, |xml, (name, kind, cardinality)| {
            xml.text("AttributeName", name);
            xml.text("AttributeType", kind);
            xml.text("Cardinality", cardinality);
        });
    });
    Ok(xml)
}
