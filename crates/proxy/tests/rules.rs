//! Rules and their actions over real sockets. The names begin with the facts that they show.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use elbow_model::key::TargetGroupKey;
use elbow_model::{
    Action, Condition, ContentType, FixedResponse, Forward, GroupStickiness, Redirect, RedirectParts,
    RedirectStatus, Rewrite, Transforms, Weight, WeightedTargetGroup,
};
use elbow_telemetry::{ExecutedAction, MatchedRule};
use support::World;
use support::client::{Client, header};
use support::configuration::LOAD_BALANCER;
use support::target::Target;

fn fixed(status: u16, body: &str) -> Action {
    Action::FixedResponse(FixedResponse::new(status, Some(ContentType::Html), body).unwrap())
}

fn redirect(change: impl FnOnce(&mut RedirectParts)) -> Action {
    let mut parts = RedirectParts::default();
    change(&mut parts);
    Action::Redirect(Redirect::new(RedirectStatus::Permanent, parts).unwrap())
}

/// To groups 1, 2 … by these weights; sticky for so many seconds, if at all.
fn forward(weights: &[u16], sticky: Option<u64>) -> Action {
    let group = |(number, weight): (u64, &u16)| WeightedTargetGroup {
        target_group: TargetGroupKey::new(number),
        weight: Weight::new(*weight).unwrap(),
    };
    let stickiness = GroupStickiness::new(sticky.is_some(), sticky.map(Duration::from_secs)).unwrap();
    Action::Forward(Forward::new((1..).zip(weights).map(group).collect(), stickiness).unwrap())
}

fn to(group: u64) -> Action {
    Action::Forward(Forward::to(TargetGroupKey::new(group)))
}

fn rewrites(host: Option<(&str, &str)>, url: Option<(&str, &str)>) -> Transforms {
    Transforms {
        host: host.map(|(regex, replace)| Rewrite::of_host(regex, replace).unwrap()),
        url: url.map(|(regex, replace)| Rewrite::of_url(regex, replace).unwrap()),
    }
}

/// Two targets, each alone in a group.
fn two() -> ([Target; 2], [SocketAddr; 2]) {
    let targets = [Target::named("one"), Target::named("two")];
    let addresses = targets.each_ref().map(|target| target.address);
    (targets, addresses)
}

#[test]
fn l2_the_lowest_priority_decides_and_the_default_rule_comes_last() {
    let (_targets, [one, two]) = two();
    let world = World::with(&[one], |setup| {
        let setup = setup.group(&[two]).rule(20, "/a/*", to(2)).rule(5, "/a/b", fixed(200, "five"));
        setup.when(7, Condition::host_header(&["*.other.example"], &[]).unwrap(), to(2))
    });
    let mut client = world.client();
    assert_eq!(client.get("/a/b", "").text(), "five");
    assert_eq!(client.get("/a/c", "").text(), "two");
    assert_eq!(client.get("/b", "").text(), "one");
    client.send("GET /b HTTP/1.1\r\nHost: X.Other.Example:81\r\n\r\n");
    assert_eq!(client.response().text(), "two");
    let events = world.events.wait(4);
    let rules: Vec<_> = events.iter().map(|event| (event.rule, event.rule_evaluations)).collect();
    let priority = |priority| Some(MatchedRule::Priority(priority));
    assert_eq!(
        rules,
        [(priority(5), 1), (priority(20), 3), (Some(MatchedRule::Default), 3), (priority(7), 2)]
    );
    assert_eq!(world.metrics.snapshot().load_balancers[&LOAD_BALANCER].rule_evaluations, 9);
}

#[test]
fn l7_l8_l9_l10_every_part_of_a_request_can_decide() {
    let (_targets, [one, two]) = two();
    let world = World::with(&[one], |setup| {
        let setup = setup.group(&[two]);
        let setup = setup.when(1, Condition::http_header("X-Env", &["beta*"], &[]).unwrap(), to(2));
        let setup = setup.when(2, Condition::request_method(&["PURGE"]).unwrap(), to(2));
        let setup = setup.when(3, Condition::query_string(&[(Some("v"), r"2\*")]).unwrap(), to(2));
        setup.when(4, Condition::source_ip(&["10.0.0.0/8"]).unwrap(), to(2))
    });
    let mut client = world.client();
    let mut answer = |request: &str| client.send(request).response().text().to_owned();
    assert_eq!(answer("GET / HTTP/1.1\r\nHost: a\r\nX-ENV: prod\r\nx-env: Beta-1\r\n\r\n"), "two");
    assert_eq!(answer("PURGE / HTTP/1.1\r\nHost: a\r\n\r\n"), "two");
    assert_eq!(answer("purge / HTTP/1.1\r\nHost: a\r\n\r\n"), "one");
    assert_eq!(answer("GET /?a&V=2* HTTP/1.1\r\nHost: a\r\n\r\n"), "two");
    assert_eq!(answer("GET /?a&v=2x HTTP/1.1\r\nHost: a\r\n\r\n"), "one");
    assert_eq!(answer("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n"), "one", "L10");
}

#[test]
fn a_changed_rule_holds_for_the_next_request() {
    let (_targets, [one, two]) = two();
    let mut world = World::with(&[one], |setup| setup.group(&[two]).rule(1, "/a", to(2)));
    let mut client = world.client();
    assert_eq!(client.get("/a", "").text(), "two");
    world.change(|setup| setup.rules[0].3 = fixed(404, "gone"));
    assert_eq!(client.get("/a", "").status(), 404);
    world.change(|setup| setup.rules.clear());
    assert_eq!(client.get("/a", "").text(), "one");
}

#[test]
fn l16_a_redirect_keeps_what_it_does_not_change() {
    let world = World::with(&[], |setup| {
        let setup = setup.by_default(redirect(|it| {
            it.protocol = "HTTPS".into();
            it.port = "443".into();
        }));
        let setup = setup.with("routing.http.response.x_frame_options.header_value", "DENY");
        let elsewhere = redirect(|it| {
            it.host = "www.#{host}".into();
            it.path = "/new/#{path}".into();
            it.query = "from=#{protocol}&#{query}".into();
        });
        setup.rule(1, "/old/*", elsewhere).rule(2, "/port", redirect(|it| it.path = "/".into()))
    });
    let port = world.setup.port;
    let mut client = world.client();
    let response = client.get("/a/b?x=1", "");
    assert_eq!(response.status(), 301);
    assert_eq!(response.header("location"), Some("https://shop.example:443/a/b?x=1"));
    assert_eq!(response.header("server"), Some("awselb/2.0"), "R25");
    assert_eq!(response.header("x-frame-options"), Some("DENY"), "R26");
    assert_eq!(response.header("connection"), Some("keep-alive"));
    assert_eq!((response.header("content-length"), response.body.len()), (Some("134"), 134), "E5");
    assert_eq!(
        client.get("/", "").header("location"),
        Some("https://shop.example:443/"),
        "no query, no mark"
    );
    let expected = format!("http://www.shop.example:{port}/new/old/a?from=http&b=c");
    assert_eq!(client.get("/old/a?b=c", "").header("location"), Some(&*expected));
    client.send("GET /port HTTP/1.1\r\nHost: a:8080\r\n\r\n");
    assert_eq!(client.response().header("location"), Some("http://a:8080/"), "the port that leads here");
    client.send("GET /old/\x01\u{e9} HTTP/1.0\r\n\r\n");
    let expected = format!("http://www.lb-1.us-east-1.elb.localhost:{port}/new/old/%01%C3%A9?from=http&");
    assert_eq!(client.response().header("location"), Some(&*expected), "nothing can break out of the line");

    let events = world.events.wait(5);
    assert_eq!(events[0].redirect_url, "https://shop.example:443/a/b?x=1");
    assert_eq!((events[0].action, events[0].status), (Some(ExecutedAction::Redirect), 301));
    let count = &world.metrics.snapshot().load_balancers[&LOAD_BALANCER];
    assert_eq!((count.redirects, count.own_statuses[2], count.requests), (5, 5, 0));
}

#[test]
fn l17_an_address_above_8k_is_answered_with_507() {
    let world = World::with(&[], |setup| setup.by_default(redirect(|it| it.path = "/#{path}/".into())));
    let overhead = format!("http://shop.example:{}//", world.setup.port).len();
    let mut client = world.client();
    let mut status = |length: usize| client.get(&format!("/{}", "a".repeat(length - overhead)), "").status();
    assert_eq!((status(8192), status(8193), status(100)), (301, 507, 301));
    assert_eq!(world.events.wait(3)[1].redirect_url, "");
    let count = &world.metrics.snapshot().load_balancers[&LOAD_BALANCER];
    assert_eq!((count.redirects, count.redirect_url_limit_exceeded), (2, 1));
}

#[test]
fn l18_a_fixed_response_is_what_the_rule_says() {
    let world = World::with(&[], |setup| {
        let json = FixedResponse::new(418, Some(ContentType::Json), "{}").unwrap();
        let plain = FixedResponse::new(200, None, "hello").unwrap();
        setup
            .with("routing.http.response.server.enabled", "false")
            .by_default(fixed(503, "<h1>Back soon</h1>"))
            .rule(1, "/json", Action::FixedResponse(json))
            .rule(2, "/plain", Action::FixedResponse(plain))
            .rule(3, "/empty", fixed(200, ""))
            .rule(4, "/none", fixed(204, "left out"))
    });
    let mut client = world.client();
    let page = client.get("/", "");
    assert_eq!((page.status(), page.text()), (503, "<h1>Back soon</h1>"));
    assert_eq!(page.header("content-type"), Some("text/html"));
    assert_eq!((page.header("content-length"), page.header("server")), (Some("18"), None), "R25");
    let json = client.get("/json", "");
    assert_eq!(
        (json.status(), json.text(), json.header("content-type")),
        (418, "{}", Some("application/json"))
    );
    assert_eq!(client.get("/plain", "").header("content-type"), Some("text/plain"));
    let empty = client.get("/empty", "");
    assert_eq!((empty.header("content-length"), empty.header("content-type")), (Some("0"), None));
    let none = client.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n").head();
    assert!(none.starts_with("HTTP/1.1 204 No Content\r\n") && header(&none, "content-length").is_none());
    // HEAD gets the length and no body, so the next answer follows at once.
    let head = client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").head();
    assert_eq!(header(&head, "content-length"), Some("18"));
    assert_eq!(client.get("/", "").status(), 503, "the connection stays open");
    assert!(world.events.wait(7).iter().all(|event| event.action == Some(ExecutedAction::FixedResponse)));
    let count = &world.metrics.snapshot().load_balancers[&LOAD_BALANCER];
    assert_eq!((count.fixed_responses, count.own_statuses), (7, [0, 3, 0, 1, 3]));
}

#[test]
fn l18_a_body_that_is_answered_early_is_never_read_as_a_request() {
    let inner = "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n";
    for action in [fixed(200, "fixed"), redirect(|it| it.path = "/elsewhere".into())] {
        let world = World::with(&[], |setup| setup.by_default(action));
        // The whole body is there: it is taken, and the next request is answered.
        let mut client = world.client();
        client.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{inner}", inner.len()));
        assert_eq!(client.response().header("connection"), Some("keep-alive"));
        client.send(format!(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{inner}\r\n0\r\n\r\n",
            inner.len()
        ));
        assert_eq!(client.response().header("connection"), Some("keep-alive"));
        // Only a part is there: the answer is the last one, and what follows is nobody's request.
        client.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{inner}"));
        assert_eq!(client.response().header("connection"), Some("close"));
        client.try_send(inner.repeat(30));
        client.expect_close();
        assert_eq!(world.events.wait(3).iter().filter(|event| event.uri == "/admin").count(), 0);
    }
}

#[test]
fn r16_a_client_that_waits_with_its_body_gets_100_and_the_action() {
    let world = World::with(&[], |setup| setup.by_default(fixed(403, "no")));
    let mut client = world.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    assert!(client.head().starts_with("HTTP/1.1 100 "));
    let response = client.response();
    assert_eq!((response.status(), response.header("connection")), (403, Some("close")));
    client.try_send("hello");
    client.expect_close();
}

/// Which of `one` and `two` answers new clients, `count` times.
fn shares(world: &World, count: usize) -> [usize; 2] {
    let mut client = world.client();
    let mut shares = [0; 2];
    for _ in 0..count {
        shares[usize::from(client.get("/", "").text() == "two")] += 1;
    }
    shares
}

#[test]
fn l15_s51_groups_share_requests_by_weight() {
    let (_targets, [one, two]) = two();
    let mut world = World::with(&[one], |setup| setup.group(&[two]).by_default(forward(&[9, 1], None)));
    let [first, second] = shares(&world, 1000);
    assert!((820..960).contains(&first), "{first} and {second} for weights 9 and 1");
    world.change(|setup| setup.default_action = forward(&[0, 999], None));
    assert_eq!(shares(&world, 50), [0, 50], "a weight of zero gets nothing");
    assert!(!world.client().get("/", "").head.contains("Set-Cookie"), "nobody is sticky");
    world.change(|setup| setup.default_action = forward(&[0, 0], None));
    assert_eq!(world.client().get("/", "").status(), 503, "nobody wants new requests");
}

#[test]
fn s50_s54_the_group_cookie_wins_over_the_weights_and_target_stickiness_comes_second() {
    let targets = ["a1", "a2", "b1", "b2"].map(Target::named);
    let [a1, a2, b1, b2] = targets.each_ref().map(|target| target.address);
    let mut world = World::with(&[a1, a2], |setup| {
        setup.sticky().group(&[b1, b2]).by_default(forward(&[0, 1], Some(3600)))
    });
    let mut client = world.client();
    let first = client.get("/", "");
    let name = first.text().to_owned();
    assert!(name.starts_with('b'), "S50: by weight");
    let set: Vec<&str> = first.head.lines().filter_map(|line| line.strip_prefix("Set-Cookie: ")).collect();
    let names: Vec<_> = set.iter().map(|line| line.split('=').next().unwrap()).collect();
    assert_eq!(names, ["AWSALBTG", "AWSALBTGCORS", "AWSALB", "AWSALBCORS"], "S54");
    assert_eq!(first.cookie("AWSALBTG")[9..], first.cookie("AWSALBTGCORS")[13..], "S5: one value");
    assert!(set[0].ends_with("; Path=/") && set[1].ends_with("; Path=/; SameSite=None"), "S4 S5: {set:?}");

    // The weights turn round: who has the cookie stays, and others follow the weights.
    world.change(|setup| setup.default_action = forward(&[1, 0], Some(3600)));
    let (mut group, mut target) = (first.cookie("AWSALBTG"), first.cookie("AWSALB"));
    for _ in 0..4 {
        let next = client.get("/", &format!("Cookie: {group}; {target}\r\n"));
        assert_eq!(next.text(), name, "S50, S54");
        assert_ne!(next.cookie("AWSALBTG"), group, "sealed anew");
        (group, target) = (next.cookie("AWSALBTG"), next.cookie("AWSALB"));
    }
    let cors = first.cookie("AWSALBTGCORS");
    assert!(
        client.get("/", &format!("Cookie: {cors}\r\n")).text().starts_with('b'),
        "the twin alone is enough"
    );
    assert!(client.get("/", "").text().starts_with('a'));
    // A group that left the action is not followed.
    world.change(|setup| setup.default_action = forward(&[1], Some(3600)));
    assert!(client.get("/", &format!("Cookie: {group}\r\n")).text().starts_with('a'));
}

#[test]
fn s52_there_is_no_failover_between_groups() {
    let target = Target::named("one");
    let mut world =
        World::with(&[target.address], |setup| setup.group(&[]).by_default(forward(&[1, 0], Some(3600))));
    let mut client = world.client();
    let cookie = client.get("/", "").cookie("AWSALBTG");
    world.change(|setup| setup.default_action = forward(&[0, 1], Some(3600)));
    let refused = client.get("/", "");
    assert_eq!(refused.status(), 503, "the chosen group is empty");
    assert!(!refused.head.contains("Set-Cookie"), "our own answers bind nobody");
    assert_eq!(client.get("/", &format!("Cookie: {cookie}\r\n")).text(), "one");
    assert_eq!(world.events.wait(3)[1].group, Some(2));
}

#[test]
fn s53_a_bad_group_cookie_is_told_and_replaced() {
    let target = Target::named("one");
    let world = World::with(&[target.address], |setup| setup.by_default(forward(&[1], Some(60))));
    let mut client = world.client();
    let good = client.get("/", "").cookie("AWSALBTG");
    for bad in ["AWSALBTG=garbage%3D", "AWSALBTG=AAAA", &good[..good.len() - 4]] {
        let response = client.get("/", &format!("Cookie: {bad}\r\n"));
        assert_eq!(response.status(), 200);
        response.cookie("AWSALBTG");
    }
    client.get("/", &format!("Cookie: {good}\r\n"));
    let reasons: Vec<_> = world.events.wait(5).iter().map(|event| event.error_reason).collect();
    let bad = Some("AWSALBTGCookieInvalid");
    assert_eq!(reasons, [None, bad, bad, bad, None]);
}

#[test]
fn s28_app_cookies_are_not_followed_among_several_groups() {
    let (_targets, [one, two]) = two();
    let app = |weights: &'static [u16]| {
        World::with(&[one], |setup| {
            let setup = setup.sticky().with("stickiness.type", "app_cookie");
            let setup = setup.with("stickiness.app_cookie.cookie_name", "sid");
            setup.group(&[two]).by_default(forward(weights, Some(60)))
        })
    };
    assert!(app(&[1]).client().get("/", "").head.contains("AWSALBAPP-0"));
    assert!(!app(&[1, 1]).client().get("/", "").head.contains("AWSALBAPP-0"));
}

/// The request line and Host that the target got for a request.
fn forwarded(client: &mut Client, target: &Target, request: &str) -> (String, String) {
    let before = target.all().len();
    assert_eq!(client.send(request).response().status(), 200, "{request}");
    let head = target.all()[before..].to_owned();
    let line = head.lines().next().unwrap().to_owned();
    assert_eq!(head.matches("Host: ").count(), 1, "{head}");
    (line, header(&head, "host").unwrap().to_owned())
}

#[test]
fn l21_host_and_url_are_rewritten_after_the_rule_was_found() {
    let target = Target::named("one");
    let world = World::with(&[target.address], |setup| {
        let host = ("^mywebsite-(.+)\\.com$", "internal.$1.example");
        let url = ("^/api/(v[0-9]+)/(.*)$", "/$2?version=$1");
        setup.transformed(1, "/api/*", rewrites(Some(host), Some(url)), to(1)).rule(2, "/*", fixed(404, ""))
    });
    let port = world.setup.port;
    let mut client = world.client();
    let get = |path: &str, host: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let (line, host) = forwarded(&mut client, &target, &get("/api/v2/users", "MyWebsite-shop.com:9"));
    assert_eq!(line, "GET /users?version=v2 HTTP/1.1", "and the new path meets no other rule (L22)");
    assert_eq!(host, format!("internal.shop.example:{port}"), "R8");
    assert!(target.all().contains("X-Forwarded-For: 127.0.0.1\r\n"));
    let (line, host) = forwarded(&mut client, &target, &get("/api/other?q", "other.example"));
    assert_eq!(line, "GET /api/other?q HTTP/1.1", "L22: no match, nothing changes");
    assert_eq!(host, format!("other.example:{port}"));
    let absolute = "GET http://mywebsite-a.com/api/v1/x?y HTTP/1.1\r\nHost: b\r\n\r\n";
    let (line, host) = forwarded(&mut client, &target, absolute);
    assert_eq!((line.as_str(), host), ("GET /x?y?version=v1 HTTP/1.1", format!("internal.a.example:{port}")));

    let events = world.events.wait(3);
    assert_eq!(events[0].uri, "/api/v2/users");
    assert_eq!(events[0].transformed, ("internal.shop.example".into(), "/users?version=v2".into()));
    assert_eq!(events[0].transform_status, Some("TransformSuccess"));
    assert_eq!((&events[1].transformed, events[1].transform_status), (&Default::default(), None));
}

#[test]
fn l22_a_rewrite_that_gives_no_host_or_path_is_answered_with_500() {
    let target = Target::named("one");
    let world = World::with(&[target.address], |setup| {
        setup
            .transformed(1, "/host", rewrites(Some((".*", "a/b")), None), to(1))
            .transformed(2, "/empty", rewrites(Some((".*", "")), None), to(1))
            .transformed(3, "/path", rewrites(None, Some(("^/", ""))), to(1))
            .transformed(4, "/group", rewrites(None, Some(("a", "$1"))), to(1))
            .transformed(5, "/g", rewrites(None, Some(("$", "$1"))), to(1))
    });
    let mut client = world.client();
    let statuses = ["/host", "/empty", "/path", "/g"].map(|path| client.get(path, "").status());
    assert_eq!(statuses, [500; 4], "on one connection, which stays open");
    let told: Vec<_> =
        world.events.wait(4).into_iter().map(|event| event.transform_status.unwrap()).collect();
    let host = "TransformInvalidHost";
    assert_eq!(told, [host, host, "TransformInvalidPath", "TransformReplaceError"]);
    assert_eq!(target.connections(), 0);
}

#[test]
fn l21_no_rewrite_can_smuggle_anything_into_the_request() {
    let target = Target::named("one");
    let world = World::with(&[target.address], |setup| {
        // The client's bytes come back through a group, in another place.
        setup.transformed(1, "*", rewrites(Some(("^(.*)$", "$1")), Some(("^(.)(.*)$", "/x$2"))), to(1))
    });
    for path in
        ["/a b", "/a\tb", "/a\u{1}\u{7f}", "/caf\u{e9}", "/a#b", "/%0d%0aX-Evil:%201", "/a?b c#\u{2}d"]
    {
        let mut client = world.client();
        let (line, _) = forwarded(&mut client, &target, &format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!((words.len(), words[0], words[2]), (3, "GET", "HTTP/1.1"), "{line:?}");
        assert!(words[1].starts_with("/x") && words[1].bytes().all(|b| b.is_ascii_graphic()), "{line:?}");
    }
    assert!(!target.all().contains("\nX-Evil:"));
    // A line end is no part of a request line in the first place.
    let mut client = world.client();
    client.send("GET /a\rX-Evil: 1 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.response().status(), 400);
}

#[test]
fn l14_control_characters_in_a_path_are_not_looked_at() {
    let target = Target::named("one");
    let world = World::with(&[target.address], |setup| setup.rule(1, "/admin", fixed(403, "")));
    assert_eq!(world.client().get("/ad\u{1}min", "").status(), 403);
}
