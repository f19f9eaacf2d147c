//! The request that somebody asks about: pasted as a whole, or said in parts. It becomes the head that it would have been.
//!
//! **Threat.** It is anybody's text. What comes of it is read by the rules for requests of clients, and is never sent.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::{Value, json};

use super::given::Given;
use super::pasted;
use crate::error::Error;

/// Largest request, in bytes: as much as a client may send, which is 64 KB, and what somebody copies with it.
const REQUEST_BYTES: usize = 128 << 10;
/// What may be asked.
const MEMBERS: &[&str] = &["request", "method", "path", "host", "cookie", "headers", "sourceIp"];
/// What goes into the head itself.
const PARTS: &[&str] = &["method", "path", "host", "cookie", "headers"];
/// Where a request comes from if it is not said.
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A request.
#[derive(Debug)]
pub(super) struct Question {
    /// Its head, as it would come over HTTP/1.1.
    pub(super) head: Vec<u8>,
    /// Whether it comes over HTTP/2; `None` if that was not said.
    pub(super) http2: Option<bool>,
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
        let whole = body.text("request")?;
        if whole.is_some_and(|text| text.len() > REQUEST_BYTES) {
            return Err(Error::validation(format!("The request is larger than {REQUEST_BYTES} bytes")));
        }
        let (head, http2) = match whole {
            Some(_) if PARTS.iter().any(|part| body.has(part)) => {
                let parts = PARTS.join(", ");
                return Err(Error::validation(format!(
                    "Give either the request as a whole, or its parts: {parts}"
                )));
            }
            Some(text) => pasted::read(text).map_err(Error::validation)?.into_head(host),
            None => (said(given, host)?, None),
        };
        if head.len() > REQUEST_BYTES {
            return Err(Error::validation(format!("The request is larger than {REQUEST_BYTES} bytes")));
        }
        Ok(Self { head, http2, source })
    }
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
                "request": text("The head of the request as `curl -v` or a browser shows it, or the command of curl that makes it. What follows the empty line is not looked at."),
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
