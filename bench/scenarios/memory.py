"""Memory of client connections that made one request each and then keep quiet."""

from __future__ import annotations

from bench.layout import Kind, Layout, one_group
from bench.measuring import Bench
from bench.peers import Proxy
from bench.plan import CONNECTIONS, FEW_TARGETS
from bench.scenarios.scenario import ALL_PROXIES, Scenario, with_spread


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    layout = one_group(Kind.STICKY, bench.targets.first(FEW_TARGETS))
    each = idle_bytes(bench, proxy, layout)
    bench.add("memory", proxy, round_number, connections=bench.plan.idle_connections, bytes_per_connection=each)


def idle_bytes(bench: Bench, proxy: Proxy, layout: Layout, **settings: int | str) -> float:
    """What a client's connection takes that made one request."""
    count = bench.plan.idle_connections
    with bench.started(proxy, layout) as (process, ports):
        # What the first requests allocate once is not the connections' cost.
        bench.clients(ports, connections=CONNECTIONS, warmup=bench.plan.warmup, **settings).go()
        before = process.proportional_set_kib()
        clients = bench.clients(ports, connections=count, **settings)
        after = process.proportional_set_kib()
        clients.go()
    return (after - before) * 1024 / count


SCENARIO = Scenario(
    name="memory",
    title="Memory per idle client connection",
    note="Proportional set size of all the proxy's processes, before and after the connections made one request each.",
    measure=measure,
    columns=(with_spread("bytes (lowest to highest)", "{:,.0f}", "memory", "bytes_per_connection"),),
    proxies=ALL_PROXIES,
)
