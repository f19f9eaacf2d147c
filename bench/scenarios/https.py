"""The same as over TCP, over TLS 1.3: sticky requests, a large body, and connections that keep quiet."""

from __future__ import annotations

from bench.layout import Kind, one_group
from bench.measuring import Bench, tls
from bench.peers import Proxy
from bench.plan import CONNECTIONS, FEW_TARGETS, LARGE_BODY, MIB
from bench.scenarios.memory import idle_bytes
from bench.scenarios.scenario import STICKY_PROXIES, Scenario, cpu_columns, with_spread


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    layout = one_group(Kind.SECURE, bench.targets.first(FEW_TARGETS), bench.certificates)
    settings = tls(bench)
    requests = bench.measure(proxy, layout, **settings)
    count = bench.plan.body_bytes // LARGE_BODY
    bodies = bench.measure(proxy, layout, count, work="download", bytes=LARGE_BODY, warmup=CONNECTIONS, **settings)
    bench.add(
        "https",
        proxy,
        round_number,
        **requests.figures(),
        us_per_mib=bodies.cpu.sum * 1e6 / (count * LARGE_BODY / MIB),
        bytes_per_connection=idle_bytes(bench, proxy, layout, **settings),
    )


SCENARIO = Scenario(
    name="https",
    title="Sticky requests over TLS 1.3",
    note=f"As over TCP; and downloads of {LARGE_BODY // MIB} MiB, and connections that made one request and keep "
    "quiet.",
    measure=measure,
    columns=(
        *cpu_columns("https"),
        with_spread("10 MiB download µs/MiB", "{:.0f}", "https", "us_per_mib"),
        with_spread("bytes per idle connection", "{:,.0f}", "https", "bytes_per_connection"),
    ),
    proxies=STICKY_PROXIES,
)
