//! What rules see of a request.

use std::borrow::Cow;
use std::net::IpAddr;

/// The header lines of a request, wherever they are kept.
pub trait Fields {
    /// Name and value of each line, in their order on the wire.
    fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])>;
}

/// The parts of a request that rules look at, as they came.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a, F> {
    /// What the request is for, with or without a port; the load balancer's own name if the client named nothing.
    pub host: &'a [u8],
    /// The method.
    pub method: &'a [u8],
    /// The path without the query, not decoded.
    pub path: &'a [u8],
    /// The query without its question mark, not decoded; empty if there is none.
    pub query: &'a [u8],
    /// The other end of the connection, whoever it speaks for (L10).
    pub source: IpAddr,
    /// The header lines.
    pub fields: &'a F,
}

/// A request without what conditions do not compare.
pub(super) struct Seen<'a, F> {
    pub(super) host: Cow<'a, [u8]>,
    pub(super) method: &'a [u8],
    pub(super) path: Cow<'a, [u8]>,
    pub(super) query: Cow<'a, [u8]>,
    pub(super) source: IpAddr,
    pub(super) fields: &'a F,
}

impl<'a, F> Seen<'a, F> {
    pub(super) fn new(request: &Request<'a, F>) -> Self {
        Self {
            host: visible(name(request.host)),
            method: request.method,
            path: visible(request.path),
            query: visible(before(request.query, b'#')),
            source: request.source,
            fields: request.fields,
        }
    }
}

impl<F> Seen<'_, F> {
    /// Key and value of each part of the query, not decoded (L9). A part without `=` is a key whose value is empty.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.query.split(|&b| b == b'&').filter(|part| !part.is_empty()).map(|part| {
            let equals = part.iter().position(|&b| b == b'=').unwrap_or(part.len());
            let (key, value) = part.split_at_checked(equals).unwrap_or_default();
            (key, value.get(1..).unwrap_or_default())
        })
    }
}

/// A text without control characters, which rules do not look at (L14). Bytes above ASCII stay: only wildcards and
/// regular expressions can describe them. Copies nothing unless there is something to leave out.
pub(super) fn visible(text: &[u8]) -> Cow<'_, [u8]> {
    // Without an early end, which lets many bytes be looked at in one step.
    if text.iter().fold(false, |any, b| any | b.is_ascii_control()) {
        return text.iter().copied().filter(|b| !b.is_ascii_control()).collect();
    }
    Cow::Borrowed(text)
}

/// What conditions see of a header line's value. A folded one begins with the blank of its fold, which is no part of it
/// (RFC 9112 section 5.2).
pub(super) fn field_value(line: &[u8]) -> Cow<'_, [u8]> {
    visible(line.trim_ascii())
}

/// A host without its port, and without the dot that ends a full name.
// AWS: unknown whether `example.com.` is `example.com`; to DNS it is, so a rule that guards a host guards it too.
fn name(host: &[u8]) -> &[u8] {
    let end = match host {
        [b'[', ..] => host.iter().position(|&b| b == b']').map_or(host.len(), |bracket| bracket + 1),
        _ => host.iter().position(|&b| b == b':').unwrap_or(host.len()),
    };
    let name = host.get(..end).unwrap_or(host);
    name.strip_suffix(b".").unwrap_or(name)
}

fn before(text: &[u8], end: u8) -> &[u8] {
    text.split(|&b| b == end).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No header lines.
    struct NoLines;

    impl Fields for NoLines {
        fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
            std::iter::empty()
        }
    }

    #[test]
    fn a_host_is_compared_without_port_and_final_dot_l5() {
        for (host, expected) in [
            ("example.com", "example.com"),
            ("example.com:8080", "example.com"),
            ("example.com.", "example.com"),
            ("example.com.:80", "example.com"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
            ("", ""),
            (":80", ""),
        ] {
            assert_eq!(name(host.as_bytes()), expected.as_bytes(), "{host}");
        }
    }

    #[test]
    fn a_query_ends_at_a_hash_and_falls_into_pairs_l9() {
        let pairs = |query: &str| -> Vec<(String, String)> {
            let (host, source) = (b"".as_slice(), IpAddr::from([127, 0, 0, 1]));
            let request =
                Request { host, method: host, path: host, query: query.as_bytes(), source, fields: &NoLines };
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            Seen::new(&request).pairs().map(|(key, value)| (text(key), text(value))).collect()
        };
        let expected = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
        };
        assert_eq!(pairs(""), expected(&[]));
        assert_eq!(pairs("a=1&b=2#c=3"), expected(&[("a", "1"), ("b", "2")]));
        assert_eq!(pairs("debug&&x=a=b"), expected(&[("debug", ""), ("x", "a=b")]));
        assert_eq!(pairs("a%3D1=%41"), expected(&[("a%3D1", "%41")]), "nothing is decoded");
    }

    #[test]
    fn control_characters_are_not_seen_l14() {
        assert_eq!(visible(b"/a\x01\x7fb\tc"), b"/abc".as_slice());
        assert!(matches!(visible("/a é".as_bytes()), Cow::Borrowed(_)));
    }
}
