//! Sticky sessions over real sockets: the facts S1-S59 that can be seen on a listener for HTTP.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{Action, Change, Configuration, Entity, Forward, TargetGroup, Timestamp};
use support::client::{Client, Response};
use support::configuration::{GROUP, LOAD_BALANCER, Setup};
use support::day::Day;
use support::target::Target;
use support::{HEALTHY, UNHEALTHY, World, until};

const CHROME: &str =
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36\r\n";

/// All that is set, by name: value and attributes, in their order on the wire.
fn set_cookies(response: &Response) -> Vec<(&str, &str)> {
    let lines = response.head.lines().filter_map(|line| line.strip_prefix("Set-Cookie: "));
    lines.map(|line| line.split_once('=').unwrap()).collect()
}

/// A `Cookie` line with all that is set.
fn kept(response: &Response) -> String {
    let cookies: Vec<_> = set_cookies(response)
        .iter()
        .map(|(name, rest)| format!("{name}={}", rest.split(';').next().unwrap()))
        .collect();
    format!("Cookie: {}\r\n", cookies.join("; "))
}

/// A target whose application begins a session if there is none.
fn application(name: &'static str) -> Target {
    Target::start(move |mut connection| {
        while let Some(request) = connection.request() {
            let set = if request.contains("sid=") { "" } else { "Set-Cookie: sid=1; HttpOnly\r\n" };
            connection.send(format!("HTTP/1.1 200 OK\r\n{set}Content-Length: 1\r\n\r\n{name}"));
        }
    })
}

/// Stickiness by the application's cookie `sid`.
fn by_application(setup: Setup) -> Setup {
    let setup = setup.sticky().with("stickiness.type", "app_cookie");
    setup.with("stickiness.app_cookie.cookie_name", "sid")
}

/// Who answers with the cookies of this response.
fn next(client: &mut Client, response: &Response) -> Response {
    client.get("/", &kept(response))
}

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
fn sessions_are_counted_by_target_however_many_requests_they_make() {
    let targets = [Target::named("a"), Target::named("b")];
    let addresses: Vec<_> = targets.iter().map(|target| target.address).collect();
    let world = World::with(&addresses, Setup::sticky);
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let now = Timestamp::from_millis(u64::try_from(since_epoch.as_millis()).unwrap());
    for _ in 0..6 {
        let mut client = world.client();
        let cookies = kept(&client.get("/", ""));
        (0..3).for_each(|_| drop(client.get("/", &cookies)));
    }
    let events = world.events.wait(24);
    let mut served = BTreeMap::<TargetKey, u64>::new();
    for event in events.iter().filter(|event| event.outcome == "new") {
        *served.entry(TargetKey::new(event.target.unwrap())).or_default() += 1;
    }
    let live = world.metrics.live_sessions(served.keys().copied(), now);
    assert_eq!(live.targets, served);
    assert_eq!((live.total, live.incomplete), (6, false));
}

#[test]
fn s60_the_cookies_get_the_attributes_that_an_audit_wants() {
    let target = Target::named("a");
    let world = World::with(&[target.address], |setup| {
        setup
            .sticky()
            .with("elbow.stickiness.cookie.http_only", "true")
            .with("elbow.stickiness.cookie.secure", "true")
            .with("elbow.stickiness.cookie.same_site", "strict")
    });
    let answer = world.client().get("/", "");
    let lines: Vec<_> = answer.head.lines().filter(|line| line.starts_with("Set-Cookie: AWSALB")).collect();
    assert!(lines[0].ends_with("; Path=/; SameSite=Strict; Secure; HttpOnly"), "{lines:?}");
    assert!(lines[1].ends_with("; Path=/; SameSite=None; Secure; HttpOnly"), "{lines:?}");
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
    let targets = [application("a"), application("b")];
    let world = World::with(&targets.each_ref().map(|target| target.address), by_application);
    let mut client = world.client();
    let first = client.get("/", "");
    let cookies = format!("Cookie: {}; {}\r\n", first.cookie("sid"), first.cookie("AWSALBAPP-0"));
    for _ in 0..4 {
        assert_eq!(client.get("/", &cookies).text(), first.text());
    }
    world.events.wait(5);
}

#[test]
fn the_pair_is_alb_s_to_the_byte_s1_s2_s8_s9_s10_s11_s12() {
    let target = Target::named("a");
    let world = World::with(&[target.address], |setup| {
        // S9: whatever the duration is.
        setup.sticky().with("stickiness.lb_cookie.duration_seconds", "600")
    });
    let response = world.client().get("/", "");
    let date = httpdate::parse_http_date(response.header("Date").unwrap()).unwrap();
    let expires = httpdate::fmt_http_date(date + Duration::from_secs(7 * 86_400));
    let set = set_cookies(&response);
    let [("AWSALB", plain), ("AWSALBCORS", twin)] = set[..] else { panic!("{set:?}") };
    let (value, attributes) = plain.split_at(124);
    assert!(value.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b)), "{value}");
    assert_eq!(attributes, format!("; Expires={expires}; Path=/"));
    assert_eq!(twin, format!("{value}; Expires={expires}; Path=/; SameSite=None"));
}

#[test]
fn every_answer_of_a_target_renews_the_cookie_whatever_its_status_s32() {
    let statuses = [
        "200 OK",
        "204 No Content",
        "301 Moved",
        "302 Found",
        "304 Not Modified",
        "404 None",
        "429 Slow",
        "500 Oh",
    ];
    for status in statuses {
        let target = Target::start(move |mut connection| {
            while connection.request().is_some() {
                let length =
                    if ["204", "304"].contains(&&status[..3]) { "" } else { "Content-Length: 0\r\n" };
                connection.send(format!("HTTP/1.1 {status}\r\n{length}\r\n"));
            }
        });
        let world = World::with(&[target.address], Setup::sticky);
        let mut client = world.client();
        let first = client.get("/", "");
        let second = next(&mut client, &first);
        assert!(second.head.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{}", second.head);
        assert_ne!(second.cookie("AWSALB"), first.cookie("AWSALB"), "{status}");
        assert_eq!(world.events.wait(2)[1].outcome, "hit", "{status}");
    }
}

#[test]
fn the_duration_slides_and_is_the_one_that_is_set_now_s33_s48() {
    let targets = ["a", "b", "c"].map(Target::named);
    let day = Day::default();
    let mut world = day.world(&targets.each_ref().map(|target| target.address), |setup| {
        setup.sticky().with("stickiness.lb_cookie.duration_seconds", "100")
    });
    let mut client = world.client();
    let first = client.get("/", "");
    let mut last = first.clone();
    for _ in 0..3 {
        day.pass(&world, 90);
        last = next(&mut client, &last);
        assert_eq!(last.text(), first.text(), "never idle for longer than the duration");
    }
    day.pass(&world, 110);
    let moved = next(&mut client, &last);
    assert_ne!(moved.text(), first.text(), "the cookie lives on for a week, the session does not");
    assert_eq!(next(&mut client, &moved).text(), moved.text());
    // S48: a way to balance anew.
    day.pass(&world, 10);
    world.change(|setup| *setup = setup.clone().with("stickiness.lb_cookie.duration_seconds", "1"));
    assert_ne!(next(&mut client, &moved).text(), moved.text());
}

#[test]
fn two_sticky_groups_share_one_cookie_and_each_switch_loses_it_s37_s38() {
    let targets = ["a1", "a2", "b1", "b2"].map(Target::named);
    let [a1, a2, b1, b2] = targets.each_ref().map(|target| target.address);
    let world = World::with(&[a1, a2], |setup| {
        let other = Forward::to(TargetGroupKey::new(2));
        setup.sticky().group(&[b1, b2]).rule(1, "/b", Action::Forward(other))
    });
    let mut client = world.client();
    let mut last = client.get("/a", "");
    for path in ["/a", "/b", "/b", "/a", "/a"] {
        last = client.get(path, &kept(&last));
        assert!(last.text().starts_with(&path[1..]), "{}", last.text());
    }
    let outcomes: Vec<_> = world.events.wait(6).iter().map(|event| event.outcome).collect();
    let other = "rebound:other_group";
    assert_eq!(outcomes, ["new", "hit", other, "hit", other, "hit"]);
    assert_eq!(world.metrics.snapshot().load_balancers[&LOAD_BALANCER].non_sticky, 3, "S57");
}

#[test]
fn the_cors_twin_wins_and_is_enough_s39() {
    let targets = ["a", "b"].map(Target::named);
    let world = World::with(&targets.each_ref().map(|target| target.address), Setup::sticky);
    let mut client = world.client();
    let sessions: BTreeMap<String, String> = (0..2)
        .map(|_| client.get("/", ""))
        .map(|response| (response.text().to_owned(), response.cookie("AWSALB")[7..].to_owned()))
        .collect();
    let (a, b) = (&sessions["a"], &sessions["b"]);
    let cases = [
        (format!("AWSALB={a}; AWSALBCORS={b}"), "b"),
        (format!("AWSALBCORS={a}; AWSALB={b}"), "a"),
        (format!("AWSALBCORS={b}"), "b"),
        (format!("AWSALB={a}"), "a"),
        (format!("AWSALB={a}; AWSALBCORS=garbage"), "a"),
    ];
    for (cookies, name) in cases {
        assert_eq!(client.get("/", &format!("Cookie: {cookies}\r\n")).text(), name, "{cookies}");
    }
}

#[test]
fn without_an_application_cookie_the_four_fragments_say_remove_s3_s40_s45_s46() {
    let silent = Target::named("a");
    let world = World::with(&[silent.address], by_application);
    for agent in ["", CHROME] {
        let response = world.client().get("/", agent);
        let set = set_cookies(&response);
        assert_eq!(set.len(), 4, "{set:?}");
        for (n, (name, rest)) in set.iter().enumerate() {
            assert_eq!(*name, format!("AWSALBAPP-{n}"));
            assert!(rest.starts_with("_remove_; Expires=") && rest.ends_with("; Path=/"), "{rest}");
        }
    }
    let application = application("b");
    let world = World::with(&[application.address], by_application);
    let response = world.client().get("/", "");
    let set = set_cookies(&response);
    assert_eq!(set[0], ("sid", "1; HttpOnly"), "S40: as the application set it");
    assert!(set[1].0 == "AWSALBAPP-0" && set[1].1.starts_with("AAAAAAAAAA"), "S12: {set:?}");
    assert_eq!(set[1].1.split(';').next().unwrap().len(), 144, "S12");
    assert!(set[2..].iter().all(|(_, rest)| rest.starts_with("_remove_;")), "{set:?}");
}

#[test]
fn an_application_session_lasts_as_long_as_its_cookie_and_its_duration_s42_s43() {
    let targets = ["a", "b", "c"].map(application);
    let day = Day::default();
    let world = day.world(&targets.each_ref().map(|target| target.address), |setup| {
        by_application(setup).with("stickiness.app_cookie.duration_seconds", "100")
    });
    let mut client = world.client();
    let first = client.get("/", "");
    let mut fragment = first.cookie("AWSALBAPP-0");
    for _ in 0..3 {
        day.pass(&world, 90);
        let response = client.get("/", &format!("Cookie: sid=1; {fragment}\r\n"));
        assert_eq!(response.text(), first.text());
        assert_ne!(response.cookie("AWSALBAPP-0"), fragment, "S43: sealed anew");
        fragment = response.cookie("AWSALBAPP-0");
    }
    // The application's cookie has ended in the browser.
    let without = client.get("/", &format!("Cookie: {fragment}\r\n"));
    assert_ne!(without.text(), first.text());
    // It is there, but the client was silent for too long.
    day.pass(&world, 110);
    let late = client.get("/", &format!("Cookie: sid=1; {fragment}\r\n"));
    assert_ne!(late.text(), without.text());
    let counted = || world.metrics.snapshot().load_balancers[&LOAD_BALANCER].app_cookie_non_sticky;
    until("the last request is counted (S58)", || counted() == 3);
}

#[test]
fn an_application_session_whose_target_dies_moves_too_s47() {
    let targets = ["a", "b", "c"].map(application);
    let world = World::with(&targets.each_ref().map(|target| target.address), by_application);
    let mut client = world.client();
    let first = client.get("/", "");
    for target in targets {
        if !target.all().is_empty() {
            target.kill();
        } else {
            // Lives on for the rest of the test.
            std::mem::forget(target);
        }
    }
    let line = |response: &Response| format!("Cookie: sid=1; {}\r\n", response.cookie("AWSALBAPP-0"));
    let moved = client.get("/", &line(&first));
    assert!(moved.status() == 200 && moved.text() != first.text());
    assert_eq!(client.get("/", &line(&moved)).text(), moved.text());
}

#[test]
fn groups_of_one_load_balancer_may_be_sticky_in_different_ways_s30() {
    let target = Target::named("a");
    let world = World::with(&[target.address], |setup| {
        let to = |group| Action::Forward(Forward::to(TargetGroupKey::new(group)));
        let setup = setup.sticky().group(&[target.address]).group(&[target.address]);
        setup.rule(1, "/app", to(2)).rule(2, "/none", to(3))
    });
    let mut configuration = Configuration::clone(&world.setup.build());
    let application = [("stickiness.type", "app_cookie"), ("stickiness.app_cookie.cookie_name", "sid")];
    for (group, attributes) in [(2, &application[..]), (3, &[("stickiness.enabled", "false")])] {
        let mut changed = TargetGroup::clone(&configuration.target_groups[&TargetGroupKey::new(group)]);
        attributes.iter().for_each(|(key, value)| changed.attributes.set(key, value).unwrap());
        configuration.apply(Change::Put(Entity::TargetGroup(Arc::new(changed))));
    }
    world.publisher.configure(2, Arc::new(configuration)).unwrap();
    let mut client = world.client();
    for (path, names) in [
        ("/", &["AWSALB", "AWSALBCORS"][..]),
        ("/app", &["AWSALBAPP-0", "AWSALBAPP-1", "AWSALBAPP-2", "AWSALBAPP-3"]),
        ("/none", &[]),
    ] {
        let response = client.get(path, "");
        let set: Vec<_> = set_cookies(&response).into_iter().map(|(name, _)| name).collect();
        assert_eq!(set, names, "{path}");
    }
}

/// A request waits for a target while stickiness is switched on or off, and then another one answers it.
#[test]
fn who_answers_binds_as_its_group_is_by_then() {
    for sticky in [true, false] {
        let (frozen, other) = (Target::start(|mut connection| connection.wait_for_end()), Target::named("b"));
        let set = move |setup: Setup, sticky: bool| setup.with("stickiness.enabled", &sticky.to_string());
        let mut world = World::with(&[frozen.address, other.address], |setup| set(setup.checked(), !sticky));
        world.report(&[(1, HEALTHY), (2, UNHEALTHY)]);
        let mut client = world.client();
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        support::until("the request has arrived", || !frozen.all().is_empty());
        world.change(|setup| *setup = set(setup.clone(), sticky));
        world.report(&[(1, UNHEALTHY), (2, HEALTHY)]);
        let response = client.response();
        assert_eq!((response.text(), set_cookies(&response).is_empty()), ("b", !sticky), "{}", response.head);
    }
}
