//! Tags.

use crate::world::World;

fn tag_pairs(world: &World, arn: &str) -> Vec<(String, String)> {
    world.ok("DescribeTags", &[("ResourceArns.member.1", arn)]).pairs("TagDescriptions/member/Tags")
}

#[test]
fn tags_are_added_replaced_and_taken_away() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let listener = world.create_listener(&balancer, "80", &group);
    let both = [
        ("ResourceArns.member.1", balancer.as_str()),
        ("ResourceArns.member.2", group.as_str()),
        ("ResourceArns.member.3", listener.as_str()),
    ];
    let add = |pairs: &[(&str, &str)]| world.ok("AddTags", &[&both[..], pairs].concat());
    add(&[("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1"), ("Tags.member.2.Key", "b")]);
    add(&[("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "2")]);
    let shown = world.ok("DescribeTags", &both);
    assert_eq!(shown.values("TagDescriptions/member/ResourceArn"), [balancer.as_str(), &group, &listener]);
    for arn in [&balancer, &group] {
        assert_eq!(
            tag_pairs(&world, arn),
            [("a".to_owned(), "2".to_owned()), ("b".to_owned(), String::new())]
        );
    }
    world.ok("RemoveTags", &[both[0], ("TagKeys.member.1", "a"), ("TagKeys.member.2", "never")]);
    assert_eq!(tag_pairs(&world, &balancer).len(), 1);
    assert_eq!(tag_pairs(&world, &group).len(), 2);
}

#[test]
fn bad_tags_are_refused_for_all_resources_or_none() {
    let world = World::new();
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let gone = group.replace("/carts/", "/gone/");
    let arn = ("ResourceArns.member.1", balancer.as_str());
    let tag = ("Tags.member.1.Key", "a");
    world.refused(
        "AddTags",
        &[arn, ("ResourceArns.member.2", &gone), tag],
        "TargetGroupNotFound",
        "not found",
    );
    world.refused("AddTags", &[arn, ("ResourceArns.member.2", "x"), tag], "ValidationError", "'x'");
    world.refused("AddTags", &[arn], "ValidationError", "'tags'");
    world.refused("AddTags", &[tag], "ValidationError", "'resourceArns'");
    world.refused("AddTags", &[arn, ("Tags.member.1.Key", "aws:x")], "ValidationError", "aws:");
    world.refused("AddTags", &[arn, tag, ("Tags.member.2.Key", "a")], "DuplicateTagKeys", "more than once");
    world.refused("RemoveTags", &[arn], "ValidationError", "'tagKeys'");
    for key in ["", "a<b", &"k".repeat(129)] {
        world.refused(
            "RemoveTags",
            &[arn, ("TagKeys.member.1", key)],
            "ValidationError",
            "must have 1 to 128",
        );
    }
    world.refused("DescribeTags", &[], "ValidationError", "'resourceArns'");
    world.refused("DescribeTags", &[("ResourceArns", "")], "ValidationError", "'resourceArns'");

    let names: Vec<(String, String)> =
        (1..=51).map(|n| (format!("Tags.member.{n}.Key"), format!("key{n}"))).collect();
    let mut many: Vec<(&str, &str)> =
        names.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    many.push(arn);
    world.refused("AddTags", &many, "TooManyTags", "50");
    world.ok("AddTags", &many[1..]);
    world.refused("AddTags", &[arn, tag], "TooManyTags", "50");
}

#[test]
fn lists_keep_to_the_lengths_of_aws() {
    let world = World::new();
    let balancer = world.create_load_balancer("shop");
    for (action, list) in [
        ("DescribeTags", "ResourceArns"),
        ("DescribeLoadBalancers", "LoadBalancerArns"),
        ("DescribeLoadBalancers", "Names"),
    ] {
        let value = if list == "Names" { "shop" } else { &balancer };
        let names: Vec<String> = (1..=21).map(|number| format!("{list}.member.{number}")).collect();
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), value)).collect();
        world.ok(action, &pairs[..20]);
        world.refused(action, &pairs, "ValidationError", "length less than or equal to 20");
    }
    let group = [("Name", "carts"), ("Protocol", "HTTP"), ("Port", "80"), ("Tags", "")];
    world.refused("CreateTargetGroup", &group, "ValidationError", "length greater than or equal to 1");
}
