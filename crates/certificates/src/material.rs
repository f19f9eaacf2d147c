//! Certificate, chain and private key together: the one place where they are found to belong together.

use elbow_model::{CertificateMaterial, Der, PrivateKey, Timestamp};

use crate::{Flaw, key, pem, signature, x509};

/// Most certificates in a chain.
const CHAIN: usize = 16;

/// Checks what somebody brought in PEM: that each certificate of the chain certifies the one before it, that the private
/// key is the certificate's, that load balancers take such keys, and that the certificate is valid now. A certificate without
/// a chain must certify itself.
///
/// # Errors
/// The first thing that is wrong.
pub fn upload(
    certificate: &[u8],
    private_key: &[u8],
    chain: Option<&[u8]>,
    now: Timestamp,
) -> Result<CertificateMaterial, Flaw> {
    let material = upload_in_part(certificate, private_key, chain, now)?;
    if material.chain.is_empty() && !certifies_itself(&material.certificate) {
        return Err(Flaw::NotSelfSigned);
    }
    Ok(material)
}

/// The same for somebody who may leave out what certifies the certificate.
///
/// # Errors
/// The first thing that is wrong.
pub fn upload_in_part(
    certificate: &[u8],
    private_key: &[u8],
    chain: Option<&[u8]>,
    now: Timestamp,
) -> Result<CertificateMaterial, Flaw> {
    let mut certificates = pem::certificates(certificate).map_err(Flaw::Certificate)?.into_iter();
    let (Some(certificate), None) = (certificates.next(), certificates.next()) else {
        return Err(Flaw::MoreThanOne);
    };
    let chain = chain.map(pem::certificates).transpose().map_err(Flaw::Chain)?.unwrap_or_default();
    let facts = x509::decode(certificate.as_bytes()).map_err(Flaw::Certificate)?.facts()?;
    let private_key = key::read(private_key, facts.key_algorithm).map_err(Flaw::Key)?.private;
    let material = restore(certificate, chain, &private_key)?;
    if !material.facts.is_valid_at(now) {
        let (from, until) = (material.facts.not_before, material.facts.not_after);
        return Err(Flaw::NotValid { from, until });
    }
    Ok(material)
}

/// Puts together what [`upload`] took apart. A record may have been touched, so all is checked again except the time:
/// what has expired since is still there.
///
/// # Errors
/// The first thing that is wrong.
pub fn restore(
    certificate: Der,
    chain: Vec<Der>,
    private_key: &PrivateKey,
) -> Result<CertificateMaterial, Flaw> {
    let read = x509::decode(certificate.as_bytes()).map_err(Flaw::Certificate)?;
    let facts = read.facts()?;
    let pair = key::from_der(private_key.reveal(), facts.key_algorithm).map_err(Flaw::Key)?;
    if read.key_bits() != Some(&*pair.public) {
        return Err(Flaw::Mismatch);
    }
    if chain.len() > CHAIN {
        return Err(Flaw::Chain("it has too many certificates"));
    }
    let mut certified = read;
    for (index, der) in chain.iter().enumerate() {
        let issuer = x509::decode(der.as_bytes()).map_err(Flaw::Chain)?;
        if !signature::certifies(&issuer, &certified) {
            return Err(Flaw::Order { index });
        }
        certified = issuer;
    }
    Ok(CertificateMaterial { certificate, chain, private_key: pair.private, facts })
}

fn certifies_itself(certificate: &Der) -> bool {
    x509::decode(certificate.as_bytes())
        .is_ok_and(|certificate| signature::certifies(&certificate, &certificate))
}

#[cfg(test)]
mod tests;
