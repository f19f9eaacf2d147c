//! Rules: creating, describing, modifying, deleting, ordering. Their parts are in [`crate::rule_parts`]
//! and [`crate::rule_actions`].

use crate::world::{Parameters, World, forward};

/// A load balancer with a listener, and a target group that nothing else uses.
pub(crate) struct Shop {
    pub(crate) world: World,
    pub(crate) balancer: String,
    pub(crate) listener: String,
    pub(crate) group: String,
}

impl Shop {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let balancer = world.create_load_balancer("shop");
        let listener = world.create_listener(&balancer, "80", &world.create_target_group("default"));
        let group = world.create_target_group("carts");
        Self { world, balancer, listener, group }
    }

    /// The parameters of a rule for a path that forwards to the group.
    pub(crate) fn rule<'a>(&'a self, priority: &'a str, path: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut parameters = vec![("ListenerArn", self.listener.as_str()), ("Priority", priority)];
        parameters.extend([
            ("Conditions.member.1.Field", "path-pattern"),
            ("Conditions.member.1.Values.member.1", path),
            ("Actions.member.1.Type", "forward"),
            ("Actions.member.1.TargetGroupArn", &self.group),
        ]);
        parameters
    }

    pub(crate) fn create(&self, priority: &str) -> String {
        self.world.ok("CreateRule", &self.rule(priority, "/carts/*")).value("Rules/member/RuleArn")
    }

    fn described(&self) -> Vec<(String, String)> {
        let answer = self.world.ok("DescribeRules", &[("ListenerArn", &self.listener)]);
        let arns = answer.values("Rules/member/RuleArn");
        arns.into_iter().zip(answer.values("Rules/member/Priority")).collect()
    }
}

/// The parameters of `SetRulePriorities`.
fn priorities<'a>(names: &'a [(String, String)], pairs: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let named = names.iter().zip(pairs);
    named.flat_map(|((arn, priority), pair)| [(arn.as_str(), pair.0), (priority.as_str(), pair.1)]).collect()
}

fn priority_names() -> Vec<(String, String)> {
    let name = |number| {
        let member = format!("RulePriorities.member.{number}");
        (format!("{member}.RuleArn"), format!("{member}.Priority"))
    };
    (1..=3).map(name).collect()
}

#[test]
fn rules_are_listed_in_their_order_and_the_default_one_last() {
    let shop = Shop::new();
    let (second, first, third) = (shop.create("100"), shop.create("20"), shop.create("3000"));
    let default = shop.described().pop().unwrap();
    assert_eq!(default.1, "default");
    let expected: Vec<(String, String)> = [(&first, "20"), (&second, "100"), (&third, "3000")]
        .into_iter()
        .map(|(arn, priority)| (arn.clone(), priority.to_owned()))
        .chain([default.clone()])
        .collect();
    assert_eq!(shop.described(), expected);

    let page = |parameters: Parameters<'_>| shop.world.ok("DescribeRules", parameters);
    let start = page(&[("ListenerArn", &shop.listener), ("PageSize", "3")]);
    let marker = start.value("NextMarker");
    let end = page(&[("ListenerArn", &shop.listener), ("PageSize", "3"), ("Marker", &marker)]);
    assert_eq!(start.values("Rules/member/RuleArn"), [first, second, third.clone()]);
    assert_eq!(end.values("Rules/member/RuleArn"), [default.0.as_str()]);
    assert_eq!(end.value("Rules/member/IsDefault"), "true");
    assert_eq!(end.count("Rules/member/Conditions/member"), 0);
    assert_eq!(end.value("Rules/member/Actions/member/Type"), "forward");

    let named = page(&[("RuleArns.member.1", &third), ("RuleArns.member.2", &default.0)]);
    assert_eq!(named.values("Rules/member/RuleArn"), [third, default.0]);
}

#[test]
fn a_priority_belongs_to_one_rule_of_a_listener() {
    let shop = Shop::new();
    let first = shop.create("10");
    shop.world.refused(
        "CreateRule",
        &shop.rule("10", "/x"),
        "PriorityInUse",
        "Priority '10' is currently in use",
    );
    let second = shop.create("11");
    let other = shop.world.create_listener(&shop.balancer, "81", &shop.group);
    let mut elsewhere = shop.rule("10", "/x");
    elsewhere[0].1 = &other;
    shop.world.ok("CreateRule", &elsewhere);

    let names = priority_names();
    let set = |pairs: &[(&str, &str)]| shop.world.ok("SetRulePriorities", &priorities(&names, pairs));
    let swapped = set(&[(&first, "11"), (&second, "10")]);
    assert_eq!(swapped.values("Rules/member/Priority"), ["11", "10"]);
    set(&[(&second, "50000")]);
    assert_eq!(
        shop.described()[..2],
        [(first.clone(), "11".to_owned()), (second.clone(), "50000".to_owned())]
    );

    let default = shop.described().pop().unwrap().0;
    for (pairs, code, message) in [
        (&[(first.as_str(), "1"), (second.as_str(), "1")][..], "ValidationError", "provided multiple times"),
        (&[(&first, "1"), (&first, "2")], "ValidationError", "provided multiple times"),
        (&[(&first, "50000")], "PriorityInUse", "'50000'"),
        (&[(&first, "1"), (&second, "0")], "ValidationError", "priority"),
        (&[(&first, "1"), (&default, "2")], "OperationNotPermitted", "cannot be modified"),
    ] {
        shop.world.refused("SetRulePriorities", &priorities(&names, pairs), code, message);
    }
    shop.world.refused("SetRulePriorities", &[], "ValidationError", "'rulePriorities'");
}

/// L23.
#[test]
fn a_rule_is_modified_in_part() {
    let shop = Shop::new();
    let arn = shop.create("10");
    let modify = |parameters: Parameters<'_>| {
        shop.world.ok("ModifyRule", &[&[("RuleArn", arn.as_str())], parameters].concat())
    };
    let turned = modify(&[
        ("Actions.member.1.Type", "fixed-response"),
        ("Actions.member.1.FixedResponseConfig.StatusCode", "404"),
    ]);
    assert_eq!(turned.value("Rules/member/Conditions/member/Values/member"), "/carts/*");
    assert_eq!(turned.value("Rules/member/Priority"), "10");
    let moved = modify(&[
        ("Conditions.member.1.Field", "host-header"),
        ("Conditions.member.1.HostHeaderConfig.Values.member.1", "a.example.com"),
    ]);
    assert_eq!(moved.value("Rules/member/Actions/member/Type"), "fixed-response");
    let url = [
        ("Transforms.member.1.Type", "url-rewrite"),
        ("Transforms.member.1.UrlRewriteConfig.Rewrites.member.1.Regex", "^/v1/(.*)$"),
        ("Transforms.member.1.UrlRewriteConfig.Rewrites.member.1.Replace", "/$1"),
    ];
    assert_eq!(modify(&url).value("Rules/member/Transforms/member/Type"), "url-rewrite");
    let both = [&[("RuleArn", arn.as_str()), ("ResetTransforms", "true")][..], &url].concat();
    shop.world.refused("ModifyRule", &both, "ValidationError", "both Transforms and ResetTransforms");
    assert_eq!(modify(&[("ResetTransforms", "true")]).count("Rules/member/Transforms/member"), 0);

    for parameters in [&[][..], &[("ResetTransforms", "false")], &[("Transforms", "")]] {
        let parameters = [&[("RuleArn", arn.as_str())][..], parameters].concat();
        shop.world.refused("ModifyRule", &parameters, "ValidationError", "must be specified");
    }
}

#[test]
fn default_rules_follow_their_listener_and_nothing_else() {
    let shop = Shop::new();
    let default = shop.described().pop().unwrap().0;
    let code = "OperationNotPermitted";
    shop.world.refused("DeleteRule", &[("RuleArn", &default)], code, "cannot be deleted");
    shop.world.refused("ModifyRule", &[("RuleArn", &default)], code, "cannot be modified");
    shop.world.ok(
        "ModifyListener",
        &[
            ("ListenerArn", &shop.listener),
            ("DefaultActions.member.1.Type", "fixed-response"),
            ("DefaultActions.member.1.FixedResponseConfig.StatusCode", "503"),
        ],
    );
    let shown = shop.world.ok("DescribeRules", &[("RuleArns.member.1", &default)]);
    assert_eq!(shown.value("Rules/member/Actions/member/FixedResponseConfig/StatusCode"), "503");
}

#[test]
fn what_is_not_there_is_named() {
    let shop = Shop::new();
    let arn = shop.create("10");
    shop.world.ok("DeleteRule", &[("RuleArn", &arn)]);
    for (action, name) in [
        ("DeleteRule", "RuleArn"),
        ("ModifyRule", "RuleArn"),
        ("DescribeRules", "RuleArns.member.1"),
        ("DescribeTags", "ResourceArns.member.1"),
    ] {
        shop.world.refused(action, &[(name, &arn)], "RuleNotFound", "One or more rules not found");
    }
    shop.world.refused("DeleteRule", &[("RuleArn", &shop.listener)], "ValidationError", "listener rule ARN");
    let here = ("ListenerArn", shop.listener.as_str());
    let both = [here, ("RuleArns.member.1", &arn)];
    shop.world.refused("DescribeRules", &both, "ValidationError", "at the same time");
    shop.world.refused(
        "DescribeRules",
        &[],
        "ValidationError",
        "either listener rule ARNs or a listener ARN",
    );
    let other_region = shop.world.in_region("eu-west-2");
    let arn = shop.create("10");
    other_region.refused("DescribeRules", &[("RuleArns.member.1", &arn)], "RuleNotFound", "not found");
}

#[test]
fn rules_go_with_their_listener_and_their_load_balancer() {
    let shop = Shop::new();
    let (first, _) = (shop.create("10"), shop.create("20"));
    let in_use = |group: &str| {
        let message = "is currently in use by a listener or a rule";
        shop.world.refused("DeleteTargetGroup", &[("TargetGroupArn", group)], "ResourceInUse", message);
        shop.world
            .ok("DescribeTargetGroups", &[("TargetGroupArns.member.1", group)])
            .values("TargetGroups/member/LoadBalancerArns/member")
    };
    assert_eq!(in_use(&shop.group), [shop.balancer.as_str()], "only rules name the group");
    let of_balancer = shop.world.ok("DescribeTargetGroups", &[("LoadBalancerArn", &shop.balancer)]);
    assert_eq!(of_balancer.count("TargetGroups/member"), 2);

    shop.world.ok("DeleteListener", &[("ListenerArn", &shop.listener)]);
    shop.world.refused("DeleteRule", &[("RuleArn", &first)], "RuleNotFound", "not found");
    assert_eq!(shop.world.state.current().configuration.rules.len(), 0);

    let listener = shop.world.create_listener(&shop.balancer, "80", &shop.group);
    let again = Shop { listener, ..shop };
    again.create("10");
    again.world.ok("DeleteLoadBalancer", &[("LoadBalancerArn", &again.balancer)]);
    assert_eq!(again.world.state.current().configuration.rules.len(), 0);
    again.world.ok("DeleteTargetGroup", &[("TargetGroupArn", &again.group)]);
}

#[test]
fn rules_have_tags_and_default_rules_have_not() {
    let shop = Shop::new();
    let mut parameters = shop.rule("10", "/x");
    parameters.extend([("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "carts")]);
    let arn = shop.world.ok("CreateRule", &parameters).value("Rules/member/RuleArn");
    let resource = ("ResourceArns.member.1", arn.as_str());
    shop.world.ok("AddTags", &[resource, ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1")]);
    shop.world.ok("RemoveTags", &[resource, ("TagKeys.member.1", "team")]);
    let pairs = |arn: &str| {
        shop.world.ok("DescribeTags", &[("ResourceArns.member.1", arn)]).pairs("TagDescriptions/member/Tags")
    };
    assert_eq!(pairs(&arn), [("a".to_owned(), "1".to_owned())]);
    let default = shop.described().pop().unwrap().0;
    assert!(pairs(&default).is_empty());
    let add = [("ResourceArns.member.1", default.as_str()), ("Tags.member.1.Key", "a")];
    shop.world.refused("AddTags", &add, "ValidationError", "tag its listener");
}

#[test]
fn a_target_group_belongs_to_the_load_balancer_of_its_rules() {
    let shop = Shop::new();
    shop.create("10");
    let other = shop.world.create_load_balancer("other");
    let message = "cannot be associated with more than one load balancer";
    let code = "TargetGroupAssociationLimit";
    shop.world.refused("CreateListener", &forward(&other, "80", &shop.group), code, message);
}

#[test]
fn there_are_quotas() {
    let shop = Shop::new();
    let most = elbow_model::limits::TARGET_GROUPS_PER_LOAD_BALANCER;
    let groups: Vec<String> = (0..most).map(|n| shop.world.create_target_group(&format!("g{n}"))).collect();
    let forward_to = |priority: &str, group: &str| {
        let mut parameters = shop.rule(priority, "/x");
        parameters.retain(|(name, _)| *name != "Actions.member.1.TargetGroupArn");
        let mut parameters: Vec<(String, String)> =
            parameters.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        parameters.push(("Actions.member.1.TargetGroupArn".to_owned(), group.to_owned()));
        parameters
    };
    let call = |parameters: Vec<(String, String)>| {
        let borrowed: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        shop.world.call("CreateRule", &borrowed)
    };
    // The listener names one more.
    for (n, group) in groups.iter().enumerate().skip(1) {
        let answer = call(forward_to(&(n + 1).to_string(), group));
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let refused = call(forward_to("1", &groups[0]));
    assert_eq!(refused.value("Error/Code"), "TooManyUniqueTargetGroupsPerLoadBalancer");
    let first = shop.described()[0].0.clone();
    let replaced = [
        ("RuleArn", first.as_str()),
        ("Actions.member.1.Type", "forward"),
        ("Actions.member.1.TargetGroupArn", &groups[0]),
    ];
    shop.world.ok("ModifyRule", &replaced);

    for priority in shop.described().len()..=elbow_model::limits::RULES_PER_LOAD_BALANCER {
        let answer = call(forward_to(&(priority + 1000).to_string(), &groups[0]));
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let refused = call(forward_to("49999", &groups[0]));
    assert_eq!(refused.value("Error/Code"), "TooManyRules");
    let message = refused.value("Error/Message");
    assert!(message.starts_with("The maximum number of rules on load balancer"), "{message}");
}
