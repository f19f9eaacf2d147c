//! The side that signs.

use elbow_model::{Credential, Region, Timestamp};
use http::header::{AUTHORIZATION, HeaderValue};
use http::request::Parts;

use super::key::{Moment, hash, hex, signature};
use super::{ALGORITHM, Service, TERMINATOR, canonical};

/// Signs a call of the load balancing API in its header: sets `X-Amz-Date` and `Authorization`. The header `Host` must be there already.
///
/// ```
/// # use elbow_model::{AccessKeyId, Credential, Region, Secret, Timestamp};
/// let credential = Credential {
///     id: AccessKeyId::parse("AKIDEXAMPLE").unwrap(),
///     secret: Secret::parse("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY").unwrap(),
///     created: Timestamp::from_millis(0),
/// };
/// let body = b"Action=DescribeLoadBalancers&Version=2015-12-01";
/// let request = http::Request::post("/").header("host", "127.0.0.1:7070").body(()).unwrap();
/// let (mut parts, ()) = request.into_parts();
/// let region = Region::parse("us-east-1").unwrap();
/// elbow_api::sigv4::sign(&mut parts, body, &credential, &region, Timestamp::from_secs(1_440_938_160));
/// assert!(parts.headers["authorization"].to_str().unwrap().starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/"));
/// ```
pub fn sign(parts: &mut Parts, body: &[u8], credential: &Credential, region: &Region, now: Timestamp) {
    sign_for(Service::LoadBalancing, parts, body, credential, region, now);
}

/// The same for a call of any service.
pub fn sign_for(
    service: Service,
    parts: &mut Parts,
    body: &[u8],
    credential: &Credential,
    region: &Region,
    now: Timestamp,
) {
    let canonical = |parts: &Parts, names: &[String]| canonical::request(parts, names, &hash(body));
    sign_canonical(service.as_str(), parts, credential, region, now, canonical);
}

/// Signs a request to Amazon S3, or to a server like it. The header `Host` must be there already.
pub fn sign_object_request(
    parts: &mut Parts,
    body: &[u8],
    credential: &Credential,
    region: &Region,
    now: Timestamp,
) {
    let body_hash = hash(body);
    set(parts, "x-amz-content-sha256", &body_hash);
    let canonical = |parts: &Parts, names: &[String]| canonical::object_request(parts, names, &body_hash);
    sign_canonical("s3", parts, credential, region, now, canonical);
}

fn sign_canonical(
    service: &str,
    parts: &mut Parts,
    credential: &Credential,
    region: &Region,
    now: Timestamp,
    canonical: impl Fn(&Parts, &[String]) -> String,
) {
    let time = super::basic(now);
    let date = time.get(..8).unwrap_or_default();
    set(parts, "x-amz-date", &time);
    parts.headers.remove(AUTHORIZATION);
    let mut names: Vec<String> = parts.headers.keys().map(|name| name.as_str().to_owned()).collect();
    names.sort_unstable();
    let canonical = canonical(parts, &names);
    let moment = Moment { time: &time, date, region: region.as_str(), service };
    let signature = hex(signature(credential.secret.reveal(), &moment, &canonical).as_ref());
    let authorization = format!(
        "{ALGORITHM} Credential={}/{date}/{}/{service}/{TERMINATOR}, SignedHeaders={}, Signature={signature}",
        credential.id.as_str(),
        region.as_str(),
        names.join(";"),
    );
    set(parts, AUTHORIZATION.as_str(), &authorization);
}

fn set(parts: &mut Parts, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        parts.headers.insert(name, value);
    }
}
