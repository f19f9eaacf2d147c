"""A table of calls that together send every parameter of ELBv2's model, each at least once.

`calls` gives them for a world: an operation, its parameters, and whether it must succeed. What Elbow has not yet is
sent too; it only has to be refused as the model says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conftest import free_port

Call = tuple[str, dict[str, Any], bool]

SUBNETS = ["subnet-1", "subnet-2"]
TAGS = [{"Key": "team", "Value": "carts"}]
CERTIFICATES = [{"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/x", "IsDefault": True}]
TRUST_STORE = "arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/none/0123456789abcdef"
MAPPINGS = [
    {
        "SubnetId": subnet,
        "AllocationId": "eipalloc-1",
        "PrivateIPv4Address": "10.0.0.9",
        "IPv6Address": "fd00::9",
        "SourceNatIpv6Prefix": "auto_assigned",
    }
    for subnet in SUBNETS
]
LOGIN = {
    "SessionCookieName": "login",
    "Scope": "openid",
    "SessionTimeout": 600,
    "AuthenticationRequestExtraParams": {"display": "page"},
    "OnUnauthenticatedRequest": "deny",
}
OIDC = {
    "Issuer": "https://example.com",
    "AuthorizationEndpoint": "https://example.com/auth",
    "TokenEndpoint": "https://example.com/token",
    "UserInfoEndpoint": "https://example.com/user",
    "ClientId": "elbow",
    "ClientSecret": "not-a-secret",
    "UseExistingClientSecret": False,
} | LOGIN
COGNITO = {
    "UserPoolArn": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/x",
    "UserPoolClientId": "elbow",
    "UserPoolDomain": "example",
} | LOGIN
JWT = {
    "JwksEndpoint": "https://example.com/jwks",
    "Issuer": "https://example.com",
    "AdditionalClaims": [{"Format": "single-string", "Name": "role", "Values": ["admin"]}],
}
MUTUAL_AUTHENTICATION = {
    "Mode": "verify",
    "TrustStoreArn": TRUST_STORE,
    "IgnoreClientCertificateExpiry": True,
    "TrustStoreAssociationStatus": "active",
    "AdvertiseTrustStoreCaNames": "on",
}
REDIRECT = {
    "Protocol": "HTTPS",
    "Port": "443",
    "Host": "#{host}",
    "Path": "/#{path}",
    "Query": "#{query}",
    "StatusCode": "HTTP_301",
}
FIXED_RESPONSE = {"MessageBody": "closed", "StatusCode": "503", "ContentType": "text/plain"}
HEALTH_CHECK = {
    "HealthCheckProtocol": "HTTP",
    "HealthCheckPort": "traffic-port",
    "HealthCheckPath": "/up",
    "HealthCheckEnabled": True,
    "HealthCheckIntervalSeconds": 10,
    "HealthCheckTimeoutSeconds": 5,
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 2,
    "Matcher": {"HttpCode": "200-299"},
}
# For Network Load Balancers.
NETWORK_ONLY = {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"], "IpAddressType": "ipv4"}}
ROUTING = ("forward", "redirect", "fixed-response")
CONDITIONS = [
    {"Field": "path-pattern", "Values": ["/old/*"]},
    {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}},
    {"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^[a-z]+[.]example[.]com$"]}},
    {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/carts/*"]}},
    {"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/carts/[0-9]+$"]}},
    {"Field": "path-pattern", "RegexValues": ["^/carts$"]},
    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Shop", "Values": ["*"]}},
    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Shop", "RegexValues": ["^a+$"]}},
    {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "version", "Value": "v1"}]}},
    {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}},
    {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8", "2001:db8::/32"]}},
    NETWORK_ONLY,
]
REWRITE = [{"Regex": "^/old/(.*)$", "Replace": "/$1"}]
TRANSFORMS = [
    {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": REWRITE}},
    {"Type": "host-header-rewrite", "HostHeaderRewriteConfig": {"Rewrites": [{"Regex": "^a", "Replace": "b"}]}},
]


@dataclass
class World:
    """What the calls are about: a load balancer with a listener and a rule; a target group."""

    balancer: str
    group: str
    listener: str
    rule: str

    @classmethod
    def create(cls, client: Any) -> World:
        made = client.create_load_balancer(Name="shop", Subnets=SUBNETS)["LoadBalancers"][0]
        group = {"Name": "carts", "Protocol": "HTTP", "Port": 80, "TargetType": "ip"}
        group_arn = client.create_target_group(**group)["TargetGroups"][0]["TargetGroupArn"]
        forward = [{"Type": "forward", "TargetGroupArn": group_arn}]
        listen = {"LoadBalancerArn": made["LoadBalancerArn"], "Protocol": "HTTP", "Port": free_port()}
        listener = client.create_listener(**listen, DefaultActions=forward)["Listeners"][0]["ListenerArn"]
        created = client.create_rule(ListenerArn=listener, Priority=1, Conditions=CONDITIONS[:1], Actions=forward)
        rule = created["Rules"][0]["RuleArn"]
        client.register_targets(TargetGroupArn=group_arn, Targets=[{"Id": "127.0.0.1", "Port": free_port()}])
        return cls(made["LoadBalancerArn"], group_arn, listener, rule)


def calls(world: World) -> Iterator[Call]:
    """Every call of the table."""
    yield from describes(world)
    yield from placements(world)
    yield from groups_and_targets(world)
    yield from listeners(world)
    yield from rules(world)
    yield from trust_stores(world)
    yield from deletes(world)


def describes(world: World) -> Iterator[Call]:
    balancer, group, listener = world.balancer, world.group, world.listener
    page = {"PageSize": 1, "Marker": "00"}
    for name, ours in (
        ("DescribeLoadBalancers", {"LoadBalancerArns": [balancer]}),
        ("DescribeLoadBalancers", {"Names": ["shop"]}),
        ("DescribeTargetGroups", {"TargetGroupArns": [group]}),
        ("DescribeTargetGroups", {"Names": ["carts"]}),
        ("DescribeTargetGroups", {"LoadBalancerArn": balancer}),
        ("DescribeListeners", {"LoadBalancerArn": balancer}),
        ("DescribeListeners", {"ListenerArns": [listener]}),
        ("DescribeListenerCertificates", {"ListenerArn": listener}),
        ("DescribeAccountLimits", {}),
        ("DescribeSSLPolicies", {"Names": ["ELBSecurityPolicy-2016-08"]}),
        ("DescribeSSLPolicies", {"LoadBalancerType": "application"}),
        ("DescribeTrustStores", {}),
    ):
        yield name, ours | page, True
    yield "DescribeRules", {"ListenerArn": listener} | page, True
    yield "DescribeRules", {"RuleArns": [world.rule]}, True
    for name in ("DescribeLoadBalancerAttributes", "DescribeCapacityReservation"):
        yield name, {"LoadBalancerArn": balancer}, True
    yield "DescribeTargetGroupAttributes", {"TargetGroupArn": group}, True
    yield "DescribeListenerAttributes", {"ListenerArn": listener}, True
    yield "DescribeTags", {"ResourceArns": [balancer, group, listener]}, True


def placements(world: World) -> Iterator[Call]:
    arn = {"LoadBalancerArn": world.balancer}
    more = {"SecurityGroups": ["sg-1"], "Scheme": "internal", "Type": "application", "IpAddressType": "ipv4"}
    yield "CreateLoadBalancer", {"Name": "other", "Subnets": SUBNETS, "Tags": TAGS} | more, True
    networks = {"CustomerOwnedIpv4Pool": "ipv4pool-coip-1", "EnablePrefixForIpv6SourceNat": "on"}
    yield "CreateLoadBalancer", {"Name": "network", "SubnetMappings": MAPPINGS} | networks, False
    pools = {"IpamPools": {"Ipv4IpamPoolId": "ipam-pool-1"}}
    yield "CreateLoadBalancer", {"Name": "pools", "Subnets": SUBNETS} | pools, False
    yield "SetSubnets", arn | {"Subnets": SUBNETS, "IpAddressType": "ipv4"}, True
    yield "SetSubnets", arn | {"SubnetMappings": MAPPINGS, "EnablePrefixForIpv6SourceNat": "off"}, False
    private = {"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off"}
    yield "SetSecurityGroups", arn | {"SecurityGroups": ["sg-1", "sg-2"]} | private, False
    yield "SetIpAddressType", arn | {"IpAddressType": "dualstack"}, True
    idle = [{"Key": "idle_timeout.timeout_seconds", "Value": "90"}]
    yield "ModifyLoadBalancerAttributes", arn | {"Attributes": idle}, True
    yield "ModifyCapacityReservation", arn | {"ResetCapacityReservation": True}, True
    yield "ModifyCapacityReservation", arn | {"MinimumLoadBalancerCapacity": {"CapacityUnits": 9}}, False
    yield "ModifyIpPools", arn | {"RemoveIpamPools": ["ipv4"]}, True
    yield "ModifyIpPools", arn | pools, False
    resources = {"ResourceArns": [world.balancer, world.group, world.listener]}
    yield "AddTags", resources | {"Tags": TAGS}, True
    yield "RemoveTags", resources | {"TagKeys": ["team"]}, True


def groups_and_targets(world: World) -> Iterator[Call]:
    group = {"TargetGroupArn": world.group}
    network = {"VpcId": "vpc-1", "IpAddressType": "ipv4", "TargetType": "ip", "ProtocolVersion": "HTTP1"}
    settings = {"Protocol": "HTTP", "Port": 80}
    yield "CreateTargetGroup", {"Name": "more", "Tags": TAGS} | settings | network | HEALTH_CHECK, True
    grpc = {"Matcher": {"GrpcCode": "0"}, "ProtocolVersion": "GRPC", "TargetControlPort": 9000}
    yield "CreateTargetGroup", {"Name": "grpc"} | settings | grpc, False
    yield "ModifyTargetGroup", group | HEALTH_CHECK, True
    yield "ModifyTargetGroup", group | {"Matcher": {"GrpcCode": "0"}}, False
    sticky = [{"Key": "stickiness.enabled", "Value": "true"}]
    yield "ModifyTargetGroupAttributes", group | {"Attributes": sticky}, True
    target = {"Id": "10.0.0.1", "Port": 8080, "AvailabilityZone": "all"}
    for name in ("RegisterTargets", "DescribeTargetHealth", "DeregisterTargets"):
        yield name, group | {"Targets": [target]}, True
        yield name, group | {"Targets": [target | {"QuicServerId": "0x0123456789abcdef"}]}, False
    yield "DescribeTargetHealth", group | {"Include": ["All"]}, False


def actions(group: str) -> Iterator[dict[str, Any]]:
    weighted = [{"TargetGroupArn": group, "Weight": 3}]
    stickiness = {"Enabled": True, "DurationSeconds": 60}
    yield {"Type": "forward", "TargetGroupArn": group, "Order": 1}
    yield {
        "Type": "forward",
        "ForwardConfig": {"TargetGroups": weighted, "TargetGroupStickinessConfig": stickiness},
    }
    yield {"Type": "redirect", "RedirectConfig": REDIRECT}
    yield {"Type": "fixed-response", "FixedResponseConfig": FIXED_RESPONSE}
    yield {"Type": "authenticate-oidc", "AuthenticateOidcConfig": OIDC}
    yield {"Type": "authenticate-cognito", "AuthenticateCognitoConfig": COGNITO}
    yield {"Type": "jwt-validation", "JwtValidationConfig": JWT}


def listeners(world: World) -> Iterator[Call]:
    tls = {"Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-2016-08", "Certificates": CERTIFICATES}
    secure = tls | {"AlpnPolicy": ["HTTP2Preferred"], "MutualAuthentication": MUTUAL_AUTHENTICATION}
    for action in actions(world.group):
        routes = action["Type"] in ROUTING
        new = {"LoadBalancerArn": world.balancer, "Protocol": "HTTP", "Port": free_port(), "DefaultActions": [action]}
        yield "CreateListener", new | {"Tags": TAGS}, routes
        yield "CreateListener", new | secure, False
        here = {"ListenerArn": world.listener, "DefaultActions": [action]}
        yield "ModifyListener", here | {"Protocol": "HTTP", "Port": free_port()}, routes
        yield "ModifyListener", here | secure, False
    server = [{"Key": "routing.http.response.server.enabled", "Value": "false"}]
    yield "ModifyListenerAttributes", {"ListenerArn": world.listener, "Attributes": server}, True
    certificates = {"ListenerArn": world.listener, "Certificates": CERTIFICATES}
    yield "AddListenerCertificates", certificates, False
    yield "RemoveListenerCertificates", certificates, False


def rules(world: World) -> Iterator[Call]:
    forward = [{"Type": "forward", "TargetGroupArn": world.group}]
    rule = {"RuleArn": world.rule}
    for number, condition in enumerate(CONDITIONS):
        new = {"ListenerArn": world.listener, "Priority": 100 + number, "Actions": forward, "Tags": TAGS}
        here = condition != NETWORK_ONLY
        yield "CreateRule", new | {"Conditions": [condition], "Transforms": TRANSFORMS}, here
        yield "ModifyRule", rule | {"Conditions": [condition]}, here
    for number, action in enumerate(actions(world.group)):
        new = {"ListenerArn": world.listener, "Priority": 200 + number, "Conditions": CONDITIONS[:1]}
        here = action["Type"] in ROUTING
        yield "CreateRule", new | {"Actions": [action]}, here
        yield "ModifyRule", rule | {"Actions": [action]}, here
    yield "ModifyRule", rule | {"Transforms": TRANSFORMS}, True
    yield "ModifyRule", rule | {"ResetTransforms": True}, True
    yield "SetRulePriorities", {"RulePriorities": [rule | {"Priority": 7}]}, True


def trust_stores(world: World) -> Iterator[Call]:
    store = {"TrustStoreArn": TRUST_STORE}
    page = {"PageSize": 1, "Marker": "00"}
    bundle = {
        "CaCertificatesBundleS3Bucket": "bucket",
        "CaCertificatesBundleS3Key": "key",
        "CaCertificatesBundleS3ObjectVersion": "1",
    }
    content = {"S3Bucket": "bucket", "S3Key": "key", "S3ObjectVersion": "1", "RevocationType": "CRL"}
    for name, parameters in (
        ("DescribeTrustStores", {"TrustStoreArns": [TRUST_STORE]}),
        ("DescribeTrustStores", {"Names": ["none"]}),
        ("CreateTrustStore", bundle | {"Name": "none", "Tags": TAGS}),
        ("ModifyTrustStore", store | bundle),
        ("AddTrustStoreRevocations", store | {"RevocationContents": [content]}),
        ("DescribeTrustStoreAssociations", store | page),
        ("DescribeTrustStoreRevocations", store | page | {"RevocationIds": [1]}),
        ("GetTrustStoreCaCertificatesBundle", store),
        ("GetTrustStoreRevocationContent", store | {"RevocationId": 1}),
        ("RemoveTrustStoreRevocations", store | {"RevocationIds": [1]}),
        ("DeleteSharedTrustStoreAssociation", store | {"ResourceArn": world.balancer}),
        ("DeleteTrustStore", store),
        ("GetResourcePolicy", {"ResourceArn": TRUST_STORE}),
    ):
        yield name, parameters, False


def deletes(world: World) -> Iterator[Call]:
    yield "DeleteRule", {"RuleArn": world.rule}, True
    yield "DeleteListener", {"ListenerArn": world.listener}, True
    yield "DeleteLoadBalancer", {"LoadBalancerArn": world.balancer}, True
    yield "DeleteTargetGroup", {"TargetGroupArn": world.group}, True
