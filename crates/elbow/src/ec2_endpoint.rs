//! The EC2 endpoint: asks it where instances are, as any client of EC2 would.
//!
//! What is asked and how answers are read is in [`elbow_api::instances`]; when it is asked again, in
//! [`InstanceWatch`](elbow_api::instances::InstanceWatch). Here are the requests: signed, one connection each, with a
//! limit on their number, their time and the size of an answer. Redirects are not followed.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use elbow_api::instances::answer::ANSWER_BYTES;
use elbow_api::instances::{
    Found, FoundAnswer, IDS_PER_QUESTION, InstanceReader, Unanswered, answer, question,
};
use elbow_api::sigv4::{self, Service};
use elbow_model::{InstanceId, Region};
use http::{HeaderValue, Request, Response, header};
use rustls::ClientConfig;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::clock::now;
use crate::outgoing::{AwsKeys, EndpointUrl, Failed, TOKEN_HEADER, exchange};

/// Longest time that one question takes, from looking up the name to the last byte of the answer.
const QUESTION_TIMEOUT: Duration = Duration::from_secs(5);
/// Most questions at once; others wait, each for as long as a question takes.
const QUESTIONS_AT_ONCE: usize = 4;
/// Most pages of one answer. A page without instances is possible; that there is no end is not.
const PAGES: usize = 10;
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");

/// An endpoint and who asks there.
pub(crate) struct Ec2Endpoint {
    url: EndpointUrl,
    keys: AwsKeys,
    /// What a connection over TLS needs; none for plain HTTP.
    tls: Option<Arc<ClientConfig>>,
    room: Semaphore,
}

impl Ec2Endpoint {
    /// Nothing is sent yet.
    pub(crate) fn new(url: EndpointUrl, keys: AwsKeys, tls: Option<Arc<ClientConfig>>) -> Self {
        Self { url, keys, tls, room: Semaphore::new(QUESTIONS_AT_ONCE) }
    }

    async fn find(&self, region: &Region, ids: &[InstanceId]) -> Result<Found, Unanswered> {
        let mut found = Found::new();
        for batch in ids.chunks(IDS_PER_QUESTION) {
            self.find_some(region, batch, &mut found).await.map_err(|why| self.unanswered(&why))?;
        }
        Ok(found)
    }

    /// Finds what fits into one question.
    async fn find_some(&self, region: &Region, ids: &[InstanceId], found: &mut Found) -> Result<(), String> {
        let mut next = None;
        for _ in 0..PAGES {
            let page = self.page(region, question(ids, next.as_deref())).await?;
            // An endpoint that does not know the filter tells of others, too.
            found.extend(page.instances.into_iter().filter(|(id, _)| ids.contains(id)));
            next = page.next_token;
            if next.is_none() {
                return Ok(());
            }
        }
        Err(format!("its answer has more than {PAGES} pages"))
    }

    async fn page(&self, region: &Region, form: String) -> Result<answer::Page, String> {
        let late = |_| format!("it did not answer within {} s", QUESTION_TIMEOUT.as_secs());
        let permit = timeout(QUESTION_TIMEOUT, self.room.acquire()).await.map_err(late)?;
        let request = self.request(region, form)?;
        let response =
            timeout(QUESTION_TIMEOUT, exchange(&self.url, self.tls.as_ref(), request, ANSWER_BYTES))
                .await
                .map_err(late)?
                .map_err(|failed| match failed {
                    Failed::TooLarge => format!("its answer has more than {ANSWER_BYTES} bytes"),
                    Failed::Broken(why) => why,
                })?;
        drop(permit);
        if response.status() != http::StatusCode::OK {
            return Err(refusal(&response));
        }
        answer::read(response.body()).map_err(|error| format!("its answer cannot be read: {error}"))
    }

    fn request(&self, region: &Region, form: String) -> Result<Request<Bytes>, String> {
        let mut request = Request::post(self.url.path())
            .header(header::HOST, self.url.authority())
            .header(header::CONTENT_TYPE, FORM);
        if let Some(token) = &self.keys.session_token {
            request = request.header(TOKEN_HEADER, token.clone());
        }
        let mut parts = request.body(()).map_err(|error| error.to_string())?.into_parts().0;
        sigv4::sign_for(Service::Ec2, &mut parts, form.as_bytes(), &self.keys.credential, region, now());
        Ok(Request::from_parts(parts, Bytes::from(form)))
    }

    fn unanswered(&self, why: &str) -> Unanswered {
        Unanswered::new(format!(
            "The EC2 endpoint {} does not tell where instances are: {why}; see to it and try again, or add them with \
             'elbow instance put'",
            self.url
        ))
    }
}

impl InstanceReader for Ec2Endpoint {
    fn describe<'a>(&'a self, region: &'a Region, ids: &'a [InstanceId]) -> FoundAnswer<'a> {
        Box::pin(self.find(region, ids))
    }
}

fn refusal(response: &Response<Bytes>) -> String {
    let status = response.status().as_u16();
    match answer::refusal(response.body()) {
        Some(said) => format!("it refused with status {status}: {said}"),
        None => format!("it answered with status {status}"),
    }
}

#[cfg(test)]
mod tests;
