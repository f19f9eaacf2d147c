//! `elbow credentials`: the pairs that may sign API calls.

use std::sync::Arc;

use elbow_model::{AccessKeyId, Change, Credential, Entity, EntityKey};
use elbow_store::generate;

use super::{data, say};
use crate::cli;
use crate::clock::{self, now};
use crate::failure::Failure;

/// Runs one of the commands.
pub(crate) fn run(command: cli::Credentials) -> Result<(), Failure> {
    match command {
        cli::Credentials::Create { data } => create(data),
        cli::Credentials::List { data } => list(data),
        cli::Credentials::Show { id, data } => show(data, &access_key_id(&id)?),
        cli::Credentials::Env { data } => env(data),
        cli::Credentials::Revoke { id, data } => revoke(data, &access_key_id(&id)?),
    }
}

fn access_key_id(text: &str) -> Result<AccessKeyId, Failure> {
    AccessKeyId::parse(text).map_err(|error| Failure::wrong_use(error.message()))
}

fn create(data: cli::Data) -> Result<(), Failure> {
    let state = data::open_or_create(data)?;
    let credential = Arc::new(generate::credential(now())?);
    let change = Change::Put(Entity::Credential(Arc::clone(&credential)));
    data::update(&state, |_| Ok::<_, Failure>(vec![change.clone()]))?;
    print(&credential)
}

fn list(data: cli::Data) -> Result<(), Failure> {
    for credential in data::open(data)?.current().configuration.credentials.values() {
        say(format_args!("{}\t{}", credential.id.as_str(), clock::show(credential.created)))?;
    }
    Ok(())
}

fn show(data: cli::Data, id: &AccessKeyId) -> Result<(), Failure> {
    let state = data::open(data)?;
    let snapshot = state.current();
    print(snapshot.configuration.credentials.get(id).ok_or(Unknown)?)
}

fn print(credential: &Credential) -> Result<(), Failure> {
    say(format_args!("access key id      {}", credential.id.as_str()))?;
    say(format_args!("secret access key  {}", credential.secret.reveal()))
}

/// Prints what a shell evaluates to sign with the oldest pair.
fn env(data: cli::Data) -> Result<(), Failure> {
    let state = data::open(data)?;
    let snapshot = state.current();
    let first = snapshot.configuration.first_credential();
    let credential =
        first.ok_or_else(|| Failure::failed("there is no pair: make one with `elbow credentials create`"))?;
    say(format_args!("export AWS_ACCESS_KEY_ID={}", credential.id.as_str()))?;
    say(format_args!("export AWS_SECRET_ACCESS_KEY='{}'", credential.secret.reveal()))?;
    say("export AWS_DEFAULT_REGION=us-east-1")
}

fn revoke(data: cli::Data, id: &AccessKeyId) -> Result<(), Failure> {
    let state = data::open(data)?;
    data::update(&state, |configuration| match configuration.credentials.contains_key(id) {
        true => Ok(vec![Change::Remove(EntityKey::Credential(id.clone()))]),
        false => Err(Unknown),
    })
}

/// There is no such pair.
#[derive(Debug, thiserror::Error)]
#[error("there is no such access key id; `elbow credentials list` shows them")]
struct Unknown;
