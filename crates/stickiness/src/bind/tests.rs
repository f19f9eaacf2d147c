//! Golden cookies: with these keys and this generator, exactly these bytes.

use super::*;
use crate::testing::*;
use crate::{Choice, Cookies, PROPAGATION, Standing};
use elbow_model::Timestamp;
use elbow_model::key::LoadBalancerKey;
use std::time::Duration;

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36";
const EXPIRES: &str = "Expires=Thu, 30 Sep 2021 10:26:41 GMT";

fn first_response(policy: &Policy, secure: bool, set_cookies: &[&str], user_agent: Option<&str>) -> String {
    let mut node = Node { secure, ..Node::new() };
    let decision = node.decide(policy, &Jar::default());
    node.bind_for(policy, &decision, A, set_cookies, user_agent)
}

/// The lines with each token cut to its length.
fn shape(lines: &str) -> String {
    let cut = |line: &str| match line
        .split_once('=')
        .and_then(|(name, rest)| Some((name, rest.split_once(';')?)))
    {
        Some((name, (value, rest))) if value.len() > 100 => format!("{name}=<{}>;{rest}\n", value.len()),
        _ => format!("{line}\n"),
    };
    assert!(lines.is_empty() || lines.ends_with("\r\n"));
    lines.split_terminator("\r\n").map(cut).collect()
}

#[test]
fn golden_duration_cookie_over_https() {
    let value = "2slIMlrBj23TJWQ3AQIDBKAbGhfiKW56xVNxcIj7v7brlctpb5IqR/ExZrKToAMeqs81dYdr4WlS3VmuJT7J3skmLBYWUSYP4VNMjcBXZALqQPS4lpvtP9gukR1b";
    let expected = format!(
        "Set-Cookie: AWSALB={value}; {EXPIRES}; Path=/\r\n\
         Set-Cookie: AWSALBCORS={value}; {EXPIRES}; Path=/; SameSite=None; Secure\r\n"
    );
    assert_eq!(first_response(&LB_COOKIE, true, &[], Some(CHROME)), expected);
}

#[test]
fn golden_application_cookie() {
    let lines = first_response(&app_cookie(), true, &["sid=1; Path=/"], None);
    let value = "AAAAAAAAAADayUgyWsGPbdMlZDcBAgMEoBkaF+IpbnrFU3FwiPu/tuuVy2lvkipH8TFmspOgAx6qzzV1h2vhaVLdWa4lPsneySYsFhZRJg/hU0yNwOdsLwAcxaoJRWReufHmDC2ajZFQQw==";
    let expected = format!(
        "Set-Cookie: AWSALBAPP-0={value}; {EXPIRES}; Path=/\r\n\
         Set-Cookie: AWSALBAPP-1=_remove_; {EXPIRES}; Path=/\r\n\
         Set-Cookie: AWSALBAPP-2=_remove_; {EXPIRES}; Path=/\r\n\
         Set-Cookie: AWSALBAPP-3=_remove_; {EXPIRES}; Path=/\r\n"
    );
    assert_eq!(lines, expected);
    assert!(value.len() == 144 && value.starts_with("AAAAAAAAAA"), "S12");
}

#[test]
fn golden_classic_cookie() {
    let policy = Policy::ClassicDuration { period: Some(Duration::from_secs(600)) };
    let value = "DAC948325AC18F6DD325643701020304A27B5740F0AAF49080AF09B745FBBFB6EB9561680FEB02A4464F1423208367DF433B103137C3D0F7B296FC62A871E27CC820E9A0C1";
    let expected = format!(
        "Set-Cookie: AWSELB={value};PATH=/;MAX-AGE=600\r\n\
         Set-Cookie: AWSELBCORS={value};PATH=/;MAX-AGE=600;SECURE;SAMESITE=None\r\n\
         Cache-control: no-cache=\"set-cookie\"\r\n"
    );
    assert_eq!(first_response(&policy, true, &[], None), expected);
}

#[test]
fn golden_group_cookie() {
    let node = Node::new();
    let cookies = Cookies::read(std::iter::empty());
    let policy = Some(crate::GroupPolicy { duration: HOUR });
    let decision = crate::decide_group(&node.context(), policy, &cookies, |_| crate::Membership::Member {
        https_only: false,
    });
    let mut out = Vec::new();
    let date = ResponseDate::new(node.now);
    bind_group(&node.context(), &decision, GROUP, &date, node.form, &mut node.rng.clone(), &mut out);
    let value = "2slIMlrBj23TJWQ3AQIDBKAYGhfiKW56xVNxcCJRFRxBP8tob5IqR/ExZrKToAMeqs81dYdr4WlS3VmuJT7J3skmLBYWUSYP4VNMjcDnbC8AHKKrH5X0JraAV48RhNaXYM45rilVTf3fUYicNx44hIZ3bdyGoX/l85TYmuNavt5o";
    let expected = format!(
        "Set-Cookie: AWSALBTG={value}; {EXPIRES}; Path=/\r\n\
         Set-Cookie: AWSALBTGCORS={value}; {EXPIRES}; Path=/; SameSite=None; Secure\r\n"
    );
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn s2_over_plain_http_the_twin_is_not_secure() {
    let expected = format!(
        "Set-Cookie: AWSALB=<124>; {EXPIRES}; Path=/\n\
         Set-Cookie: AWSALBCORS=<124>; {EXPIRES}; Path=/; SameSite=None\n"
    );
    assert_eq!(shape(&first_response(&LB_COOKIE, false, &[], Some(CHROME))), expected);
}

#[test]
fn s32_each_response_has_a_new_value_and_a_new_date() {
    let (mut node, mut jar) = (Node::new(), Jar::default());
    let mut seen = std::collections::HashSet::new();
    for _ in 0..50 {
        node.now = node.now + Duration::from_secs(1);
        let decision = node.decide(&LB_COOKIE, &jar);
        let lines = node.bind(&LB_COOKIE, &decision, A, &[]);
        jar.keep(&lines);
        assert!(seen.insert(jar.value("AWSALB")));
        assert_eq!(jar.value("AWSALB"), jar.value("AWSALBCORS"));
        let date = ResponseDate::new(node.now);
        assert!(lines.contains(std::str::from_utf8(date.expires()).unwrap()));
    }
}

#[test]
fn s45_without_an_application_cookie_all_fragments_say_remove() {
    let lines = first_response(&app_cookie(), true, &["other=1"], Some(CHROME));
    let expected: String = (0..4)
        .map(|n| format!("Set-Cookie: AWSALBAPP-{n}=_remove_; {EXPIRES}; Path=/; SameSite=None; Secure\r\n"))
        .collect();
    assert_eq!(lines, expected);
}

/// One request through an outer load balancer and the one behind it, and its response back; the targets that answered.
fn serve_in_layers(
    layers: &mut [(Node, Policy); 2],
    jar: &mut Jar,
    choices: [TargetKey; 2],
) -> [TargetKey; 2] {
    let [(outer, outer_policy), (inner, inner_policy)] = layers;
    let decisions = [outer.decide(outer_policy, jar), inner.decide(inner_policy, jar)];
    let mut targets = choices;
    for (target, decision) in targets.iter_mut().zip(&decisions) {
        if let Choice::Follow(followed) = decision.choice {
            *target = followed;
        }
    }
    let from_application = ["outer=1", "inner=1"];
    let lines = inner.bind(inner_policy, &decisions[1], targets[1], &from_application);
    let values = lines.lines().filter_map(|line| line.strip_prefix("Set-Cookie: "));
    let behind: Vec<&str> = from_application.into_iter().chain(values).collect();
    jar.keep(&lines);
    jar.keep(&outer.bind(outer_policy, &decisions[0], targets[0], &behind));
    jar.keep("Set-Cookie: outer=1;\r\nSet-Cookie: inner=1;\r\n");
    targets
}

#[test]
fn s49_load_balancers_behind_each_other_keep_their_clients_with_one_token() {
    let policy =
        |name: &str| Policy::AppCookie { duration: HOUR, cookie_name: name.into(), https_only: false };
    let inner = || Node { load_balancer: LoadBalancerKey::new(9), group: OTHER_GROUP, ..Node::new() };
    for names in [["outer", "inner"], ["inner", "inner"]] {
        let mut layers = [(Node::new(), policy(names[0])), (inner(), policy(names[1]))];
        let mut jar = Jar::default();
        assert_eq!(serve_in_layers(&mut layers, &mut jar, [A, B]), [A, B]);
        for _ in 0..3 {
            assert_eq!(serve_in_layers(&mut layers, &mut jar, [C, C]), [A, B], "{names:?}");
        }
        layers[1].0.targets = Standings(vec![(B, Standing::Unhealthy)]);
        assert_eq!(
            serve_in_layers(&mut layers, &mut jar, [C, C]),
            [A, C],
            "one layer moves, the other stays"
        );
        layers[1].0.targets = Standings::default();
        assert_eq!(serve_in_layers(&mut layers, &mut jar, [B, B]), [A, C]);
    }
}

#[test]
fn s49_a_token_from_behind_that_does_not_open_changes_nothing() {
    let policy = app_cookie();
    for value in ["AWSALBAPP-0=AAAA; Path=/", "AWSALBAPP-0=_remove_", "AWSALBAPP-1=x", "AWSALBAPP-0"] {
        let (mut node, mut jar) = (Node::new(), Jar::of(&[("sid", "1")]));
        assert_eq!(node.serve(&policy, &mut jar, A, &["sid=1", value]), (A, Outcome::New));
        assert_eq!(node.serve(&policy, &mut jar, B, &[value]), (A, Outcome::Hit), "{value}");
        assert_eq!(node.serve(&policy, &mut jar, B, &[]), (A, Outcome::Hit), "{value}");
    }
}

#[test]
fn s46_same_site_depends_on_browser_and_listener() {
    for (secure, user_agent, same_site) in [
        (true, Some(CHROME), true),
        (true, Some("curl/8.5.0"), false),
        (true, None, false),
        (false, Some(CHROME), false),
    ] {
        let lines = first_response(&app_cookie(), secure, &["sid=1"], user_agent);
        assert_eq!(lines.matches("; SameSite=None; Secure\r\n").count(), if same_site { 4 } else { 0 });
    }
}

#[test]
fn s40_only_the_name_of_the_applications_cookie_counts() {
    let table: &[(&[&str], bool)] = &[
        (&["sid=1"], true),
        (&["sid="], true),
        (&["a=b", " sid = 1 ; Secure"], true),
        (&["sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], true),
        (&["sid"], false),
        (&["SID=1"], false),
        (&["sid2=1", "a=sid=1", "a=b; sid=1", ""], false),
        (&[], false),
    ];
    for (set_cookies, issued) in table {
        let lines = first_response(&app_cookie(), true, set_cookies, None);
        assert_eq!(!lines.contains("AWSALBAPP-0=_remove_"), *issued, "{set_cookies:?}");
    }
}

#[test]
fn an_idle_application_session_is_dropped_until_the_application_sets_its_cookie_again() {
    let policy = app_cookie();
    let (mut node, mut jar) = (Node::new(), Jar::of(&[("sid", "1")]));
    node.serve(&policy, &mut jar, A, &["sid=1"]);
    node.now = node.now + HOUR * 2;
    assert_eq!(node.serve(&policy, &mut jar, B, &[]), (B, Outcome::Rebound(Rebound::Expired)));
    assert_eq!(jar.value("AWSALBAPP-0"), "_remove_");
    assert_eq!(node.serve(&policy, &mut jar, C, &["sid=2"]), (C, Outcome::New));
    assert_eq!(node.serve(&policy, &mut jar, B, &[]), (C, Outcome::Hit));
}

#[test]
fn s44_many_sessions_are_cut_into_fragments_and_the_most_idle_ones_give_way() {
    let policy = app_cookie();
    let mut node = Node::new();
    let mut jar = Jar::of(&[("sid", "1")]);
    for group in 1..=120 {
        node.now = node.now + Duration::from_secs(1);
        let group = TargetGroupKey::new(group);
        let line = jar.line();
        let cookies = Cookies::read(std::iter::once(line.as_bytes()));
        let decision = crate::decide(&node.context(), &policy, group, &cookies, &node.targets);
        assert_eq!(decision.outcome, Outcome::New);
        let lines = node.bind(&policy, &decision, A, &["sid=1"]);
        assert!(
            lines.lines().all(|line| line.len() <= "Set-Cookie: ".len() + 4_096),
            "browsers keep each of them"
        );
        jar.keep(&lines);
    }
    assert_eq!(jar.value("AWSALBAPP-0").len(), 4_000);
    assert_eq!(jar.value("AWSALBAPP-1").len(), 3_272);
    assert_eq!(jar.value("AWSALBAPP-2"), "_remove_");

    let line = jar.line();
    let cookies = Cookies::read(std::iter::once(line.as_bytes()));
    let followed = |group| {
        let decision =
            crate::decide(&node.context(), &policy, TargetGroupKey::new(group), &cookies, &node.targets);
        decision.choice == Choice::Follow(A)
    };
    assert_eq!(
        (1..=120).filter(|group| followed(*group)).collect::<Vec<_>>(),
        (21..=120).collect::<Vec<_>>()
    );
}

mod classic {
    use super::*;

    fn duration(secs: Option<u64>) -> Policy {
        Policy::ClassicDuration { period: secs.map(Duration::from_secs) }
    }

    fn application() -> Policy {
        Policy::ClassicApplication { cookie_name: "sid".into() }
    }

    #[test]
    fn a_duration_cookie_without_a_period_lasts_for_the_browser_session() {
        let expected = "Set-Cookie: AWSELB=<138>;PATH=/\n\
                        Set-Cookie: AWSELBCORS=<138>;PATH=/;SAMESITE=None\n\
                        Cache-control: no-cache=\"set-cookie\"\n";
        assert_eq!(shape(&first_response(&duration(None), false, &[], None)), expected);
    }

    #[test]
    fn the_value_is_upper_case_hexadecimal() {
        let lines = first_response(&duration(None), true, &[], None);
        let value = lines.strip_prefix("Set-Cookie: AWSELB=").unwrap().split(';').next().unwrap();
        assert!(value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F')), "{value}");
        let node = Node::new();
        let lower = value.to_ascii_lowercase();
        let jar = Jar::of(&[("AWSELB", &lower)]);
        assert_eq!(node.decide(&duration(None), &jar).outcome, Outcome::Invalid(crate::Invalid::Encoding));
    }

    #[test]
    fn it_is_sent_once_and_neither_refreshed_nor_expired_by_the_load_balancer() {
        let policy = duration(Some(600));
        let (mut node, mut jar) = (Node::new(), Jar::default());
        node.serve(&policy, &mut jar, A, &[]);
        for _ in 0..3 {
            node.now = node.now + HOUR;
            let decision = node.decide(&policy, &jar);
            assert_eq!(decision.choice, Choice::Follow(A));
            assert_eq!(node.bind(&policy, &decision, A, &[]), "");
        }
    }

    #[test]
    fn a_moved_session_gets_a_new_cookie_with_the_whole_period() {
        let policy = duration(Some(600));
        let (mut node, mut jar) = (Node::new(), Jar::default());
        node.serve(&policy, &mut jar, A, &[]);
        node.now = node.now + Duration::from_secs(300);
        node.targets = Standings(vec![(A, Standing::Unhealthy)]);
        let decision = node.decide(&policy, &jar);
        assert!(node.bind(&policy, &decision, B, &[]).contains(";PATH=/;MAX-AGE=600\r\n"));
    }

    #[test]
    fn a_session_of_the_application_outlives_the_keys() {
        let (mut node, mut jar) = (Node::new(), Jar::default());
        node.serve(&application(), &mut jar, A, &["sid=1"]);
        jar.0.insert("sid".into(), "1".into());
        for _ in 0..10 {
            node.keys = node.keys.rotate(node.now, PROPAGATION, &mut node.rng).unwrap();
            node.now = node.now + Duration::from_hours(24);
            let decision = node.decide(&application(), &jar);
            assert_eq!(decision.outcome, Outcome::Hit);
            let lines = node.bind(&application(), &decision, A, &[]);
            assert!(lines.contains(";PATH=/\r\n"), "{lines}");
            jar.keep(&lines);
            let again = node.decide(&application(), &jar);
            assert_eq!(node.bind(&application(), &again, A, &[]), "", "once");
        }
    }

    #[test]
    fn a_cookie_whose_key_retires_is_sealed_anew_for_the_time_it_has_left() {
        let (mut node, mut jar) = (Node::new(), Jar::default());
        node.serve(&duration(Some(600)), &mut jar, A, &[]);
        node.keys = node.keys.rotate(node.now, PROPAGATION, &mut node.rng).unwrap();
        node.now = node.now + Duration::from_secs(100);
        for (policy, attributes) in
            [(duration(Some(600)), ";PATH=/;MAX-AGE=500\r\n"), (duration(None), ";PATH=/\r\n")]
        {
            let decision = node.decide(&policy, &jar);
            assert_eq!(decision.outcome, Outcome::Hit);
            let lines = node.bind(&policy, &decision, A, &[]);
            assert!(lines.contains(attributes), "{lines}");
            let mut resealed = jar.clone();
            resealed.keep(&lines);
            let again = node.decide(&policy, &resealed);
            assert_eq!(node.bind(&policy, &again, A, &[]), "", "once");
            assert_eq!(again.session(), decision.session(), "it is the same cookie, and no longer-lived");
        }
        node.now = node.now + Duration::from_secs(500);
        let decision = node.decide(&duration(Some(600)), &jar);
        assert_eq!(node.bind(&duration(Some(600)), &decision, A, &[]), "", "its time is over");
    }

    #[test]
    fn the_applications_attributes_are_copied_in_classics_form() {
        let table = [
            ("sid=1", ""),
            ("sid=1; Path=/", ";PATH=/"),
            ("sid=1; path=/my_path", ";PATH=/my%5Fpath"),
            ("sid=1; Max-Age=20; HttpOnly", ";MAX-AGE=20;HTTPONLY"),
            (
                "sid=1;Domain=example.com;Expires=Thu, 30 Sep 2021 10:26:41 GMT",
                ";DOMAIN=example.com;EXPIRES=Thu, 30 Sep 2021 10:26:41 GMT",
            ),
            ("sid=1; Partitioned; Priority=High; Version=1; Comment=a_b", ";VERSION=1;COMMENT=a_b"),
            ("sid=1; Comment=a\u{1}b; Discard", ";DISCARD"),
        ];
        for (set_cookie, attributes) in table {
            let expected = format!(
                "Set-Cookie: AWSELB=<138>{attributes}\n\
                 Set-Cookie: AWSELBCORS=<138>{attributes};SECURE;SAMESITE=None\n\
                 Cache-control: no-cache=\"set-cookie\"\n"
            );
            let lines = first_response(&application(), true, &[set_cookie], None);
            let cut = shape(&lines.replace("\r\nSet", ";\r\nSet")).replace(";\nSet", "\nSet");
            assert_eq!(cut, expected, "{set_cookie}");
        }
    }

    #[test]
    fn the_twin_says_secure_and_same_site_once() {
        let lines = first_response(&application(), true, &["sid=1; Path=/; Secure; SameSite=Lax"], None);
        let expected = "Set-Cookie: AWSELB=<138>;PATH=/;SECURE;SAMESITE=Lax\n\
                        Set-Cookie: AWSELBCORS=<138>;PATH=/;SECURE;SAMESITE=None\n\
                        Cache-control: no-cache=\"set-cookie\"\n";
        assert_eq!(shape(&lines), expected);
    }

    #[test]
    fn attributes_without_end_are_not_copied() {
        let set_cookie = format!("sid=1; Comment={}; Path=/", "x".repeat(4_000));
        let lines = first_response(&application(), true, &[&set_cookie], None);
        assert!(lines.contains(";PATH=/\r\n") && !lines.contains("COMMENT"));
    }

    #[test]
    fn only_a_response_that_sets_the_applications_cookie_carries_one() {
        for set_cookies in [&[][..], &["other=1"], &["sid=1;"], &["sid=1; Path=/; "]] {
            assert_eq!(first_response(&application(), true, set_cookies, None), "", "{set_cookies:?}");
        }
    }

    #[test]
    fn a_session_that_moves_stays_where_it_went_even_if_the_application_sets_nothing() {
        let policy = application();
        let (mut node, mut jar) = (Node::new(), Jar::of(&[("sid", "1")]));
        node.serve(&policy, &mut jar, A, &["sid=1; Path=/app"]);
        node.targets = Standings(vec![(A, Standing::Unhealthy)]);
        let decision = node.decide(&policy, &jar);
        let lines = node.bind(&policy, &decision, B, &[]);
        assert!(lines.contains(";PATH=/\r\n"));
        jar.keep(&lines);
        node.targets = Standings::default();
        assert_eq!(node.serve(&policy, &mut jar, C, &[]), (B, Outcome::Hit));
    }
}

#[test]
fn times_at_the_ends_of_the_clock_bind_without_panic() {
    for now in [Timestamp::from_millis(0), Timestamp::from_millis(u64::MAX)] {
        for policy in [LB_COOKIE, app_cookie(), Policy::ClassicDuration { period: Some(Duration::MAX) }] {
            let (mut node, mut jar) = (Node { now, ..Node::new() }, Jar::of(&[("sid", "1")]));
            node.serve(&policy, &mut jar, A, &["sid=1"]);
            let _ = node.serve(&policy, &mut jar, B, &[]);
        }
    }
}

/// What follows the value on the lines of a first response in this form, one cookie a line.
fn attributes_in(form: CookieForm, policy: &Policy, secure: bool) -> Vec<String> {
    let mut node = Node { form, secure, ..Node::new() };
    let decision = node.decide(policy, &Jar::default());
    let lines = node.bind(policy, &decision, A, &["sid=1"]);
    lines.lines().map(|line| line.split_once("; Path=/").unwrap().1.to_owned()).collect()
}

#[test]
fn s60_audits_get_the_attributes_that_they_ask_for() {
    let alb = CookieForm::default();
    let strict = CookieForm { same_site: Some(SameSite::Strict), ..alb };
    let none = CookieForm { same_site: Some(SameSite::None), ..alb };
    let hidden = CookieForm { http_only: true, secure: true, partitioned: true, ..strict };
    let partitioned = CookieForm { partitioned: true, ..alb };
    let table = [
        (alb, true, ["", "; SameSite=None; Secure"]),
        (alb, false, ["", "; SameSite=None"]),
        (CookieForm { http_only: true, ..alb }, true, ["; HttpOnly", "; SameSite=None; Secure; HttpOnly"]),
        (CookieForm { secure: true, ..alb }, false, ["; Secure", "; SameSite=None; Secure"]),
        (strict, true, ["; SameSite=Strict", "; SameSite=None; Secure"]),
        (none, true, ["; SameSite=None; Secure", "; SameSite=None; Secure"]),
        (none, false, ["; SameSite=None", "; SameSite=None"]),
        // Only where it is not refused.
        (partitioned, true, ["", "; SameSite=None; Secure; Partitioned"]),
        (partitioned, false, ["", "; SameSite=None"]),
        (
            hidden,
            false,
            [
                "; SameSite=Strict; Secure; HttpOnly; Partitioned",
                "; SameSite=None; Secure; HttpOnly; Partitioned",
            ],
        ),
    ];
    for (form, secure, expected) in table {
        assert_eq!(attributes_in(form, &LB_COOKIE, secure), expected, "{form:?}, secure: {secure}");
    }
    let all_four = |attributes: &str| vec![attributes.to_owned(); 4];
    assert_eq!(attributes_in(strict, &app_cookie(), true), all_four("; SameSite=Strict"));
    assert_eq!(
        attributes_in(hidden, &app_cookie(), true),
        all_four("; SameSite=Strict; Secure; HttpOnly; Partitioned")
    );
}
