//! Parts that several types have: lists that are compared with what was there, tags and attributes.

use std::collections::BTreeSet;

use elbow_model::ChangedPart;
use elbow_model::attribute::Attribute;

use super::super::fields::Fields;
use super::super::needs::Pause;
use super::super::stage::Stage;
use super::super::template::value::{Map, Value};
use super::Change;
use crate::actions::Version;

/// The texts of a list, if it is given.
pub(super) fn texts<'a>(properties: &'a Map, name: &str) -> Vec<&'a str> {
    members(properties, name).iter().filter_map(Value::as_text).collect()
}

/// The members of a list, if it is given.
pub(super) fn members<'a>(properties: &'a Map, name: &str) -> &'a [Value] {
    properties.get(name).and_then(Value::as_list).unwrap_or_default()
}

/// The maps of a list, if it is given.
pub(super) fn maps<'a>(properties: &'a Map, name: &str) -> impl Iterator<Item = &'a Map> {
    members(properties, name).iter().filter_map(Value::as_map)
}

/// A text of a map; empty if there is none.
pub(super) fn text<'a>(map: &'a Map, name: &str) -> &'a str {
    map.get(name).and_then(Value::as_text).unwrap_or_default()
}

impl<'a> Change<'a> {
    /// Whether a property is another one now.
    pub(super) fn is_other(&self, name: &str) -> bool {
        self.old.get(name) != self.new.get(name)
    }

    /// Which parts of the resource are others.
    pub(in super::super) fn parts(&self) -> BTreeSet<ChangedPart> {
        let mut names: BTreeSet<&str> = self.old.keys().chain(self.new.keys()).map(String::as_str).collect();
        names.retain(|name| self.is_other(name));
        let part = |name| if name == "Tags" { ChangedPart::Tags } else { ChangedPart::Properties };
        names.into_iter().map(part).collect()
    }

    /// Whether a property was there and is not any more. It has its default again, then: a template says all that is wanted.
    pub(super) fn is_gone(&self, name: &str) -> bool {
        self.old.contains_key(name) && !self.new.contains_key(name)
    }

    /// Members of a list that are new, and those that are gone.
    pub(super) fn of_list(&self, name: &str) -> (Vec<&'a Value>, Vec<&'a Value>) {
        let (old, new) = (members(self.old, name), members(self.new, name));
        let added = new.iter().filter(|it| !old.contains(it)).collect();
        (added, old.iter().filter(|it| !new.contains(it)).collect())
    }

    /// Keys of a list of pairs that are there no more.
    pub(super) fn keys_gone(&self, name: &str) -> Vec<&'a str> {
        let stays = |key: &str| maps(self.new, name).any(|pair| text(pair, "Key") == key);
        maps(self.old, name).map(|pair| text(pair, "Key")).filter(|key| !stays(key)).collect()
    }
}

/// Changes the tags of a resource of ELBv2.
pub(super) fn tags(stage: &mut Stage<'_>, arn: &str, change: &Change<'_>) -> Result<(), Pause> {
    let gone = change.keys_gone("Tags");
    if !gone.is_empty() {
        let fields = Fields::default().with_texts("ResourceArns", [arn]).with_texts("TagKeys", gone);
        stage.perform(Version::V2, "RemoveTags", fields)?;
    }
    let (added, _) = change.of_list("Tags");
    if !added.is_empty() {
        let added = Value::List(added.into_iter().cloned().collect());
        let fields = Fields::default().with_texts("ResourceArns", [arn]).with_value("Tags", &added);
        stage.perform(Version::V2, "AddTags", fields)?;
    }
    Ok(())
}

/// Which attributes a resource has, and which action changes them.
pub(super) struct Attributes {
    /// The action.
    pub(super) action: &'static str,
    /// The parameter of it that names the resource.
    pub(super) of: &'static str,
    /// The property that lists them.
    pub(super) property: &'static str,
    /// All that there are.
    pub(super) table: &'static [Attribute],
}

impl Attributes {
    /// Changes those that are others now.
    // AWS: unknown for one that leaves the template, we give it its default again.
    pub(super) fn apply(&self, stage: &mut Stage<'_>, arn: &str, change: &Change<'_>) -> Result<(), Pause> {
        let (added, _) = change.of_list(self.property);
        let mut list: Vec<Value> = added.into_iter().cloned().collect();
        for key in change.keys_gone(self.property) {
            let default = self.table.iter().find(|it| it.key == key).map(|it| it.default);
            list.extend(default.filter(|it| !it.is_empty()).map(|default| pair(key, default)));
        }
        if list.is_empty() {
            return Ok(());
        }
        let fields = Fields::default().with(self.of, arn).with_value("Attributes", &Value::List(list));
        stage.perform(Version::V2, self.action, fields).map(drop)
    }
}

fn pair(key: &str, value: &str) -> Value {
    Value::Map([("Key".to_owned(), Value::text(key)), ("Value".to_owned(), Value::text(value))].into())
}
