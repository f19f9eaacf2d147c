"""What "fast" means, as a table, and how a run did against it.

A ratio is taken within each round, between measurements that stand side by side, and its median counts.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from bench.plan import FEW_TARGETS, MANY_TARGETS
from bench.scenarios import Sample

Samples = list[Sample]


@dataclass(frozen=True)
class Spread:
    """A figure over the rounds of a run."""

    median: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Bar:
    """One promise: a ratio that must not be above a limit."""

    title: str
    limit: float
    ratios: Callable[[Samples], list[float]]


def pick(samples: Samples, scenario: str, proxy: str, figure: str, **where: float) -> list[float]:
    """A figure of each round, in order."""
    wanted = {"scenario": scenario, "proxy": proxy, **where}
    return [sample[figure] for sample in samples if all(sample.get(name) == value for name, value in wanted.items())]


def spread(values: list[float]) -> Spread | None:
    """None for nothing measured."""
    return Spread(statistics.median(values), min(values), max(values)) if values else None


def against(peer: str, scenario: str, figure: str) -> Callable[[Samples], list[float]]:
    """Elbow's figure by the peer's, round by round."""

    def ratios(samples: Samples) -> list[float]:
        ours = pick(samples, scenario, "elbow", figure)
        theirs = pick(samples, scenario, peer, figure)
        return [our / their for our, their in zip(ours, theirs, strict=False) if their > 0]

    return ratios


def latency_against(peer: str, figure: str) -> Callable[[Samples], list[float]]:
    """Elbow's latency by the peer's, in rounds where both had the same rate."""

    def ratios(samples: Samples) -> list[float]:
        if pick(samples, "latency", "elbow", "rate") != pick(samples, "latency", peer, "rate"):
            return []
        return against(peer, "latency", figure)(samples)

    return ratios


def growth(proxy: str) -> Callable[[Samples], list[float]]:
    """CPU per request with many targets by that with few, round by round."""

    def ratios(samples: Samples) -> list[float]:
        few = pick(samples, "growth", proxy, "sum_us", targets=FEW_TARGETS)
        many = pick(samples, "growth", proxy, "sum_us", targets=MANY_TARGETS)
        return [larger / smaller for larger, smaller in zip(many, few, strict=False) if smaller > 0]

    return ratios


BARS = (
    Bar("CPU per request, by HAProxy's (cookie insert)", 0.75, against("haproxy", "cpu", "sum_us")),
    Bar("CPU per request, by Envoy's (stateful session)", 0.30, against("envoy", "cpu", "sum_us")),
    Bar("CPU per request, by nginx's (hash on cookie)", 0.85, against("nginx", "cpu", "sum_us")),
    Bar("CPU per request, by HAProxy's in TCP mode", 1.05, against("haproxy-tcp", "cpu", "sum_us")),
    Bar("user-space CPU per request, by HAProxy's", 0.50, against("haproxy", "cpu", "user_us")),
    Bar("p99 latency at half of HAProxy's peak, by HAProxy's", 1.00, latency_against("haproxy", "p99")),
    Bar(f"CPU per request, {MANY_TARGETS:,} targets by {FEW_TARGETS}", 1.05, growth("elbow")),
    Bar("memory per idle client connection, by HAProxy's", 1.00, against("haproxy", "memory", "bytes_per_connection")),
)


@dataclass(frozen=True)
class Verdict:
    """How a run did against one bar."""

    title: str
    limit: float
    ratio: Spread | None

    @property
    def word(self) -> str:
        if self.ratio is None:
            return "not measured"
        return "pass" if self.ratio.median <= self.limit else "miss"


def verdicts(samples: Samples) -> list[Verdict]:
    """Every bar, in the order of the table."""
    return [Verdict(bar.title, bar.limit, spread(bar.ratios(samples))) for bar in BARS]
