"""One run: starts a proxy afresh, lets clients work through it, reads what that cost, and keeps the samples."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import authority
from bench.clients import Clients, Targets
from bench.cores import Cores
from bench.elbow import ROOT, target_directory
from bench.layout import Layout
from bench.peers import Proxy
from bench.plan import CONNECTIONS, Plan
from bench.process import Cpu, Process
from bench.samples import Sample


@dataclass(frozen=True)
class Measured:
    """What a count of exchanges through a proxy cost it."""

    exchanges: int
    cpu: Cpu
    seconds: float
    # Addresses of the targets that answered, as far as the clients look at that.
    targets: frozenset[str] = frozenset()
    cookie_bytes: int = 0
    # TLS handshakes that took up an earlier session.
    resumed: int = 0

    def figures(self) -> dict[str, float]:
        """What the report shows of it."""
        each_us = 1e6 / self.exchanges
        return {
            "user_us": self.cpu.user * each_us,
            "kernel_us": self.cpu.kernel * each_us,
            "sum_us": self.cpu.sum * each_us,
            "requests_per_s": self.exchanges / self.seconds,
            "per_cpu_s": self.exchanges / self.cpu.sum,
            "busy": self.cpu.sum / self.seconds,
            "targets_used": len(self.targets),
            "cookie_bytes": self.cookie_bytes,
        }


@dataclass
class Bench:
    """One run: what it measures with, and the samples so far."""

    plan: Plan
    programs: Path
    cores: Cores
    targets: Targets
    # What `authority` made.
    certificates: Path
    say: Callable[[str], None]
    samples: list[Sample] = field(default_factory=list)
    commands: dict[str, str] = field(default_factory=dict)

    def measure(
        self,
        proxy: Proxy,
        layout: Layout,
        requests: int | None = None,
        choose: Callable[[Sequence[int]], Sequence[int]] = lambda ports: ports,
        **settings: int | str,
    ) -> Measured:
        """Work for a fresh proxy, as fast as it goes; `choose` says which of its ports the clients use. An answer that
        is wrong in any way fails the benchmark."""
        count = requests or self.plan.requests
        given: dict[str, int | str] = {"connections": CONNECTIONS, "warmup": self.plan.warmup, "requests": count}
        with self.started(proxy, layout) as (process, ports):
            clients = self.clients(choose(ports), **(given | settings))
            before = process.cpu()
            found = clients.go()
            used = process.cpu() - before
        addresses = frozenset(found["targets"])
        return Measured(count, used, found["seconds"], addresses, found["cookie_bytes"], found["resumed"])

    @contextmanager
    def started(self, proxy: Proxy, layout: Layout) -> Iterator[tuple[Process, Sequence[int]]]:
        # Not below the system's folder for the user alone: a worker of another user must reach it.
        with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
            directory = Path(folder)
            directory.chmod(0o755)
            process, ports = proxy.start(layout, self.cores.proxy, directory)
            self.commands.setdefault(proxy.name, shown(process.command, directory))
            try:
                yield process, ports
            finally:
                process.stop()

    def clients(self, ports: Sequence[int], **settings: int | str) -> Clients:
        return Clients(self.programs, self.cores, ports, **settings)

    def add(self, scenario: str, proxy: Proxy, round_number: int, **figures: Any) -> None:
        """Keeps a sample, and says it."""
        self.samples.append({"scenario": scenario, "proxy": proxy.name, "round": round_number, **figures})
        shown = "  ".join(
            f"{name} {value if isinstance(value, str) else format(value, '.4g')}" for name, value in figures.items()
        )
        self.say(f"{scenario:17} {round_number + 1:2}  {proxy.name:12} {shown}")


def tls(bench: Bench, **settings: int | str) -> dict[str, int | str]:
    """What clients are told that speak TLS."""
    return {"tls": str(bench.certificates / authority.AUTHORITY), "name": authority.NAME, **settings}


def require(holds: bool, problem: str) -> None:
    """Fails the benchmark: a figure of what did something else than asked means nothing."""
    if not holds:
        raise RuntimeError(problem)


def shown(command: Sequence[str], directory: Path) -> str:
    """A command as the report shows it: without what is particular to this machine and this run."""
    words = " ".join(command).replace(str(directory), "DIR")
    return words.replace(f"{target_directory()}/", "target/").replace(f"{ROOT}/", "")
