//! Answering without a target (L18).

use std::sync::Arc;

use crate::Invalid;

/// The most bytes of a body.
const BODY_BYTES: usize = 1024;

/// What the body of a fixed response is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// `text/plain`.
    Plain,
    /// `text/css`.
    Css,
    /// `text/html`.
    Html,
    /// `application/javascript`.
    JavaScript,
    /// `application/json`.
    Json,
}

/// An answer that is always the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedResponse {
    status: u16,
    content_type: Option<ContentType>,
    body: Arc<str>,
}

impl ContentType {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Plain, Self::Css, Self::Html, Self::JavaScript, Self::Json];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "text/plain",
            Self::Css => "text/css",
            Self::Html => "text/html",
            Self::JavaScript => "application/javascript",
            Self::Json => "application/json",
        }
    }
}

impl FixedResponse {
    /// Checks an answer: status 2xx, 4xx or 5xx, at most 1,024 bytes of characters that XML can carry.
    pub fn new(status: u16, content_type: Option<ContentType>, body: &str) -> Result<Self, Invalid> {
        if !matches!(status, 200..=299 | 400..=599) {
            return Err(Invalid::new(format!(
                "Fixed response status code '{status}' must be 2XX, 4XX or 5XX, such as 503"
            )));
        }
        if body.len() > BODY_BYTES {
            return Err(Invalid::new(format!(
                "Fixed response message body has '{}' bytes; it cannot be longer than '{BODY_BYTES}'",
                body.len()
            )));
        }
        if let Some(c) = body.chars().find(|&c| !is_xml(c)) {
            return Err(Invalid::new(format!(
                "Fixed response message body cannot contain the character U+{:04X}",
                u32::from(c)
            )));
        }
        Ok(Self { status, content_type, body: body.into() })
    }

    /// Its status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// What its body is, if its caller said so.
    pub const fn content_type(&self) -> Option<ContentType> {
        self.content_type
    }

    /// Its body; may be empty.
    pub const fn body(&self) -> &Arc<str> {
        &self.body
    }
}

/// A character of XML 1.0. Any other would be shown by the API otherwise than it is sent.
const fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_and_body_keep_to_their_ranges_l18() {
        for (status, good) in
            [(199, false), (200, true), (299, true), (301, false), (400, true), (599, true), (600, false)]
        {
            assert_eq!(FixedResponse::new(status, None, "").is_ok(), good, "{status}");
        }
        assert!(FixedResponse::new(200, Some(ContentType::Json), &"x".repeat(1024)).is_ok());
        assert!(FixedResponse::new(200, Some(ContentType::Json), &"x".repeat(1025)).is_err());
        assert!(FixedResponse::new(200, None, "\u{e9}\ta\r\n\u{85}").is_ok());
        for bad in ["a\u{1}b", "\0", "\u{fffe}"] {
            assert!(FixedResponse::new(200, None, bad).is_err(), "{bad:?}");
        }
    }
}
