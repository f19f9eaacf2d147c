"""A target is killed with SIGKILL under 2,000 requests a second: nobody's request fails."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

from bench import cores
from bench.clients import Clients, Target, Targets
from bench.plan import CONNECTIONS, FEW_TARGETS
from bench.promises.world import Figure, world

RATE = 2_000
REQUESTS = 30_000
KILL_AFTER_S = REQUESTS / RATE / 3


def measure(programs: Path) -> list[Figure]:
    """The requests are GETs, which are safe to repeat, so that none may fail."""
    placement = cores.choose()
    with ExitStack() as stack:
        # A process each, that one can be killed; the addresses tell them apart.
        processes = [stack.enter_context(Targets(programs, FEW_TARGETS, placement)) for _ in range(FEW_TARGETS)]
        targets = [
            Target(process.first(FEW_TARGETS)[index].address, process.port) for index, process in enumerate(processes)
        ]
        found = stack.enter_context(world(targets))
        clients = Clients(programs, placement, [found.shop.port], connections=CONNECTIONS, requests=REQUESTS, rate=RATE)
        killer = threading.Timer(KILL_AFTER_S, processes[0].kill)
        killer.start()
        tally = clients.measure()
        killer.join()
    return [
        Figure("requests answered", tally["answered"] + tally["moved"]),
        Figure("requests failed", tally["failed"], 0),
        Figure("requests answered by another target than the killed one, whose sessions they were", tally["moved"]),
        Figure("p99 latency, ms", tally["latency_us"]["p99"] / 1000),
        Figure("longest latency, ms", tally["latency_us"]["max"] / 1000),
    ]
