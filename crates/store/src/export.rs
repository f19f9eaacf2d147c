//! The whole configuration as one JSON document, for backups, reviews and moves.
//!
//! Two exports of the same configuration are the same text. [`crate::import`] reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

use elbow_model::Configuration;

use crate::Wrong;
use crate::document::{Document, FORMAT, VERSION};
use crate::record::{
    AuthorityRecord, CertificateRecord, CredentialRecord, KeyGenerationRecord, Sealing, StackRecord,
};

/// Whether an export holds credentials, stickiness keys and certificates, all of which are nothing without their secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// It does not, nor what stacks hide, and an import of it leaves those of the store alone.
    Omit,
    /// It does, and what stacks hide, in clear: the document must be kept like a password.
    Include,
}

/// Writes `configuration`, indented and in a stable order, with a line break at the end.
pub fn write(configuration: &Configuration, secrets: Secrets) -> Result<String, Wrong> {
    let included = secrets == Secrets::Include;
    let credentials = included.then(|| {
        configuration.credentials.values().map(|it| CredentialRecord::new(it, &Sealing::Clear)).collect()
    });
    let key_generations = included.then(|| {
        configuration
            .key_generations
            .values()
            .map(|it| KeyGenerationRecord::new(it, &Sealing::Clear))
            .collect()
    });
    let certificates = included.then(|| {
        configuration.certificates.values().map(|it| CertificateRecord::new(it, &Sealing::Clear)).collect()
    });
    let authorities = included.then(|| {
        configuration.authority.iter().map(|it| AuthorityRecord::new(it, &Sealing::Clear)).collect()
    });
    let sealing = included.then_some(&Sealing::Clear);
    let stacks = configuration.stacks.values().map(|it| StackRecord::new(it, sealing));
    let document: Document = Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        load_balancers: records(&configuration.load_balancers),
        listeners: records(&configuration.listeners),
        rules: records(&configuration.rules),
        target_groups: records(&configuration.target_groups),
        targets: records(&configuration.targets),
        instances: records(&configuration.instances),
        subnets: records(&configuration.subnets),
        trust_stores: records(&configuration.trust_stores),
        classic_load_balancers: records(&configuration.classic_load_balancers),
        stacks: stacks.collect::<Result<_, _>>()?,
        credentials: credentials.transpose()?,
        key_generations: key_generations.transpose()?,
        certificates: certificates.transpose()?,
        authorities: authorities.transpose()?,
    };
    let text = serde_json::to_string_pretty(&document).map_err(|error| Wrong::new("", error))?;
    Ok(text + "\n")
}

fn records<K, T, R: for<'a> From<&'a T>>(things: &BTreeMap<K, Arc<T>>) -> Vec<R> {
    things.values().map(|thing| R::from(thing)).collect()
}
