//! Policies of a Classic Load Balancer: the types of policies, and what their attributes say.
//!
//! The API and the records give a type and attributes as texts; [`PolicyKind::read`] is the only way from them to a
//! policy, and [`PolicyKind::attributes`] the way back.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::PolicyName;
use crate::{Cipher, Invalid, ProxyProtocol, SslPolicy};

/// Longest value of a policy's attribute, in bytes: a public key of RSA with 16,384 bits fits.
const VALUE_BYTES: usize = 4096;
/// Most attributes of a policy: there are about as many ciphers.
const ATTRIBUTES: usize = 128;

/// `CookieExpirationPeriod`
const PERIOD: &str = "CookieExpirationPeriod";
/// `CookieName`
const COOKIE_NAME: &str = "CookieName";
/// Cookies that a Classic Load Balancer itself uses.
const RESERVED_COOKIES: [&str; 2] = ["AWSELB", "AWSELBCORS"];
/// `ProxyProtocol`
const PROXY_PROTOCOL: &str = "ProxyProtocol";
/// Elbow's own: the version of the header, 1 or 2.
const PROXY_PROTOCOL_VERSION: &str = "elbow.ProxyProtocolVersion";
/// `PublicKey`
const PUBLIC_KEY: &str = "PublicKey";
/// `PublicKeyPolicyName`, once for each key.
const PUBLIC_KEY_NAME: &str = "PublicKeyPolicyName";
/// `Reference-Security-Policy`
const REFERENCE: &str = "Reference-Security-Policy";

/// Switches TLS 1.2 on.
const TLS_1_2: &str = "Protocol-TLSv1.2";

/// One attribute of a policy, as the API names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyAttribute {
    /// Its name; some may come more than once.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What a policy does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// `LBCookieStickinessPolicyType`: sessions last as long as the cookie `AWSELB`.
    LbCookie {
        /// How long the cookie lasts; `None`: as long as the browser is open.
        period: Option<Duration>,
    },
    /// `AppCookieStickinessPolicyType`: sessions last as long as a cookie of the application.
    AppCookie {
        /// Its name.
        cookie_name: String,
    },
    /// `ProxyProtocolPolicyType`: instances are told the address of the client.
    ProxyProtocol {
        /// How; `None`: they are not.
        version: Option<ProxyProtocol>,
    },
    /// `SSLNegotiationPolicyType`: which versions of TLS and which ciphers are agreed to.
    SslNegotiation(SslNegotiation),
    /// `PublicKeyPolicyType`: a key that instances may have.
    PublicKey {
        /// The key in base64, without lines around it.
        key: String,
    },
    /// `BackendServerAuthenticationPolicyType`: instances must have one of some keys.
    BackEndAuthentication {
        /// Names of the policies of the keys.
        public_keys: BTreeSet<PolicyName>,
    },
}

/// What is agreed to with clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SslNegotiation {
    /// What a policy of AWS says.
    Reference(&'static SslPolicy),
    /// What is switched on or off by the names of protocols (`Protocol-TLSv1.2`), options
    /// (`Server-Defined-Cipher-Order`) and ciphers; what is not named is off.
    Own(BTreeMap<String, bool>),
}

impl SslNegotiation {
    /// The ciphers that a policy with these switches leaves of those that are spoken here; none if TLS 1.2 is off.
    pub fn agreed(switches: &BTreeMap<String, bool>) -> BTreeSet<&'static str> {
        let is_on = |name: &str| switches.get(name).copied().unwrap_or_default();
        let spoken = SslPolicy::by_default().ciphers().filter(|cipher| cipher.is_negotiated());
        spoken.map(Cipher::name).filter(|name| is_on(TLS_1_2) && is_on(name)).collect()
    }
}

impl PolicyKind {
    /// Reads a policy of the type `kind`; `None` if there is no such type.
    pub fn read(kind: &str, attributes: &[PolicyAttribute]) -> Option<Result<Self, Invalid>> {
        let read = match kind {
            "LBCookieStickinessPolicyType" => lb_cookie,
            "AppCookieStickinessPolicyType" => app_cookie,
            "ProxyProtocolPolicyType" => proxy_protocol,
            "SSLNegotiationPolicyType" => ssl_negotiation,
            "PublicKeyPolicyType" => public_key,
            "BackendServerAuthenticationPolicyType" => back_end_authentication,
            _ => return None,
        };
        Some(check(attributes).and_then(|()| read(attributes)))
    }

    /// AWS's word for its type.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::LbCookie { .. } => "LBCookieStickinessPolicyType",
            Self::AppCookie { .. } => "AppCookieStickinessPolicyType",
            Self::ProxyProtocol { .. } => "ProxyProtocolPolicyType",
            Self::SslNegotiation(_) => "SSLNegotiationPolicyType",
            Self::PublicKey { .. } => "PublicKeyPolicyType",
            Self::BackEndAuthentication { .. } => "BackendServerAuthenticationPolicyType",
        }
    }

    /// Its attributes, from which [`Self::read`] makes the same again.
    pub fn attributes(&self) -> Vec<PolicyAttribute> {
        let one = |name: &str, value: String| vec![PolicyAttribute { name: name.to_owned(), value }];
        match self {
            Self::LbCookie { period: None } => vec![],
            Self::LbCookie { period: Some(period) } => one(PERIOD, period.as_secs().to_string()),
            Self::AppCookie { cookie_name } => one(COOKIE_NAME, cookie_name.clone()),
            Self::ProxyProtocol { version } => {
                let mut attributes = one(PROXY_PROTOCOL, version.is_some().to_string());
                if *version == Some(ProxyProtocol::V2) {
                    attributes.extend(one(PROXY_PROTOCOL_VERSION, "2".to_owned()));
                }
                attributes
            }
            Self::SslNegotiation(SslNegotiation::Reference(policy)) => {
                one(REFERENCE, policy.name().to_owned())
            }
            Self::SslNegotiation(SslNegotiation::Own(switches)) => {
                let switch = |(name, on): (&String, &bool)| PolicyAttribute {
                    name: name.clone(),
                    value: on.to_string(),
                };
                switches.iter().map(switch).collect()
            }
            Self::PublicKey { key } => one(PUBLIC_KEY, key.clone()),
            Self::BackEndAuthentication { public_keys } => {
                public_keys.iter().flat_map(|name| one(PUBLIC_KEY_NAME, name.to_string())).collect()
            }
        }
    }

    /// Whether it keeps sessions; a listener has at most one of those.
    pub const fn is_sticky(&self) -> bool {
        matches!(self, Self::LbCookie { .. } | Self::AppCookie { .. })
    }

    /// Whether it is for the ports of instances; the others are for listeners.
    pub const fn is_of_back_end(&self) -> bool {
        matches!(self, Self::ProxyProtocol { .. } | Self::BackEndAuthentication { .. })
    }
}

/// What holds for attributes of every type.
fn check(attributes: &[PolicyAttribute]) -> Result<(), Invalid> {
    if attributes.len() > ATTRIBUTES {
        return Err(Invalid::new(format!("A policy cannot have more than {ATTRIBUTES} attributes")));
    }
    let wrong = attributes.iter().find(|it| it.value.len() > VALUE_BYTES || !it.value.is_ascii());
    wrong.map_or(Ok(()), |it| {
        Err(Invalid::new(format!(
            "The value of policy attribute '{}' must have at most {VALUE_BYTES} ASCII characters",
            it.name
        )))
    })
}

/// The value of the attribute `name`, which may come once; others than `names` may not come.
fn single<'a>(
    attributes: &'a [PolicyAttribute],
    name: &str,
    names: &[&str],
) -> Result<Option<&'a str>, Invalid> {
    if let Some(other) = attributes.iter().find(|it| !names.contains(&it.name.as_str())) {
        return Err(Invalid::new(format!(
            "Policy attribute '{}' is not known for this policy type",
            other.name
        )));
    }
    let mut values = attributes.iter().filter(|it| it.name == name).map(|it| it.value.as_str());
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(Invalid::new(format!("Policy attribute '{name}' cannot have more than one value"))),
    }
}

fn required<'a>(attributes: &'a [PolicyAttribute], name: &str, names: &[&str]) -> Result<&'a str, Invalid> {
    single(attributes, name, names)?
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Invalid::new(format!("Policy attribute '{name}' must be specified")))
}

fn flag(name: &str, value: &str) -> Result<bool, Invalid> {
    match () {
        () if value.eq_ignore_ascii_case("true") => Ok(true),
        () if value.eq_ignore_ascii_case("false") => Ok(false),
        () => {
            Err(Invalid::new(format!("Policy attribute '{name}' must be 'true' or 'false', not '{value}'")))
        }
    }
}

fn lb_cookie(attributes: &[PolicyAttribute]) -> Result<PolicyKind, Invalid> {
    let Some(value) = single(attributes, PERIOD, &[PERIOD])? else {
        return Ok(PolicyKind::LbCookie { period: None });
    };
    // A browser-session cookie is what 0 and nothing mean (facts of the APIs, section 9).
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    let seconds: Option<u64> = digits.then(|| value.parse().ok()).flatten();
    match seconds.filter(|&seconds| seconds <= i64::MAX.cast_unsigned()) {
        Some(0) => Ok(PolicyKind::LbCookie { period: None }),
        Some(seconds) => Ok(PolicyKind::LbCookie { period: Some(Duration::from_secs(seconds)) }),
        None => Err(Invalid::new(format!("{PERIOD} '{value}' must be a number of seconds, 0 or more"))),
    }
}

fn app_cookie(attributes: &[PolicyAttribute]) -> Result<PolicyKind, Invalid> {
    let cookie_name = required(attributes, COOKIE_NAME, &[COOKIE_NAME])?;
    if RESERVED_COOKIES.contains(&cookie_name) {
        return Err(Invalid::new(format!(
            "{COOKIE_NAME} '{cookie_name}' is the load balancer's own cookie; name one of the application"
        )));
    }
    crate::attribute::check_cookie_name(cookie_name)?;
    Ok(PolicyKind::AppCookie { cookie_name: cookie_name.to_owned() })
}

fn proxy_protocol(attributes: &[PolicyAttribute]) -> Result<PolicyKind, Invalid> {
    let names = [PROXY_PROTOCOL, PROXY_PROTOCOL_VERSION];
    let on = flag(PROXY_PROTOCOL, required(attributes, PROXY_PROTOCOL, &names)?)?;
    let version = match single(attributes, PROXY_PROTOCOL_VERSION, &names)? {
        None | Some("1") => ProxyProtocol::V1,
        Some("2") => ProxyProtocol::V2,
        Some(other) => {
            return Err(Invalid::new(format!(
                "'{PROXY_PROTOCOL_VERSION}' must be '1' or '2', not '{other}'"
            )));
        }
    };
    Ok(PolicyKind::ProxyProtocol { version: on.then_some(version) })
}

fn ssl_negotiation(attributes: &[PolicyAttribute]) -> Result<PolicyKind, Invalid> {
    if attributes.iter().any(|it| it.name == REFERENCE) {
        let name = required(attributes, REFERENCE, &[REFERENCE])?;
        let policy = SslPolicy::classic(name).ok_or_else(|| {
            Invalid::new(format!("'{name}' is not the name of a predefined security policy"))
        })?;
        return Ok(PolicyKind::SslNegotiation(SslNegotiation::Reference(policy)));
    }
    let mut switches = BTreeMap::new();
    for attribute in attributes {
        let on = flag(&attribute.name, &attribute.value)?;
        if switches.insert(attribute.name.clone(), on).is_some() {
            return Err(Invalid::new(format!(
                "Policy attribute '{}' cannot have more than one value",
                attribute.name
            )));
        }
    }
    Ok(PolicyKind::SslNegotiation(SslNegotiation::Own(switches)))
}

fn public_key(attributes: &[PolicyAttribute]) -> Result<PolicyKind, Invalid> {
    let key = required(attributes, PUBLIC_KEY, &[PUBLIC_KEY])?;
    let key: String = key.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    if key.is_empty() || !key.bytes().all(base64) {
        return Err(Invalid::new(format!(
            "{PUBLIC_KEY} must be a public key in base64, without the lines that begin and end it"
        )));
    }
    Ok(PolicyKind::PublicKey { key })
}

fn back_end_authentication(attributes: &[PolicyAttribute]) -> Result<PolicyKind, Invalid> {
    let known = |it: &&PolicyAttribute| it.name != PUBLIC_KEY_NAME;
    if let Some(other) = attributes.iter().find(known) {
        return Err(Invalid::new(format!(
            "Policy attribute '{}' is not known for this policy type",
            other.name
        )));
    }
    let names: Result<BTreeSet<_>, _> = attributes.iter().map(|it| PolicyName::parse(&it.value)).collect();
    let public_keys = names?;
    if public_keys.is_empty() {
        return Err(Invalid::new(format!("Policy attribute '{PUBLIC_KEY_NAME}' must be specified")));
    }
    Ok(PolicyKind::BackEndAuthentication { public_keys })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, attributes: &[(&str, &str)]) -> Result<PolicyKind, Invalid> {
        let attribute = |&(name, value): &(&str, &str)| PolicyAttribute {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let attributes: Vec<_> = attributes.iter().map(attribute).collect();
        PolicyKind::read(kind, &attributes).expect(kind)
    }

    #[test]
    fn a_policy_is_read_back_from_its_attributes() {
        for (kind, attributes) in [
            ("LBCookieStickinessPolicyType", &[][..]),
            ("LBCookieStickinessPolicyType", &[(PERIOD, "600")]),
            ("AppCookieStickinessPolicyType", &[(COOKIE_NAME, "JSESSIONID")]),
            ("ProxyProtocolPolicyType", &[(PROXY_PROTOCOL, "true")]),
            ("ProxyProtocolPolicyType", &[(PROXY_PROTOCOL, "false")]),
            ("ProxyProtocolPolicyType", &[(PROXY_PROTOCOL, "true"), (PROXY_PROTOCOL_VERSION, "2")]),
            ("SSLNegotiationPolicyType", &[(REFERENCE, "ELBSecurityPolicy-2016-08")]),
            (
                "SSLNegotiationPolicyType",
                &[("ECDHE-RSA-AES128-GCM-SHA256", "true"), ("Protocol-TLSv1.2", "true")],
            ),
            ("PublicKeyPolicyType", &[(PUBLIC_KEY, "MIIB+/=")]),
            ("BackendServerAuthenticationPolicyType", &[(PUBLIC_KEY_NAME, "a"), (PUBLIC_KEY_NAME, "b")]),
        ] {
            let policy = read(kind, attributes).expect(kind);
            assert_eq!(policy.type_name(), kind);
            let pairs: Vec<_> = policy.attributes().into_iter().map(|it| (it.name, it.value)).collect();
            let expected: Vec<_> =
                attributes.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(pairs, expected);
        }
    }

    #[test]
    fn a_policy_of_ones_own_leaves_the_ciphers_that_it_names() {
        let agreed = |names: &[&str]| {
            let switches = names.iter().map(|name| ((*name).to_owned(), true)).collect();
            SslNegotiation::agreed(&switches).into_iter().collect::<Vec<_>>()
        };
        let (gcm, cbc) = ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA256");
        assert_eq!(agreed(&["Protocol-TLSv1.2", gcm, cbc, "RC4-MD5"]), [gcm]);
        assert_eq!(agreed(&["Protocol-TLSv1", gcm]), [""; 0]);
        assert_eq!(agreed(&["Protocol-TLSv1.2", cbc]), [""; 0]);
    }

    #[test]
    fn a_period_of_nothing_is_a_browser_session() {
        assert_eq!(
            read("LBCookieStickinessPolicyType", &[(PERIOD, "0")]),
            Ok(PolicyKind::LbCookie { period: None })
        );
    }

    #[test]
    fn what_no_policy_can_be_is_refused() {
        for (kind, attributes) in [
            ("LBCookieStickinessPolicyType", &[(PERIOD, "-1")][..]),
            ("LBCookieStickinessPolicyType", &[(PERIOD, "9223372036854775808")]),
            ("LBCookieStickinessPolicyType", &[(PERIOD, "1"), (PERIOD, "2")]),
            ("LBCookieStickinessPolicyType", &[(COOKIE_NAME, "x")]),
            ("AppCookieStickinessPolicyType", &[]),
            ("AppCookieStickinessPolicyType", &[(COOKIE_NAME, "a b")]),
            ("AppCookieStickinessPolicyType", &[(COOKIE_NAME, "AWSELB")]),
            ("AppCookieStickinessPolicyType", &[(COOKIE_NAME, "AWSELBCORS")]),
            ("ProxyProtocolPolicyType", &[(PROXY_PROTOCOL, "yes")]),
            ("ProxyProtocolPolicyType", &[(PROXY_PROTOCOL, "true"), (PROXY_PROTOCOL_VERSION, "3")]),
            ("SSLNegotiationPolicyType", &[(REFERENCE, "ELBSecurityPolicy-0000-00")]),
            ("SSLNegotiationPolicyType", &[("Protocol-TLSv1.2", "on")]),
            ("PublicKeyPolicyType", &[(PUBLIC_KEY, "-----BEGIN PUBLIC KEY-----")]),
            ("BackendServerAuthenticationPolicyType", &[]),
        ] {
            assert!(read(kind, attributes).is_err(), "{kind} {attributes:?}");
        }
        assert_eq!(PolicyKind::read("NoSuchType", &[]), None);
    }
}
