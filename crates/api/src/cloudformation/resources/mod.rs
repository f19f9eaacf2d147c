//! The types of resources that templates can have: which actions make, change and delete them, and what `Ref` and `Fn::GetAtt`
//! see. One file for each; [`KINDS`] lists them.

mod classic_load_balancer;
mod classic_policies;
mod listener;
mod listener_certificate;
mod listener_rule;
mod load_balancer;
mod parts;
mod routing;
mod shape;
mod target_group;
mod trust_store;

use elbow_model::{StackName, StackResource};

use super::needs::Pause;
use super::stage::Stage;
use super::template::value::{Map, Value};
use crate::error::{Code, Error};
use shape::Property;

/// A type of resources.
pub(super) struct Kind {
    /// Its name.
    pub(super) name: &'static str,
    properties: &'static [Property],
    /// The properties that must be given.
    required: &'static [&'static str],
    /// The property that names it; empty if it has no name of its own.
    naming: &'static str,
    /// What `Fn::GetAtt` can ask for.
    attributes: &'static [&'static str],
    create: fn(&mut Stage<'_>, &Naming<'_>, &Map) -> Result<String, Pause>,
    update: fn(&mut Stage<'_>, &str, &Change<'_>) -> Result<(), Pause>,
    delete: fn(&mut Stage<'_>, &str, &Map) -> Result<(), Pause>,
    is_there: fn(&Stage<'_>, &str, &Map) -> bool,
    attribute: fn(&Stage<'_>, &str, &str) -> Option<Value>,
}

/// The properties of a resource before and after.
pub(super) struct Change<'a> {
    /// Before.
    pub(super) old: &'a Map,
    /// After.
    pub(super) new: &'a Map,
}

/// What a resource without a name is called after.
pub(super) struct Naming<'a> {
    /// Its stack.
    pub(super) stack: &'a StackName,
    /// Its name in the template.
    pub(super) logical_id: &'a str,
}

/// All of them.
static KINDS: &[&Kind] = &[
    &classic_load_balancer::KIND,
    &listener::KIND,
    &listener_certificate::KIND,
    &listener_rule::KIND,
    &load_balancer::KIND,
    &target_group::KIND,
    &trust_store::KIND,
];

/// Letters and digits of each part of a name that is made: three parts and two hyphens are 32 characters.
const PART_CHARS: usize = 9;
/// What the name of an Application Load Balancer cannot begin with, before a hyphen.
const RESERVED: &str = "internal";
/// Letters and digits of its last part.
const UNIQUE_CHARS: usize = 12;

/// The type with this name.
///
/// # Errors
/// It is not one of load balancing.
pub(super) fn find(name: &str) -> Result<&'static Kind, Error> {
    KINDS.iter().copied().find(|kind| kind.name == name).ok_or_else(|| {
        let known: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        let message = format!(
            "Template format error: Unrecognized resource types: [{name}]; Elbow has {}",
            known.join(", ")
        );
        Error::validation(message)
    })
}

impl Kind {
    /// Checks the properties of a resource as far as can be without its type's actions.
    pub(super) fn check(&self, properties: &Map) -> Result<(), Error> {
        shape::check(properties, self.properties, self.required)
    }

    /// Whether `Fn::GetAtt` can ask for this.
    pub(super) fn has_attribute(&self, name: &str) -> bool {
        self.attributes.contains(&name)
    }

    /// Whether resources have tags.
    pub(super) fn has_tags(&self) -> bool {
        self.properties.iter().any(|property| property.name == "Tags")
    }

    /// Whether another resource must take the place of one that changes like this.
    pub(super) fn replaces(&self, change: &Change<'_>) -> bool {
        shape::replaces(self.properties, change.old, change.new)
    }

    /// Makes one, and tells its physical id.
    pub(super) fn create(
        &self,
        stage: &mut Stage<'_>,
        naming: &Naming<'_>,
        new: &Map,
    ) -> Result<String, Pause> {
        (self.create)(stage, naming, new)
    }

    /// Makes another one in the place of one that stays until the end.
    pub(super) fn replace(
        &self,
        stage: &mut Stage<'_>,
        naming: &Naming<'_>,
        change: &Change<'_>,
    ) -> Result<String, Pause> {
        let name = change.new.get(self.naming);
        if let Some(name) = name.and_then(Value::as_text).filter(|_| name == change.old.get(self.naming)) {
            let message = format!(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {name} and \
                 update the stack again."
            );
            return Err(Error::validation(message).into());
        }
        self.create(stage, naming, change.new)
    }

    /// Changes one, which must be there: AWS makes none again that somebody has deleted.
    pub(super) fn update(&self, stage: &mut Stage<'_>, id: &str, change: &Change<'_>) -> Result<(), Pause> {
        if !(self.is_there)(stage, id, change.old) {
            return Err(self.gone(id).into());
        }
        (self.update)(stage, id, change)
    }

    /// Deletes one; nothing happens if it is not there any more.
    pub(super) fn delete(&self, stage: &mut Stage<'_>, id: &str, old: &Map) -> Result<(), Pause> {
        match (self.delete)(stage, id, old) {
            Err(Pause::Refused(error)) if is_gone(error.code()) => Ok(()),
            other => other,
        }
    }

    /// What `Fn::GetAtt` sees of one; `None`: there is no such attribute.
    ///
    /// # Errors
    /// Somebody has deleted it.
    pub(super) fn attribute(
        &self,
        stage: &Stage<'_>,
        resource: &StackResource,
        name: &str,
    ) -> Result<Option<Value>, Error> {
        let id = &resource.physical_id;
        match (self.attribute)(stage, id, name) {
            None if !(self.is_there)(stage, id, &properties_of(resource)) => Err(self.gone(id)),
            found => Ok(found),
        }
    }

    /// The refusal of a resource that was deleted by other hands.
    fn gone(&self, id: &str) -> Error {
        Error::validation(format!(
            "Resource of type '{}' with identifier '{id}' was not found: it was deleted, and not by this stack. Give it another \
             logical ID in the template, wherever it is named, and update the stack: then it is made again",
            self.name
        ))
    }
}

impl Naming<'_> {
    /// A name of at most 32 characters that nothing else has: `STACK-RESOURCE-XXXXXXXXXXXX`.
    fn name(&self, stage: &Stage<'_>) -> String {
        const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKLMNPQRSTVWXY";
        // Two hyphens in a row are not for trust stores.
        let part = |text: &str| -> String {
            let mut part: String = text.chars().take(PART_CHARS).collect();
            while part.contains("--") {
                part = part.replace("--", "-");
            }
            part.trim_end_matches('-').to_owned()
        };
        let stack = match part(self.stack.as_str()) {
            reserved if reserved == RESERVED => reserved.chars().take(RESERVED.len() - 1).collect(),
            stack => stack,
        };
        let number = stage.outer().random();
        let digit = |i: usize| {
            let index = usize::try_from(number >> (5 * i) & 31).unwrap_or_default();
            DIGITS.get(index).map_or('0', |digit| char::from(*digit))
        };
        let unique: String = (0..UNIQUE_CHARS).map(digit).collect();
        format!("{stack}-{}-{unique}", part(self.logical_id))
    }

    /// The name that a property gives, or one that is made.
    fn name_or(&self, stage: &Stage<'_>, given: Option<&Value>) -> String {
        given.and_then(Value::as_text).map_or_else(|| self.name(stage), str::to_owned)
    }
}

/// The properties that a resource was made with.
pub(super) fn properties_of(resource: &StackResource) -> Map {
    let json = serde_json::from_str(&resource.properties).unwrap_or_default();
    match Value::of_json(json) {
        Ok(Value::Map(map)) => map,
        _ => Map::new(),
    }
}

/// Whether a refusal says that what is to be deleted is not there.
fn is_gone(code: Code) -> bool {
    matches!(
        code,
        Code::LoadBalancerNotFound
            | Code::ListenerNotFound
            | Code::RuleNotFound
            | Code::TargetGroupNotFound
            | Code::TrustStoreNotFound
    )
}

/// The refusal of a resource that somebody else has made already.
fn exists(what: &str) -> Pause {
    Pause::Refused(Error::new(Code::AlreadyExistsException, format!("{what} already exists")))
}
