//! What happens to a stack, event by event.

use elbow_model::limits::EVENTS_PER_STACK;
use elbow_model::{Stack, StackEvent, StackResource, StackStatus, Timestamp};

use super::token::Token;

/// The type under which events tell of the stack itself.
pub(super) const OF_STACK: &str = "AWS::CloudFormation::Stack";

/// Events of one operation, in their order. They belong to a stack once they are written into it by [`Journal::write`].
#[derive(Debug, Default)]
pub(super) struct Journal(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    /// `None`: the stack itself.
    resource: Option<Subject>,
    status: StackStatus,
    reason: Option<String>,
}

/// The resource that an event is about.
#[derive(Clone, Debug)]
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

    /// Adds the events to a stack, each with the token of the call, and forgets its oldest ones if there are too many.
    pub(super) fn write(self, stack: &mut Stack, at: Timestamp, token: Option<&Token>) {
        for Entry { resource, status, reason } in self.0 {
            stack.event_count += 1;
            let subject = resource.unwrap_or_else(|| Subject {
                logical_id: stack.arn.name.to_string(),
                physical_id: stack.arn.to_string(),
                kind: OF_STACK.to_owned(),
            });
            let Subject { logical_id, physical_id, kind } = subject;
            let number = stack.event_count;
            stack.events.push(StackEvent {
                number,
                at,
                logical_id,
                physical_id,
                kind,
                status,
                reason,
                token: token.map(Token::to_string),
            });
        }
        let surplus = stack.events.len().saturating_sub(EVENTS_PER_STACK);
        stack.events.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow_model::{StackArn, StackSource};

    pub(crate) fn stack() -> Stack {
        let arn = "arn:aws:cloudformation:us-east-1:000000000000:stack/shop/00000000000000ff";
        Stack {
            arn: StackArn::parse(arn).unwrap(),
            created: Timestamp::from_millis(1),
            updated: None,
            status: StackStatus::CreateComplete,
            reason: None,
            source: StackSource::default(),
            outputs: [].into(),
            resources: Vec::new(),
            events: Vec::new(),
            event_count: 0,
            change_sets: [].into(),
            keeps_failures: false,
            is_protected: false,
        }
    }

    fn subject(logical_id: &str) -> Subject {
        let text = str::to_owned;
        Subject { logical_id: text(logical_id), physical_id: text("p"), kind: text("X") }
    }

    #[test]
    fn events_are_numbered_on_and_told_of_whom() {
        let mut stack = stack();
        for at in [5, 6] {
            let mut journal = Journal::default();
            journal.of_stack(StackStatus::UpdateInProgress, Some("User Initiated"));
            let mut steps = Journal::default();
            steps.of_resource(&subject("A"), StackStatus::CreateComplete, None);
            steps.of_resource(&subject("B"), StackStatus::CreateComplete, None);
            steps.of_resource(&subject("B"), StackStatus::UpdateFailed, Some("why"));
            journal.append(steps);
            let made: Vec<String> = journal
                .subjects_with(StackStatus::CreateComplete)
                .into_iter()
                .map(|it| it.logical_id)
                .collect();
            assert_eq!(made, ["B", "A"], "latest first");
            journal.write(&mut stack, Timestamp::from_millis(at), None);
        }
        let numbers: Vec<u64> = stack.events.iter().map(|event| event.number).collect();
        assert_eq!((numbers, stack.event_count), ((1..=8).collect(), 8));
        let [of_stack, of_a, _, failed, second, ..] = stack.events.as_slice() else {
            panic!("{:?}", stack.events)
        };
        assert_eq!((of_stack.physical_id.clone(), of_stack.kind.as_str()), (stack.arn.to_string(), OF_STACK));
        assert_eq!((of_a.logical_id.as_str(), of_a.at), ("A", Timestamp::from_millis(5)));
        assert_eq!(failed.reason.as_deref(), Some("why"));
        assert_eq!(second.at, Timestamp::from_millis(6));
    }

    #[test]
    fn the_oldest_events_are_forgotten() {
        let mut stack = stack();
        for _ in 0..3 {
            let mut journal = Journal::default();
            for _ in 0..EVENTS_PER_STACK - 1 {
                journal.of_stack(StackStatus::UpdateInProgress, None);
            }
            journal.write(&mut stack, Timestamp::from_millis(1), None);
            assert!(stack.events.len() <= EVENTS_PER_STACK);
        }
        let last = u64::try_from(3 * (EVENTS_PER_STACK - 1)).unwrap();
        assert_eq!(stack.events.len(), EVENTS_PER_STACK);
        assert_eq!((stack.event_count, stack.events.last().unwrap().number), (last, last));
    }
}
