//! What rules are made of: every condition, action and transform, as it is sent, refused and shown.

use crate::rules::Shop;
use crate::world::Answer;

/// Parameters below a member: the rest of the name, and the value.
type Part<'a> = &'a [(&'a str, &'a str)];

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

    fn try_with(&self, list: &str, part: Part<'_>) -> Answer {
        let parameters = self.with(list, part);
        let borrowed: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.world.call("CreateRule", &borrowed)
    }

    /// Creates a rule with this part, removes it, and gives what was shown.
    fn accepts(&self, list: &str, part: Part<'_>) -> Answer {
        let answer = self.try_with(list, part);
        assert_eq!(answer.status, 200, "{part:?}: {}", answer.text);
        self.world.ok("DeleteRule", &[("RuleArn", &answer.value("Rules/member/RuleArn"))]);
        answer
    }

    fn refuses(&self, list: &str, part: Part<'_>, code: &str, message: &str) {
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
fn weighted_groups_come_back_without_a_single_one() {
    let shop = Shop::new();
    let canary = shop.world.create_target_group("canary");
    let shown = shop.accepts(
        "Actions",
        &[
            ("1.Type", "forward"),
            ("1.Order", "7"),
            ("1.ForwardConfig.TargetGroups.member.1.TargetGroupArn", "@group"),
            ("1.ForwardConfig.TargetGroups.member.1.Weight", "90"),
            ("1.ForwardConfig.TargetGroups.member.2.TargetGroupArn", &canary),
            ("1.ForwardConfig.TargetGroups.member.2.Weight", "0"),
            ("1.ForwardConfig.TargetGroupStickinessConfig.Enabled", "true"),
            ("1.ForwardConfig.TargetGroupStickinessConfig.DurationSeconds", "3600"),
        ],
    );
    let action = "Rules/member/Actions/member";
    assert_eq!(shown.value(&format!("{action}/Order")), "7");
    assert_eq!(shown.count(&format!("{action}/TargetGroupArn")), 0);
    let config = format!("{action}/ForwardConfig");
    let groups = format!("{config}/TargetGroups/member");
    assert_eq!(shown.values(&format!("{groups}/TargetGroupArn")), [shop.group.as_str(), &canary]);
    assert_eq!(shown.values(&format!("{groups}/Weight")), ["90", "0"]);
    assert_eq!(shown.value(&format!("{config}/TargetGroupStickinessConfig/Enabled")), "true");
    assert_eq!(shown.value(&format!("{config}/TargetGroupStickinessConfig/DurationSeconds")), "3600");

    let alone = "1.ForwardConfig.TargetGroups.member.1.TargetGroupArn";
    let one =
        shop.accepts("Actions", &[("1.Type", "forward"), ("1.TargetGroupArn", "@group"), (alone, "@group")]);
    assert_eq!(one.value(&format!("{action}/TargetGroupArn")), shop.group);
    assert_eq!(one.value(&format!("{groups}/Weight")), "1");
}

#[test]
fn bad_forwards_are_refused() {
    let shop = Shop::new();
    let other = shop.world.create_target_group("other");
    let gone = other.replace("/other/", "/gone/");
    let (forward, direct) = (("1.Type", "forward"), "1.TargetGroupArn");
    let (first, second) = (
        "1.ForwardConfig.TargetGroups.member.1.TargetGroupArn",
        "1.ForwardConfig.TargetGroups.member.2.TargetGroupArn",
    );
    let (weight, stickiness) = (
        "1.ForwardConfig.TargetGroups.member.1.Weight",
        "1.ForwardConfig.TargetGroupStickinessConfig.Enabled",
    );
    let duration = "1.ForwardConfig.TargetGroupStickinessConfig.DurationSeconds";
    let seconds = "Target group stickiness duration must be between 1 and 604800 seconds";
    let weights = "The weight for each target group must be between 0 and 999, inclusive";
    let (validation, action) = ("ValidationError", "InvalidLoadBalancerAction");
    let table: &[(Part<'_>, &str, &str)] = &[
        (&[forward], action, "'TargetGroupArn' or 'ForwardConfig'"),
        (&[forward, (direct, "x")], validation, "target group ARN"),
        (&[forward, (direct, &gone)], "TargetGroupNotFound", "not found"),
        (&[forward, (direct, "@group"), (first, &other)], validation, "same target group"),
        (&[forward, (first, "@group"), (weight, "1000")], validation, weights),
        (&[forward, (first, "@group"), (second, &other)], validation, weights),
        (&[forward, (first, "@group"), (stickiness, "true")], validation, seconds),
        (&[forward, (first, "@group"), (duration, "0")], validation, seconds),
        (&[forward, (first, "@group"), (stickiness, "true"), (duration, "604801")], validation, seconds),
        (&[forward, (direct, "@group"), ("1.RedirectConfig.Port", "1")], action, "cannot specify the field"),
        (&[("1.Type", "forwards")], validation, "enum value set: [forward, authenticate-oidc"),
        (&[(direct, "@group")], validation, "'actions.1.member.type'"),
        (&[forward, (direct, "@group"), ("1.Order", "50001")], validation, "order"),
    ];
    for (part, code, message) in table {
        shop.refuses("Actions", part, code, message);
    }
    let names: Vec<String> =
        (1..=6).map(|n| format!("1.ForwardConfig.TargetGroups.member.{n}.TargetGroupArn")).collect();
    let weights: Vec<String> =
        (1..=6).map(|n| format!("1.ForwardConfig.TargetGroups.member.{n}.Weight")).collect();
    let groups: Vec<String> = (1..=6).map(|n| shop.world.create_target_group(&format!("g{n}"))).collect();
    let mut six = vec![forward];
    six.extend(names.iter().zip(&groups).map(|(name, group)| (name.as_str(), group.as_str())));
    six.extend(weights.iter().map(|name| (name.as_str(), "1")));
    shop.refuses("Actions", &six, validation, "at most '5' target groups");
    let twice = [
        six[0],
        six[1],
        (names[1].as_str(), six[1].1),
        (weights[0].as_str(), "1"),
        (weights[1].as_str(), "1"),
    ];
    shop.refuses("Actions", &twice, validation, "same target group more than once");
}

#[test]
fn stickiness_of_groups_and_of_their_rule_go_together() {
    let shop = Shop::new();
    let canary = shop.world.create_target_group("canary");
    let attribute = |key: &'static str, value: &'static str| {
        [
            ("TargetGroupArn", shop.group.as_str()),
            ("Attributes.member.1.Key", key),
            ("Attributes.member.1.Value", value),
        ]
    };
    let action = "ModifyTargetGroupAttributes";
    let weighted: &[(&str, &str)] = &[
        ("1.Type", "forward"),
        ("1.ForwardConfig.TargetGroups.member.1.TargetGroupArn", "@group"),
        ("1.ForwardConfig.TargetGroups.member.1.Weight", "90"),
        ("1.ForwardConfig.TargetGroups.member.2.TargetGroupArn", &canary),
        ("1.ForwardConfig.TargetGroups.member.2.Weight", "10"),
    ];
    let sticky = [
        weighted,
        &[
            ("1.ForwardConfig.TargetGroupStickinessConfig.Enabled", "true"),
            ("1.ForwardConfig.TargetGroupStickinessConfig.DurationSeconds", "60"),
        ],
    ]
    .concat();

    shop.world.ok(action, &attribute("stickiness.enabled", "true"));
    shop.refuses(
        "Actions",
        weighted,
        "InvalidLoadBalancerAction",
        "You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups",
    );
    shop.accepts("Actions", &sticky);

    shop.world.ok(action, &attribute("stickiness.enabled", "false"));
    let plain = shop.try_with("Actions", weighted).value("Rules/member/RuleArn");
    shop.world.refused(
        action,
        &attribute("stickiness.enabled", "true"),
        "InvalidConfigurationRequest",
        "You must enable group stickiness before enabling target stickiness",
    );
    shop.world.ok("DeleteRule", &[("RuleArn", &plain)]);

    shop.try_with("Actions", &sticky);
    let mut application = attribute("stickiness.enabled", "true").to_vec();
    application.extend([
        ("Attributes.member.2.Key", "stickiness.type"),
        ("Attributes.member.2.Value", "app_cookie"),
        ("Attributes.member.3.Key", "stickiness.app_cookie.cookie_name"),
        ("Attributes.member.3.Value", "sid"),
    ]);
    shop.world.refused(action, &application, "InvalidConfigurationRequest", "does not work with weighted");
    shop.world.ok(action, &attribute("stickiness.enabled", "true"));
}

#[test]
fn redirects_show_every_part() {
    let shop = Shop::new();
    let shown = shop.accepts(
        "Actions",
        &[
            ("1.Type", "redirect"),
            ("1.RedirectConfig.Protocol", "HTTPS"),
            ("1.RedirectConfig.StatusCode", "HTTP_301"),
        ],
    );
    let config = "Rules/member/Actions/member/RedirectConfig";
    for (name, value) in [
        ("Protocol", "HTTPS"),
        ("Port", "#{port}"),
        ("Host", "#{host}"),
        ("Path", "/#{path}"),
        ("Query", "#{query}"),
        ("StatusCode", "HTTP_301"),
    ] {
        assert_eq!(shown.value(&format!("{config}/{name}")), value);
    }
    let (validation, action) = ("ValidationError", "InvalidLoadBalancerAction");
    let redirect = ("1.Type", "redirect");
    let status = ("1.RedirectConfig.StatusCode", "HTTP_302");
    let long = format!("/{}", "a".repeat(128));
    let table: &[(Part<'_>, &str, &str)] = &[
        (&[redirect], action, "you must specify the following fields: 'RedirectConfig'"),
        (&[redirect, ("1.RedirectConfig.Port", "81")], validation, "redirectConfig.statusCode"),
        (&[redirect, ("1.RedirectConfig.StatusCode", "HTTP_307")], validation, "[HTTP_301, HTTP_302]"),
        (
            &[redirect, status, ("1.RedirectConfig.Protocol", "https")],
            validation,
            "regular expression pattern",
        ),
        (&[redirect, status, ("1.RedirectConfig.Path", &long)], validation, "less than or equal to 128"),
        (&[redirect, status, ("1.RedirectConfig.Host", "")], validation, "greater than or equal to 1"),
        (&[redirect, status, ("1.RedirectConfig.Path", "new")], action, "start with '/'"),
        (&[redirect, status, ("1.RedirectConfig.Port", "70000")], action, "Port '70000'"),
        (&[redirect, status], action, "creates a loop"),
        (&[redirect, status, ("1.RedirectConfig.Port", "80")], action, "creates a loop"),
        (
            &[redirect, status, ("1.RedirectConfig.Port", "81"), ("1.TargetGroupArn", "@group")],
            action,
            "cannot specify",
        ),
    ];
    for (part, code, message) in table {
        shop.refuses("Actions", part, code, message);
    }
}

#[test]
fn fixed_responses_are_shown_as_they_were_given() {
    let shop = Shop::new();
    let (fixed, status) = (("1.Type", "fixed-response"), "1.FixedResponseConfig.StatusCode");
    let (body, kind) = ("1.FixedResponseConfig.MessageBody", "1.FixedResponseConfig.ContentType");
    let shown = shop.accepts("Actions", &[fixed, (status, "503"), (body, "<sorry>"), (kind, "text/html")]);
    let config = "Rules/member/Actions/member/FixedResponseConfig";
    assert_eq!(shown.value(&format!("{config}/StatusCode")), "503");
    assert_eq!(shown.value(&format!("{config}/MessageBody")), "<sorry>");
    assert_eq!(shown.value(&format!("{config}/ContentType")), "text/html");
    let bare = shop.accepts("Actions", &[fixed, (status, "204")]);
    assert_eq!(bare.count(&format!("{config}/MessageBody")), 0);
    let (validation, action) = ("ValidationError", "InvalidLoadBalancerAction");
    let long = "a".repeat(1025);
    let table: &[(Part<'_>, &str, &str)] = &[
        (&[fixed], action, "'FixedResponseConfig'"),
        (&[fixed, (body, "x")], validation, "fixedResponseConfig.statusCode"),
        (&[fixed, (status, "301")], validation, "^(2|4|5)"),
        (&[fixed, (status, "2000")], validation, "^(2|4|5)"),
        (&[fixed, (status, "200"), (kind, "text/xml")], action, "The ContentType must be one of"),
        (&[fixed, (status, "200"), (body, &long)], validation, "less than or equal to 1024"),
    ];
    for (part, code, message) in table {
        shop.refuses("Actions", part, code, message);
    }
}

#[test]
fn chains_are_understood_and_what_is_not_here_says_so() {
    let shop = Shop::new();
    let oidc: &[(&str, &str)] = &[
        ("1.Type", "authenticate-oidc"),
        ("1.Order", "1"),
        ("1.AuthenticateOidcConfig.Issuer", "https://id.example.com"),
        ("1.AuthenticateOidcConfig.AuthorizationEndpoint", "https://id.example.com/authorize"),
        ("1.AuthenticateOidcConfig.TokenEndpoint", "https://id.example.com/token"),
        ("1.AuthenticateOidcConfig.UserInfoEndpoint", "https://id.example.com/info"),
        ("1.AuthenticateOidcConfig.ClientId", "elbow"),
        ("1.AuthenticateOidcConfig.ClientSecret", "secret"),
        ("1.AuthenticateOidcConfig.SessionTimeout", "60"),
        ("1.AuthenticateOidcConfig.OnUnauthenticatedRequest", "deny"),
        ("1.AuthenticateOidcConfig.AuthenticationRequestExtraParams.entry.1.key", "display"),
        ("1.AuthenticateOidcConfig.AuthenticationRequestExtraParams.entry.1.value", "page"),
    ];
    let cognito: &[(&str, &str)] = &[
        ("1.Type", "authenticate-cognito"),
        ("1.Order", "1"),
        ("1.AuthenticateCognitoConfig.UserPoolArn", "arn:aws:cognito-idp:us-east-1:000000000000:userpool/x"),
        ("1.AuthenticateCognitoConfig.UserPoolClientId", "elbow"),
        ("1.AuthenticateCognitoConfig.UserPoolDomain", "elbow"),
    ];
    let jwt: &[(&str, &str)] = &[
        ("1.Type", "jwt-validation"),
        ("1.Order", "1"),
        ("1.JwtValidationConfig.JwksEndpoint", "https://id.example.com/keys"),
        ("1.JwtValidationConfig.Issuer", "https://id.example.com"),
        ("1.JwtValidationConfig.AdditionalClaims.member.1.Format", "single-string"),
        ("1.JwtValidationConfig.AdditionalClaims.member.1.Name", "aud"),
        ("1.JwtValidationConfig.AdditionalClaims.member.1.Values.member.1", "shop"),
    ];
    let forward: &[(&str, &str)] = &[("2.Type", "forward"), ("2.Order", "2"), ("2.TargetGroupArn", "@group")];
    let action = "InvalidLoadBalancerAction";
    for secured in [oidc, cognito, jwt] {
        let kind = format!("An action of type '{}' is not in Elbow yet", secured[0].1);
        shop.refuses("Actions", &[secured, forward].concat(), action, &kind);
        let without =
            |name: &str| secured.iter().copied().filter(|(key, _)| !key.ends_with(name)).collect::<Vec<_>>();
        shop.refuses("Actions", &secured[..2], action, "must have an action of type");
        shop.refuses(
            "Actions",
            &[&secured[..2], forward].concat(),
            action,
            "you must specify the following fields",
        );
        shop.refuses(
            "Actions",
            &[&without("1.Order")[..], forward].concat(),
            action,
            "must specify an order",
        );
        let last =
            [("2.Type", "forward"), ("2.Order", "2"), ("2.TargetGroupArn", "@group"), ("1.Order", "3")];
        shop.refuses("Actions", &[&without("1.Order")[..], &last].concat(), action, "must be the last one");
        let same = [("2.Type", "forward"), ("2.Order", "1"), ("2.TargetGroupArn", "@group")];
        shop.refuses("Actions", &[secured, &same].concat(), action, "order of its own");
    }
    let but = |part: Part<'_>, name: &str, value: &'static str| {
        let mut changed: Vec<(String, String)> = [part, forward]
            .concat()
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let found = changed.iter_mut().find(|(key, _)| key.ends_with(name)).unwrap();
        found.1 = value.to_owned();
        changed
    };
    for (changed, code, message) in [
        (but(oidc, ".TokenEndpoint", "http://id.example.com"), action, "TokenEndpoint"),
        (but(oidc, ".SessionTimeout", "0"), "ValidationError", "sessionTimeout"),
        (but(oidc, ".OnUnauthenticatedRequest", "drop"), "ValidationError", "[deny, allow, authenticate]"),
        (but(jwt, ".Name", "exp"), action, "'exp'"),
        (but(jwt, ".Format", "number"), "ValidationError", "single-string"),
    ] {
        let borrowed: Vec<(&str, &str)> =
            changed.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        shop.refuses("Actions", &borrowed, code, message);
    }
    let two: &[(&str, &str)] = &[("1.Type", "forward"), ("1.TargetGroupArn", "@group")];
    shop.refuses("Actions", &[two, forward].concat(), "TooManyActions", "only one action of type");
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
