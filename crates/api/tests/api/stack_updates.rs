//! What an update of a stack is, and what it leaves behind.

use crate::stacks::{APPLICATION, SHOP, others};
use crate::world::World;

/// The message of an update without changes.
const NOTHING: &str = "No updates are to be performed.";

impl World {
    /// Updates with what was done before a failure being kept.
    pub(crate) fn update_or_keep(&self, template: &str) {
        let keep = [("StackName", "s"), ("TemplateBody", template), ("DisableRollback", "true")];
        self.stack_ok("UpdateStack", &keep);
    }

    fn update_is_nothing(&self, template: &str) {
        let refused = self.stack_refused("UpdateStack", &[("StackName", "s"), ("TemplateBody", template)]);
        assert_eq!(refused, ("ValidationError".to_owned(), NOTHING.to_owned()), "{template}");
    }

    /// What a change set would do, as `RESOURCE ACTION`.
    fn planned(&self, template: &str) -> Vec<String> {
        let set = [("StackName", "s"), ("ChangeSetName", "c"), ("TemplateBody", template)];
        self.stack_ok("CreateChangeSet", &set);
        let named = [("StackName", "s"), ("ChangeSetName", "c")];
        let told = self.stack_ok("DescribeChangeSet", &named);
        self.stack_ok("DeleteChangeSet", &named);
        let ids = told.values("Changes/member/ResourceChange/LogicalResourceId");
        let actions = told.values("Changes/member/ResourceChange/Action");
        ids.iter().zip(actions).map(|(id, action)| format!("{id} {action}")).collect()
    }
}

/// The application with something more said of its target group.
fn with(attribute: &str) -> String {
    APPLICATION.replace("  Carts:\n    Type", &format!("  Carts:\n    {attribute}\n    Type"))
}

#[test]
fn what_is_said_of_a_resource_beside_its_properties_is_an_update() {
    for (attribute, stays) in [
        ("DeletionPolicy: Retain", true),
        ("DeletionPolicy: RetainExceptOnCreate", true),
        ("DeletionPolicy: Delete", false),
        ("UpdateReplacePolicy: Retain", false),
        ("Metadata: {why: carts}", false),
    ] {
        let world = World::new();
        world.create(APPLICATION);
        let before = others(&world);
        assert_eq!(world.planned(&with(attribute)), ["Carts Modify"], "{attribute}");
        world.update(&with(attribute));
        assert_eq!(world.status().0, "UPDATE_COMPLETE", "{attribute}");
        assert_eq!(others(&world), before, "{attribute}: nothing is another");
        world.update_is_nothing(&with(attribute));
        world.stack_ok("DeleteStack", &[("StackName", "s")]);
        assert_eq!(others(&world).target_groups.len(), usize::from(stays), "{attribute}");
    }
}

#[test]
fn what_changes_nothing_is_no_update() {
    let world = World::new();
    world.create(APPLICATION);
    for same in [
        with("DependsOn: Shop"),
        format!("Description: the same\n{APPLICATION}"),
        format!("Conditions: {{Never: !Equals [a, b]}}\n{APPLICATION}"),
    ] {
        assert_eq!(world.planned(&same), [""; 0]);
        world.update_is_nothing(&same);
    }
    world.update(&APPLICATION.replace("Outputs:", "Outputs:\n  Also: {Value: a}"));
    assert_eq!(world.status().0, "UPDATE_COMPLETE", "an output is a change");
}

#[test]
fn half_a_stack_has_no_whole_to_go_back_to() {
    let world = World::new();
    world.create(APPLICATION);
    let broken = APPLICATION.replace("Value: 90", "Value: 91").replace("Priority: 5", "Priority: 0");
    world.update_or_keep(&broken);
    assert_eq!(world.status().0, "UPDATE_FAILED");
    let half = others(&world);
    let set = [("StackName", "s"), ("ChangeSetName", "c"), ("TemplateBody", APPLICATION)];
    world.stack_ok("CreateChangeSet", &set);
    let named = [("StackName", "s"), ("ChangeSetName", "c")];
    for (action, parameters) in [("UpdateStack", &set[..]), ("ExecuteChangeSet", &named)] {
        let (code, message) = world.stack_refused(action, parameters);
        let said = message.starts_with("This stack is currently in a non-terminal [UPDATE_FAILED] state.");
        assert!(code == "ValidationError" && said, "{action}: {message}");
    }
    assert_eq!(others(&world), half);
    world.update_or_keep(&broken);
    assert_eq!(world.status().0, "UPDATE_FAILED");
    world.update_or_keep(APPLICATION);
    assert_eq!(world.status().0, "UPDATE_COMPLETE");
    world.update(&broken);
    assert_eq!(world.status().0, "UPDATE_ROLLBACK_COMPLETE", "there is a whole again");
}
