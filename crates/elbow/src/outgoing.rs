//! What requests that this program makes have in common, whomever they ask: where that is, with which keys, over what, and
//! one request with its response. Start with [`exchange()`].

mod exchange;
mod trust;
mod url;

use elbow_model::Credential;
use http::HeaderValue;

pub(crate) use self::exchange::{Failed, exchange};
pub(crate) use self::trust::trust;
pub(crate) use self::url::EndpointUrl;

/// The header of [`AwsKeys::session_token`].
pub(crate) const TOKEN_HEADER: &str = "x-amz-security-token";

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct AwsKeys {
    /// The pair that signs.
    pub(crate) credential: Credential,
    /// The token that goes with a temporary pair; it is sensitive.
    pub(crate) session_token: Option<HeaderValue>,
}
