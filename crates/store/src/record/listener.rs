//! How a listener is recorded.

use elbow_model::attribute::listener::TABLE;
use elbow_model::{Actions, Arn, CertificateArn, ClientCertificates, Listener, Protocol, Secure, SslPolicy};
use serde::{Deserialize, Serialize};

use super::action::ActionsRecord;
use super::field::{Texts, Wrong, attributes, port, tags, texts, trust_store_arn, word};

/// Version 4: one that speaks HTTPS may ask for certificates of clients. Version 3 is the same without that. Version 2
/// is the same without HTTPS; there the default rule has every kind of action.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListenerRecord {
    arn: String,
    port: u16,
    protocol: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secure: Option<SecureRecord>,
    default_actions: ActionsRecord,
    attributes: Texts,
    tags: Texts,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecureRecord {
    policy: String,
    certificate: String,
    more_certificates: Vec<String>,
    /// Not there at all if they are ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_certificates: Option<ClientCertificatesRecord>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
enum ClientCertificatesRecord {
    Passthrough {},
    Verify { trust_store: String, ignore_expiry: bool, advertise_names: bool },
}

/// Version 1: the default rule forwards to one target group.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListenerRecordV1 {
    arn: String,
    port: u16,
    protocol: String,
    default_action: ActionRecordV1,
    attributes: Texts,
    tags: Texts,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum ActionRecordV1 {
    Forward { target_group: String },
}

impl From<ListenerRecordV1> for ListenerRecord {
    fn from(old: ListenerRecordV1) -> Self {
        let ActionRecordV1::Forward { target_group } = old.default_action;
        Self {
            arn: old.arn,
            port: old.port,
            protocol: old.protocol,
            secure: None,
            default_actions: ActionsRecord::forward_to(target_group),
            attributes: old.attributes,
            tags: old.tags,
        }
    }
}

impl From<&Listener> for ListenerRecord {
    fn from(listener: &Listener) -> Self {
        Self {
            arn: listener.arn.to_string(),
            port: listener.port.get(),
            protocol: listener.protocol.as_str().to_owned(),
            secure: listener.secure.as_ref().map(SecureRecord::from),
            default_actions: ActionsRecord::from(&listener.default_actions),
            attributes: texts(listener.attributes.explicit()),
            tags: texts(listener.tags.iter()),
        }
    }
}

impl TryFrom<ListenerRecord> for Listener {
    type Error = Wrong;

    fn try_from(record: ListenerRecord) -> Result<Self, Wrong> {
        let Some(Arn::Listener(arn)) = Arn::parse(&record.arn) else {
            return Err(Wrong::new("arn", format!("'{}' is not the ARN of a listener", record.arn)));
        };
        let default_actions =
            Actions::try_from(record.default_actions).map_err(|wrong| wrong.within("default_actions"))?;
        let protocols = [Protocol::Http, Protocol::Https];
        let protocol = word("protocol", &record.protocol, &protocols, Protocol::as_str)?;
        let secure =
            record.secure.map(Secure::try_from).transpose().map_err(|wrong| wrong.within("secure"))?;
        if secure.is_some() != (protocol == Protocol::Https) {
            return Err(Wrong::new("secure", "HTTPS, and nothing else, has a policy and certificates"));
        }
        Ok(Self {
            arn,
            port: port("port", record.port)?,
            protocol,
            secure,
            default_actions,
            attributes: attributes(TABLE, &record.attributes)?,
            tags: tags(&record.tags)?,
        })
    }
}

impl From<&Secure> for SecureRecord {
    fn from(secure: &Secure) -> Self {
        Self {
            policy: secure.policy.name().to_owned(),
            certificate: secure.certificate.to_string(),
            more_certificates: secure.more.iter().map(CertificateArn::to_string).collect(),
            client_certificates: client_certificates_record(&secure.client_certificates),
        }
    }
}

impl TryFrom<SecureRecord> for Secure {
    type Error = Wrong;

    fn try_from(record: SecureRecord) -> Result<Self, Wrong> {
        let policy = SslPolicy::named(&record.policy);
        let unknown = || Wrong::new("policy", format!("'{}' is not a security policy", record.policy));
        let certificate = |field, text: &str| {
            let wrong = || Wrong::new(field, format!("'{text}' is not the ARN of a certificate"));
            CertificateArn::parse(text).ok_or_else(wrong)
        };
        Ok(Self {
            policy: policy.ok_or_else(unknown)?,
            certificate: certificate("certificate", &record.certificate)?,
            more: record
                .more_certificates
                .iter()
                .map(|text| certificate("more_certificates", text))
                .collect::<Result<_, _>>()?,
            only: None,
            client_certificates: client_certificates(record.client_certificates)
                .map_err(|wrong| wrong.within("client_certificates"))?,
        })
    }
}

fn client_certificates_record(of: &ClientCertificates) -> Option<ClientCertificatesRecord> {
    match of {
        ClientCertificates::Ignored => None,
        ClientCertificates::Passed => Some(ClientCertificatesRecord::Passthrough {}),
        ClientCertificates::Verified { trust_store, ignore_expiry, advertise_names } => {
            Some(ClientCertificatesRecord::Verify {
                trust_store: trust_store.to_string(),
                ignore_expiry: *ignore_expiry,
                advertise_names: *advertise_names,
            })
        }
    }
}

fn client_certificates(record: Option<ClientCertificatesRecord>) -> Result<ClientCertificates, Wrong> {
    Ok(match record {
        None => ClientCertificates::Ignored,
        Some(ClientCertificatesRecord::Passthrough {}) => ClientCertificates::Passed,
        Some(ClientCertificatesRecord::Verify { trust_store, ignore_expiry, advertise_names }) => {
            let trust_store = trust_store_arn("trust_store", &trust_store)?;
            ClientCertificates::Verified { trust_store, ignore_expiry, advertise_names }
        }
    })
}
