//! What happens to a stack, event by event.

use elbow_model::limits::EVENTS_PER_STACK;
use elbow_model::{Stack, StackEvent, StackResource, StackStatus, Timestamp};

/// The type under which events tell of the stack itself.
const OF_STACK: &str = "AWS::CloudFormation::Stack";

/// Events of one operation, in their order. They belong to a stack once they are written into it by [`Journal::write`].
#[derive(Default)]
pub(super) struct Journal(Vec<Entry>);

struct Entry {
    /// `None`: the stack itself.
    resource: Option<Subject>,
    status: StackStatus,
    reason: Option<String>,
}

/// The resource that an event is about.
#[derive(Clone)]
pub(super) struct Subject {
    /// Its name in the template.
    pub(super) logical_id: String,
    /// Its ARN or name; empty if it has none yet.
    pub(super) physical_id: String,
    /// Its type.
    pub(super) kind: String,
}

impl From<&StackResource> for Subject {
    fn from(resource: &StackResource) -> Self {
        Self {
            logical_id: resource.logical_id.clone(),
            physical_id: resource.physical_id.clone(),
            kind: resource.kind.clone(),
        }
    }
}

impl Journal {
    /// Something happened to the stack.
    pub(super) fn of_stack(&mut self, status: StackStatus, reason: Option<&str>) {
        self.0.push(Entry { resource: None, status, reason: reason.map(str::to_owned) });
    }

    /// Something happened to a resource.
    pub(super) fn of_resource(&mut self, subject: &Subject, status: StackStatus, reason: Option<&str>) {
        let reason = reason.map(str::to_owned);
        self.0.push(Entry { resource: Some(subject.clone()), status, reason });
    }

    /// Adds what happened after.
    pub(super) fn append(&mut self, mut later: Self) {
        self.0.append(&mut later.0);
    }

    /// Resources that something happened to, latest first.
    pub(super) fn subjects_with(&self, status: StackStatus) -> Vec<Subject> {
        let with = self.0.iter().rev().filter(|entry| entry.status == status);
        with.filter_map(|entry| entry.resource.clone()).collect()
    }

    /// Adds the events to a stack, and forgets its oldest ones if there are too many.
    pub(super) fn write(self, stack: &mut Stack, at: Timestamp) {
        for Entry { resource, status, reason } in self.0 {
            stack.event_count += 1;
            let subject = resource.unwrap_or_else(|| Subject {
                logical_id: stack.arn.name.to_string(),
                physical_id: stack.arn.to_string(),
                kind: OF_STACK.to_owned(),
            });
            let Subject { logical_id, physical_id, kind } = subject;
            let number = stack.event_count;
            stack.events.push(StackEvent { number, at, logical_id, physical_id, kind, status, reason });
        }
        let surplus = stack.events.len().saturating_sub(EVENTS_PER_STACK);
        stack.events.drain(..surplus);
    }
}
