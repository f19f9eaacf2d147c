//! The extensions of a certificate that anybody asks for (RFC 5280, section 4.2.1). The others are passed over: it is
//! for whoever verifies a chain to refuse those that they do not know.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use elbow_model::{ExtendedKeyUsage, KeyUsage};
use x509_cert::TbsCertificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix;
use x509_cert::ext::pkix::name::GeneralName;

/// What the object identifiers of purposes begin with, and the one for any.
const PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3");
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
/// Most extensions.
const EXTENSIONS: usize = 64;

/// What extensions say.
#[derive(Default)]
pub(crate) struct Extensions {
    pub(crate) names: Vec<String>,
    pub(crate) key_usages: Vec<KeyUsage>,
    pub(crate) extended_key_usages: Vec<ExtendedKeyUsage>,
    /// Whether it may certify others.
    pub(crate) is_authority: bool,
    /// How many authorities there may be on the way from it to whom they certify.
    pub(crate) path_length: Option<u8>,
}

impl Extensions {
    pub(super) fn read(body: &TbsCertificate) -> Option<Self> {
        let all = body.extensions().map(Vec::as_slice).unwrap_or_default();
        // Section 4.2: none twice.
        let known: BTreeSet<ObjectIdentifier> = all.iter().map(|extension| extension.extn_id).collect();
        if all.len() > EXTENSIONS || known.len() != all.len() {
            return None;
        }
        let usages = body.get_extension::<pkix::KeyUsage>().ok()?;
        let purposes = body.get_extension::<pkix::ExtendedKeyUsage>().ok()?;
        let constraints = body.get_extension::<pkix::BasicConstraints>().ok()?;
        let names = body.get_extension::<pkix::SubjectAltName>().ok()?;
        Some(Self {
            names: names.map_or(Some(Vec::new()), |(_, names)| alternative_names(&names))?,
            key_usages: usages.map(|(_, usages)| key_usages(usages)).unwrap_or_default(),
            extended_key_usages: purposes
                .map(|(_, purposes)| purposes.0.iter().map(purpose).collect())
                .unwrap_or_default(),
            is_authority: constraints.as_ref().is_some_and(|(_, constraints)| constraints.ca),
            path_length: constraints.and_then(|(_, constraints)| constraints.path_len_constraint),
        })
    }
}

/// The usages are bits in the order of the words.
fn key_usages(usages: pkix::KeyUsage) -> Vec<KeyUsage> {
    let is_set = |bit: usize| usages.0.bits() >> bit & 1 == 1;
    let usages = KeyUsage::ALL.iter().enumerate();
    usages.filter(|(bit, _)| is_set(*bit)).map(|(_, usage)| *usage).collect()
}

/// Those that are DNS names or addresses; `None` if an address is none.
fn alternative_names(names: &pkix::SubjectAltName) -> Option<Vec<String>> {
    let mut read = Vec::new();
    for name in &names.0 {
        match name {
            GeneralName::DnsName(name) => read.push(name.to_string()),
            GeneralName::IpAddress(bytes) => read.push(address(bytes.as_bytes())?),
            _ => {}
        }
    }
    Some(read)
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|bytes| Ipv6Addr::from(bytes).to_string())
}

fn purpose(purpose: &ObjectIdentifier) -> ExtendedKeyUsage {
    if *purpose == ANY_PURPOSE {
        return ExtendedKeyUsage::Any;
    }
    match purpose.as_bytes().strip_prefix(PURPOSE.as_bytes()) {
        Some([1]) => ExtendedKeyUsage::Server,
        Some([2]) => ExtendedKeyUsage::Client,
        Some([3]) => ExtendedKeyUsage::Code,
        Some([4]) => ExtendedKeyUsage::Email,
        Some([8]) => ExtendedKeyUsage::TimeStamp,
        Some([9]) => ExtendedKeyUsage::Ocsp,
        _ => ExtendedKeyUsage::Custom,
    }
}
