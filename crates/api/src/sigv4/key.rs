//! The two primitives and the key that is derived from them.

use aws_lc_rs::{digest, hmac};

use super::{ALGORITHM, SERVICE, TERMINATOR};

/// SHA-256 in lower-case hexadecimal.
pub(super) fn hash(data: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, data).as_ref())
}

/// The signature of a canonical request, not yet written as text.
pub(super) fn signature(secret: &str, moment: &Moment<'_>, canonical: &str) -> hmac::Tag {
    let Moment { time, date, region } = moment;
    let text = format!(
        "{ALGORITHM}\n{time}\n{date}/{region}/{SERVICE}/{TERMINATOR}\n{}",
        hash(canonical.as_bytes())
    );
    let start = format!("AWS4{secret}").into_bytes();
    let key = [date, region, SERVICE, TERMINATOR]
        .iter()
        .fold(start, |key, part| mac(&key, part.as_bytes()).as_ref().to_vec());
    mac(&key, text.as_bytes())
}

/// When and where a signature is valid.
pub(super) struct Moment<'a> {
    /// `20150830T123600Z`
    pub(super) time: &'a str,
    /// `20150830`
    pub(super) date: &'a str,
    /// `us-east-1`
    pub(super) region: &'a str,
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
        text.push(digit(byte >> 4));
        text.push(digit(byte & 0xf));
        text
    })
}

fn mac(key: &[u8], data: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data)
}
