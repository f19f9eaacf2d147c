//! How a listener is recorded.

use elbow_model::attribute::listener::TABLE;
use elbow_model::key::TargetGroupKey;
use elbow_model::{Action, Arn, Forward, Listener, Protocol};
use serde::{Deserialize, Serialize};

use super::field::{Texts, Wrong, attributes, key, port, tags, texts, word};

/// Version 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListenerRecord {
    arn: String,
    port: u16,
    protocol: String,
    default_action: ActionRecord,
    attributes: Texts,
    tags: Texts,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum ActionRecord {
    Forward { target_group: String },
}

impl From<&Listener> for ListenerRecord {
    fn from(listener: &Listener) -> Self {
        Self {
            arn: listener.arn.to_string(),
            port: listener.port.get(),
            protocol: listener.protocol.as_str().to_owned(),
            default_action: match &listener.default_action {
                Action::Forward(forward) => {
                    ActionRecord::Forward { target_group: forward.target_group.to_string() }
                }
            },
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
        Ok(Self {
            arn,
            port: port("port", record.port)?,
            protocol: word("protocol", &record.protocol, &[Protocol::Http], Protocol::as_str)?,
            default_action: action(&record.default_action).map_err(|wrong| wrong.within("default_action"))?,
            attributes: attributes(TABLE, &record.attributes)?,
            tags: tags(&record.tags)?,
        })
    }
}

fn action(record: &ActionRecord) -> Result<Action, Wrong> {
    match record {
        ActionRecord::Forward { target_group } => Ok(Action::Forward(Forward {
            target_group: key("target_group", target_group, TargetGroupKey::parse)?,
        })),
    }
}
