//! The request that somebody asks about: pasted as a whole, or said in parts. It becomes the head that it would have been.
//!
//! **Threat.** It is anybody's text. What comes of it is read by the rules for requests of clients, and is never sent.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::{Value, json};

use super::given::Given;
use crate::error::Error;

/// Largest request, in bytes: as much as a client may send, which is 64 KB, and what somebody copies with it.
const REQUEST_BYTES: usize = 128 << 10;
/// What may be asked.
const MEMBERS: &[&str] = &["request", "method", "path", "host", "cookie", "headers", "sourceIp"];
/// What goes into the head itself.
const PARTS: &[&str] = &["method", "path", "host", "cookie", "headers"];
/// What `curl -v` puts before each line that it sends.
const SENT_BY_CURL: &str = "> ";
/// Where a request comes from if it is not said.
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A request.
#[derive(Debug)]
pub(super) struct Question {
    /// Its head, as it would come over HTTP/1.1.
    pub(super) head: Vec<u8>,
    /// Whom it comes from.
    pub(super) source: IpAddr,
}

impl Question {
    /// Reads the body of a call. A request that names no host is for `host`.
    pub(super) fn read(given: &Given, host: &str) -> Result<Self, Error> {
        let body = &given.body;
        if let Some(unknown) = body.unknown(MEMBERS) {
            let known = MEMBERS.join(", ");
            return Err(Error::validation(format!("The member '{unknown}' is not known; known: {known}")));
        }
        let source = match body.text("sourceIp")? {
            Some(text) => {
                text.parse().map_err(|_| body.unfit("sourceIp", "Member must be an IPv4 or IPv6 address"))?
            }
            None => LOCAL,
        };
        let head = match body.text("request")? {
            Some(_) if PARTS.iter().any(|part| body.has(part)) => {
                let parts = PARTS.join(", ");
                return Err(Error::validation(format!(
                    "Give either the request as a whole, or its parts: {parts}"
                )));
            }
            Some(text) => pasted(text, host),
            None => said(given, host)?,
        };
        if head.len() > REQUEST_BYTES {
            return Err(Error::validation(format!("The request is larger than {REQUEST_BYTES} bytes")));
        }
        Ok(Self { head, source })
    }
}

/// A request as people copy it: of `curl -v` with its `> `, of a browser with the pseudo headers of HTTP/2, with line ends
/// of any kind, with or without a body.
fn pasted(text: &str, host: &str) -> Vec<u8> {
    let mut begun = Begun::default();
    // curl tells what else it does on lines of their own, before and between.
    let is_of_curl = text.lines().any(|line| line.starts_with(SENT_BY_CURL));
    let lines = text.trim_start().lines().filter_map(|line| match is_of_curl {
        true => line.strip_prefix('>').map(str::trim),
        false => Some(line.trim_end()),
    });
    for line in lines.take_while(|line| !line.is_empty()) {
        begun.take(line);
    }
    begun.into_head(host)
}

/// A head, line by line.
#[derive(Default)]
struct Begun<'a> {
    method: Option<&'a str>,
    target: Option<&'a str>,
    authority: Option<&'a str>,
    version: Option<&'a str>,
    fields: Vec<&'a str>,
}

impl<'a> Begun<'a> {
    fn take(&mut self, line: &'a str) {
        if let Some((name, value)) = line.strip_prefix(':').and_then(|line| line.split_once(':')) {
            let value = Some(value.trim());
            match name {
                "method" => self.method = value,
                "path" => self.target = value,
                "authority" => self.authority = value,
                _ => {}
            }
        } else if self.method.is_none() && self.fields.is_empty() && is_request_line(line) {
            let mut words = line.splitn(3, ' ');
            (self.method, self.target, self.version) = (words.next(), words.next(), words.next());
        } else {
            self.fields.push(line);
        }
    }

    fn into_head(self, host: &str) -> Vec<u8> {
        // Versions above 1.1 are written as what they stand for to a target.
        let version = self.version.filter(|it| it.starts_with("HTTP/1.")).unwrap_or("HTTP/1.1");
        let mut head =
            format!("{} {} {version}\r\n", self.method.unwrap_or("GET"), self.target.unwrap_or("/"));
        let has_host = self.fields.iter().any(|line| is_field(line, "host"));
        if !has_host {
            head.push_str(&format!("Host: {}\r\n", self.authority.unwrap_or(host)));
        }
        for line in self.fields {
            head.push_str(line);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// Whether a line begins a request; what is a field instead has a colon in its first word.
fn is_request_line(line: &str) -> bool {
    line.split_once(' ').is_some_and(|(method, _)| !method.contains(':') && !method.is_empty())
}

fn is_field(line: &str, name: &str) -> bool {
    line.split_once(':').is_some_and(|(given, _)| given.trim().eq_ignore_ascii_case(name))
}

/// A request of its parts.
fn said(given: &Given, host: &str) -> Result<Vec<u8>, Error> {
    let body = &given.body;
    let part = |name: &str| match body.text(name)? {
        Some(text) if text.contains(['\r', '\n']) => Err(body.unfit(name, "Member must be one line")),
        text => Ok(text),
    };
    let (method, path) = (part("method")?.unwrap_or("GET"), part("path")?.unwrap_or("/"));
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    for (name, value) in [("Host", part("host")?.or(Some(host))), ("Cookie", part("cookie")?)] {
        if let Some(value) = value {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    for (name, value) in body.texts_by_name("headers")? {
        if name.is_empty() || format!("{name}{value}").contains(['\r', '\n']) || name.contains(':') {
            return Err(
                body.unfit("headers", "Members must have names without a colon, and values of one line")
            );
        }
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    Ok(head.into_bytes())
}

/// What is read here.
pub(super) fn schemas() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "Question": {
            "type": "object",
            "description": "A request, as a whole or in parts. Without anything it is `GET /` without cookies.",
            "properties": {
                "request": text("The head of the request as `curl -v` or a browser shows it. What follows the empty line is not looked at."),
                "method": text("Its method; `GET` unless it is given."),
                "path": text("Its path, with the query; `/` unless it is given."),
                "host": text("Its header Host; the DNS name of the load balancer unless it is given."),
                "cookie": text("Its header Cookie: `AWSALB=…; sid=…`."),
                "headers": {
                    "type": "object",
                    "description": "Other headers.",
                    "additionalProperties": { "type": "string" },
                },
                "sourceIp": text("The client's address; 127.0.0.1 unless it is given."),
            },
            "additionalProperties": false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_copy_is_the_head_that_it_was() {
        let head = "GET /cart?a=1 HTTP/1.1\r\nHost: shop.test\r\nCookie: AWSALB=x\r\n\r\n";
        for text in [
            head,
            "GET /cart?a=1 HTTP/1.1\nHost: shop.test\nCookie: AWSALB=x\n",
            "\n  GET /cart?a=1 HTTP/2\nHost: shop.test\nCookie: AWSALB=x\n\nbody: here",
            "> GET /cart?a=1 HTTP/1.1\n> Host: shop.test\n> Cookie: AWSALB=x\n>\n< HTTP/1.1 200 OK",
            "*   Trying 127.0.0.1:80...\n* Connected\n> GET /cart?a=1 HTTP/1.1\n> Host: shop.test\n* more\n> Cookie: AWSALB=x\n> \n< HTTP/1.1 200 OK",
            ":method: GET\n:authority: shop.test\n:scheme: https\n:path: /cart?a=1\nCookie: AWSALB=x",
        ] {
            assert_eq!(String::from_utf8(pasted(text, "own.test")).unwrap(), head, "{text}");
        }
        let alone = b"GET / HTTP/1.1\r\nHost: own.test\r\nCookie: AWSALB=x\r\n\r\n";
        assert_eq!(pasted("Cookie: AWSALB=x", "own.test"), alone);
        assert_eq!(pasted("", "a"), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(pasted("POST /a HTTP/1.0\nhost: b", "a"), b"POST /a HTTP/1.0\r\nhost: b\r\n\r\n");
    }
}
