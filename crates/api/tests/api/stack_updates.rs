//! What an update of a stack is, and what it leaves behind.

use crate::stacks::{APPLICATION, others};
use crate::world::World;

/// The message of an update without changes.
const NOTHING: &str = "No updates are to be performed.";

impl World {
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
