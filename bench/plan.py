"""How much is measured: every count of a run, and what it is called in the results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CONNECTIONS = 64
FEW_TARGETS = 3
MANY_TARGETS = 3_000
RULES = (1, 10, 100)
FEW_LOAD_BALANCERS = 1
MANY_LOAD_BALANCERS = 1_000
# Of two target groups, in percent: a canary.
WEIGHTS = (80, 20)
LEAST_OUTSTANDING_TARGETS = 100
KIB = 2**10
MIB = 2**20
SMALL_BODY = 64 * KIB
LARGE_BODY = 10 * MIB
MESSAGE_BYTES = 64
# In flight on each connection of many.
HTTP2_STREAMS = 100
# Kinds of TLS handshakes.
CLASSIC, RESUMED, POST_QUANTUM = "classic", "resumed", "post-quantum"


@dataclass(frozen=True)
class Plan:
    """One mode of the benchmark. Rounds are interleaved: A B C, A B C, …"""

    name: str
    # Of a measurement of CPU per request.
    requests: int
    warmup: int
    latency_s: int
    idle_connections: int
    # Connections of a measurement of handshakes.
    handshakes: int
    # Bytes of all bodies of one measurement.
    body_bytes: int
    # By the name of a scenario; one round of those that are not named.
    rounds: Mapping[str, int] = field(default_factory=dict)

    def rounds_of(self, scenario: str) -> int:
        return self.rounds.get(scenario, 1)


# Two minutes: shows that everything works; its figures are too few to quote.
QUICK = Plan(
    name="quick",
    requests=20_000,
    warmup=2_000,
    latency_s=2,
    idle_connections=1_000,
    handshakes=2_000,
    body_bytes=640 * MIB,
)

# A quarter of an hour on two cores.
FULL = Plan(
    name="full",
    requests=120_000,
    warmup=10_000,
    latency_s=4,
    idle_connections=5_000,
    handshakes=10_000,
    body_bytes=2_560 * MIB,
    rounds={
        "cpu": 7,
        "latency": 7,
        "targets": 3,
        "memory": 3,
        "rules": 5,
        "load-balancers": 3,
        "weighted": 3,
        "least-outstanding": 3,
        "bodies": 3,
        "websocket": 3,
        "handshakes": 3,
        "https": 3,
        "http2": 3,
        "grpc": 3,
        "classic": 3,
        "tcp": 3,
    },
)
