//! What the value of an attribute may be.

use super::header_name;
use crate::{Invalid, TrustStoreArn};

/// The values that an attribute accepts.
#[derive(Debug)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// `true` only: AWS shows the setting and does not let it change.
    AlwaysTrue,
    /// A whole number from the first to the second, both included.
    Number(u64, u64),
    /// 0 for off, or a whole number in the range.
    ZeroOrNumber(u64, u64),
    /// `off`, or a whole number in the range.
    OffOrNumber(u64, u64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Any text of visible ASCII characters up to this length; empty is allowed.
    Text(usize),
    /// The name of an application's cookie (S18): an RFC 6265 token that is not one of ours; empty means none.
    CookieName,
    /// Names of cookies, RFC 6265 tokens with single spaces between them; empty means none.
    CookieNames,
    /// The name of a header field, up to 40 characters; empty means the default name.
    HeaderName,
    /// A name of DNS that a certificate can be for; empty means none.
    ServerName,
    /// The ARN of a trust store; empty means none.
    TrustStore,
    /// The value of a response header field (R26): up to 1,024 of the characters that AWS allows.
    HeaderValue,
}

/// Cookies that the load balancer itself uses (S18).
const RESERVED_COOKIE_PREFIX: &str = "AWSALB";
/// Longest cookie name that is accepted, in bytes.
const COOKIE_NAME_BYTES: usize = 512;
/// Longest list of cookie names that is accepted, in bytes.
const COOKIE_NAMES_BYTES: usize = 1024;
/// Longest name of DNS, in characters (RFC 1035, section 2.3.4).
const SERVER_NAME_BYTES: usize = 253;
/// Longest part of one (the same).
const LABEL_BYTES: usize = 63;
/// Longest header value that is accepted, in bytes (R26).
const HEADER_VALUE_BYTES: usize = 1024;

impl Kind {
    /// Checks a value that somebody gives; the message says what would be accepted.
    pub fn check(&self, key: &str, value: &str) -> Result<(), Invalid> {
        match self {
            Self::HeaderName if header_name::is_taken(value) => Err(taken(key, value)),
            _ => self.check_recorded(key, value),
        }
    }

    /// Checks a value that was recorded, maybe by an Elbow that took more: a record that it has written must stay readable, so
    /// that of the names of headers only those are refused that would break requests.
    pub fn check_recorded(&self, key: &str, value: &str) -> Result<(), Invalid> {
        let fail =
            |accepted: String| Err(Invalid::new(format!("'{key}' value '{value}' must be {accepted}")));
        match self {
            Self::Flag if !matches!(value, "true" | "false") => fail("one of [true, false]".to_owned()),
            Self::AlwaysTrue if value != "true" => fail("'true': it cannot be changed".to_owned()),
            Self::Number(min, max) if !in_range(value, *min, *max) => {
                fail(format!("between '{min}-{max}' inclusive"))
            }
            Self::ZeroOrNumber(min, max) if value != "0" && !in_range(value, *min, *max) => {
                fail(format!("0 or between '{min}-{max}' inclusive"))
            }
            Self::OffOrNumber(min, max) if value != "off" && !in_range(value, *min, *max) => {
                fail(format!("'off' or between '{min}-{max}' inclusive"))
            }
            Self::OneOf(words) if !words.contains(&value) => fail(format!("one of [{}]", words.join(", "))),
            Self::Text(max) if value.len() > *max || !value.bytes().all(|b| (b' '..=b'~').contains(&b)) => {
                fail(format!("at most {max} visible ASCII characters"))
            }
            Self::CookieName => check_own_cookie_name(value),
            Self::CookieNames if value.len() > COOKIE_NAMES_BYTES || !are_cookie_names(value) => fail(
                format!("cookie names with one space between them, at most {COOKIE_NAMES_BYTES} characters"),
            ),
            Self::HeaderName
                if value.len() > header_name::MAX_BYTES || !value.bytes().all(header_name::is_char) =>
            {
                let most = header_name::MAX_BYTES;
                fail(format!("at most {most} letters, digits, hyphens and underscores"))
            }
            Self::HeaderName if header_name::is_framing(value) => Err(taken(key, value)),
            Self::HeaderValue if value.len() > HEADER_VALUE_BYTES || !value.bytes().all(is_header_value) => {
                fail(format!("at most {HEADER_VALUE_BYTES} letters, digits, spaces and ordinary punctuation"))
            }
            Self::ServerName if !value.is_empty() && !is_server_name(value) => {
                fail("a name of DNS such as carts.internal".to_owned())
            }
            Self::TrustStore if !value.is_empty() && TrustStoreArn::parse(value).is_none() => {
                fail("the ARN of a trust store".to_owned())
            }
            _ => Ok(()),
        }
    }
}

fn in_range(value: &str, min: u64, max: u64) -> bool {
    let plain = value.bytes().all(|b| b.is_ascii_digit());
    plain && value.parse().is_ok_and(|number: u64| (min..=max).contains(&number))
}

fn taken(key: &str, value: &str) -> Invalid {
    Invalid::new(format!(
        "'{key}' value '{value}' must be a header that nothing else is told by, such as X-Client-Subject"
    ))
}

fn is_header_value(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b" _:;.,\\/'?!(){}[]@<>=-+*#&`|~^%".contains(&b)
}

fn is_server_name(value: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let is_label = |label: &str| {
        (1..=LABEL_BYTES).contains(&label.len())
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    value.len() <= SERVER_NAME_BYTES && value.split('.').all(is_label)
}

fn are_cookie_names(value: &str) -> bool {
    value.is_empty() || value.split(' ').all(|name| !name.is_empty() && name.bytes().all(is_cookie_name))
}

fn is_cookie_name(b: u8) -> bool {
    b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&b)
}

fn check_own_cookie_name(value: &str) -> Result<(), Invalid> {
    if value.starts_with(RESERVED_COOKIE_PREFIX) {
        return Err(Invalid::new(format!(
            "Application cookie name '{value}' cannot start with the reserved prefixes AWSALB, AWSALBAPP, AWSALBTG"
        )));
    }
    check_cookie_name(value)
}

/// Checks the form of an application cookie's name.
pub(crate) fn check_cookie_name(value: &str) -> Result<(), Invalid> {
    if value.len() > COOKIE_NAME_BYTES || !value.bytes().all(is_cookie_name) {
        return Err(Invalid::new(format!(
            "Application cookie name '{value}' must have at most {COOKIE_NAME_BYTES} characters, none of them a space \
             or a separator"
        )));
    }
    Ok(())
}
