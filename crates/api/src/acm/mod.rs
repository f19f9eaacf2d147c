//! Certificate Manager, version 2015-12-08, over the JSON protocol: certificates that are imported, and others that the
//! local authority issues at once.
//!
//! `certificates` imports, gives and deletes; `request` issues; `describe` and `list` show; `tags` are tags. Private keys
//! come in and never go out.

pub(crate) mod certificates;
pub(crate) mod describe;
pub(crate) mod list;
pub(crate) mod request;
pub(crate) mod tags;

use std::sync::Arc;

use elbow_model::limits::CERTIFICATES;
use elbow_model::{AcmArn, Certificate, CertificateArn, CertificateKey};

use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::Input;

/// Finds the certificate that a request names, in the caller's region and account.
fn find<'a>(call: &'a Call<'_>, input: &Input) -> Result<&'a Arc<Certificate>, Error> {
    by_arn(call, input.required("CertificateArn")?)
}

fn by_arn<'a>(call: &'a Call<'_>, text: &str) -> Result<&'a Arc<Certificate>, Error> {
    let Some(CertificateArn::Acm(arn)) = CertificateArn::parse(text) else {
        let message = format!("'{text}' is not a valid ARN of a certificate");
        return Err(Error::new(Code::InvalidArnException, message));
    };
    let found = call.configuration.certificates.get(&arn.key).filter(|_| arn.scope == *call.scope);
    let found = found.filter(|certificate| certificate.arn == CertificateArn::Acm(arn.clone()));
    found.ok_or_else(|| {
        let account = call.scope.account.as_str();
        let message = format!("Could not find certificate {text} in account {account}.");
        Error::new(Code::ResourceNotFoundException, message)
    })
}

/// The caller's certificates.
fn visible<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Arc<Certificate>> {
    let of_caller =
        |it: &&Arc<Certificate>| matches!(&it.arn, CertificateArn::Acm(arn) if arn.scope == *call.scope);
    call.configuration.certificates.values().filter(of_caller)
}

/// Whether there is room for one more.
fn check_quota(call: &Call<'_>) -> Result<(), Error> {
    if visible(call).count() < CERTIFICATES {
        return Ok(());
    }
    let message =
        format!("There are {CERTIFICATES} certificates already. Delete certificates that are not in use");
    Err(Error::new(Code::LimitExceededException, message))
}

/// A new identity: a random UUID (RFC 9562, version 4).
fn new_key(call: &Call<'_>) -> CertificateKey {
    uuid(u128::from(call.random()) << 64 | u128::from(call.random()))
}

/// Makes a UUID of any bits.
fn uuid(bits: u128) -> CertificateKey {
    let version = bits & !(0xf << 76) | 0x4 << 76;
    CertificateKey::new(version & !(0b11 << 62) | 0b10 << 62)
}

fn arn(call: &Call<'_>, key: CertificateKey) -> CertificateArn {
    CertificateArn::Acm(AcmArn { scope: call.scope.clone(), key })
}
