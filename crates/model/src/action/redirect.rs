//! Sending a client elsewhere (L16).

use std::sync::Arc;

use crate::{Invalid, Port, Protocol};

/// The most characters of a part.
const PART_CHARS: usize = 128;
const PROTOCOL: &str = RedirectKeyword::Protocol.as_str();
const HOST: &str = RedirectKeyword::Host.as_str();
const PORT: &str = RedirectKeyword::Port.as_str();
const SAME_PATH: &str = "/#{path}";

/// The status of a redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectStatus {
    /// 301.
    Permanent,
    /// 302.
    Found,
}

/// A part of the request that the address of a redirect may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectKeyword {
    /// `http` or `https`.
    Protocol,
    /// The host, without port.
    Host,
    /// The port.
    Port,
    /// The path, without its leading `/`.
    Path,
    /// The query, without the `?`.
    Query,
}

/// The parts of the address that a client is sent to, as a caller gives them. Each [`RedirectKeyword`] stands for that
/// part of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectParts {
    /// `HTTP`, `HTTPS` or `#{protocol}`.
    pub protocol: Arc<str>,
    /// 1-65535 or `#{port}`.
    pub port: Arc<str>,
    /// 1-128 characters; may contain `#{host}`.
    pub host: Arc<str>,
    /// 1-128 characters from a `/` on; may contain `#{host}`, `#{port}` and `#{path}`.
    pub path: Arc<str>,
    /// 0-128 characters without the `?`; may contain all of them.
    pub query: Arc<str>,
}

impl Default for RedirectParts {
    /// Those of the request.
    fn default() -> Self {
        Self {
            protocol: PROTOCOL.into(),
            port: PORT.into(),
            host: HOST.into(),
            path: SAME_PATH.into(),
            query: RedirectKeyword::Query.as_str().into(),
        }
    }
}

/// A redirect whose parts are what they must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    status: RedirectStatus,
    parts: RedirectParts,
}

impl RedirectStatus {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Permanent, Self::Found];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Permanent => "HTTP_301",
            Self::Found => "HTTP_302",
        }
    }

    /// The number.
    pub const fn code(self) -> u16 {
        match self {
            Self::Permanent => 301,
            Self::Found => 302,
        }
    }
}

impl RedirectKeyword {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Protocol, Self::Host, Self::Port, Self::Path, Self::Query];

    /// What is written for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Protocol => "#{protocol}",
            Self::Host => "#{host}",
            Self::Port => "#{port}",
            Self::Path => "#{path}",
            Self::Query => "#{query}",
        }
    }
}

impl Redirect {
    /// Checks the parts, each alone and together: one of protocol, host, port and path has to differ, or clients would
    /// come back for ever.
    pub fn new(status: RedirectStatus, parts: RedirectParts) -> Result<Self, Invalid> {
        use RedirectKeyword::{Host, Path, Port};
        if !["HTTP", "HTTPS", PROTOCOL].contains(&&*parts.protocol) {
            return Err(wrong("Protocol", &parts.protocol, "be HTTP, HTTPS or #{protocol}"));
        }
        let number = parts.port.bytes().all(|b| b.is_ascii_digit()) && !parts.port.starts_with('0');
        if &*parts.port != PORT && !(number && parts.port.parse::<u16>().is_ok_and(|port| port > 0)) {
            return Err(wrong("Port", &parts.port, "be a number from 1 to 65535 or #{port}"));
        }
        let host = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if parts.host.is_empty() || !template(&parts.host, &[Host], host) {
            return Err(wrong("Host", &parts.host, "have 1 to 128 characters of a host name or #{host}"));
        }
        let visible = |c: char| c.is_ascii_graphic();
        if !parts.path.starts_with('/') || !template(&parts.path, &[Host, Port, Path], visible) {
            let must = "start with '/' and have at most 128 visible characters or #{host}, #{port}, #{path}";
            return Err(wrong("Path", &parts.path, must));
        }
        if !template(&parts.query, &RedirectKeyword::ALL, visible) {
            let must =
                "have at most 128 visible characters or #{protocol}, #{host}, #{port}, #{path}, #{query}";
            return Err(wrong("Query", &parts.query, must));
        }
        let same = RedirectParts { query: parts.query.clone(), ..RedirectParts::default() };
        if parts == same {
            return Err(loops());
        }
        Ok(Self { status, parts })
    }

    /// Checks that clients of a listener do not come back to it for ever: those of an HTTP listener on port 80 are sent
    /// elsewhere neither by the protocol `HTTP` nor by the port `80`.
    pub fn check_for(&self, protocol: Protocol, port: Port) -> Result<(), Invalid> {
        let RedirectParts { host, path, .. } = &self.parts;
        let same_protocol = [PROTOCOL, protocol.as_str()].contains(&&*self.parts.protocol);
        let same_port = &*self.parts.port == PORT || *self.parts.port == port.to_string();
        if same_protocol && same_port && &**host == HOST && &**path == SAME_PATH {
            return Err(loops());
        }
        Ok(())
    }

    /// Its status.
    pub const fn status(&self) -> RedirectStatus {
        self.status
    }

    /// Where it leads to.
    pub const fn parts(&self) -> &RedirectParts {
        &self.parts
    }
}

fn loops() -> Invalid {
    Invalid::new("The redirect configuration is not valid because it creates a loop.")
}

fn wrong(part: &str, value: &str, must: &str) -> Invalid {
    Invalid::new(format!("Redirect {part} '{value}' must {must}"))
}

/// Whether `text` consists of allowed characters and these keywords, and is short enough.
fn template(text: &str, keywords: &[RedirectKeyword], allowed: impl Fn(char) -> bool) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let keyword = keywords.iter().find_map(|keyword| rest.strip_prefix(keyword.as_str()));
        let plain = || {
            let mut chars = rest.chars();
            chars.next().filter(|&c| allowed(c) && !rest.starts_with("#{")).map(|_| chars.as_str())
        };
        match keyword.or_else(plain) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    text.len() <= PART_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl FnOnce(&mut RedirectParts)) -> Result<Redirect, Invalid> {
        let mut parts = RedirectParts { protocol: "HTTPS".into(), ..RedirectParts::default() };
        change(&mut parts);
        Redirect::new(RedirectStatus::Permanent, parts)
    }

    #[test]
    fn parts_are_what_they_must_be_l16() {
        assert!(with(|_| ()).is_ok());
        for (good, bad) in [("443", "0"), ("#{port}", "65536"), ("1", "#{host}"), ("65535", "+80")] {
            assert!(with(|it| it.port = good.into()).is_ok(), "{good}");
            assert!(with(|it| it.port = bad.into()).is_err(), "{bad}");
        }
        for (good, bad) in [("www.#{host}", ""), ("example.com", "a b"), ("#{host}", "#{path}")] {
            assert!(with(|it| it.host = good.into()).is_ok(), "{good}");
            assert!(with(|it| it.host = bad.into()).is_err(), "{bad}");
        }
        for (good, bad) in [("/", "a"), ("/new/#{path}", "/#{query}"), ("/#{host}/#{port}", "/\r\nX: y")] {
            assert!(with(|it| it.path = good.into()).is_ok(), "{good}");
            assert!(with(|it| it.path = bad.into()).is_err(), "{bad}");
        }
        for (good, bad) in [("", "a b"), ("a=#{query}&b=#{protocol}", "#{user}"), ("a=1", "\u{e9}")] {
            assert!(with(|it| it.query = good.into()).is_ok(), "{good}");
            assert!(with(|it| it.query = bad.into()).is_err(), "{bad}");
        }
        assert!(with(|it| it.protocol = "http".into()).is_err());
        assert!(with(|it| it.path = format!("/{}", "a".repeat(127)).into()).is_ok());
        assert!(with(|it| it.path = format!("/{}", "a".repeat(128)).into()).is_err());
    }

    #[test]
    fn a_redirect_must_lead_elsewhere() {
        let same = Redirect::new(RedirectStatus::Found, RedirectParts::default());
        assert!(same.is_err());
        let query = RedirectParts { query: "a=b".into(), ..RedirectParts::default() };
        assert!(Redirect::new(RedirectStatus::Found, query).is_err(), "another query alone is a loop");
    }
    #[test]
    fn a_redirect_must_lead_away_from_its_listener() {
        let port = |number| Port::new(number).unwrap();
        let to = |protocol: &str, port: &str, path: &str| {
            let parts = RedirectParts {
                protocol: protocol.into(),
                port: port.into(),
                path: path.into(),
                ..RedirectParts::default()
            };
            Redirect::new(RedirectStatus::Found, parts).unwrap()
        };
        for back in [to("HTTP", "80", "/#{path}"), to("HTTP", "#{port}", "/#{path}")] {
            assert!(back.check_for(Protocol::Http, port(80)).is_err(), "{back:?}");
        }
        for away in [to("HTTPS", "80", "/#{path}"), to("HTTP", "81", "/#{path}"), to("HTTP", "80", "/new")] {
            assert!(away.check_for(Protocol::Http, port(80)).is_ok(), "{away:?}");
        }
    }
}
