//! `elbow certificate`: certificates from files, others by the local authority, and how to trust it.

mod files;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use elbow_certificates::authority::{self, Names};
use elbow_certificates::pem;
use elbow_model::limits::CERTIFICATES;
use elbow_model::{
    AcmArn, Authority, Certificate, CertificateArn, CertificateKey, CertificateMaterial, CertificateSource,
    Change, Configuration, Entity, KeyAlgorithm, Scope, Tags,
};
use elbow_store::State;
use files::Files;

use super::{data, say, write};
use crate::cli;
use crate::clock::{now, show as show_time};
use crate::failure::Failure;
use crate::random;
use crate::settings::Given;

/// Where the certificate of the authority is written to, in the data directory.
const AUTHORITY_FILE: &str = "authority.pem";
const NO_AUTHORITY: &str = "there is no local authority yet: the first `elbow certificate issue` makes it";

/// Runs one of the commands.
pub(crate) fn run(command: cli::Certificate) -> Result<(), Failure> {
    match command {
        cli::Certificate::Import { cert, key, chain, arn, watch, place, data } => {
            let files = Files { certificate: cert, key, chain };
            files.import(arn.as_deref(), watch, &scope(&place)?, data)
        }
        cli::Certificate::Issue { names, place, data } => {
            let names = Names::parse(names.iter().map(String::as_str));
            let names = names.map_err(|error| Failure::wrong_use(error.message()))?;
            let scope = scope(&place)?;
            let state = data::open_or_create(data)?;
            let issue = |configuration: &_| issue(configuration, &names);
            say(keep(&state, issue, CertificateSource::Issued, &scope)?)
        }
        cli::Certificate::List { data } => list(data),
        cli::Certificate::Show { arn, with_private_key, data } => show(data, &arn, with_private_key),
        cli::Certificate::Trust { data } => trust(data),
    }
}

fn scope(place: &cli::Place) -> Result<Scope, Failure> {
    let wrong = |error: elbow_model::Invalid| Failure::wrong_use(error.message());
    Ok(Scope {
        region: elbow_model::Region::parse(&place.region).map_err(wrong)?,
        account: elbow_model::AccountId::parse(&place.account_id).map_err(wrong)?,
    })
}

/// Issues a certificate, by an authority that is made if there is none.
fn issue(
    configuration: &Configuration,
    names: &Names,
) -> Result<(Vec<Change>, CertificateMaterial), Failure> {
    let mut changes = Vec::new();
    let authority: Arc<Authority> = match &configuration.authority {
        Some(authority) => Arc::clone(authority),
        None => {
            let made = Arc::new(authority::create(now())?);
            changes.push(Change::Put(Entity::Authority(Arc::clone(&made))));
            made
        }
    };
    Ok((changes, authority::issue(&authority, names, KeyAlgorithm::P256, now())?))
}

/// Keeps what `make` makes, and gives its ARN.
fn keep(
    state: &State,
    make: impl Fn(&Configuration) -> Result<(Vec<Change>, CertificateMaterial), Failure>,
    source: CertificateSource,
    scope: &Scope,
) -> Result<CertificateArn, Failure> {
    let draw = random::numbers()?;
    let key = CertificateKey::new(u128::from(draw()) << 64 | u128::from(draw()));
    let arn = CertificateArn::Acm(AcmArn { scope: scope.clone(), key });
    data::update(state, |configuration| {
        if configuration.certificates.len() >= CERTIFICATES {
            return Err(Failure::failed(format!("there are {CERTIFICATES} certificates already")));
        }
        let (mut changes, material) = make(configuration)?;
        let kept = Certificate {
            key,
            arn: arn.clone(),
            source,
            created: now(),
            changed: now(),
            material: Arc::new(material),
            tags: Tags::default(),
        };
        changes.push(Change::Put(Entity::Certificate(Arc::new(kept))));
        Ok(changes)
    })?;
    Ok(arn)
}

fn list(data: cli::Data) -> Result<(), Failure> {
    for it in data::open(data)?.current().configuration.certificates.values() {
        let facts = &it.material.facts;
        let (names, until) = (facts.names.join(","), show_time(facts.not_after));
        say(format_args!("{}\t{}\t{until}\t{names}", it.arn, it.source.as_str()))?;
    }
    Ok(())
}

fn show(data: cli::Data, arn: &str, with_private_key: bool) -> Result<(), Failure> {
    let snapshot = data::open(data)?.current();
    let unknown = || Failure::failed("there is no such certificate; `elbow certificate list` shows them");
    let mut certificates = snapshot.configuration.certificates.values();
    let found = certificates.find(|it| it.arn.to_string() == arn).ok_or_else(unknown)?;
    let mut text = pem::certificate(&found.material.certificate) + &pem::chain(&found.material.chain);
    if with_private_key {
        text.push_str(&pem::private_key(&found.material.private_key));
    }
    write(text.as_bytes())
}

/// Writes the certificate of the authority to a file and prints the command that makes this system trust it. It needs
/// rights that we do not ask for.
fn trust(data: cli::Data) -> Result<(), Failure> {
    let dir = Given::data_dir(data.data_dir.clone());
    let snapshot = data::open(data)?.current();
    let authority = snapshot.configuration.authority.as_ref();
    let authority = authority.ok_or_else(|| Failure::failed(NO_AUTHORITY))?;
    let path = std::path::absolute(dir.join(AUTHORITY_FILE))?;
    fs::write(&path, pem::certificate(&authority.certificate))?;
    say(trust_command(&path, Path::new("/usr/local/share/ca-certificates").is_dir()))
}

/// The command for a shell, where Debian and its kin have a directory of their own for such files.
fn trust_command(path: &Path, like_debian: bool) -> String {
    let path = format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
    if cfg!(target_os = "macos") {
        let keychain = "/Library/Keychains/System.keychain";
        return format!("sudo security add-trusted-cert -d -r trustRoot -k {keychain} {path}");
    }
    match like_debian {
        true => format!(
            "sudo install -m 644 {path} /usr/local/share/ca-certificates/elbow.crt && sudo update-ca-certificates"
        ),
        false => format!("sudo trust anchor --store {path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_command_takes_any_path() {
        let shown = trust_command(Path::new("/home/o'neill/a b.pem"), false);
        assert_eq!(shown, r"sudo trust anchor --store '/home/o'\''neill/a b.pem'");
        assert!(trust_command(Path::new("/a.pem"), true).contains("'/a.pem' /usr/local/share"));
    }
}
