"""What "fast" means, as a table, and how a run did against it.

A ratio is taken within each round, between measurements that stand side by side, and its median counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.plan import (
    CLASSIC,
    FEW_LOAD_BALANCERS,
    FEW_TARGETS,
    HTTP2_STREAMS,
    LARGE_BODY,
    MANY_LOAD_BALANCERS,
    MANY_TARGETS,
    RESUMED,
    RULES,
)
from bench.samples import Samples, Spread, growth, pick, ratios, spread


@dataclass(frozen=True)
class Bar:
    """One promise: a ratio that must not be above a limit."""

    title: str
    limit: float
    ratios: Callable[[Samples], list[float]]


def against(peer: str, scenario: str, figure: str, **where: Any) -> Callable[[Samples], list[float]]:
    """Elbow's figure by the peer's, round by round."""
    return lambda samples: ratios(
        pick(samples, scenario, "elbow", figure, **where), pick(samples, scenario, peer, figure, **where)
    )


def latency_against(peer: str, figure: str) -> Callable[[Samples], list[float]]:
    """Elbow's latency by the peer's, in rounds where both had the same rate."""

    def found(samples: Samples) -> list[float]:
        if pick(samples, "latency", "elbow", "rate") != pick(samples, "latency", peer, "rate"):
            return []
        return against(peer, "latency", figure)(samples)

    return found


def own_growth(scenario: str, count: str, few: int, many: int) -> Callable[[Samples], list[float]]:
    """Elbow's CPU per request with many of something by that with few."""
    return lambda samples: growth(samples, scenario, "elbow", count, few, many)


def large_body(direction: str) -> Callable[[Samples], list[float]]:
    """Elbow's CPU per byte by HAProxy's."""
    return against("haproxy", "bodies", "us_per_mib", direction=direction, body_bytes=LARGE_BODY)


def http2(streams: int, scenario: str = "http2") -> Callable[[Samples], list[float]]:
    """Elbow's CPU per request over HTTP/2 by HAProxy's."""
    return against("haproxy", scenario, "sum_us", streams=streams)


def tcp_bytes(direction: str) -> Callable[[Samples], list[float]]:
    """Elbow's CPU per byte through a TCP listener by HAProxy's."""
    return against("haproxy-tcp", "tcp-bytes", "us_per_mib", direction=direction)


def handshake(mode: str) -> Callable[[Samples], list[float]]:
    """Elbow's CPU per handshake by HAProxy's."""
    return against("haproxy", "handshakes", "sum_us", mode=mode)


BARS = (
    Bar("CPU per request, by HAProxy's (cookie insert)", 0.75, against("haproxy", "cpu", "sum_us")),
    Bar("CPU per request, by Envoy's (stateful session)", 0.30, against("envoy", "cpu", "sum_us")),
    Bar("CPU per request, by nginx's (hash on cookie)", 0.85, against("nginx", "cpu", "sum_us")),
    Bar("CPU per request, by HAProxy's in TCP mode", 1.05, against("haproxy-tcp", "cpu", "sum_us")),
    Bar("user-space CPU per request, by HAProxy's", 0.50, against("haproxy", "cpu", "user_us")),
    Bar("typical p99 latency at half of HAProxy's peak, by HAProxy's", 1.00, latency_against("haproxy", "typical_p99")),
    Bar(
        f"CPU per request, {MANY_TARGETS:,} targets by {FEW_TARGETS}",
        1.05,
        own_growth("targets", "targets", FEW_TARGETS, MANY_TARGETS),
    ),
    Bar(f"CPU per request, {RULES[-1]} rules by {RULES[0]}", 1.05, own_growth("rules", "rules", RULES[0], RULES[-1])),
    Bar(
        f"CPU per request, {MANY_LOAD_BALANCERS:,} load balancers by {FEW_LOAD_BALANCERS}",
        1.05,
        own_growth("load-balancers", "load_balancers", FEW_LOAD_BALANCERS, MANY_LOAD_BALANCERS),
    ),
    Bar("CPU per byte of a 10 MiB download, by HAProxy's", 1.00, large_body("download")),
    Bar("CPU per byte of a 10 MiB upload, by HAProxy's", 1.00, large_body("upload")),
    Bar("memory per idle client connection, by HAProxy's", 1.00, against("haproxy", "memory", "bytes_per_connection")),
    Bar("CPU per TLS handshake, by HAProxy's", 0.90, handshake(CLASSIC)),
    Bar("CPU per resumed TLS handshake, by HAProxy's", 0.90, handshake(RESUMED)),
    Bar("CPU per request over TLS, by HAProxy's", 0.90, against("haproxy", "https", "sum_us")),
    Bar("CPU per request over HTTP/2, one at a time, by HAProxy's", 0.90, http2(1)),
    Bar(f"CPU per request over HTTP/2, {HTTP2_STREAMS} at a time, by HAProxy's", 0.90, http2(HTTP2_STREAMS)),
    Bar(
        "memory per idle HTTP/2 connection, by HAProxy's",
        1.00,
        against("haproxy", "http2-memory", "bytes_per_connection"),
    ),
    Bar("CPU per gRPC call, one at a time, by HAProxy's", 0.90, http2(1, "grpc")),
    Bar(f"CPU per gRPC call, {HTTP2_STREAMS} at a time, by HAProxy's", 0.90, http2(HTTP2_STREAMS, "grpc")),
    Bar(
        "memory per idle TLS connection, by HAProxy's",
        1.00,
        against("haproxy", "https", "bytes_per_connection"),
    ),
    Bar("CPU per request of a Classic Load Balancer, by HAProxy's", 1.00, against("haproxy", "classic", "sum_us")),
    Bar("CPU per byte of a download through TCP, by HAProxy's", 1.00, tcp_bytes("download")),
    Bar("CPU per byte of an upload through TCP, by HAProxy's", 1.00, tcp_bytes("upload")),
    Bar("CPU per TCP connection, by HAProxy's", 1.00, against("haproxy-tcp", "tcp-connections", "sum_us")),
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
