//! Stacks of CloudFormation: what a template asked for, what was made of it, and what happened on the way.
//!
//! A stack names the resources that belong to it; the resources themselves are load balancers, listeners and so on, like any
//! other. What a template means is decided in `elbow-api`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::key::StackKey;
use crate::limits::STACK_NAME_CHARS;
use crate::{AccountId, Invalid, Region, Scope, Tags, Timestamp};

/// A stack's name: 1 to 128 letters, digits and hyphens, beginning with a letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StackName(String);

impl StackName {
    /// Checks a name. One of a change set follows the same rule.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let fits = text.len() <= STACK_NAME_CHARS
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !fits {
            return Err(Invalid::new(format!(
                "'{text}' must begin with a letter and have at most {STACK_NAME_CHARS} letters, digits and hyphens"
            )));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StackName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// ARN of a stack: `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/KEY`. AWS calls it the stack's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StackArn {
    /// Region and account.
    pub scope: Scope,
    /// The stack's name.
    pub name: StackName,
    /// The stack's key.
    pub key: StackKey,
}

impl StackArn {
    /// Reads an ARN; `None` if it is not one of a stack.
    pub fn parse(text: &str) -> Option<Self> {
        let (region, rest) = text.strip_prefix("arn:aws:cloudformation:")?.split_once(':')?;
        let (account, rest) = rest.split_once(":stack/")?;
        let (name, key) = rest.split_once('/')?;
        Some(Self {
            scope: Scope { region: Region::parse(region).ok()?, account: AccountId::parse(account).ok()? },
            name: StackName::parse(name).ok()?,
            key: StackKey::parse(key)?,
        })
    }
}

impl fmt::Display for StackArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scope { region, account } = &self.scope;
        let (region, account) = (region.as_str(), account.as_str());
        write!(f, "arn:aws:cloudformation:{region}:{account}:stack/{}/{}", self.name, self.key)
    }
}

/// How a stack, a resource or a step ended. What is in progress is only ever seen in events: an operation is one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackStatus {
    /// A change set waits to create it.
    ReviewInProgress,
    /// Begun to create.
    CreateInProgress,
    /// Created.
    CreateComplete,
    /// Not created.
    CreateFailed,
    /// Begun to take back a creation.
    RollbackInProgress,
    /// Nothing is left of a creation.
    RollbackComplete,
    /// Begun to update.
    UpdateInProgress,
    /// Updated.
    UpdateComplete,
    /// Not updated.
    UpdateFailed,
    /// Begun to take back an update.
    UpdateRollbackInProgress,
    /// As it was before an update.
    UpdateRollbackComplete,
    /// Begun to delete.
    DeleteInProgress,
    /// Deleted.
    DeleteComplete,
    /// Not deleted.
    DeleteFailed,
    /// Left alone, as the template says.
    DeleteSkipped,
}

impl StackStatus {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::ReviewInProgress,
        Self::CreateInProgress,
        Self::CreateComplete,
        Self::CreateFailed,
        Self::RollbackInProgress,
        Self::RollbackComplete,
        Self::UpdateInProgress,
        Self::UpdateComplete,
        Self::UpdateFailed,
        Self::UpdateRollbackInProgress,
        Self::UpdateRollbackComplete,
        Self::DeleteInProgress,
        Self::DeleteComplete,
        Self::DeleteFailed,
        Self::DeleteSkipped,
    ];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReviewInProgress => "REVIEW_IN_PROGRESS",
            Self::CreateInProgress => "CREATE_IN_PROGRESS",
            Self::CreateComplete => "CREATE_COMPLETE",
            Self::CreateFailed => "CREATE_FAILED",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackComplete => "ROLLBACK_COMPLETE",
            Self::UpdateInProgress => "UPDATE_IN_PROGRESS",
            Self::UpdateComplete => "UPDATE_COMPLETE",
            Self::UpdateFailed => "UPDATE_FAILED",
            Self::UpdateRollbackInProgress => "UPDATE_ROLLBACK_IN_PROGRESS",
            Self::UpdateRollbackComplete => "UPDATE_ROLLBACK_COMPLETE",
            Self::DeleteInProgress => "DELETE_IN_PROGRESS",
            Self::DeleteComplete => "DELETE_COMPLETE",
            Self::DeleteFailed => "DELETE_FAILED",
            Self::DeleteSkipped => "DELETE_SKIPPED",
        }
    }
}

/// A template and what it is deployed with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackSource {
    /// The template, as it was given; empty before the first one is carried out.
    pub template: String,
    /// What it says that it is for.
    pub description: Option<String>,
    /// Values of its parameters, defaults included.
    pub parameters: BTreeMap<String, String>,
    /// Parameters whose values nobody is told (`NoEcho`). One without a value came with an import that had none.
    pub hidden: BTreeSet<String>,
    /// Tags of the stack, which its resources get too.
    pub tags: Tags,
}

/// A stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// Its name and identity.
    pub arn: StackArn,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last updated.
    pub updated: Option<Timestamp>,
    /// How its last operation ended.
    pub status: StackStatus,
    /// Why, if that needs saying.
    pub reason: Option<String>,
    /// What it was made of.
    pub source: StackSource,
    /// What the template says to tell, by name.
    pub outputs: BTreeMap<String, StackOutput>,
    /// What belongs to it, in the order in which it was made.
    pub resources: Vec<StackResource>,
    /// What happened, oldest first.
    pub events: Vec<StackEvent>,
    /// How many events there ever were.
    pub event_count: u64,
    /// Changes that wait to be carried out, by name.
    pub change_sets: BTreeMap<StackName, ChangeSet>,
    /// Whether an operation that fails leaves what it made.
    pub keeps_failures: bool,
    /// Whether it cannot be deleted.
    pub is_protected: bool,
}

/// Something that a stack tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackOutput {
    /// What it is.
    pub value: String,
    /// What it means.
    pub description: Option<String>,
}

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackResource {
    /// Its name in the template.
    pub logical_id: String,
    /// Its ARN or name.
    pub physical_id: String,
    /// Its type, such as `AWS::ElasticLoadBalancing::LoadBalancer`.
    pub kind: String,
    /// How it does.
    pub status: StackStatus,
    /// When it was last touched.
    pub touched: Timestamp,
    /// The properties that it was last made or updated with: a JSON object.
    pub properties: String,
    /// Whether it stays when it leaves the stack.
    pub is_retained: bool,
}

/// Something that happened to a stack or to a resource of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackEvent {
    /// Its place among all events of the stack, beginning with 1.
    pub number: u64,
    /// When it happened.
    pub at: Timestamp,
    /// The resource's name in the template, or the stack's name.
    pub logical_id: String,
    /// The resource's ARN or name, or the stack's ARN; empty if it has none.
    pub physical_id: String,
    /// The resource's type.
    pub kind: String,
    /// What happened.
    pub status: StackStatus,
    /// Why, if that needs saying.
    pub reason: Option<String>,
    /// By what the caller knows the call that did it again.
    pub token: Option<String>,
}

/// A change that waits to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSet {
    /// Its identity.
    pub key: StackKey,
    /// When it was made.
    pub created: Timestamp,
    /// What its maker says of it.
    pub description: Option<String>,
    /// What it would deploy.
    pub source: StackSource,
    /// What it would do.
    pub changes: Vec<PlannedChange>,
    /// Why it cannot be carried out, if it cannot.
    pub failure: Option<String>,
    /// By what the caller knows the call that made it again.
    pub token: Option<String>,
}

/// What a change set would do to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedChange {
    /// What is done.
    pub action: PlannedAction,
    /// The resource's name in the template.
    pub logical_id: String,
    /// Its ARN or name, if it is there.
    pub physical_id: Option<String>,
    /// Its type.
    pub kind: String,
    /// What of it is changed, if it is there and stays in the template.
    pub scope: BTreeSet<ChangedPart>,
}

/// What can change of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangedPart {
    /// Whether it stays when it leaves the stack.
    DeletionPolicy,
    /// What is only said of it.
    Metadata,
    /// Its properties, but for tags.
    Properties,
    /// Its tags.
    Tags,
    /// Whether it stays when another takes its place.
    UpdateReplacePolicy,
}

impl ChangedPart {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::DeletionPolicy, Self::Metadata, Self::Properties, Self::Tags, Self::UpdateReplacePolicy];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeletionPolicy => "DeletionPolicy",
            Self::Metadata => "Metadata",
            Self::Properties => "Properties",
            Self::Tags => "Tags",
            Self::UpdateReplacePolicy => "UpdateReplacePolicy",
        }
    }
}

/// Ways to change a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlannedAction {
    /// It is made.
    Add,
    /// It is changed and stays itself.
    Modify,
    /// Another takes its place.
    Replace,
    /// It is deleted, or left alone by the stack.
    Remove,
}

impl PlannedAction {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Add, Self::Modify, Self::Replace, Self::Remove];

    /// A word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "Add",
            Self::Modify => "Modify",
            Self::Replace => "Replace",
            Self::Remove => "Remove",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_known_by_its_arn() {
        let text = "arn:aws:cloudformation:us-east-1:000000000000:stack/shop-1/00000000000000ff";
        let arn = StackArn::parse(text).unwrap();
        assert_eq!((arn.name.as_str(), arn.key.get(), arn.to_string().as_str()), ("shop-1", 255, text));
        for wrong in ["shop", "arn:aws:cloudformation:us-east-1:000000000000:stack/shop", &text[..60]] {
            assert_eq!(StackArn::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_begin_with_a_letter() {
        for (name, fits) in
            [("a", true), ("shop-2", true), ("", false), ("2", false), ("a_b", false), ("ä", false)]
        {
            assert_eq!(StackName::parse(name).is_ok(), fits, "{name}");
        }
        assert!(StackName::parse(&"a".repeat(STACK_NAME_CHARS + 1)).is_err());
    }
}
