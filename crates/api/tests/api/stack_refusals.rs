//! What a call is refused for, and what only fails the resource that it is about, as AWS parts them.

use crate::stacks::{APPLICATION, others};
use crate::world::World;

/// A template with this as the path of its health check, and this among its outputs.
fn with(path: &str, output: &str) -> String {
    let parameters = "Parameters: {On: {Type: String, Default: 'no'}}\nConditions: {IsOn: !Equals [!Ref On, 'yes']}\n\
                      Mappings: {Paths: {here: {up: /up}}}\n";
    let maybe = "  Maybe:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Condition: IsOn\n";
    let template = APPLICATION
        .replace("      TargetType: ip", &format!("      TargetType: ip\n      HealthCheckPath: {path}"))
        .replace("Outputs:", &format!("{maybe}Outputs:\n  More: {{Value: {output}}}"));
    format!("{parameters}{template}")
}

#[test]
fn what_functions_cannot_do_is_refused_before_anything_is_made() {
    let world = World::new();
    for (path, output, why) in [
        ("!FindInMap [Paths, there, up]", "a", "Unable to get mapping for Paths::there::up"),
        ("!Select [3, [/a, /b]]", "a", "Fn::Select cannot select nonexistent value at index 3"),
        ("!Join ['', [!Ref Shop, !Select [3, [/a, /b]]]]", "a", "at index 3"),
        (
            "/up",
            "!GetAtt Carts.Colour",
            "resource Carts does not support attribute type Colour in Fn::GetAtt",
        ),
        ("/up", "!Sub 'x${Carts.Colour}'", "resource Carts does not support attribute type Colour"),
        ("/up", "!GetAtt On.Arn", "Fn::GetAtt references undefined resource On"),
        ("/up", "!Ref Maybe", "Unresolved resource dependencies [Maybe]"),
        ("/up", "!Sub '${Nope}'", "Unresolved resource dependencies [Nope]"),
        ("/up", "!ImportValue x", "Fn::ImportValue is not supported"),
    ] {
        let template = with(path, output);
        let parameters = [("StackName", "s"), ("TemplateBody", template.as_str())];
        let (code, message) = world.stack_refused("CreateStack", &parameters);
        assert!(code == "ValidationError" && message.contains(why), "{path} {output}: {code} {message}");
    }
    let stacks = world.stack_ok("ListStacks", &[]);
    assert!(stacks.values("StackSummaries/member/StackName").is_empty(), "{}", stacks.text);
    for (path, output) in [
        ("!FindInMap [Paths, here, up]", "!If [IsOn, !Ref Maybe, none]"),
        ("!If [IsOn, !Select [3, [/a, !Ref Shop]], /up]", "!Join ['', [!GetAtt Carts.TargetGroupName]]"),
    ] {
        world.create(&with(path, output));
        assert_eq!(world.status().0, "CREATE_COMPLETE", "{path} {output}: {:?}", world.events().1);
        world.stack_ok("DeleteStack", &[("StackName", "s")]);
    }
}

#[test]
fn wrong_properties_fail_a_resource_or_a_change_set_before_anything_is_carried_out() {
    for (from, to, why) in [
        ("Weight: 1", "Wait: 1", "Encountered unsupported property Wait"),
        (
            "Subnets: [subnet-1, subnet-2]",
            "Subnets: subnet-1",
            "Value of property Subnets must be a list of Strings",
        ),
        ("Priority: 5", "Priority: [5]", "Value of property Priority must be of type String"),
        ("      Priority: 5\n", "", "Property Priority cannot be empty."),
        ("LoadBalancerArn: !Ref Shop\n", "SslPolicy: x\n", "Property LoadBalancerArn cannot be empty."),
    ] {
        let world = World::new();
        let template = APPLICATION.replace(from, to);
        let set = [
            ("StackName", "s"),
            ("ChangeSetName", "c"),
            ("ChangeSetType", "CREATE"),
            ("TemplateBody", template.as_str()),
        ];
        world.stack_ok("CreateChangeSet", &set);
        let named = [("StackName", "s"), ("ChangeSetName", "c")];
        let told = world.stack_ok("DescribeChangeSet", &named);
        assert_eq!(
            (told.value("Status").as_str(), told.value("ExecutionStatus").as_str()),
            ("FAILED", "UNAVAILABLE")
        );
        let reason = told.value("StatusReason");
        assert!(reason.contains("EarlyValidation::PropertyValidation]") && reason.ends_with(why), "{reason}");
        assert_eq!(world.stack_refused("ExecuteChangeSet", &named).0, "InvalidChangeSetStatus");
        world.stack_ok("DeleteStack", &[("StackName", "s")]);

        world.create(&template);
        assert_eq!(world.status().0, "ROLLBACK_COMPLETE");
        assert!(world.events().1.iter().any(|reason| reason == why), "{why}: {:?}", world.events().1);
        assert!(others(&world).load_balancers.is_empty());
    }
}
