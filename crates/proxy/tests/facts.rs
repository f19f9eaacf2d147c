//! What the attributes of load balancers and listeners do to a request and its answer, and what the load balancer
//! answers itself: the facts R1-R26 and E1-E7 that no other file shows.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use elbow_telemetry::{AnsweredBy, LoadBalancerCount};
use support::client::{Client, Response, header};
use support::configuration::{LOAD_BALANCER, Setup};
use support::target::{Target, silent};
use support::{World, until};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

type Attributes = &'static [(&'static str, &'static str)];

fn world(target: &Target, attributes: Attributes) -> World {
    let set = |setup: Setup| attributes.iter().fold(setup, |setup, (key, value)| setup.with(key, value));
    World::with(&[target.address], set)
}

fn count(world: &World) -> LoadBalancerCount {
    world.metrics.snapshot().load_balancers[&LOAD_BALANCER].clone()
}

/// The head that a target gets for these bytes, with `:LISTENER` and `:CLIENT` for the two ports.
fn passed_on(bytes: &str, attributes: Attributes) -> String {
    let target = Target::answering(OK);
    let world = world(&target, attributes);
    let mut client = world.client();
    client.send(bytes);
    assert_eq!(client.response().status(), 200, "{bytes}");
    let ports = [(world.setup.port, ":LISTENER"), (client.stream.local_addr().unwrap().port(), ":CLIENT")];
    ports.iter().fold(target.text(0), |head, (port, name)| head.replace(&format!(":{port}"), name))
}

/// The values of all lines of this name.
fn values<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
}

#[test]
fn a_client_cannot_speak_for_the_listener_r1_r6() {
    let head = passed_on(
        "GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-proto: https\r\nX-FORWARDED-PORT: 443\r\nx-own: 1\r\n\r\n",
        &[],
    );
    for line in ["\r\nX-Forwarded-For: 127.0.0.1\r\n", "\r\nX-Forwarded-Proto: http\r\n", "\r\nx-own: 1\r\n"]
    {
        assert!(head.contains(line), "{line} in {head}");
    }
    let names = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Amzn-Trace-Id", "Host"];
    for name in names {
        assert_eq!(values(&head, name).len(), 1, "{head}");
        assert!(head.contains(&format!("\r\n{name}: ")), "R6: as AWS writes it: {head}");
    }
}

#[test]
fn x_forwarded_for_is_appended_preserved_or_removed_r2_r3_r5() {
    const MODE: &str = "routing.http.xff_header_processing.mode";
    const PORT: (&str, &str) = ("routing.http.xff_client_port.enabled", "true");
    let none = "";
    let one = "X-Forwarded-For: 127.0.0.4\r\n";
    let two = "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2:99\r\n";
    let cases: &[(Attributes, &str, &[&str])] = &[
        (&[], none, &["127.0.0.1"]),
        (&[], one, &["127.0.0.4, 127.0.0.1"]),
        (&[], two, &["1.1.1.1, 2.2.2.2:99, 127.0.0.1"]),
        (&[(MODE, "append"), PORT], none, &["127.0.0.1:CLIENT"]),
        (&[PORT], one, &["127.0.0.4, 127.0.0.1:CLIENT"]),
        (&[(MODE, "preserve")], none, &[]),
        (&[(MODE, "preserve"), PORT], two, &["1.1.1.1", "2.2.2.2:99"]),
        (&[(MODE, "remove"), PORT], none, &[]),
        (&[(MODE, "remove")], two, &[]),
    ];
    for (attributes, lines, expected) in cases {
        let head = passed_on(&format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n"), attributes);
        assert_eq!(values(&head, "X-Forwarded-For"), *expected, "{attributes:?} {lines}");
    }
}

#[test]
fn thirty_addresses_pass_and_thirty_one_are_a_463_r4() {
    let addresses = |count: usize| {
        let (first, rest) = (["1.1.1.1"; 10].join(", "), vec!["2.2.2.2"; count - 10].join(","));
        format!("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {first}\r\nX-Forwarded-For: {rest}\r\n\r\n")
    };
    let target = Target::answering(OK);
    let world = world(&target, &[]);
    assert_eq!(world.client().send(addresses(30)).response().status(), 200);
    assert_eq!(world.client().send(addresses(31)).response().status(), 463);
}

#[test]
fn the_trace_id_keeps_the_clients_root_r7() {
    const ROOT: &str = "Root=1-67891233-abcdef012345678912345678";
    // What the client sends, and what follows our own field; the own field is `Root` or `Self`.
    let cases = [
        (String::new(), "Root", String::new()),
        (format!("X-Amzn-Trace-Id: {ROOT}\r\n"), "Self", format!(";{ROOT}")),
        (format!("x-amzn-trace-id: {ROOT};App=7\r\n"), "Self", format!(";{ROOT};App=7")),
        (format!("X-Amzn-Trace-Id: Self=1-1-1;{ROOT}\r\n"), "Self", format!(";{ROOT}")),
        (format!("X-Amzn-Trace-Id: {ROOT}\r\nX: {}\r\n", "a".repeat(7 * 1024)), "Root", String::new()),
    ];
    for (lines, own, rest) in cases {
        let target = Target::answering(OK);
        let world = world(&target, &[]);
        let response = world.client().get("/", &lines);
        let head = target.text(0);
        let [value] = values(&head, "X-Amzn-Trace-Id")[..] else { panic!("{head}") };
        let id = value.strip_prefix(own).and_then(|value| value.strip_prefix("=1-")).unwrap();
        let (id, after) = id.split_at("01234567-0123456789abcdef01234567".len());
        assert!(id.chars().all(|c| c == '-' || c.is_ascii_hexdigit()) && after == rest, "{value}");
        assert_eq!(response.header("X-Amzn-Trace-Id"), None, "set on requests only");
    }
}

#[test]
fn the_host_gets_the_listeners_port_or_stays_as_it_is_r8_r9() {
    const PRESERVE: Attributes = &[("routing.http.preserve_host_header.enabled", "true")];
    let cases = [
        ("/", "Shop.Example", "shop.example:LISTENER", "Shop.Example"),
        ("/", "Shop.Example:81", "shop.example:81", "Shop.Example:81"),
        ("http://Other.Example/", "Shop.Example", "other.example:LISTENER", "Shop.Example"),
        ("http://Other.Example:82/", "Shop.Example", "other.example:82", "Shop.Example"),
    ];
    for (uri, host, by_default, preserved) in cases {
        let request = format!("GET {uri} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(values(&passed_on(&request, &[]), "Host"), [by_default], "{request}");
        assert_eq!(values(&passed_on(&request, PRESERVE), "Host"), [preserved], "{request}");
    }
}

#[test]
fn on_the_ports_80_and_443_the_host_has_no_port_r8_r1() {
    let cases = [
        (80, "Shop.Example", "shop.example"),
        (80, "shop.example:80", "shop.example"),
        (80, "shop.example:8080", "shop.example"),
        (443, "shop.example", "shop.example"),
        (443, "shop.example:443", "shop.example"),
        (81, "shop.example", "shop.example:81"),
    ];
    for (port, host, expected) in cases {
        let target = Target::answering(OK);
        let world = World::with(&[target.address], |mut setup| {
            setup.listener_port = Some(port);
            setup
        });
        world.client().send(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")).response();
        let head = target.text(0);
        let found = (values(&head, "Host"), values(&head, "X-Forwarded-Port"));
        assert_eq!(found, (vec![expected], vec![&*port.to_string()]), "{port} {host}");
    }
}

#[test]
fn without_a_host_a_request_of_http_1_0_is_for_the_load_balancer_itself_r9() {
    let head = passed_on("GET / HTTP/1.0\r\n\r\n", &[]);
    assert_eq!(values(&head, "Host"), ["lb-1.us-east-1.elb.localhost:LISTENER"]);
}

#[test]
fn header_names_beyond_letters_digits_and_hyphens_are_dropped_if_asked_for_r10() {
    const DROP: &str = "routing.http.drop_invalid_header_fields.enabled";
    let cases: [(Attributes, &str, &[&str], [u64; 2]); 4] = [
        (&[], "X_Under: 1\r\nX.Dot: 2\r\nX-Plain: 3\r\n", &["1", "2", "3"], [0, 1]),
        (&[(DROP, "true")], "X_Under: 1\r\nX.Dot: 2\r\nX-Plain: 3\r\n", &["3"], [1, 0]),
        (&[], "X-Plain: 3\r\n", &["3"], [0, 0]),
        (&[(DROP, "true")], "X-Plain: 3\r\n", &["3"], [0, 0]),
    ];
    for (attributes, lines, expected, counts) in cases {
        let target = Target::answering(OK);
        let world = world(&target, attributes);
        assert_eq!(world.client().get("/", lines).status(), 200);
        world.events.wait(1);
        let head = target.text(0);
        let found: Vec<_> =
            ["X_Under", "X.Dot", "X-Plain"].iter().flat_map(|name| values(&head, name)).collect();
        assert_eq!(found, expected, "{attributes:?}");
        let count = count(&world);
        assert_eq!([count.dropped_invalid_names, count.forwarded_invalid_names], counts, "{attributes:?}");
    }
}

/// What becomes of a request and of its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is passed on, and both connections stay.
    Stays,
    /// It is passed on, and both connections close.
    Closes,
    /// It is answered with 400, and the client's connection closes.
    Refused,
}

#[test]
fn each_desync_mode_does_what_aws_documents_r11_r12_r14() {
    use Fate::{Closes, Refused, Stays};
    let request = |lines: &str| format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n");
    let cases = [
        (request(""), "Compliant", "Compliant", [Stays, Stays, Stays]),
        (request("Content-Length: 0\r\n"), "Acceptable", "GetHeadZeroContentLength", [Stays, Stays, Refused]),
        // R14: a folded line.
        (request("X: y\r\n folded\r\n"), "Ambiguous", "MultilineHeader", [Stays, Closes, Refused]),
        (request("X: a\0b\r\n"), "Severe", "BadHeader", [Stays, Refused, Refused]),
    ];
    let modes: [Attributes; 3] = [
        &[("routing.http.desync_mitigation_mode", "monitor")],
        &[],
        &[("routing.http.desync_mitigation_mode", "strictest")],
    ];
    for (bytes, tier, reason, fates) in &cases {
        for (mode, fate) in modes.iter().zip(fates) {
            let case = format!("{reason} {mode:?}");
            let target = Target::answering(OK);
            let world = world(&target, mode);
            let mut client = world.client();
            let response = client.send(bytes).response();
            let event = &world.events.wait(1)[0];
            assert_eq!((event.classification, event.classification_reason), (*tier, *reason), "{case}");
            assert_eq!(count(&world).non_compliant, u64::from(*tier != "Compliant"), "{case}");
            assert!(!target.all().contains("folded") && !target.all().contains('\0'), "{case}");
            check_fate(*fate, &case, &response, client, (&target, &world));
        }
    }
}

fn check_fate(
    fate: Fate,
    case: &str,
    response: &Response,
    mut client: Client,
    (target, world): (&Target, &World),
) {
    let (status, connection, connections) = match fate {
        Fate::Stays => (200, "keep-alive", 1),
        Fate::Closes => (200, "close", 2),
        Fate::Refused => (400, "close", 1),
    };
    assert_eq!((response.status(), response.header("Connection")), (status, Some(connection)), "{case}");
    if fate == Fate::Refused {
        assert_eq!(target.all(), "", "{case}");
    }
    if fate == Fate::Closes {
        assert_eq!(header(&target.text(0), "Connection"), Some("close"), "{case}");
    }
    let mut next = if fate == Fate::Stays {
        client
    } else {
        client.finish().expect_close();
        world.client()
    };
    assert_eq!(next.send(GET).response().status(), 200, "{case}");
    assert_eq!(target.connections(), connections, "{case}");
}

/// Of these no certain reading exists.
#[test]
fn what_cannot_be_read_is_severe_and_refused_in_every_mode_r12() {
    let post = |lines: &str| format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n");
    let cases = [
        ("G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "BadMethod"),
        ("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "BadUri"),
        ("GET / HTTP/1.x\r\nHost: a\r\n\r\n".to_owned(), "BadVersion"),
        (post("Content-Length: 5,5\r\n"), "BadContentLength"),
        (post("Content-Length: 5\r\nContent-Length: 6\r\n"), "MultipleContentLength"),
        (post("Transfer-Encoding: chunked,\r\n"), "BadTransferEncoding"),
        (post("Transfer-Encoding: chunked, chunked\r\n"), "MultipleTransferEncodingChunked"),
    ];
    for (bytes, reason) in cases {
        let target = Target::answering(OK);
        let world = world(&target, &[("routing.http.desync_mitigation_mode", "monitor")]);
        assert_eq!(world.client().send(bytes).response().status(), 400, "{reason}");
        let event = &world.events.wait(1)[0];
        assert_eq!((event.classification, event.classification_reason), ("Severe", reason));
        assert_eq!(count(&world).non_compliant, 1, "{reason}");
    }
}

#[test]
fn old_and_unheard_of_versions_are_served_r13_r15() {
    let target = Target::answering(OK);
    let world = world(&target, &[]);
    let mut old = world.client();
    old.send("GET /\r\n").expect_rest("hi");
    let mut unheard_of = world.client();
    assert_eq!(unheard_of.send("GET / HTTP/1.7\r\nHost: a\r\n\r\n").response().status(), 200);
    for event in world.events.wait(2) {
        assert_eq!(
            (event.classification, event.classification_reason),
            ("Acceptable", "NonCompliantVersion")
        );
    }
}

#[test]
fn two_transfer_codings_are_known_and_one_method_is_not_allowed_r22() {
    let cases = [
        ("POST", "Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\n", 200),
        ("GET", "Transfer-Encoding: identity\r\n", "", 200),
        ("POST", "Transfer-Encoding: gzip\r\n", "", 501),
        ("POST", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n", 501),
        ("TRACE", "", "", 405),
    ];
    for (method, lines, body, status) in cases {
        let target = Target::answering(OK);
        let world = world(&target, &[("routing.http.desync_mitigation_mode", "monitor")]);
        let mut client = world.client();
        client.send(format!("{method} / HTTP/1.1\r\nHost: a\r\n{lines}\r\n{body}"));
        assert_eq!(client.response().status(), status, "{method} {lines}");
    }
}

#[test]
fn a_client_that_asks_to_close_gets_its_answer_first_r15() {
    let target = Target::answering(OK);
    let world = world(&target, &[]);
    let mut client = world.client();
    let response = client.get("/", "Connection: close\r\n");
    assert_eq!((response.text(), response.header("Connection")), ("hi", Some("close")));
    client.expect_close();
    assert_eq!(world.client().get("/", "").status(), 200);
    assert_eq!(
        target.connections(),
        1,
        "the target's connection stays: the option concerns the client's only"
    );
}

#[test]
fn a_targets_connection_that_waits_is_closed_after_the_idle_timeout_too_r24() {
    let (ended, has_ended) = std::sync::mpsc::channel();
    let target = Target::start(move |mut connection| {
        connection.request();
        connection.send(OK);
        connection.wait_for_end();
        ended.send(()).unwrap();
    });
    let world = world(&target, &[("idle_timeout.timeout_seconds", "1")]);
    assert_eq!(world.client().get("/", "").status(), 200);
    has_ended.recv().unwrap();
}

#[test]
fn a_target_that_stops_within_its_answer_is_cut_off_after_the_idle_timeout_r24() {
    let target = Target::start(|mut connection| {
        connection.request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        connection.wait_for_end();
    });
    let world = world(&target, &[("idle_timeout.timeout_seconds", "1")]);
    let mut client = world.client();
    client.send(GET);
    assert!(client.head().starts_with("HTTP/1.1 200 OK\r\n"), "too late for a 504");
    client.expect_rest("half");
    assert_eq!(world.events.wait(1)[0].target_status, Some(200));
}

#[test]
fn the_server_header_is_ours_on_our_answers_only_r25() {
    let target = Target::answering("HTTP/1.1 200 OK\r\nServer: theirs\r\nContent-Length: 0\r\n\r\n");
    let cases: [(Attributes, Option<&str>); 2] =
        [(&[], Some("awselb/2.0")), (&[("routing.http.response.server.enabled", "false")], None)];
    for (attributes, own) in cases {
        let world = world(&target, attributes);
        assert_eq!(world.client().get("/", "").header("Server"), Some("theirs"));
        let refused = world.client().send("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n").response();
        assert_eq!((refused.status(), refused.header("Server")), (405, own));
    }
}

#[test]
fn every_answer_carries_the_listeners_headers_once_r26() {
    const ATTRIBUTES: Attributes = &[
        ("routing.http.response.strict_transport_security.header_value", "max-age=31536000; preload"),
        ("routing.http.response.access_control_allow_origin.header_value", "https://a.example"),
        ("routing.http.response.access_control_allow_methods.header_value", "GET,POST"),
        ("routing.http.response.access_control_allow_headers.header_value", "*"),
        ("routing.http.response.access_control_allow_credentials.header_value", "true"),
        ("routing.http.response.access_control_expose_headers.header_value", "X-Own"),
        ("routing.http.response.access_control_max_age.header_value", "600"),
        ("routing.http.response.content_security_policy.header_value", "default-src 'self'"),
        ("routing.http.response.x_content_type_options.header_value", "nosniff"),
        ("routing.http.response.x_frame_options.header_value", ""),
    ];
    let target = Target::answering(
        "HTTP/1.1 200 OK\r\nx-content-type-options: a\r\nX-Content-Type-Options: b\r\nX-Frame-Options: DENY\r\n\
         Content-Length: 0\r\n\r\n",
    );
    let world = world(&target, ATTRIBUTES);
    let theirs = world.client().get("/", "").head;
    let ours = world.client().send("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n").response().head;
    for (key, value) in &ATTRIBUTES[..9] {
        let name = key.split('.').nth(3).unwrap().replace('_', "-");
        assert_eq!((values(&theirs, &name), values(&ours, &name)), (vec![*value], vec![*value]), "{name}");
    }
    let frame_options = (values(&theirs, "X-Frame-Options"), values(&ours, "X-Frame-Options"));
    assert_eq!(frame_options, (vec!["DENY"], vec![]), "an empty value changes nothing");
}

#[test]
fn each_refusal_has_its_page_and_is_counted_e1_e4_e5_r22_r23() {
    let long = |line: &str| format!("GET / HTTP/1.1\r\nHost: a\r\n{line}\r\n");
    let fields = format!("X: {}\r\n", "a".repeat(16_000)).repeat(5);
    let cases = [
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400, "Bad Request"),
        (long(&format!("X: {}\r\n", "a".repeat(16_384))), 400, "Bad Request"),
        (long(&fields), 400, "Bad Request"),
        ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), 405, "Not Allowed"),
        (format!("GET /?{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(16_384)), 414, "Request-URI Too Large"),
        (long(&format!("X-Forwarded-For: {}\r\n", ["1.1.1.1"; 31].join(","))), 463, ""),
        (long("Transfer-Encoding: gzip, chunked\r\n"), 501, "Not Implemented"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 505, "HTTP Version Not Supported"),
    ];
    for (bytes, status, phrase) in cases {
        let target = Target::answering(OK);
        let world = world(&target, &[]);
        let mut client = world.client();
        client.try_send(bytes);
        let response = client.response();
        let start = format!("HTTP/1.1 {status} {phrase}\r\nServer: awselb/2.0\r\nDate: ");
        assert!(response.head.starts_with(&start), "{}", response.head);
        let title = format!("{status} {phrase}");
        let page = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
             </body>\r\n</html>\r\n"
        );
        // Codes that AWS made up have no page.
        let (content_type, page) = if phrase.is_empty() { (None, "") } else { (Some("text/html"), &*page) };
        assert_eq!((response.header("Content-Type"), response.text()), (content_type, page), "{status}");
        assert_eq!(response.header("Connection"), Some("close"), "{status}");
        let event = &world.events.wait(1)[0];
        assert_eq!((event.status, event.answered_by), (status, AnsweredBy::LoadBalancer));
        let mut classes = [0; 5];
        classes[usize::from(status / 100) - 1] = 1;
        assert_eq!(count(&world).own_statuses, classes, "{status}");
        assert_eq!(target.connections(), 0, "{status}");
    }
}

#[test]
fn a_target_that_takes_no_connection_within_ten_seconds_is_a_504_e1_r24() {
    let (address, _socket, _waiting) = silent();
    let world = World::new(&[address]);
    let response = world.client().get("/", "");
    assert_eq!((response.status(), response.body.len()), (504, 132));
    assert!(!world.events.wait(1)[0].reached_target);
    assert_eq!(count(&world).own_500_502_503_504, [0, 0, 0, 1]);
}

#[test]
fn a_draining_target_that_breaks_the_connection_is_a_502_e7() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let target = Target::start(move |mut connection| {
        connection.request();
        released.lock().unwrap().recv().unwrap();
        connection.reset();
    });
    let mut world = World::new(&[target.address]);
    let mut client = world.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    until("the request has arrived", || target.all().ends_with('x'));
    world.change(|setup| {
        setup.deregistered[0] = Some(elbow_model::Timestamp::from_secs(4_000_000_000));
    });
    release.send(()).unwrap();
    assert_eq!(client.response().status(), 502);
    world.events.wait(1);
    assert_eq!(count(&world).own_500_502_503_504, [0, 1, 0, 0]);
}
