"""Runs of `h2load`, which speaks HTTP/2 where the programs in `load/` do not."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

from bench import authority

SUCCEEDED = re.compile(r"requests: (\d+) total, .* (\d+) succeeded, ")
SECONDS = re.compile(r"finished in ([\d.]+)(us|ms|s),")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


GRPC_HEADERS = ("content-type: application/grpc", "te: trailers")
GRPC_PATH = "/shop.Cart/Show"


@dataclass(frozen=True)
class Load:
    """How much, and over what."""

    requests: int
    connections: int
    # Requests in flight on each connection.
    streams: int
    # A file with the message of a gRPC call; without one, requests are for `/cart`.
    message: Path | None = None


def run(core: int, port: int, cookies: str, load: Load) -> float:
    """Asks in one session, over TLS; gives the seconds it took. An answer other than 2xx is an error."""
    words = ["-n", load.requests, "-c", load.connections, "-m", load.streams, "--npn-list", "h2"]
    own = GRPC_HEADERS if load.message else ("accept: */*",)
    headers = [word for line in (f"cookie: {cookies}", *own) for word in ("-H", line)]
    body = ["-d", str(load.message)] if load.message else []
    path = GRPC_PATH if load.message else "/cart"
    address = ["--connect-to", f"127.0.0.1:{port}", f"https://{authority.NAME}:{port}{path}"]
    command = ["taskset", "-c", str(core), "h2load", *map(str, words), *headers, *body, *address]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    total, succeeded = map(int, SUCCEEDED.search(said).groups())
    if total != load.requests or succeeded != total:
        raise RuntimeError(f"h2load: {succeeded} of {load.requests} requests succeeded:\n{said}")
    number, unit = SECONDS.search(said).groups()
    return float(number) * UNITS[unit]


def session(port: int, certificates: Path) -> str:
    """The cookies of a first answer."""
    context = ssl.create_default_context(cafile=str(certificates / authority.AUTHORITY))
    context.check_hostname = False
    connection = HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
    try:
        connection.request("GET", "/cart", headers={"Host": f"{authority.NAME}:{port}"})
        answer = connection.getresponse()
        return "; ".join(line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie", []))
    finally:
        connection.close()


def grpc_session(port: int, certificates: Path, message: Path) -> str:
    """The cookies of a first call, which must end with the status OK."""
    address = f"{authority.NAME}:{port}"
    trust = ["--cacert", str(certificates / authority.AUTHORITY), "--resolve", f"{address}:127.0.0.1"]
    headers = [word for line in GRPC_HEADERS for word in ("-H", line)]
    command = ["curl", "-sS", "--http2", *trust, *headers, "--data-binary", f"@{message}", "-o", os.devnull, "-D", "-"]
    said = subprocess.run(
        [*command, f"https://{address}{GRPC_PATH}"], check=True, capture_output=True, text=True
    ).stdout
    lines = [tuple(part.strip() for part in line.partition(":")[::2]) for line in said.splitlines()]
    if ("grpc-status", "0") not in lines:
        raise RuntimeError(f"curl: the call did not succeed:\n{said}")
    return "; ".join(value.partition(";")[0] for name, value in lines if name == "set-cookie")
