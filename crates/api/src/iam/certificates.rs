//! Server certificates that somebody brings.

use std::sync::Arc;

use elbow_certificates::{Flaw, pem, upload_in_part};
use elbow_model::limits::SERVER_CERTIFICATES;
use elbow_model::{
    Certificate, CertificateArn, CertificateKey, CertificateSource, Change, Entity, EntityKey,
    ServerCertificateArn, ServerCertificateName,
};

use super::{find, metadata, named, tags, visible};
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::v2::certificate_use;
use crate::wire::{Params, Xml};

const CERTIFICATE_CHARS: usize = 16_384;
const CHAIN_CHARS: usize = 2_097_152;
const DEFAULT_PATH: &str = "/";

/// `UploadServerCertificate`. Unlike Certificate Manager it takes a certificate without what certifies it.
pub(crate) fn upload(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let name = params.required("ServerCertificateName")?;
    let name = ServerCertificateName::parse(params.text("Path").unwrap_or(DEFAULT_PATH), name)?;
    let certificate =
        secret(params, "CertificateBody", params.required("CertificateBody")?, CERTIFICATE_CHARS)?;
    let private_key = secret(params, "PrivateKey", params.required("PrivateKey")?, CERTIFICATE_CHARS)?;
    let chain = params.text("CertificateChain");
    let chain = chain.map(|chain| secret(params, "CertificateChain", chain, CHAIN_CHARS)).transpose()?;
    check_free(call, &name)?;
    if visible(call).count() >= SERVER_CERTIFICATES {
        let message = format!("Cannot exceed quota for ServerCertificatesPerAccount: {SERVER_CERTIFICATES}");
        return Err(Error::new(Code::LimitExceeded, message));
    }
    let material =
        upload_in_part(certificate, private_key, chain, call.now).map_err(|flaw| refusal(&flaw))?;
    let arn = ServerCertificateArn { account: call.scope.account.clone(), name };
    let uploaded = Certificate {
        key: CertificateKey::new(u128::from(call.random()) << 64 | u128::from(call.random())),
        arn: CertificateArn::Server(arn.clone()),
        source: CertificateSource::Imported,
        created: call.now,
        changed: call.now,
        material: Arc::new(material),
        tags: tags::given(params)?,
    };
    let mut xml = Xml::new();
    xml.element("ServerCertificateMetadata", |xml| metadata(xml, &arn, &uploaded));
    tags::show(&mut xml, &uploaded.tags);
    Ok((vec![Change::Put(Entity::Certificate(Arc::new(uploaded)))], xml))
}

/// A text of PEM that is not too long. The refusal does not show it: it may be a private key.
fn secret<'a>(params: &Params<'_>, name: &str, text: &'a str, max: usize) -> Result<&'a [u8], Error> {
    let shown = format!("{} characters", text.len());
    match text.len() {
        0 => Err(params.unfit(name, &shown, "Member must have length greater than or equal to 1")),
        length if length > max => {
            let rule = format!("Member must have length less than or equal to {max}");
            Err(params.unfit(name, &shown, &rule))
        }
        _ => Ok(text.as_bytes()),
    }
}

fn refusal(flaw: &Flaw) -> Error {
    let code = match flaw {
        Flaw::Mismatch => Code::KeyPairMismatch,
        _ => Code::MalformedCertificate,
    };
    Error::new(code, flaw.to_string())
}

fn check_free(call: &Call<'_>, name: &ServerCertificateName) -> Result<(), Error> {
    if named(call, name.name()).is_none() {
        return Ok(());
    }
    let message = format!("The Server Certificate with name {} already exists.", name.name());
    Err(Error::new(Code::EntityAlreadyExists, message))
}

/// `GetServerCertificate`: certificate and chain.
pub(crate) fn get(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let found = find(call, params)?;
    let mut xml = Xml::new();
    let CertificateArn::Server(arn) = &found.arn else { return Ok(xml) };
    xml.element("ServerCertificate", |xml| {
        xml.element("ServerCertificateMetadata", |xml| metadata(xml, arn, found));
        xml.text("CertificateBody", pem::certificate(&found.material.certificate));
        if !found.material.chain.is_empty() {
            xml.text("CertificateChain", pem::chain(&found.material.chain));
        }
        tags::show(xml, &found.tags);
    });
    Ok(xml)
}

/// `UpdateServerCertificate`: another path or name.
// AWS: unknown, we let listeners follow: they show the certificate by its new ARN.
pub(crate) fn rename(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut renamed = Call::copy(find(call, params)?);
    let CertificateArn::Server(before) = &renamed.arn else { return Ok((Vec::new(), Xml::new())) };
    let name = params.text("NewServerCertificateName").unwrap_or(before.name.name());
    let path = params.text("NewPath").unwrap_or(before.name.path());
    let name = ServerCertificateName::parse(path, name)?;
    if !name.name().eq_ignore_ascii_case(before.name.name()) {
        check_free(call, &name)?;
    }
    let arn = CertificateArn::Server(ServerCertificateArn { account: before.account.clone(), name });
    let mut changes = certificate_use::renamed(call.configuration, &renamed.arn, &arn);
    renamed.arn = arn;
    changes.push(Change::Put(Entity::Certificate(Arc::new(renamed))));
    Ok((changes, Xml::new()))
}

/// `DeleteServerCertificate`: not while a listener has it.
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let found = find(call, params)?;
    if let Some(user) = certificate_use::load_balancers(call.configuration, &found.arn).first() {
        let message = format!(
            "Certificate: {} is currently in use by {user}. Please remove it first before deleting it from IAM.",
            found.arn
        );
        return Err(Error::new(Code::DeleteConflict, message));
    }
    Ok((vec![Change::Remove(EntityKey::Certificate(found.key))], Xml::new()))
}
