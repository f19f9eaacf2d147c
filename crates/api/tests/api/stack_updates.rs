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

#[test]
fn what_somebody_deleted_is_made_again_under_another_name() {
    let world = World::new();
    world.create(APPLICATION);
    let rule = others(&world).rules.into_values().next().unwrap().arn.to_string();
    world.ok("DeleteRule", &[("RuleArn", &rule)]);
    let changed = APPLICATION.replace("Priority: 5", "Priority: 6");
    world.update(&changed);
    assert_eq!(world.status().0, "UPDATE_ROLLBACK_COMPLETE");
    let reasons = world.events().1;
    let gone = format!("with identifier '{rule}' was not found: it was deleted");
    assert!(reasons.iter().any(|reason| reason.contains(&gone)), "{reasons:?}");
    world.update(&changed.replace("ARule", "BRule"));
    assert_eq!(world.status().0, "UPDATE_COMPLETE", "{:?}", world.events().1);
    assert_eq!(others(&world).rules.len(), 1);

    let balancer = others(&world).load_balancers.into_values().next().unwrap().arn.to_string();
    world.ok("DeleteLoadBalancer", &[("LoadBalancerArn", &balancer)]);
    world.update(&changed.replace("ARule", "BRule").replace("Shop", "Store"));
    assert_eq!(world.status().0, "UPDATE_COMPLETE", "{:?}", world.events().1);
    assert_eq!((others(&world).listeners.len(), others(&world).rules.len()), (1, 1));
}

#[test]
fn what_somebody_deleted_is_told_by_whoever_needs_it_and_is_no_obstacle_to_deletion() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    world.create(SHOP);
    let name = others(&world).classic_load_balancers.into_values().next().unwrap().arn.name.to_string();
    assert_eq!(world.classic("DeleteLoadBalancer", &[("LoadBalancerName", &name)]).status, 200);
    world.update(&SHOP.replace("http://$", "https://$"));
    let (status, reason) = world.status();
    assert_eq!(status, "UPDATE_ROLLBACK_COMPLETE");
    assert!(reason.contains(&format!("with identifier '{name}' was not found")), "{reason}");
    world.stack_ok("DeleteStack", &[("StackName", "s")]);
    assert!(world.stack_ok("ListStacks", &[]).values("StackSummaries/member/StackName").is_empty());

    world.create(APPLICATION);
    for arn in others(&world).load_balancers.into_values().map(|it| it.arn.to_string()) {
        world.ok("DeleteLoadBalancer", &[("LoadBalancerArn", &arn)]);
    }
    for arn in others(&world).target_groups.into_values().map(|it| it.arn.to_string()) {
        world.ok("DeleteTargetGroup", &[("TargetGroupArn", &arn)]);
    }
    world.stack_ok("DeleteStack", &[("StackName", "s")]);
    assert!(world.stack_ok("ListStacks", &[]).values("StackSummaries/member/StackName").is_empty());
}

#[test]
fn every_name_of_a_stack_makes_names_that_are_taken() {
    let world = World::new();
    world.put_file("ca.pem", world.authority_pem().as_bytes());
    let template = APPLICATION.replace("Name: shop\n", "Scheme: internal\n").replace(
        "Outputs:",
        "  Trust:\n    Type: AWS::ElasticLoadBalancingV2::TrustStore\n    Properties:\n      \
         CaCertificatesBundleS3Bucket: trust\n      CaCertificatesBundleS3Key: ca.pem\nOutputs:",
    );
    for name in ["internal", "internal-shop", "internal--x", "a--------b", "internals", "x"] {
        world.stack_ok("CreateStack", &[("StackName", name), ("TemplateBody", &template)]);
        let told = world.stack_ok("DescribeStacks", &[("StackName", name)]);
        assert_eq!(told.value("Stacks/member/StackStatus"), "CREATE_COMPLETE", "{name}: {}", told.text);
    }
}

#[test]
fn what_leaves_a_template_has_its_default_again() {
    let world = World::new();
    let check = "
      HealthCheckEnabled: true
      HealthCheckIntervalSeconds: 50
      HealthCheckPath: /up
      HealthCheckPort: 81
      HealthCheckProtocol: HTTPS
      HealthCheckTimeoutSeconds: 20
      HealthyThresholdCount: 9
      UnhealthyThresholdCount: 9
      Matcher: {HttpCode: '204'}
      TargetType: ip";
    let groups = APPLICATION.replace("Name: shop", "Name: shop\n      SecurityGroups: [sg-1]");
    world.create(&groups.replace("\n      TargetType: ip", check));
    let plain = || {
        let group = others(&world).target_groups.into_values().next().unwrap();
        let groups = others(&world).load_balancers.into_values().next().unwrap().security_groups.clone();
        (group.health_check.clone(), groups)
    };
    let changed = plain();
    assert_eq!((changed.0.path.as_str(), changed.0.healthy_threshold), ("/up", 9));
    world.update(APPLICATION);
    assert_eq!(world.status().0, "UPDATE_COMPLETE", "{:?}", world.events().1);
    assert_eq!(plain(), (elbow_model::HealthCheck::default(), vec!["sg-default".to_owned()]));
}

#[test]
fn a_rule_has_no_transforms_any_more_whether_its_list_is_empty_or_gone() {
    let rewrite = "
      Transforms: [{Type: url-rewrite, UrlRewriteConfig: {Rewrites: [{Regex: '^/carts/', Replace: /}]}}]";
    let with = |transforms: &str| APPLICATION.replace("Priority: 5", &format!("Priority: 5{transforms}"));
    for without in ["", "\n      Transforms: []"] {
        let world = World::new();
        world.create(&with(rewrite));
        let is_rewritten = || !others(&world).rules.into_values().next().unwrap().transforms.is_empty();
        assert!(is_rewritten());
        world.update(&with(without));
        assert_eq!(world.status().0, "UPDATE_COMPLETE", "{:?}", world.events().1);
        assert!(!is_rewritten(), "{without:?}");
    }
}

#[test]
fn what_leaves_a_secure_listener_has_its_default_again() {
    let world = World::new();
    let certificate = world.upload_certificate("shop");
    let template = |more: &str| {
        let tls = format!(
            "Protocol: HTTPS\n      Certificates: [{{CertificateArn: '{certificate}'}}]\n      {more}"
        );
        APPLICATION.replace(
            "Protocol: HTTP\n      Port: 80\n      DefaultActions",
            &format!("{tls}Port: 80\n      DefaultActions"),
        )
    };
    world.create(&template(
        "SslPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06\n      MutualAuthentication: {Mode: passthrough}\n      ",
    ));
    let secure = || others(&world).listeners.into_values().next().unwrap().secure.clone();
    assert_eq!(
        secure().unwrap().policy.name(),
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "{:?}",
        world.events().1
    );
    world.update(&template(""));
    assert_eq!(secure().unwrap().policy.name(), elbow_model::SslPolicy::by_default().name());
    assert_eq!(secure().unwrap().client_certificates, elbow_model::ClientCertificates::Ignored);
    world.update(&template("MutualAuthentication: {Mode: passthrough}\n      "));
    world.update(APPLICATION);
    assert_eq!((world.status().0.as_str(), secure()), ("UPDATE_COMPLETE", None));
    world.update(&template(""));
    assert_eq!(world.status().0, "UPDATE_COMPLETE", "{:?}", world.events().1);
}

#[test]
fn what_leaves_a_classic_load_balancer_has_its_default_again() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    let logs =
        "AccessLoggingPolicy: {Enabled: true, S3BucketName: logs, S3BucketPrefix: shop, EmitInterval: 5}";
    world.create(&SHOP.replace("CrossZone: true", &format!("CrossZone: true\n      {logs}")));
    let found = || others(&world).classic_load_balancers.into_values().next().unwrap();
    assert_eq!(found().attributes.access_log.emit_minutes, 5, "{:?}", world.events().1);
    let timeout = |world: &World| {
        world.update(&SHOP.replace("{Enabled: true, Timeout: 30}", "{Enabled: true}"));
        found().attributes.connection_draining.timeout.as_secs()
    };
    assert_eq!(timeout(&world), 300);
    let bare = SHOP
        .replace("      ConnectionDrainingPolicy: {Enabled: true, Timeout: 30}\n", "")
        .replace("      ConnectionSettings: {IdleTimeout: 90}\n", "")
        .replace("      CrossZone: true\n", "")
        .replace("      SecurityGroups: [sg-1]\n", "");
    world.update(&bare);
    assert_eq!(world.status().0, "UPDATE_COMPLETE", "{:?}", world.events().1);
    assert_eq!(found().attributes, elbow_model::ClassicAttributes::default());
    assert_eq!(found().security_groups, ["sg-default"]);
}

#[test]
fn a_stack_logs_to_buckets_that_can_be_written_to() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    let template = |bucket| {
        let log = format!("AccessLoggingPolicy: {{Enabled: true, S3BucketName: {bucket}}}");
        SHOP.replace("CrossZone: true", &format!("CrossZone: true\n      {log}"))
    };
    world.create(&template("logs"));
    assert_eq!(world.status().0, "CREATE_COMPLETE", "{:?}", world.events().1);
    let file = "s3://logs/AWSLogs/000000000000/ELBAccessLogTestFile";
    assert!(world.file(file).unwrap().starts_with("Enable AccessLog for ELB: "));
    world.update(&template("denied"));
    assert_eq!(world.status().0, "UPDATE_ROLLBACK_COMPLETE");
    let reasons = world.events().1.concat();
    assert!(reasons.contains("Access Denied for bucket: denied"), "{reasons}");
    let found = others(&world).classic_load_balancers.into_values().next().unwrap();
    assert_eq!(found.attributes.access_log.bucket, "logs");
}

#[test]
fn a_port_is_a_number_however_it_is_written() {
    let world = World::new();
    world.put_instance("i-1", "us-east-1a");
    let padded = SHOP
        .replace("LoadBalancerPort: 80,", "LoadBalancerPort: '00080',")
        .replace("InstancePort: 5432", "InstancePort: 05432")
        .replace("InstancePorts: [5432]", "InstancePorts: ['05432']");
    world.create(&padded);
    assert_eq!(world.status().0, "CREATE_COMPLETE", "{:?}", world.events().1);
    let found = || others(&world).classic_load_balancers.into_values().next().unwrap();
    let before = found();
    world.update(&padded.replace("Default: 600", "Default: 900"));
    assert_eq!(world.status().0, "UPDATE_COMPLETE", "{:?}", world.events().1);
    assert!(found().policies.values().any(|policy| format!("{policy:?}").contains("900")));
    world.update(&SHOP.replace("Default: 600", "Default: 900"));
    assert_eq!(world.status().0, "UPDATE_COMPLETE", "{:?}", world.events().1);
    let keys = |it: &elbow_model::ClassicLoadBalancer| -> Vec<_> {
        it.listeners.values().map(|it| it.key).collect()
    };
    assert_eq!(keys(&found()), keys(&before), "they are the same listeners");
}
