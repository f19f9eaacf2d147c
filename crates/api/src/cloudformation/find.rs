//! From the name or the ARN of a stack to the stack, and back to changes. A caller sees only its own region and account.

use std::sync::Arc;

use elbow_model::{Change, Entity, Stack, StackArn};

use crate::call::Call;
use crate::error::Error;
use crate::wire::Params;

impl<'a> Call<'a> {
    /// Every stack that the caller sees.
    pub(super) fn stacks(&self) -> impl Iterator<Item = &'a Arc<Stack>> {
        self.configuration.stacks.values().filter(|it| it.arn.scope == *self.scope)
    }

    /// The stack with this name or ARN, if it is there.
    pub(super) fn seek_stack(&self, text: &str) -> Option<&'a Arc<Stack>> {
        match StackArn::parse(text) {
            Some(arn) => self.stacks().find(|it| it.arn == arn),
            None => self.stacks().find(|it| it.arn.name.as_str() == text),
        }
    }

    /// The stack with this name or ARN, which must be there.
    pub(super) fn stack(&self, text: &str) -> Result<&'a Arc<Stack>, Error> {
        // aws-cli knows a stack that is not there by these words.
        self.seek_stack(text).ok_or_else(|| Error::validation(format!("Stack with id {text} does not exist")))
    }

    /// The stack that the parameter `StackName` names.
    pub(super) fn stack_of(&self, params: &Params<'_>) -> Result<&'a Arc<Stack>, Error> {
        self.stack(params.required("StackName")?)
    }
}

/// The change after which a stack is like this.
pub(super) fn put(stack: Stack) -> Change {
    Change::Put(Entity::Stack(Arc::new(stack)))
}
