"""Sticky requests over HTTP/2 and TLS 1.3, one and many at a time on each connection."""

from __future__ import annotations

from bench import h2load, http2_clients
from bench.layout import Kind, Layout, one_group
from bench.measuring import Bench, Measured
from bench.peers import Proxy
from bench.plan import FEW_TARGETS, HTTP2_STREAMS
from bench.scenarios.scenario import STICKY_PROXIES, Column, Scenario, median, with_spread

# As many in flight in all as the other scenarios have, or as many again as the streams multiply.
CONNECTIONS = {1: 64, HTTP2_STREAMS: 4}

# Elbow ends a connection after 10,000 requests, as an Application Load Balancer does, and h2load makes no new one.
REQUESTS_PER_CONNECTION = 8_000
WARMUP_PER_CONNECTION = 100


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    layout = one_group(Kind.SECURE, bench.targets.first(FEW_TARGETS), bench.certificates)
    for streams, connections in CONNECTIONS.items():
        with bench.started(proxy, layout) as (process, ports):
            cookies = h2load.session(ports[0], bench.certificates)
            core = bench.cores.clients
            requests = min(bench.plan.requests, connections * REQUESTS_PER_CONNECTION)
            h2load.run(core, ports[0], cookies, h2load.Load(connections * WARMUP_PER_CONNECTION, connections, streams))
            before = process.cpu()
            seconds = h2load.run(core, ports[0], cookies, h2load.Load(requests, connections, streams))
            measured = Measured(requests, process.cpu() - before, seconds)
        bench.add("http2", proxy, round_number, streams=streams, **measured.figures())
    bench.add("http2-memory", proxy, round_number, bytes_per_connection=idle_bytes(bench, proxy, layout))


def idle_bytes(bench: Bench, proxy: Proxy, layout: Layout) -> float:
    """What a client's connection takes that made one request."""
    count = bench.plan.idle_connections
    with bench.started(proxy, layout) as (process, ports):
        # What the first requests allocate once is not the connections' cost.
        first = http2_clients.connect(ports[0], CONNECTIONS[1], bench.certificates)
        before = process.proportional_set_kib()
        idle = http2_clients.connect(ports[0], count, bench.certificates)
        after = process.proportional_set_kib()
        for connection in first + idle:
            connection.close()
    return (after - before) * 1024 / count


def columns(scenario: str, streams: int) -> tuple[Column, ...]:
    heading = f"{streams} at a time" if streams > 1 else "one at a time"
    return (
        with_spread(f"{heading}: CPU µs", "{:.1f}", scenario, "sum_us", streams=streams),
        median("requests/s", "{:,.0f}", scenario, "requests_per_s", streams=streams),
    )


SCENARIO = Scenario(
    name="http2",
    title="Sticky requests over HTTP/2",
    note="`h2load` over TLS 1.3, all in one session; "
    + " and ".join(
        f"{connections} connections with {streams} in flight on each" for streams, connections in CONNECTIONS.items()
    )
    + "; and connections that made one request and keep quiet.",
    measure=measure,
    columns=(
        *columns("http2", 1),
        *columns("http2", HTTP2_STREAMS),
        with_spread("bytes per idle connection", "{:,.0f}", "http2-memory", "bytes_per_connection"),
    ),
    proxies=STICKY_PROXIES,
)
