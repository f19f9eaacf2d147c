//! `AWS::ElasticLoadBalancingV2::ListenerCertificate`: certificates of a listener beside its default one.

use super::super::fields::Fields;
use super::super::needs::Pause;
use super::super::stage::Stage;
use super::super::template::value::{Map, Value};
use super::parts::text;
use super::shape::{Shape, fixed, mutable};
use super::{Change, Kind, Naming, listener};
use crate::actions::Version;

pub(super) static KIND: Kind = Kind {
    name: "AWS::ElasticLoadBalancingV2::ListenerCertificate",
    properties: &[
        mutable("Certificates", Shape::List(&[("CertificateArn", Shape::Text)])),
        fixed("ListenerArn", Shape::Text),
    ],
    required: &["Certificates", "ListenerArn"],
    naming: "",
    attributes: &["Id"],
    create,
    update,
    delete,
    is_there,
    attribute,
};

fn create(stage: &mut Stage<'_>, naming: &Naming<'_>, new: &Map) -> Result<String, Pause> {
    exchange(stage, &Change { old: &Map::new(), new })?;
    Ok(naming.name(stage))
}

fn update(stage: &mut Stage<'_>, _: &str, change: &Change<'_>) -> Result<(), Pause> {
    exchange(stage, change)
}

fn delete(stage: &mut Stage<'_>, _: &str, old: &Map) -> Result<(), Pause> {
    let new: Map =
        old.iter().filter(|(name, _)| *name == "ListenerArn").map(|(k, v)| (k.clone(), v.clone())).collect();
    exchange(stage, &Change { old, new: &new })
}

/// One call for each, as the actions have it.
fn exchange(stage: &mut Stage<'_>, change: &Change<'_>) -> Result<(), Pause> {
    let (added, gone) = change.of_list("Certificates");
    for (action, list) in [("AddListenerCertificates", added), ("RemoveListenerCertificates", gone)] {
        for certificate in list {
            let fields = Fields::default()
                .with("ListenerArn", text(change.new, "ListenerArn"))
                .with_value("Certificates", &Value::List(vec![certificate.clone()]));
            stage.perform(Version::V2, action, fields)?;
        }
    }
    Ok(())
}

/// It is its listener's.
fn is_there(stage: &Stage<'_>, _: &str, properties: &Map) -> bool {
    listener::is_there(stage, text(properties, "ListenerArn"), properties)
}

fn attribute(_: &Stage<'_>, id: &str, name: &str) -> Option<Value> {
    (name == "Id").then(|| Value::text(id))
}
