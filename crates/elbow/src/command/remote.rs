//! The running server, for commands that ask it: over its API, signed with the oldest pair of the data directory, or if that
//! has none with the one that the environment names.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use elbow_api::extension;
use elbow_api::sigv4::{self, Service};
use elbow_model::{AccessKeyId, Configuration, Credential, Region, Secret};
use http::{Method, Request, Response, header};
use rustls::ClientConfig;
use serde_json::Value;
use tokio::time::timeout;

use super::{data, runtime};
use crate::cli;
use crate::clock::now;
use crate::failure::Failure;
use crate::outgoing::{EndpointUrl, Failed, exchange, trust};

const ENDPOINT_URL: &str = "--endpoint-url";
/// Longest time that the server gets for its answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest answer that is read, in bytes: that of a thousand targets.
const ANSWER_BYTES: usize = 1 << 20;

/// Where other clients of AWS have their pair.
const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";

fn of_environment() -> Option<Credential> {
    let id = AccessKeyId::parse(&std::env::var(ACCESS_KEY_ID).ok()?).ok()?;
    let secret = Secret::parse(&std::env::var(SECRET_ACCESS_KEY).ok()?).ok()?;
    Some(Credential { id, secret, created: now() })
}

/// A server and who asks it.
pub(super) struct Remote {
    url: EndpointUrl,
    tls: Option<Arc<ClientConfig>>,
    credential: Credential,
    region: Region,
    configuration: Arc<Configuration>,
    wanted: &'static str,
}

impl Remote {
    /// The server that was named, which is asked for what is `wanted`; the pair is only for who can read the data directory.
    pub(super) fn of(server: cli::Server, wanted: &'static str) -> Result<Self, Failure> {
        let cli::Server { endpoint_url, region, data } = server;
        let region = Region::parse(&region)
            .map_err(|error| Failure::wrong_use(format!("--region: {}", error.message())))?;
        let url: EndpointUrl =
            endpoint_url.parse().map_err(|why| Failure::wrong_use(format!("{ENDPOINT_URL} {why}")))?;
        let configuration = data::open(data)?.current().configuration;
        let pair = configuration.first_credential().map(|pair| Credential::clone(pair));
        let credential = pair.or_else(of_environment).ok_or_else(|| {
            Failure::failed(format!(
                "there is no pair: make one with `elbow credentials create`, or set {ACCESS_KEY_ID} and {SECRET_ACCESS_KEY}"
            ))
        })?;
        let tls = url.is_https().then(|| trust(ENDPOINT_URL)).transpose().map_err(Failure::wrong_use)?;
        Ok(Self { url, tls, credential, region, configuration, wanted })
    }

    /// Where it is.
    pub(super) const fn url(&self) -> &EndpointUrl {
        &self.url
    }

    /// The region that is asked about.
    pub(super) const fn region(&self) -> &Region {
        &self.region
    }

    /// What its data directory has.
    pub(super) fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Makes one call. The answer may be a refusal.
    pub(super) fn send(&self, method: Method, path: &str, body: String) -> Result<Response<Bytes>, Failure> {
        runtime()?.block_on(self.exchange(method, path, body))
    }

    /// Makes a call of the extension API, below its root.
    pub(super) fn call(&self, method: Method, path: &str, body: String) -> Result<Value, Failure> {
        let answer = self.send(method, &format!("{}{path}", extension::ROOT), body)?;
        let said: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        if answer.status().is_success() {
            return Ok(said);
        }
        let why = said.get("message").and_then(Value::as_str).map(|it| it.replace(char::is_control, " "));
        Err(match why {
            Some(why) => Failure::failed(why),
            None => self.unanswered(&format!("it answered with {}", answer.status())),
        })
    }

    /// That it did not do what it was asked to.
    pub(super) fn unanswered(&self, why: &str) -> Failure {
        Failure::failed(format!(
            "the server at {} gives no {}: {why}; start `elbow serve` with this data directory, or name another server with \
             {ENDPOINT_URL}",
            self.url, self.wanted
        ))
    }

    async fn exchange(&self, method: Method, path: &str, body: String) -> Result<Response<Bytes>, Failure> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.url.authority())
            .body(Bytes::from(body));
        let (mut parts, body) = request.map_err(|error| self.unanswered(&error.to_string()))?.into_parts();
        sigv4::sign_for(Service::LoadBalancing, &mut parts, &body, &self.credential, &self.region, now());
        let asked = exchange(&self.url, self.tls.as_ref(), Request::from_parts(parts, body), ANSWER_BYTES);
        let answer = timeout(ANSWER_TIMEOUT, asked)
            .await
            .map_err(|_| self.unanswered("it was silent for too long"))?;
        answer.map_err(|failed| match failed {
            Failed::TooLarge => self.unanswered("its answer is too large"),
            Failed::Broken(why) => self.unanswered(&why),
        })
    }
}
