//! The shapes of what listeners and rules have in common: actions, conditions and transforms.

use super::shape::Shape;
use super::shape::Shape::{Any, List, Map, Text, Texts};

/// Actions of a listener or a rule.
pub(super) const ACTIONS: Shape = List(&[
    // Elbow refuses the types that these are for; what is in them does not matter.
    ("AuthenticateCognitoConfig", Any),
    ("AuthenticateOidcConfig", Any),
    ("FixedResponseConfig", Map(&[("ContentType", Text), ("MessageBody", Text), ("StatusCode", Text)])),
    (
        "ForwardConfig",
        Map(&[("TargetGroupStickinessConfig", Map(STICKINESS)), ("TargetGroups", List(WEIGHTED))]),
    ),
    ("JwtValidationConfig", Any),
    ("Order", Text),
    ("RedirectConfig", Map(REDIRECT)),
    ("TargetGroupArn", Text),
    ("Type", Text),
]);
/// Conditions of a rule.
pub(super) const CONDITIONS: Shape = List(&[
    ("Field", Text),
    ("HostHeaderConfig", Map(PATTERNS)),
    ("HttpHeaderConfig", Map(&[("HttpHeaderName", Text), ("RegexValues", Texts), ("Values", Texts)])),
    ("HttpRequestMethodConfig", Map(&[("Values", Texts)])),
    ("PathPatternConfig", Map(PATTERNS)),
    ("QueryStringConfig", Map(&[("Values", List(&[("Key", Text), ("Value", Text)]))])),
    ("RegexValues", Texts),
    ("SourceIpConfig", Map(&[("Values", Texts)])),
    ("Values", Texts),
]);
/// Transforms of a rule.
pub(super) const TRANSFORMS: Shape =
    List(&[("HostHeaderRewriteConfig", Map(REWRITES)), ("Type", Text), ("UrlRewriteConfig", Map(REWRITES))]);

const STICKINESS: &[(&str, Shape)] = &[("DurationSeconds", Text), ("Enabled", Text)];
const WEIGHTED: &[(&str, Shape)] = &[("TargetGroupArn", Text), ("Weight", Text)];
const REDIRECT: &[(&str, Shape)] = &[
    ("Host", Text),
    ("Path", Text),
    ("Port", Text),
    ("Protocol", Text),
    ("Query", Text),
    ("StatusCode", Text),
];
const PATTERNS: &[(&str, Shape)] = &[("RegexValues", Texts), ("Values", Texts)];
const REWRITES: &[(&str, Shape)] = &[("Rewrites", List(&[("Regex", Text), ("Replace", Text)]))];
