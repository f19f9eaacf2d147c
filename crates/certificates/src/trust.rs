//! What trust stores are made of: certificates of authorities, and lists of what they have revoked.
//!
//! **Threat.** Both come from outside, in files of up to fifty megabytes. Each section of PEM is decoded once; what a
//! file holds beside the sections is passed over. What is found good here is what the data plane can verify with: lists
//! are read by the code that will look things up in them. Nothing here asks whether an authority or a list is valid
//! now, or whose list it is: that is asked of each connection. Start with [`bundle`] and [`revocations`].

use elbow_model::Der;
use elbow_model::limits::{CERTIFICATES_PER_TRUST_STORE, TRUSTED_CERTIFICATE_BYTES, TRUSTED_NAMES_BYTES};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::SectionKind;
use x509_cert::der::Encode;

use crate::{Flaw, RevocationList, pem, x509};

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

#[cfg(test)]
mod tests;
