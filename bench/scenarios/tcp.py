"""What a listener costs that passes on what it gets: by the byte, by the connection, and by the request."""

from __future__ import annotations

from bench.layout import Kind, one_group
from bench.measuring import Bench
from bench.peers import Proxy
from bench.plan import CONNECTIONS, FEW_TARGETS, LARGE_BODY, MIB
from bench.scenarios.scenario import Scenario, median, with_spread

# The clients speak HTTP all the same, so that what arrives can be checked.
DIRECTIONS = ("download", "upload")


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    layout = one_group(Kind.TCP, bench.targets.first(FEW_TARGETS))
    count = max(CONNECTIONS, bench.plan.body_bytes // LARGE_BODY)
    for direction in DIRECTIONS:
        measured = bench.measure(
            proxy, layout, count, work=direction, bytes=LARGE_BODY, warmup=CONNECTIONS, sticky="false"
        )
        mebibytes = count * LARGE_BODY / MIB
        bench.add(
            "tcp-bytes",
            proxy,
            round_number,
            direction=direction,
            us_per_mib=measured.cpu.sum * 1e6 / mebibytes,
            mib_per_s=mebibytes / measured.seconds,
        )
    count = bench.plan.handshakes
    measured = bench.measure(proxy, layout, count, warmup=count // 10, fresh="true", sticky="false")
    bench.add("tcp-connections", proxy, round_number, **measured.figures())
    measured = bench.measure(proxy, layout, sticky="false")
    bench.add("tcp", proxy, round_number, **measured.figures())


SCENARIO = Scenario(
    name="tcp",
    title="TCP listeners",
    note="A TCP listener of a Classic Load Balancer beside HAProxy's TCP mode, which is cheaper here without its "
    f"`splice-auto`. CPU per MiB of bodies of {LARGE_BODY // MIB} MiB, {CONNECTIONS} at a time; per connection with "
    "one small request; per small request on connections that stay.",
    measure=measure,
    columns=(
        *(
            column
            for direction in DIRECTIONS
            for column in (
                with_spread(f"{direction} µs/MiB", "{:.0f}", "tcp-bytes", "us_per_mib", direction=direction),
                median("MiB/s", "{:,.0f}", "tcp-bytes", "mib_per_s", direction=direction),
            )
        ),
        with_spread("µs per connection", "{:.1f}", "tcp-connections", "sum_us"),
        with_spread("µs per request", "{:.1f}", "tcp", "sum_us"),
    ),
    proxies=("elbow", "haproxy-tcp"),
)
