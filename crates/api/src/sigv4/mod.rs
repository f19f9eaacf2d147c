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

pub use sign::{sign, sign_for, sign_object_request};
pub(crate) use verify::wrong_service;
pub use verify::{Authenticated, Rules, verify};

/// The service that a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Load balancing, for both versions of its API.
    LoadBalancing,
    /// The Security Token Service.
    Sts,
    /// The Elastic Compute Cloud.
    Ec2,
    /// Certificate Manager.
    Acm,
    /// Identity and Access Management.
    Iam,
    /// CloudFormation.
    CloudFormation,
}

impl Service {
    /// Its name in a signature's scope.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoadBalancing => "elasticloadbalancing",
            Self::Sts => "sts",
            Self::Ec2 => "ec2",
            Self::Acm => "acm",
            Self::Iam => "iam",
            Self::CloudFormation => "cloudformation",
        }
    }

    /// Reads its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::LoadBalancing, Self::Sts, Self::Ec2, Self::Acm, Self::Iam, Self::CloudFormation]
            .into_iter()
            .find(|service| service.as_str() == text)
    }
}

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";
const TIME_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// The service that a request claims to be signed for, for the shape of its answer. Nothing is verified.
pub(crate) fn claimed_service(parts: &http::request::Parts) -> Option<Service> {
    Service::parse(&claim::read(parts).ok()?.service)
}

/// A moment in ISO 8601's basic form: `20150830T123600Z`.
fn basic(time: elbow_model::Timestamp) -> String {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let time = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    time.strftime(TIME_FORMAT).to_string()
}
