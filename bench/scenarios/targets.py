"""What more targets in a group cost: the same requests with few and with many."""

from __future__ import annotations

from bench.layout import Kind, one_group
from bench.measuring import Bench
from bench.peers import Proxy
from bench.plan import CONNECTIONS, FEW_TARGETS, MANY_TARGETS
from bench.scenarios.scenario import STICKY_PROXIES, Scenario, growth_column, median


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    for count in (FEW_TARGETS, MANY_TARGETS):
        sessions = -(-count // CONNECTIONS) * CONNECTIONS
        layout = one_group(Kind.STICKY, bench.targets.first(count))
        measured = bench.measure(proxy, layout, sessions=sessions)
        bench.add("targets", proxy, round_number, targets=count, **measured.figures())


SCENARIO = Scenario(
    name="targets",
    title=f"{FEW_TARGETS} and {MANY_TARGETS:,} targets",
    note=f"CPU per request in µs. The {CONNECTIONS} sessions are spread evenly over the list of targets.",
    measure=measure,
    columns=(
        *(
            median(f"{count:,} targets", "{:.1f}", "targets", "sum_us", targets=count)
            for count in (FEW_TARGETS, MANY_TARGETS)
        ),
        growth_column("ratio", "targets", "targets", FEW_TARGETS, MANY_TARGETS),
        median("targets used of many", "{:.0f}", "targets", "targets_used", targets=MANY_TARGETS),
    ),
    proxies=STICKY_PROXIES,
)
