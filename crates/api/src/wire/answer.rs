//! What goes around a result or a refusal (facts, section 1): XML, or nothing in the JSON protocol.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use serde_json::{Value, json};

use super::Xml;
use crate::actions::Version;
use crate::error::{Code, Error};

pub(crate) const REQUEST_ID_HEADER: &str = "x-amzn-requestid";

/// The result of a call, in the protocol of its API.
pub(crate) enum Outcome {
    /// The inside of a result.
    Xml(Xml),
    /// All of it.
    Json(Value),
}

const JSON: &str = "application/x-amz-json-1.1";
const XML: &str = "text/xml";

/// The answer to a call that succeeded.
pub(crate) fn success(
    version: Version,
    action: &str,
    outcome: &Outcome,
    request_id: &str,
) -> Response<Bytes> {
    match outcome {
        Outcome::Xml(xml) => success_in_xml(version, action, xml, request_id),
        // Not even an empty structure if the action has no result.
        Outcome::Json(value) if *value == json!({}) => {
            respond(StatusCode::OK, JSON, String::new(), request_id)
        }
        Outcome::Json(value) => respond(StatusCode::OK, JSON, value.to_string(), request_id),
    }
}

/// `<XResponse><XResult>…</XResult><ResponseMetadata>…`; EC2 has no result around
/// its members.
fn success_in_xml(version: Version, action: &str, result: &Xml, request_id: &str) -> Response<Bytes> {
    let mut xml = Xml::new();
    if version == Version::Ec2 {
        xml.root(&format!("{action}Response"), version.namespace(), |xml| {
            xml.text("requestId", request_id);
            xml.append(result);
        });
        return respond(StatusCode::OK, XML, xml.into_text(), request_id);
    }
    xml.root(&format!("{action}Response"), version.namespace(), |xml| {
        if !has_no_result(version, action) || !result.is_empty() {
            xml.element(&format!("{action}Result"), |xml| xml.append(result));
        }
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", request_id));
    });
    respond(StatusCode::OK, XML, xml.into_text(), request_id)
}

/// Whether there is not even an empty result around nothing: so it is with IAM, and with one action of CloudFormation.
fn has_no_result(version: Version, action: &str) -> bool {
    match version {
        Version::Iam => true,
        Version::CloudFormation => action == "DeleteStack",
        _ => false,
    }
}

/// The answer to a call that was refused: `<ErrorResponse><Error>…</Error><RequestId>…`; of EC2
/// `<Response><Errors><Error>…`; in the JSON protocol an object with `__type` and `message`.
pub(crate) fn failure(version: Version, error: &Error, request_id: &str) -> Response<Bytes> {
    if version == Version::Acm {
        let body = json!({ "__type": json_code(error.code()), "message": error.message() });
        return respond(error.code().status(), JSON, body.to_string(), request_id);
    }
    let mut xml = Xml::new();
    if version == Version::Ec2 {
        xml.element("Response", |xml| {
            xml.element("Errors", |xml| {
                xml.element("Error", |xml| {
                    xml.text("Code", ec2_code(error.code()).as_str());
                    xml.text("Message", error.message());
                });
            });
            xml.text("RequestID", request_id);
        });
        return respond(error.code().status(), XML, xml.into_text(), request_id);
    }
    xml.root("ErrorResponse", version.namespace(), |xml| {
        xml.element("Error", |xml| {
            xml.text("Type", error.code().side().as_str());
            xml.text("Code", error.code().as_str());
            xml.text("Message", error.message());
        });
        xml.text("RequestId", request_id);
    });
    respond(status(version, error.code()), XML, xml.into_text(), request_id)
}

/// The API of Classic Load Balancers has another status than that of the others for one code.
fn status(version: Version, code: Code) -> StatusCode {
    match (version, code) {
        (Version::Classic, Code::InvalidConfigurationRequest) => StatusCode::CONFLICT,
        _ => code.status(),
    }
}

/// EC2 has other codes than the rest for what is common to all.
fn ec2_code(code: Code) -> Code {
    match code {
        Code::ValidationError => Code::InvalidParameterValue,
        other => other,
    }
}

/// The JSON protocol has other codes for what is common to all.
fn json_code(code: Code) -> &'static str {
    match code {
        Code::ValidationError => "ValidationException",
        Code::InvalidAction | Code::MissingAction => "UnknownOperationException",
        Code::MissingAuthenticationToken => "MissingAuthenticationTokenException",
        Code::IncompleteSignature => "IncompleteSignatureException",
        Code::InvalidClientTokenId => "UnrecognizedClientException",
        Code::SignatureDoesNotMatch | Code::RequestExpired => "InvalidSignatureException",
        Code::ServiceUnavailable => "ServiceUnavailableException",
        other => other.as_str(),
    }
}

fn respond(status: StatusCode, kind: &'static str, body: String, request_id: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID_HEADER, id);
    }
    response
}
