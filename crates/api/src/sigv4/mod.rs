//! AWS Signature Version 4: proves who sent a request and that nobody changed it.
//!
//! [`verify`] reads what a request claims ([`claim`]), computes the signature again over the canonical request
//! (`canonical`) and compares in constant time; only it can make an [`Authenticated`]. [`sign`] is the other side, for
//! tests, the demo and the command line. Neither knows where secrets are kept: [`verify`] asks a function.

mod canonical;
pub mod claim;
mod key;
mod sign;
mod verify;

pub use sign::sign;
pub use verify::{Authenticated, Rules, verify};

/// The service in a signature's scope, for both versions of the API.
pub const SERVICE: &str = "elasticloadbalancing";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";
const TIME_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// A moment in ISO 8601's basic form: `20150830T123600Z`.
fn basic(time: elbow_model::Timestamp) -> String {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let time = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    time.strftime(TIME_FORMAT).to_string()
}
