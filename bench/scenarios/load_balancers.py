"""What more load balancers in one process cost: each has a port and targets of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from bench.layout import Kind, many_groups
from bench.measuring import Bench, require
from bench.peers import Proxy
from bench.plan import CONNECTIONS, FEW_LOAD_BALANCERS, FEW_TARGETS, MANY_LOAD_BALANCERS
from bench.scenarios.scenario import NEAR_PROXIES, Scenario, growth_column, median

Item = TypeVar("Item")

COUNTS = (FEW_LOAD_BALANCERS, MANY_LOAD_BALANCERS)


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    for count in COUNTS:
        layout = many_groups(Kind.STICKY, bench.targets.first(count * FEW_TARGETS), FEW_TARGETS)
        measured = bench.measure(proxy, layout, choose=spread_evenly)
        for group in spread_evenly(layout.groups):
            reached = measured.targets & {target.address for target in group.targets}
            require(bool(reached), f"{proxy.name}: one of {count} load balancers did not reach its targets")
        bench.add("load-balancers", proxy, round_number, load_balancers=count, **measured.figures())


def spread_evenly(all_of_them: Sequence[Item]) -> Sequence[Item]:
    """One for each connection at most, from all over the list."""
    return all_of_them[:: max(1, len(all_of_them) // CONNECTIONS)][:CONNECTIONS]


SCENARIO = Scenario(
    name="load-balancers",
    title=f"{FEW_LOAD_BALANCERS} and {MANY_LOAD_BALANCERS:,} load balancers",
    note=f"CPU per request in µs. Each load balancer has a port and {FEW_TARGETS} targets of its own; of many, the "
    f"{CONNECTIONS} connections use one each, from all over the list. `listen` sections in HAProxy, servers in nginx.",
    measure=measure,
    columns=(
        *(median(f"{count:,}", "{:.1f}", "load-balancers", "sum_us", load_balancers=count) for count in COUNTS),
        growth_column("ratio", "load-balancers", "load_balancers", *COUNTS),
    ),
    proxies=NEAR_PROXIES,
)
