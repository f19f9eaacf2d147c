//! The questions: four of the actions of Classic Load Balancers, signed, on a connection each.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use elbow_api::instances::document::ANSWER_BYTES;
use elbow_api::sigv4::{self, Service};
use elbow_model::Region;
use http::{HeaderValue, Request, StatusCode, header};
use rustls::ClientConfig;
use tokio::time::timeout;

use super::answer::Element;
use super::description::{self, Description};
use crate::clock::now;
use crate::failure::Failure;
use crate::outgoing::{AwsKeys, EndpointUrl, Failed, TOKEN_HEADER, exchange};

/// Version of the API that is asked.
const VERSION: &str = "2012-06-01";
/// Longest time that one question takes, from looking up the name to the last byte of the answer.
const QUESTION_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest part of a refusal that is told, in characters.
const REFUSAL_CHARS: usize = 300;
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");

/// An API of Classic Load Balancers and who asks there.
pub(crate) struct Api {
    /// Where it is.
    pub(crate) url: EndpointUrl,
    /// Who asks.
    pub(crate) keys: AwsKeys,
    /// What a connection over TLS needs; none for plain HTTP.
    pub(crate) tls: Option<Arc<ClientConfig>>,
    /// The region that is asked about.
    pub(crate) region: Region,
}

impl Api {
    /// Asks for everything about a load balancer. The answers are of different moments: a change in between may be in one
    /// and not in another.
    pub(crate) async fn describe(&self, name: &str) -> Result<Description, Failure> {
        let of_one = [("LoadBalancerName".to_owned(), name.to_owned())];
        let of_list = [("LoadBalancerNames.member.1".to_owned(), name.to_owned())];
        let balancer = self.ask("DescribeLoadBalancers", &of_list).await?;
        let attributes = self.ask("DescribeLoadBalancerAttributes", &of_one).await?;
        let tags = self.ask("DescribeTags", &of_list).await?;
        let mut policies = Element::default();
        let in_force = description::policies_in_force(&balancer);
        if !in_force.is_empty() {
            let named = in_force.into_iter().zip(1..);
            let names = named.map(|(policy, number)| (format!("PolicyNames.member.{number}"), policy));
            let parameters: Vec<_> = of_one.into_iter().chain(names).collect();
            policies = self.ask("DescribeLoadBalancerPolicies", &parameters).await?;
        }
        description::read(&balancer, &attributes, &policies, &tags).map_err(|why| {
            Failure::failed(format!(
                "what {} tells of the Classic Load Balancer '{name}' cannot be read: {why}; make sure that --endpoint-url is an \
                 API of load balancing, and that this program is as new as the server",
                self.url
            ))
        })
    }

    /// Makes one call; gives the result of its action.
    async fn ask(&self, action: &str, parameters: &[(String, String)]) -> Result<Element, Failure> {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("Action", action), ("Version", VERSION)])
            .extend_pairs(parameters)
            .finish();
        let (status, body) = self.send(form).await.map_err(|why| self.unanswered(&why))?;
        let answer = Element::read(&body);
        if status != StatusCode::OK {
            return Err(self.refused(status, answer.ok().as_ref()));
        }
        let answer = answer.map_err(|why| self.unanswered(&format!("its answer cannot be read: {why}")))?;
        let result = answer.child(&format!("{action}Result")).cloned();
        result.ok_or_else(|| self.unanswered(&format!("its answer to {action} has no result")))
    }

    async fn send(&self, form: String) -> Result<(StatusCode, Bytes), String> {
        let mut request = Request::post(self.url.path())
            .header(header::HOST, self.url.authority())
            .header(header::CONTENT_TYPE, FORM);
        if let Some(token) = &self.keys.session_token {
            request = request.header(TOKEN_HEADER, token.clone());
        }
        let mut parts = request.body(()).map_err(|error| error.to_string())?.into_parts().0;
        let (credential, region) = (&self.keys.credential, &self.region);
        sigv4::sign_for(Service::LoadBalancing, &mut parts, form.as_bytes(), credential, region, now());
        let request = Request::from_parts(parts, Bytes::from(form));
        let response =
            timeout(QUESTION_TIMEOUT, exchange(&self.url, self.tls.as_ref(), request, ANSWER_BYTES))
                .await
                .map_err(|_| format!("it did not answer within {} s", QUESTION_TIMEOUT.as_secs()))?
                .map_err(|failed| match failed {
                    Failed::TooLarge => format!("its answer has more than {ANSWER_BYTES} bytes"),
                    Failed::Broken(why) => why,
                })?;
        Ok((response.status(), response.into_body()))
    }

    fn unanswered(&self, why: &str) -> Failure {
        Failure::failed(format!(
            "the API at {} does not answer: {why}; start `elbow serve`, or name another API with --endpoint-url",
            self.url
        ))
    }

    /// What to do depends on why.
    fn refused(&self, status: StatusCode, answer: Option<&Element>) -> Failure {
        let error = answer.and_then(|answer| answer.child("Error"));
        let said = |name| error.and_then(|error| error.text(name));
        let code = said("Code").unwrap_or_default();
        let what_next = match code {
            "LoadBalancerNotFound" => format!(
                "`aws elb describe-load-balancers --endpoint-url {} --region {}` lists those that are there; name another \
                 region with --region",
                self.url,
                self.region.as_str()
            ),
            "InvalidClientTokenId" | "SignatureDoesNotMatch" => {
                "its pairs are listed by `elbow credentials list`; run eval \"$(elbow credentials env)\" in this shell"
                    .to_owned()
            }
            _ => "see to it and try again".to_owned(),
        };
        let message: String =
            said("Message").unwrap_or("no reason was given").chars().take(REFUSAL_CHARS).collect();
        let message = message.replace(char::is_control, " ");
        Failure::failed(format!(
            "the API at {} refused ({}): {message}; {what_next}",
            self.url,
            status.as_u16()
        ))
    }
}
