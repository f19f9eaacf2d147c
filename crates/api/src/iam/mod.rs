//! Server certificates of Identity and Access Management, version 2010-05-08: the older place where listeners find their
//! certificates. They belong to an account and to no region, and have names instead of keys.
//!
//! `certificates` uploads, gives, renames and deletes; `list` lists; `tags` are tags. Private keys come in and never go
//! out. Users, roles and policies are not here: who has a pair of keys may do everything.

pub(crate) mod certificates;
pub(crate) mod list;
pub(crate) mod tags;

use std::sync::Arc;

use elbow_model::{Certificate, CertificateArn, ServerCertificateArn, Timestamp};

use crate::call::Call;
use crate::error::{Code, Error};
use crate::v2::iso8601;
use crate::wire::{Params, Xml};

/// Finds the certificate that a request names. The case of letters does not count.
fn find<'a>(call: &'a Call<'_>, params: &Params<'_>) -> Result<&'a Arc<Certificate>, Error> {
    let name = params.required("ServerCertificateName")?;
    named(call, name).ok_or_else(|| {
        let message = format!("The Server Certificate with name {name} cannot be found.");
        Error::new(Code::NoSuchEntity, message)
    })
}

fn named<'a>(call: &'a Call<'_>, name: &str) -> Option<&'a Arc<Certificate>> {
    let mut own = visible(call);
    own.find(|(arn, _)| arn.name.name().eq_ignore_ascii_case(name)).map(|(_, certificate)| certificate)
}

/// The caller's server certificates with their ARNs.
fn visible<'a>(call: &'a Call<'_>) -> impl Iterator<Item = (&'a ServerCertificateArn, &'a Arc<Certificate>)> {
    call.configuration.certificates.values().filter_map(|it| match &it.arn {
        CertificateArn::Server(arn) if arn.account == call.scope.account => Some((arn, it)),
        _ => None,
    })
}

/// What is shown of a certificate everywhere.
fn metadata(xml: &mut Xml, arn: &ServerCertificateArn, it: &Certificate) {
    xml.text("Path", arn.name.path());
    xml.text("ServerCertificateName", arn.name.name());
    xml.text("ServerCertificateId", id(it));
    xml.text("Arn", &it.arn);
    xml.text("UploadDate", seconds(it.created));
    xml.text("Expiration", seconds(it.material.facts.not_after));
}

/// A moment as IAM writes it, in whole seconds.
fn seconds(time: Timestamp) -> String {
    iso8601(Timestamp::from_secs(time.as_secs()))
}

/// What identifies a certificate whatever its name: `ASCA` and 17 letters and digits of base 32, made of its key.
fn id(it: &Certificate) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digit = |place: u32| {
        let digit = usize::try_from(it.key.get() >> (5 * place) & 31).unwrap_or_default();
        DIGITS.get(digit).copied().map(char::from)
    };
    "ASCA".chars().chain((0..17).rev().filter_map(digit)).collect()
}
