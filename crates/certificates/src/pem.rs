//! PEM (RFC 7468): what people have their certificates and keys in.

use base64_simd::STANDARD;
use elbow_model::Der;
use rustls_pki_types::pem::{PemObject, SectionKind};

/// Most sections that one text may have.
const SECTIONS: usize = 64;
/// Characters in a line.
const LINE: usize = 64;

/// What a text holds, in its order. Explanatory text between the sections is passed over.
pub(crate) fn read(text: &[u8]) -> Result<Vec<(SectionKind, Vec<u8>)>, &'static str> {
    let mut sections = Vec::new();
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(text) {
        let section = section.map_err(|_| "it must be in PEM format")?;
        if sections.len() == SECTIONS {
            return Err("it has too many parts");
        }
        sections.push(section);
    }
    if sections.is_empty() {
        return Err("it must be in PEM format");
    }
    Ok(sections)
}

/// The certificates of a text, and nothing else.
pub(crate) fn certificates(text: &[u8]) -> Result<Vec<Der>, &'static str> {
    let certificate = |(kind, bytes): (SectionKind, Vec<u8>)| match kind {
        SectionKind::Certificate => Ok(Der::new(&bytes)),
        _ => Err("it must hold certificates only"),
    };
    read(text)?.into_iter().map(certificate).collect()
}

/// A certificate in PEM, with a line break at the end.
pub fn certificate(der: &Der) -> String {
    section("CERTIFICATE", der.as_bytes())
}

/// Certificates in PEM, one after the other.
pub fn chain(chain: &[Der]) -> String {
    chain.iter().map(certificate).collect()
}

/// A private key in PEM. For its owner only.
pub fn private_key(key: &elbow_model::PrivateKey) -> String {
    section("PRIVATE KEY", key.reveal())
}

fn section(label: &str, bytes: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for (i, c) in STANDARD.encode_to_string(bytes).chars().enumerate() {
        if i > 0 && i % LINE == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    text.push_str(&format!("\n-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in [1, 47, 48, 49, 96, 1000] {
            let der = Der::new(&vec![7; length]);
            let text = format!("about this:\n{}", chain(&[der.clone(), der.clone()]));
            assert_eq!(certificates(text.as_bytes()).unwrap(), [der.clone(), der], "{length}");
            assert!(text.lines().all(|line| line.len() <= LINE), "{length}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let one = certificate(&Der::new(b"x"));
        for text in [
            "",
            "x",
            "-----BEGIN CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
        ] {
            assert!(certificates(text.as_bytes()).is_err(), "{text}");
        }
        assert!(certificates(one.replace("CERTIFICATE", "PRIVATE KEY").as_bytes()).is_err());
        assert!(certificates(one.repeat(SECTIONS + 1).as_bytes()).is_err());
    }
}
