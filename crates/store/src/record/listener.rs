//! How a listener is recorded.

use elbow_model::attribute::listener::TABLE;
use elbow_model::{Actions, Arn, Listener, Protocol};
use serde::{Deserialize, Serialize};

use super::action::ActionsRecord;
use super::field::{Texts, Wrong, attributes, port, tags, texts, word};

/// Version 2: the default rule has every kind of action.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListenerRecord {
    arn: String,
    port: u16,
    protocol: String,
    default_actions: ActionsRecord,
    attributes: Texts,
    tags: Texts,
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
        Ok(Self {
            arn,
            port: port("port", record.port)?,
            protocol: word("protocol", &record.protocol, &[Protocol::Http], Protocol::as_str)?,
            default_actions,
            attributes: attributes(TABLE, &record.attributes)?,
            tags: tags(&record.tags)?,
        })
    }
}
