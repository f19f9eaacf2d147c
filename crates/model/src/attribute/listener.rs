//! Attributes of a listener (facts, section 7.3).

use super::{Attribute, Kind};

/// Whether the load balancer's own responses say `Server: awselb/2.0` (R25).
pub const SERVER_HEADER: &str = "routing.http.response.server.enabled";
/// The name of the header that tells a target the serial number of a client's certificate; empty for the usual one (R32).
pub const MTLS_SERIAL_NUMBER_NAME: &str =
    "routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name";
/// The name of the header that tells a target who issued it; empty for the usual one (R32).
pub const MTLS_ISSUER_NAME: &str = "routing.http.request.x_amzn_mtls_clientcert_issuer.header_name";
/// The name of the header that tells a target whom it is for; empty for the usual one (R32).
pub const MTLS_SUBJECT_NAME: &str = "routing.http.request.x_amzn_mtls_clientcert_subject.header_name";
/// The name of the header that tells a target from when until when it is valid; empty for the usual one (R32).
pub const MTLS_VALIDITY_NAME: &str = "routing.http.request.x_amzn_mtls_clientcert_validity.header_name";
/// The name of the header that tells a target the certificate itself; empty for the usual one (R32).
pub const MTLS_LEAF_NAME: &str = "routing.http.request.x_amzn_mtls_clientcert_leaf.header_name";
/// The name of the header that hands a target the certificates of a client, unchecked; empty for the usual one (R32).
pub const MTLS_CLIENTCERT_NAME: &str = "routing.http.request.x_amzn_mtls_clientcert.header_name";
/// The name of the header that tells a target the version of TLS; empty for the usual one (R27).
pub const TLS_VERSION_NAME: &str = "routing.http.request.x_amzn_tls_version.header_name";
/// The name of the header that tells a target the cipher; empty for the usual one (R27).
pub const TLS_CIPHER_NAME: &str = "routing.http.request.x_amzn_tls_cipher_suite.header_name";
/// Whether clients may speak HTTP/2 in clear, with prior knowledge (RFC 9113 section 3.3).
pub const HTTP2_CLEARTEXT: &str = "elbow.http2.cleartext";

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
    MTLS_SERIAL_NUMBER_NAME, Kind::HeaderName, "";
    MTLS_ISSUER_NAME, Kind::HeaderName, "";
    MTLS_SUBJECT_NAME, Kind::HeaderName, "";
    MTLS_VALIDITY_NAME, Kind::HeaderName, "";
    MTLS_LEAF_NAME, Kind::HeaderName, "";
    MTLS_CLIENTCERT_NAME, Kind::HeaderName, "";
    TLS_VERSION_NAME, Kind::HeaderName, "";
    TLS_CIPHER_NAME, Kind::HeaderName, "";
    HTTP2_CLEARTEXT, Kind::Flag, "false";
};
