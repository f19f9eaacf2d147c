//! How a caller has reached this server: what addresses begin with that it is given.

use http::HeaderMap;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;

/// What tells that a call came over HTTPS to whoever passes calls on: this server itself is in clear.
const SCHEME: &str = "x-forwarded-proto";

/// A scheme, and a host with an optional port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: &'static str,
    host: Authority,
}

impl Origin {
    /// The origin of a request; `None` if it does not name one host and nothing else, as every client does. `Host` is signed
    /// (see [`crate::sigv4`]). The scheme need not be: it changes nothing but the caller's own answer.
    pub(crate) fn of(parts: &Parts) -> Option<Self> {
        let host = match only(&parts.headers, HOST.as_str()) {
            Ok(Some(host)) => host.parse().ok()?,
            Ok(None) => parts.uri.authority()?.clone(),
            Err(Several) => return None,
        };
        let scheme = match only(&parts.headers, SCHEME) {
            Ok(Some("https")) => "https",
            _ => "http",
        };
        is_plain(&host).then_some(Self { scheme, host })
    }

    /// The address of a path.
    pub(crate) fn address(&self, path_and_query: &str) -> String {
        format!("{}://{}{path_and_query}", self.scheme, self.host)
    }
}

/// More than one line of a name, or one that is not text.
struct Several;

fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Several> {
    let mut lines = headers.get_all(name).iter();
    match (lines.next(), lines.next()) {
        (None, _) => Ok(None),
        (Some(line), None) => line.to_str().map(Some).map_err(|_| Several),
        (Some(_), Some(_)) => Err(Several),
    }
}

/// A host name or address and a port: no user, and nothing that an address could be read in another way for.
fn is_plain(host: &Authority) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    !host.host().is_empty() && host.as_str().bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn address(lines: &[(&str, &str)]) -> Option<String> {
        let request = Request::get("/");
        let request = lines.iter().fold(request, |it, (name, value)| it.header(*name, *value));
        Some(Origin::of(&request.body(()).unwrap().into_parts().0)?.address("/x"))
    }

    #[test]
    fn an_address_begins_with_what_the_caller_has_reached() {
        for (lines, expected) in [
            (&[("host", "127.0.0.1:7070")][..], "http://127.0.0.1:7070/x"),
            (&[("host", "[::1]:7070")], "http://[::1]:7070/x"),
            (&[("host", "api.test"), ("x-forwarded-proto", "https")], "https://api.test/x"),
            (&[("host", "api.test"), ("x-forwarded-proto", "javascript")], "http://api.test/x"),
            (
                &[("host", "api.test"), ("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")],
                "http://api.test/x",
            ),
        ] {
            assert_eq!(address(lines).as_deref(), Some(expected), "{lines:?}");
        }
    }

    #[test]
    fn what_is_no_host_is_nowhere() {
        for host in ["", ":80", "a b", "a/b", "evil.test/?", "user@api.test", "a,b", "a\"b", "a%2fb", "a:b:c"]
        {
            assert_eq!(address(&[("host", host)]), None, "{host}");
        }
        assert_eq!(address(&[("host", "a"), ("host", "b")]), None);
        assert_eq!(address(&[]), None);
    }
}
