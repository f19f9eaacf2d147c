//! The way of a call, from bytes to bytes.

use std::sync::Arc;

use bytes::Bytes;
use elbow_model::{AccessKeyId, Configuration, InstanceId, Region, Scope, Secret, Timestamp};
use elbow_store::{State, UpdateError};
use http::request::Parts;
use http::{Method, Request, Response};
use serde_json::Value;

use crate::actions::{self, Action, Version};
use crate::call::{Call, Decision, Handler};
use crate::cloudformation::needs::{Gathered, Pause};
use crate::downloads::Downloads;
use crate::error::{Code, Error, Side};
use crate::extension::answer::Refused;
use crate::extension::given::Given;
use crate::extension::path::Found as FoundOperation;
use crate::extension::{self, Operation};
use crate::instances::Found;
use crate::objects::{self, Fetched, Fetcher};
use crate::origin::Origin;
use crate::sigv4::{self, Authenticated, Service};
use crate::wire::answer::Outcome;
use crate::wire::form::Form;
use crate::wire::{Input, Params, Xml, answer};
use crate::{Settings, Surroundings};
use crate::{classic, v2};

/// Answers API calls.
pub struct Api {
    state: Arc<State>,
    settings: Settings,
    surroundings: Surroundings,
    downloads: Downloads,
    fetcher: Fetcher,
}

/// What is known of a call when it ends, for the answer and the log.
#[derive(Default)]
struct Progress {
    version: Option<Version>,
    action: Option<&'static str>,
    caller: Option<Authenticated>,
}

impl Api {
    /// An API over `state`.
    pub fn new(state: Arc<State>, settings: Settings, surroundings: Surroundings) -> Self {
        let downloads = Downloads::new(&surroundings.random);
        Self { state, settings, surroundings, downloads, fetcher: Fetcher::new() }
    }

    /// Answers one request. Every outcome is an answer, and every answer to a call is AWS's XML or JSON, or JSON of ours.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        if let Some(file) = self.downloads.answer(&request, &self.state.current().configuration, self.now()) {
            return file;
        }
        let id = self.request_id();
        let mut progress = Progress::default();
        if extension::has(request.uri().path()) {
            return self.handle_extension(request, &id).await;
        }
        let outcome = self.handle_inner(request, &mut progress).await;
        let version = progress.version.unwrap_or(Version::V2);
        let action = progress.action.unwrap_or("-");
        let caller = progress.caller.as_ref().map_or("-", |caller| caller.access_key().as_str());
        match outcome {
            Ok(result) => {
                tracing::debug!(request = id, action, caller, "answered");
                answer::success(version, action, &result, &id)
            }
            Err(error) => {
                record(&error, &id, action, caller);
                answer::failure(version, &error, &id)
            }
        }
    }

    /// Answers one request of the extension API, in JSON whatever happens.
    async fn handle_extension(&self, request: Request<Bytes>, id: &str) -> Response<Bytes> {
        let mut progress = Progress::default();
        let outcome = self.handle_extension_inner(request, &mut progress).await;
        let action = progress.action.unwrap_or("-");
        let caller = progress.caller.as_ref().map_or("-", |caller| caller.access_key().as_str());
        match outcome {
            Ok((operation, value)) => {
                tracing::debug!(request = id, action, caller, "answered");
                extension::answer::success(operation, &value, id)
            }
            Err(refused) => {
                record(&refused.error, id, action, caller);
                extension::answer::failure(&refused, id)
            }
        }
    }

    async fn handle_extension_inner(
        &self,
        request: Request<Bytes>,
        progress: &mut Progress,
    ) -> Result<(&'static Operation, Value), Refused> {
        let (parts, body) = request.into_parts();
        let caller = self.authenticate(&parts, &body)?;
        let service = caller.service();
        let scope = Scope { region: caller.region().clone(), account: self.settings.account.clone() };
        progress.caller = Some(caller);
        if service != Service::LoadBalancing {
            return Err(sigv4::wrong_service(Service::LoadBalancing).into());
        }
        let (operation, path) = match extension::path::find(parts.method.as_str(), parts.uri.path()) {
            FoundOperation::Operation(operation, path) => (operation, path),
            FoundOperation::OtherMethods(methods) => return Err(Refused::method(&methods)),
            FoundOperation::Nothing => return Err(Refused::nothing(parts.uri.path())),
        };
        progress.action = Some(operation.name);
        let given = Given::read(operation, path, parts.uri.query().unwrap_or_default(), &body)?;
        let asked = Asked { scope: &scope, origin: None, found: None, fetched: &[] };
        let value = match operation.handler {
            extension::Handler::Reads(read) => {
                read(&self.call_on(&self.state.current().configuration, asked), &given)?
            }
            extension::Handler::Changes(decide) => {
                let step = |configuration: &_| decide(&self.call_on(configuration, asked), &given);
                self.state.update(step).await.map_err(refusal)?
            }
        };
        Ok((operation, value))
    }

    /// Forgets the targets whose deregistration delay is over and the instances whose connection draining is, and says how many
    /// changes that took. Call it every second or so.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn forget_drained(&self) -> Result<usize, Error> {
        let now = self.now();
        let drained = |configuration: &Configuration| {
            let mut changes = v2::targets::drained(configuration, now);
            changes.extend(classic::instances::drained(configuration, now));
            changes
        };
        if drained(&self.state.current().configuration).is_empty() {
            return Ok(0);
        }
        let step = |configuration: &_| {
            let changes = drained(configuration);
            let count = changes.len();
            Ok::<_, Error>((changes, count))
        };
        self.state.update(step).await.map_err(refusal)
    }

    async fn handle_inner(&self, request: Request<Bytes>, progress: &mut Progress) -> Result<Outcome, Error> {
        let (parts, body) = request.into_parts();
        progress.version = sigv4::claimed_service(&parts).map(Version::first_of);
        let caller = self.authenticate(&parts, &body)?;
        let service = caller.service();
        let scope = Scope { region: caller.region().clone(), account: self.settings.account.clone() };
        progress.caller = Some(caller);
        let origin = Origin::of(&parts);
        let asked = Asked { scope: &scope, origin: origin.as_ref(), found: None, fetched: &[] };
        if service == Service::Acm {
            let action = actions::find(json_action(&parts)?, Version::Acm.as_str())?;
            progress.action = Some(action.name);
            return self.call(action, asked, &Parameters::Json(Input::parse(&body)?)).await;
        }
        let form = read(&parts, &body)?;
        let version = form.common("Version", Code::MissingParameter)?;
        if let Some(known) = Version::parse(version) {
            // A form is answered in XML, whatever it names.
            if known != Version::Acm {
                progress.version = Some(known);
            }
            if known.service() != service {
                return Err(sigv4::wrong_service(known.service()));
            }
        }
        let action = actions::find(form.common("Action", Code::MissingAction)?, version)?;
        progress.action = Some(action.name);
        let params = Params::new(form.root());
        if action.version == Version::Ec2 && params.flag("DryRun")? == Some(true) {
            return Err(Error::new(
                Code::DryRunOperation,
                "Request would have succeeded, but DryRun flag is set.",
            ));
        }
        self.call(action, asked, &Parameters::Form(params)).await
    }

    async fn call(
        &self,
        action: &Action,
        asked: Asked<'_>,
        given: &Parameters<'_>,
    ) -> Result<Outcome, Error> {
        let now = || self.state.current();
        match (action.handler, given) {
            (Handler::Reads(read), Parameters::Form(params)) => {
                read(&self.call_on(&now().configuration, asked), params).map(Outcome::Xml)
            }
            (Handler::Changes(decide), Parameters::Form(params)) => {
                self.change(decide, asked, params).await.map(Outcome::Xml)
            }
            (Handler::Asks(needs, decide), Parameters::Form(params)) => {
                let ids = needs(&self.call_on(&now().configuration, asked), params)?;
                let found = self.find(&asked.scope.region, &ids).await?;
                let asked = Asked { found: found.as_ref(), ..asked };
                self.change(decide, asked, params).await.map(Outcome::Xml)
            }
            (Handler::Fetches(needs, decide), Parameters::Form(params)) => {
                let wanted = needs(&self.call_on(&now().configuration, asked), params)?;
                let objects = &*self.surroundings.objects;
                let fetched = self.fetcher.fetch(objects, &asked.scope.region, &wanted).await?;
                let asked = Asked { fetched: &fetched, ..asked };
                self.change(decide, asked, params).await.map(Outcome::Xml)
            }
            (Handler::Writes(draft, decide), Parameters::Form(params)) => {
                if let Some(draft) = draft(&self.call_on(&now().configuration, asked), params)? {
                    objects::write(&*self.surroundings.objects, &asked.scope.region, draft).await?;
                }
                self.change(decide, asked, params).await.map(Outcome::Xml)
            }
            (Handler::Deploys(decide), Parameters::Form(params)) => {
                self.deploy(decide, asked, params).await.map(Outcome::Xml)
            }
            (Handler::ReadsJson(read), Parameters::Json(input)) => {
                read(&self.call_on(&now().configuration, asked), input).map(Outcome::Json)
            }
            (Handler::ChangesJson(decide), Parameters::Json(input)) => {
                let step = |configuration: &_| decide(&self.call_on(configuration, asked), input);
                self.state.update(step).await.map(Outcome::Json).map_err(refusal)
            }
            _ => Err(Error::not_here_yet(
                Code::InvalidAction,
                format_args!("The action {} for version {}", action.name, action.version.as_str()),
            )),
        }
    }

    async fn change(
        &self,
        decide: fn(&Call<'_>, &Params<'_>) -> Result<Decision, Error>,
        asked: Asked<'_>,
        params: &Params<'_>,
    ) -> Result<Xml, Error> {
        let step = |configuration: &_| {
            let decision = decide(&self.call_on(configuration, asked), params)?;
            v2::layers::check(configuration, &decision.0)?;
            Ok(decision)
        };
        self.state.update(step).await.map_err(refusal)
    }

    /// Decides on a stack again and again, until it has all that it needs to know.
    async fn deploy(
        &self,
        decide: fn(&Call<'_>, &Params<'_>, &Gathered) -> Result<Decision, Pause>,
        asked: Asked<'_>,
        params: &Params<'_>,
    ) -> Result<Xml, Error> {
        let mut gathered = Gathered::default();
        loop {
            let step = |configuration: &_| decide(&self.call_on(configuration, asked), params, &gathered);
            let need = match self.state.update(step).await {
                Ok(xml) => return Ok(xml),
                Err(UpdateError::Refused(Pause::Needs(need))) => need,
                Err(UpdateError::Refused(Pause::Refused(error))) => return Err(error),
                Err(UpdateError::Store(cause)) => return Err(refusal(UpdateError::Store(cause))),
            };
            gathered.ask(need, &self.fetcher, &self.surroundings, &asked.scope.region).await?;
        }
    }

    /// Asks EC2 where instances are, if there is anybody to ask.
    async fn find(&self, region: &Region, ids: &[InstanceId]) -> Result<Option<Found>, Error> {
        match &self.surroundings.instances {
            Some(reader) if !ids.is_empty() => {
                let found = reader.describe(region, ids).await;
                found.map(Some).map_err(|unanswered| Error::unanswered(&unanswered))
            }
            _ => Ok(None),
        }
    }

    fn call_on<'a>(&'a self, configuration: &'a Configuration, asked: Asked<'a>) -> Call<'a> {
        let Asked { scope, origin, found, fetched } = asked;
        let (settings, surroundings, downloads) = (&self.settings, &self.surroundings, &self.downloads);
        Call {
            configuration,
            scope,
            now: self.now(),
            settings,
            surroundings,
            found,
            fetched,
            origin,
            downloads,
        }
    }

    /// Who has signed a request, whatever it asks for.
    ///
    /// # Errors
    /// AWS's codes and messages, see [`sigv4::verify`].
    pub fn authenticate(&self, parts: &Parts, body: &[u8]) -> Result<Authenticated, Error> {
        let rules = sigv4::Rules {
            now: self.now(),
            serves: &|region| self.settings.serves(region),
            secret: &|id| self.secret(id),
        };
        sigv4::verify(parts, body, &rules)
    }

    /// The secret that goes with an access key, unless that may sign nothing.
    pub fn secret(&self, id: &AccessKeyId) -> Option<Secret> {
        let configured = self.settings.credentials.iter().find(|credential| credential.id == *id);
        let secret = configured.map(|credential| credential.secret.clone());
        secret.or_else(|| Some(self.state.current().configuration.credentials.get(id)?.secret.clone()))
    }

    fn now(&self) -> Timestamp {
        (self.surroundings.clock)()
    }

    /// A random UUID (RFC 9562, version 4).
    fn request_id(&self) -> String {
        let (high, low) = ((self.surroundings.random)(), (self.surroundings.random)());
        let high = high & !0xf000 | 0x4000;
        let low = low & !(0b11 << 62) | 0b10 << 62;
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}

/// What a call brings with it beside its parameters.
#[derive(Clone, Copy)]
struct Asked<'a> {
    scope: &'a Scope,
    origin: Option<&'a Origin>,
    found: Option<&'a Found>,
    fetched: &'a [Fetched],
}

/// Parameters in the protocol of their API.
enum Parameters<'a> {
    Form(Params<'a>),
    Json(Input),
}

/// The action that a call in the JSON protocol names: `CertificateManager.ACTION`.
fn json_action(parts: &Parts) -> Result<&str, Error> {
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let action = target.and_then(|target| target.strip_prefix("CertificateManager."));
    action.ok_or_else(|| Error::new(Code::MissingAction, "The header X-Amz-Target must name an action"))
}

fn read(parts: &Parts, body: &[u8]) -> Result<Form, Error> {
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    match parts.method {
        Method::POST => Form::parse(&[query, body]),
        Method::GET => Form::parse(&[query]),
        // AWS: unknown, we refuse.
        _ => Err(Error::validation("The method of a request must be POST or GET")),
    }
}

/// One line of log for a refusal; its cause is for nobody else.
fn record(error: &Error, id: &str, action: &str, caller: &str) {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match error.code().side() {
        Side::Sender => tracing::debug!(request = id, action, caller, %error, "refused"),
        Side::Receiver => tracing::error!(request = id, action, caller, %error, cause, "failed"),
    }
}

pub(crate) fn refusal(error: UpdateError<Error>) -> Error {
    match error {
        UpdateError::Refused(error) => error,
        UpdateError::Store(cause) => {
            Error::new(Code::ServiceUnavailable, "The configuration cannot be changed now; try again later")
                .because(cause)
        }
    }
}
