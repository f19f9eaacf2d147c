//! The request target: which form it has and where its parts lie (RFC 9112 section 3.2).

use super::error::HeadError;
use super::host;

/// How the client named what it wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TargetForm {
    /// A path with an optional query.
    #[default]
    Origin,
    /// A whole URI, as clients of forward proxies send it.
    Absolute,
    /// `*`, for OPTIONS only.
    Asterisk,
}

/// A target taken apart. Path and query are as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) form: TargetForm,
    /// Host and port of an absolute target.
    pub(crate) authority: Option<&'a [u8]>,
    /// Path with query; without a leading slash if an absolute target has no path.
    pub(crate) path_and_query: &'a [u8],
}

const SCHEMES: [&[u8]; 2] = [b"http://", b"https://"];

pub(crate) fn read<'a>(target: &'a [u8], method: &[u8]) -> Result<Target<'a>, HeadError> {
    match target {
        [b'/', ..] => Ok(Target { form: TargetForm::Origin, authority: None, path_and_query: target }),
        b"*" if method == b"OPTIONS" => {
            Ok(Target { form: TargetForm::Asterisk, authority: None, path_and_query: target })
        }
        _ => absolute(target).ok_or(HeadError::BadTarget),
    }
}

fn absolute(target: &[u8]) -> Option<Target<'_>> {
    let rest = SCHEMES.iter().find_map(|scheme| {
        let (start, rest) = target.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    })?;
    let end = rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let (authority, path_and_query) = rest.split_at_checked(end)?;
    host::read(authority)?;
    Some(Target { form: TargetForm::Absolute, authority: Some(authority), path_and_query })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_have_one_of_three_forms() {
        type Parts = (TargetForm, Option<&'static str>, &'static str);
        let cases: [(&str, &str, Option<Parts>); 16] = [
            ("GET", "/a?b", Some((TargetForm::Origin, None, "/a?b"))),
            ("GET", "//a", Some((TargetForm::Origin, None, "//a"))),
            ("GET", "http://a/b?c", Some((TargetForm::Absolute, Some("a"), "/b?c"))),
            ("GET", "HTTPS://a:8443", Some((TargetForm::Absolute, Some("a:8443"), ""))),
            ("GET", "http://a?b", Some((TargetForm::Absolute, Some("a"), "?b"))),
            ("OPTIONS", "*", Some((TargetForm::Asterisk, None, "*"))),
            ("GET", "*", None),
            ("GET", "a", None),
            ("GET", "a:443", None),
            ("GET", "ftp://a/", None),
            ("GET", "http:///b", None),
            ("GET", "http://", None),
            ("GET", "http://u@a/", None),
            ("GET", "http://a b/", None),
            ("GET", "?a", None),
            ("OPTIONS", "*a", None),
        ];
        for (method, target, expected) in cases {
            let found = read(target.as_bytes(), method.as_bytes()).ok();
            let expected = expected.map(|(form, authority, path)| Target {
                form,
                authority: authority.map(str::as_bytes),
                path_and_query: path.as_bytes(),
            });
            assert_eq!(found, expected, "{method} {target}");
        }
    }
}
