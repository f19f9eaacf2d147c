"""The calls of Terraform's AWS provider for the policies of a Classic Load Balancer, one by one: create, read, update,
destroy.

As in `test_terraform_sequence.py`. Each read has to give what was written: otherwise every plan would change it again.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Elbow, free_port
from test_classic_api import ZONE, listener, upload_certificate

SECURITY, BY_DURATION = "SSLNegotiationPolicyType", "LBCookieStickinessPolicyType"
AUTHENTICATION, KEY = "BackendServerAuthenticationPolicyType", "PublicKeyPolicyType"
REFERENCE = "Reference-Security-Policy"
# Two of Ed25519, as Terraform's users cut them out of their PEM.
PUBLIC_KEY = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
OTHER_PUBLIC_KEY = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
# The codes after which the provider forgets what it cannot read.
GONE = {"LoadBalancerNotFound", "PolicyNotFound"}


class Provider:
    """Terraform's resources of one load balancer as functions: each creates, then reads, as an apply does."""

    def __init__(self, client: Any, listeners: list[dict[str, Any]]) -> None:
        self.client, self.balancer = client, {"LoadBalancerName": "shop"}
        client.create_load_balancer(**self.balancer, Listeners=listeners, AvailabilityZones=[ZONE])

    def described(self) -> dict[str, Any]:
        [found] = self.client.describe_load_balancers(LoadBalancerNames=["shop"])["LoadBalancerDescriptions"]
        return found

    def of_listener(self, port: int) -> list[str]:
        """`aws_load_balancer_listener_policy`, read."""
        described = self.described()["ListenerDescriptions"]
        return next(it["PolicyNames"] for it in described if it["Listener"]["LoadBalancerPort"] == port)

    def set_of_listener(self, port: int, names: list[str]) -> None:
        """`aws_load_balancer_listener_policy`, created or updated; without names, destroyed."""
        self.client.set_load_balancer_policies_of_listener(**self.balancer, LoadBalancerPort=port, PolicyNames=names)
        assert not names or sorted(self.of_listener(port)) == sorted(names)

    def for_back_end(self, port: int) -> list[str]:
        """`aws_load_balancer_backend_server_policy`, read."""
        described = self.described()["BackendServerDescriptions"]
        return [name for it in described if it["InstancePort"] == port for name in it["PolicyNames"]]

    def set_for_back_end(self, port: int, names: list[str]) -> None:
        """`aws_load_balancer_backend_server_policy`, created or updated; without names, destroyed."""
        given = {"InstancePort": port, "PolicyNames": names}
        self.client.set_load_balancer_policies_for_backend_server(**self.balancer, **given)
        assert sorted(self.for_back_end(port)) == sorted(names)

    def policy(self, name: str) -> list[tuple[str, str]]:
        """`aws_load_balancer_policy`, read: its attributes."""
        found = self.client.describe_load_balancer_policies(**self.balancer, PolicyNames=[name])
        [policy] = found["PolicyDescriptions"]
        assert policy["PolicyName"] == name
        return [(it["AttributeName"], it["AttributeValue"]) for it in policy["PolicyAttributeDescriptions"]]

    def create_policy(self, name: str, kind: str, attributes: dict[str, str]) -> None:
        """`aws_load_balancer_policy`. Its plan is empty if all that was written is among what is read."""
        pairs = [{"AttributeName": key, "AttributeValue": value} for key, value in attributes.items()]
        given = {"PolicyName": name, "PolicyTypeName": kind} | ({"PolicyAttributes": pairs} if pairs else {})
        self.client.create_load_balancer_policy(**self.balancer, **given)
        assert set(attributes.items()) <= set(self.policy(name))

    def delete_policy(self, name: str) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
        """`aws_load_balancer_policy`, destroyed: first taken out of force; tells where it was."""
        described = self.described()
        listeners = {it["Listener"]["LoadBalancerPort"]: it["PolicyNames"] for it in described["ListenerDescriptions"]}
        back_ends = {it["InstancePort"]: it["PolicyNames"] for it in described["BackendServerDescriptions"]}
        used = [{port: names for port, names in all.items() if name in names} for all in (listeners, back_ends)]
        for port, names in used[1].items():
            self.set_for_back_end(port, [other for other in names if other != name])
        for port, names in used[0].items():
            self.set_of_listener(port, [other for other in names if other != name])
        self.client.delete_load_balancer_policy(**self.balancer, PolicyName=name)
        assert self.is_gone(name)
        return used[0], used[1]

    def update_policy(self, name: str, kind: str, attributes: dict[str, str]) -> None:
        """`aws_load_balancer_policy` with other attributes: made anew, and put where it was."""
        listeners, back_ends = self.delete_policy(name)
        self.create_policy(name, kind, attributes)
        for port, names in listeners.items():
            self.set_of_listener(port, names)
        for port, names in back_ends.items():
            self.set_for_back_end(port, names)

    def is_gone(self, name: str) -> bool:
        with pytest.raises(ClientError) as caught:
            self.policy(name)
        return caught.value.response["Error"]["Code"] in GONE

    def create_on_listener(self, name: str, port: int, attribute: str) -> str:
        """What `aws_lb_cookie_stickiness_policy` and `aws_app_cookie_stickiness_policy` do once theirs is created.

        Tells the value of its attribute, of which it must have one.
        """
        self.set_of_listener(port, [name])
        [(key, value)] = self.policy(name)
        assert key == attribute and name in self.of_listener(port)
        return value

    def delete_on_listener(self, name: str, port: int) -> None:
        """The two of them and `aws_lb_ssl_negotiation_policy`, destroyed."""
        self.set_of_listener(port, [])
        self.client.delete_load_balancer_policy(**self.balancer, PolicyName=name)
        assert self.is_gone(name)


@pytest.fixture
def ports() -> dict[str, int]:
    return {name: free_port() for name in ("http", "https", "tcp")}


@pytest.fixture
def provider(elbow: Elbow, ports: dict[str, int]) -> Provider:
    certificate = upload_certificate(elbow)
    secure = listener(ports["https"], "HTTPS", 8443, InstanceProtocol="HTTPS", SSLCertificateId=certificate)
    clear, raw = listener(ports["http"], "HTTP", 8080), listener(ports["tcp"], "TCP", 5432)
    return Provider(elbow.client("elb"), [clear, secure, raw])


def test_stickiness_is_created_replaced_and_destroyed(provider: Provider, ports: dict[str, int]) -> None:
    """`aws_lb_cookie_stickiness_policy` and `aws_app_cookie_stickiness_policy`."""
    client, balancer = provider.client, provider.balancer
    for period in (300, 0):
        # Nothing is sent for 0, and 0 has to come back.
        given = {"CookieExpirationPeriod": period} if period else {}
        client.create_lb_cookie_stickiness_policy(**balancer, PolicyName="by-duration", **given)
        told = provider.create_on_listener("by-duration", ports["http"], "CookieExpirationPeriod")
        assert told == str(period)
        provider.delete_on_listener("by-duration", ports["http"])
    for cookie in ("cart", "basket"):
        client.create_app_cookie_stickiness_policy(**balancer, PolicyName="with-cart", CookieName=cookie)
        assert provider.create_on_listener("with-cart", ports["https"], "CookieName") == cookie
        provider.delete_on_listener("with-cart", ports["https"])


def test_security_policies_are_created_updated_and_destroyed(provider: Provider, ports: dict[str, int]) -> None:
    """`aws_load_balancer_policy`, `aws_load_balancer_listener_policy` and `aws_lb_ssl_negotiation_policy`."""
    secure = ports["https"]
    provider.create_policy("security", SECURITY, {"Protocol-TLSv1.2": "true", "ECDHE-RSA-AES128-GCM-SHA256": "true"})
    provider.create_policy("sticky", BY_DURATION, {"CookieExpirationPeriod": "600"})
    provider.set_of_listener(secure, ["security", "sticky"])
    provider.update_policy("security", SECURITY, {REFERENCE: "ELBSecurityPolicy-TLS-1-2-2017-01"})
    assert sorted(provider.of_listener(secure)) == ["security", "sticky"]
    provider.set_of_listener(secure, ["security"])
    provider.set_of_listener(secure, [])
    for name in ("security", "sticky"):
        assert provider.delete_policy(name) == ({}, {})
    own = {"Protocol-TLSv1": "false", "Protocol-TLSv1.2": "true", "Server-Defined-Cipher-Order": "true"}
    own |= {"ECDHE-RSA-AES256-GCM-SHA384": "true", "EDH-RSA-DES-CBC3-SHA": "false"}
    provider.create_policy("own", SECURITY, own)
    provider.set_of_listener(secure, ["own"])
    provider.delete_on_listener("own", secure)
    assert provider.of_listener(secure) == ["ELBSecurityPolicy-2016-08"]


def test_a_policy_without_attributes_is_read_with_those_of_its_type(provider: Provider) -> None:
    """`aws_load_balancer_policy` takes them for what AWS has computed."""
    provider.create_policy("sticky", BY_DURATION, {})
    assert provider.policy("sticky") == [("CookieExpirationPeriod", "0")]
    provider.create_policy("security", SECURITY, {})
    assert len(provider.policy("security")) > 1


def test_policies_for_instances_are_created_updated_and_destroyed(provider: Provider, ports: dict[str, int]) -> None:
    """`aws_load_balancer_policy` and `aws_load_balancer_backend_server_policy`."""
    provider.create_policy("key", KEY, {"PublicKey": PUBLIC_KEY})
    provider.create_policy("other-key", KEY, {"PublicKey": OTHER_PUBLIC_KEY})
    provider.create_policy("known", AUTHENTICATION, {"PublicKeyPolicyName": "key"})
    provider.create_policy("other", AUTHENTICATION, {"PublicKeyPolicyName": "other-key"})
    provider.set_for_back_end(8443, ["known"])
    provider.set_for_back_end(8443, ["other"])
    provider.update_policy("other", AUTHENTICATION, {"PublicKeyPolicyName": "key"})
    assert provider.for_back_end(8443) == ["other"]
    provider.set_for_back_end(8443, [])
    for name in ("known", "other", "key", "other-key"):
        provider.delete_policy(name)


def test_the_proxy_protocol_is_switched_on_moved_and_destroyed(provider: Provider, ports: dict[str, int]) -> None:
    """`aws_proxy_protocol_policy`."""
    name = "TFEnableProxyProtocol"
    enabled = [{"AttributeName": "ProxyProtocol", "AttributeValue": "True"}]
    created = {"PolicyName": name, "PolicyTypeName": "ProxyProtocolPolicyType", "PolicyAttributes": enabled}
    provider.client.create_load_balancer_policy(**provider.balancer, **created)
    more = [listener(free_port(), "TCP", 5433)]
    provider.client.create_load_balancer_listeners(**provider.balancer, Listeners=more)
    for before, after in (([], [5432]), ([5432], [5432, 5433]), ([5432, 5433], [5433])):
        assert [port for port in (5432, 5433) if provider.for_back_end(port)] == before
        for port in set(before) ^ set(after):
            provider.set_for_back_end(port, [] if port in before else [name])
    assert provider.delete_policy(name) == ({}, {5433: [name]})
