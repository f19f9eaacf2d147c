"""What is measured. Each scenario starts every proxy afresh, in turn, round after round, so that a slow minute of the
machine falls on all of them alike."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.clients import Clients, Targets
from bench.cores import Cores
from bench.elbow import ROOT, target_directory
from bench.peers import Proxy
from bench.plan import CONNECTIONS, FEW_TARGETS, MANY_TARGETS, Plan
from bench.process import Process

Sample = dict[str, Any]
REFERENCE = "haproxy"
# A proxy nearer to its own peak than this is measured at half of its own instead: a queue that grows has no latency.
RATE_HEADROOM = 1.2


@dataclass
class Bench:
    """One run: what it measures with, and the samples so far."""

    plan: Plan
    proxies: Sequence[Proxy]
    programs: Path
    cores: Cores
    targets: Targets
    say: Callable[[str], None]
    samples: list[Sample] = field(default_factory=list)
    commands: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Everything, in the order of the report."""
        for round_number in range(self.plan.cpu_rounds):
            for proxy in self.proxies:
                self._cpu("cpu", proxy, FEW_TARGETS, round_number)
        for round_number in range(self.plan.latency_rounds):
            for proxy in self.proxies:
                self._latency(proxy, round_number)
        for round_number in range(self.plan.growth_rounds):
            for proxy in filter(lambda proxy: proxy.sticky, self.proxies):
                self._cpu("growth", proxy, FEW_TARGETS, round_number)
                self._cpu("growth", proxy, MANY_TARGETS, round_number)
        for round_number in range(self.plan.memory_rounds):
            for proxy in self.proxies:
                self._memory(proxy, round_number)

    def values(self, scenario: str, proxy: str, figure: str) -> list[float]:
        """A figure of each round, in order."""
        return [sample[figure] for sample in self.samples if (sample["scenario"], sample["proxy"]) == (scenario, proxy)]

    def _cpu(self, scenario: str, proxy: Proxy, target_count: int, round_number: int) -> None:
        """CPU a request costs, and the peak, with as many requests as the proxy answers."""
        plan = self.plan
        sessions = -(-target_count // CONNECTIONS) * CONNECTIONS
        with self._started(proxy, target_count) as (process, port):
            clients = self._clients(
                port, connections=CONNECTIONS, sessions=sessions, warmup=plan.warmup, requests=plan.requests
            )
            before = process.cpu()
            found = clients.go()
            used = process.cpu() - before
        each_us = 1e6 / plan.requests
        self._add(
            scenario,
            proxy,
            round_number,
            targets=target_count,
            targets_used=found["targets"],
            cookie_bytes=found["cookie_bytes"],
            user_us=used.user * each_us,
            kernel_us=used.kernel * each_us,
            sum_us=(used.user + used.kernel) * each_us,
            requests_per_s=plan.requests / found["seconds"],
            busy=(used.user + used.kernel) / found["seconds"],
        )

    def _latency(self, proxy: Proxy, round_number: int) -> None:
        """Latency at a constant rate, counted from the moment each request was due."""
        plan = self.plan
        rate = self._rate_for(proxy)
        with self._started(proxy, FEW_TARGETS) as (_, port):
            clients = self._clients(
                port, connections=CONNECTIONS, warmup=plan.warmup, requests=rate * plan.latency_s, rate=rate
            )
            found = clients.go()
        self._add("latency", proxy, round_number, rate=rate, **found["latency_us"])

    def _rate_for(self, proxy: Proxy) -> int:
        """Half of the reference's peak; half of its own for a proxy that could not keep up with that."""
        own_peak = statistics.median(self.values("cpu", proxy.name, "requests_per_s"))
        reference_peaks = self.values("cpu", REFERENCE, "requests_per_s")
        shared_rate = statistics.median(reference_peaks) / 2 if reference_peaks else own_peak / 2
        return int(shared_rate if own_peak > shared_rate * RATE_HEADROOM else own_peak / 2)

    def _memory(self, proxy: Proxy, round_number: int) -> None:
        """Memory of client connections that made one request each and then keep quiet."""
        count = self.plan.idle_connections
        with self._started(proxy, FEW_TARGETS) as (process, port):
            # What the first requests allocate once is not the connections' cost.
            self._clients(port, connections=CONNECTIONS, warmup=self.plan.warmup).go()
            before = process.proportional_set_kib()
            clients = self._clients(port, connections=count)
            after = process.proportional_set_kib()
            clients.go()
        self._add(
            "memory", proxy, round_number, connections=count, bytes_per_connection=(after - before) * 1024 / count
        )

    @contextmanager
    def _started(self, proxy: Proxy, target_count: int) -> Iterator[tuple[Process, int]]:
        # Not below the system's folder for the user alone: a worker of another user must reach it.
        with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
            directory = Path(folder)
            directory.chmod(0o755)
            process, port = proxy.start(self.targets.first(target_count), self.cores.proxy, directory)
            self.commands.setdefault(proxy.name, shown(process.command, directory))
            try:
                yield process, port
            finally:
                process.stop()

    def _clients(self, port: int, **settings: int) -> Clients:
        return Clients(self.programs, self.cores, port, **settings)

    def _add(self, scenario: str, proxy: Proxy, round_number: int, **figures: float) -> None:
        self.samples.append({"scenario": scenario, "proxy": proxy.name, "round": round_number, **figures})
        shown = "  ".join(f"{name} {value:.4g}" for name, value in figures.items())
        self.say(f"{scenario:8} {round_number + 1:2}  {proxy.name:12} {shown}")


def shown(command: Sequence[str], directory: Path) -> str:
    """A command as the report shows it: without what is particular to this machine and this run."""
    words = " ".join(command).replace(str(directory), "DIR")
    return words.replace(f"{target_directory()}/", "target/").replace(f"{ROOT}/", "")
