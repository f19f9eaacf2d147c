"""Each request to the target with the fewest in flight; no sessions, so that every request is such a choice."""

from __future__ import annotations

from bench.layout import Kind, one_group
from bench.measuring import Bench, require
from bench.peers import Proxy
from bench.plan import CONNECTIONS, LEAST_OUTSTANDING_TARGETS
from bench.scenarios.scenario import NEAR_PROXIES, Scenario, cpu_columns


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    layout = one_group(Kind.LEAST_OUTSTANDING, bench.targets.first(LEAST_OUTSTANDING_TARGETS))
    measured = bench.measure(proxy, layout, sticky="false")
    used = len(measured.targets)
    require(used > LEAST_OUTSTANDING_TARGETS // 2, f"{proxy.name}: only {used} targets got a request")
    bench.add("least-outstanding", proxy, round_number, **measured.figures())


SCENARIO = Scenario(
    name="least-outstanding",
    title="Least outstanding requests",
    note=f"{LEAST_OUTSTANDING_TARGETS} targets, no sessions, {CONNECTIONS} requests in flight. `leastconn` in HAProxy, "
    "`least_conn` in nginx.",
    measure=measure,
    columns=cpu_columns("least-outstanding"),
    proxies=NEAR_PROXIES,
)
