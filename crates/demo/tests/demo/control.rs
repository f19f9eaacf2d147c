//! The control server over its socket: the buttons work for the demo's page and for nobody else.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use crate::support::{ONE, TWO, address, fleet, pid, send};
use elbow_demo::control::{self, HealthState, TargetHealth};
use elbow_demo::{Balancer, BalancerError, Fleet, Stickiness};
use tokio::net::TcpListener;

const PAGE: &str = "Origin: http://127.0.0.1:8080";

/// A load balancer that remembers what it was told, or refuses.
struct Remembering {
    mode: Mutex<Result<Stickiness, BalancerError>>,
    healthy: SocketAddr,
}

impl Balancer for Remembering {
    async fn view(&self) -> Result<control::BalancerView, BalancerError> {
        let stickiness = self.mode.lock().unwrap().clone()?;
        let health = TargetHealth { address: self.healthy, state: HealthState::Healthy, reason: None };
        Ok(control::BalancerView {
            name: "demo".to_owned(),
            plain_page: "http://127.0.0.1:8080/".to_owned(),
            secure_page: "https://shop.elb.localhost:8443/".to_owned(),
            stickiness,
            health: vec![health],
        })
    }

    async fn set_stickiness(&self, mode: Stickiness) -> Result<(), BalancerError> {
        let mut now = self.mode.lock().unwrap();
        now.clone()?;
        *now = Ok(mode);
        Ok(())
    }
}

struct World {
    fleet: Arc<Fleet>,
    balancer: Arc<Remembering>,
    control: SocketAddr,
}

async fn world() -> World {
    let fleet = Arc::new(fleet().await);
    let balancer =
        Arc::new(Remembering { mode: Mutex::new(Ok(Stickiness::Off)), healthy: address(&fleet, ONE) });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let control = listener.local_addr().unwrap();
    let origins = vec!["http://127.0.0.1:8080".parse().unwrap()];
    tokio::spawn(control::serve(listener, origins, Arc::clone(&fleet), Arc::clone(&balancer)));
    World { fleet, balancer, control }
}

#[tokio::test]
async fn the_page_sees_and_changes_everything() {
    let World { fleet, balancer, control } = world().await;
    let page = [PAGE.to_owned()];
    let state = send(control, "GET /state", &page, None).await;
    assert_eq!(state.header("access-control-allow-origin"), Some("http://127.0.0.1:8080"));
    let json = state.json();
    assert_eq!(json["balancer"]["stickiness"], "off");
    assert_eq!(json["balancer"]["secure_page"], "https://shop.elb.localhost:8443/");
    assert_eq!(json["sessions"]["kind"], "memory");
    assert_eq!(json["targets"][0]["health"], "healthy");
    assert_eq!(
        json["targets"][1]["health"],
        serde_json::Value::Null,
        "the load balancer knows nothing of it"
    );

    let switched = send(control, "POST /stickiness", &page, Some("{\"mode\": \"lb_cookie\"}")).await;
    assert_eq!(switched.json()["balancer"]["stickiness"], "lb_cookie");
    let killed = send(control, "POST /targets/cart-2/kill", &page, Some("{}")).await;
    assert_eq!(killed.json()["targets"][1]["pid"], serde_json::Value::Null);
    assert_eq!(pid(&fleet, TWO), None);
    let revived = send(control, "POST /targets/cart-2/revive", &page, Some("{}")).await;
    assert_eq!(revived.json()["targets"][1]["pid"].as_u64(), pid(&fleet, TWO).map(u64::from));

    *balancer.mode.lock().unwrap() = Err(BalancerError("no such target group".to_owned()));
    let state = send(control, "GET /state", &page, None).await.json();
    assert_eq!(state["balancer"]["error"], "the load balancer says: no such target group");
    assert_eq!(state["targets"][0]["name"], ONE, "what is known is still shown");
    let refused = send(control, "POST /stickiness", &page, Some("{\"mode\": \"off\"}")).await;
    assert_eq!(refused.status, 502);
}

#[tokio::test]
async fn nobody_else_reaches_it() {
    let World { fleet, control, .. } = world().await;
    let evil = || vec!["Origin: http://evil.example".to_owned()];
    let rebound = || vec![PAGE.to_owned(), "Host: evil.example".to_owned()];
    let kill = "POST /targets/cart-1/kill";
    for (line, headers, body, status) in [
        (kill, vec![], Some("{}"), 403),
        (kill, evil(), Some("{}"), 403),
        (kill, rebound(), Some("{}"), 403),
        (kill, vec![PAGE.to_owned()], None, 415),
        (kill, vec![PAGE.to_owned(), "Content-Type: text/plain".to_owned()], None, 415),
        ("GET /state", evil(), None, 403),
        ("GET /state", rebound(), None, 403),
        ("OPTIONS /state", evil(), None, 403),
        ("POST /targets/cart-9/kill", vec![PAGE.to_owned()], Some("{}"), 404),
        ("GET /targets/cart-1/kill", vec![PAGE.to_owned()], None, 405),
        ("POST /state", vec![PAGE.to_owned()], Some("{}"), 405),
        ("POST /stickiness", vec![PAGE.to_owned()], Some("{\"mode\": \"glue\"}"), 400),
        ("GET /", vec![PAGE.to_owned()], None, 404),
    ] {
        let reply = send(control, line, &headers, body).await;
        assert_eq!(reply.status, status, "{line} {headers:?}");
        let shown = reply.header("access-control-allow-origin");
        assert!(shown.is_none_or(|origin| origin == "http://127.0.0.1:8080"), "{reply:?}");
    }
    assert!(pid(&fleet, ONE).is_some(), "nobody was killed");

    let asked = send(control, "OPTIONS /stickiness", &[PAGE.to_owned()], None).await;
    assert_eq!(asked.status, 204);
    assert_eq!(asked.header("access-control-allow-headers"), Some("content-type"));
}
