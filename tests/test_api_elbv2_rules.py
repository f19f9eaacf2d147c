"""Rules as real clients set them up: every documented parameter of every rule action, with boto3 and with aws-cli."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Elbow, free_port

SUBNETS = ["subnet-1", "subnet-2"]
PATH = {"Field": "path-pattern", "Values": ["/carts/*"]}
TEXT = {"ContentType": "text/plain", "MessageBody": "not here", "StatusCode": "404"}
NOT_HERE = {"Type": "fixed-response", "FixedResponseConfig": TEXT}
STICKY = {"Enabled": True, "DurationSeconds": 3600}
OIDC = {
    "Issuer": "https://id.example.com",
    "AuthorizationEndpoint": "https://id.example.com/authorize",
    "TokenEndpoint": "https://id.example.com/token",
    "UserInfoEndpoint": "https://id.example.com/info",
    "ClientId": "elbow",
    "ClientSecret": "secret",
    "SessionCookieName": "session",
    "Scope": "openid",
    "SessionTimeout": 3600,
    "AuthenticationRequestExtraParams": {"display": "page", "prompt": "login"},
    "OnUnauthenticatedRequest": "authenticate",
    "UseExistingClientSecret": False,
}
COGNITO = {
    "UserPoolArn": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_x",
    "UserPoolClientId": "elbow",
    "UserPoolDomain": "elbow",
    "SessionCookieName": "session",
    "Scope": "openid",
    "SessionTimeout": 3600,
    "AuthenticationRequestExtraParams": {"display": "page"},
    "OnUnauthenticatedRequest": "deny",
}
JWT = {
    "JwksEndpoint": "https://id.example.com/keys",
    "Issuer": "https://id.example.com",
    "AdditionalClaims": [{"Format": "string-array", "Name": "aud", "Values": ["shop", "carts"]}],
}


class Shop:
    """A load balancer whose listener answers 404 until a rule says otherwise, and two versions of a target group."""

    def __init__(self, elbow: Elbow) -> None:
        self.client = elbow.client()
        balancer = self.client.create_load_balancer(Name="shop", Subnets=SUBNETS)["LoadBalancers"][0]
        self.balancer = balancer["LoadBalancerArn"]
        self.stable, self.canary = (self.group(name) for name in ("stable", "canary"))
        self.port = free_port()
        self.listener = self.client.create_listener(
            LoadBalancerArn=self.balancer, Protocol="HTTP", Port=self.port, DefaultActions=[NOT_HERE]
        )["Listeners"][0]["ListenerArn"]

    def group(self, name: str) -> str:
        answer = self.client.create_target_group(Name=name, Protocol="HTTP", Port=80, TargetType="ip", VpcId="vpc-1")
        return answer["TargetGroups"][0]["TargetGroupArn"]

    def create(self, priority: int, **parts: Any) -> dict[str, Any]:
        parts = {"Conditions": [PATH], "Actions": [NOT_HERE]} | parts
        [rule] = self.client.create_rule(ListenerArn=self.listener, Priority=priority, **parts)["Rules"]
        return rule

    def rules(self) -> list[dict[str, Any]]:
        return self.client.describe_rules(ListenerArn=self.listener)["Rules"]

    def weighted(self, stable: int, canary: int) -> list[dict[str, Any]]:
        return [
            {"TargetGroupArn": self.stable, "Weight": stable},
            {"TargetGroupArn": self.canary, "Weight": canary},
        ]

    def refusal(self, priority: int = 1, **parts: Any) -> tuple[str, str]:
        """Code and message with which a rule is refused; nothing has changed then."""
        before = self.rules()
        with pytest.raises(ClientError) as caught:
            self.create(priority, **parts)
        assert self.rules() == before
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]


@pytest.fixture
def shop(elbow: Elbow) -> Shop:
    return Shop(elbow)


CONDITIONS: list[dict[str, Any]] = [
    {"Field": "host-header", "Values": ["*.example.com"]},
    {"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example.com", "b.example.com"]}},
    {"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^shop-[0-9]+\\.example\\.com$"]}},
    {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/img/*", "/a?c"]}},
    {"Field": "path-pattern", "RegexValues": ["^/v[0-9]+/"]},
    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "User-Agent", "Values": ["*Chrome*"]}},
    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-A", "RegexValues": ["^b+$"]}},
    {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET", "M-SEARCH"]}},
    {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}, {"Value": "*x*"}]}},
    {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8", "2001:db8::/32"]}},
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda it: f"{it['Field']}-{list(it)[1]}")
def test_every_form_of_a_condition_is_taken_and_shown(shop: Shop, condition: dict[str, Any]) -> None:
    rule = shop.create(1, Conditions=[condition])
    shown = dict(rule["Conditions"][0])
    field = shown.pop("Field")
    values, regexes = shown.pop("Values"), shown.pop("RegexValues")
    [(name, config)] = shown.items()
    assert field == condition["Field"]
    given = condition.get(name, condition)
    assert config["Values"] == given.get("Values", [])
    assert config.get("RegexValues", []) == given.get("RegexValues", []) == regexes
    if field in ("host-header", "path-pattern"):
        assert values == config["Values"]
    assert shop.rules()[0] == rule


def test_every_routing_action_is_taken_and_shown(shop: Shop) -> None:
    redirect = {
        "Protocol": "HTTPS",
        "Port": "443",
        "Host": "www.#{host}",
        "Path": "/new/#{path}",
        "Query": "from=#{port}&#{query}",
        "StatusCode": "HTTP_302",
    }
    forward = {"TargetGroups": shop.weighted(90, 10), "TargetGroupStickinessConfig": STICKY}
    actions = [
        {"Type": "redirect", "Order": 3, "RedirectConfig": redirect},
        NOT_HERE,
        {"Type": "forward", "Order": 50_000, "ForwardConfig": forward},
    ]
    for priority, action in enumerate(actions, 1):
        assert shop.create(priority, Actions=[action])["Actions"] == [action]
    alone = shop.create(9, Actions=[{"Type": "forward", "TargetGroupArn": shop.stable}])["Actions"]
    assert alone == [
        {
            "Type": "forward",
            "TargetGroupArn": shop.stable,
            "ForwardConfig": {
                "TargetGroups": [{"TargetGroupArn": shop.stable, "Weight": 1}],
                "TargetGroupStickinessConfig": {"Enabled": False},
            },
        }
    ]
    [listener] = shop.client.modify_listener(ListenerArn=shop.listener, DefaultActions=[actions[2]])["Listeners"]
    assert listener["DefaultActions"] == [actions[2]]
    assert shop.rules()[-1]["Actions"] == [actions[2]]


def test_actions_that_are_not_here_yet_are_understood_and_say_so(shop: Shop) -> None:
    for kind, config in [
        ("authenticate-oidc", {"AuthenticateOidcConfig": OIDC}),
        ("authenticate-cognito", {"AuthenticateCognitoConfig": COGNITO}),
        ("jwt-validation", {"JwtValidationConfig": JWT}),
    ]:
        chain = [{"Type": kind, "Order": 1} | config, NOT_HERE | {"Order": 2}]
        code, message = shop.refusal(Actions=chain)
        assert code == "InvalidLoadBalancerAction"
        assert f"'{kind}' is not in Elbow yet" in message


def test_rules_are_modified_moved_and_deleted(shop: Shop) -> None:
    rewrite = {"Rewrites": [{"Regex": "^/api/(.*)$", "Replace": "/$1"}]}
    host = {"Rewrites": [{"Regex": "^old", "Replace": "new"}]}
    transforms = [
        {"Type": "host-header-rewrite", "HostHeaderRewriteConfig": host},
        {"Type": "url-rewrite", "UrlRewriteConfig": rewrite},
    ]
    first = shop.create(10, Transforms=transforms, Tags=[{"Key": "team", "Value": "carts"}])
    second = shop.create(20)
    assert first["Transforms"] == transforms
    client, arn = shop.client, first["RuleArn"]
    [changed] = client.modify_rule(RuleArn=arn, Conditions=[CONDITIONS[0]], ResetTransforms=True)["Rules"]
    assert (changed["Transforms"], changed["Actions"]) == ([], [NOT_HERE])
    [changed] = client.modify_rule(RuleArn=arn, Transforms=transforms[1:], Actions=[NOT_HERE])["Rules"]
    assert changed["Transforms"] == transforms[1:]
    assert client.modify_rule(RuleArn=arn, Actions=[NOT_HERE])["Rules"] == [changed], "again is the same"
    pairs = [{"RuleArn": arn, "Priority": 20}, {"RuleArn": second["RuleArn"], "Priority": 10}]
    assert [rule["Priority"] for rule in client.set_rule_priorities(RulePriorities=pairs)["Rules"]] == ["20", "10"]
    assert [rule["Priority"] for rule in shop.rules()] == ["10", "20", "default"]
    [tags] = client.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    assert tags["Tags"] == [{"Key": "team", "Value": "carts"}]
    pages = client.get_paginator("describe_rules").paginate(ListenerArn=shop.listener, PaginationConfig={"PageSize": 2})
    assert [[rule["IsDefault"] for rule in page["Rules"]] for page in pages] == [[False, False], [True]]
    client.delete_rule(RuleArn=arn)
    with pytest.raises(client.exceptions.RuleNotFoundException, match="One or more rules not found"):
        client.delete_rule(RuleArn=arn)


def test_refusals_have_the_codes_and_words_of_aws(shop: Shop) -> None:
    shop.create(1)
    client = shop.client
    values = {"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/{n}" for n in range(6)]}}
    loop = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Port": str(shop.port)}}
    forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": shop.weighted(1, 1)}}
    for parts, code, message in [
        ({}, "PriorityInUse", "Priority '1' is currently in use"),
        ({"Conditions": [values]}, "ValidationError", "A rule can only have '5' condition values"),
        ({"Conditions": [{"Field": "x", "Values": ["y"]}]}, "ValidationError", "Condition field 'x' must be one of"),
        ({"Conditions": [PATH, PATH]}, "ValidationError", "only have one 'path-pattern' condition"),
        ({"Actions": [loop]}, "InvalidLoadBalancerAction", "because it creates a loop"),
        ({"Actions": [NOT_HERE, NOT_HERE]}, "TooManyActions", "only one action"),
    ]:
        found, text = shop.refusal(**parts)
        assert (found, message in text) == (code, True), text
    sticky = [{"Key": "stickiness.enabled", "Value": "true"}]
    client.modify_target_group_attributes(TargetGroupArn=shop.stable, Attributes=sticky)
    found, text = shop.refusal(2, Actions=[forward])
    assert (found, text) == (
        "InvalidLoadBalancerAction",
        "You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups",
    )
    plain = [{"Key": "stickiness.enabled", "Value": "false"}]
    client.modify_target_group_attributes(TargetGroupArn=shop.stable, Attributes=plain)
    shop.create(2, Actions=[forward])
    with pytest.raises(client.exceptions.InvalidConfigurationRequestException, match="You must enable group stickin"):
        client.modify_target_group_attributes(TargetGroupArn=shop.stable, Attributes=sticky)
    with pytest.raises(client.exceptions.ResourceInUseException, match="in use by a listener or a rule"):
        client.delete_target_group(TargetGroupArn=shop.canary)
    default = shop.rules()[-1]["RuleArn"]
    with pytest.raises(client.exceptions.OperationNotPermittedException, match=r"Default rule '.*' cannot be deleted"):
        client.delete_rule(RuleArn=default)
    limits = {limit["Name"]: limit["Max"] for limit in client.describe_account_limits()["Limits"]}
    assert limits["condition-values-per-alb-rule"] == "5"
    assert limits["target-groups-per-action-on-application-load-balancer"] == "5"


def test_a_canary_with_aws_cli(elbow: Elbow, shop: Shop) -> None:
    """A new version gets more and more of the clients, step by step, and each client stays with the one it got."""

    def aws(*arguments: str) -> Any:
        return elbow.aws("elbv2", *arguments)

    def forward(stable: int, canary: int) -> str:
        config = {"TargetGroups": shop.weighted(stable, canary), "TargetGroupStickinessConfig": STICKY}
        return json.dumps([{"Type": "forward", "ForwardConfig": config}])

    carts = "Field=path-pattern,Values=/carts/*"
    place = ("--listener-arn", shop.listener, "--priority", "10", "--conditions", carts)
    [rule] = aws("create-rule", *place, "--actions", forward(90, 10))["Rules"]
    sticky = "Key=stickiness.enabled,Value=true"
    for group in (shop.stable, shop.canary):
        aws("modify-target-group-attributes", "--target-group-arn", group, "--attributes", sticky)
    shown = aws("describe-rules", "--listener-arn", shop.listener)["Rules"]
    assert [it["Priority"] for it in shown] == ["10", "default"]
    [action] = shown[0]["Actions"]
    assert [group["Weight"] for group in action["ForwardConfig"]["TargetGroups"]] == [90, 10]
    assert action["ForwardConfig"]["TargetGroupStickinessConfig"] == STICKY
    for weights in [(50, 50), (0, 100)]:
        [changed] = aws("modify-rule", "--rule-arn", rule["RuleArn"], "--actions", forward(*weights))["Rules"]
        groups = changed["Actions"][0]["ForwardConfig"]["TargetGroups"]
        assert tuple(group["Weight"] for group in groups) == weights
    aws("set-rule-priorities", "--rule-priorities", f"RuleArn={rule['RuleArn']},Priority=5")
    aws("delete-rule", "--rule-arn", rule["RuleArn"])
    assert [it["Priority"] for it in aws("describe-rules", "--listener-arn", shop.listener)["Rules"]] == ["default"]
