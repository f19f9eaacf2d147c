//! What rules do: every action, as it is sent, refused and shown.

use crate::rule_parts::Part;
use crate::rules::Shop;

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

/// L15, S20, S55.
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

/// S21, S28.
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
        (&[redirect, ("1.RedirectConfig.StatusCode", "")], validation, "[HTTP_301, HTTP_302]"),
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

/// L3; L19 and L20 are understood and refused.
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
