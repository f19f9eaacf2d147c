//! Sticky sessions over real sockets.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use support::World;
use support::configuration::{GROUP, LOAD_BALANCER, Setup};
use support::target::Target;

#[test]
fn a_client_with_its_cookie_stays_and_others_are_spread_s31_s32() {
    let targets = [Target::named("a"), Target::named("b"), Target::named("c")];
    let addresses: Vec<_> = targets.iter().map(|target| target.address).collect();
    let world = World::with(&addresses, Setup::sticky);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let mut client = world.client();
        let first = client.get("/", "");
        let (name, mut cookie) = (first.text().to_owned(), first.cookie("AWSALB"));
        for _ in 0..5 {
            let next = client.get("/", &format!("Cookie: {cookie}\r\n"));
            assert_eq!(next.text(), name);
            assert_ne!(next.cookie("AWSALB"), cookie, "S32: sealed anew for every response");
            cookie = next.cookie("AWSALB");
        }
        seen.insert(name);
    }
    assert_eq!(seen.len(), 3, "round robin spreads new sessions");
    let events = world.events.wait(18);
    assert_eq!(events.iter().filter(|event| event.outcome == "hit").count(), 15);
    let snapshot = world.metrics.snapshot();
    assert_eq!(snapshot.load_balancers[&LOAD_BALANCER].non_sticky, 3, "S57");
    assert_eq!(snapshot.target_groups[&GROUP].outcomes.get("new"), Some(&3));
}

#[test]
fn a_session_whose_target_dies_moves_once_and_stays_there_s35() {
    let targets = [Target::named("a"), Target::named("b"), Target::named("c")];
    let addresses: Vec<_> = targets.iter().map(|target| target.address).collect();
    let world = World::with(&addresses, |setup| {
        setup.sticky().with("elbow.stickiness.outcome_header.enabled", "true")
    });
    let mut client = world.client();
    let first = client.get("/", "");
    let (old, cookie) = (first.text().to_owned(), first.cookie("AWSALB"));
    let [a, b, c] = targets;
    let mut alive = Vec::new();
    for target in [a, b, c] {
        // Killed: its connections are reset and its port refuses.
        if target.all().is_empty() { alive.push(target) } else { target.kill() }
    }
    let moved = client.get("/", &format!("Cookie: {cookie}\r\n"));
    assert_eq!(moved.status(), 200);
    assert_ne!(moved.text(), old);
    let (new, cookie) = (moved.text().to_owned(), moved.cookie("AWSALB"));
    for _ in 0..3 {
        assert_eq!(client.get("/", &format!("Cookie: {cookie}\r\n")).text(), new);
    }
    let events = world.events.wait(5);
    let outcomes: Vec<_> = events.iter().map(|event| event.outcome).collect();
    assert_eq!(outcomes, ["new", "rebound:refused", "hit", "hit", "hit"]);
    let told: String = alive.iter().map(Target::all).collect();
    assert!(
        told.contains("X-Elbow-Stickiness: rebound:refused\r\nX-Elbow-Stickiness-From: 127.0.0.1:"),
        "{told}"
    );
}

#[test]
fn a_cookie_that_is_garbage_is_no_cookie_s34() {
    let target = Target::named("a");
    let world = World::with(&[target.address], Setup::sticky);
    let response = world.client().get("/", "Cookie: AWSALB=garbage%3D; a=b\r\n");
    assert_eq!(response.status(), 200);
    response.cookie("AWSALBCORS");
    assert!(world.events.wait(1)[0].outcome.starts_with("invalid:"));
}

#[test]
fn an_application_cookie_binds_the_session_s40_s41() {
    let app = |name: &'static str| {
        Target::start(move |mut connection| {
            while let Some(request) = connection.request() {
                let set = if request.contains("sid=") { "" } else { "Set-Cookie: sid=1; HttpOnly\r\n" };
                connection.send(format!("HTTP/1.1 200 OK\r\n{set}Content-Length: 1\r\n\r\n{name}"));
            }
        })
    };
    let targets = [app("a"), app("b")];
    let world = World::with(&[targets[0].address, targets[1].address], |setup| {
        let setup = setup.sticky().with("stickiness.type", "app_cookie");
        setup.with("stickiness.app_cookie.cookie_name", "sid")
    });
    let mut client = world.client();
    let first = client.get("/", "");
    let cookies = format!("Cookie: {}; {}\r\n", first.cookie("sid"), first.cookie("AWSALBAPP-0"));
    for _ in 0..4 {
        assert_eq!(client.get("/", &cookies).text(), first.text());
    }
    world.events.wait(5);
}
