//! The canonical form of a request: the text that both sides sign.

use std::fmt::Write as _;

use http::HeaderMap;
use http::request::Parts;

/// The query parameter that carries the signature of a presigned request, and is not part of what is signed.
const SIGNATURE: &str = "X-Amz-Signature";

/// The canonical request. `names` are the signed headers, in lower case, in the order in which they are signed.
pub(super) fn request(parts: &Parts, names: &[String], body_hash: &str) -> String {
    request_to(&path(parts.uri.path()), parts, names, body_hash)
}

/// The same for Amazon S3, which signs the path as it is on the wire.
pub(super) fn object_request(parts: &Parts, names: &[String], body_hash: &str) -> String {
    request_to(parts.uri.path(), parts, names, body_hash)
}

fn request_to(path: &str, parts: &Parts, names: &[String], body_hash: &str) -> String {
    let mut text = format!("{}\n{path}\n{}\n", parts.method, query(parts.uri.query()));
    for name in names {
        let _ = writeln!(text, "{name}:{}", header(parts, name));
    }
    let _ = write!(text, "\n{}\n{body_hash}", names.join(";"));
    text
}

/// The values of a header, trimmed, inner runs of spaces as one space, joined by commas. HTTP/2 has the host in the
/// URI only.
fn header(parts: &Parts, name: &str) -> String {
    let values = values(&parts.headers, name);
    match parts.uri.authority() {
        Some(authority) if name == "host" && values.is_empty() => authority.to_string(),
        _ => values.join(","),
    }
}

fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).iter();
    values
        .map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            text.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// The path: `.`, `..` and empty segments taken out, and what was encoded once on the wire encoded again.
fn path(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    let mut text = String::with_capacity(path.len());
    for segment in &kept {
        text.push('/');
        encode(segment.as_bytes(), &mut text);
    }
    if kept.is_empty() || path.ends_with('/') {
        text.push('/');
    }
    text
}

/// The parameters of the query, read as the action will read them, encoded again and sorted.
fn query(query: Option<&str>) -> String {
    let parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let mut pairs: Vec<(String, String)> = parameters
        .filter(|(name, _)| name != SIGNATURE)
        .map(|(name, value)| (encoded(name.as_bytes()), encoded(value.as_bytes())))
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    encode(bytes, &mut text);
    text
}

fn encode(bytes: &[u8], text: &mut String) {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_and_encoded_twice() {
        let table = [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/a/../b/./c", "/b/c"),
            ("/a/", "/a/"),
            ("/../..", "/"),
            ("/example%20space/", "/example%2520space/"),
            ("/-._~0Az", "/-._~0Az"),
        ];
        for (wire, canonical) in table {
            assert_eq!(path(wire), canonical, "{wire}");
        }
    }

    #[test]
    fn queries_are_sorted_after_encoding() {
        let table = [
            (None, ""),
            (Some("b=2&a=1"), "a=1&b=2"),
            (Some("a=2&a=1"), "a=1&a=2"),
            (Some("a"), "a="),
            (Some("a=x+y&b=%2F%7e"), "a=x%20y&b=%2F~"),
            (Some("X-Amz-Signature=00&a=1"), "a=1"),
            (Some("%E1%88%B4=bar"), "%E1%88%B4=bar"),
        ];
        for (wire, canonical) in table {
            assert_eq!(query(wire), canonical, "{wire:?}");
        }
    }
}
