"""The access log of a Classic Load Balancer, read as Athena reads it."""

from __future__ import annotations

import hashlib
import http.client
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import API_ONLY, Elbow, free_port, until
from shop import CERTIFICATE, NAME
from targets import target
from test_classic_api import HEALTH_CHECK, ZONE, listener, put_instance

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane")

SHOP = {"LoadBalancerName": "shop"}
ACCOUNT = "000000000000"
# The expression of AWS's table for Athena ("Querying Classic Load Balancer logs"), with the names of its columns.
ENTRY = re.compile(
    r"(?P<time>[^ ]*) (?P<elb>[^ ]*) (?P<client>[^ ]*):([0-9]*) (?P<backend>[^ ]*)[:\-](?P<backend_port>[0-9]*) "
    r"(?P<request_time>[-.0-9]*) (?P<backend_time>[-.0-9]*) (?P<response_time>[-.0-9]*) (?P<status>|[-0-9]*) "
    r"(?P<backend_status>-|[-0-9]*) (?P<received>[-0-9]*) (?P<sent>[-0-9]*) "
    r'"(?P<verb>[^ ]*) (?P<url>[^ ]*) (?P<protocol>- |[^ ]*)" (?P<user_agent>"[^"]*") '
    r"(?P<cipher>[A-Z0-9-]+) (?P<tls>[A-Za-z0-9.-]*)"
)
FILE = re.compile(
    rf"prod/AWSLogs/{ACCOUNT}/elasticloadbalancing/us-east-1/(\d{{4}})/(\d\d)/(\d\d)/"
    rf"{ACCOUNT}_elasticloadbalancing_us-east-1_shop_(\d{{8}}T\d{{4}}Z)_127\.0\.0\.1_([a-z0-9]{{8}})\.log"
)
TEST_FILE = f"prod/AWSLogs/{ACCOUNT}/ELBAccessLogTestFile"

# What did not get as far as an instance.
UNAVAILABLE = {"backend": "", "request_time": "-1", "backend_time": "-1", "response_time": "-1"}
UNAVAILABLE |= {"status": "503", "backend_status": "0", "received": "0", "sent": "0", "user_agent": '"-"'}


def switch(elb: Any, enabled: bool = True, bucket: str = "logs") -> None:
    log = {"Enabled": enabled}
    if enabled:
        log |= {"S3BucketName": bucket, "EmitInterval": 5, "S3BucketPrefix": "prod"}
    elb.modify_load_balancer_attributes(**SHOP, LoadBalancerAttributes={"AccessLog": log})


def entries(files: dict[str, bytes]) -> list[dict[str, str]]:
    """The entries of all files, each of which has the name that it should."""
    found = []
    for name, content in files.items():
        named = FILE.fullmatch(name)
        assert named, name
        year, month, day, end, _ = named.groups()
        ends = datetime.strptime(end, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        assert (f"{ends:%Y}", f"{ends:%m}", f"{ends:%d}", ends.minute % 5) == (year, month, day, 0)
        assert content.endswith(b"\n")
        for line in content.decode("ascii").splitlines():
            entry = ENTRY.fullmatch(line)
            assert entry, line
            time = datetime.fromisoformat(entry["time"])
            assert timedelta(0) <= ends - time <= timedelta(minutes=6), "nothing ran longer than that here"
            found.append(entry.groupdict())
    return sorted(found, key=lambda entry: entry["time"])


def in_folder(bucket: Path) -> dict[str, bytes]:
    """The files in a bucket, without the test file and those that are being written."""
    there = [it for it in bucket.rglob("[!.]*") if it.is_file()]
    files = {str(it.relative_to(bucket)): it.read_bytes() for it in there}
    assert files.pop(TEST_FILE).startswith(b"Enable AccessLog for ELB: shop at 20")
    return files


def get(port: int, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    status = connection.getresponse()
    status.read()
    connection.close()
    return status.status


def through_tcp(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"GET /tcp HTTP/1.0\r\n\r\n")
        return b"".join(iter(lambda: client.recv(4096), b""))


def over_tls(port: int, request: bytes) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as client,
        context.wrap_socket(client, server_hostname=NAME) as secure,
    ):
        secure.sendall(request)
        return b"".join(iter(lambda: secure.recv(4096), b""))


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def bring_into_service(elbow: Elbow, elb: Any, instance_port: int) -> None:
    put_instance(elbow, "i-0a", "127.0.0.2")
    elb.configure_health_check(**SHOP, HealthCheck=HEALTH_CHECK | {"Target": f"TCP:{instance_port}"})
    elb.register_instances_with_load_balancer(**SHOP, Instances=[{"InstanceId": "i-0a"}])

    def in_service() -> bool:
        states = elb.describe_instance_health(**SHOP)["InstanceStates"]
        return [state["State"] for state in states] == ["InService"]

    until(in_service, "the instance to be in service", 30)


@pytest.fixture
def instance_port() -> Iterator[int]:
    """The port of an instance that repeats what it is asked for."""
    with target(lambda request: f"you asked for {request.path}", address=("127.0.0.2", 0)) as port:
        yield port


@pytest.fixture
def folder(whole_elbow: Elbow) -> Path:
    """Where the bucket `logs` will be."""
    return whole_elbow.folder / "data" / "s3" / "logs"


def test_requests_and_connections_are_in_the_log_when_the_server_has_stopped(
    whole_elbow: Elbow, instance_port: int, folder: Path
) -> None:
    elb, (web, raw) = whole_elbow.client("elb"), (free_port(), free_port())
    listeners = [listener(web, "HTTP", instance_port), listener(raw, "TCP", instance_port)]
    elb.create_load_balancer(**SHOP, Listeners=listeners, AvailabilityZones=[ZONE])
    code, message = refusal(lambda: switch(elb))
    assert code == "InvalidConfigurationRequest"
    assert "Access Denied for bucket: logs. Please check S3bucket permission" in message
    assert not elb.describe_load_balancer_attributes(**SHOP)["LoadBalancerAttributes"]["AccessLog"]["Enabled"]

    assert get(web, "/before") == 503
    folder.mkdir(parents=True)
    switch(elb)
    assert in_folder(folder) == {}
    assert get(web, "/nobody") == 503
    bring_into_service(whole_elbow, elb, instance_port)
    headers = {"Host": "www.example.com:8080", "User-Agent": 'curl/8 "quoted" \\'}
    assert get(web, "/cart?item=1", **headers) == 200
    answer = through_tcp(raw)
    assert answer.endswith(b"you asked for /tcp")
    assert whole_elbow.stop() == 0

    unavailable, served, passed_on = entries(in_folder(folder))
    assert unavailable.items() >= (UNAVAILABLE | {"url": f"http://127.0.0.1:{web}/nobody", "verb": "GET"}).items()
    body = "you asked for /cart?item=1"
    expected = {"elb": "shop", "client": "127.0.0.1", "backend": "127.0.0.2", "backend_port": str(instance_port)}
    seen = expected | {"status": "200", "backend_status": "200", "received": "0", "sent": str(len(body))}
    seen |= {"verb": "GET", "url": f"http://www.example.com:{web}/cart?item=1", "protocol": "HTTP/1.1"}
    seen |= {"user_agent": r'"curl/8 \x22quoted\x22 \x5C"', "cipher": "-", "tls": "-"}
    assert served.items() >= seen.items()
    seen = expected | {"status": "-", "backend_status": "-", "received": "21", "sent": str(len(answer))}
    seen |= {"verb": "-", "url": "-", "protocol": "- ", "user_agent": '"-"', "cipher": "-", "tls": "-"}
    assert passed_on.items() >= seen.items()
    for entry in (served, passed_on):
        times = [float(entry[name]) for name in ("request_time", "backend_time", "response_time")]
        assert all(0 <= time < 10 for time in times), entry


def test_what_comes_over_tls_is_logged_with_its_cipher(whole_elbow: Elbow, instance_port: int, folder: Path) -> None:
    elb, (https, tls) = whole_elbow.client("elb"), (free_port(), free_port())
    certificate = whole_elbow.client("acm").request_certificate(**CERTIFICATE)["CertificateArn"]
    secure = {"SSLCertificateId": certificate}
    listeners = [listener(https, "HTTPS", instance_port, InstanceProtocol="HTTP", **secure)]
    listeners += [listener(tls, "SSL", instance_port, InstanceProtocol="TCP", **secure)]
    elb.create_load_balancer(**SHOP, Listeners=listeners, AvailabilityZones=[ZONE])
    folder.mkdir(parents=True)
    switch(elb)
    bring_into_service(whole_elbow, elb, instance_port)
    posted = f"POST /cart HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 9\r\nConnection: close\r\n\r\nnine or so"
    _, _, page = over_tls(https, posted.encode()).partition(b"\r\n\r\n")
    assert over_tls(tls, b"GET /ssl HTTP/1.0\r\n\r\n").endswith(b"/ssl")
    assert over_tls(https, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert whole_elbow.stop() == 0

    sent, passed_on, unreadable = found = entries(in_folder(folder))
    assert all(entry["tls"] in ("TLSv1.2", "TLSv1.3") and entry["cipher"] != "-" for entry in found), found
    seen = {"status": "501", "backend_status": "501", "received": "9", "sent": str(len(page)), "verb": "POST"}
    assert sent.items() >= (seen | {"url": f"https://{NAME}:{https}/cart"}).items()
    assert (passed_on["url"], passed_on["status"], passed_on["received"]) == ("-", "-", "21")
    nothing = UNAVAILABLE | {"status": "400", "verb": "-", "url": "-", "protocol": "- "}
    assert unreadable.items() >= nothing.items()


@pytest.fixture
def hasty_port() -> Iterator[int]:
    """The port of an instance that answers when it has seen a head, and waits for no body."""

    class Hasty(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                pass
            if line:
                self.wfile.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
                self.rfile.read()

    with socketserver.ThreadingTCPServer(("127.0.0.2", 0), Hasty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_an_instance_that_answers_before_it_has_the_whole_request_is_in_the_log(
    whole_elbow: Elbow, hasty_port: int, folder: Path
) -> None:
    elb, web = whole_elbow.client("elb"), free_port()
    elb.create_load_balancer(**SHOP, Listeners=[listener(web, "HTTP", hasty_port)], AvailabilityZones=[ZONE])
    folder.mkdir(parents=True)
    switch(elb)
    bring_into_service(whole_elbow, elb, hasty_port)
    with socket.create_connection(("127.0.0.1", web), timeout=10) as client:
        client.sendall(f"POST /cart HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 900000\r\n\r\nnine or s".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert whole_elbow.stop() == 0
    [entry] = entries(in_folder(folder))
    seen = {"backend": "127.0.0.2", "backend_port": str(hasty_port), "status": "413", "backend_status": "413"}
    assert entry.items() >= (seen | {"backend_time": "0.000000", "received": "9", "sent": "2"}).items()
    assert float(entry["request_time"]) >= 0 and float(entry["response_time"]) >= 0


def test_a_log_that_is_switched_off_is_delivered_and_nothing_after_it(whole_elbow: Elbow, folder: Path) -> None:
    elb, port = whole_elbow.client("elb"), free_port()
    folder.mkdir(parents=True)
    elb.create_load_balancer(**SHOP, Listeners=[listener(port)], AvailabilityZones=[ZONE])
    switch(elb)
    assert get(port, "/in") == 503
    switch(elb, False)
    assert get(port, "/out") == 503
    files = until(lambda: in_folder(folder), "the log to be delivered")
    assert [entry["url"] for entry in entries(files)] == [f"http://127.0.0.1:{port}/in"]
    assert get(port, "/out") == 503
    assert whole_elbow.stop() == 0
    assert in_folder(folder) == files


class Bucket:
    """A server of S3's kind that takes files, but not at first."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.signed_by: set[str] = set()
        self.refusals = 0

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(handler) -> None:
                content = handler.rfile.read(int(handler.headers["Content-Length"]))
                handler.send_response(self.take(handler, content))
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def take(self, request: BaseHTTPRequestHandler, content: bytes) -> int:
        signature = request.headers.get("Authorization", "")
        self.signed_by |= set(re.findall("Credential=([A-Z]+)/[0-9]+/us-east-1/s3/aws4_request", signature))
        if hashlib.sha256(content).hexdigest() != request.headers["X-Amz-Content-Sha256"]:
            return 400
        if not request.path.startswith("/logs/"):
            return 404
        if self.refusals:
            self.refusals -= 1
            return 503
        self.files[request.path.removeprefix("/logs/")] = content
        return 200


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with ExitStack() as stack:
        bucket = Bucket()
        stack.callback(bucket.server.server_close)
        stack.callback(bucket.server.shutdown)
        yield bucket


def test_a_server_of_s3s_kind_gets_the_log_even_if_it_does_not_take_it_at_once(
    start_elbow: Callable[..., Elbow], bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDFORFILES")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-for-files")
    elbow = start_elbow("--s3-endpoint-url", bucket.url)
    elb, port = elbow.client("elb"), free_port()
    elb.create_load_balancer(**SHOP, Listeners=[listener(port)], AvailabilityZones=[ZONE])
    code, message = refusal(lambda: switch(elb, bucket="others"))
    assert (code, "create the bucket" in message) == ("InvalidConfigurationRequest", True)
    switch(elb)
    assert list(bucket.files) == [TEST_FILE]
    for number in range(20):
        assert get(port, f"/{number}") == 503
    bucket.refusals = 2
    assert elbow.stop() == 0
    files = {name: content for name, content in bucket.files.items() if name != TEST_FILE}
    assert sorted(int(entry["url"].rsplit("/", 1)[1]) for entry in entries(files)) == list(range(20))
    assert (bucket.refusals, bucket.signed_by) == (0, {"AKIDFORFILES"})
