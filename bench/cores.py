"""Which core does what: the proxy has one for itself, clients and targets share the rest."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """Core numbers as `taskset` wants them."""

    proxy: int
    clients: int
    targets: int


def choose() -> Cores:
    """Cores this process may use; with two of them, clients and targets share the second."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        raise SystemExit("bench: needs two cores, one for the proxy and one for its clients and targets")
    return Cores(proxy=usable[0], clients=usable[1], targets=usable[2] if len(usable) > 2 else usable[1])
