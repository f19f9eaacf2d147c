//! Names of certificates: ARNs of Certificate Manager and of server certificates of IAM.

use std::fmt;
use std::sync::Arc;

use crate::{AccountId, Invalid, Region, Scope};

/// Longest name of a server certificate, in characters.
const NAME_CHARS: usize = 128;
/// Longest path of a server certificate, in characters.
const PATH_CHARS: usize = 512;

/// Identity of a certificate: 128 random bits, shown as a UUID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificateKey(u128);

impl CertificateKey {
    /// The key with this number.
    pub const fn new(number: u128) -> Self {
        Self(number)
    }

    /// The number of this key.
    pub const fn get(self) -> u128 {
        self.0
    }

    /// Reads a UUID in lower case, as [`fmt::Display`] writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let number = u128::from_str_radix(&text.replace('-', ""), 16).ok().map(Self)?;
        (number.to_string() == text).then_some(number)
    }
}

impl fmt::Display for CertificateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            number >> 96,
            number >> 80 & 0xffff,
            number >> 64 & 0xffff,
            number >> 48 & 0xffff,
            number & 0xffff_ffff_ffff
        )
    }
}

impl fmt::Debug for CertificateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateKey({self})")
    }
}

/// The ARN of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CertificateArn {
    /// Of Certificate Manager.
    Acm(AcmArn),
    /// Of a server certificate of IAM.
    Server(ServerCertificateArn),
}

/// `arn:aws:acm:REGION:ACCOUNT:certificate/KEY`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AcmArn {
    /// Region and account.
    pub scope: Scope,
    /// The certificate's key.
    pub key: CertificateKey,
}

/// `arn:aws:iam::ACCOUNT:server-certificate/PATH/NAME`: server certificates belong to no region.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerCertificateArn {
    /// The account.
    pub account: AccountId,
    /// Path and name.
    pub name: ServerCertificateName,
}

/// Path and name of a server certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerCertificateName {
    path: Arc<str>,
    name: Arc<str>,
}

impl ServerCertificateName {
    /// Checks both. A path begins and ends with a slash, with visible ASCII characters between them; a name has 1 to
    /// 128 letters, digits and characters of `_+=,.@-`.
    pub fn parse(path: &str, name: &str) -> Result<Self, Invalid> {
        let visible = path.bytes().all(|b| b.is_ascii_graphic());
        let slashes = path == "/" || path.len() > 2 && path.starts_with('/') && path.ends_with('/');
        if path.len() > PATH_CHARS || !visible || !slashes {
            let rule = "begin and end with a slash and have at most 512 visible ASCII characters";
            return Err(Invalid::new(format!("The path '{path}' must {rule}")));
        }
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
        if !(1..=NAME_CHARS).contains(&name.len()) || !name.bytes().all(allowed) {
            let rule = "have 1 to 128 letters, digits or characters of _+=,.@-";
            return Err(Invalid::new(format!("The name '{name}' must {rule}")));
        }
        Ok(Self { path: path.into(), name: name.into() })
    }

    /// The path, with its slashes.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for CertificateArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acm(AcmArn { scope, key }) => {
                let (region, account) = (scope.region.as_str(), scope.account.as_str());
                write!(f, "arn:aws:acm:{region}:{account}:certificate/{key}")
            }
            Self::Server(ServerCertificateArn { account, name }) => {
                let (account, path) = (account.as_str(), name.path());
                write!(f, "arn:aws:iam::{account}:server-certificate{path}{}", name.name())
            }
        }
    }
}

impl CertificateArn {
    /// Reads an ARN. `None` for anything that is not exactly the ARN of a certificate.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("arn:aws:")?;
        if let Some(rest) = rest.strip_prefix("iam::") {
            let (account, resource) = rest.split_once(':')?;
            let resource = resource.strip_prefix("server-certificate")?;
            let (path, name) = resource.split_at_checked(resource.rfind('/')? + 1)?;
            return Some(Self::Server(ServerCertificateArn {
                account: AccountId::parse(account).ok()?,
                name: ServerCertificateName::parse(path, name).ok()?,
            }));
        }
        let (region, rest) = rest.strip_prefix("acm:")?.split_once(':')?;
        let (account, resource) = rest.split_once(':')?;
        let scope = Scope { region: Region::parse(region).ok()?, account: AccountId::parse(account).ok()? };
        let key = CertificateKey::parse(resource.strip_prefix("certificate/")?)?;
        Some(Self::Acm(AcmArn { scope, key }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &[&str] = &[
        "arn:aws:acm:us-east-1:000000000000:certificate/868a367f-151a-44d1-b930-daf7f28093e6",
        "arn:aws:iam::000000000000:server-certificate/shop",
        "arn:aws:iam::000000000000:server-certificate/division/shop/a.b@c",
    ];

    #[test]
    fn an_arn_reads_back_what_it_writes() {
        for text in GOOD {
            assert_eq!(CertificateArn::parse(text).expect(text).to_string(), **text);
        }
    }

    #[test]
    fn anything_else_is_not_the_arn_of_a_certificate() {
        for text in [
            "arn:aws:acm:us-east-1:000000000000:certificate/868A367f-151a-44d1-b930-daf7f28093e6",
            "arn:aws:acm:us-east-1:000000000000:certificate/868a367f151a44d1b930daf7f28093e6",
            "arn:aws:acm:us-east-1:000000000000:certificate/+68a367f-151a-44d1-b930-daf7f28093e6",
            "arn:aws:acm::000000000000:certificate/868a367f-151a-44d1-b930-daf7f28093e6",
            "arn:aws:iam::000000000000:server-certificate",
            "arn:aws:iam::000000000000:server-certificate/",
            "arn:aws:iam::000000000000:server-certificateshop",
            "arn:aws:iam::000000000000:server-certificate/a b",
            "",
        ] {
            assert_eq!(CertificateArn::parse(text), None, "{text}");
        }
    }
}
