//! Long lists of stacks, in pages; and what is told of them without reading their templates.

use crate::world::World;

/// A template with as many target groups.
fn groups(count: usize) -> String {
    let group = |number: usize| {
        format!("  G{number}: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {PORT}}}\n")
    };
    format!("Description: groups\nResources:\n{}", (0..count).map(group).collect::<String>())
}

const PORT: &str = "{Port: 80, Protocol: HTTP, TargetType: ip}";

impl World {
    /// All pages of a list: how many items each has, and the values of all at `path`.
    fn pages(&self, action: &str, parameters: &[(&str, &str)], path: &str) -> (Vec<usize>, Vec<String>) {
        let (mut sizes, mut all, mut token) = (Vec::new(), Vec::new(), String::new());
        loop {
            let mut parameters = parameters.to_vec();
            parameters.push(("NextToken", &token));
            let told = self.stack_ok(action, &parameters);
            let values = told.values(path);
            sizes.push(values.len());
            all.extend(values);
            match told.values("NextToken").pop() {
                Some(next) => token = next,
                None => return (sizes, all),
            }
        }
    }
}

#[test]
fn lists_come_in_pages_of_a_hundred() {
    let world = World::new();
    let template = groups(101);
    let set = [
        ("StackName", "s"),
        ("ChangeSetName", "c"),
        ("ChangeSetType", "CREATE"),
        ("TemplateBody", template.as_str()),
    ];
    world.stack_ok("CreateChangeSet", &set);
    let named = [("StackName", "s"), ("ChangeSetName", "c")];
    let id = "Changes/member/ResourceChange/LogicalResourceId";
    let (sizes, mut ids) = world.pages("DescribeChangeSet", &named, id);
    ids.sort();
    ids.dedup();
    assert_eq!((sizes, ids.len()), (vec![100, 1], 101));
    world.stack_ok("ExecuteChangeSet", &named);
    assert_eq!(world.status().0, "CREATE_COMPLETE", "{:?}", world.events().1);

    let stack = [("StackName", "s")];
    let id = "StackResourceSummaries/member/LogicalResourceId";
    let (sizes, ids) = world.pages("ListStackResources", &stack, id);
    assert!(ids.is_sorted());
    assert_eq!((sizes, ids.len()), (vec![100, 1], 101));
    let told = world.stack_ok("DescribeStackResources", &stack);
    assert_eq!(told.count("StackResources/member"), 100, "it has no pages");
    let (sizes, ids) = world.pages("DescribeStackEvents", &stack, "StackEvents/member/EventId");
    let number = |id: &String| id.rsplit_once('-').unwrap().1.parse::<u64>().unwrap();
    assert_eq!(sizes, [100, 100, 4]);
    assert!(ids.iter().map(number).is_sorted_by(|one, next| *one == next + 1), "latest first, none twice");

    for number in 0..100 {
        world.pass_seconds(1);
        let name = format!("t{number}");
        world.stack_ok("CreateStack", &[("StackName", &name), ("TemplateBody", &groups(1))]);
    }
    for (action, list) in [("DescribeStacks", "Stacks"), ("ListStacks", "StackSummaries")] {
        let (sizes, names) = world.pages(action, &[], &format!("{list}/member/StackName"));
        assert_eq!((sizes, names.len()), (vec![100, 1], 101));
        assert_eq!((names[0].as_str(), names[100].as_str()), ("t99", "s"), "latest first");
    }
    let (code, message) = world.stack_refused("ListStacks", &[("NextToken", "x")]);
    assert!(code == "ValidationError" && message.contains("NextToken"), "{code}: {message}");
}

#[test]
fn what_is_hidden_is_told_by_no_list() {
    let world = World::new();
    let head = "Parameters:\n  Word: {Type: String, NoEcho: true}\n  Port: {Type: Number, Default: 81}\n";
    let template = format!("{head}{}", groups(1).replace("Port: 80", "Port: !Ref Port"));
    let given = [
        ("StackName", "s"),
        ("TemplateBody", template.as_str()),
        ("Parameters.member.1.ParameterKey", "Word"),
        ("Parameters.member.1.ParameterValue", "not-for-all"),
    ];
    world.stack_ok("CreateStack", &given);
    let told = world.stack_ok("DescribeStacks", &[]);
    assert_eq!(told.values("Stacks/member/Parameters/member/ParameterValue"), ["81", "****"]);
    assert_eq!(told.values("Stacks/member/Description"), ["groups"]);
    let listed = world.stack_ok("ListStacks", &[]);
    assert_eq!(listed.values("StackSummaries/member/TemplateDescription"), ["groups"]);
    let again = [
        ("StackName", "s"),
        ("TemplateBody", template.as_str()),
        ("ChangeSetName", "c"),
        ("Parameters.member.1.ParameterKey", "Word"),
        ("Parameters.member.1.UsePreviousValue", "true"),
        ("Parameters.member.2.ParameterKey", "Port"),
        ("Parameters.member.2.ParameterValue", "82"),
    ];
    world.stack_ok("CreateChangeSet", &again);
    let set = world.stack_ok("DescribeChangeSet", &[("StackName", "s"), ("ChangeSetName", "c")]);
    assert_eq!(set.values("Parameters/member/ParameterValue"), ["82", "****"]);
    assert_eq!(set.values("Changes/member/ResourceChange/Scope/member"), ["Properties"]);
}
