"""Handles of the two programs in `load/`: the targets behind a proxy and the clients in front of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from bench.cores import Cores

HOSTS_PER_NETWORK = 250


def target_address(index: int) -> str:
    """The loopback address of a target; `load/src/target.rs` counts the same way."""
    return f"127.1.{index // HOSTS_PER_NETWORK}.{index % HOSTS_PER_NETWORK + 1}"


@dataclass(frozen=True)
class Target:
    """One address behind the proxy."""

    address: str
    port: int


class Targets:
    """Running targets: as many as the largest scenario needs, or those of a scenario that needs others."""

    def __init__(self, programs: Path, count: int, cores: Cores, program: str = "backend") -> None:
        command = ["taskset", "-c", str(cores.targets), str(programs / program), "--targets", str(count)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.strip().isdigit():
            raise RuntimeError("the targets did not start")
        self.port = int(line)

    def first(self, count: int) -> list[Target]:
        return [Target(target_address(index), self.port) for index in range(count)]

    def kill(self) -> None:
        """Ends them as a power cut would."""
        self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


class Clients:
    """One run of `load`: connected and warm once made, measured by `go`."""

    def __init__(self, programs: Path, cores: Cores, ports: Sequence[int], **settings: int | str) -> None:
        """The connections take the ports in turn; the settings are those of `load/src/settings.rs`."""
        arguments = [text for name, value in settings.items() for text in (f"--{name}", str(value))]
        addresses = ",".join(f"127.0.0.1:{port}" for port in ports)
        self.command = [str(programs / "load"), "--address", addresses, *arguments]
        self._process = subprocess.Popen(
            ["taskset", "-c", str(cores.clients), *self.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"clients: {self._process.communicate()[1].strip()}")

    def go(self) -> dict[str, Any]:
        """Measures, and gives what the clients found. A request that failed or moved fails the benchmark."""
        found = self.measure()
        if found["failed"] or found["moved"]:
            raise RuntimeError(f"{found['failed']} requests failed and {found['moved']} went to another target")
        return found

    def measure(self) -> dict[str, Any]:
        """Measures, and gives what the clients found, whatever it is."""
        output, problem = self._process.communicate("go\n")
        if self._process.returncode != 0:
            raise RuntimeError(f"clients: {problem.strip()}")
        return json.loads(output)
