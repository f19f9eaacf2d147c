//! What rules are made of: every condition and transform, as it is sent, refused and shown. Actions are in
//! [`crate::rule_actions`].

use crate::rules::Shop;
use crate::world::Answer;

/// Parameters below a member: the rest of the name, and the value.
pub(crate) type Part<'a> = &'a [(&'a str, &'a str)];

impl Shop {
    /// The parameters of a rule with one part replaced by another.
    fn with(&self, list: &str, part: Part<'_>) -> Vec<(String, String)> {
        let start = format!("{list}.member.");
        let rule = self.rule("10", "/x");
        let others = rule.iter().filter(|(name, _)| !name.starts_with(&start));
        let others = others.map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let own = part.iter().map(|&(name, value)| {
            let value = if value == "@group" { self.group.clone() } else { value.to_owned() };
            (format!("{start}{name}"), value)
        });
        others.chain(own).collect()
    }

    pub(crate) fn try_with(&self, list: &str, part: Part<'_>) -> Answer {
        let parameters = self.with(list, part);
        let borrowed: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.world.call("CreateRule", &borrowed)
    }

    /// Creates a rule with this part, removes it, and gives what was shown.
    pub(crate) fn accepts(&self, list: &str, part: Part<'_>) -> Answer {
        let answer = self.try_with(list, part);
        assert_eq!(answer.status, 200, "{part:?}: {}", answer.text);
        self.world.ok("DeleteRule", &[("RuleArn", &answer.value("Rules/member/RuleArn"))]);
        answer
    }

    pub(crate) fn refuses(&self, list: &str, part: Part<'_>, code: &str, message: &str) {
        let parameters = self.with(list, part);
        let borrowed: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.world.refused("CreateRule", &borrowed, code, message);
    }
}

#[test]
fn hosts_and_paths_come_back_in_both_forms() {
    let shop = Shop::new();
    for (field, config, value) in [
        ("host-header", "HostHeaderConfig", "*.example.com"),
        ("path-pattern", "PathPatternConfig", "/img/*"),
    ] {
        let inner = format!("1.{config}.Values.member.1");
        for part in [
            [("1.Field", field), ("1.Values.member.1", value)],
            [("1.Field", field), (inner.as_str(), value)],
        ] {
            let shown = shop.accepts("Conditions", &part);
            let condition = "Rules/member/Conditions/member";
            assert_eq!(shown.value(&format!("{condition}/Field")), field);
            assert_eq!(shown.value(&format!("{condition}/Values/member")), value);
            assert_eq!(shown.value(&format!("{condition}/{config}/Values/member")), value);
        }
        let regex = format!("1.{config}.RegexValues.member.1");
        for name in [regex.as_str(), "1.RegexValues.member.1"] {
            let shown = shop.accepts("Conditions", &[("1.Field", field), (name, "^a+$")]);
            let condition = "Rules/member/Conditions/member";
            assert_eq!(shown.value(&format!("{condition}/{config}/RegexValues/member")), "^a+$");
            assert_eq!(shown.count(&format!("{condition}/Values/member")), 0);
        }
    }
}

#[test]
fn the_other_conditions_come_back_as_they_were_given() {
    let shop = Shop::new();
    let condition = "Rules/member/Conditions/member";
    let header = shop.accepts(
        "Conditions",
        &[
            ("1.Field", "http-header"),
            ("1.HttpHeaderConfig.HttpHeaderName", "X-Canary"),
            ("1.HttpHeaderConfig.Values.member.1", "yes*"),
            ("1.HttpHeaderConfig.RegexValues.member.1", "^on|1$"),
        ],
    );
    assert_eq!(header.value(&format!("{condition}/HttpHeaderConfig/HttpHeaderName")), "X-Canary");
    assert_eq!(header.value(&format!("{condition}/HttpHeaderConfig/Values/member")), "yes*");
    assert_eq!(header.value(&format!("{condition}/RegexValues/member")), "^on|1$");
    let method = shop.accepts(
        "Conditions",
        &[
            ("1.Field", "http-request-method"),
            ("1.HttpRequestMethodConfig.Values.member.1", "GET"),
            ("1.HttpRequestMethodConfig.Values.member.2", "M-SEARCH"),
        ],
    );
    assert_eq!(
        method.values(&format!("{condition}/HttpRequestMethodConfig/Values/member")),
        ["GET", "M-SEARCH"]
    );
    let query = shop.accepts(
        "Conditions",
        &[
            ("1.Field", "query-string"),
            ("1.QueryStringConfig.Values.member.1.Key", "version"),
            ("1.QueryStringConfig.Values.member.1.Value", "v1"),
            ("1.QueryStringConfig.Values.member.2.Value", "*test*"),
        ],
    );
    let pairs = format!("{condition}/QueryStringConfig/Values/member");
    assert_eq!(query.values(&format!("{pairs}/Key")), ["version"]);
    assert_eq!(query.values(&format!("{pairs}/Value")), ["v1", "*test*"]);
    let source = shop.accepts(
        "Conditions",
        &[("1.Field", "source-ip"), ("1.SourceIpConfig.Values.member.1", "10.0.0.0/8")],
    );
    assert_eq!(source.value(&format!("{condition}/SourceIpConfig/Values/member")), "10.0.0.0/8");
}

/// L5, L6, L7, L8, L9, L10, L11, L12, L13, A2.
#[test]
fn bad_conditions_are_refused_in_the_words_of_aws() {
    let shop = Shop::new();
    let path = ("1.Field", "path-pattern");
    let host = ("1.Field", "host-header");
    let header = ("1.Field", "http-header");
    let long = "a".repeat(129);
    let table: &[(Part<'_>, &str)] = &[
        (&[("1.Values.member.1", "/x")], "A condition field must be specified"),
        (
            &[("1.Field", "cookie"), ("1.Values.member.1", "x")],
            "Condition field 'cookie' must be one of '[path-pattern,",
        ),
        (&[path], "A condition value must be specified"),
        (&[path, ("1.Values", "")], "A condition value must be specified"),
        (&[path, ("1.Values.member.1", "")], "A condition value must be specified"),
        (
            &[path, ("1.Values.member.1", "/a"), ("1.Values.member.2", "/b")],
            "too many values; the limit is '1'",
        ),
        (
            &[path, ("1.Values.member.1", "/a"), ("1.PathPatternConfig.Values.member.1", "/b")],
            "both Values and",
        ),
        (
            &[path, ("1.Values.member.1", "/a"), ("1.HostHeaderConfig.Values.member.1", "b.c")],
            "not compatible with",
        ),
        (&[path, ("1.Values.member.1", "/a b")], "not valid for path-pattern"),
        (&[path, ("1.Values.member.1", &long)], "The 'path-pattern' value is too long; the limit is '128'"),
        (&[path, ("1.RegexValues.member.1", "(a)\\1")], "not supported"),
        (
            &[path, ("1.RegexValues.member.1", "a"), ("1.PathPatternConfig.RegexValues.member.1", "b")],
            "RegexValues both in and beside",
        ),
        (&[host, ("1.Values.member.1", "localhost")], "not valid for host-header"),
        (&[header, ("1.Values.member.1", "x")], "The 'Values' field is not compatible with 'http-header'"),
        (&[header], "A 'HttpHeaderConfig' must be specified with 'http-header'"),
        (&[header, ("1.HttpHeaderConfig.Values.member.1", "x")], "httpHeaderName"),
        (
            &[
                header,
                ("1.HttpHeaderConfig.HttpHeaderName", "Host"),
                ("1.HttpHeaderConfig.Values.member.1", "x"),
            ],
            "use a host-header condition",
        ),
        (
            &[("1.Field", "http-request-method"), ("1.HttpRequestMethodConfig.Values.member.1", "get")],
            "allowed characters",
        ),
        (
            &[
                ("1.Field", "http-request-method"),
                ("1.HttpRequestMethodConfig.Values.member.1", "GET"),
                ("1.RegexValues.member.1", "x"),
            ],
            "The 'RegexValues' field is not compatible",
        ),
        (
            &[("1.Field", "query-string"), ("1.QueryStringConfig.Values.member.1.Key", "k")],
            "A 'Value' must be specified",
        ),
        (
            &[("1.Field", "query-string"), ("1.QueryStringConfig.Values", "")],
            "A condition value must be specified",
        ),
        (&[("1.Field", "source-ip"), ("1.SourceIpConfig.Values.member.1", "10.0.0.1")], "block of addresses"),
        (
            &[("1.Field", "source-ip"), ("1.SourceIpConfig.Values.member.1", "255.255.255.255/32")],
            "not allowed",
        ),
        (
            &[path, ("1.Values.member.1", "/a"), ("2.Field", "path-pattern"), ("2.Values.member.1", "/b")],
            "only have one 'path-pattern' condition",
        ),
        (&[path, ("1.Values.member.1", "/*/*/*/*/*/*/*")], "A rule can only have '6' condition wildcards"),
        (
            &[
                ("1.Field", "source-ip"),
                ("1.SourceIpConfig.Values.member.1", "10.0.0.0/8"),
                ("1.SourceIpConfig.IpAddressType", "ipv4"),
            ],
            "The 'IpAddressType' field is not compatible",
        ),
        (
            &[
                path,
                ("1.PathPatternConfig.Values.member.1", "/1"),
                ("1.PathPatternConfig.Values.member.2", "/2"),
                ("1.PathPatternConfig.Values.member.3", "/3"),
                ("1.PathPatternConfig.Values.member.4", "/4"),
                ("1.PathPatternConfig.Values.member.5", "/5"),
                ("2.Field", "host-header"),
                ("2.Values.member.1", "a.b"),
            ],
            "A rule can only have '5' condition values",
        ),
    ];
    for (part, message) in table {
        shop.refuses("Conditions", part, "ValidationError", message);
    }
    shop.refuses("Conditions", &[], "ValidationError", "'conditions'");
    let many: Vec<String> = (1..=6).map(|n| format!("{n}.Field")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "query-string")).collect();
    shop.refuses("Conditions", &many, "ValidationError", "A rule can only have '5' condition values");
}

#[test]
fn transforms_are_one_of_each_kind() {
    let shop = Shop::new();
    let create = |part: Part<'_>| {
        let mut parameters = shop.with("Actions", &[("1.Type", "forward"), ("1.TargetGroupArn", "@group")]);
        parameters.extend(
            part.iter().map(|(name, value)| (format!("Transforms.member.{name}"), (*value).to_owned())),
        );
        let borrowed: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        shop.world.call("CreateRule", &borrowed)
    };
    let host = [
        ("1.Type", "host-header-rewrite"),
        ("1.HostHeaderRewriteConfig.Rewrites.member.1.Regex", "^old\\.(.*)$"),
        ("1.HostHeaderRewriteConfig.Rewrites.member.1.Replace", "new.$1"),
    ];
    let url = [
        ("2.Type", "url-rewrite"),
        ("2.UrlRewriteConfig.Rewrites.member.1.Regex", "^/api"),
        ("2.UrlRewriteConfig.Rewrites.member.1.Replace", "/"),
    ];
    let shown = create(&[host, url].concat());
    let transform = "Rules/member/Transforms/member";
    assert_eq!(shown.values(&format!("{transform}/Type")), ["host-header-rewrite", "url-rewrite"]);
    let rewrites = format!("{transform}/HostHeaderRewriteConfig/Rewrites/member");
    assert_eq!(shown.value(&format!("{rewrites}/Regex")), "^old\\.(.*)$");
    assert_eq!(shown.value(&format!("{rewrites}/Replace")), "new.$1");

    let table: &[(Part<'_>, &str)] = &[
        (&[("1.Type", "x")], "[host-header-rewrite, url-rewrite]"),
        (&[("1.Type", "")], "[host-header-rewrite, url-rewrite]"),
        (&[("1.UrlRewriteConfig.Rewrites.member.1.Regex", "x")], "'transforms.1.member.type'"),
        (&host[..1], "exactly one rewrite"),
        (&host[..2], "rewrites.1.member.replace"),
        (
            &[host[0], host[1], host[2], ("2.Type", "host-header-rewrite")],
            "only have one 'host-header-rewrite'",
        ),
        (&[host[0], ("1.UrlRewriteConfig.Rewrites.member.1.Regex", "x")], "not compatible"),
        (&[host[0], (host[1].0, "(?=x)"), host[2]], "not supported"),
    ];
    for (part, message) in table {
        let answer = create(part);
        assert_eq!(answer.value("Error/Code"), "ValidationError", "{part:?}");
        let said = answer.value("Error/Message");
        assert!(said.contains(message), "{part:?} said: {said}");
    }
}
