//! What a client's certificate tells targets, and whether load balancers take one like it (R32).

use elbow_model::{KeyUsage, Timestamp};
use x509_cert::time::Time;

use crate::signature;
use crate::x509::{X509, moment, rfc2253};

/// A client's certificate, as targets and logs are told of it. Every text is printable ASCII, whoever made the certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// Whose it is: a distinguished name as RFC 2253 writes it.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The serial number in hexadecimal digits, two for each byte.
    pub serial_number: String,
    /// `NotBefore=2027-01-15T08:00:00Z;NotAfter=2028-01-15T08:00:00Z`.
    pub validity: String,
    /// The last moment of its validity.
    pub not_after: Timestamp,
    /// Why load balancers do not take it, if they do not.
    pub unfit: Option<Unfit>,
}

/// Why load balancers do not take a certificate from a client, whoever vouches for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is not of version 3, or its key or signature is none of those that are supported.
    Kind,
    /// Its key is not for signatures, with which a client proves that it has it.
    Purpose,
}

impl ClientCertificate {
    /// Reads a client's certificate. Every byte is the client's. `None`: it cannot be read.
    pub fn read(der: &[u8]) -> Option<Self> {
        let read = X509::read(der)?;
        let [not_before, not_after] = read.validity();
        let show = |time: Time| time.to_date_time().to_string();
        Some(Self {
            subject: rfc2253(read.subject()),
            issuer: rfc2253(read.issuer()),
            serial_number: hexadecimal(read.serial()),
            validity: format!("NotBefore={};NotAfter={}", show(not_before), show(not_after)),
            not_after: moment(not_after),
            unfit: unfit(&read),
        })
    }
}

/// The digits of a number of DER, without the byte that keeps it from being negative.
fn hexadecimal(serial: &[u8]) -> String {
    let digits = match serial {
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    digits.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn unfit(read: &X509) -> Option<Unfit> {
    let supported_signature = signature::word(read.signing()).is_some_and(|word| word != "ED25519");
    let usages = &read.extensions.key_usages;
    let may_sign = usages.is_empty() || usages.contains(&KeyUsage::DigitalSignature);
    match read.is_for_clients() && supported_signature && read.is_version_3() {
        false => Some(Unfit::Kind),
        true => (!may_sign).then_some(Unfit::Purpose),
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose, SerialNumber};
    use time::OffsetDateTime;

    use super::*;

    fn made(
        algorithm: &'static rcgen::SignatureAlgorithm,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Vec<u8> {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "Carts, Inc.");
        params.distinguished_name.push(DnType::CommonName, "alice");
        params.serial_number = Some(SerialNumber::from(vec![0xa3, 5, 0x0b]));
        let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        (params.not_before, params.not_after) = (at(1_800_000_000), at(1_831_536_000));
        change(&mut params);
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn r32_what_a_certificate_says_is_told_in_words() {
        let read = ClientCertificate::read(&made(&rcgen::PKCS_ECDSA_P256_SHA256, |_| {})).unwrap();
        assert_eq!(read.subject, r"CN=alice,O=Carts\, Inc.");
        assert_eq!(read.issuer, read.subject);
        assert_eq!(read.serial_number, "A3050B");
        assert_eq!(read.validity, "NotBefore=2027-01-15T08:00:00Z;NotAfter=2028-01-15T08:00:00Z");
        assert_eq!((read.not_after, read.unfit), (Timestamp::from_secs(1_831_536_000), None));
        assert_eq!([hexadecimal(&[2]), hexadecimal(&[0]), hexadecimal(&[0, 0x80])], ["02", "00", "80"]);
    }

    #[test]
    fn r32_keys_and_signatures_are_those_of_the_list() {
        for algorithm in [&rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ECDSA_P521_SHA512] {
            assert_eq!(ClientCertificate::read(&made(algorithm, |_| {})).unwrap().unfit, None);
        }
        let edwards = made(&rcgen::PKCS_ED25519, |_| {});
        assert_eq!(ClientCertificate::read(&edwards).unwrap().unfit, Some(Unfit::Kind));
    }

    #[test]
    fn a_key_that_is_not_for_signatures_proves_nothing() {
        let usage = |usage| {
            let der = made(&rcgen::PKCS_ECDSA_P256_SHA256, |params| params.key_usages = vec![usage]);
            ClientCertificate::read(&der).unwrap().unfit
        };
        assert_eq!(usage(KeyUsagePurpose::DigitalSignature), None);
        assert_eq!(usage(KeyUsagePurpose::KeyEncipherment), Some(Unfit::Purpose));
    }
}
