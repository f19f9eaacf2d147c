//! Rules and requests as stories, and the index against the definition.

use std::net::IpAddr;

use elbow_model::Condition as C;

use super::*;
use crate::testing::{Chance, rule};

/// A request in a few words.
#[derive(Clone, Debug)]
struct Sent {
    method: &'static str,
    host: String,
    path: String,
    query: String,
    source: IpAddr,
    lines: Vec<(String, Vec<u8>)>,
}

impl Fields for Sent {
    fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines.iter().map(|(name, value)| (name.as_bytes(), value.as_slice()))
    }
}

fn get(host: &str, path: &str) -> Sent {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    Sent {
        method: "GET",
        host: host.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        source: [192, 0, 2, 7].into(),
        lines: Vec::new(),
    }
}

fn with(lines: &[(&str, &str)]) -> Sent {
    let lines = lines.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    Sent { lines, ..get("example.com", "/") }
}

impl Sent {
    fn request(&self) -> Request<'_, Self> {
        Request {
            host: self.host.as_bytes(),
            method: self.method.as_bytes(),
            path: self.path.as_bytes(),
            query: self.query.as_bytes(),
            source: self.source,
            fields: self,
        }
    }
}

fn compiled(rules: Vec<(u16, Vec<C>)>) -> Rules {
    let rules: Vec<_> =
        rules.into_iter().map(|(priority, conditions)| Arc::new(rule(priority, 1, conditions, 1))).collect();
    Rules::compile(rules.iter())
}

/// The priority of the rule that the request meets first; the index has to agree with the definition.
fn found(rules: &Rules, sent: &Sent) -> Option<u16> {
    let by_index = rules.find(&sent.request()).map(|(position, rule)| (position, rule.priority().get()));
    let naively =
        rules.find_naively(&sent.request()).map(|(position, rule)| (position, rule.priority().get()));
    assert_eq!(by_index, naively, "{sent:?}\n{rules:#?}");
    by_index.map(|(_, priority)| priority)
}

fn meets(condition: C, sent: &Sent) -> bool {
    // Others around it, so that the index is used.
    let other =
        |n: u16| (n, vec![C::host_header(&[&format!("other-{}.test", "x".repeat(n.into()))], &[]).unwrap()]);
    found(&compiled(vec![other(1), other(2), (3, vec![condition]), other(4)]), sent) == Some(3)
}

#[test]
fn l2_the_lowest_priority_that_is_met_decides() {
    let path = |path: &str| vec![C::path_pattern(&[path], &[]).unwrap()];
    let rules = compiled(vec![(20, path("/a/*")), (7, path("/a/b")), (100, path("*")), (1, path("/z"))]);
    let order: Vec<_> =
        ["/a/b", "/a/c", "/", "/z"].map(|path| found(&rules, &get("h", path)).unwrap()).into();
    assert_eq!(order, [7, 20, 100, 1]);
    assert_eq!(found(&compiled(vec![(1, path("/a"))]), &get("h", "/b")), None);
}

#[test]
fn l5_hosts_are_compared_without_case_and_port() {
    let host = |pattern: &str| C::host_header(&[pattern], &[]).unwrap();
    for (pattern, sent, expected) in [
        ("shop.example.com", "shop.example.com", true),
        ("shop.example.com", "SHOP.Example.com:8080", true),
        ("Shop.Example.COM", "shop.example.com", true),
        ("*.example.com", "a.b.example.com", true),
        ("*.example.com", "example.com", false),
        ("shop?.example.com", "shop1.example.com", true),
        ("shop?.example.com", "shop.example.com", false),
        ("example.com", "example.com.evil.test", false),
        ("example.com", "notexample.com", false),
    ] {
        assert_eq!(meets(host(pattern), &get(sent, "/")), expected, "{pattern} {sent}");
    }
    assert!(meets(
        C::host_header(&[], &["^v[0-9]+\\.EXAMPLE\\.com$"]).unwrap(),
        &get("v12.example.com", "/")
    ));
}

#[test]
fn l6_paths_are_compared_with_case_and_without_query() {
    let path = |pattern: &str| C::path_pattern(&[pattern], &[]).unwrap();
    for (pattern, sent, expected) in [
        ("/img/*", "/img/a/b.png", true),
        ("/img/*", "/IMG/a", false),
        ("/a", "/a?b=/c", true),
        ("*c", "/a?b=c", false),
        ("/a?c", "/abc", true),
        ("/a", "/a/", false),
    ] {
        assert_eq!(meets(path(pattern), &get("h", sent)), expected, "{pattern} {sent}");
    }
    assert!(!meets(path("/a"), &get("h", "/%61")), "nothing is decoded");
    assert!(meets(C::path_pattern(&[], &["^/v[0-9]+/"]).unwrap(), &get("h", "/v12/x")));
    assert!(!meets(C::path_pattern(&[], &["^/V[0-9]+/"]).unwrap(), &get("h", "/v12/x")));
    assert!(
        meets(C::path_pattern(&["/x"], &["(?i)^/ADMIN"]).unwrap(), &get("h", "/admin/1")),
        "either will do"
    );
}

#[test]
fn l7_header_lines_are_tried_in_order_whatever_their_case() {
    let header = |name: &str, value: &str| C::http_header(name, &[value], &[]).unwrap();
    let sent =
        with(&[("x-env", "Prod"), ("X-ENV", "beta-2"), ("User-Agent", "Mozilla/5.0 (X11) Chrome/142")]);
    assert!(meets(header("X-Env", "PROD"), &sent));
    assert!(meets(header("X-Env", "beta-?"), &sent));
    assert!(!meets(header("X-Env", "beta"), &sent));
    assert!(meets(header("user-agent", "*chrome*"), &sent));
    assert!(meets(header("X-Env", "*"), &sent));
    assert!(!meets(header("X-Other", "*"), &sent), "it is not there");
    assert!(meets(C::http_header("X-Env", &[], &["^p.*d$"]).unwrap(), &sent));
}

#[test]
fn l8_methods_are_compared_with_case() {
    let method = |method: &str| C::request_method(&[method, "OTHER"]).unwrap();
    let sent = |method| Sent { method, ..get("h", "/") };
    assert!(meets(method("GET"), &sent("GET")));
    assert!(!meets(method("GET"), &sent("get")));
    assert!(!meets(method("GET"), &sent("GETS")));
    assert!(meets(method("MY-OWN"), &sent("MY-OWN")));
}

#[test]
fn l9_queries_are_compared_by_key_and_value_without_case_and_not_decoded() {
    let query = |key: Option<&str>, value: &str| C::query_string(&[(key, value)]).unwrap();
    for (key, value, sent, expected) in [
        (Some("version"), "v1", "/?a=b&Version=V1", true),
        (Some("version"), "v1", "/?version=v10", false),
        (Some("version"), "v?", "/?version=v2", true),
        (Some("v*"), "*", "/?version", true),
        (Some("v*"), "*", "/?a=version", false),
        (None, "*example*", "/?x=my-EXAMPLE-1", true),
        (None, "example", "/?example=x", false),
        (None, r"a\*b", "/?x=a*b", true),
        (None, r"a\*b", "/?x=axb", false),
        (None, r"a\?b", "/?x=a?b", true),
        (None, "a+b", "/?x=a%20b", false),
        (None, "a%20b", "/?x=a%20b", true),
        (None, "*", "/", false),
        (None, "v1", "/?x=1#y=v1", false),
    ] {
        assert_eq!(meets(query(key, value), &get("h", sent)), expected, "{key:?} {value} {sent}");
    }
    let either = C::query_string(&[(Some("a"), "1"), (Some("b"), "2")]).unwrap();
    assert!(meets(either.clone(), &get("h", "/?b=2")) && !meets(either, &get("h", "/?b=1&a=2")));
    assert!(meets(query(None, "*"), &get("h", "/?x")));
}

#[test]
fn l10_sources_are_those_of_the_connection() {
    let source = |blocks: &[&str]| C::source_ip(blocks).unwrap();
    let from = |source: &str| Sent {
        source: source.parse().unwrap(),
        lines: vec![("X-Forwarded-For".to_owned(), b"198.51.100.1".to_vec())],
        ..get("h", "/")
    };
    for (blocks, address, expected) in [
        (&["192.0.2.0/24"][..], "192.0.2.9", true),
        (&["192.0.2.0/24"], "::ffff:192.0.2.9", true),
        (&["192.0.2.0/24"], "192.0.3.9", false),
        (&["198.51.100.0/24"], "192.0.2.9", false),
        (&["10.0.0.0/8", "192.0.2.9/32"], "192.0.2.9", true),
        (&["2001:db8::/32"], "2001:db8::1", true),
        (&["::/0"], "192.0.2.9", false),
        (&["0.0.0.0/0"], "192.0.2.9", true),
    ] {
        assert_eq!(meets(source(blocks), &from(address)), expected, "{blocks:?} {address}");
    }
}

#[test]
fn l11_values_are_alternatives_and_conditions_come_together() {
    let conditions = vec![
        C::host_header(&["a.test", "b.test"], &[]).unwrap(),
        C::path_pattern(&["/x/*"], &[]).unwrap(),
        C::http_header("X-A", &["1"], &[]).unwrap(),
        C::http_header("X-B", &["2"], &[]).unwrap(),
    ];
    let rules = compiled(vec![(1, conditions)]);
    let sent = |host, path, lines| Sent { lines: with(lines).lines, ..get(host, path) };
    let both = [("X-B", "2"), ("X-A", "1")];
    assert_eq!(found(&rules, &sent("b.test", "/x/1", &both)), Some(1));
    assert_eq!(found(&rules, &sent("c.test", "/x/1", &both)), None);
    assert_eq!(found(&rules, &sent("a.test", "/y/1", &both)), None);
    assert_eq!(found(&rules, &sent("a.test", "/x/1", &both[..1])), None);
}

#[test]
fn l13_an_expression_may_match_anywhere_unless_it_is_anchored() {
    let path = |regex: &str| C::path_pattern(&[], &[regex]).unwrap();
    assert!(meets(path("admin"), &get("h", "/my/admin/x")));
    assert!(!meets(path("^admin"), &get("h", "/my/admin/x")));
    assert!(meets(path("(a|b)+$"), &get("h", "/abab")));
    assert!(meets(path("x*"), &get("h", "/")), "and may match nothing at all");
}

#[test]
fn l14_control_characters_are_as_if_absent() {
    assert!(meets(C::path_pattern(&["/admin"], &[]).unwrap(), &get("h", "/ad\u{1}min")));
    assert!(meets(C::http_header("X-A", &["a b"], &[]).unwrap(), &with(&[("X-A", "a\t b")])));
    assert!(meets(C::http_header("X-A", &["y?s"], &[]).unwrap(), &with(&[("X-A", "\r\n yes")])));
}

/// Names, paths and so on from a small vocabulary, so that rules and requests meet often.
struct World(Chance);

impl World {
    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.0.below(of.len() as u64) as usize]
    }

    fn text(&mut self, letters: &[&str], longest: u64) -> String {
        (0..1 + self.0.below(longest)).map(|_| self.one(letters)).collect()
    }

    fn condition(&mut self) -> Result<C, elbow_model::Invalid> {
        let wild = ["a", "B", "*", "?", "/a", "b.", "-"];
        let regexes = [
            "^a", "(?i)A+b", "[ab]b$", "a|^/b", "x*", ".*ab", "^$", "b{2}", r"\ba", "[^a]", ".*ab.*",
            "(a|b)b+/", "a.?b", "(ab)+x*",
        ];
        let two = [self.text(&wild, 4), self.text(&wild, 2)];
        let values: Vec<&str> = two.iter().map(String::as_str).take(1 + self.0.below(2) as usize).collect();
        let regex = [self.one(&regexes)];
        let regex = if self.0.below(4) == 0 { &regex[..] } else { &[] };
        match self.0.below(6) {
            0 => {
                let hosts: Vec<_> = values.iter().map(|value| value.replace('/', "") + ".test").collect();
                C::host_header(&hosts.iter().map(String::as_str).collect::<Vec<_>>(), regex)
            }
            1 => C::path_pattern(&values, regex),
            2 => C::http_header(self.one(&["X-A", "x-b", "X-Ab"]), &values, regex),
            3 => C::request_method(&[self.one(&["GET", "PUT", "GETS"])]),
            4 => C::query_string(&[(
                Some(self.one(&["a", "?", "b*", r"\*"])).filter(|key| *key != "?"),
                values[0],
            )]),
            _ => C::source_ip(&[self.one(&[
                "10.0.0.0/8",
                "10.1.0.0/16",
                "::/0",
                "2001:db8::/32",
                "0.0.0.0/0",
                "10.1.2.3/32",
            ])]),
        }
    }

    fn rules(&mut self, count: u16) -> Rules {
        let mut rules: Vec<(u16, Vec<C>)> = Vec::new();
        while rules.len() < count.into() {
            let wanted = 1 + self.0.below(3);
            let conditions: Vec<C> = (0..wanted).filter_map(|_| self.condition().ok()).collect();
            // What the API would refuse is no rule.
            if elbow_model::Conditions::new(conditions.clone()).is_ok() {
                rules.push((1 + rules.len() as u16, conditions));
            }
        }
        compiled(rules)
    }

    fn request(&mut self) -> Sent {
        let letters = ["a", "b", "A", "B", "/", ".", "-", "*", "\u{1}", "x"];
        let lines = (0..self.0.below(3))
            .map(|_| {
                (self.one(&["X-A", "X-B", "x-ab", "Other"]).to_owned(), self.text(&letters, 4).into_bytes())
            })
            .collect();
        Sent {
            method: self.one(&["GET", "PUT", "get"]),
            host: self.text(&letters, 4).replace('/', "") + self.one(&[".test", ".TEST:80", "", "."]),
            path: format!("/{}", self.text(&letters, 5)),
            query: format!(
                "{}={}&{}",
                self.text(&letters, 2),
                self.text(&letters, 3),
                self.text(&letters, 2)
            ),
            source: self
                .one(&["10.1.2.3", "10.9.9.9", "::ffff:10.1.2.3", "2001:db8::1", "::1"])
                .parse()
                .unwrap(),
            lines,
        }
    }
}

#[test]
fn the_index_finds_what_asking_every_rule_in_turn_finds() {
    let mut met = 0;
    for seed in 0..60 {
        let mut world = World(Chance::seeded(seed));
        let rules = world.rules(if seed % 10 == 0 { 200 } else { 1 + seed as u16 });
        for _ in 0..200 {
            met += usize::from(found(&rules, &world.request()).is_some());
        }
    }
    assert!((1000..11_900).contains(&met), "{met} of 12,000 requests met a rule: the test says little");
}

#[test]
fn more_rules_than_the_index_has_places_for_are_still_found() {
    let host = |n: u16| vec![C::host_header(&[&format!("h{n}.test")], &[]).unwrap()];
    let rules = compiled((1..=1100).map(|n| (n, host(n))).collect());
    for n in [1, 64, 1024, 1025, 1100] {
        assert_eq!(found(&rules, &get(&format!("h{n}.test"), "/")), Some(n));
    }
    assert_eq!(found(&rules, &get("h1101.test", "/")), None);
}
