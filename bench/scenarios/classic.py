"""What a sticky request costs through an HTTP listener of a Classic Load Balancer."""

from __future__ import annotations

from bench.layout import Kind, one_group
from bench.measuring import Bench
from bench.peers import Proxy
from bench.plan import FEW_TARGETS
from bench.scenarios.scenario import Scenario, cpu_columns


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    layout = one_group(Kind.CLASSIC, bench.targets.first(FEW_TARGETS))
    bench.add("classic", proxy, round_number, **bench.measure(proxy, layout).figures())


SCENARIO = Scenario(
    name="classic",
    title="HTTP listeners of Classic Load Balancers",
    note="Duration-based sessions. As HAProxy, Elbow writes a cookie only for who has none; as an Application Load "
    "Balancer (the first table) it writes two with every answer.",
    measure=measure,
    columns=cpu_columns("classic"),
    proxies=("elbow", "haproxy"),
)
