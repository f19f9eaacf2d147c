//! `Host` and the authority of an absolute request target (RFC 9110 section 7.2, R8, R9).

use crate::chars;
use std::net::Ipv6Addr;

/// A host name or address with an optional port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HostPort<'a> {
    /// With the brackets of an IPv6 address.
    pub(crate) host: &'a [u8],
    /// What stands behind the colon, which may be nothing.
    pub(crate) port: Option<&'a [u8]>,
}

/// Splits and checks `host[:port]`. None for what no server should see: user information, blanks, brackets
/// around anything but an IPv6 address, ports beyond 65535, nothing at all.
pub(crate) fn read(value: &[u8]) -> Option<HostPort<'_>> {
    let (host, rest) = match value {
        [b'[', address @ ..] => {
            let close = address.iter().position(|&b| b == b']')?;
            std::str::from_utf8(address.get(..close)?).ok()?.parse::<Ipv6Addr>().ok()?;
            value.split_at_checked(close + 2)?
        }
        _ => {
            let end = value.iter().position(|&b| !chars::is_host_byte(b)).unwrap_or(value.len());
            if end == 0 {
                return None;
            }
            value.split_at_checked(end)?
        }
    };
    match rest {
        [] => Some(HostPort { host, port: None }),
        [b':', port @ ..] if is_port(port) => Some(HostPort { host, port: Some(port) }),
        _ => None,
    }
}

/// An empty port is allowed by RFC 3986 section 3.2.3 and means the default.
fn is_port(port: &[u8]) -> bool {
    port.len() <= 5
        && port.iter().all(u8::is_ascii_digit)
        && port.iter().fold(0u32, |sum, b| sum * 10 + u32::from(b - b'0')) <= u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_or_addresses_and_nothing_else() {
        let good: [(&str, &str, Option<&str>); 9] = [
            ("a", "a", None),
            ("Shop.Example.com", "Shop.Example.com", None),
            ("a_b.example:8080", "a_b.example", Some("8080")),
            ("127.0.0.1:80", "127.0.0.1", Some("80")),
            ("[::1]", "[::1]", None),
            ("[2001:db8::1]:443", "[2001:db8::1]", Some("443")),
            ("a:", "a", Some("")),
            ("a:65535", "a", Some("65535")),
            ("xn--bcher-kva.example", "xn--bcher-kva.example", None),
        ];
        for (value, host, port) in good {
            let expected = HostPort { host: host.as_bytes(), port: port.map(str::as_bytes) };
            assert_eq!(read(value.as_bytes()), Some(expected), "{value}");
        }
    }

    #[test]
    fn broken_hosts_are_refused() {
        let bad = [
            "", ":80", "a b", "a,b c", "user@a", "a/b", "a?b", "a#b", "a:b", "a:65536", "a:123456",
            "a:80:80", "[::1", "[::1]x", "[a]", "[]", "::1", "a\\b", "a\u{e9}", "a\tb", "a\u{1}", "<a>",
            "a\"", "a:-1", "a: 80",
        ];
        for value in bad {
            assert_eq!(read(value.as_bytes()), None, "{value:?}");
        }
    }
}
