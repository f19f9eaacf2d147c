//! What makes a listener one of HTTPS: its certificate and its security policy, as parameters and as results.

use std::collections::BTreeSet;

use elbow_model::{CertificateArn, ClientCertificates, Protocol, Secure, SslPolicy};

use super::mutual_authentication;
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// What `CreateListener` and `ModifyListener` say about TLS; what is not given is `None`.
pub(super) struct Given {
    policy: Option<&'static SslPolicy>,
    certificate: Option<CertificateArn>,
    client_certificates: Option<ClientCertificates>,
}

impl Given {
    /// Reads the parameters for a listener with this protocol.
    pub(super) fn read(call: &Call<'_>, params: &Params<'_>, protocol: Protocol) -> Result<Self, Error> {
        if params.list("AlpnPolicy")?.is_some_and(|list| !list.is_empty()) {
            let message = "An ALPN policy can only be specified for TLS listeners of Network Load Balancers";
            return Err(Error::validation(message));
        }
        // An empty text and an empty list say that there is none.
        let policy = params.text("SslPolicy").filter(|name| !name.is_empty());
        let certificates = params.list("Certificates")?.filter(|list| !list.is_empty());
        if protocol == Protocol::Http {
            if certificates.is_some() {
                return Err(Error::validation("A certificate cannot be specified for HTTP listeners"));
            }
            if policy.is_some() {
                return Err(Error::validation("An SSL policy cannot be specified for HTTP listeners"));
            }
        }
        let client_certificates = mutual_authentication::read(call, params, protocol)?;
        let certificate = certificates.map(|list| one(call, &list)).transpose()?;
        Ok(Self { policy: policy.map(self::policy).transpose()?, certificate, client_certificates })
    }

    /// How a new listener is encrypted.
    pub(super) fn create(self, protocol: Protocol) -> Result<Option<Secure>, Error> {
        match protocol.is_secure() {
            false => Ok(None),
            true => {
                let certificate = self.certificate.ok_or_else(no_certificate)?;
                let policy = self.policy.unwrap_or(SslPolicy::by_default());
                Ok(Some(Secure {
                    policy,
                    certificate,
                    more: BTreeSet::new(),
                    only: None,
                    client_certificates: self.client_certificates.unwrap_or_default(),
                }))
            }
        }
    }

    /// How a listener that was encrypted like `before`, or not at all, is encrypted now. One that becomes secure needs
    /// policy and certificate; one that becomes HTTP loses both.
    pub(super) fn modify(self, before: Option<Secure>, protocol: Protocol) -> Result<Option<Secure>, Error> {
        match (protocol.is_secure(), before) {
            (false, _) => Ok(None),
            (true, None) => {
                let no_policy = || Error::validation("An SSL policy must be specified for HTTPS listeners");
                let certificate = self.certificate.ok_or_else(no_certificate)?;
                let policy = self.policy.ok_or_else(no_policy)?;
                Ok(Some(Secure {
                    policy,
                    certificate,
                    more: BTreeSet::new(),
                    only: None,
                    client_certificates: self.client_certificates.unwrap_or_default(),
                }))
            }
            (true, Some(before)) => Ok(Some(Secure {
                policy: self.policy.unwrap_or(before.policy),
                certificate: self.certificate.unwrap_or(before.certificate),
                more: before.more,
                only: None,
                client_certificates: self.client_certificates.unwrap_or(before.client_certificates),
            })),
        }
    }
}

fn no_certificate() -> Error {
    Error::validation("A certificate must be specified for HTTPS listeners")
}

/// The policy with this name.
pub(super) fn policy(name: &str) -> Result<&'static SslPolicy, Error> {
    let unknown = || Error::new(Code::SSLPolicyNotFound, format!("SSL policy '{name}' not found"));
    SslPolicy::named(name).ok_or_else(unknown)
}

/// The one certificate that a list names; it must be there.
// AWS: unknown, we refuse a second one with ValidationError, and look only at the ARN.
pub(super) fn one(call: &Call<'_>, list: &[Params<'_>]) -> Result<CertificateArn, Error> {
    let [certificate] = list else {
        return Err(Error::validation("You must specify exactly one certificate"));
    };
    let text = certificate.required("CertificateArn")?;
    CertificateArn::parse(text)
        .filter(|arn| is_there(call, arn))
        .ok_or_else(|| Error::new(Code::CertificateNotFound, format!("Certificate '{text}' not found")))
}

/// Whether the caller has the certificate: one of Certificate Manager in its region, one of IAM in its account.
pub(crate) fn is_there(call: &Call<'_>, arn: &CertificateArn) -> bool {
    let visible = match arn {
        CertificateArn::Acm(arn) => arn.scope == *call.scope,
        CertificateArn::Server(arn) => arn.account == call.scope.account,
    };
    visible && call.configuration.certificates.values().any(|it| it.arn == *arn)
}

/// Writes how a listener is encrypted; nothing for one that is not.
pub(super) fn show(xml: &mut Xml, secure: Option<&Secure>) {
    let Some(secure) = secure else { return };
    xml.list("Certificates", [&secure.certificate], |xml, arn| xml.text("CertificateArn", arn));
    xml.text("SslPolicy", secure.policy.name());
    mutual_authentication::show(xml, &secure.client_certificates);
}
