//! Real targets in real processes: what a SIGKILL costs, what Redis saves, and that nothing is left behind.

use std::process::Stdio;

use crate::support::{
    ONE, PASSWORD, PATIENCE, TWO, add, address, cart, fleet, fleet_settings, pid, redis, redis_on, runs,
    send, sessions_in, until,
};
use elbow_demo::{Error, Fleet, SessionBackend};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn each_target_knows_only_what_it_was_told() {
    let fleet = fleet().await;
    let (one, two) = (address(&fleet, ONE), address(&fleet, TWO));
    let session = cart(one, "").await.session();
    assert_eq!(add(one, &session, "apple").await.items(), 1);
    assert_eq!(cart(two, &session).await.items(), 0, "the other target has never seen the cart");
    assert_eq!(cart(two, &session).await.session(), session, "and keeps the visitor's session all the same");
    assert_eq!(cart(one, &session).await.items(), 1);

    until("the counts arrive", || {
        let targets = fleet.targets();
        targets[0].sessions == 1 && targets[0].requests == 3 && targets[1].requests == 2
    })
    .await;
}

#[tokio::test]
async fn a_killed_target_comes_back_on_its_port_and_has_forgotten_the_cart() {
    let fleet = fleet().await;
    let one = address(&fleet, ONE);
    let session = cart(one, "").await.session();
    add(one, &session, "apple").await;
    for _ in 0..3 {
        let old = pid(&fleet, ONE).unwrap();
        fleet.kill(ONE).await.unwrap();
        assert!(!runs(old));
        assert_eq!(pid(&fleet, ONE), None);
        assert!(crate::support::raw(one, b"").await.is_err(), "a dead target refuses");
        fleet.kill(ONE).await.unwrap();
        fleet.revive(ONE).await.unwrap();
        assert_ne!(pid(&fleet, ONE), Some(old));
        assert_eq!(address(&fleet, ONE), one);
        assert_eq!(cart(one, &session).await.items(), 0);
        add(one, &session, "bread").await;
    }
    let alive = pid(&fleet, ONE);
    fleet.revive(ONE).await.unwrap();
    assert_eq!(pid(&fleet, ONE), alive, "who lives is left alone");
    assert!(matches!(fleet.kill("cart-9").await, Err(Error::UnknownTarget(_))));
}

#[tokio::test]
async fn with_redis_a_kill_loses_nothing() {
    let Some((_server, port)) = redis().await else { return };
    let fleet = Fleet::start(fleet_settings(sessions_in(port))).await.unwrap();
    let (one, two) = (address(&fleet, ONE), address(&fleet, TWO));
    let session = cart(one, "").await.session();
    add(one, &session, "apple").await;
    add(two, &session, "apple").await;
    assert_eq!(add(two, &session, "lemon").await.items(), 3, "both targets work on one cart");
    fleet.kill(ONE).await.unwrap();
    assert_eq!(cart(two, &session).await.items(), 3);
    fleet.revive(ONE).await.unwrap();
    assert_eq!(cart(one, &session).await.items(), 3);

    let removed = send(one, "DELETE /api/cart/items/apple", &[format!("Cookie: {session}")], None).await;
    assert_eq!((removed.items(), removed.json()["removed"].as_u64()), (1, Some(2)));
    send(two, "DELETE /api/session", &[format!("Cookie: {session}")], None).await;
    assert_eq!(cart(one, &session).await.items(), 0);
}

#[tokio::test]
async fn other_users_of_the_machine_do_not_see_the_password() {
    let Some((_server, port)) = redis().await else { return };
    let fleet = Fleet::start(fleet_settings(sessions_in(port))).await.unwrap();
    let process = format!("/proc/{}", pid(&fleet, ONE).unwrap());
    let shown = |file| String::from_utf8(std::fs::read(format!("{process}/{file}")).unwrap()).unwrap();
    assert!(shown("environ").contains(PASSWORD), "which only its owner may read");
    assert!(shown("cmdline").contains(ONE) && !shown("cmdline").contains(PASSWORD), "{}", shown("cmdline"));
}

#[tokio::test]
async fn when_redis_goes_away_the_shop_says_so_and_recovers_with_it() {
    let Some((mut server, port)) = redis().await else { return };
    let fleet = Fleet::start(fleet_settings(sessions_in(port))).await.unwrap();
    let one = address(&fleet, ONE);
    let session = cart(one, "").await.session();
    server.kill().await.unwrap();
    let refused = cart(one, &session).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.body.contains("Redis"), "{refused:?}");

    let failed = Fleet::start(fleet_settings(sessions_in(port))).await.unwrap_err();
    assert!(matches!(failed, Error::Redis { .. }), "a fleet does not even start without its store: {failed}");

    let _server = redis_on(port).unwrap();
    let recovery = async {
        while add(one, &session, "apple").await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, recovery).await.expect("the shop recovers");
    assert_eq!(cart(one, &session).await.items(), 1);
}

#[tokio::test]
async fn a_program_that_is_no_target_is_reported() {
    let mut settings = fleet_settings(SessionBackend::Memory);
    settings.program = "/nonexistent/program".into();
    assert!(matches!(Fleet::start(settings.clone()).await, Err(Error::Spawn { .. })));
    settings.program = "/bin/false".into();
    let failed = Fleet::start(settings.clone()).await.unwrap_err();
    assert!(failed.to_string().contains("exit status: 1"), "{failed}");
    settings.program = "/bin/echo".into();
    let failed = Fleet::start(settings).await.unwrap_err();
    assert!(failed.to_string().contains("it said"), "{failed}");
}

#[tokio::test]
async fn a_target_killed_from_outside_is_noticed() {
    let fleet = fleet().await;
    let old = pid(&fleet, ONE).unwrap();
    Command::new("kill").args(["-KILL", &old.to_string()]).status().await.unwrap();
    until("the fleet sees the death", || pid(&fleet, ONE).is_none()).await;
    fleet.revive(ONE).await.unwrap();
    assert_eq!(cart(address(&fleet, ONE), "").await.status, 200);
}

#[tokio::test]
async fn a_stopped_or_dropped_fleet_leaves_no_process() {
    let stopped = fleet().await;
    let dropped = fleet().await;
    let pids: Vec<u32> =
        [&stopped, &dropped].iter().flat_map(|f| f.targets()).filter_map(|t| t.pid).collect();
    assert_eq!(pids.len(), 4);
    stopped.stop().await;
    drop(dropped);
    until("all are gone", || !pids.iter().any(|&pid| runs(pid))).await;
}

#[tokio::test]
async fn targets_end_with_their_parent_even_if_that_is_killed() {
    let mut parent = Command::new(crate::support::example("cart_fleet"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let mut pids: Vec<u32> = Vec::new();
    while pids.len() < 2 {
        pids.push(lines.next_line().await.unwrap().unwrap().parse().unwrap());
    }
    assert!(pids.iter().all(|&pid| runs(pid)));
    parent.kill().await.unwrap();
    until("the targets are gone", || !pids.iter().any(|&pid| runs(pid))).await;
}
