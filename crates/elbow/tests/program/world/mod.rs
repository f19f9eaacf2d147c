//! A whole world for one test: the real program, targets that say their names, a client that keeps cookies. Everything
//! ends with the test that made it.

mod client;
mod program;
mod target;

use aws_sdk_elasticloadbalancingv2::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ProtocolEnum, TargetDescription, TargetGroupAttribute, TargetTypeEnum,
};
use aws_sdk_elasticloadbalancingv2::{Client, Config};

pub use client::Browser;
pub use program::{Program, command, run};
pub use target::Target;

/// The pair that tests sign with.
const PAIR: (&str, &str) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

/// The AWS SDK for Rust, pointed at a server.
pub fn sdk(program: &Program) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials())
        .endpoint_url(format!("http://{}", program.api()))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

/// What tests sign with.
pub fn credentials() -> Credentials {
    Credentials::new(PAIR.0, PAIR.1, None, None, "test")
}

/// A load balancer with one target group and one listener.
pub struct Shop {
    pub port: u16,
    pub group: String,
    pub listener: String,
    balancer: String,
}

impl Shop {
    /// Makes it as a user would, and returns when all targets are in service.
    pub async fn open(sdk: &Client, targets: &[Target]) -> Self {
        let made =
            sdk.create_load_balancer().name("shop").subnets("subnet-a").subnets("subnet-b").send().await;
        let balancer = made.unwrap().load_balancers()[0].load_balancer_arn().unwrap().to_owned();
        let group = group(sdk, "carts", targets).await;
        let (port, listener) = listen(sdk, &balancer, &group).await;
        let shop = Self { port, group, listener, balancer };
        shop.in_service(sdk, targets.len()).await;
        shop
    }

    /// Makes one more listener, and returns its port and ARN.
    pub async fn listen(&self, sdk: &Client) -> (u16, String) {
        listen(sdk, &self.balancer, &self.group).await
    }

    /// Waits until so many targets are healthy.
    pub async fn in_service(&self, sdk: &Client, count: usize) {
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
        loop {
            tick.tick().await;
            let described = sdk.describe_target_health().target_group_arn(&self.group).send().await.unwrap();
            let states =
                described.target_health_descriptions().iter().filter_map(|it| it.target_health()?.state());
            if states.filter(|state| state.as_str() == "healthy").count() == count {
                return;
            }
        }
    }

    /// Sets attributes of the target group.
    pub async fn set(&self, sdk: &Client, attributes: &[(&str, &str)]) {
        let attributes = attributes
            .iter()
            .map(|(key, value)| TargetGroupAttribute::builder().key(*key).value(*value).build());
        let modified = sdk.modify_target_group_attributes().target_group_arn(&self.group);
        modified.set_attributes(Some(attributes.collect())).send().await.unwrap();
    }
}

/// Makes a target group with these targets, and returns its ARN.
pub async fn group(sdk: &Client, name: &str, targets: &[Target]) -> String {
    let made = sdk
        .create_target_group()
        .name(name)
        .protocol(ProtocolEnum::Http)
        .port(80)
        .vpc_id("vpc-1")
        .target_type(TargetTypeEnum::Ip)
        .health_check_interval_seconds(5)
        .health_check_timeout_seconds(2)
        .send()
        .await;
    let group = made.unwrap().target_groups()[0].target_group_arn().unwrap().to_owned();
    let described = targets
        .iter()
        .map(|target| TargetDescription::builder().id("127.0.0.1").port(target.port().into()).build());
    let registered = sdk.register_targets().target_group_arn(&group).set_targets(Some(described.collect()));
    registered.send().await.unwrap();
    group
}

/// The action that sends all requests to a target group.
pub fn forward(group: &str) -> Action {
    Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(group).build()
}

/// Makes a listener on a port that the system picks. Others may take it meanwhile; then the next one is tried.
async fn listen(sdk: &Client, balancer: &str, group: &str) -> (u16, String) {
    loop {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let made = sdk
            .create_listener()
            .load_balancer_arn(balancer)
            .protocol(ProtocolEnum::Http)
            .port(port.into())
            .default_actions(forward(group))
            .send()
            .await;
        match made {
            Ok(made) => return (port, made.listeners()[0].listener_arn().unwrap().to_owned()),
            Err(error) => {
                let error = error.into_service_error();
                assert!(error.is_invalid_configuration_request_exception(), "{error:?}");
            }
        }
    }
}
