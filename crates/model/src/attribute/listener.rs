//! Attributes of a listener (facts, section 7.3).

use super::{Attribute, Kind};

/// Whether the load balancer's own responses say `Server: awselb/2.0` (R25).
pub const SERVER_HEADER: &str = "routing.http.response.server.enabled";

/// All of them, in the order in which they are listed.
pub static TABLE: &[Attribute] = table! {
    SERVER_HEADER, Kind::Flag, "true";
    "routing.http.response.strict_transport_security.header_value", Kind::HeaderValue, "";
    "routing.http.response.access_control_allow_origin.header_value", Kind::HeaderValue, "";
    "routing.http.response.access_control_allow_methods.header_value", Kind::HeaderValue, "";
    "routing.http.response.access_control_allow_headers.header_value", Kind::HeaderValue, "";
    "routing.http.response.access_control_allow_credentials.header_value", Kind::HeaderValue, "";
    "routing.http.response.access_control_expose_headers.header_value", Kind::HeaderValue, "";
    "routing.http.response.access_control_max_age.header_value", Kind::HeaderValue, "";
    "routing.http.response.content_security_policy.header_value", Kind::HeaderValue, "";
    "routing.http.response.x_content_type_options.header_value", Kind::HeaderValue, "";
    "routing.http.response.x_frame_options.header_value", Kind::HeaderValue, "";
    "routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name", Kind::HeaderName, "";
    "routing.http.request.x_amzn_mtls_clientcert_issuer.header_name", Kind::HeaderName, "";
    "routing.http.request.x_amzn_mtls_clientcert_subject.header_name", Kind::HeaderName, "";
    "routing.http.request.x_amzn_mtls_clientcert_validity.header_name", Kind::HeaderName, "";
    "routing.http.request.x_amzn_mtls_clientcert_leaf.header_name", Kind::HeaderName, "";
    "routing.http.request.x_amzn_mtls_clientcert.header_name", Kind::HeaderName, "";
    "routing.http.request.x_amzn_tls_version.header_name", Kind::HeaderName, "";
    "routing.http.request.x_amzn_tls_cipher_suite.header_name", Kind::HeaderName, "";
};
