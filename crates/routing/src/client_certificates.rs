//! The headers that tell targets of clients' certificates (R32): what they are called on a listener, and what a client
//! that sends them itself must not get through.

use elbow_model::attribute::listener as key;
use elbow_model::{ClientCertificates, Listener};

/// Each header's usual name, and the attribute that gives it another.
const CHAIN: (&str, &str) = ("X-Amzn-Mtls-Clientcert", key::MTLS_CLIENTCERT_NAME);
const OF_LEAF: [(&str, &str); 5] = [
    ("X-Amzn-Mtls-Clientcert-Serial-Number", key::MTLS_SERIAL_NUMBER_NAME),
    ("X-Amzn-Mtls-Clientcert-Issuer", key::MTLS_ISSUER_NAME),
    ("X-Amzn-Mtls-Clientcert-Subject", key::MTLS_SUBJECT_NAME),
    ("X-Amzn-Mtls-Clientcert-Validity", key::MTLS_VALIDITY_NAME),
    ("X-Amzn-Mtls-Clientcert-Leaf", key::MTLS_LEAF_NAME),
];

/// What targets of a listener are told of clients' certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientCertificateHeaders {
    /// Nothing: clients are not asked for any.
    None,
    /// All that the client has shown, under this name.
    Chain(Box<str>, Reserved),
    /// What its own certificate says, which was verified: serial number, issuer, subject, validity and all of it.
    Leaf([Box<str>; 5], Reserved),
}

/// Names under which nothing comes from the client: all of those headers, with their usual names and with those that the
/// listener gives them.
// AWS: unknown what becomes of such headers that a client sends. We let none through where clients are asked for
// certificates, or else anybody could be anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserved(Box<[Box<str>]>);

impl ClientCertificateHeaders {
    pub(crate) fn compile(listener: &Listener) -> Self {
        let name = |(usual, key): (&str, &str)| match listener.attributes.text(key) {
            "" => usual.into(),
            name => name.into(),
        };
        match listener.secure.as_ref().map(|secure| &secure.client_certificates) {
            None | Some(ClientCertificates::Ignored) => Self::None,
            Some(ClientCertificates::Passed) => Self::Chain(name(CHAIN), Reserved::of(name)),
            Some(ClientCertificates::Verified { .. }) => Self::Leaf(OF_LEAF.map(name), Reserved::of(name)),
        }
    }

    /// Names under which nothing comes from the client.
    pub fn reserved(&self) -> Option<&Reserved> {
        match self {
            Self::None => None,
            Self::Chain(_, reserved) | Self::Leaf(_, reserved) => Some(reserved),
        }
    }
}

impl Reserved {
    fn of(name: impl Fn((&str, &str)) -> Box<str>) -> Self {
        let mut names: Vec<Box<str>> = Vec::new();
        for header in OF_LEAF.into_iter().chain([CHAIN]) {
            for name in [header.0.into(), name(header)] {
                if !names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                    names.push(name);
                }
            }
        }
        Self(names.into())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Box<str>> {
        self.0.iter()
    }

    /// They, each once. Names that differ in `_` for `-` count as the same where headers are taken out.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|name| name.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{listener, secure};

    fn compiled(mode: ClientCertificates, names: &[(&str, &str)]) -> ClientCertificateHeaders {
        let mut listener = secure(listener(2, 1, 443, 3));
        names.iter().for_each(|(key, name)| listener.attributes.set(key, name).unwrap());
        listener.secure.as_mut().unwrap().client_certificates = mode;
        ClientCertificateHeaders::compile(&listener)
    }

    #[test]
    fn r32_headers_have_their_usual_names_or_those_of_the_listener() {
        assert_eq!(compiled(ClientCertificates::Ignored, &[]), ClientCertificateHeaders::None);
        let ClientCertificateHeaders::Chain(name, reserved) = compiled(ClientCertificates::Passed, &[])
        else {
            panic!("all that the client shows")
        };
        assert_eq!((&*name, reserved.names().count()), ("X-Amzn-Mtls-Clientcert", 6));
        let renamed = compiled(ClientCertificates::Passed, &[(key::MTLS_CLIENTCERT_NAME, "X-Chain")]);
        let ClientCertificateHeaders::Chain(name, reserved) = renamed else {
            panic!("all that the client shows")
        };
        let names: Vec<_> = reserved.names().collect();
        assert_eq!((&*name, names.len()), ("X-Chain", 7));
        assert!(
            names.contains(&b"X-Chain".as_slice()) && names.contains(&b"X-Amzn-Mtls-Clientcert".as_slice())
        );
    }
}
