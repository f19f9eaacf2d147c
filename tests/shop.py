"""A load balancer over HTTPS, made through the API, for tests with real clients."""

from __future__ import annotations

import subprocess
from pathlib import Path

from conftest import Elbow, free_port, until

NAME = "shop.example.com"
POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
NEWEST_ONLY = "ELBSecurityPolicy-TLS13-1-3-2021-06"
CERTIFICATE = {"DomainName": NAME, "KeyAlgorithm": "EC_prime256v1"}


class Shop:
    """An HTTPS and an HTTP listener in front of targets on these ports; the local authority issues the certificate."""

    # What the targets speak; those that speak HTTP/2 have no listener in clear (L4).
    version = "HTTP1"

    def __init__(self, elbow: Elbow, ports: list[int], folder: Path, policy: str = POLICY, **attributes: str) -> None:
        self.elbow, self.client, acm = elbow, elbow.client(), elbow.client("acm")
        balancer = self.client.create_load_balancer(Name="shop", Subnets=["subnet-1", "subnet-2"])
        self.balancer = balancer["LoadBalancers"][0]["LoadBalancerArn"]
        tls_headers = {"Key": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "Value": "true"}
        self.client.modify_load_balancer_attributes(LoadBalancerArn=self.balancer, Attributes=[tls_headers])
        kind = {"Protocol": "HTTP", "Port": 80, "TargetType": "ip", "ProtocolVersion": self.version}
        group = self.client.create_target_group(Name="carts", **kind)
        self.group = group["TargetGroups"][0]["TargetGroupArn"]
        self.set_group(**({"stickiness.enabled": "true"} | attributes))
        targets = [{"Id": "127.0.0.1", "Port": port} for port in ports]
        self.client.register_targets(TargetGroupArn=self.group, Targets=targets)
        self.certificate = certificate = acm.request_certificate(**CERTIFICATE)["CertificateArn"]
        self.authority = folder / "authority.pem"
        self.authority.write_text(acm.get_certificate(CertificateArn=certificate)["CertificateChain"])
        self.jar, self.port, self.clear = folder / "cookies", free_port(), free_port()
        secure = {"SslPolicy": policy, "Certificates": [{"CertificateArn": certificate}]}
        self.listener = self.listen("HTTPS", self.port, **secure)
        if self.version == "HTTP1":
            self.listen("HTTP", self.clear)
        until(lambda: self.healthy() == len(ports), "healthy targets", 30)

    def set_group(self, **attributes: str) -> None:
        given = [{"Key": key, "Value": value} for key, value in attributes.items()]
        self.client.modify_target_group_attributes(TargetGroupArn=self.group, Attributes=given)

    def listen(self, protocol: str, port: int, **more: object) -> str:
        actions = [{"Type": "forward", "TargetGroupArn": self.group}]
        made = self.client.create_listener(
            LoadBalancerArn=self.balancer, Protocol=protocol, Port=port, DefaultActions=actions, **more
        )
        return made["Listeners"][0]["ListenerArn"]

    def healthy(self) -> int:
        told = self.client.describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        return sum(one["TargetHealth"]["State"] == "healthy" for one in told)

    def curl(self, *arguments: str) -> str:
        """What curl prints that trusts the authority and keeps its cookies; its answer's head included."""
        name = f"{NAME}:{self.port}:127.0.0.1"
        command = ["curl", "--silent", "--show-error", "--include", "--max-time", "20", "--resolve", name]
        cookies = ["--cacert", str(self.authority), "--cookie", str(self.jar), "--cookie-jar", str(self.jar)]
        command += [*cookies, *arguments, f"https://{NAME}:{self.port}/cart"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def replace_everything(shop: Shop, ports: list[int]) -> None:
    """Another certificate and policy, rules that come and go, and the targets on the first half of these ports replaced
    by those on the second, one by one."""
    client, acm = shop.elbow.client(), shop.elbow.client("acm")
    targets = [[{"Id": "127.0.0.1", "Port": port}] for port in ports]
    count = len(ports) // 2
    for old, new in zip(targets[:count], targets[count:], strict=True):
        certificate = acm.request_certificate(**CERTIFICATE)["CertificateArn"]
        client.modify_listener(ListenerArn=shop.listener, Certificates=[{"CertificateArn": certificate}])
        client.modify_listener(ListenerArn=shop.listener, SslPolicy=NEWEST_ONLY)
        client.register_targets(TargetGroupArn=shop.group, Targets=new)
        until(lambda: shop.healthy() > count, "a new target in rotation", 30)
        client.deregister_targets(TargetGroupArn=shop.group, Targets=old)
        rule = {
            "Conditions": [{"Field": "path-pattern", "Values": ["/closed"]}],
            "Actions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
        }
        arn = client.create_rule(ListenerArn=shop.listener, Priority=1, **rule)["Rules"][0]["RuleArn"]
        client.modify_rule(RuleArn=arn, Conditions=[{"Field": "path-pattern", "Values": ["/shut"]}])
        client.delete_rule(RuleArn=arn)
        client.modify_listener(ListenerArn=shop.listener, SslPolicy=POLICY)
