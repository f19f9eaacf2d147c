//! Certificates that somebody brings.

use std::sync::Arc;

use elbow_certificates::{Flaw, pem, upload};
use elbow_model::{Certificate, CertificateSource, Change, Entity, EntityKey};
use serde_json::{Value, json};

use super::{arn, by_arn, check_quota, find, new_key, tags};
use crate::call::{Call, JsonDecision};
use crate::error::{Code, Error};
use crate::v2::certificate_use;
use crate::wire::Input;

const CERTIFICATE_BYTES: usize = 32_768;
const KEY_BYTES: usize = 8_192;
const CHAIN_BYTES: usize = 2_097_152;

/// `ImportCertificate`: new, or in place of what an earlier one holds.
pub(crate) fn import(call: &Call<'_>, input: &Input) -> Result<JsonDecision, Error> {
    let certificate = input.required_bytes("Certificate", CERTIFICATE_BYTES)?;
    let private_key = input.required_bytes("PrivateKey", KEY_BYTES)?;
    let chain = input.bytes("CertificateChain", CHAIN_BYTES)?;
    let material =
        upload(&certificate, &private_key, chain.as_deref(), call.now).map_err(|flaw| refusal(&flaw))?;
    let material = Arc::new(material);
    let imported = match input.text("CertificateArn")? {
        Some(arn) => {
            let earlier = by_arn(call, arn)?;
            if input.has("Tags") {
                return Err(Error::validation("You can't apply tags while re-importing a certificate."));
            }
            if earlier.source != CertificateSource::Imported {
                return Err(Error::validation(format!("The certificate {arn} was not imported")));
            }
            Certificate { material, changed: call.now, ..Call::copy(earlier) }
        }
        None => {
            check_quota(call)?;
            let key = new_key(call);
            Certificate {
                key,
                arn: arn(call, key),
                source: CertificateSource::Imported,
                created: call.now,
                changed: call.now,
                material,
                tags: tags::given(input)?,
            }
        }
    };
    let answer = json!({ "CertificateArn": imported.arn.to_string() });
    Ok((vec![Change::Put(Entity::Certificate(Arc::new(imported)))], answer))
}

/// AWS: unknown which codes most flaws have; where a message of AWS's is known, it came with `ValidationException`.
fn refusal(flaw: &Flaw) -> Error {
    let message = match flaw {
        Flaw::NotValid { from, until } => {
            format!("{flaw}: it is valid from {} to {}", show(*from), show(*until))
        }
        _ => flaw.to_string(),
    };
    Error::new(Code::ValidationError, message)
}

fn show(time: elbow_model::Timestamp) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX).to_string()
}

/// `GetCertificate`: certificate and chain.
pub(crate) fn get(call: &Call<'_>, input: &Input) -> Result<Value, Error> {
    let material = &find(call, input)?.material;
    let mut answer = json!({ "Certificate": pem::certificate(&material.certificate) });
    if !material.chain.is_empty() {
        super::describe::set(&mut answer, "CertificateChain", pem::chain(&material.chain));
    }
    Ok(answer)
}

/// `DeleteCertificate`: not while a listener has it.
pub(crate) fn delete(call: &Call<'_>, input: &Input) -> Result<JsonDecision, Error> {
    let found = find(call, input)?;
    if let Some(user) = certificate_use::load_balancers(call.configuration, &found.arn).first() {
        let message = format!("Certificate {} is in use by {user}", found.arn);
        return Err(Error::new(Code::ResourceInUseException, message));
    }
    Ok((vec![Change::Remove(EntityKey::Certificate(found.key))], json!({})))
}
