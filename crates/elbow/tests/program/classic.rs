//! Both kinds of Classic stickiness over the real program, made with the AWS SDK for Rust.

use std::time::Duration;

use aws_sdk_elasticloadbalancing::config::{BehaviorVersion, Region};
use aws_sdk_elasticloadbalancing::types::{HealthCheck, Instance, Listener};
use aws_sdk_elasticloadbalancing::{Client, Config};

use crate::world::{Browser, Program, Target, credentials, run};

const ZONE: &str = "us-east-1a";
const INSTANCES: [(&str, &str); 3] = [("i-0a", "127.0.0.2"), ("i-0b", "127.0.0.3"), ("i-0c", "127.0.0.4")];

fn sdk(program: &Program) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials())
        .endpoint_url(format!("http://{}", program.api()))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

/// A Classic Load Balancer with a listener in front of three instances, all of them in service.
struct Shop {
    sdk: Client,
    port: u16,
}

impl Shop {
    async fn open(program: &Program, data: &str, instances: &[Target]) -> Self {
        for (id, address) in INSTANCES {
            let put = run(&["instance", "put", id, "--address", address, "--zone", ZONE, "--data-dir", data]);
            assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
        }
        let sdk = sdk(program);
        let instance_port = instances[0].port();
        let port = create(&sdk, instance_port).await;
        let check = HealthCheck::builder()
            .target(format!("HTTP:{instance_port}/"))
            .interval(5)
            .timeout(2)
            .unhealthy_threshold(2)
            .healthy_threshold(2)
            .build()
            .unwrap();
        sdk.configure_health_check().load_balancer_name("shop").health_check(check).send().await.unwrap();
        let ids = INSTANCES.map(|(id, _)| Instance::builder().instance_id(id).build());
        let register = sdk.register_instances_with_load_balancer().load_balancer_name("shop");
        register.set_instances(Some(ids.to_vec())).send().await.unwrap();
        let shop = Self { sdk, port };
        shop.in_service().await;
        shop
    }

    async fn in_service(&self) {
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        loop {
            tick.tick().await;
            let health = self.sdk.describe_instance_health().load_balancer_name("shop").send().await.unwrap();
            let states = health.instance_states();
            if states.iter().filter(|it| it.state() == Some("InService")).count() == INSTANCES.len() {
                return;
            }
        }
    }

    /// Gives the listener this policy, or none.
    async fn policy(&self, name: Option<&str>) {
        let set = self.sdk.set_load_balancer_policies_of_listener().load_balancer_name("shop");
        let set = set.load_balancer_port(self.port.into()).set_policy_names(Some(Vec::new()));
        let set = match name {
            Some(name) => set.policy_names(name),
            None => set,
        };
        set.send().await.unwrap();
    }
}

/// Makes it on a port that the system picks. Others may take it meanwhile; then the next one is tried.
async fn create(sdk: &Client, instance_port: u16) -> u16 {
    loop {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let listener = Listener::builder()
            .protocol("HTTP")
            .load_balancer_port(port.into())
            .instance_port(instance_port.into())
            .build()
            .unwrap();
        let made = sdk.create_load_balancer().load_balancer_name("shop").listeners(listener);
        match made.availability_zones(ZONE).send().await {
            Ok(made) => {
                assert!(made.dns_name().unwrap().ends_with(".us-east-1.elb.localhost"));
                return port;
            }
            Err(error) => {
                let error = error.into_service_error();
                assert!(error.is_invalid_configuration_request_exception(), "{error:?}");
            }
        }
    }
}

/// A browser that the instance of this name has answered.
async fn browser_of(port: u16, path: &str, name: &str) -> Browser {
    loop {
        let mut browser = Browser::new(port);
        if browser.get(path).await.body == name {
            return browser;
        }
    }
}

#[tokio::test]
async fn both_policies_keep_sessions_and_move_them_as_they_should() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path());
    let names = [("one", INSTANCES[0].1), ("two", INSTANCES[1].1), ("three", INSTANCES[2].1)];
    let instances = Target::start_on_one_port(names).await;
    let shop = Shop::open(&program, data.path().to_str().unwrap(), &instances).await;

    let by_duration = shop.sdk.create_lb_cookie_stickiness_policy().load_balancer_name("shop");
    by_duration.policy_name("duration").cookie_expiration_period(600).send().await.unwrap();
    let by_application = shop.sdk.create_app_cookie_stickiness_policy().load_balancer_name("shop");
    by_application.policy_name("application").cookie_name("JSESSIONID").send().await.unwrap();
    let described = shop.sdk.describe_load_balancers().load_balancer_names("shop").send().await.unwrap();
    let policies = described.load_balancer_descriptions()[0].policies().unwrap();
    assert_eq!(policies.lb_cookie_stickiness_policies()[0].cookie_expiration_period(), Some(600));
    assert_eq!(policies.app_cookie_stickiness_policies()[0].cookie_name(), Some("JSESSIONID"));

    shop.policy(Some("application")).await;
    let before_login = Browser::new(shop.port).get("/").await;
    assert!(!before_login.head.contains("AWSELB="), "no session, no cookie: {}", before_login.head);
    let mut user = browser_of(shop.port, "/login", "one").await;
    for _ in 0..6 {
        assert_eq!(user.get("/").await.body, "one");
    }

    shop.policy(Some("duration")).await;
    let mut visitor = browser_of(shop.port, "/", "one").await;
    for _ in 0..6 {
        let response = visitor.get("/").await;
        assert_eq!(response.body, "one");
    }
    let [one, _two, _three] = instances;
    one.stop().await;
    let refuge = visitor.get("/").await;
    assert_eq!(refuge.status, 200, "a refused connection is nobody's failed request");
    for _ in 0..6 {
        assert_eq!(visitor.get("/").await.body, refuge.body);
    }
    shop.policy(Some("application")).await;
    let refuge = user.get("/").await;
    assert_eq!(refuge.status, 200);
    for _ in 0..6 {
        assert_eq!(user.get("/").await.body, refuge.body, "it has moved once, and stays");
    }

    shop.policy(None).await;
    let without = visitor.get("/").await;
    assert!(!without.head.contains("AWSELB"), "{}", without.head);
}
