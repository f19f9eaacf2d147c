//! How the actions of rules and listeners are recorded.

use std::time::Duration;

use elbow_model::key::TargetGroupKey;
use elbow_model::{
    Action, ActionOrder, Actions, ContentType, FixedResponse, Forward, GroupStickiness, Redirect,
    RedirectParts, RedirectStatus, Weight, WeightedTargetGroup,
};
use serde::{Deserialize, Serialize};

use super::field::{Wrong, field, key, word};

/// The actions of a rule, without those that come before the routing action: there are none yet.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionsRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<u16>,
    routing: ActionRecord,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum ActionRecord {
    Forward {
        target_groups: Vec<WeightedRecord>,
        stickiness: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stickiness_s: Option<u64>,
    },
    Redirect {
        status: String,
        protocol: String,
        port: String,
        host: String,
        path: String,
        query: String,
    },
    FixedResponse {
        status: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content_type: Option<String>,
        body: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightedRecord {
    target_group: String,
    weight: u16,
}

impl ActionsRecord {
    /// As listeners of version 1 had it: to one target group.
    pub(super) fn forward_to(target_group: String) -> Self {
        let target_groups = vec![WeightedRecord { target_group, weight: Weight::ONE.get() }];
        let routing = ActionRecord::Forward { target_groups, stickiness: false, stickiness_s: None };
        Self { order: None, routing }
    }
}

impl From<&Actions> for ActionsRecord {
    fn from(actions: &Actions) -> Self {
        Self {
            order: actions.order.map(ActionOrder::get),
            routing: match &actions.routing {
                Action::Forward(forward) => from_forward(forward),
                Action::Redirect(redirect) => from_redirect(redirect),
                Action::FixedResponse(answer) => ActionRecord::FixedResponse {
                    status: answer.status(),
                    content_type: answer.content_type().map(|it| it.as_str().to_owned()),
                    body: answer.body().to_string(),
                },
            },
        }
    }
}

fn from_forward(forward: &Forward) -> ActionRecord {
    let (stickiness, duration) = match forward.stickiness() {
        GroupStickiness::Off { duration } => (false, duration),
        GroupStickiness::On { duration } => (true, Some(duration)),
    };
    let weighted = |it: &WeightedTargetGroup| WeightedRecord {
        target_group: it.target_group.to_string(),
        weight: it.weight.get(),
    };
    ActionRecord::Forward {
        target_groups: forward.target_groups().iter().map(weighted).collect(),
        stickiness,
        stickiness_s: duration.map(|duration| duration.as_secs()),
    }
}

fn from_redirect(redirect: &Redirect) -> ActionRecord {
    let parts = redirect.parts();
    ActionRecord::Redirect {
        status: redirect.status().as_str().to_owned(),
        protocol: parts.protocol.to_string(),
        port: parts.port.to_string(),
        host: parts.host.to_string(),
        path: parts.path.to_string(),
        query: parts.query.to_string(),
    }
}

impl TryFrom<ActionsRecord> for Actions {
    type Error = Wrong;

    fn try_from(record: ActionsRecord) -> Result<Self, Wrong> {
        let order = record.order.map(|order| field("order", ActionOrder::new(order))).transpose()?;
        let routing = routing(record.routing).map_err(|wrong| wrong.within("routing"))?;
        Ok(Self { order, routing })
    }
}

fn routing(record: ActionRecord) -> Result<Action, Wrong> {
    match record {
        ActionRecord::Forward { target_groups, stickiness, stickiness_s } => {
            let target_groups = target_groups.iter().map(weighted).collect::<Result<_, _>>()?;
            let duration = stickiness_s.map(Duration::from_secs);
            let stickiness = field("stickiness", GroupStickiness::new(stickiness, duration))?;
            field("target_groups", Forward::new(target_groups, stickiness)).map(Action::Forward)
        }
        ActionRecord::Redirect { status, protocol, port, host, path, query } => {
            let status = word("status", &status, &RedirectStatus::ALL, RedirectStatus::as_str)?;
            let parts = RedirectParts {
                protocol: protocol.into(),
                port: port.into(),
                host: host.into(),
                path: path.into(),
                query: query.into(),
            };
            field("redirect", Redirect::new(status, parts)).map(Action::Redirect)
        }
        ActionRecord::FixedResponse { status, content_type, body } => {
            let known = |text: &String| word("content_type", text, &ContentType::ALL, ContentType::as_str);
            let content_type = content_type.as_ref().map(known).transpose()?;
            field("fixed_response", FixedResponse::new(status, content_type, &body))
                .map(Action::FixedResponse)
        }
    }
}

fn weighted(record: &WeightedRecord) -> Result<WeightedTargetGroup, Wrong> {
    Ok(WeightedTargetGroup {
        target_group: key("target_groups.target_group", &record.target_group, TargetGroupKey::parse)?,
        weight: field("target_groups.weight", Weight::new(record.weight))?,
    })
}
