"""What a message over a WebSocket and its echo cost."""

from __future__ import annotations

from bench.layout import Kind, one_group
from bench.measuring import Bench
from bench.peers import Proxy
from bench.plan import CONNECTIONS, FEW_TARGETS, MESSAGE_BYTES
from bench.scenarios.scenario import NEAR_PROXIES, Scenario, cpu_columns


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    layout = one_group(Kind.WEBSOCKET, bench.targets.first(FEW_TARGETS))
    measured = bench.measure(proxy, layout, work="echo", bytes=MESSAGE_BYTES)
    bench.add("websocket", proxy, round_number, **measured.figures())


SCENARIO = Scenario(
    name="websocket",
    title="WebSocket echo",
    note=f"CPU per message there and back. {CONNECTIONS} WebSockets with one message of {MESSAGE_BYTES} bytes in "
    "flight each; every echo is compared byte by byte.",
    measure=measure,
    columns=cpu_columns("websocket", "messages"),
    proxies=NEAR_PROXIES,
)
