//! The facts of stickiness as stories and tables.

use super::*;
use crate::testing::*;
use crate::{CLOCK_SKEW_MAX, CookieForm, DURATION_MAX, Keyring, PROPAGATION, bind_group};
use elbow_model::key::LoadBalancerKey;

const SECOND: Duration = Duration::from_secs(1);

/// A client that has been to target A once, and what it was sent.
fn visited(policy: &Policy) -> (Node, Jar) {
    let mut node = Node::new();
    let mut jar = Jar::default();
    let set_cookies: &[&str] = match policy {
        Policy::AppCookie { .. } | Policy::ClassicApplication { .. } => &["sid=1"],
        _ => &[],
    };
    assert_eq!(node.serve(policy, &mut jar, A, set_cookies), (A, Outcome::New));
    if !set_cookies.is_empty() {
        jar.0.insert("sid".into(), "1".into());
    }
    (node, jar)
}

fn policies() -> [Policy; 4] {
    [
        LB_COOKIE,
        app_cookie(),
        Policy::ClassicDuration { period: None },
        Policy::ClassicApplication { cookie_name: "sid".into() },
    ]
}

#[test]
fn s31_a_client_that_comes_back_is_followed() {
    for policy in policies() {
        let (mut node, mut jar) = visited(&policy);
        for _ in 0..3 {
            node.now = node.now + SECOND;
            assert_eq!(node.serve(&policy, &mut jar, B, &[]), (A, Outcome::Hit), "{policy:?}");
        }
    }
}

#[test]
fn s35_s36_a_target_that_cannot_take_the_request_is_left_and_the_reason_is_given() {
    let table = [
        (Standing::Unhealthy, Rebound::Unhealthy),
        (Standing::Draining, Rebound::Draining),
        (Standing::Gone, Rebound::Deregistered),
        (Standing::Unreachable, Rebound::Refused),
    ];
    for policy in policies() {
        for (standing, reason) in table {
            let (mut node, mut jar) = visited(&policy);
            node.targets = Standings(vec![(A, standing)]);
            let decision = node.decide(&policy, &jar);
            assert_eq!(decision.outcome, Outcome::Rebound(reason), "{policy:?}");
            assert_eq!(decision.choice, Choice::Choose);
            assert_eq!(decision.moved_from(), Some(A));
            assert!(decision.avoids(A) && !decision.avoids(B));

            // The session stays where it went, even after the old target is back (D6 in the design).
            assert_eq!(node.serve(&policy, &mut jar, B, &[]).0, B);
            node.targets = Standings::default();
            assert_eq!(node.serve(&policy, &mut jar, C, &[]), (B, Outcome::Hit), "{policy:?} {standing:?}");
        }
    }
}

#[test]
fn a_moved_session_remembers_the_targets_it_left() {
    let (mut node, mut jar) = visited(&LB_COOKIE);
    let before = *node.decide(&LB_COOKIE, &jar).session().unwrap();
    node.targets = Standings(vec![(A, Standing::Unhealthy)]);
    node.serve(&LB_COOKIE, &mut jar, B, &[]);
    node.targets = Standings(vec![(B, Standing::Unhealthy)]);

    let decision = node.decide(&LB_COOKIE, &jar);
    assert!(decision.avoids(A), "A is well again and has an old state of the session");
    assert!(decision.avoids(B) && !decision.avoids(C));
    let session = decision.session().unwrap();
    assert_eq!((session.id, session.first_seen, session.epoch), (before.id, before.first_seen, 1));
}

#[test]
fn a_target_that_is_gone_for_good_takes_no_place_in_the_memory() {
    let (mut node, mut jar) = visited(&LB_COOKIE);
    node.targets = Standings(vec![(A, Standing::Gone)]);
    node.serve(&LB_COOKIE, &mut jar, B, &[]);
    assert_eq!(node.decide(&LB_COOKIE, &jar).session().unwrap().left, Default::default());
}

#[test]
fn s33_the_window_slides_with_each_response() {
    for policy in [LB_COOKIE, app_cookie()] {
        let (mut node, mut jar) = visited(&policy);
        for _ in 0..5 {
            node.now = node.now + HOUR;
            assert_eq!(
                node.serve(&policy, &mut jar, B, &[]),
                (A, Outcome::Hit),
                "idle for exactly the duration"
            );
        }
        node.now = node.now + HOUR + Duration::from_millis(1);
        let decision = node.decide(&policy, &jar);
        assert_eq!((decision.choice, decision.outcome), (Choice::Choose, Outcome::Rebound(Rebound::Expired)));
        assert_eq!(decision.session(), None, "what begins now is another session");
    }
}

#[test]
fn s48_the_duration_is_the_one_configured_now() {
    let (mut node, mut jar) = visited(&LB_COOKIE);
    node.now = node.now + SECOND * 2;
    let shorter = Policy::LbCookie { duration: SECOND, https_only: false };
    assert_eq!(node.decide(&shorter, &jar).outcome, Outcome::Rebound(Rebound::Expired));
    node.now = node.now + HOUR * 2;
    let longer = Policy::LbCookie { duration: DURATION_MAX, https_only: false };
    assert_eq!(node.serve(&longer, &mut jar, B, &[]), (A, Outcome::Hit));
}

#[test]
fn a_token_from_the_near_future_is_honoured_and_a_far_one_is_not() {
    let (mut node, jar) = visited(&LB_COOKIE);
    node.now = node.now - CLOCK_SKEW_MAX;
    assert_eq!(node.decide(&LB_COOKIE, &jar).outcome, Outcome::Hit);
    node.now = node.now - Duration::from_millis(1);
    assert_eq!(node.decide(&LB_COOKIE, &jar).outcome, Outcome::Invalid(Invalid::Future));
}

#[test]
fn a_node_with_a_late_clock_does_not_age_a_session() {
    let (mut node, mut jar) = visited(&LB_COOKIE);
    let seen = node.now;
    node.now = node.now - SECOND * 100;
    node.serve(&LB_COOKIE, &mut jar, B, &[]);
    assert_eq!(node.decide(&LB_COOKIE, &jar).session().unwrap().last_seen, seen);
}

#[test]
fn s34_what_cannot_be_read_is_a_reason_and_no_error() {
    let (node, jar) = visited(&LB_COOKIE);
    let good = jar.value("AWSALB");
    let table = [
        (String::new(), Invalid::Length),
        ("x".into(), Invalid::Length),
        (good[..123].into(), Invalid::Length),
        (format!("{good}{good}"), Invalid::Length),
        (format!("\"{good}\""), Invalid::Encoding),
        (format!("%2B{}", &good[1..]), Invalid::Encoding),
        (good.replace(char::is_alphabetic, "!"), Invalid::Encoding),
        ("A".repeat(124), Invalid::Key),
        (format!("{}AAAA", &good[..120]), Invalid::Seal),
    ];
    for (value, reason) in table {
        let jar = Jar::of(&[("AWSALB", &value), ("AWSALBCORS", &value)]);
        let decision = node.decide(&LB_COOKIE, &jar);
        assert_eq!(
            (decision.choice, decision.outcome),
            (Choice::Choose, Outcome::Invalid(reason)),
            "{value}"
        );
    }
}

#[test]
fn a_cookie_of_another_load_balancer_does_not_open() {
    let (mut node, jar) = visited(&LB_COOKIE);
    node.load_balancer = LoadBalancerKey::new(1);
    assert_eq!(node.decide(&LB_COOKIE, &jar).outcome, Outcome::Invalid(Invalid::Seal));
}

#[test]
fn s37_a_cookie_of_another_target_group_is_not_honoured() {
    for policy in [LB_COOKIE, Policy::ClassicDuration { period: None }] {
        let (node, jar) = visited(&policy);
        let line = jar.line();
        let cookies = Cookies::read(std::iter::once(line.as_bytes()));
        let decision = decide(&node.context(), &policy, OTHER_GROUP, &cookies, &node.targets);
        assert_eq!(
            (decision.choice, decision.outcome),
            (Choice::Choose, Outcome::Rebound(Rebound::OtherGroup))
        );
        assert_eq!(decision.session(), None);
    }
}

/// Two clients' values, one on A and one on B.
fn two_sessions() -> (Node, String, String) {
    let (mut node, jar) = visited(&LB_COOKIE);
    let mut other = Jar::default();
    node.serve(&LB_COOKIE, &mut other, B, &[]);
    (node, jar.value("AWSALB"), other.value("AWSALB"))
}

#[test]
fn s39_the_cors_twin_wins() {
    let (node, a, b) = two_sessions();
    let table: &[(&[(&str, &str)], Choice)] = &[
        (&[("AWSALB", &a), ("AWSALBCORS", &b)], Choice::Follow(B)),
        (&[("AWSALB", &b), ("AWSALBCORS", &a)], Choice::Follow(A)),
        (&[("AWSALBCORS", &b)], Choice::Follow(B)),
        (&[("AWSALB", &b)], Choice::Follow(B)),
        (&[("AWSALB", &b), ("AWSALBCORS", "garbage")], Choice::Follow(B)),
        (&[("AWSALB", "garbage"), ("AWSALBCORS", &b)], Choice::Follow(B)),
        (&[("AWSALB", "garbage"), ("AWSALBCORS", "rubbish")], Choice::Choose),
    ];
    for (cookies, choice) in table {
        assert_eq!(node.decide(&LB_COOKIE, &Jar::of(cookies)).choice, *choice, "{cookies:?}");
    }
}

#[test]
fn a_twin_that_a_browser_could_not_replace_does_not_bring_a_session_back() {
    // HTTPS sets both; over HTTP the session moves, and the browser keeps the old `Secure` twin.
    let (mut node, mut jar) = visited(&LB_COOKIE);
    let secure_twin = jar.value("AWSALBCORS");
    node.secure = false;
    node.targets = Standings(vec![(A, Standing::Unhealthy)]);
    node.serve(&LB_COOKIE, &mut jar, B, &[]);
    jar.0.insert("AWSALBCORS".into(), secure_twin);
    node.secure = true;
    node.targets = Standings::default();
    assert_eq!(node.serve(&LB_COOKIE, &mut jar, C, &[]), (B, Outcome::Hit));
}

#[test]
fn stickiness_that_is_off_reads_and_writes_nothing() {
    let (mut node, mut jar) = visited(&LB_COOKIE);
    assert_eq!(node.serve(&Policy::None, &mut jar, B, &[]), (B, Outcome::Skipped));
    let decision = node.decide(&Policy::None, &jar);
    assert_eq!(node.bind(&Policy::None, &decision, B, &[]), "");
}

/// What the telemetry counts sessions by.
#[test]
fn a_session_is_known_by_one_id_until_it_ends() {
    for policy in policies() {
        let (mut node, jar) = visited(&policy);
        let seen = |node: &mut Node, jar: &Jar, target, set_cookies: &[&str]| {
            let decision = node.decide(&policy, jar);
            node.answer(&policy, &decision, target, set_cookies, None).1.map(|id| id.short())
        };
        let id = seen(&mut node, &jar, A, &[]);
        assert!(id.is_some(), "{policy:?}");
        node.targets = Standings(vec![(A, Standing::Unhealthy)]);
        assert_eq!(seen(&mut node, &jar, B, &[]), id, "it has moved: {policy:?}");
        let stranger = seen(&mut node, &Jar::default(), A, &["sid=2"]);
        assert!(stranger.is_some() && stranger != id, "{policy:?}");
        let of_application = matches!(policy, Policy::AppCookie { .. } | Policy::ClassicApplication { .. });
        assert_eq!(seen(&mut node, &Jar::default(), A, &[]).is_none(), of_application, "{policy:?}");
    }
    let (mut node, jar) = visited(&LB_COOKIE);
    let decision = node.decide(&Policy::None, &jar);
    assert_eq!(node.answer(&Policy::None, &decision, A, &[], None).1, None);
}

/// S14: the key rotates.
#[test]
fn rotation_loses_no_session_and_an_unknown_key_is_told_apart() {
    for policy in [LB_COOKIE, app_cookie()] {
        let (mut node, mut jar) = visited(&policy);
        node.keys = node.keys.rotate(node.now, PROPAGATION, &mut node.rng).unwrap();
        for _ in 0..4 {
            node.now = node.now + PROPAGATION / 2;
            assert_eq!(node.serve(&policy, &mut jar, B, &[]), (A, Outcome::Hit), "{policy:?}");
        }
        node.keys = Keyring::first(node.now, &mut node.rng).unwrap();
        assert_eq!(node.decide(&policy, &jar).outcome, Outcome::Invalid(Invalid::Key));
    }
}

mod application {
    use super::*;

    #[test]
    fn s41_without_the_application_cookie_there_is_no_affinity() {
        for policy in [app_cookie(), Policy::ClassicApplication { cookie_name: "sid".into() }] {
            let (node, mut jar) = visited(&policy);
            jar.0.remove("sid");
            let decision = node.decide(&policy, &jar);
            assert_eq!(decision.choice, Choice::Choose);
            assert_eq!(decision.outcome, Outcome::Rebound(Rebound::NoApplicationCookie));
        }
    }

    #[test]
    fn an_application_cookie_with_a_narrow_path_keeps_its_session() {
        let policy = app_cookie();
        let (mut node, mut jar) = visited(&policy);
        let sid = jar.0.remove("sid").unwrap();
        assert_eq!(node.serve(&policy, &mut jar, B, &[]).0, B);
        jar.0.insert("sid".into(), sid);
        assert_eq!(node.serve(&policy, &mut jar, B, &[]), (A, Outcome::Hit));
    }

    #[test]
    fn s40_one_token_carries_every_target_group() {
        let policy = app_cookie();
        let (mut node, mut jar) = visited(&policy);
        let line = jar.line();
        let cookies = Cookies::read(std::iter::once(line.as_bytes()));
        let decision = decide(&node.context(), &policy, OTHER_GROUP, &cookies, &node.targets);
        assert_eq!(decision.outcome, Outcome::New);
        jar.keep(&node.bind(&policy, &decision, C, &["sid=2"]));
        assert_eq!(jar.value("AWSALBAPP-0").len(), 216, "S12, S13: the observed size for two");

        let line = jar.line();
        let cookies = Cookies::read(std::iter::once(line.as_bytes()));
        assert_eq!(
            decide(&node.context(), &policy, OTHER_GROUP, &cookies, &node.targets).choice,
            Choice::Follow(C)
        );
        assert_eq!(node.decide(&policy, &jar).choice, Choice::Follow(A));
    }

    #[test]
    fn s45_echoed_remove_values_are_no_token() {
        let node = Node::new();
        let jar = Jar::of(&[
            ("AWSALBAPP-0", "_remove_"),
            ("AWSALBAPP-1", "_remove_"),
            ("AWSALBAPP-2", "_remove_"),
            ("AWSALBAPP-3", "_remove_"),
            ("sid", "1"),
        ]);
        assert_eq!(node.decide(&app_cookie(), &jar).outcome, Outcome::New);
    }

    #[test]
    fn s44_fragments_are_joined_in_order_and_a_gap_is_a_reason() {
        let (node, jar) = visited(&app_cookie());
        let token = jar.value("AWSALBAPP-0");
        let (head, tail) = token.split_at(60);
        let long = "A".repeat(4_001);
        let hit = Outcome::Hit;
        let table: &[(&[(&str, &str)], Outcome)] = &[
            (&[("AWSALBAPP-0", head), ("AWSALBAPP-1", tail)], hit),
            (&[("AWSALBAPP-0", head), ("AWSALBAPP-1", &tail[..40]), ("AWSALBAPP-2", &tail[40..])], hit),
            (&[("AWSALBAPP-0", tail), ("AWSALBAPP-1", head)], Outcome::Invalid(Invalid::Encoding)),
            (&[("AWSALBAPP-0", head), ("AWSALBAPP-2", tail)], Outcome::Invalid(Invalid::Fragment)),
            (&[("AWSALBAPP-1", &token)], Outcome::Invalid(Invalid::Fragment)),
            (&[("AWSALBAPP-0", "_remove_"), ("AWSALBAPP-1", &token)], Outcome::Invalid(Invalid::Fragment)),
            (&[("AWSALBAPP-0", head)], Outcome::Invalid(Invalid::Length)),
            (&[("AWSALBAPP-0", &long), ("AWSALBAPP-1", &long)], Outcome::Invalid(Invalid::Length)),
            (&[("AWSALBAPP-0", &format!("B{}", &token[1..]))], Outcome::Invalid(Invalid::Format)),
        ];
        for (cookies, outcome) in table {
            let mut jar = Jar::of(cookies);
            jar.0.insert("sid".into(), "1".into());
            assert_eq!(node.decide(&app_cookie(), &jar).outcome, *outcome, "{cookies:?}");
        }
    }
}

mod group {
    use super::*;

    const POLICY: Option<GroupPolicy> = Some(GroupPolicy { duration: HOUR });
    const MEMBER: Membership = Membership::Member { https_only: false };

    fn decided(node: &Node, jar: &Jar, groups: &[TargetGroupKey]) -> GroupDecision {
        let line = jar.line();
        let cookies = Cookies::read(std::iter::once(line.as_bytes()));
        decide_group(&node.context(), POLICY, &cookies, |group| {
            if groups.contains(&group) { MEMBER } else { Membership::None }
        })
    }

    fn visited_group() -> (Node, Jar) {
        let (mut node, mut jar) = (Node::new(), Jar::default());
        let decision = decided(&node, &jar, &[GROUP]);
        assert_eq!((decision.choice, decision.outcome), (GroupChoice::Choose, Outcome::New));
        bind_to(&mut node, &decision, GROUP, &mut jar);
        (node, jar)
    }

    fn bind_to(node: &mut Node, decision: &GroupDecision, group: TargetGroupKey, jar: &mut Jar) {
        let mut out = Vec::new();
        let date = crate::ResponseDate::new(node.now);
        let mut rng = node.rng.clone();
        bind_group(&node.context(), decision, group, &date, CookieForm::default(), &mut rng, &mut out);
        node.rng = rng;
        jar.keep(&String::from_utf8(out).unwrap());
    }

    #[test]
    fn s50_the_cookie_wins_over_the_weights_while_the_action_has_the_group() {
        let (mut node, mut jar) = visited_group();
        node.now = node.now + HOUR;
        let decision = decided(&node, &jar, &[OTHER_GROUP, GROUP]);
        assert_eq!((decision.choice, decision.outcome), (GroupChoice::Follow(GROUP), Outcome::Hit));

        let decision = decided(&node, &jar, &[OTHER_GROUP]);
        assert_eq!(
            (decision.choice, decision.outcome),
            (GroupChoice::Choose, Outcome::Rebound(Rebound::Deregistered))
        );
        bind_to(&mut node, &decision, OTHER_GROUP, &mut jar);
        let decision = decided(&node, &jar, &[OTHER_GROUP, GROUP]);
        assert_eq!(decision.choice, GroupChoice::Follow(OTHER_GROUP));
    }

    #[test]
    fn s39_the_groups_cors_twin_wins_and_the_other_is_tried_if_it_cannot_be_used() {
        let visit = |group| {
            let (mut node, mut jar) = (Node::new(), Jar::default());
            let decision = decided(&node, &jar, &[]);
            bind_to(&mut node, &decision, group, &mut jar);
            (node, jar.value("AWSALBTG"))
        };
        let ((node, one), (_, other)) = (visit(GROUP), visit(OTHER_GROUP));
        let follow = GroupChoice::Follow;
        // The plain cookie, its twin, the target groups of the action.
        let table: &[(&str, &str, &[TargetGroupKey], GroupChoice)] = &[
            (&one, &other, &[GROUP, OTHER_GROUP], follow(OTHER_GROUP)),
            (&other, &one, &[GROUP, OTHER_GROUP], follow(GROUP)),
            (&one, &other, &[GROUP], follow(GROUP)),
            (&other, &one, &[GROUP], follow(GROUP)),
            (&one, "garbage", &[GROUP], follow(GROUP)),
            ("garbage", &one, &[GROUP], follow(GROUP)),
            (&one, &other, &[], GroupChoice::Choose),
            (&one, "garbage", &[], GroupChoice::Choose),
        ];
        for (plain, twin, groups, choice) in table {
            let jar = Jar::of(&[("AWSALBTG", plain), ("AWSALBTGCORS", twin)]);
            assert_eq!(decided(&node, &jar, groups).choice, *choice, "{plain} {twin} {groups:?}");
        }
    }

    #[test]
    fn the_group_window_slides_too() {
        let (mut node, mut jar) = visited_group();
        for _ in 0..3 {
            node.now = node.now + HOUR;
            let decision = decided(&node, &jar, &[GROUP]);
            assert_eq!(decision.outcome, Outcome::Hit);
            bind_to(&mut node, &decision, GROUP, &mut jar);
        }
        node.now = node.now + HOUR + SECOND;
        assert_eq!(decided(&node, &jar, &[GROUP]).outcome, Outcome::Rebound(Rebound::Expired));
    }

    #[test]
    fn s53_an_unreadable_cookie_has_awss_error_reason() {
        let (node, jar) = visited_group();
        let encoded = jar.value("AWSALBTG").replacen(|c: char| c.is_ascii(), "%41", 1);
        let decision = decided(&node, &Jar::of(&[("AWSALBTG", &encoded)]), &[GROUP]);
        assert_eq!(decision.outcome, Outcome::Invalid(Invalid::Encoding));
        assert_eq!(decision.error_reason(), Some("AWSALBTGCookieInvalid"));
        assert_eq!(decided(&node, &Jar::default(), &[GROUP]).error_reason(), None);
    }

    #[test]
    fn a_group_cookie_of_https_over_http_is_told_and_refused_if_wanted() {
        let (mut node, jar) = visited_group();
        node.secure = false;
        let line = jar.line();
        let cookies = Cookies::read(std::iter::once(line.as_bytes()));
        for (https_only, choice) in [(false, GroupChoice::Follow(GROUP)), (true, GroupChoice::Choose)] {
            let member = |_| Membership::Member { https_only };
            let decision = decide_group(&node.context(), POLICY, &cookies, member);
            assert_eq!((decision.choice, decision.insecure_replay), (choice, true));
            assert_eq!(decision.error_reason(), None, "it can be read");
        }
    }

    #[test]
    fn a_target_cookie_is_no_group_cookie() {
        let (mut node, jar) = visited_group();
        let mut target = Jar::default();
        node.serve(&LB_COOKIE, &mut target, A, &[]);
        let swapped = Jar::of(&[("AWSALBTG", &target.value("AWSALB")), ("AWSALB", &jar.value("AWSALBTG"))]);
        assert_eq!(decided(&node, &swapped, &[GROUP]).outcome, Outcome::Invalid(Invalid::Length));
        assert_eq!(node.decide(&LB_COOKIE, &swapped).outcome, Outcome::Invalid(Invalid::Length));
    }

    #[test]
    fn without_group_stickiness_nothing_is_read_or_written() {
        let (node, jar) = visited_group();
        let line = jar.line();
        let cookies = Cookies::read(std::iter::once(line.as_bytes()));
        let decision = decide_group(&node.context(), None, &cookies, |_| MEMBER);
        assert_eq!((decision.choice, decision.outcome), (GroupChoice::Choose, Outcome::Skipped));
        let mut out = Vec::new();
        let date = crate::ResponseDate::new(node.now);
        bind_group(
            &node.context(),
            &decision,
            GROUP,
            &date,
            CookieForm::default(),
            &mut node.rng.clone(),
            &mut out,
        );
        assert!(out.is_empty());
    }
}

#[test]
fn a_cookie_issued_over_https_that_comes_over_http_is_told_and_refused_if_wanted() {
    let hour = |https_only| {
        let cookie_name = "sid".to_owned();
        [
            Policy::LbCookie { duration: HOUR, https_only },
            Policy::AppCookie { duration: HOUR, cookie_name, https_only },
        ]
    };
    for (lenient, strict) in hour(false).iter().zip(&hour(true)) {
        let (mut node, mut jar) = (Node::new(), Jar::default());
        jar.keep("Set-Cookie: sid=1;\r\n");
        let first = node.decide(lenient, &jar);
        jar.keep(&node.bind(lenient, &first, A, &["sid=1"]));
        for policy in [lenient, strict] {
            let decision = node.decide(policy, &jar);
            assert_eq!((decision.outcome, decision.insecure_replay), (Outcome::Hit, false), "over HTTPS");
        }
        node.secure = false;
        let decision = node.decide(lenient, &jar);
        assert_eq!((decision.choice, decision.insecure_replay), (Choice::Follow(A), true));
        // It was followed, and is refreshed for the thief as well: it does not become an honest one by that.
        jar.keep(&node.bind(lenient, &decision, A, &["sid=1"]));
        let refused = node.decide(strict, &jar);
        let outcome = Outcome::Invalid(Invalid::InsecureReplay);
        assert_eq!(
            (refused.choice, refused.outcome, refused.insecure_replay),
            (Choice::Choose, outcome, true)
        );
        // The session that begins instead is one of HTTP, and may go on there and over HTTPS.
        jar.keep(&node.bind(strict, &refused, B, &["sid=1"]));
        for secure in [false, true] {
            node.secure = secure;
            let decision = node.decide(strict, &jar);
            assert_eq!((decision.choice, decision.insecure_replay), (Choice::Follow(B), false));
        }
    }
}
