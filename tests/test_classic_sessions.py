"""Both kinds of Classic stickiness as curl and Chromium meet them, over HTTP and over HTTPS."""

from __future__ import annotations

import http.server
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from chromium import Browser, needs_chromium
from conftest import API_ONLY, Elbow, free_port, until
from shop import CERTIFICATE, NAME
from targets import target
from test_classic_api import HEALTH_CHECK, ZONE, listener, put_instance

SHOP = {"LoadBalancerName": "shop"}
INSTANCES = {"i-a": "127.0.0.2", "i-b": "127.0.0.3", "i-c": "127.0.0.4"}
SCHEMES = ["http", "https"]
# Set by the application when somebody logs in, and taken back when they log out.
LOGGED_IN = "JSESSIONID=1; Path=/"
LOGGED_OUT = "JSESSIONID=; Path=/; Max-Age=0"

pytestmark = [
    pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane"),
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]


class Classic:
    """A Classic Load Balancer with an HTTP and an HTTPS listener in front of three instances in service."""

    def __init__(self, elbow: Elbow, instance_port: int, folder: Path) -> None:
        self.client, acm, self.folder = elbow.client("elb"), elbow.client("acm"), folder
        certificate = acm.request_certificate(**CERTIFICATE)["CertificateArn"]
        self.authority = folder / "authority.pem"
        self.authority.write_text(acm.get_certificate(CertificateArn=certificate)["CertificateChain"])
        self.ports = {"http": free_port(), "https": free_port()}
        clear = listener(self.ports["http"], "HTTP", instance_port)
        secure = listener(self.ports["https"], "HTTPS", instance_port)
        secure |= {"InstanceProtocol": "HTTP", "SSLCertificateId": certificate}
        self.client.create_load_balancer(**SHOP, Listeners=[clear, secure], AvailabilityZones=[ZONE])
        check = HEALTH_CHECK | {"Target": f"TCP:{instance_port}"}
        self.client.configure_health_check(**SHOP, HealthCheck=check)
        instances = [{"InstanceId": name} for name in INSTANCES]
        self.client.register_instances_with_load_balancer(**SHOP, Instances=instances)
        until(self.in_service, "the instances to be in service", 30)
        self.client.create_lb_cookie_stickiness_policy(**SHOP, PolicyName="browser")
        self.client.create_lb_cookie_stickiness_policy(**SHOP, PolicyName="hour", CookieExpirationPeriod=3600)
        self.client.create_app_cookie_stickiness_policy(**SHOP, PolicyName="login", CookieName="JSESSIONID")

    def in_service(self) -> bool:
        states = self.client.describe_instance_health(**SHOP)["InstanceStates"]
        return all(state["State"] == "InService" for state in states)

    def stick(self, policy: str) -> None:
        for port in self.ports.values():
            self.client.set_load_balancer_policies_of_listener(**SHOP, LoadBalancerPort=port, PolicyNames=[policy])

    def url(self, scheme: str, path: str = "/") -> str:
        return f"{scheme}://{NAME}:{self.ports[scheme]}{path}"


class Curl:
    """A user of curl with a cookie jar of their own."""

    def __init__(self, shop: Classic, scheme: str) -> None:
        self.shop, self.scheme = shop, scheme
        self.jar = Path(tempfile.mkdtemp(dir=shop.folder)) / "jar"

    def get(self, path: str = "/") -> tuple[str, list[str]]:
        """Who answered, and the cookies that were set."""
        command = ["curl", "--silent", "--show-error", "--include", "--max-time", "20"]
        command += ["--resolve", f"{NAME}:{self.shop.ports[self.scheme]}:127.0.0.1"]
        command += ["--cacert", str(self.shop.authority), "--cookie", str(self.jar), "--cookie-jar", str(self.jar)]
        told = subprocess.run([*command, self.shop.url(self.scheme, path)], check=True, capture_output=True, text=True)
        head, body = told.stdout.replace("\r", "").split("\n\n", 1)
        assert head.startswith("HTTP/1.1 200 "), "a Classic Load Balancer speaks HTTP/1.1 alone"
        return body, re.findall(r"(?im)^set-cookie: (.*)$", head)


def instance(name: str) -> Callable[[http.server.BaseHTTPRequestHandler], str]:
    return lambda request: name if request.path != "/page" else PAGE % name


# Is answered by one instance again and again, logs in and is answered again, logs out; then writes all of it down.
PAGE = """<!doctype html><title>cart</title><p id="told"></p><script type="module">
const answers = async () => {
  const names = [];
  for (let asked = 0; asked < 5; asked += 1) names.push(await (await fetch("/name")).text());
  return { names, cookies: document.cookie };
};
const before = await answers();
await fetch("/login");
const during = await answers();
await fetch("/logout");
document.getElementById("told").textContent =
  JSON.stringify({ page: "%s", before, during, after: document.cookie });
</script>"""


def cookies(request: http.server.BaseHTTPRequestHandler) -> str | None:
    return {"/login": LOGGED_IN, "/logout": LOGGED_OUT}.get(request.path)


@pytest.fixture
def shop(whole_elbow: Elbow, tmp_path: Path) -> Iterator[Classic]:
    port = free_port()
    with ExitStack() as running:
        for name, address in INSTANCES.items():
            running.enter_context(target(instance(name), address=(address, port), cookie=cookies))
            put_instance(whole_elbow, name, address)
        yield Classic(whole_elbow, port, tmp_path)


def visitors(shop: Classic, scheme: str, path: str) -> dict[str, Curl]:
    """One user of each instance, who has been at `path`."""
    found: dict[str, Curl] = {}

    def another() -> bool:
        user = Curl(shop, scheme)
        found.setdefault(user.get(path)[0], user)
        return len(found) == len(INSTANCES)

    until(another, "every instance to have answered somebody", 30)
    return found


def test_curl_sticks_by_duration(shop: Classic) -> None:
    shop.stick("hour")
    for scheme in SCHEMES:
        for name, user in visitors(shop, scheme, "/").items():
            assert {user.get()[0] for _ in range(6)} == {name}
        _, given = Curl(shop, scheme).get()
        [cookie, twin] = [line.upper() for line in given if line.startswith("AWSELB")]
        assert all("PATH=/;MAX-AGE=3600" in line for line in (cookie, twin))
        assert ("SECURE" in twin, "SECURE" in cookie) == (scheme == "https", False)


def test_curl_sticks_with_the_applications_cookie(shop: Classic) -> None:
    shop.stick("login")
    for scheme in SCHEMES:
        stranger = Curl(shop, scheme)
        assert [given for _, given in (stranger.get() for _ in range(3)) if given] == [], "nothing to follow yet"
        for name, user in visitors(shop, scheme, "/login").items():
            assert {user.get()[0] for _ in range(6)} == {name}
            _, given = user.get("/logout")
            assert len(given) == 3 and all("MAX-AGE=0" in line.upper() for line in given), "it ends with the other"


def test_curl_moves_once_when_its_instance_is_taken_away(shop: Classic) -> None:
    gone = [{"InstanceId": "i-a"}]
    for policy, path in (("hour", "/"), ("login", "/login")):
        shop.stick(policy)
        users = [visitors(shop, scheme, path) for scheme in SCHEMES]
        shop.client.deregister_instances_from_load_balancer(**SHOP, Instances=gone)
        refuges = [of["i-a"].get()[0] for of in users]
        assert set(refuges) <= {"i-b", "i-c"}
        shop.client.register_instances_with_load_balancer(**SHOP, Instances=gone)
        until(shop.in_service, "it to be back in service", 30)
        for of, refuge in zip(users, refuges, strict=True):
            assert {of["i-a"].get()[0] for _ in range(6)} == {refuge}, "and not back"
            assert {of["i-b"].get()[0] for _ in range(3)} == {"i-b"}, "nobody else moves"


def visit(shop: Classic, browser: Browser, scheme: str) -> dict[str, Any]:
    """What the page says of itself."""
    page = browser.open(shop.url(scheme, "/page"))
    found = re.search(r'<p id="told">(\{.*?\})</p>', page)
    assert found, page
    return json.loads(found[1])


@needs_chromium
def test_chromium_sticks_by_duration(shop: Classic, tmp_path: Path) -> None:
    for scheme in SCHEMES:
        shop.stick("hour")
        browser = Browser(tmp_path / scheme, shop.authority, NAME)
        first = visit(shop, browser, scheme)
        assert set(first["before"]["names"]) == {first["page"]} and "AWSELB=" in first["before"]["cookies"]
        for _ in range(2):
            again = visit(shop, browser, scheme)
            assert again["page"] == first["page"], "a browser that is started anew"
        shop.stick("browser")
        begun = Browser(tmp_path / f"{scheme}-session", shop.authority, NAME)
        seen: set[str] = set()

        def elsewhere(browser: Browser = begun, scheme: str = scheme, seen: set[str] = seen) -> bool:
            told = visit(shop, browser, scheme)
            assert set(told["before"]["names"]) == {told["page"]}
            seen.add(told["page"])
            return len(seen) > 1

        until(elsewhere, "a browser that is started anew to begin elsewhere", 60)


@needs_chromium
def test_chromium_sticks_with_the_applications_cookie(shop: Classic, tmp_path: Path) -> None:
    shop.stick("login")
    for scheme in SCHEMES:
        told = visit(shop, Browser(tmp_path / scheme, shop.authority, NAME), scheme)
        before, during = told["before"], told["during"]
        assert len(set(before["names"])) > 1 and before["cookies"] == "", "before somebody logs in, everybody answers"
        assert len(set(during["names"])) == 1 and {"JSESSIONID", "AWSELB"} <= names_in(during["cookies"])
        assert told["after"] == "", "all end together"


def names_in(cookies: str) -> set[str]:
    return {cookie.split("=")[0] for cookie in cookies.split("; ")}
