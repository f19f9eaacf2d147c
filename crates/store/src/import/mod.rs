//! Reading an exported configuration back, and making it the state of a store.
//!
//! A document may have been written by hand, so it is checked as a whole: each value, and that everything that is
//! named is there. Start with [`read`], then let [`changes`] decide what to commit.

mod check;

use std::collections::HashMap;
use std::sync::Arc;

use elbow_model::{Change, Configuration, Entity, EntityKey, Stack, StackSource};
use serde::Deserialize;

use crate::Wrong;
use crate::document::{self, Head};
use crate::record::{ListenerRecordV1, Sealing};
use check::Sections;

/// A configuration that was read from a document and found whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What is to be configured.
    pub configuration: Configuration,
    /// Whether the document has credentials. If not, those of the store stay.
    pub has_credentials: bool,
    /// Whether the document has stickiness keys. If not, those of the store stay.
    pub has_key_generations: bool,
    /// Whether the document has certificates. If not, those of the store stay, and its authority.
    pub has_certificates: bool,
}

/// What to do with a store that has a configuration already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Leave it alone and say so.
    Keep,
    /// Replace it with the document's.
    Replace,
}

/// The store has a configuration already, and nobody said that it may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is a configuration already; say that it is to be replaced, or import into an empty data directory"
)]
pub struct NotEmpty;

/// Reads what [`crate::export::write`] wrote.
///
/// # Errors
///
/// Names the place and what is wrong there, as in `listeners[2].port: 0 is not a port`.
pub fn read(text: &str) -> Result<Document, Wrong> {
    let head: Head = parse(text)?;
    if head.format != document::FORMAT {
        return Err(Wrong::new("format", format!("'{}' is not '{}'", head.format, document::FORMAT)));
    }
    let document = match head.version {
        document::VERSION | 2..=8 => parse(text)?,
        1 => lifted(parse(text)?),
        version => {
            let message =
                format!("{version} is not a version that this Elbow reads: 1 to {}", document::VERSION);
            return Err(Wrong::new("version", message));
        }
    };
    let (has_credentials, has_key_generations) =
        (document.credentials.is_some(), document.key_generations.is_some());
    let has_certificates = document.certificates.is_some();
    let sections = sections(document)?;
    sections.check()?;
    if has_certificates {
        sections.certificates_fit()?;
    }
    let configuration = sections.into_configuration();
    Ok(Document { configuration, has_credentials, has_key_generations, has_certificates })
}

/// A document of version 1 as it is written today.
fn lifted(old: document::Document<ListenerRecordV1>) -> document::Document {
    document::Document {
        format: old.format,
        version: document::VERSION,
        load_balancers: old.load_balancers,
        listeners: old.listeners.into_iter().map(Into::into).collect(),
        rules: old.rules,
        target_groups: old.target_groups,
        targets: old.targets,
        instances: old.instances,
        subnets: old.subnets,
        credentials: old.credentials,
        key_generations: old.key_generations,
        trust_stores: vec![],
        classic_load_balancers: vec![],
        stacks: vec![],
        certificates: None,
        authorities: None,
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Wrong> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| Wrong::new(error.path().to_string(), error.inner()))?;
    json.end().map_err(|error| Wrong::new(".", error))?;
    Ok(value)
}

fn sections(document: document::Document) -> Result<Sections, Wrong> {
    let credentials = document.credentials.unwrap_or_default();
    let key_generations = document.key_generations.unwrap_or_default();
    let certificates = document.certificates.unwrap_or_default();
    let authorities = document.authorities.unwrap_or_default();
    Ok(Sections {
        load_balancers: section("load_balancers", document.load_balancers, TryInto::try_into)?,
        listeners: section("listeners", document.listeners, TryInto::try_into)?,
        rules: section("rules", document.rules, TryInto::try_into)?,
        target_groups: section("target_groups", document.target_groups, TryInto::try_into)?,
        targets: section("targets", document.targets, TryInto::try_into)?,
        instances: section("instances", document.instances, TryInto::try_into)?,
        subnets: section("subnets", document.subnets, TryInto::try_into)?,
        trust_stores: section("trust_stores", document.trust_stores, TryInto::try_into)?,
        classic_load_balancers: section(
            "classic_load_balancers",
            document.classic_load_balancers,
            TryInto::try_into,
        )?,
        stacks: section("stacks", document.stacks, |it| it.read(&Sealing::Clear))?,
        credentials: section("credentials", credentials, |it| it.read(&Sealing::Clear))?,
        key_generations: section("key_generations", key_generations, |it| it.read(&Sealing::Clear))?,
        certificates: section("certificates", certificates, |it| it.read(&Sealing::Clear))?,
        authorities: section("authorities", authorities, |it| it.read(&Sealing::Clear))?,
    })
}

fn section<R, T>(name: &str, records: Vec<R>, read: fn(R) -> Result<T, Wrong>) -> Result<Vec<T>, Wrong> {
    let place = |(i, record)| read(record).map_err(|wrong| wrong.within(format_args!("{name}[{i}]")));
    records.into_iter().enumerate().map(place).collect()
}

/// The changes that turn `current` into what `document` says. Things that are the same in both are left alone.
///
/// Zones of subnets, credentials and stickiness keys that a first start made do not count as a configuration; nor does the
/// local authority.
///
/// # Errors
///
/// [`NotEmpty`] if there is something to be lost that was not to be replaced.
pub fn changes(
    current: &Configuration,
    document: &Document,
    existing: Existing,
) -> Result<Vec<Change>, NotEmpty> {
    let empty = current.load_balancers.is_empty()
        && current.listeners.is_empty()
        && current.target_groups.is_empty()
        && current.targets.is_empty()
        && current.instances.is_empty()
        && current.certificates.is_empty()
        && current.trust_stores.is_empty()
        && current.classic_load_balancers.is_empty()
        && current.stacks.is_empty();
    if !empty && existing == Existing::Keep {
        return Err(NotEmpty);
    }
    let stays = |key: &EntityKey| match key {
        EntityKey::Credential(_) => !document.has_credentials,
        EntityKey::KeyGeneration(_) => !document.has_key_generations,
        EntityKey::Certificate(_) | EntityKey::Authority => !document.has_certificates,
        _ => false,
    };
    let before = keyed(current);
    let after = keyed(&document.configuration);
    let gone = current.entities().map(|it| it.key()).filter(|key| !stays(key) && !after.contains_key(key));
    let all = document.configuration.entities().map(|it| with_hidden_values(it, current));
    let new = all.filter(|it| before.get(&it.key()) != Some(it));
    Ok(gone.map(Change::Remove).chain(new.map(Change::Put)).collect())
}

/// A stack with the values that it hides and the document does not have, if the store has them.
fn with_hidden_values(entity: Entity, current: &Configuration) -> Entity {
    let Entity::Stack(stack) = &entity else { return entity };
    let Some(own) = current.stacks.get(&stack.arn.key) else { return entity };
    let mut stack = Stack::clone(stack);
    fill(&mut stack.source, &own.source);
    for (name, set) in &mut stack.change_sets {
        if let Some(own) = own.change_sets.get(name).filter(|own| own.key == set.key) {
            fill(&mut set.source, &own.source);
        }
    }
    Entity::Stack(Arc::new(stack))
}

fn fill(source: &mut StackSource, own: &StackSource) {
    for name in &source.hidden {
        if let Some(value) = own.parameters.get(name) {
            source.parameters.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
}

fn keyed(configuration: &Configuration) -> HashMap<EntityKey, Entity> {
    configuration.entities().map(|entity| (entity.key(), entity)).collect()
}
