//! Who may use the control server: pages of the demo, in a browser on this machine, and nobody else.
//!
//! The threat is another website in the same browser. It can send requests here, so:
//!
//! - the `Host` header must be our own address (a foreign name that resolves to 127.0.0.1 is refused: DNS
//!   rebinding);
//! - a request that changes something must carry the `Origin` of one of the demo's pages, which a browser
//!   sets and scripts cannot;
//! - changes are JSON, which a browser sends to a foreign origin only after asking (the preflight below);
//! - answers are shown to the demo's pages only (CORS).

use std::net::SocketAddr;
use std::str::FromStr;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, HOST, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};

use crate::Error;
use crate::http::{Answer, content};

/// Scheme, host and port of a page, as browsers write it: `http://127.0.0.1:8080`, without port 80.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(HeaderValue);

impl FromStr for Origin {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = || Error::Origin(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let authority = uri.authority().ok_or_else(refused)?.as_str();
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"));
        let origin = format!("{}://{authority}", scheme.ok_or_else(refused)?);
        // Nothing may be left over: no path, no user, no capital letters that a browser would not write.
        if origin != text || authority.contains('@') || text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(refused());
        }
        HeaderValue::from_str(text).map(Self).map_err(|_| refused())
    }
}

/// See the module.
pub(super) struct Guard {
    hosts: [String; 2],
    origins: Vec<Origin>,
}

impl Guard {
    pub(super) fn new(address: SocketAddr, origins: Vec<Origin>) -> Self {
        Self { hosts: [address.to_string(), format!("localhost:{}", address.port())], origins }
    }

    pub(super) fn check(&self, method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        if !self.hosts.iter().any(|own| own == host) {
            return Err("this server is used under its own address only");
        }
        match headers.get(ORIGIN) {
            Some(origin) if !self.knows(origin) => Err("this page may not use the demo's controls"),
            None if method != Method::GET => Err("an Origin header of one of the demo's pages is needed"),
            _ => Ok(()),
        }
    }

    /// The answer to a browser's question whether a page may send JSON here. That it may is said by
    /// [`Guard::mark`].
    pub(super) fn preflight(&self) -> Answer {
        let mut answer = content(StatusCode::NO_CONTENT, "text/plain", bytes::Bytes::new());
        let headers = answer.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        answer
    }

    /// Lets the browser show the answer to the page that asked, if it is one of ours.
    pub(super) fn mark(&self, request: &HeaderMap, answer: &mut Answer) {
        answer.headers_mut().insert(VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = request.get(ORIGIN).filter(|origin| self.knows(origin)) {
            answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        }
    }

    fn knows(&self, origin: &HeaderValue) -> bool {
        self.origins.iter().any(|own| own.0 == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_exactly_what_a_browser_would_send() {
        for good in [
            "http://127.0.0.1:8080",
            "http://shop.elb.localhost:8080",
            "https://localhost",
            "http://[::1]:80",
        ] {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "null",
            "*",
            "127.0.0.1:8080",
            "http://a/",
            "http://a/b",
            "ftp://a",
            "http://u@a",
            "http://A",
            "http://a\n",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_our_pages_under_our_own_name_get_in() {
        let guard =
            Guard::new("127.0.0.1:4000".parse().unwrap(), vec!["http://127.0.0.1:8080".parse().unwrap()]);
        let (ours, theirs, none) = (Some("http://127.0.0.1:8080"), Some("http://evil.example"), None);
        for (method, host, origin, allowed) in [
            (Method::GET, "127.0.0.1:4000", ours, true),
            (Method::GET, "localhost:4000", none, true),
            (Method::GET, "127.0.0.1:4000", theirs, false),
            (Method::GET, "evil.example:4000", none, false),
            (Method::GET, "127.0.0.1", none, false),
            (Method::POST, "127.0.0.1:4000", ours, true),
            (Method::POST, "127.0.0.1:4000", none, false),
            (Method::POST, "127.0.0.1:4000", theirs, false),
            (Method::POST, "127.0.0.1:4000", Some("null"), false),
            (Method::POST, "evil.example:4000", ours, false),
            (Method::OPTIONS, "127.0.0.1:4000", theirs, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(guard.check(&method, &headers).is_ok(), allowed, "{method} {host} {origin:?}");
        }
    }
}
