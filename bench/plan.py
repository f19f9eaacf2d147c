"""How much is measured: every count of a run, and what it is called in the results."""

from __future__ import annotations

from dataclasses import dataclass

CONNECTIONS = 64
FEW_TARGETS = 3
MANY_TARGETS = 3_000


@dataclass(frozen=True)
class Plan:
    """One mode of the benchmark. Rounds are interleaved: A B C, A B C, …"""

    name: str
    cpu_rounds: int
    requests: int
    warmup: int
    latency_rounds: int
    latency_s: int
    growth_rounds: int
    memory_rounds: int
    idle_connections: int


# About a minute: shows that everything works; its figures are too few to quote.
QUICK = Plan(
    name="quick",
    cpu_rounds=1,
    requests=20_000,
    warmup=2_000,
    latency_rounds=1,
    latency_s=2,
    growth_rounds=1,
    memory_rounds=1,
    idle_connections=1_000,
)

# At most a quarter of an hour on two cores.
FULL = Plan(
    name="full",
    cpu_rounds=7,
    requests=150_000,
    warmup=10_000,
    latency_rounds=7,
    latency_s=5,
    growth_rounds=3,
    memory_rounds=3,
    idle_connections=5_000,
)
