"""HTTPS listeners by the API, with certificates of Certificate Manager and of IAM."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Elbow, free_port
from test_certificates import Files

POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"


class World:
    """A load balancer, a target group, and certificates by name."""

    def __init__(self, elbow: Elbow) -> None:
        self.client, self.acm = elbow.client(), elbow.client("acm")
        balancer = self.client.create_load_balancer(Name="shop", Subnets=["subnet-1", "subnet-2"])
        self.balancer = balancer["LoadBalancers"][0]["LoadBalancerArn"]
        group = self.client.create_target_group(Name="carts", Protocol="HTTP", Port=80, TargetType="ip")
        self.group = group["TargetGroups"][0]["TargetGroupArn"]

    def certificate(self, name: str) -> str:
        return self.acm.request_certificate(DomainName=name, KeyAlgorithm="EC_prime256v1")["CertificateArn"]

    def listener(self, certificate: str, **more: Any) -> dict[str, Any]:
        return self.client.create_listener(
            LoadBalancerArn=self.balancer,
            Protocol="HTTPS",
            Port=free_port(),
            Certificates=[{"CertificateArn": certificate}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
            **more,
        )["Listeners"][0]


@pytest.fixture
def world(elbow: Elbow) -> World:
    return World(elbow)


def refused(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"]


def test_a_listener_shows_what_it_was_given(world: World) -> None:
    certificate = world.certificate("shop.example.com")
    listener = world.listener(certificate, SslPolicy=POLICY)
    [shown] = world.client.describe_listeners(ListenerArns=[listener["ListenerArn"]])["Listeners"]
    assert shown["Certificates"] == [{"CertificateArn": certificate}]
    assert (shown["SslPolicy"], shown["MutualAuthentication"]) == (POLICY, {"Mode": "off"})
    described = world.acm.describe_certificate(CertificateArn=certificate)["Certificate"]
    assert described["InUseBy"] == [world.balancer]
    assert refused(world.acm.delete_certificate, CertificateArn=certificate) == "ResourceInUseException"
    world.client.delete_listener(ListenerArn=listener["ListenerArn"])
    world.acm.delete_certificate(CertificateArn=certificate)


def greeted(port: int, name: str, authority: str) -> bytes:
    """The answer to a request over TLS of a client that trusts this authority only, and that checks the name."""
    context = ssl.create_default_context(cadata=authority)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
        context.wrap_socket(connection, server_hostname=name) as secure,
    ):
        secure.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: secure.recv(4096), b""))


def test_clients_are_shown_the_certificate_of_the_name_that_they_ask_for(world: World) -> None:
    default, other = world.certificate("shop.example.com"), world.certificate("carts.example.com")
    authority = world.acm.get_certificate(CertificateArn=default)["CertificateChain"]
    says = {"StatusCode": "200", "MessageBody": "hello", "ContentType": "text/plain"}
    port = free_port()
    listener = world.client.create_listener(
        LoadBalancerArn=world.balancer,
        Protocol="HTTPS",
        Port=port,
        SslPolicy=POLICY,
        Certificates=[{"CertificateArn": default}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": says}],
    )["Listeners"][0]["ListenerArn"]
    assert greeted(port, "shop.example.com", authority).endswith(b"hello")
    with pytest.raises(ssl.SSLCertVerificationError):
        greeted(port, "carts.example.com", authority)
    world.client.add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": other}])
    assert greeted(port, "carts.example.com", authority).endswith(b"hello")
    world.client.modify_listener(ListenerArn=listener, Certificates=[{"CertificateArn": other}])
    with pytest.raises(ssl.SSLCertVerificationError):
        greeted(port, "shop.example.com", authority)


def test_certificates_are_added_listed_in_pages_and_removed(world: World) -> None:
    default = world.certificate("shop.example.com")
    listener = world.listener(default)["ListenerArn"]
    more = [world.certificate(f"n{number}.example.com") for number in range(4)]
    for arn in more:
        world.client.add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": arn}])
    pages = world.client.get_paginator("describe_listener_certificates")
    pages = list(pages.paginate(ListenerArn=listener, PaginationConfig={"PageSize": 2}))
    assert [len(page["Certificates"]) for page in pages] == [2, 2, 1]
    shown = [certificate for page in pages for certificate in page["Certificates"]]
    assert shown[0] == {"CertificateArn": default, "IsDefault": True}
    assert {it["CertificateArn"] for it in shown[1:]} == set(more)
    gone = [{"CertificateArn": default}]
    code = refused(world.client.remove_listener_certificates, ListenerArn=listener, Certificates=gone)
    assert code == "OperationNotPermitted"


def test_a_listener_becomes_secure_and_back(world: World) -> None:
    certificate = world.certificate("shop.example.com")
    actions = [{"Type": "forward", "TargetGroupArn": world.group}]
    listener = world.client.create_listener(
        LoadBalancerArn=world.balancer, Protocol="HTTP", Port=free_port(), DefaultActions=actions
    )["Listeners"][0]["ListenerArn"]
    shows = [{"CertificateArn": certificate}]
    assert refused(world.client.modify_listener, ListenerArn=listener, Protocol="HTTPS") == "ValidationError"
    [secure] = world.client.modify_listener(
        ListenerArn=listener, Protocol="HTTPS", SslPolicy=POLICY, Certificates=shows
    )["Listeners"]
    assert (secure["Protocol"], secure["Certificates"]) == ("HTTPS", shows)
    [plain] = world.client.modify_listener(ListenerArn=listener, Protocol="HTTP")["Listeners"]
    assert "SslPolicy" not in plain and not plain.get("Certificates")


def test_iam_keeps_server_certificates(elbow: Elbow, world: World, tmp_path: Path) -> None:
    files = Files(tmp_path / "files")
    iam = elbow.client("iam")
    given = {
        "CertificateBody": files.cert.read_text(),
        "PrivateKey": files.key.read_text(),
        "CertificateChain": files.chain.read_text(),
    }
    uploaded = iam.upload_server_certificate(ServerCertificateName="shop", Path="/carts/", **given)
    arn = uploaded["ServerCertificateMetadata"]["Arn"]
    assert arn == "arn:aws:iam::000000000000:server-certificate/carts/shop"
    got = iam.get_server_certificate(ServerCertificateName="shop")["ServerCertificate"]
    assert (got["CertificateBody"], got["CertificateChain"]) == (given["CertificateBody"], given["CertificateChain"])
    [listed] = iam.list_server_certificates(PathPrefix="/carts/")["ServerCertificateMetadataList"]
    assert listed == got["ServerCertificateMetadata"]
    other = Files(tmp_path / "other")
    wrong = given | {"PrivateKey": other.key.read_text()}
    code = refused(iam.upload_server_certificate, ServerCertificateName="wrong", **wrong)
    assert code == "KeyPairMismatch"

    listener = world.listener(arn)["ListenerArn"]
    assert refused(iam.delete_server_certificate, ServerCertificateName="shop") == "DeleteConflict"
    iam.update_server_certificate(ServerCertificateName="shop", NewServerCertificateName="store")
    [shown] = world.client.describe_listeners(ListenerArns=[listener])["Listeners"]
    assert shown["Certificates"][0]["CertificateArn"].endswith("/carts/store")
    world.client.delete_listener(ListenerArn=listener)
    iam.delete_server_certificate(ServerCertificateName="store")
    assert refused(iam.get_server_certificate, ServerCertificateName="store") == "NoSuchEntity"


def test_aws_cli_makes_a_secure_listener(elbow: Elbow, world: World) -> None:
    certificate = f"CertificateArn={world.certificate('shop.example.com')}"
    action = f"Type=forward,TargetGroupArn={world.group}"
    made = elbow.aws(
        *("elbv2", "create-listener", "--load-balancer-arn", world.balancer, "--protocol", "HTTPS"),
        *("--port", str(free_port()), "--certificates", certificate, "--default-actions", action),
    )["Listeners"][0]
    assert made["SslPolicy"] == "ELBSecurityPolicy-2016-08"
    listed = elbow.aws("elbv2", "describe-listener-certificates", "--listener-arn", made["ListenerArn"])
    assert listed["Certificates"][0]["IsDefault"] is True
    policies = elbow.aws("elbv2", "describe-ssl-policies", "--names", POLICY)["SslPolicies"]
    assert policies[0]["SslProtocols"] == ["TLSv1.3", "TLSv1.2"]
