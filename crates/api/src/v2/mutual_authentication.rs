//! What a listener of HTTPS does with the certificates of its clients (R32), as parameter and as result.

use elbow_model::{ClientCertificates, Protocol};

use crate::call::Call;
use crate::error::Error;
use crate::wire::{Params, Xml};

const MODES: &[&str] = &["off", "passthrough", "verify"];
const SWITCH: &[&str] = &["on", "off"];

/// Reads the parameter `MutualAuthentication` for a listener with this protocol; `None` if it is not given.
pub(super) fn read(
    call: &Call<'_>,
    params: &Params<'_>,
    protocol: Protocol,
) -> Result<Option<ClientCertificates>, Error> {
    let Some(given) = params.structure("MutualAuthentication") else { return Ok(None) };
    if protocol == Protocol::Http {
        return Err(Error::validation("Mutual authentication cannot be specified for HTTP listeners"));
    }
    let mode = given.word("Mode", MODES, |word| MODES.iter().copied().find(|known| *known == word))?;
    let mode = mode.ok_or_else(|| Error::validation("A mutual authentication mode must be specified"))?;
    let trust_store = given.text("TrustStoreArn").filter(|arn| !arn.is_empty());
    let ignore_expiry = given.flag("IgnoreClientCertificateExpiry")?.unwrap_or(false);
    let advertise = given
        .word("AdvertiseTrustStoreCaNames", SWITCH, |word| SWITCH.contains(&word).then_some(word == "on"))?;
    let advertise_names = advertise.unwrap_or(false);
    if mode != "verify" {
        let refused = |what: &str| {
            Err(Error::validation(format!(
                "{what} cannot be specified for the mutual authentication mode '{mode}'"
            )))
        };
        return match () {
            () if trust_store.is_some() => refused("A trust store"),
            () if ignore_expiry => refused("IgnoreClientCertificateExpiry"),
            () if advertise_names => refused("AdvertiseTrustStoreCaNames"),
            () if mode == "passthrough" => Ok(Some(ClientCertificates::Passed)),
            () => Ok(Some(ClientCertificates::Ignored)),
        };
    }
    let arn = trust_store.ok_or_else(|| {
        Error::validation("A trust store must be specified for the mutual authentication mode 'verify'")
    })?;
    let trust_store = call.trust_store(arn)?.arn.clone();
    Ok(Some(ClientCertificates::Verified { trust_store, ignore_expiry, advertise_names }))
}

/// Writes what is done.
pub(super) fn show(xml: &mut Xml, certificates: &ClientCertificates) {
    xml.element("MutualAuthentication", |xml| {
        xml.text("Mode", certificates.mode());
        if let ClientCertificates::Verified { trust_store, ignore_expiry, advertise_names } = certificates {
            xml.text("TrustStoreArn", trust_store);
            xml.text("IgnoreClientCertificateExpiry", ignore_expiry);
            xml.text("TrustStoreAssociationStatus", "active");
            xml.text("AdvertiseTrustStoreCaNames", if *advertise_names { "on" } else { "off" });
        }
    });
}
