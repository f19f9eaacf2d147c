//! `AWS::ElasticLoadBalancingV2::TrustStore`: a trust store and its bundle.

use elbow_model::{Change as Step, Entity, TrustStoreArn};

use super::super::fields::Fields;
use super::super::needs::Pause;
use super::super::stage::Stage;
use super::super::template::value::{Map, Value};
use super::parts::tags;
use super::shape::{Shape, TAGS, fixed, mutable};
use super::{Change, Kind, Naming, exists};
use crate::actions::Version;

pub(super) static KIND: Kind = Kind {
    name: "AWS::ElasticLoadBalancingV2::TrustStore",
    properties: &[
        mutable("CaCertificatesBundleS3Bucket", Shape::Text),
        mutable("CaCertificatesBundleS3Key", Shape::Text),
        mutable("CaCertificatesBundleS3ObjectVersion", Shape::Text),
        fixed("Name", Shape::Text),
        mutable("Tags", TAGS),
    ],
    required: &["CaCertificatesBundleS3Bucket", "CaCertificatesBundleS3Key"],
    naming: "Name",
    attributes: &["Name", "Status", "TrustStoreArn"],
    create,
    update,
    delete,
    is_there,
    attribute,
};

/// Properties of the bundle, whose parameters have the same names.
const BUNDLE: &[&str] =
    &["CaCertificatesBundleS3Bucket", "CaCertificatesBundleS3Key", "CaCertificatesBundleS3ObjectVersion"];

fn create(stage: &mut Stage<'_>, naming: &Naming<'_>, new: &Map) -> Result<String, Pause> {
    let name = naming.name_or(stage, new.get("Name"));
    let fields = Fields::default().with("Name", &name).with_some(new, BUNDLE).with_some(new, &["Tags"]);
    let changes = stage.perform(Version::V2, "CreateTrustStore", fields)?;
    let made = changes.iter().find_map(|change| match change {
        Step::Put(Entity::TrustStore(it)) => Some(it.arn.to_string()),
        _ => None,
    });
    made.ok_or_else(|| exists(&name))
}

fn update(stage: &mut Stage<'_>, arn: &str, change: &Change<'_>) -> Result<(), Pause> {
    if BUNDLE.iter().any(|name| change.is_other(name)) {
        let fields = Fields::default().with("TrustStoreArn", arn).with_some(change.new, BUNDLE);
        stage.perform(Version::V2, "ModifyTrustStore", fields)?;
    }
    tags(stage, arn, change)
}

fn delete(stage: &mut Stage<'_>, arn: &str, _: &Map) -> Result<(), Pause> {
    stage.perform(Version::V2, "DeleteTrustStore", Fields::default().with("TrustStoreArn", arn)).map(drop)
}

fn is_there(stage: &Stage<'_>, id: &str, _: &Map) -> bool {
    TrustStoreArn::parse(id).is_some_and(|arn| stage.configuration().trust_stores.contains_key(&arn.key))
}

fn attribute(stage: &Stage<'_>, id: &str, name: &str) -> Option<Value> {
    let store = stage.configuration().trust_stores.get(&TrustStoreArn::parse(id)?.key)?;
    match name {
        "TrustStoreArn" => Some(Value::text(id)),
        "Name" => Some(Value::text(store.arn.name.to_string())),
        "Status" => Some(Value::text("ACTIVE")),
        _ => None,
    }
}
