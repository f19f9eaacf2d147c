//! The address of an endpoint as the user gives it: `http://10.0.0.9:7070` or `https://ec2.eu-west-1.amazonaws.com`.

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

use http::Uri;
use http::uri::Scheme;

/// Where an endpoint is. Shown as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndpointUrl(Uri);

impl EndpointUrl {
    /// The name or address of the host, without the brackets of IPv6.
    pub(crate) fn host(&self) -> &str {
        let host = self.0.host().unwrap_or_default();
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.0.port_u16().unwrap_or(if self.is_https() { HTTPS_PORT } else { HTTP_PORT })
    }

    /// Whether it is asked over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }

    /// Host and port as the `Host` header has them.
    pub(crate) fn authority(&self) -> &str {
        self.0.authority().map_or("", |authority| authority.as_str())
    }

    /// The path.
    pub(crate) fn path(&self) -> &str {
        self.0.path()
    }
}

const HTTP_PORT: u16 = 80;
const HTTPS_PORT: u16 = 443;

impl FromStr for EndpointUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // What was given may hold a password, so it is not repeated. Who knows the setting puts its name first.
        let wrong = |why: &str| format!("{why}, such as http://10.0.0.9:7070");
        if text.contains('#') {
            return Err(wrong("must be without a fragment"));
        }
        let uri: Uri = text.parse().map_err(|_| wrong("must be an address"))?;
        let authority = uri.authority().ok_or_else(|| wrong("must have a scheme and a host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("must be without a user and a password"));
        }
        if uri.query().is_some() {
            return Err(wrong("must be without a query"));
        }
        // A port that is none would be taken for one that was not given.
        let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        let is_port = |text: &str| text.parse::<NonZeroU16>().is_ok();
        if authority.host().is_empty() || !(port.is_empty() || port.strip_prefix(':').is_some_and(is_port)) {
            return Err(wrong("must have a host, and a port between 1 and 65535 if it names one"));
        }
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS => Ok(Self(uri)),
            _ => Err(wrong("must have the scheme http or https")),
        }
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_host_and_may_have_a_port_and_a_path() {
        let parts = |text: &str| {
            let url: EndpointUrl = text.parse().expect(text);
            format!("{} {} {} {}", url.host(), url.port(), url.authority(), url.path())
        };
        assert_eq!(parts("http://localhost:7070"), "localhost 7070 localhost:7070 /");
        assert_eq!(parts("http://ec2.test"), "ec2.test 80 ec2.test /");
        assert_eq!(parts("http://[::1]:81/ec2/"), "::1 81 [::1]:81 /ec2/");
        assert_eq!(parts("https://ec2.test"), "ec2.test 443 ec2.test /");
    }

    #[test]
    fn other_urls_are_refused_without_showing_what_is_secret() {
        for (text, why) in [
            ("ftp://localhost", "scheme"),
            ("localhost:7070", "scheme http"),
            ("/ec2", "scheme and a host"),
            ("http://", "address"),
            ("http://localhost:x", "port"),
            ("http://:80", "host"),
            ("http://localhost:0", "port"),
            ("http://localhost:70000", "port"),
            ("http://localhost:", "port"),
            ("http://user:hunter2@localhost", "without a user"),
            ("http://localhost/?Action=x", "query"),
            ("http://localhost/#top", "fragment"),
            ("", "address"),
        ] {
            let error = text.parse::<EndpointUrl>().expect_err(text);
            assert!(error.contains(why) && !error.contains("hunter2"), "{text}: {error}");
        }
    }
}
