//! The certificates of listeners of HTTPS and SSL.

use elbow_model::CertificateArn;

use super::find::{listener_of, put, unfit};
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::v2::secure;
use crate::wire::{Params, Xml};

/// `SetLoadBalancerListenerSSLCertificate`
pub(crate) fn set(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    let certificate = find(call, params.required("SSLCertificateId")?)?;
    let (port, listener) = listener_of(&mut balancer, params)?;
    if !listener.protocol.is_secure() {
        let protocol = listener.protocol;
        return Err(unfit(format!("The listener on port {port} is of {protocol}, which has no certificate")));
    }
    listener.certificate = Some(certificate);
    Ok((vec![put(balancer)], Xml::new()))
}

/// The certificate with this ARN, which must be there.
pub(super) fn find(call: &Call<'_>, text: &str) -> Result<CertificateArn, Error> {
    CertificateArn::parse(text).filter(|arn| secure::is_there(call, arn)).ok_or_else(|| {
        let message = format!("Server Certificate not found for the key: {text}");
        Error::new(Code::CertificateNotFound, message)
    })
}
