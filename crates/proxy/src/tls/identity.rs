//! What targets are told of a client's certificate (R32), made once for a connection.

use std::sync::Arc;

use elbow_certificates::{ClientCertificate, pem};
use elbow_model::key::ListenerKey;
use elbow_model::{ClientCertificates, Der};
use elbow_routing::{ClientCertificateHeaders, ListenerRoutes};
use rustls::pki_types::CertificateDer;

/// Who a client is, on a listener that asks for certificates.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The listener that it was agreed on with.
    listener: ListenerKey,
    told: Told,
}

#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// All that it has shown, in PEM, URL-encoded; `None` if that was nothing.
    Chain(Option<Box<str>>),
    /// Serial number, issuer, subject, validity and all of its certificate.
    Leaf([Box<str>; 5]),
}

impl Identity {
    /// The identity of a client that has shown `chain`. `None` if it was not asked for any.
    pub(super) fn new(
        listener: ListenerKey,
        mode: &ClientCertificates,
        chain: &[CertificateDer<'_>],
    ) -> Option<Arc<Self>> {
        let told = match mode {
            ClientCertificates::Ignored => return None,
            ClientCertificates::Passed => Told::Chain((!chain.is_empty()).then(|| encoded(chain))),
            ClientCertificates::Verified { .. } => {
                let leaf = chain.get(..1)?;
                let read = ClientCertificate::read(leaf.first()?)?;
                let values = [read.serial_number, read.issuer, read.subject, read.validity];
                let [serial_number, issuer, subject, validity] = values.map(String::into_boxed_str);
                Told::Leaf([serial_number, issuer, subject, validity, encoded(leaf)])
            }
        };
        Some(Arc::new(Self { listener, told }))
    }

    /// Whether it is one for requests to this listener: it was agreed on there, and as it asks for it now. What a client has
    /// proved to another one is worth nothing here.
    pub(crate) fn is_for(&self, listener: &ListenerRoutes) -> bool {
        self.listener == listener.key && self.lines(&listener.client_certificates).is_some()
    }

    /// Names and values of the headers; `None` if they are not those that these are asked for.
    pub(crate) fn lines<'a>(
        &'a self,
        headers: &'a ClientCertificateHeaders,
    ) -> Option<impl Iterator<Item = (&'a str, &'a str)>> {
        let (names, values): (&[Box<str>], &[Box<str>]) = match (headers, &self.told) {
            (ClientCertificateHeaders::Chain(name, _), Told::Chain(chain)) => {
                (std::slice::from_ref(name), chain.as_slice())
            }
            (ClientCertificateHeaders::Leaf(names, _), Told::Leaf(values)) => (names, values),
            _ => return None,
        };
        Some(names.iter().map(|name| &**name).zip(values.iter().map(|value| &**value)))
    }
}

/// Certificates in PEM, URL-encoded with `+=/` left as they are.
fn encoded(chain: &[CertificateDer<'_>]) -> Box<str> {
    let mut encoded = String::new();
    for byte in chain.iter().flat_map(|der| pem::certificate(&Der::new(der)).into_bytes()) {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'+' | b'=' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
                encoded.push('%');
                for digit in [byte >> 4, byte & 0xf] {
                    encoded.push(char::from(DIGITS.get(usize::from(digit)).copied().unwrap_or_default()));
                }
            }
        }
    }
    encoded.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r32_certificates_are_url_encoded_but_for_three_characters() {
        let der = CertificateDer::from(vec![0xff; 50]);
        let text = encoded(&[der.clone(), der]);
        assert!(text.starts_with("-----BEGIN%20CERTIFICATE-----%0A///"), "{text}");
        assert!(text.ends_with("=%0A-----END%20CERTIFICATE-----%0A"), "{text}");
        assert_eq!(text.matches("BEGIN").count(), 2);
    }
}
