"""Weighted target groups with group stickiness, and sticky targets in each: a canary."""

from __future__ import annotations

from bench.layout import Kind, many_groups
from bench.measuring import Bench, require
from bench.peers import Proxy
from bench.plan import FEW_TARGETS, WEIGHTS
from bench.scenarios.scenario import NEAR_PROXIES, Scenario, cpu_columns


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    targets = bench.targets.first(len(WEIGHTS) * FEW_TARGETS)
    layout = many_groups(Kind.WEIGHTED, targets, FEW_TARGETS, WEIGHTS)
    measured = bench.measure(proxy, layout)
    for group in layout.groups:
        reached = measured.targets & {target.address for target in group.targets}
        require(bool(reached), f"{proxy.name}: no session is in the group of weight {group.weight}")
    bench.add("weighted", proxy, round_number, **measured.figures())


SCENARIO = Scenario(
    name="weighted",
    title="Weighted target groups with group stickiness",
    note=f"Two groups of {FEW_TARGETS} sticky targets, weights {WEIGHTS[0]} and {WEIGHTS[1]}. Elbow writes four "
    "cookies into every answer, as an Application Load Balancer does. HAProxy has a cookie for the backend and one for "
    "the server, each written once; nginx has `split_clients`, and a cookie for the group and one that is hashed, each "
    "written once.",
    measure=measure,
    columns=cpu_columns("weighted"),
    proxies=NEAR_PROXIES,
)
