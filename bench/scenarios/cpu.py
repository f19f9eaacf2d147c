"""CPU that a sticky request costs, and the peak, with as many requests as the proxy answers."""

from __future__ import annotations

from bench.layout import Kind, one_group
from bench.measuring import Bench
from bench.peers import Proxy
from bench.plan import FEW_TARGETS
from bench.scenarios.scenario import ALL_PROXIES, Scenario, cpu_columns


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    layout = one_group(Kind.STICKY, bench.targets.first(FEW_TARGETS))
    bench.add("cpu", proxy, round_number, **bench.measure(proxy, layout).figures())


SCENARIO = Scenario(
    name="cpu",
    title="CPU per sticky request",
    note=f"Bodies of 16 bytes, {FEW_TARGETS} targets. A core less than about 95 % busy means that clients and targets, "
    "not the proxy, limited the requests per second.",
    measure=measure,
    columns=cpu_columns("cpu"),
    proxies=ALL_PROXIES,
)
