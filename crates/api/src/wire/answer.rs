//! What goes around a result or a refusal (facts, section 1).

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use super::Xml;
use crate::actions::Version;
use crate::error::{Code, Error};

const REQUEST_ID_HEADER: &str = "x-amzn-requestid";

/// The answer to a call that succeeded: `<XResponse><XResult>…</XResult><ResponseMetadata>…`; EC2 has no result around
/// its members.
pub(crate) fn success(version: Version, action: &str, result: &Xml, request_id: &str) -> Response<Bytes> {
    let mut xml = Xml::new();
    if version == Version::Ec2 {
        xml.root(&format!("{action}Response"), version.namespace(), |xml| {
            xml.text("requestId", request_id);
            xml.append(result);
        });
        return respond(StatusCode::OK, xml, request_id);
    }
    xml.root(&format!("{action}Response"), version.namespace(), |xml| {
        xml.element(&format!("{action}Result"), |xml| xml.append(result));
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", request_id));
    });
    respond(StatusCode::OK, xml, request_id)
}

/// The answer to a call that was refused: `<ErrorResponse><Error>…</Error><RequestId>…`; of EC2
/// `<Response><Errors><Error>…`.
pub(crate) fn failure(version: Version, error: &Error, request_id: &str) -> Response<Bytes> {
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
        return respond(error.code().status(), xml, request_id);
    }
    xml.root("ErrorResponse", version.namespace(), |xml| {
        xml.element("Error", |xml| {
            xml.text("Type", error.code().side().as_str());
            xml.text("Code", error.code().as_str());
            xml.text("Message", error.message());
        });
        xml.text("RequestId", request_id);
    });
    respond(error.code().status(), xml, request_id)
}

/// EC2 has other codes than the rest for what is common to all.
fn ec2_code(code: Code) -> Code {
    match code {
        Code::ValidationError => Code::InvalidParameterValue,
        other => other,
    }
}

fn respond(status: StatusCode, xml: Xml, request_id: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(xml.into_text()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID_HEADER, id);
    }
    response
}
