"""An API call is answered when its change is in force on every worker, within 10 ms.

The calls are signed by hand and sent over one connection, so that a client's own work does not count.
"""

from __future__ import annotations

import re
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from bench import cores
from bench.clients import Targets
from bench.elbow import CREDENTIALS
from bench.elbow_set_up import make_target_group
from bench.process import free_port, listens
from bench.promises.world import HEALTH_CHECK_INTERVAL_S, Figure, percentile, world

CHANGES = 300
# Kept open; enough to be sure that every worker has some.
CONNECTIONS = 16
IN_FORCE_MS = 10


class Api:
    """Makes signed calls over one connection."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
        pair = Credentials(CREDENTIALS["ELBOW_ACCESS_KEY_ID"], CREDENTIALS["ELBOW_SECRET_ACCESS_KEY"])
        self._signer = SigV4Auth(pair, "elasticloadbalancing", "us-east-1")

    def call(self, action: str, **parameters: str) -> tuple[float, str]:
        """Gives the time to the answer in milliseconds, and the answer."""
        names = {name.replace("__", "."): value for name, value in parameters.items()}
        body = urlencode({"Action": action, "Version": "2015-12-01", **names})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        request = AWSRequest("POST", self._url, headers, body)
        self._signer.add_auth(request)
        started = time.perf_counter()
        self._connection.request("POST", "/", body, dict(request.headers))
        response = self._connection.getresponse()
        answer = response.read().decode()
        took_ms = (time.perf_counter() - started) * 1000
        if response.status != 200:
            raise RuntimeError(answer)
        return took_ms, answer


def measure(programs: Path) -> list[Figure]:
    """Points a listener at one group and the other; makes listeners and connects to them."""
    with Targets(programs, 2, cores.choose()) as targets:
        one, two = targets.first(2)
        with world([one]) as found:
            shop = found.shop
            other = make_target_group(found.elbv2, "other", [two], HEALTH_CHECK_INTERVAL_S)
            api = Api(found.elbv2.meta.endpoint_url)
            connections = [HTTPConnection("127.0.0.1", shop.port, timeout=10) for _ in range(CONNECTIONS)]
            modified, stale = [], 0
            for change in range(CHANGES):
                group, target = [(other, two), (shop.target_group, one)][change % 2]
                took_ms, _ = api.call("ModifyListener", ListenerArn=shop.listener, **forward(group))
                modified.append(took_ms)
                stale += sum(ask(connection) != target.address for connection in connections)
            created, refused = [], 0
            for _ in range(CHANGES):
                port = free_port()
                parameters = {"LoadBalancerArn": shop.load_balancer, "Protocol": "HTTP", "Port": str(port)}
                took_ms, answer = api.call("CreateListener", **parameters, **forward(other))
                created.append(took_ms)
                refused += not listens(port)
                api.call("DeleteListener", ListenerArn=re.findall("<ListenerArn>(.*)</ListenerArn>", answer)[0])
    return [
        Figure("ModifyListener until answered and in force, p50, ms", percentile(modified, 0.5)),
        Figure("ModifyListener until answered and in force, p99, ms", percentile(modified, 0.99), IN_FORCE_MS),
        Figure(f"requests after that on {CONNECTIONS} connections that acted on the old action", stale, 0),
        Figure("CreateListener until answered and in force, p50, ms", percentile(created, 0.5)),
        Figure("CreateListener until answered and in force, p99, ms", percentile(created, 0.99), IN_FORCE_MS),
        Figure(f"connections refused after that, of {CHANGES}", refused, 0),
    ]


def forward(group: str) -> dict[str, str]:
    return {"DefaultActions__member__1__Type": "forward", "DefaultActions__member__1__TargetGroupArn": group}


def ask(connection: HTTPConnection) -> str:
    """Which target answers."""
    connection.request("GET", "/")
    return connection.getresponse().read().decode().strip()
