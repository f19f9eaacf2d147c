"""A server with a sticky load balancer for one measurement, and the form of what was found."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.clients import Target
from bench.elbow import Elbow
from bench.elbow_set_up import Shop, set_up
from bench.process import Process

WORKERS = 2
# The shortest that AWS allows.
HEALTH_CHECK_INTERVAL_S = 5


@dataclass(frozen=True)
class Figure:
    """One thing that was found, and the most that it may be if that was promised."""

    name: str
    value: float
    limit: float | None = None

    @property
    def word(self) -> str:
        if self.limit is None:
            return ""
        return "pass" if self.value <= self.limit else "miss"


@dataclass(frozen=True)
class World:
    """A running server and what was set up there."""

    process: Process
    elbv2: Any
    shop: Shop


@contextmanager
def world(targets: Sequence[Target]) -> Iterator[World]:
    """Starts a server on all cores; returns when all targets are healthy."""
    cores = ",".join(str(core) for core in sorted(os.sched_getaffinity(0)))
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        process, elbv2 = Elbow().serve(cores, Path(folder), WORKERS)
        try:
            yield World(process, elbv2, set_up(elbv2, targets, process, HEALTH_CHECK_INTERVAL_S))
        finally:
            process.stop()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
