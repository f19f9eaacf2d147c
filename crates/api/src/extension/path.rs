//! From a method and a path to an operation. A path is an attack until it is found in the table: segments are compared
//! before anything is decoded, so that an encoded slash never moves a boundary.

use std::collections::BTreeMap;

use super::operation::{OPERATIONS, Operation};
use super::{ROOT, has};

/// Most bytes of a path; the longest ARN, encoded, is far below.
const PATH_BYTES: usize = 4096;

/// What a path leads to.
pub(crate) enum Found {
    /// An operation, with the parameters of its path.
    Operation(&'static Operation, BTreeMap<&'static str, String>),
    /// Operations of other methods, these.
    OtherMethods(Vec<&'static str>),
    /// Nothing.
    Nothing,
}

/// Looks an operation up.
pub(crate) fn find(method: &str, path: &str) -> Found {
    debug_assert!(has(path));
    let Some(rest) = path.strip_prefix(ROOT).filter(|rest| rest.len() <= PATH_BYTES) else {
        return Found::Nothing;
    };
    let fits = |operation: &'static Operation| Some((operation, parameters(operation.path, rest)?));
    let mut others = Vec::new();
    for (operation, parameters) in OPERATIONS.iter().filter_map(fits) {
        if operation.method == method {
            return Found::Operation(operation, parameters);
        }
        others.push(operation.method);
    }
    if others.is_empty() { Found::Nothing } else { Found::OtherMethods(others) }
}

/// The parameters of a path that fits a template.
fn parameters(template: &'static str, path: &str) -> Option<BTreeMap<&'static str, String>> {
    let (mut expected, mut found) = (template.split('/'), path.split('/'));
    let mut parameters = BTreeMap::new();
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return Some(parameters),
            (Some(expected), Some(found)) => match name(expected) {
                Some(name) => drop(parameters.insert(name, decode(found)?)),
                None if expected == found => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

/// The name of a parameter, if this segment of a template is one.
pub(super) fn name(segment: &'static str) -> Option<&'static str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// A segment as it was meant; `None` if it is empty or is no text in percent-encoding.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => digit(rest.next()?)? << 4 | digit(rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, path: &str) -> String {
        match find(method, path) {
            Found::Operation(operation, parameters) => format!("{} {parameters:?}", operation.name),
            Found::OtherMethods(methods) => methods.join(" "),
            Found::Nothing => "-".to_owned(),
        }
    }

    #[test]
    fn a_path_leads_to_one_operation_or_to_none() {
        for (method, path, expected) in [
            ("GET", "/elbow/v1/instances", "listInstances {}"),
            ("PUT", "/elbow/v1/instances/i-1", r#"putInstance {"instanceId": "i-1"}"#),
            ("GET", "/elbow/v1/instances/a%2Fb%3a", r#"getInstance {"instanceId": "a/b:"}"#),
            ("POST", "/elbow/v1/keys/rotate", "rotateKeys {}"),
            ("PATCH", "/elbow/v1/instances/i-1", "GET PUT DELETE"),
            ("GET", "/elbow/v1/keys/rotate", "POST"),
            ("GET", "/elbow/v1/instances/", "-"),
            ("GET", "/elbow/v1/instances/i-1/more", "-"),
            ("GET", "/elbow/v1/%69nstances", "-"),
            ("GET", "/elbow/v1/instances/%", "-"),
            ("GET", "/elbow/v1/instances/%+1", "-"),
            ("GET", "/elbow/v1/instances/%ff", "-"),
            ("GET", "/elbow/v2/instances", "-"),
            ("GET", "/elbow", "-"),
        ] {
            assert_eq!(found(method, path), expected, "{method} {path}");
        }
        assert_eq!(found("GET", &format!("/elbow/v1/instances/{}", "a".repeat(PATH_BYTES))), "-");
    }

    #[test]
    fn what_begins_alike_is_somebody_elses() {
        for (path, is_ours) in [("/elbow/x", true), ("/elbow", true), ("/elbows", false), ("/", false)] {
            assert_eq!(has(path), is_ours, "{path}");
        }
    }
}
