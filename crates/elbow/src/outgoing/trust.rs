//! Whom an endpoint over TLS is believed to be: certificates that this system trusts, and no others.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};

/// Reads the certificates that this system trusts, or those in the file that `SSL_CERT_FILE` names. `setting` named the
/// endpoint.
///
/// # Errors
///
/// A sentence for the user if there are none.
pub(crate) fn trust(setting: &str) -> Result<Arc<ClientConfig>, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(found.certs);
    if taken == 0 {
        let why = found.errors.first().map_or(String::new(), |error| format!(" ({error})"));
        return Err(format!(
            "{setting} has the scheme https, but this system has no certificates to trust{why}; install them \
             (package ca-certificates) or name a file of them with SSL_CERT_FILE"
        ));
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}
