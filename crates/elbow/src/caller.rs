//! Makes API calls as any other client does, signed: of load balancing in AWS's Query form, answered in XML, and of
//! Certificate Manager in JSON.

use std::sync::Arc;

use bytes::Bytes;
use elbow_api::sigv4::{self, Service};
use elbow_model::{Credential, Region};
use http::Response;
use serde_json::Value;

use crate::clock::now;
use crate::server::Endpoint;

/// Version of the API that is called.
const VERSION: &str = "2015-12-01";

/// Calls the API of this process in one region.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) credential: Arc<Credential>,
    pub(crate) region: Region,
}

/// The answer to a call.
#[derive(Debug)]
pub(crate) struct Answer {
    action: String,
    xml: String,
}

/// The API refused a call.
#[derive(Debug, thiserror::Error)]
#[error("{action}: {message}")]
pub(crate) struct Refused {
    action: String,
    message: String,
}

impl Caller {
    /// Makes one call of load balancing.
    pub(crate) async fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Answer, Refused> {
        let fixed = [("Action", action), ("Version", VERSION)];
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fixed)
            .extend_pairs(parameters)
            .finish();
        let content = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        let response = self.send(Service::LoadBalancing, action, &content, form).await?;
        let xml = String::from_utf8_lossy(response.body()).into_owned();
        let answer = Answer { action: action.to_owned(), xml };
        if response.status().is_success() {
            return Ok(answer);
        }
        Err(refused(action, answer.text("Message").unwrap_or_default()))
    }

    /// Makes one call of Certificate Manager.
    pub(crate) async fn certificates(&self, action: &str, input: &Value) -> Result<Value, Refused> {
        let target = format!("CertificateManager.{action}");
        let content = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        let response = self.send(Service::Acm, action, &content, input.to_string()).await?;
        let answer: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        if response.status().is_success() {
            return Ok(answer);
        }
        Err(refused(action, answer.get("message").and_then(Value::as_str).unwrap_or_default()))
    }

    async fn send(
        &self,
        service: Service,
        action: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Response<Bytes>, Refused> {
        let request = headers
            .iter()
            .fold(http::Request::post("/").header("host", "localhost"), |it, (name, value)| {
                it.header(*name, *value)
            })
            .body(Bytes::from(body))
            .map_err(|error| refused(action, error.to_string()))?;
        let (mut parts, body) = request.into_parts();
        sigv4::sign_for(service, &mut parts, &body, &self.credential, &self.region, now());
        Ok(self.endpoint.handle(http::Request::from_parts(parts, body)).await)
    }
}

/// An answer without what it must have.
pub(crate) fn refused(action: &str, message: impl Into<String>) -> Refused {
    Refused { action: action.to_owned(), message: message.into() }
}

impl Answer {
    /// The text of the first element of this name.
    pub(crate) fn text(&self, element: &str) -> Option<String> {
        self.contents(element).next().map(unescape)
    }

    /// The same where the answer is worthless without it.
    pub(crate) fn need(&self, element: &str) -> Result<String, Refused> {
        self.text(element).ok_or_else(|| refused(&self.action, format!("the answer has no {element}")))
    }

    /// The texts of all elements of this name, in their order.
    pub(crate) fn texts<'a>(&'a self, element: &str) -> impl Iterator<Item = String> + use<'a> {
        self.contents(element).map(unescape)
    }

    /// The members of an answer's only list.
    pub(crate) fn members(&self) -> impl Iterator<Item = Self> {
        self.contents("member").map(|xml| Self { action: self.action.clone(), xml: xml.to_owned() })
    }

    /// What lies between the tags of each element of this name; such elements must not lie in one another.
    fn contents<'a>(&'a self, element: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let mut rest = self.xml.as_str();
        std::iter::from_fn(move || {
            let (content, after) = rest.split_once(open.as_str())?.1.split_once(close.as_str())?;
            rest = after;
            Some(content)
        })
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_their_order() {
        let xml = "<R><member><K>a</K><V>1 &lt; 2</V></member><member><K>b</K><V/></member></R>".to_owned();
        let answer = Answer { action: "Describe".to_owned(), xml };
        assert_eq!(answer.texts("K").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(answer.text("V").as_deref(), Some("1 < 2"));
        assert_eq!(answer.members().filter_map(|member| member.text("K")).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(answer.text("X"), None);
        assert_eq!(answer.need("X").unwrap_err().to_string(), "Describe: the answer has no X");
    }
}
