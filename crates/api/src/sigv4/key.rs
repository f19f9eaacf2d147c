//! The two primitives and the key that is derived from them.

use aws_lc_rs::{digest, hmac};

use super::{ALGORITHM, TERMINATOR};

/// SHA-256 in lower-case hexadecimal.
pub(super) fn hash(data: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, data).as_ref())
}

/// The signature of a canonical request, not yet written as text.
pub(super) fn signature(secret: &str, moment: &Moment<'_>, canonical: &str) -> hmac::Tag {
    let Moment { time, date, region, service } = moment;
    let text = format!(
        "{ALGORITHM}\n{time}\n{date}/{region}/{service}/{TERMINATOR}\n{}",
        hash(canonical.as_bytes())
    );
    let start = format!("AWS4{secret}").into_bytes();
    let key = [date, region, service, TERMINATOR]
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
    /// `elasticloadbalancing`
    pub(super) service: &'a str,
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

#[cfg(test)]
mod tests {
    use http::Request;

    use super::super::canonical;
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    const TIME: &str = "20150830T123600Z";
    const FORM: &str = "application/x-www-form-urlencoded";

    /// Method, host, target, content type, body, service, signature: from AWS's published test suite and guide.
    type Vector<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, &'a str, &'a str, &'a str);

    const VECTORS: &[Vector<'_>] = &[
        (
            "GET",
            "example.amazonaws.com",
            "/",
            None,
            "",
            "service",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "GET",
            "example.amazonaws.com",
            "/?Param2=value2&Param1=value1",
            None,
            "",
            "service",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "POST",
            "example.amazonaws.com",
            "/",
            None,
            "",
            "service",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            "POST",
            "example.amazonaws.com",
            "/",
            Some(FORM),
            "Param1=value1",
            "service",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        (
            "GET",
            "iam.amazonaws.com",
            "/?Action=ListUsers&Version=2010-05-08",
            Some("application/x-www-form-urlencoded; charset=utf-8"),
            "",
            "iam",
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        ),
    ];

    #[test]
    fn published_signatures_come_out() {
        for (method, host, target, content_type, body, service, expected) in VECTORS {
            let mut request = Request::builder().method(*method).uri(*target).header("host", *host);
            request = request.header("x-amz-date", TIME);
            let mut names = vec!["host".to_owned(), "x-amz-date".to_owned()];
            if let Some(content_type) = content_type {
                request = request.header("content-type", *content_type);
                names.insert(0, "content-type".to_owned());
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let canonical = canonical::request(&parts, &names, &hash(body.as_bytes()));
            let moment = Moment { time: TIME, date: "20150830", region: "us-east-1", service };
            assert_eq!(hex(signature(SECRET, &moment, &canonical).as_ref()), *expected, "{method} {target}");
        }
    }
}
