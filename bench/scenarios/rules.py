"""What more rules on a listener cost: each has a path and targets of its own, and every request is for the last."""

from __future__ import annotations

from bench.layout import Kind, many_groups, rule_path
from bench.measuring import Bench, require
from bench.peers import Proxy
from bench.plan import FEW_TARGETS, RULES
from bench.scenarios.scenario import NEAR_PROXIES, Scenario, growth_column, median


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    for count in RULES:
        layout = many_groups(Kind.RULES, bench.targets.first(count * FEW_TARGETS), FEW_TARGETS)
        measured = bench.measure(proxy, layout, path=rule_path(count))
        last = {target.address for target in layout.groups[-1].targets}
        require(measured.targets <= last, f"{proxy.name}: requests for the last of {count} rules went elsewhere")
        bench.add("rules", proxy, round_number, rules=count, **measured.figures())


SCENARIO = Scenario(
    name="rules",
    title=f"{', '.join(map(str, RULES[:-1]))} and {RULES[-1]} rules",
    note="CPU per request in µs. Each rule is for a path and has a sticky target group of its own; every request is "
    "for the last rule, and answers come from that rule's targets only. `use_backend` lines in HAProxy, tried in their "
    "order; prefix locations in nginx, found in a tree.",
    measure=measure,
    columns=(
        *(median(f"{count} rule{'s' * (count > 1)}", "{:.1f}", "rules", "sum_us", rules=count) for count in RULES),
        growth_column(f"{RULES[-1]} by {RULES[0]}", "rules", "rules", RULES[0], RULES[-1]),
    ),
    proxies=NEAR_PROXIES,
)
