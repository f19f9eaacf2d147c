//! What a request says about its own signature. Nothing here is believed yet.
//!
//! **Threat.** These bytes come from callers who are not known. Reading them allocates no more than they are long and
//! proves nothing; whatever cannot be read is refused with AWS's `IncompleteSignature`.

use std::time::Duration;

use elbow_model::{AccessKeyId, Region, Timestamp};
use http::header::{AUTHORIZATION, DATE};
use http::request::Parts;

use super::{ALGORITHM, TIME_FORMAT};
use crate::error::{Code, Error};

/// Longest time that a presigned request may be valid.
const LONGEST_VALIDITY: Duration = Duration::from_secs(7 * 24 * 3600);

/// A signature and what it claims to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who signed.
    pub access_key: AccessKeyId,
    /// The date in the scope, eight digits.
    pub date: String,
    /// The region in the scope.
    pub region: Region,
    /// The service in the scope.
    pub service: String,
    /// The end of the scope.
    pub terminator: String,
    /// The names of the signed headers, in lower case.
    pub signed_headers: Vec<String>,
    /// The signature: 32 bytes.
    pub signature: Vec<u8>,
    /// When it was signed, in ISO 8601's basic form.
    pub time_text: String,
    /// When it was signed.
    pub time: Timestamp,
    /// How long a presigned request is valid; `None` for one that is signed in its header.
    pub validity: Option<Duration>,
}

/// Reads the claim of a request, from the header or, if there is none, from the query.
///
/// # Errors
/// `MissingAuthenticationToken` if there is none, `IncompleteSignature` if it cannot be read.
pub fn read(parts: &Parts) -> Result<Claim, Error> {
    if let Some(header) = parts.headers.get(AUTHORIZATION) {
        let header = header.to_str().map_err(|_| incomplete("The Authorization header must be ASCII"))?;
        return from_header(header, &header_time(parts)?);
    }
    let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let pairs: Vec<(String, String)> = pairs
        .filter(|(name, _)| name.starts_with("X-Amz-"))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if pairs.is_empty() {
        return Err(Error::new(Code::MissingAuthenticationToken, "Request is missing Authentication Token"));
    }
    from_query(&pairs)
}

/// `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`
fn from_header(header: &str, time: &str) -> Result<Claim, Error> {
    let (algorithm, rest) = header.trim().split_once(' ').unwrap_or((header, ""));
    check_algorithm(algorithm)?;
    let part = |name: &str| {
        let mut parts = rest.split(',').filter_map(|part| part.trim().split_once('='));
        let found = parts.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
        found.ok_or_else(|| incomplete(format!("Authorization header requires '{name}' parameter.")))
    };
    claim(&part("Credential")?, &part("SignedHeaders")?, &part("Signature")?, time, None)
}

fn from_query(pairs: &[(String, String)]) -> Result<Claim, Error> {
    let part = |name: &str| {
        let mut found = pairs.iter().filter(|(known, _)| known == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Ok(value.as_str()),
            (Some(_), Some(_)) => Err(incomplete(format!("'{name}' is given more than once."))),
            (None, _) => Err(incomplete(format!("AWS query-string parameters must include '{name}'."))),
        }
    };
    check_algorithm(part("X-Amz-Algorithm")?)?;
    let validity = part("X-Amz-Expires")?;
    let digits = !validity.is_empty() && validity.bytes().all(|b| b.is_ascii_digit());
    let validity = validity.parse().ok().filter(|_| digits).map(Duration::from_secs);
    let validity = validity
        .filter(|it| (Duration::from_secs(1)..=LONGEST_VALIDITY).contains(it))
        .ok_or_else(|| incomplete("X-Amz-Expires must be a number of seconds between 1 and 604800."))?;
    let (credential, headers) = (part("X-Amz-Credential")?, part("X-Amz-SignedHeaders")?);
    claim(credential, headers, part("X-Amz-Signature")?, part("X-Amz-Date")?, Some(validity))
}

fn claim(
    credential: &str,
    headers: &str,
    signature: &str,
    time: &str,
    validity: Option<Duration>,
) -> Result<Claim, Error> {
    let scope: Vec<&str> = credential.split('/').collect();
    let [key, date, region, service, terminator] = scope.as_slice() else {
        return Err(incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
             '{credential}'"
        )));
    };
    let moment = moment(time)
        .ok_or_else(|| incomplete(format!("Date must be in ISO-8601 'basic format'. Got '{time}'.")))?;
    let named = || headers.split(';').map(str::to_ascii_lowercase);
    if named().any(|name| http::HeaderName::from_bytes(name.as_bytes()).is_err()) {
        return Err(incomplete(format!("SignedHeaders must be names separated by ';', got '{headers}'")));
    }
    Ok(Claim {
        // AWS knows no key that breaks its rules either.
        access_key: AccessKeyId::parse(key).map_err(|_| unknown_key())?,
        date: (*date).to_owned(),
        region: Region::parse(region).map_err(|_| {
            Error::new(
                Code::SignatureDoesNotMatch,
                format!("Credential should be scoped to a valid region, not '{region}'."),
            )
        })?,
        service: (*service).to_owned(),
        terminator: (*terminator).to_owned(),
        signed_headers: named().collect(),
        signature: unhex(signature).ok_or_else(|| incomplete("Signature must be 64 hexadecimal digits."))?,
        time_text: time.to_owned(),
        time: moment,
        validity,
    })
}

/// The refusal of a key that nobody has.
pub(super) fn unknown_key() -> Error {
    Error::new(Code::InvalidClientTokenId, "The security token included in the request is invalid.")
}

/// The time of a request that is signed in its header, in ISO 8601's basic form: `X-Amz-Date`, else `Date`.
fn header_time(parts: &Parts) -> Result<String, Error> {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let date = text("x-amz-date").or_else(|| text(DATE.as_str())).ok_or_else(|| {
        incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    })?;
    match httpdate(date) {
        Some(time) => Ok(time),
        None => Ok(date.to_owned()),
    }
}

fn httpdate(text: &str) -> Option<String> {
    let time = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(time.strftime(TIME_FORMAT).to_string())
}

/// Reads `20150830T123600Z`, nothing else.
fn moment(text: &str) -> Option<Timestamp> {
    let shape = text.bytes().enumerate().all(|(at, b)| match at {
        8 => b == b'T',
        15 => b == b'Z',
        _ => b.is_ascii_digit(),
    });
    if text.len() != 16 || !shape {
        return None;
    }
    let time = jiff::civil::DateTime::strptime(TIME_FORMAT, text).ok()?;
    let millis = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
    u64::try_from(millis).ok().map(Timestamp::from_millis)
}

fn check_algorithm(text: &str) -> Result<(), Error> {
    if text == ALGORITHM {
        return Ok(());
    }
    Err(incomplete(format!("Unsupported AWS 'algorithm': '{text}'.")))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 {
        return None;
    }
    let digits: Option<Vec<u8>> =
        text.bytes().map(|b| char::from(b).to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    Some(digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

fn incomplete(message: impl Into<String>) -> Error {
    Error::new(Code::IncompleteSignature, message)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    const CREDENTIAL: &str = "AKIDEXAMPLE/20150830/us-east-1/elasticloadbalancing/aws4_request";

    fn with_date(name: &str, value: &str) -> Result<Claim, Error> {
        let signature = "0f".repeat(32);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={CREDENTIAL},SignedHeaders=Host;{name}, Signature={signature}"
        );
        let request = Request::post("/").header("authorization", authorization).header(name, value);
        read(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn the_time_is_that_of_either_header_in_either_form() {
        for (name, value) in [
            ("x-amz-date", "20150830T123600Z"),
            ("date", "20150830T123600Z"),
            ("date", "Sun, 30 Aug 2015 12:36:00 GMT"),
        ] {
            let claim = with_date(name, value).unwrap();
            assert_eq!(claim.time, Timestamp::from_secs(1_440_938_160), "{value}");
            assert_eq!(claim.time_text, "20150830T123600Z");
            assert_eq!(claim.signed_headers, ["host", name]);
            assert_eq!(claim.signature, [0x0f; 32]);
        }
    }

    #[test]
    fn other_texts_are_no_time() {
        for text in [
            "",
            "20150830",
            "20150830T123600",
            "20150830T123600ZZ",
            "20150830T1236+0Z",
            "20151330T123600Z",
            "20150230T123600Z",
            "20150830T256000Z",
            "2015-08-30T12:36:00Z",
            "tomorrow",
        ] {
            assert_eq!(
                with_date("x-amz-date", text).unwrap_err().code(),
                Code::IncompleteSignature,
                "{text}"
            );
        }
    }
}
