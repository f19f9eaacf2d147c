//! `elbow certificate import`: a certificate, its key and its chain from files, once or whenever they change.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use elbow_certificates::{Flaw, upload};
use elbow_model::{
    Certificate, CertificateArn, CertificateMaterial, CertificateSource, Change, Entity, Scope,
};
use elbow_store::State;

use super::{data, keep, say};
use crate::clock::now;
use crate::failure::Failure;
use crate::{cli, log};

/// Largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// How often files are looked at that are watched. They are read, not asked for their time: a copy may keep that.
const LOOK: Duration = Duration::from_secs(1);

/// Where a certificate is.
pub(super) struct Files {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    pub(super) chain: Option<PathBuf>,
}

/// What was in the files.
#[derive(PartialEq)]
struct Content {
    certificate: Vec<u8>,
    key: Vec<u8>,
    chain: Option<Vec<u8>>,
}

impl Files {
    /// Imports them, as a new certificate or in place of what `arn` holds.
    pub(super) fn import(
        &self,
        arn: Option<&str>,
        watch: bool,
        scope: &Scope,
        data: cli::Data,
    ) -> Result<(), Failure> {
        let content = self.read()?;
        let material = content.material()?;
        let state = data::open_or_create(data)?;
        let arn = match arn {
            Some(text) => {
                let unknown = || Failure::wrong_use(format!("'{text}' is not the ARN of a certificate"));
                let arn = CertificateArn::parse(text).ok_or_else(unknown)?;
                replace(&state, &arn, &material)?;
                arn
            }
            None => keep(&state, |_| Ok((vec![], material.clone())), CertificateSource::Imported, scope)?,
        };
        say(&arn)?;
        if watch { self.watch(&state, &arn, content) } else { Ok(()) }
    }

    /// Imports them again whenever they change, until the process is ended. While one file is new and another is not
    /// yet, they do not belong together; what was imported last stays.
    fn watch(&self, state: &State, arn: &CertificateArn, mut last: Content) -> Result<(), Failure> {
        log::start()?;
        let mut refused = None;
        loop {
            thread::sleep(LOOK);
            let content = match self.read() {
                Ok(content) if content != last => content,
                _ => continue,
            };
            let imported = content
                .material()
                .map_err(|flaw| flaw.to_string())
                .and_then(|material| replace(state, arn, &material).map_err(|failure| failure.to_string()));
            match imported {
                Ok(()) => {
                    tracing::info!(%arn, "the files have changed and were imported again");
                    (last, refused) = (content, None);
                }
                // It is tried again at every look, for it may be good later, and said once.
                Err(why) if refused.as_ref() != Some(&why) => {
                    tracing::warn!(%arn, why, "the files have changed and cannot be imported");
                    refused = Some(why);
                }
                Err(_) => {}
            }
        }
    }

    fn read(&self) -> Result<Content, Failure> {
        Ok(Content {
            certificate: read(&self.certificate)?,
            key: read(&self.key)?,
            chain: self.chain.as_deref().map(read).transpose()?,
        })
    }
}

impl Content {
    fn material(&self) -> Result<CertificateMaterial, Flaw> {
        upload(&self.certificate, &self.key, self.chain.as_deref(), now())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes));
    read.map_err(|error| Failure::wrong_use(format!("cannot read {}: {error}", path.display())))?;
    Ok(bytes)
}

/// Puts other material in place of what an imported certificate holds.
fn replace(state: &State, arn: &CertificateArn, material: &CertificateMaterial) -> Result<(), Failure> {
    data::update(state, |configuration| {
        let imported = |it: &&Arc<Certificate>| it.arn == *arn && it.source == CertificateSource::Imported;
        let found = configuration.certificates.values().find(imported);
        let found = found.ok_or_else(|| Failure::failed(format!("no certificate was imported as {arn}")))?;
        let material = Arc::new(material.clone());
        let replaced = Certificate { material, changed: now(), ..Certificate::clone(found) };
        Ok::<_, Failure>(vec![Change::Put(Entity::Certificate(Arc::new(replaced)))])
    })
}
