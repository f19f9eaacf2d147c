//! `AWS::ElasticLoadBalancingV2::Listener`: a listener of an Application Load Balancer.

use elbow_model::{Arn, Change as Step, Entity, Protocol, SslPolicy, attribute};

use super::super::fields::Fields;
use super::super::needs::Pause;
use super::super::stage::Stage;
use super::super::template::value::{Map, Value};
use super::parts::{Attributes, text};
use super::routing::ACTIONS;
use super::shape::{PAIR, Shape, fixed, mutable};
use super::{Change, Kind, Naming, exists};
use crate::actions::Version;

pub(super) static KIND: Kind = Kind {
    name: "AWS::ElasticLoadBalancingV2::Listener",
    properties: &[
        mutable("AlpnPolicy", Shape::Texts),
        mutable("Certificates", Shape::List(&[("CertificateArn", Shape::Text)])),
        mutable("DefaultActions", ACTIONS),
        mutable("ListenerAttributes", Shape::List(PAIR)),
        fixed("LoadBalancerArn", Shape::Text),
        mutable("MutualAuthentication", Shape::Map(MUTUAL)),
        mutable("Port", Shape::Text),
        mutable("Protocol", Shape::Text),
        mutable("SslPolicy", Shape::Text),
    ],
    required: &["DefaultActions", "LoadBalancerArn"],
    naming: "",
    attributes: &["ListenerArn"],
    create,
    update,
    delete,
    is_there,
    attribute,
};

const MUTUAL: &[(&str, Shape)] = &[
    ("AdvertiseTrustStoreCaNames", Shape::Text),
    ("IgnoreClientCertificateExpiry", Shape::Text),
    ("Mode", Shape::Text),
    ("TrustStoreArn", Shape::Text),
];
const ATTRIBUTES: Attributes = Attributes {
    action: "ModifyListenerAttributes",
    of: "ListenerArn",
    property: "ListenerAttributes",
    table: attribute::listener::TABLE,
};
/// Properties whose parameters have the same names.
const SAME: &[&str] = &[
    "AlpnPolicy",
    "Certificates",
    "DefaultActions",
    "MutualAuthentication",
    "Port",
    "Protocol",
    "SslPolicy",
];

fn create(stage: &mut Stage<'_>, naming: &Naming<'_>, new: &Map) -> Result<String, Pause> {
    let fields = Fields::default().with_some(new, &["LoadBalancerArn"]).with_some(new, SAME);
    let changes = stage.perform(Version::V2, "CreateListener", fields)?;
    let made = changes.iter().find_map(|change| match change {
        Step::Put(Entity::Listener(it)) => Some(it.arn.to_string()),
        _ => None,
    });
    let arn = made.ok_or_else(|| exists(naming.logical_id))?;
    ATTRIBUTES.apply(stage, &arn, &Change { old: &Map::new(), new })?;
    Ok(arn)
}

fn update(stage: &mut Stage<'_>, arn: &str, change: &Change<'_>) -> Result<(), Pause> {
    if SAME.iter().any(|name| change.is_other(name)) {
        let mut fields = Fields::default().with("ListenerArn", arn).with_some(change.new, SAME);
        // What is only for TLS goes with it.
        if text(change.new, "Protocol") == Protocol::Https.as_str() {
            if change.is_gone("MutualAuthentication") {
                fields = fields.with("MutualAuthentication.Mode", "off");
            }
            // A new listener has this one, too, if nothing is said; one that becomes secure would be refused.
            if !change.new.contains_key("SslPolicy") {
                fields = fields.with("SslPolicy", SslPolicy::by_default().name());
            }
        }
        stage.perform(Version::V2, "ModifyListener", fields)?;
    }
    ATTRIBUTES.apply(stage, arn, change)
}

fn delete(stage: &mut Stage<'_>, arn: &str, _: &Map) -> Result<(), Pause> {
    stage.perform(Version::V2, "DeleteListener", Fields::default().with("ListenerArn", arn)).map(drop)
}

/// Whether the listener with this ARN is there.
pub(super) fn is_there(stage: &Stage<'_>, id: &str, _: &Map) -> bool {
    matches!(Arn::parse(id), Some(Arn::Listener(arn)) if stage.configuration().listeners.contains_key(&arn.key))
}

fn attribute(_: &Stage<'_>, id: &str, name: &str) -> Option<Value> {
    (name == "ListenerArn").then(|| Value::text(id))
}
