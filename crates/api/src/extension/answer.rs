//! The answers of the extension API: JSON, or a refusal as `{"code", "message", "requestId"}`.

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::operation::Operation;
use crate::error::{Code, Error};
use crate::wire::answer::REQUEST_ID_HEADER;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A refusal, and the methods that would not be refused if it is the method's.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) error: Error,
    allow: Option<String>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, allow: None }
    }
}

impl Refused {
    /// The path is nobody's.
    pub(crate) fn nothing(path: &str) -> Self {
        Error::new(
            Code::InvalidAction,
            format!("There is nothing at {path}; docs/extension-api.md lists what there is"),
        )
        .into()
    }

    /// The path has other methods.
    pub(crate) fn method(allowed: &[&str]) -> Self {
        let allow = allowed.join(", ");
        let error = Error::new(Code::InvalidAction, format!("The method must be one of: {allow}"));
        Self { error, allow: Some(allow) }
    }
}

/// The answer to a call that succeeded.
pub(crate) fn success(operation: &Operation, value: &Value, request_id: &str) -> Response<Bytes> {
    let status = StatusCode::from_u16(operation.status).unwrap_or(StatusCode::OK);
    let body = operation.answer.map(|_| value.to_string()).unwrap_or_default();
    respond(status, body, request_id)
}

/// The answer to a call that was refused.
pub(crate) fn failure(refused: &Refused, request_id: &str) -> Response<Bytes> {
    let Refused { error, allow } = refused;
    let body = json!({ "code": error.code().as_str(), "message": error.message(), "requestId": request_id });
    let status = if allow.is_some() { StatusCode::METHOD_NOT_ALLOWED } else { status(error.code()) };
    let mut response = respond(status, body.to_string(), request_id);
    if let Some(allow) = allow.as_ref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

/// Here a status says what it says everywhere in HTTP; AWS's protocols have 400 for most.
fn status(code: Code) -> StatusCode {
    match code {
        Code::InvalidAction
        | Code::ResourceNotFound
        | Code::TargetGroupNotFound
        | Code::ListenerNotFound
        | Code::LoadBalancerNotFound => StatusCode::NOT_FOUND,
        Code::ResourceInUse => StatusCode::CONFLICT,
        other => other.status(),
    }
}

fn respond(status: StatusCode, body: String, request_id: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_TYPE, JSON);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID_HEADER, id);
    }
    response
}
