//! What trust stores are made of: certificates of authorities, and lists of what they have revoked.
//!
//! **Threat.** Both come from outside, in files of up to fifty megabytes. Each section of PEM is decoded once; what a
//! file holds beside the sections is passed over. What is found good here is what the data plane can verify with: lists
//! are read by the code that will look things up in them. Nothing here asks whether an authority or a list is valid
//! now, or whose list it is: that is asked of each connection. Start with [`bundle`] and [`revocations`].

use elbow_model::limits::{CERTIFICATES_PER_TRUST_STORE, TRUSTED_CERTIFICATE_BYTES, TRUSTED_NAMES_BYTES};
use elbow_model::{Der, Timestamp};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::SectionKind;
use x509_cert::der::Encode;

use crate::x509::X509;
use crate::{Flaw, RevocationList, pem, signature, x509};

/// What a section of PEM begins with.
const BEGIN: &[u8] = b"-----BEGIN ";

/// How many certificates a bundle has that [`bundle`] has found good. It reads the text and decodes nothing.
pub fn count(bundle: &[u8]) -> usize {
    bundle.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| line.starts_with(BEGIN)).count()
}

/// Reads a bundle in PEM: the certificates of authorities, in its order.
///
/// # Errors
/// [`Flaw::Bundle`] or, for one certificate of it, [`Flaw::Authority`].
pub fn bundle(text: &[u8]) -> Result<Vec<Der>, Flaw> {
    let authorities = pem::certificates(text).map_err(Flaw::Bundle)?;
    if authorities.len() > CERTIFICATES_PER_TRUST_STORE {
        return Err(Flaw::Bundle("it has more certificates than a trust store may have"));
    }
    let mut names = 0;
    for (index, der) in authorities.iter().enumerate() {
        names += authority(der.as_bytes()).map_err(|why| Flaw::Authority { index, why })?;
    }
    if names > TRUSTED_NAMES_BYTES {
        return Err(Flaw::Bundle("the names of its authorities are longer than a trust store may have"));
    }
    Ok(authorities)
}

/// An authority of a bundle, as paths are verified with it.
#[derive(Debug)]
pub struct Authority {
    /// Its certificate.
    pub certificate: Der,
    /// Whether a path may end with it. If not, another authority of the bundle has certified it, and the path goes on there.
    pub ends_paths: bool,
    /// When it is valid.
    pub validity: Validity,
    /// How many other authorities there may be on the way from it to a client.
    pub path_length: Option<u8>,
}

/// When a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub not_before: Timestamp,
    /// The last one.
    pub not_after: Timestamp,
}

impl Validity {
    fn of(read: &X509) -> Self {
        let [not_before, not_after] = read.validity().map(x509::moment);
        Self { not_before, not_after }
    }
}

/// The authorities of a bundle, in its order, and which of them is above which: names and signatures tell.
pub fn authorities(bundle: &[Der]) -> Vec<Authority> {
    let read: Vec<(&Der, X509)> =
        bundle.iter().filter_map(|der| Some((der, X509::read(der.as_bytes())?))).collect();
    // For each, the places of those that have certified it.
    let above: Vec<Vec<usize>> = read.iter().map(|(_, it)| certified_by(it, &read)).collect();
    let mut ends: Vec<bool> = above.iter().map(Vec::is_empty).collect();
    // Those that have certified each other in a circle lead nowhere: the first of them ends paths, too.
    while let Some(lost) = first_without_end(&above, &ends).and_then(|place| ends.get_mut(place)) {
        *lost = true;
    }
    let authority = |((der, read), ends_paths): (&(&Der, X509), bool)| {
        let path_length = read.extensions.path_length;
        Authority { certificate: (*der).clone(), ends_paths, validity: Validity::of(read), path_length }
    };
    read.iter().zip(ends).map(authority).collect()
}

fn certified_by(it: &X509, all: &[(&Der, X509)]) -> Vec<usize> {
    if it.subject() == it.issuer() {
        return Vec::new();
    }
    let above = all.iter().enumerate().filter(|(_, (_, above))| signature::certifies(above, it));
    above.map(|(place, _)| place).collect()
}

/// The first place from which no way up leads to an end.
fn first_without_end(above: &[Vec<usize>], ends: &[bool]) -> Option<usize> {
    let mut reached = ends.to_vec();
    for _ in above {
        let is_reached = |place: &usize| reached.get(*place).copied().unwrap_or_default();
        let next =
            above.iter().enumerate().map(|(place, above)| is_reached(&place) || above.iter().any(is_reached));
        reached = next.collect();
    }
    reached.iter().position(|reached| !reached)
}

/// When this authority is valid; `None` if it is none, and may not sign other certificates. Every byte is the client's or
/// the target's.
pub fn certifies_in(der: &[u8]) -> Option<Validity> {
    X509::read(der).filter(X509::is_authority).map(|read| Validity::of(&read))
}

/// Checks the certificate of one authority; the length of its name, in bytes.
fn authority(der: &[u8]) -> Result<usize, &'static str> {
    if der.len() > TRUSTED_CERTIFICATE_BYTES {
        return Err("it is larger than 16 KB");
    }
    let read = x509::decode(der)?;
    if !read.is_authority() {
        return Err(
            "it is not the certificate of an authority, which says CA:TRUE and may sign certificates",
        );
    }
    if !read.is_for_clients() {
        return Err("its key is neither RSA of 2048 to 8192 bits nor ECDSA on P-256, P-384 or P-521");
    }
    let certificate = CertificateDer::from(der);
    webpki::anchor_from_trusted_cert(&certificate).map_err(|_| "certificates cannot be verified with it")?;
    read.subject().to_der().map(|name| name.len()).map_err(|_| "its name cannot be read")
}

/// What a file of revocations holds.
#[derive(Debug)]
pub struct Revocations {
    /// Its lists in DER, in its order.
    pub lists: Vec<Der>,
    /// Revoked certificates in all of them.
    pub entries: u64,
}

/// Reads certificate revocation lists in PEM.
///
/// # Errors
/// [`Flaw::Revocations`].
pub fn revocations(text: &[u8]) -> Result<Revocations, Flaw> {
    let mut read = Revocations { lists: Vec::new(), entries: 0 };
    for (kind, der) in pem::read(text).map_err(Flaw::Revocations)? {
        if kind != SectionKind::Crl {
            return Err(Flaw::Revocations("it must hold certificate revocation lists (X509 CRL) only"));
        }
        let list = RevocationList::read(&der, &[]).map_err(Flaw::Revocations)?;
        read.entries += list.entries();
        read.lists.push(Der::new(&der));
    }
    Ok(read)
}

/// Checks lists against the bundle of the trust store that they are for. Those of authorities that are not in it are not
/// looked at: clients may show such authorities.
///
/// # Errors
/// [`Flaw::Revocations`] if a list of one of them would have all its clients refused: none of that name has signed it, or
/// it is not the time at which it holds.
// AWS: unknown, we refuse such a list when it comes, where its owner sees it, and not clients later.
pub fn check_lists(lists: &[Der], bundle: &[Der], now: Timestamp) -> Result<(), Flaw> {
    for der in lists {
        if own(der, bundle)?.is_some_and(|list| !list.is_current(now)) {
            return Err(Flaw::Revocations("it is not yet in force, or its next update is due"));
        }
    }
    Ok(())
}

/// The same at any time: a list that was good when it came may be due by now, and would be with any bundle.
///
/// # Errors
/// [`Flaw::Revocations`] if none of its issuer's name has signed a list.
pub fn check_issuers(lists: &[Der], bundle: &[Der]) -> Result<(), Flaw> {
    lists.iter().try_for_each(|der| own(der, bundle).map(drop))
}

/// A list that one of the bundle has signed; `None` if its issuer is not in it.
fn own(der: &Der, bundle: &[Der]) -> Result<Option<RevocationList>, Flaw> {
    let list = RevocationList::read(der.as_bytes(), bundle).map_err(Flaw::Revocations)?;
    if !list.is_of_one_of(bundle) {
        return Ok(None);
    }
    if !list.is_settled() {
        return Err(Flaw::Revocations("no authority of the bundle with its issuer's name has signed it"));
    }
    Ok(Some(list))
}

#[cfg(test)]
mod tests;
