"""gRPC through a listener of HTTPS, with grpcio on both sides (L4, L6, R18, R19, R20, E6, B8, B14)."""

from __future__ import annotations

import http.client
import queue
import re
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError
from conftest import API_ONLY, STOP_SECONDS, Elbow, free_port, until
from grpc_target import SERVICE

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane")

NAME = "shop.example.com"
TARGET = Path(__file__).with_name("grpc_target.py")
CALLS = 50
SECONDS = 20
# The shortest that AWS takes.
CHECK = {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2, "UnhealthyThresholdCount": 2}
STICKY = {"Key": "stickiness.enabled", "Value": "true"}
CLEARTEXT = "elbow.http2.cleartext"


class Shop:
    """Two targets of gRPC behind a listener of HTTPS, sticky by cookie."""

    def __init__(self, elbow: Elbow, ports: dict[str, int], folder: Path) -> None:
        self.elbow, self.client, acm = elbow, elbow.client(), elbow.client("acm")
        balancer = self.client.create_load_balancer(Name="shop", Subnets=["subnet-1", "subnet-2"])
        self.balancer = balancer["LoadBalancers"][0]["LoadBalancerArn"]
        self.group = self.create_group("grpc", "GRPC", **CHECK)
        self.client.modify_target_group_attributes(TargetGroupArn=self.group, Attributes=[STICKY])
        self.targets = [{"Id": "127.0.0.1", "Port": port} for port in ports.values()]
        self.client.register_targets(TargetGroupArn=self.group, Targets=self.targets)
        certificate = acm.request_certificate(DomainName=NAME, KeyAlgorithm="EC_prime256v1")["CertificateArn"]
        self.authority = folder / "authority.pem"
        self.authority.write_text(acm.get_certificate(CertificateArn=certificate)["CertificateChain"])
        self.port = free_port()
        secure = {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": certificate}]}
        self.listener = self.listen(self.port, self.forward(), **secure)
        until(lambda: self.states() == ["healthy"] * len(ports), "healthy targets", 30)
        self.channel = self.secure_channel()

    def create_group(self, name: str, version: str, **more: object) -> str:
        kind = {"TargetType": "ip", "ProtocolVersion": version}
        made = self.client.create_target_group(Name=name, Protocol="HTTP", Port=80, **kind, **more)
        return made["TargetGroups"][0]["TargetGroupArn"]

    def forward(self, group: str | None = None) -> list[dict[str, str]]:
        return [{"Type": "forward", "TargetGroupArn": group or self.group}]

    def listen(self, port: int, actions: list[Any], **more: object) -> str:
        listener = self.client.create_listener(LoadBalancerArn=self.balancer, Port=port, DefaultActions=actions, **more)
        return listener["Listeners"][0]["ListenerArn"]

    def secure_channel(self) -> grpc.Channel:
        credentials = grpc.ssl_channel_credentials(self.authority.read_bytes())
        options = [("grpc.ssl_target_name_override", NAME)]
        return grpc.secure_channel(f"127.0.0.1:{self.port}", credentials, options)

    def described(self) -> list[dict[str, str]]:
        told = self.client.describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        return [one["TargetHealth"] for one in told]

    def states(self) -> list[str]:
        return [one["State"] for one in self.described()]

    def call(self, method: str, request: bytes = b"", **more: Any) -> bytes:
        return method_of(self.channel, method)(request, timeout=SECONDS, **more)

    def echo(self, *metadata: tuple[str, str]) -> tuple[str, str]:
        """Which target answers, and the cookies that it is bound with."""
        answer, call = method_of(self.channel, "Echo").with_call(b"hi", timeout=SECONDS, metadata=metadata)
        cookies = [str(value).split(";")[0] for name, value in call.initial_metadata() if name == "set-cookie"]
        return answer.decode().split(":")[0], "; ".join(cookies)


def method_of(channel: grpc.Channel, method: str, kind: str = "unary_unary") -> Any:
    return getattr(channel, kind)(f"/{SERVICE}/{method}")


@pytest.fixture
def processes() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """The targets by name."""
    command = [sys.executable, str(TARGET)]
    started = {name: subprocess.Popen([*command, name], stdout=subprocess.PIPE, text=True) for name in "ab"}
    try:
        yield started
    finally:
        for process in started.values():
            process.kill()
            process.wait(STOP_SECONDS)


@pytest.fixture
def ports(processes: dict[str, subprocess.Popen[str]]) -> dict[str, int]:
    return {name: int(process.stdout.readline()) for name, process in processes.items() if process.stdout}


@pytest.fixture
def shop(elbow: Elbow, ports: dict[str, int], tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(elbow, ports, tmp_path)
    with shop.channel:
        yield shop


def test_calls_of_every_kind_r19(shop: Shop) -> None:
    assert shop.call("Echo", b"hi")[1:] == b":hi"
    pieces = [bytes(20_000)] * 20
    total = method_of(shop.channel, "Total", "stream_unary")
    assert total(iter(pieces), timeout=SECONDS) == b"400000"
    count = method_of(shop.channel, "Count", "unary_stream")
    assert [int(number) for number in count(b"500", timeout=SECONDS)] == list(range(500))
    # One message at a time, each after the answer to the one before.
    said: queue.Queue[bytes | None] = queue.Queue()
    chat = method_of(shop.channel, "Chat", "stream_stream")(iter(said.get, None), timeout=SECONDS)
    for number in range(5):
        said.put(str(number).encode())
        assert next(chat)[1:] == f":{number}".encode()
    said.put(None)
    assert list(chat) == []


def test_metadata_and_errors_of_targets_pass(shop: Shop) -> None:
    echo = method_of(shop.channel, "Echo")
    answer, call = echo.with_call(b"hi", timeout=SECONDS, metadata=[("x-sent", "one, two")])
    assert dict(call.initial_metadata())["x-seen"] == "one, two"
    trailing = dict(call.trailing_metadata())
    assert (trailing["x-target"], trailing["x-raw-bin"]) == (answer.decode()[0], b"\x00\xff")
    for method, code, details in [
        ("Fail", grpc.StatusCode.NOT_FOUND, "no such cart: 100%"),
        ("None", grpc.StatusCode.UNIMPLEMENTED, "Method not found!"),
    ]:
        with pytest.raises(grpc.RpcError) as caught:
            shop.call(method)
        assert (caught.value.code(), caught.value.details()) == (code, details)


def test_a_deadline_and_a_cancellation_reach_the_target(shop: Shop, ports: dict[str, int]) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        method_of(shop.channel, "Wait")(b"", timeout=1)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    call = method_of(shop.channel, "Wait").future(b"", timeout=SECONDS)
    call.cancel()
    direct = [grpc.insecure_channel(f"127.0.0.1:{port}") for port in ports.values()]

    def cancelled() -> int:
        return sum(int(method_of(channel, "Cancellations")(b"", timeout=SECONDS)) for channel in direct)

    # The second one may have been cancelled before it left this process.
    until(lambda: cancelled() >= 1, "a cancelled call")
    for channel in direct:
        channel.close()


def test_a_client_that_returns_its_cookies_stays_with_its_target(shop: Shop) -> None:
    name, cookies = shop.echo()
    assert "AWSALB=" in cookies and "AWSALBCORS=" in cookies
    assert {shop.echo(("cookie", cookies))[0] for _ in range(CALLS)} == {name}
    assert {shop.echo()[0] for _ in range(CALLS)} == {"a", "b"}, "without them it does not"


def test_a_killed_target_fails_what_it_had_and_nothing_else(
    shop: Shop, processes: dict[str, subprocess.Popen[str]]
) -> None:
    name, cookies = shop.echo()
    bound = [("cookie", cookies)]
    waiting = method_of(shop.channel, "Wait").future(b"", timeout=SECONDS, metadata=bound)
    said: queue.Queue[bytes | None] = queue.Queue()
    chat = method_of(shop.channel, "Chat", "stream_stream")(iter(said.get, None), timeout=SECONDS, metadata=bound)
    said.put(b"hi")
    assert next(chat) == f"{name}:hi".encode()
    until(lambda: shop.call("Echo", metadata=bound) is not None, "the calls under way")

    processes[name].send_signal(signal.SIGKILL)
    with pytest.raises(grpc.RpcError) as caught:
        waiting.result(SECONDS)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
    with pytest.raises(grpc.RpcError) as caught:
        next(chat)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE, "although it had begun to answer"
    said.put(None)
    processes[name].wait(STOP_SECONDS)
    others = {"a", "b"} - {name}
    assert {shop.echo(*bound)[0] for _ in range(CALLS)} == others
    until(lambda: sorted(shop.states()) == ["healthy", "unhealthy"], "the check to find it", 30)


def test_checks_go_by_the_codes_of_grpc_b14(shop: Shop) -> None:
    shown = shop.client.describe_target_groups(TargetGroupArns=[shop.group])["TargetGroups"][0]
    assert (shown["HealthCheckPath"], shown["Matcher"]) == ("/AWS.ALB/healthcheck", {"GrpcCode": "12"})
    shop.client.modify_target_group(TargetGroupArn=shop.group, Matcher={"GrpcCode": "0"})
    until(lambda: shop.states() == ["unhealthy"] * 2, "targets that do not know that method", 40)
    told = shop.described()[0]
    expected = ("Target.ResponseCodeMismatch", "Health checks failed with these codes: [12]")
    assert (told["Reason"], told["Description"]) == expected
    shop.client.modify_target_group(TargetGroupArn=shop.group, HealthCheckPath=f"/{SERVICE}/Cancellations")
    until(lambda: shop.call("Echo") is not None, "a call: unhealthy targets are better than none")
    page = metrics(shop.elbow)
    assert re.search(r'elbow_health_checks_total\{.*result="GRPCUnexpectedStatus"\} [1-9]', page), page


def test_errors_of_the_load_balancer_have_a_status_of_grpc_r20(shop: Shop) -> None:
    shop.client.deregister_targets(TargetGroupArn=shop.group, Targets=shop.targets)
    with pytest.raises(grpc.RpcError) as caught:
        shop.call("Echo")
    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.UNAVAILABLE, "unavailable")
    # E6: names are in lower case, as everything is on HTTP/2; grpcio shows what the load balancer says of itself.
    said = dict(caught.value.initial_metadata()) | dict(caught.value.trailing_metadata())
    assert said.get("server") == "awselb/2.0", said


def test_rules_go_by_service_and_method_l6(shop: Shop) -> None:
    gone = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}
    for priority, pattern in enumerate([f"/{SERVICE}/Fa*", "/admin*"], 1):
        condition = {"Field": "path-pattern", "Values": [pattern]}
        shop.client.create_rule(ListenerArn=shop.listener, Priority=priority, Conditions=[condition], Actions=[gone])
    assert shop.call("Echo", b"hi")[1:] == b":hi"
    for path in [f"/{SERVICE}/Fail", "/admin.Users/List"]:
        with pytest.raises(grpc.RpcError) as caught:
            shop.channel.unary_unary(path)(b"", timeout=SECONDS)
        assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED, path


def test_who_does_not_speak_http_2_is_told_464_r18(shop: Shop) -> None:
    context = ssl.create_default_context(cafile=str(shop.authority))
    context.check_hostname = False
    connection = http.client.HTTPSConnection("127.0.0.1", shop.port, timeout=SECONDS, context=context)
    connection.request("POST", f"/{SERVICE}/Echo", body=b"", headers={"Content-Type": "application/grpc"})
    answer = connection.getresponse()
    assert (answer.status, answer.read(), answer.getheader("Content-Type")) == (464, b"", None)
    # The other way round: a call to targets that speak HTTP/1.1.
    shop.client.modify_listener(
        ListenerArn=shop.listener, DefaultActions=shop.forward(shop.create_group("old", "HTTP1"))
    )
    with pytest.raises(grpc.RpcError) as caught:
        shop.call("Echo")
    assert caught.value.code() == grpc.StatusCode.UNKNOWN and "464" in caught.value.details()


def test_a_listener_in_clear_takes_calls_only_if_told_l4(shop: Shop) -> None:
    port = free_port()
    with pytest.raises(ClientError) as caught:
        shop.listen(port, shop.forward(), Protocol="HTTP")
    error = caught.value.response["Error"]
    expected = "Listener protocol 'HTTP' is not supported with a target group with the protocol-version 'GRPC'"
    assert (error["Code"], error["Message"]) == ("InvalidLoadBalancerAction", expected)

    answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    listener = shop.listen(port, answer, Protocol="HTTP")
    on = [{"Key": CLEARTEXT, "Value": "true"}]
    shop.client.modify_listener_attributes(ListenerArn=listener, Attributes=on)
    shop.client.modify_listener(ListenerArn=listener, DefaultActions=shop.forward())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        assert method_of(channel, "Echo")(b"hi", timeout=SECONDS)[1:] == b":hi"
    with pytest.raises(ClientError):
        off = [{"Key": CLEARTEXT, "Value": "false"}]
        shop.client.modify_listener_attributes(ListenerArn=listener, Attributes=off)


def test_calls_are_counted(shop: Shop) -> None:
    for _ in range(3):
        shop.call("Echo")
    counted = [r"^elbow_grpc_requests_total\{.*\} 3$", r"^elbow_target_grpc_requests_total\{.*\} 3$"]
    until(lambda: all(re.search(line, metrics(shop.elbow), re.MULTILINE) for line in counted), "three calls")


def metrics(elbow: Elbow) -> str:
    with urllib.request.urlopen(f"{elbow.url}/metrics", timeout=SECONDS) as answer:
        return answer.read().decode()
