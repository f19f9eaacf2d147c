//! Certificate revocation lists (RFC 5280, section 5): which certificates an authority has taken back.
//!
//! A list counts for certificates of the issuer that it names, once that issuer's key is seen to have signed it. Lists that
//! are more than that, for other issuers' certificates or only what changed since another list, are not read.

use std::sync::{OnceLock, PoisonError, RwLock};

use elbow_model::{Der, Timestamp};
use x509_cert::Version;
use x509_cert::crl::{CertificateList, TbsCertList};
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{AnyRef, Decode, Encode, Header, Reader, SliceReader, Tag};
use x509_cert::ext::pkix::crl::dp::IssuingDistributionPoint;
use x509_cert::name::Name;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef};

use crate::signature;
use crate::x509::{X509, folded, moment};

const DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const AUTHORITY_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const DELTA: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");
const NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");

/// For how many keys a list remembers that it is not theirs: those of authorities with one name.
const OTHERS: usize = 64;

const INCOMPLETE: &str =
    "it is not a complete X.509 revocation list of version 2 with a next update (RFC 5280)";

/// A revocation list that can be read.
#[derive(Debug)]
pub struct RevocationList {
    issuer: IssuerName,
    /// Which of the issuer's certificates it is about; `None`: all.
    part: Option<Box<[u8]>>,
    from: Timestamp,
    until: Timestamp,
    /// Serial numbers as DER writes them, in their order.
    revoked: Box<[Box<[u8]>]>,
    /// Whose signature it was found to be: a SubjectPublicKeyInfo in DER.
    signer: OnceLock<Box<[u8]>>,
    /// Whose it was found not to be, at most [`OTHERS`] of them.
    others: RwLock<Vec<Box<[u8]>>>,
    /// What has to be verified; `None` once that was done for good.
    signed: Option<Signed>,
}

/// The name of an issuer, to be compared with others as RFC 5280 has it (section 7.1).
#[derive(Debug, PartialEq, Eq)]
pub struct IssuerName(Box<[u8]>);

impl IssuerName {
    /// Reads the content of a name in DER, without the tag around it. One that cannot be read is only equal to itself.
    pub fn read(content: &[u8]) -> Self {
        let whole = AnyRef::new(Tag::Sequence, content).and_then(|any| any.to_der()).ok();
        let name = whole.and_then(|der| Name::from_der(&der).ok());
        name.map_or_else(|| Self(content.into()), |name| Self::of(&name))
    }

    fn of(name: &Name) -> Self {
        Self(folded(name).into())
    }
}

#[derive(Debug)]
struct Signed {
    content: Box<[u8]>,
    signing: AlgorithmIdentifierOwned,
    signature: Box<[u8]>,
}

impl RevocationList {
    /// Reads a list. If one of `authorities` has signed it, that is seen at once; others may be asked for later.
    ///
    /// # Errors
    /// Why it is none that counts.
    pub fn read(der: &[u8], authorities: &[Der]) -> Result<Self, &'static str> {
        let list = <CertificateList>::from_der(der).map_err(|_| INCOMPLETE)?;
        let body = &list.tbs_cert_list;
        if list.signature_algorithm != body.signature {
            return Err("it names two ways in which it is signed");
        }
        check_extensions(body)?;
        let signed = Signed {
            content: signed(der).ok_or("it cannot be read")?.into(),
            signing: list.signature_algorithm,
            signature: list.signature.as_bytes().ok_or("its signature cannot be read")?.into(),
        };
        let part = part(&list.tbs_cert_list);
        let revoked = list.tbs_cert_list.revoked_certificates.unwrap_or_default();
        let mut revoked: Vec<Box<[u8]>> =
            revoked.iter().map(|entry| entry.serial_number.as_bytes().into()).collect();
        revoked.sort_unstable();
        let mut read = Self {
            issuer: IssuerName::of(&list.tbs_cert_list.issuer),
            part,
            from: moment(list.tbs_cert_list.this_update),
            until: list.tbs_cert_list.next_update.map(moment).ok_or(INCOMPLETE)?,
            revoked: revoked.into(),
            signer: OnceLock::new(),
            others: RwLock::default(),
            signed: Some(signed),
        };
        read.settle(authorities);
        Ok(read)
    }

    /// Whether it is about certificates of this issuer.
    pub fn is_of(&self, issuer: &IssuerName) -> bool {
        self.issuer == *issuer
    }

    /// Whether one of these authorities has the name of its issuer.
    pub fn is_of_one_of(&self, authorities: &[Der]) -> bool {
        self.named(authorities).next().is_some()
    }

    /// Whether an authority among those that it was read with has signed it.
    pub const fn is_settled(&self) -> bool {
        self.signed.is_none()
    }

    /// Whether the holder of this key has signed it: a SubjectPublicKeyInfo in DER. What was found is remembered, so that
    /// a large list is verified once for a key.
    pub fn is_signed_by(&self, key: &[u8]) -> bool {
        if let Some(signer) = self.signer.get() {
            return **signer == *key;
        }
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        if others.iter().any(|other| **other == *key) {
            return false;
        }
        drop(others);
        let bits = SubjectPublicKeyInfoRef::from_der(key).ok();
        let bits = bits.and_then(|key| key.subject_public_key.as_bytes());
        let found = bits.zip(self.signed.as_ref()).is_some_and(|(bits, signed)| signed.is_by(bits));
        if !found {
            let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
            if others.len() < OTHERS {
                others.push(key.into());
            }
        }
        found && **self.signer.get_or_init(|| key.into()) == *key
    }

    /// Whether it says what holds at `now`: it was issued, and the next one is not due.
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }

    /// Whether both are about the same of an issuer's certificates, so that the newer one says all that the older one said.
    pub fn is_of_same_part(&self, other: &Self) -> bool {
        self.part == other.part
    }

    /// Whether it takes back the certificate with this serial number, as DER writes it.
    pub fn revokes(&self, serial: &[u8]) -> bool {
        self.revoked.binary_search_by(|revoked| (**revoked).cmp(serial)).is_ok()
    }

    /// How many certificates it takes back.
    pub fn entries(&self) -> u64 {
        self.revoked.len() as u64
    }

    fn named<'a>(&'a self, authorities: &'a [Der]) -> impl Iterator<Item = X509> + 'a {
        let authorities = authorities.iter().filter_map(|der| X509::read(der.as_bytes()));
        authorities.filter(|authority| IssuerName::of(authority.subject()) == self.issuer)
    }

    fn settle(&mut self, authorities: &[Der]) {
        let keys: Vec<Vec<u8>> = self.named(authorities).filter_map(|it| it.key_der()).collect();
        if keys.iter().any(|key| self.is_signed_by(key)) {
            self.signed = None;
        }
    }
}

impl Signed {
    fn is_by(&self, key: &[u8]) -> bool {
        signature::verifies(key, &self.signing, &self.content, &self.signature)
    }
}

/// What is signed, byte for byte as it came (section 5.1.1.1): written again, it might be other bytes.
fn signed(der: &[u8]) -> Option<&[u8]> {
    let mut reader = SliceReader::new(der).ok()?;
    Header::decode(&mut reader).ok()?;
    reader.tlv_bytes().ok()
}

/// Its distribution point (section 5.2.5).
fn part(body: &TbsCertList) -> Option<Box<[u8]>> {
    let mut extensions = body.crl_extensions.iter().flatten();
    let point = extensions.find(|extension| extension.extn_id == DISTRIBUTION_POINT)?;
    Some(point.extn_value.as_bytes().into())
}

/// What a list must understand that it says is critical (section 5.2), and nothing else.
fn check_extensions(body: &TbsCertList) -> Result<(), &'static str> {
    let extensions = body.crl_extensions.as_deref().unwrap_or_default();
    if body.version != Version::V2 {
        return Err("it is of version 1; make it with a CRL number, in version 2");
    }
    for extension in extensions {
        match extension.extn_id {
            DISTRIBUTION_POINT => {
                let point = IssuingDistributionPoint::from_der(extension.extn_value.as_bytes())
                    .map_err(|_| "its distribution point cannot be read")?;
                if point.indirect_crl || point.only_some_reasons.is_some() {
                    return Err("it is indirect, or only about some reasons");
                }
            }
            DELTA => return Err("it is a delta list, which cannot be used alone"),
            AUTHORITY_KEY | NUMBER => {}
            _ if extension.critical => return Err("it has a critical extension that is not supported"),
            _ => {}
        }
    }
    let entries = body.revoked_certificates.as_deref().unwrap_or_default();
    let mut extensions = entries.iter().flat_map(|entry| entry.crl_entry_extensions.iter().flatten());
    // The one that there is tells that the entry is about another issuer's certificate.
    match extensions.any(|extension| extension.critical) {
        true => Err("an entry has a critical extension"),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests;
