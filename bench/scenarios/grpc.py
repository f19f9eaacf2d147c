"""Sticky gRPC calls, one message each way, over HTTP/2 and TLS 1.3 in front and HTTP/2 to the targets."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench import h2load
from bench.clients import Targets
from bench.layout import Kind, Layout, one_group
from bench.measuring import Bench, Measured
from bench.peers import Proxy
from bench.plan import FEW_TARGETS, HTTP2_STREAMS, MESSAGE_BYTES
from bench.scenarios.http2 import CONNECTIONS, REQUESTS_PER_CONNECTION, WARMUP_PER_CONNECTION, columns
from bench.scenarios.scenario import STICKY_PROXIES, Scenario


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    with (
        Targets(bench.programs, FEW_TARGETS, bench.cores, "grpc_backend") as targets,
        tempfile.NamedTemporaryFile() as file,
    ):
        # Not compressed, and so long.
        file.write(b"\0" + MESSAGE_BYTES.to_bytes(4, "big") + b"m" * MESSAGE_BYTES)
        file.flush()
        layout = one_group(Kind.GRPC, targets.first(FEW_TARGETS), bench.certificates)
        for streams in CONNECTIONS:
            measured = calls(bench, proxy, layout, streams, Path(file.name))
            bench.add("grpc", proxy, round_number, streams=streams, **measured.figures())


def calls(bench: Bench, proxy: Proxy, layout: Layout, streams: int, message: Path) -> Measured:
    """What calls cost that are so many at a time on each connection."""
    connections, core = CONNECTIONS[streams], bench.cores.clients
    count = min(bench.plan.requests, connections * REQUESTS_PER_CONNECTION)
    with bench.started(proxy, layout) as (process, ports):
        cookies = h2load.grpc_session(ports[0], bench.certificates, message)
        warmup = h2load.Load(connections * WARMUP_PER_CONNECTION, connections, streams, message)
        h2load.run(core, ports[0], cookies, warmup)
        before = process.cpu()
        seconds = h2load.run(core, ports[0], cookies, h2load.Load(count, connections, streams, message))
        return Measured(count, process.cpu() - before, seconds)


SCENARIO = Scenario(
    name="grpc",
    title="Sticky gRPC calls",
    note=f"One message of {MESSAGE_BYTES} bytes each way. `h2load` over TLS 1.3, all in one session; "
    + " and ".join(
        f"{connections} connections with {streams} in flight on each" for streams, connections in CONNECTIONS.items()
    )
    + ".",
    measure=measure,
    columns=(*columns("grpc", 1), *columns("grpc", HTTP2_STREAMS)),
    proxies=STICKY_PROXIES,
)
