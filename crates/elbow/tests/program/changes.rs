//! What an API call has changed is in force when it is answered.

use aws_sdk_elasticloadbalancingv2::Client;
use tokio::net::{TcpListener, TcpStream};

use crate::world::{Browser, Program, Shop, Target, forward, group, sdk};

/// Changes that are looked at in each test.
const CHANGES: usize = 50;
/// Connections after each change: enough to meet both workers.
const CONNECTIONS: usize = 8;

#[tokio::test]
async fn a_listener_takes_connections_from_its_creation_to_its_deletion() {
    let data = tempfile::tempdir().unwrap();
    let (program, targets) = (Program::start(data.path()), [Target::start("one").await]);
    let sdk = sdk(&program);
    let shop = Shop::open(&sdk, &targets).await;
    for _ in 0..CHANGES {
        let (port, listener) = shop.listen(&sdk).await;
        TcpStream::connect(("127.0.0.1", port))
            .await
            .expect("it takes connections when its creation is answered");
        sdk.delete_listener().listener_arn(listener).send().await.unwrap();
        TcpListener::bind(("127.0.0.1", port)).await.expect("its port is free when its deletion is answered");
    }
}

#[tokio::test]
async fn the_next_request_on_every_worker_acts_on_a_change() {
    let data = tempfile::tempdir().unwrap();
    let (program, one, two) =
        (Program::start(data.path()), [Target::start("one").await], [Target::start("two").await]);
    let sdk = sdk(&program);
    let shop = Shop::open(&sdk, &one).await;
    let other = group(&sdk, "other", &two).await;
    for change in 0..CHANGES {
        let (group, name) = [(&other, "two"), (&shop.group, "one")][change % 2];
        point(&sdk, &shop.listener, group).await;
        for _ in 0..CONNECTIONS {
            assert_eq!(Browser::new(shop.port).get("/").await.body, name, "after change {change}");
        }
    }
}

async fn point(sdk: &Client, listener: &str, group: &str) {
    sdk.modify_listener().listener_arn(listener).default_actions(forward(group)).send().await.unwrap();
}
