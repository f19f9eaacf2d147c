//! Any bytes as what a request says of its signature: no panic, and nobody is let in without the secret.

#![no_main]

use elbow_api::sigv4::{Rules, claim, verify};
use elbow_model::{Secret, Timestamp};
use http::{HeaderValue, Request, Uri};
use libfuzzer_sys::fuzz_target;

/// The moment at which the seeds of the corpus were signed.
const NOW: Timestamp = Timestamp::from_secs(1_440_938_160);

fuzz_target!(|data: &[u8]| {
    let mut lines = data.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (authorization, date, query, body) = (line(), line(), line(), line());
    let mut uri = b"/?".to_vec();
    uri.extend_from_slice(query);
    let Ok(uri) = Uri::try_from(uri) else { return };
    let mut request = Request::post(uri).header("host", "localhost");
    for (name, value) in [("authorization", authorization), ("x-amz-date", date)] {
        match HeaderValue::from_bytes(value) {
            Ok(value) if !value.is_empty() => request = request.header(name, value),
            _ => {}
        }
    }
    let Ok((parts, ())) = request.body(()).map(Request::into_parts) else { return };
    if let Ok(claim) = claim::read(&parts) {
        assert_eq!(claim.signature.len(), 32);
        assert_eq!(claim.time_text.len(), 16);
    }
    let secret = Secret::parse("nobody-signs-with-this").ok();
    let rules = Rules { now: NOW, serves: &|_| true, secret: &|_| secret.clone() };
    assert!(verify(&parts, body, &rules).is_err());
});
