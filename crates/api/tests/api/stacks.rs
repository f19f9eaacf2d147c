//! Stacks of CloudFormation: what a template makes, what its changes do, and what is left when it fails.

use std::sync::Arc;

use elbow_api::ZoneSetting;
use elbow_api::instances::{Described, FoundAnswer, InstanceReader};
use elbow_api::sigv4::Service;
use elbow_model::{InstanceId, Region, SubnetId, Zone};

use crate::world::{Answer, Parameters, World};

/// A Classic Load Balancer with both kinds of sticky sessions.
pub(crate) const SHOP: &str = "
Parameters:
  Seconds: {Type: Number, Default: 600}
Resources:
  Shop:
    Type: AWS::ElasticLoadBalancing::LoadBalancer
    Properties:
      AvailabilityZones: [!Select [0, !GetAZs '']]
      Listeners:
        - {LoadBalancerPort: 80, InstancePort: 8080, Protocol: HTTP, PolicyNames: [by-duration]}
        - {LoadBalancerPort: 81, InstancePort: 8080, Protocol: HTTP, PolicyNames: [by-cart]}
        - {LoadBalancerPort: 5432, InstancePort: 5432, Protocol: TCP}
      LBCookieStickinessPolicy: [{PolicyName: by-duration, CookieExpirationPeriod: !Ref Seconds}]
      AppCookieStickinessPolicy: [{PolicyName: by-cart, CookieName: cart}]
      Policies:
        - PolicyName: proxy
          PolicyType: ProxyProtocolPolicyType
          Attributes: [{Name: ProxyProtocol, Value: true}]
          InstancePorts: [5432]
      HealthCheck: {Target: 'HTTP:8080/up', Interval: 5, Timeout: 2, HealthyThreshold: 3, UnhealthyThreshold: 4}
      ConnectionDrainingPolicy: {Enabled: true, Timeout: 30}
      ConnectionSettings: {IdleTimeout: 90}
      CrossZone: true
      Instances: [i-1]
      SecurityGroups: [sg-1]
      Tags: [{Key: team, Value: carts}]
Outputs:
  Url: {Value: !Sub 'http://${Shop.DNSName}/', Description: where it is}
";

/// An Application Load Balancer, in the order in which nobody could make it.
pub(crate) const APPLICATION: &str = "
Resources:
  ARule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 5
      Conditions: [{Field: path-pattern, PathPatternConfig: {Values: ['/carts/*']}}]
      Actions:
        - Type: forward
          ForwardConfig: {TargetGroups: [{TargetGroupArn: !Ref Carts, Weight: 1}]}
  Carts:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      Protocol: HTTP
      Port: 80
      TargetType: ip
      Targets: [{Id: 10.0.0.1, Port: 8080}]
      TargetGroupAttributes: [{Key: stickiness.enabled, Value: true}, {Key: deregistration_delay.timeout_seconds, Value: 0}]
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Shop
      Protocol: HTTP
      Port: 80
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Carts}]
  Shop:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Name: shop
      Subnets: [subnet-1, subnet-2]
      LoadBalancerAttributes: [{Key: idle_timeout.timeout_seconds, Value: 90}]
Outputs:
  Carts: {Value: !GetAtt Carts.TargetGroupName}
";

impl World {
    pub(crate) fn stack(&self, action: &str, parameters: Parameters<'_>) -> Answer {
        self.ask_signed_for(Service::CloudFormation, "2010-05-15", action, parameters)
    }

    pub(crate) fn stack_ok(&self, action: &str, parameters: Parameters<'_>) -> Answer {
        let answer = self.stack(action, parameters);
        assert_eq!(answer.status, 200, "{action}: {}", answer.text);
        answer
    }

    pub(crate) fn stack_refused(&self, action: &str, parameters: Parameters<'_>) -> (String, String) {
        let answer = self.stack(action, parameters);
        assert_ne!(answer.status, 200, "{action}: {}", answer.text);
        (answer.value("Error/Code"), answer.value("Error/Message"))
    }

    pub(crate) fn create(&self, template: &str) -> Answer {
        self.stack_ok("CreateStack", &[("StackName", "s"), ("TemplateBody", template)])
    }

    pub(crate) fn update(&self, template: &str) -> Answer {
        self.stack_ok("UpdateStack", &[("StackName", "s"), ("TemplateBody", template)])
    }

    /// The status of the stack, and why.
    pub(crate) fn status(&self) -> (String, String) {
        let told = self.stack_ok("DescribeStacks", &[("StackName", "s")]);
        let reason = told.values("Stacks/member/StackStatusReason").concat();
        (told.value("Stacks/member/StackStatus"), reason)
    }

    /// What happened last, as `RESOURCE STATUS`, and the reasons of failures.
    pub(crate) fn events(&self) -> (Vec<String>, Vec<String>) {
        let told = self.stack_ok("DescribeStackEvents", &[("StackName", "s")]);
        let ids = told.values("StackEvents/member/LogicalResourceId");
        let statuses = told.values("StackEvents/member/ResourceStatus");
        let events = ids.iter().zip(&statuses).map(|(id, status)| format!("{id} {status}")).rev().collect();
        (events, told.values("StackEvents/member/ResourceStatusReason"))
    }

    pub(crate) fn classic_balancers(&self) -> Answer {
        let answer = self.classic("DescribeLoadBalancers", &[]);
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer
    }
}

/// Everything but stacks, to see that nothing is left of what failed.
pub(crate) fn others(world: &World) -> elbow_model::Configuration {
    let mut configuration = (*world.state.current().configuration).clone();
    configuration.stacks.clear();
    configuration
}

#[test]
fn a_template_makes_a_classic_load_balancer_with_its_policies() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    world.create(SHOP);
    let told = world.stack_ok("DescribeStacks", &[("StackName", "s")]);
    assert_eq!(told.value("Stacks/member/StackStatus"), "CREATE_COMPLETE", "{}", told.text);
    let shop = world.classic_balancers();
    let at = |path: &str| shop.values(&format!("LoadBalancerDescriptions/member/{path}"));
    let url = format!("http://{}/", at("DNSName").concat());
    assert_eq!(told.value("Stacks/member/Outputs/member/OutputValue"), url);
    assert_eq!(at("ListenerDescriptions/member/PolicyNames/member"), ["by-duration", "by-cart"]);
    assert_eq!(at("Policies/LBCookieStickinessPolicies/member/CookieExpirationPeriod"), ["600"]);
    assert_eq!(at("Policies/AppCookieStickinessPolicies/member/CookieName"), ["cart"]);
    assert_eq!(at("BackendServerDescriptions/member/PolicyNames/member"), ["proxy"]);
    assert_eq!(at("HealthCheck/Target"), ["HTTP:8080/up"]);
    assert_eq!(
        (at("Instances/member/InstanceId"), at("SecurityGroups/member")),
        (vec!["i-1".into()], vec!["sg-1".into()])
    );
    let resource =
        world.stack_ok("DescribeStackResource", &[("StackName", "s"), ("LogicalResourceId", "Shop")]);
    assert_eq!(resource.values("StackResourceDetail/PhysicalResourceId"), at("LoadBalancerName"));
    let balancer = others(&world).classic_load_balancers.into_values().next().unwrap();
    assert!(balancer.attributes.cross_zone && balancer.attributes.connection_draining.enabled);
    assert_eq!(balancer.attributes.idle_timeout.as_secs(), 90);
}

#[test]
fn an_update_touches_only_what_is_another() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    world.create(SHOP);
    let before = others(&world).classic_load_balancers.into_values().next().unwrap();
    let unchanged = world.stack_refused("UpdateStack", &[("StackName", "s"), ("TemplateBody", SHOP)]);
    assert_eq!(unchanged, ("ValidationError".to_owned(), "No updates are to be performed.".to_owned()));
    world.update(
        &SHOP
            .replace("PolicyNames: [by-cart]", "PolicyNames: [by-duration]")
            .replace("Default: 600", "Default: 900")
            .replace("InstancePort: 5432, Protocol", "InstancePort: 5433, Protocol")
            .replace("InstancePorts: [5432]", "InstancePorts: [5433]")
            .replace("Instances: [i-1]", "Instances: []")
            .replace("team", "crew"),
    );
    assert_eq!(world.status().0, "UPDATE_COMPLETE");
    let after = others(&world).classic_load_balancers.into_values().next().unwrap();
    assert_eq!(after.arn, before.arn, "it stays itself");
    let port = |number| elbow_model::Port::new(number).unwrap();
    for number in [80, 81] {
        let (old, new) = (&before.listeners[&port(number)], &after.listeners[&port(number)]);
        assert_eq!((old.key, old.group), (new.key, new.group), "sessions of port {number} go on");
    }
    assert_eq!(after.listeners[&port(81)].policies[0].to_string(), "by-duration");
    assert_eq!(after.listeners[&port(5432)].instance_port, port(5433));
    assert_eq!(after.back_end_policies.keys().copied().collect::<Vec<_>>(), [port(5433)]);
    assert!(after.policies.values().any(|policy| format!("{policy:?}").contains("900")));
    assert!(after.tags.iter().eq([("crew", "carts")]));
}

#[test]
fn subnets_are_exchanged_though_one_must_stay() {
    let zone = |name: &str, subnets: &[&str]| ZoneSetting {
        zone: Zone::parse(name).unwrap(),
        subnets: subnets.iter().map(|id| SubnetId::parse(id).unwrap()).collect(),
    };
    let world = World::with(|settings| {
        settings.zones = vec![
            zone("us-east-1a", &["subnet-a", "subnet-a2"]),
            zone("us-east-1b", &["subnet-b", "subnet-b2"]),
        ];
    });
    let template = |subnets: &str| {
        format!(
            "Resources: {{Shop: {{Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: {{Subnets: [{subnets}], \
             Listeners: [{{LoadBalancerPort: 80, InstancePort: 80, Protocol: HTTP}}]}}}}}}"
        )
    };
    world.create(&template("subnet-a, subnet-b"));
    let balancer = || others(&world).classic_load_balancers.into_values().next().unwrap();
    let arn = balancer().arn.clone();
    for subnets in
        ["subnet-a2, subnet-b2", "subnet-a2", "subnet-b", "subnet-b, subnet-a", "subnet-a, subnet-b2"]
    {
        world.update(&template(subnets));
        assert_eq!(world.status().0, "UPDATE_COMPLETE", "{subnets}: {:?}", world.events().1);
        let mut found: Vec<String> =
            balancer().zones.iter().map(|it| it.subnet.as_str().to_owned()).collect();
        found.sort();
        let mut expected: Vec<&str> = subnets.split(", ").collect();
        expected.sort_unstable();
        assert_eq!(found, expected);
        assert_eq!(balancer().arn, arn, "it stays itself");
    }
}

#[test]
fn resources_are_made_in_the_order_of_their_needs() {
    let world = World::new();
    world.create(APPLICATION);
    let (events, reasons) = world.events();
    assert_eq!(world.status(), ("CREATE_COMPLETE".to_owned(), String::new()), "{reasons:?}");
    let made: Vec<&str> = events.iter().filter_map(|event| event.strip_suffix(" CREATE_COMPLETE")).collect();
    assert_eq!(made, ["Carts", "Shop", "Listener", "ARule", "s"]);
    let configuration = others(&world);
    assert_eq!((configuration.rules.len(), configuration.targets.len()), (1, 1));
    world.stack_ok("DeleteStack", &[("StackName", "s")]);
    let left = others(&world);
    assert_eq!(
        left.entities()
            .filter(|it| !matches!(it, elbow_model::Entity::Subnet(_) | elbow_model::Entity::Credential(_)))
            .count(),
        0
    );
    assert_eq!(
        world.stack_refused("DescribeStacks", &[("StackName", "s")]).1,
        "Stack with id s does not exist"
    );
    world.stack_ok("DeleteStack", &[("StackName", "s")]);
}

#[test]
fn what_cannot_change_is_replaced() {
    let world = World::new();
    world.create(APPLICATION);
    let arn = |world: &World| others(world).target_groups.into_values().next().unwrap().arn.clone();
    let before = arn(&world);
    world.update(&APPLICATION.replace("Port: 80\n      TargetType", "Port: 8080\n      TargetType"));
    assert_eq!(world.status().0, "UPDATE_COMPLETE", "{:?}", world.events().1);
    assert_ne!(arn(&world), before);
    assert_eq!(others(&world).target_groups.len(), 1, "the old one is gone");
    world.update(
        &APPLICATION
            .replace("Name: shop\n", "Name: shop\n      Scheme: internal\n")
            .replace("Port: 80\n      TargetType", "Port: 8080\n      TargetType"),
    );
    let (status, _) = world.status();
    assert_eq!(status, "UPDATE_ROLLBACK_COMPLETE");
    assert!(
        world
            .events()
            .1
            .iter()
            .any(|reason| reason.contains("custom-named resource requires replacing. Rename shop"))
    );
}

#[test]
fn what_fails_is_taken_back_or_left_as_the_caller_wants() {
    let world = World::new();
    let broken = APPLICATION.replace("Priority: 5", "Priority: 0");
    world.create(&broken);
    assert_eq!(world.status().0, "ROLLBACK_COMPLETE");
    let (events, reasons) = world.events();
    assert!(
        events.contains(&"ARule CREATE_FAILED".to_owned())
            && events.contains(&"Carts DELETE_COMPLETE".to_owned())
    );
    assert!(
        reasons.iter().any(|reason| reason.contains("'priority' failed to satisfy constraint")),
        "{reasons:?}"
    );
    assert!(others(&world).load_balancers.is_empty() && others(&world).target_groups.is_empty());
    let (_, message) =
        world.stack_refused("UpdateStack", &[("StackName", "s"), ("TemplateBody", APPLICATION)]);
    assert!(message.ends_with("is in ROLLBACK_COMPLETE state and can not be updated."), "{message}");
    world.stack_ok("DeleteStack", &[("StackName", "s")]);

    let keep = [("StackName", "s"), ("TemplateBody", broken.as_str()), ("DisableRollback", "true")];
    world.stack_ok("CreateStack", &keep);
    assert_eq!(world.status().0, "CREATE_FAILED");
    assert_eq!((others(&world).listeners.len(), others(&world).rules.len()), (1, 0));
    world.update_or_keep(APPLICATION);
    assert_eq!(
        (world.status().0.as_str(), others(&world).rules.len()),
        ("UPDATE_COMPLETE", 1),
        "it goes on from there"
    );
    world.stack_ok("DeleteStack", &[("StackName", "s")]);

    world.stack_ok("CreateStack", &[("StackName", "s"), ("TemplateBody", &broken), ("OnFailure", "DELETE")]);
    assert!(
        world.stack("DescribeStacks", &[("StackName", "s")]).status == 400
            && others(&world).listeners.is_empty()
    );
}

#[test]
fn an_update_that_fails_leaves_everything_as_it_was() {
    let world = World::new();
    world.create(APPLICATION);
    let before = others(&world);
    world.update(&APPLICATION.replace("Value: 90", "Value: 91").replace("Priority: 5", "Priority: 0"));
    assert_eq!(world.status().0, "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(others(&world), before);
    world.update(&APPLICATION.replace("Value: 90", "Value: 91"));
    assert_eq!(world.status().0, "UPDATE_COMPLETE");
}

#[test]
fn a_stack_whose_resources_are_protected_is_not_deleted() {
    let world = World::new();
    world.create(APPLICATION);
    let arn = others(&world).load_balancers.into_values().next().unwrap().arn.to_string();
    let protect = [
        ("LoadBalancerArn", arn.as_str()),
        ("Attributes.member.1.Key", "deletion_protection.enabled"),
        ("Attributes.member.1.Value", "true"),
    ];
    world.ok("ModifyLoadBalancerAttributes", &protect);
    let before = others(&world);
    world.stack_ok("DeleteStack", &[("StackName", "s")]);
    assert_eq!(world.status().0, "DELETE_FAILED");
    assert!(world.events().1.iter().any(|reason| reason.contains("OperationNotPermitted")));
    assert_eq!(others(&world), before, "all of it is there");
    world.stack_ok("DeleteStack", &[("StackName", "s"), ("RetainResources.member.1", "Shop")]);
    assert_eq!((others(&world).load_balancers.len(), others(&world).target_groups.len()), (1, 0));
}

#[test]
fn a_change_set_tells_first_and_acts_later() {
    let world = World::new();
    let set = [
        ("StackName", "s"),
        ("ChangeSetName", "first"),
        ("ChangeSetType", "CREATE"),
        ("TemplateBody", APPLICATION),
    ];
    world.stack_ok("CreateChangeSet", &set);
    assert_eq!(world.status().0, "REVIEW_IN_PROGRESS");
    assert!(others(&world).load_balancers.is_empty(), "nothing is there yet");
    let named = [("StackName", "s"), ("ChangeSetName", "first")];
    let told = world.stack_ok("DescribeChangeSet", &named);
    assert_eq!(told.values("Changes/member/ResourceChange/Action"), ["Add"; 4]);
    world.stack_ok("ExecuteChangeSet", &named);
    assert_eq!(world.status().0, "CREATE_COMPLETE");
    let changed = APPLICATION.replace("Port: 80\n      TargetType", "Port: 81\n      TargetType");
    let set = [("StackName", "s"), ("ChangeSetName", "next"), ("TemplateBody", changed.as_str())];
    world.stack_ok("CreateChangeSet", &set);
    let told = world.stack_ok("DescribeChangeSet", &[("StackName", "s"), ("ChangeSetName", "next")]);
    assert_eq!(told.values("Changes/member/ResourceChange/Replacement"), ["True", "False", "False"]);
    world.stack_ok("DeleteChangeSet", &[("StackName", "s"), ("ChangeSetName", "next")]);
    // aws-cli gives the same name to all that it makes within a second.
    for name in ["a", "b", "b"] {
        let same = [("StackName", "s"), ("ChangeSetName", name), ("TemplateBody", APPLICATION)];
        world.stack_ok("CreateChangeSet", &same);
        let told = world.stack_ok("DescribeChangeSet", &[("StackName", "s"), ("ChangeSetName", name)]);
        assert_eq!(told.value("Status"), "FAILED");
        assert!(told.value("StatusReason").starts_with("The submitted information didn't contain changes."));
    }
    let listed = world.stack_ok("ListChangeSets", &[("StackName", "s")]);
    assert_eq!(
        listed.values("Summaries/member/ChangeSetName"),
        ["b"],
        "those without changes do not pile up"
    );
    let (code, _) = world.stack_refused("ExecuteChangeSet", &[("StackName", "s"), ("ChangeSetName", "b")]);
    assert_eq!(code, "InvalidChangeSetStatus");
    let (code, _) = world.stack_refused("DescribeChangeSet", &[("StackName", "s"), ("ChangeSetName", "c")]);
    assert_eq!(code, "ChangeSetNotFound");
}

#[test]
fn what_cannot_be_deployed_is_refused_before_anything_is_made() {
    let world = World::new();
    let bucket = "Resources: {B: {Type: AWS::S3::Bucket}}";
    let parameter =
        "Parameters: {P: {Type: String}}\nResources: {A: {Type: AWS::ElasticLoadBalancing::LoadBalancer}}";
    for (parameters, why) in [
        (&[("StackName", "s"), ("TemplateBody", bucket)][..], "[AWS::S3::Bucket]"),
        (&[("StackName", "s"), ("TemplateBody", parameter)], "Parameters: [P] must have values"),
        (&[("StackName", "s")], "TemplateBody"),
        (&[("StackName", "s"), ("TemplateURL", "https://b.s3.amazonaws.com/k")], "TemplateURL"),
        (&[("StackName", "1s"), ("TemplateBody", SHOP)], "begin with a letter"),
        (&[("TemplateBody", SHOP)], "'stackName'"),
    ] {
        let (code, message) = world.stack_refused("CreateStack", parameters);
        assert!(code == "ValidationError" && message.contains(why), "{parameters:?}: {code} {message}");
    }
    world.create(
        "Resources: {A: {Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: {Colour: red, Listeners: []}}}",
    );
    assert!(world.events().1.iter().any(|reason| reason == "Encountered unsupported property Colour"));
    world.stack_ok("DeleteStack", &[("StackName", "s")]);
    world.create(&APPLICATION.replace("Weight: 1", "Wait: 1"));
    assert!(world.events().1.iter().any(|reason| reason == "Encountered unsupported property Wait"));
    let (code, _) = world.stack_refused("CreateStack", &[("StackName", "s"), ("TemplateBody", SHOP)]);
    assert_eq!(code, "AlreadyExistsException");
}

#[test]
fn what_stays_stays_and_what_is_protected_is_not_deleted() {
    let world = World::new();
    let template =
        APPLICATION.replace("  Carts:\n    Type", "  Carts:\n    DeletionPolicy: Retain\n    Type");
    let protect =
        [("StackName", "s"), ("TemplateBody", template.as_str()), ("EnableTerminationProtection", "true")];
    world.stack_ok("CreateStack", &protect);
    assert!(world.stack_refused("DeleteStack", &[("StackName", "s")]).1.contains("TerminationProtection"));
    world.stack_ok(
        "UpdateTerminationProtection",
        &[("StackName", "s"), ("EnableTerminationProtection", "false")],
    );
    world.stack_ok("DeleteStack", &[("StackName", "s")]);
    assert_eq!((others(&world).target_groups.len(), others(&world).load_balancers.len()), (1, 0));
}

#[test]
fn a_trust_store_gets_its_bundle_and_keeps_it_if_another_is_not_there() {
    let world = World::new();
    world.put_file("ca.pem", world.authority_pem().as_bytes());
    let template = |key: &str| {
        format!(
            "Resources: {{Trust: {{Type: AWS::ElasticLoadBalancingV2::TrustStore, Properties: {{CaCertificatesBundleS3Bucket: \
             trust, CaCertificatesBundleS3Key: {key}}}}}}}\nOutputs: {{Arn: {{Value: !GetAtt Trust.TrustStoreArn}}}}\n"
        )
    };
    world.create(&template("ca.pem"));
    assert_eq!(world.status().0, "CREATE_COMPLETE", "{:?}", world.events().1);
    let before = others(&world);
    assert_eq!(before.trust_stores.len(), 1);
    world.update(&template("none.pem"));
    assert_eq!(world.status().0, "UPDATE_ROLLBACK_COMPLETE");
    assert!(world.events().1.iter().any(|reason| reason.contains("CaCertificatesBundleNotFound")));
    assert_eq!(others(&world), before);
}

#[test]
fn instances_that_only_ec2_knows_are_asked_for() {
    let world = World::beside(Arc::new(Somebody));
    world.create(SHOP);
    assert_eq!(world.status().0, "CREATE_COMPLETE", "{:?}", world.events().1);
    assert_eq!(others(&world).instances.len(), 1);
    world.update(&SHOP.replace("Instances: [i-1]", "Instances: [i-1, i-2]"));
    assert_eq!(world.status().0, "UPDATE_ROLLBACK_COMPLETE");
    assert!(world.events().1.iter().any(|reason| reason.contains("Could not find EC2 instance i-2")));
}

/// EC2, which knows one instance.
struct Somebody;

impl InstanceReader for Somebody {
    fn describe<'a>(&'a self, _: &'a Region, ids: &'a [InstanceId]) -> FoundAnswer<'a> {
        let zone = Zone::parse("us-east-1a").unwrap();
        let running = Described::Running { address: [10, 0, 0, 1].into(), zone };
        let found =
            ids.iter().filter(|id| id.as_str() == "i-1").map(|id| (id.clone(), running.clone())).collect();
        Box::pin(async move { Ok(found) })
    }
}

#[test]
fn stacks_have_parameters_tags_and_a_template() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    let given = [
        ("StackName", "s"),
        ("TemplateBody", SHOP),
        ("Parameters.member.1.ParameterKey", "Seconds"),
        ("Parameters.member.1.ParameterValue", "700"),
        ("Tags.member.1.Key", "owner"),
        ("Tags.member.1.Value", "me"),
    ];
    world.stack_ok("CreateStack", &given);
    let shop = || others(&world).classic_load_balancers.into_values().next().unwrap();
    assert!(
        shop().tags.iter().eq([("owner", "me"), ("team", "carts")]),
        "the tags of the stack are those of its resources"
    );
    assert_eq!(world.stack_ok("GetTemplate", &[("StackName", "s")]).value("TemplateBody"), SHOP);
    let previous = [
        ("StackName", "s"),
        ("UsePreviousTemplate", "true"),
        ("Parameters.member.1.ParameterKey", "Seconds"),
        ("Parameters.member.1.UsePreviousValue", "true"),
        ("Tags.member.1.Key", "owner"),
        ("Tags.member.1.Value", "you"),
    ];
    world.stack_ok("UpdateStack", &previous);
    assert!(shop().tags.iter().eq([("owner", "you"), ("team", "carts")]));
    let told = world.stack_ok("DescribeStacks", &[]);
    assert_eq!(told.value("Stacks/member/Parameters/member/ParameterValue"), "700");
    let summary = world.stack_ok("GetTemplateSummary", &[("StackName", "s")]);
    assert_eq!(summary.value("Parameters/member/ParameterKey"), "Seconds");
    assert_eq!(summary.values("ResourceTypes/member"), ["AWS::ElasticLoadBalancing::LoadBalancer"]);
    let valid = world.stack_ok("ValidateTemplate", &[("TemplateBody", SHOP)]);
    assert_eq!(valid.value("Parameters/member/DefaultValue"), "600");
}
