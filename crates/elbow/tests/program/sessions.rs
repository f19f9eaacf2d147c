//! Sessions over the real program: what a user is promised, seen with the AWS SDK for Rust and a plain client.

use crate::world::{Browser, Program, Shop, Target, sdk};

const STICKY: &[(&str, &str)] = &[("stickiness.enabled", "true"), ("stickiness.type", "lb_cookie")];

async fn targets() -> [Target; 3] {
    [Target::start("one").await, Target::start("two").await, Target::start("three").await]
}

#[tokio::test]
async fn clients_are_spread_until_stickiness_is_switched_on_and_then_stay() {
    let data = tempfile::tempdir().unwrap();
    let (program, targets) = (Program::start(data.path()), targets().await);
    let sdk = sdk(&program);
    let shop = Shop::open(&sdk, &targets).await;

    let mut seen = std::collections::BTreeSet::new();
    let mut plain = Browser::new(shop.port);
    for _ in 0..12 {
        let response = plain.get("/").await;
        assert!(!response.head.contains("AWSALB"), "{}", response.head);
        seen.insert(response.body);
    }
    assert_eq!(seen.len(), 3, "without stickiness one client sees every target");

    shop.set(&sdk, STICKY).await;
    let mut sticky = Browser::new(shop.port);
    let home = sticky.get("/").await.body;
    for _ in 0..12 {
        let response = sticky.get("/").await;
        assert_eq!(response.body, home);
        assert!(
            response.head.contains("Set-Cookie: AWSALB=")
                && response.head.contains("Set-Cookie: AWSALBCORS=")
        );
    }
}

#[tokio::test]
async fn sessions_outlive_the_load_balancer() {
    let data = tempfile::tempdir().unwrap();
    let (mut program, targets) = (Program::start(data.path()), targets().await);
    let shop = Shop::open(&sdk(&program), &targets).await;
    shop.set(&sdk(&program), STICKY).await;
    let mut browsers = Vec::new();
    for _ in 0..6 {
        let mut browser = Browser::new(shop.port);
        let home = browser.get("/").await.body;
        browsers.push((browser, home));
    }
    for _ in 0..3 {
        program = program.kill_and_restart();
        shop.in_service(&sdk(&program), 3).await;
        for (browser, home) in &mut browsers {
            assert_eq!(&browser.get("/").await.body, home, "a restart moves nobody");
        }
    }
}

#[tokio::test]
async fn a_session_moves_once_when_its_target_dies_and_never_back() {
    let data = tempfile::tempdir().unwrap();
    let (program, [one, two, three]) = (Program::start(data.path()), targets().await);
    let sdk = sdk(&program);
    let targets = [one, two, three];
    let shop = Shop::open(&sdk, &targets).await;
    shop.set(&sdk, STICKY).await;
    let mut browser = Browser::new(shop.port);
    while browser.get("/").await.body != "one" {
        browser = Browser::new(shop.port);
    }
    let [one, _two, _three] = targets;
    one.stop().await;
    let refuge = browser.get("/").await;
    assert_eq!(refuge.status, 200, "a refused connection is nobody's failed request");
    assert_ne!(refuge.body, "one");
    for _ in 0..6 {
        assert_eq!(browser.get("/").await.body, refuge.body);
    }
}

#[tokio::test]
async fn a_polite_stop_finishes_what_is_in_flight() {
    let data = tempfile::tempdir().unwrap();
    let (mut program, target) = (Program::start(data.path()), Target::start("one").await);
    let targets = [target];
    let shop = Shop::open(&sdk(&program), &targets).await;
    targets[0].hold();
    let mut browser = Browser::new(shop.port);
    let mut request = tokio::spawn(async move { browser.get("/slow").await });
    tokio::select! {
        () = targets[0].holds_one() => {}
        early = &mut request => panic!("the request ended early: {}", early.unwrap().head),
    }
    program.terminate();
    while tokio::net::TcpStream::connect(("127.0.0.1", shop.port)).await.is_ok() {
        tokio::task::yield_now().await;
    }
    targets[0].let_go();
    let response = request.await.unwrap();
    assert_eq!((response.status, response.body.as_str()), (200, "one"));
    assert_eq!(program.ended().code(), Some(0));
}
