"""Memory of client connections that made one request each and then keep quiet."""

from __future__ import annotations

from bench.layout import Kind, one_group
from bench.measuring import Bench
from bench.peers import Proxy
from bench.plan import CONNECTIONS, FEW_TARGETS
from bench.scenarios.scenario import ALL_PROXIES, Scenario, with_spread


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    count = bench.plan.idle_connections
    with bench.started(proxy, one_group(Kind.STICKY, bench.targets.first(FEW_TARGETS))) as (process, ports):
        # What the first requests allocate once is not the connections' cost.
        bench.clients(ports, connections=CONNECTIONS, warmup=bench.plan.warmup).go()
        before = process.proportional_set_kib()
        clients = bench.clients(ports, connections=count)
        after = process.proportional_set_kib()
        clients.go()
    each = (after - before) * 1024 / count
    bench.add("memory", proxy, round_number, connections=count, bytes_per_connection=each)


SCENARIO = Scenario(
    name="memory",
    title="Memory per idle client connection",
    note="Proportional set size of all the proxy's processes, before and after the connections made one request each.",
    measure=measure,
    columns=(with_spread("bytes (lowest to highest)", "{:,.0f}", "memory", "bytes_per_connection"),),
    proxies=ALL_PROXIES,
)
