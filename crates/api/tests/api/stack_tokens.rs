//! A call that is made twice, because its answer was lost, is carried out once; a token is of one operation.

use crate::stacks::{APPLICATION, others};
use crate::world::World;

#[test]
fn a_call_with_its_token_is_carried_out_once() {
    let world = World::new();
    let create = [("StackName", "s"), ("TemplateBody", APPLICATION), ("ClientRequestToken", "one")];
    let made = world.stack_ok("CreateStack", &create).value("StackId");
    let before = world.revision();
    assert_eq!(world.stack_ok("CreateStack", &create).value("StackId"), made);
    let other = [("StackName", "s"), ("TemplateBody", APPLICATION), ("ClientRequestToken", "two")];
    assert_eq!(world.stack_refused("CreateStack", &other).0, "AlreadyExistsException");
    assert_eq!(world.stack_refused("CreateStack", &other[..2]).0, "AlreadyExistsException");

    let changed = APPLICATION.replace("Value: 90", "Value: 91");
    let update = |token: &'static str| {
        [("StackName", "s"), ("TemplateBody", changed.as_str()), ("ClientRequestToken", token)]
    };
    let (code, _) = world.stack_refused("UpdateStack", &update("one"));
    assert_eq!(code, "TokenAlreadyExistsException");
    assert_eq!(world.revision(), before);
    world.stack_ok("UpdateStack", &update("two"));
    let before = world.revision();
    assert_eq!(world.stack_ok("UpdateStack", &update("two")).value("StackId"), made);
    let (_, message) = world.stack_refused("UpdateStack", &update("three"));
    assert_eq!(message, "No updates are to be performed.");
    assert_eq!(world.revision(), before);
    let told = world.stack_ok("DescribeStackEvents", &[("StackName", "s")]);
    let tokens = told.values("StackEvents/member/ClientRequestToken");
    assert_eq!(tokens.len(), told.count("StackEvents/member"));
    assert_eq!((tokens.first().unwrap().as_str(), tokens.last().unwrap().as_str()), ("two", "one"));

    for wrong in ["-a", "a_b", &"a".repeat(129)] {
        let (code, _) =
            world.stack_refused("DeleteStack", &[("StackName", "s"), ("ClientRequestToken", wrong)]);
        assert_eq!(code, "ValidationError", "{wrong}");
    }
    world.stack_ok("DeleteStack", &[("StackName", "s"), ("ClientRequestToken", "four")]);
    world.stack_ok("DeleteStack", &[("StackName", "s"), ("ClientRequestToken", "four")]);
}

#[test]
fn a_change_set_is_made_and_carried_out_once() {
    let world = World::new();
    let set = [
        ("StackName", "s"),
        ("ChangeSetName", "c"),
        ("ChangeSetType", "CREATE"),
        ("TemplateBody", APPLICATION),
        ("ClientToken", "set-1"),
    ];
    let made = world.stack_ok("CreateChangeSet", &set);
    let again = world.stack_ok("CreateChangeSet", &set);
    assert_eq!(again.value("Id"), made.value("Id"));
    assert_eq!(world.stack_refused("CreateChangeSet", &set[..4]).0, "AlreadyExistsException");
    let execute = [("StackName", "s"), ("ChangeSetName", "c"), ("ClientRequestToken", "run-1")];
    world.stack_ok("ExecuteChangeSet", &execute);
    let before = world.revision();
    world.stack_ok("ExecuteChangeSet", &execute);
    let arn = made.value("Id");
    world.stack_ok("ExecuteChangeSet", &[("ChangeSetName", &arn), ("ClientRequestToken", "run-1")]);
    assert_eq!(world.revision(), before);
    for other in ["run-2", "set-1"] {
        let execute = [("StackName", "s"), ("ChangeSetName", "c"), ("ClientRequestToken", other)];
        assert_eq!(world.stack_refused("ExecuteChangeSet", &execute).0, "ChangeSetNotFound");
    }
    assert_eq!(world.stack_refused("ExecuteChangeSet", &execute[..2]).0, "ChangeSetNotFound");
}

#[test]
fn resources_are_kept_out_of_a_deletion_only_once_it_has_failed() {
    let world = World::new();
    world.create(APPLICATION);
    let before = others(&world);
    let retain = [("StackName", "s"), ("RetainResources.member.1", "Shop")];
    let (code, message) = world.stack_refused("DeleteStack", &retain);
    assert!(
        code == "ValidationError" && message.contains("only when the stack is in the DELETE_FAILED state"),
        "{message}"
    );
    assert_eq!((others(&world), world.status().0.as_str()), (before, "CREATE_COMPLETE"));
}
