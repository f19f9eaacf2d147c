"""Targets by the id of an instance that only an EC2 endpoint knows. The endpoint is a second Elbow."""

from __future__ import annotations

import http.client
import http.server
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from browser import Browser
from conftest import API_ONLY, BINARY, Elbow, free_port, until
from targets import target

ZONE = "us-east-1a"


class Ec2:
    """An endpoint that knows the instances that it is told of."""

    def __init__(self, elbow: Elbow) -> None:
        self.elbow = elbow

    def put(self, instance: str, address: str) -> None:
        self._run("put", instance, "--address", address, "--zone", ZONE)
        until(lambda: self._addresses(instance) == [address], "the endpoint to know the instance")

    def remove(self, instance: str) -> None:
        self._run("remove", instance)
        until(lambda: not self._addresses(instance), "the endpoint to forget the instance")

    def _addresses(self, instance: str) -> list[str]:
        filters = [{"Name": "instance-id", "Values": [instance]}]
        found = self.elbow.client("ec2").describe_instances(Filters=filters)["Reservations"]
        return [one["PrivateIpAddress"] for reservation in found for one in reservation["Instances"]]

    def _run(self, *arguments: str) -> None:
        command = [BINARY, "instance", *arguments, "--data-dir", self.elbow.folder / "data"]
        subprocess.run(command, check=True, timeout=60)


@pytest.fixture
def ec2(start_elbow: Callable[..., Elbow], monkeypatch: pytest.MonkeyPatch) -> Ec2:
    """An endpoint; whoever is started after it has its keys."""
    if API_ONLY:
        pytest.skip("ELBOW_API_ONLY=1: the binary under test has neither a data plane nor a store on disk")
    endpoint = Ec2(start_elbow())
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", endpoint.elbow.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", endpoint.elbow.secret_key)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    return endpoint


@pytest.fixture
def elbow(start_elbow: Callable[..., Elbow], ec2: Ec2) -> Elbow:
    """An Elbow that asks the endpoint."""
    return start_elbow("--ec2-endpoint-url", ec2.elbow.url, "--ec2-refresh-seconds", "1")


class Shop:
    """A load balancer with sticky sessions over instances, and a client of it."""

    def __init__(self, elbow: Elbow, target_port: int) -> None:
        self.elbow = elbow
        self.port = free_port()
        self.browser = Browser(self.port)
        client = elbow.client()
        check = {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2, "HealthyThresholdCount": 2}
        settings = {"Protocol": "HTTP", "Port": target_port, "TargetType": "instance"} | check
        self.group = client.create_target_group(Name="carts", **settings)["TargetGroups"][0]["TargetGroupArn"]
        sticky = [{"Key": "stickiness.enabled", "Value": "true"}]
        client.modify_target_group_attributes(TargetGroupArn=self.group, Attributes=sticky)
        made = client.create_load_balancer(Name="shop", Subnets=["subnet-1", "subnet-2"])
        forward = [{"Type": "forward", "TargetGroupArn": self.group}]
        arn = made["LoadBalancers"][0]["LoadBalancerArn"]
        client.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=self.port, DefaultActions=forward)

    def register(self, *instances: str) -> None:
        targets = [{"Id": instance} for instance in instances]
        self.elbow.client().register_targets(TargetGroupArn=self.group, Targets=targets)

    def health(self) -> dict[str, tuple[str, str]]:
        told = self.elbow.client().describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        states = {one["Target"]["Id"]: one["TargetHealth"] for one in told}
        return {instance: (health["State"], health.get("Reason", "")) for instance, health in states.items()}

    def get(self) -> str:
        """What a target says, or the status of an error; the session's cookie goes to and fro."""
        status, body, headers = self.browser.get("/")
        if status != http.HTTPStatus.OK:
            return str(status)
        assert any(value.startswith("AWSALB=") for value in headers.get_all("Set-Cookie", []))
        return body


def twenty(shop: Shop) -> set[str]:
    """What 20 requests of a session on the instance are answered; never by another target."""
    answers = {shop.get() for _ in range(20)}
    assert "other" not in answers
    return answers


def answers_at_all(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call()
    return refused.value.response["Error"]["Code"], refused.value.response["Error"]["Message"]


def test_traffic_follows_an_instance_and_outlives_its_endpoint(elbow: Elbow, ec2: Ec2) -> None:
    with ExitStack() as running:
        port = running.enter_context(target(lambda _: "first"))
        running.enter_context(target(lambda _: "moved", address=("127.0.0.2", port)))
        running.enter_context(target(lambda _: "other", address=("127.0.0.3", port)))
        ec2.put("i-1", "127.0.0.1")
        shop = Shop(elbow, port)
        shop.register("i-1")
        until(lambda: shop.get() == "first", "the instance to answer")
        ec2.put("i-2", "127.0.0.3")
        shop.register("i-2")
        until(lambda: all(state == "healthy" for state, _ in shop.health().values()), "both to be healthy", 30)

        ec2.put("i-1", "127.0.0.2")
        until(lambda: twenty(shop) == {"moved"}, "traffic to follow the instance")

        ec2.elbow.kill()
        assert twenty(shop) == {"moved"}
        code, message = refusal(lambda: shop.register("i-3"))
        assert code == "ServiceUnavailable" and ec2.elbow.url in message and "elbow instance put" in message

        assert elbow.stop() == 0
        elbow.start()
        until(lambda: answers_at_all(shop.port), "the restarted server to listen")
        assert twenty(shop) == {"moved"}


def test_an_instance_that_the_endpoint_does_not_know_is_no_target(elbow: Elbow, ec2: Ec2) -> None:
    with target(lambda _: "here") as port:
        shop = Shop(elbow, port)
        code, message = refusal(lambda: shop.register("i-1"))
        assert code == "InvalidTarget" and "'i-1'" in message
        ec2.put("i-1", "127.0.0.1")
        shop.register("i-1")
        until(lambda: shop.get() == "here", "the instance to answer")

        ec2.remove("i-1")
        until(lambda: shop.health() == {"i-1": ("unused", "Target.InvalidState")}, "the instance to be gone", 30)
        until(lambda: shop.get() == "503", "no target to be left")
        ec2.put("i-1", "127.0.0.1")
        until(lambda: shop.get() == "here", "the instance to be found again", 30)


def test_a_wrong_key_is_told(ec2: Ec2, start_elbow: Callable[..., Elbow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret-of-anybody")
    other = start_elbow("--ec2-endpoint-url", ec2.elbow.url)
    code, message = refusal(lambda: Shop(other, 80).register("i-1"))
    assert code == "ServiceUnavailable" and "status 403: SignatureDoesNotMatch" in message


@contextmanager
def over_tls(elbow: Elbow, folder: Path) -> Iterator[tuple[str, Path]]:
    """An API behind TLS: its URL, and the file of its certificate, which nobody else trusts."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    name = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    name += ("-addext", "basicConstraints=critical,CA:FALSE")
    how = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1")
    made = ["openssl", "req", *how, *name, "-keyout", key, "-out", certificate]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    behind = elbow.url.removeprefix("http://")

    class Relay(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection(behind, timeout=10)
            connection.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
            for header, value in self.headers.items():
                connection.putheader(header, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"https://localhost:{server.server_port}", certificate
        server.shutdown()
        thread.join()


def test_an_endpoint_over_tls_is_asked_if_its_certificate_is_trusted(
    ec2: Ec2, start_elbow: Callable[..., Elbow], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes the certificates, is not installed")
    ec2.put("i-1", "127.0.0.1")
    with over_tls(ec2.elbow, tmp_path) as (url, certificate), target(lambda _: "here") as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        shop = Shop(start_elbow("--ec2-endpoint-url", url), port)
        shop.register("i-1")
        until(lambda: shop.get() == "here", "the instance to answer")

        stranger = tmp_path / "stranger"
        stranger.mkdir()
        with over_tls(ec2.elbow, stranger) as (_, other):
            monkeypatch.setenv("SSL_CERT_FILE", str(other))
            doubting = start_elbow("--ec2-endpoint-url", url)
        code, message = refusal(lambda: Shop(doubting, port).register("i-1"))
        assert code == "ServiceUnavailable" and "no secure connection" in message
