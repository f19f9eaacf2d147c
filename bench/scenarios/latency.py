"""Latency at a constant rate, counted from the moment each request was due."""

from __future__ import annotations

import statistics

from bench.layout import Kind, one_group
from bench.measuring import Bench
from bench.peers import Proxy
from bench.plan import CONNECTIONS, FEW_TARGETS
from bench.samples import pick
from bench.scenarios.scenario import ALL_PROXIES, Scenario, median

REFERENCE = "haproxy"
# A proxy nearer to its own peak than this is measured at half of its own instead: a queue that grows has no latency.
RATE_HEADROOM = 1.2


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    plan = bench.plan
    rate = rate_for(bench, proxy)
    with bench.started(proxy, one_group(Kind.STICKY, bench.targets.first(FEW_TARGETS))) as (_, ports):
        clients = bench.clients(
            ports, connections=CONNECTIONS, warmup=plan.warmup, requests=rate * plan.latency_s, rate=rate
        )
        found = clients.go()
    bench.add("latency", proxy, round_number, rate=rate, **found["latency_us"])


def rate_for(bench: Bench, proxy: Proxy) -> int:
    """Half of the reference's peak; half of its own for a proxy that could not keep up with that."""
    own_peak = statistics.median(pick(bench.samples, "cpu", proxy.name, "requests_per_s"))
    reference_peaks = pick(bench.samples, "cpu", REFERENCE, "requests_per_s")
    shared_rate = statistics.median(reference_peaks) / 2 if reference_peaks else own_peak / 2
    return int(shared_rate if own_peak > shared_rate * RATE_HEADROOM else own_peak / 2)


SCENARIO = Scenario(
    name="latency",
    title="Latency at half of HAProxy's peak",
    note="The same requests at a constant rate. Latency is counted from the moment a request was due; a proxy that "
    "could not keep up with half of HAProxy's peak is measured at half of its own. A stop of the machine itself delays "
    "all requests of that moment and decides a run's p99; the typical p99 is the median of the p99s of each 5,000 "
    "requests.",
    measure=measure,
    columns=(
        median("p50 µs", "{:,.0f}", "latency", "p50"),
        median("typical p99 µs", "{:,.0f}", "latency", "typical_p99"),
        median("p99 µs", "{:,.0f}", "latency", "p99"),
        median("at requests/s", "{:,.0f}", "latency", "rate"),
    ),
    proxies=ALL_PROXIES,
    needs=("cpu",),
)
