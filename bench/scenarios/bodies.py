"""What a byte of a body costs: downloads and uploads, of bodies that fit into a socket's buffer and that do not."""

from __future__ import annotations

from bench.layout import Kind, one_group
from bench.measuring import Bench
from bench.peers import Proxy
from bench.plan import CONNECTIONS, FEW_TARGETS, KIB, LARGE_BODY, MIB, SMALL_BODY
from bench.scenarios.scenario import NEAR_PROXIES, Scenario, median, with_spread

DIRECTIONS = ("download", "upload")
SIZES = (SMALL_BODY, LARGE_BODY)


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    layout = one_group(Kind.STICKY, bench.targets.first(FEW_TARGETS))
    for size in SIZES:
        for direction in DIRECTIONS:
            count = bench.plan.body_bytes // size
            warmup = max(CONNECTIONS, count // 10)
            measured = bench.measure(proxy, layout, count, work=direction, bytes=size, warmup=warmup)
            mebibytes = count * size / MIB
            bench.add(
                "bodies",
                proxy,
                round_number,
                direction=direction,
                body_bytes=size,
                user_us_per_mib=measured.cpu.user * 1e6 / mebibytes,
                kernel_us_per_mib=measured.cpu.kernel * 1e6 / mebibytes,
                us_per_mib=measured.cpu.sum * 1e6 / mebibytes,
                mib_per_s=mebibytes / measured.seconds,
                busy=measured.cpu.sum / measured.seconds,
            )


def size_name(size: int) -> str:
    return f"{size // MIB} MiB" if size >= MIB else f"{size // KIB} KiB"


SCENARIO = Scenario(
    name="bodies",
    title="Bodies, both ways",
    note=f"CPU per MiB in µs, and MiB per second; {CONNECTIONS} bodies at a time. The length of each is checked, at "
    "the client or at the target. HAProxy holds 16 KiB of a body at a time, Elbow up to 64 KiB; nginx is told not to "
    "use files, and not to wait for a whole upload.",
    measure=measure,
    columns=tuple(
        column
        for size in SIZES
        for direction in DIRECTIONS
        for column in (
            with_spread(
                f"{size_name(size)} {direction} µs/MiB",
                "{:.0f}",
                "bodies",
                "us_per_mib",
                direction=direction,
                body_bytes=size,
            ),
            median("MiB/s", "{:,.0f}", "bodies", "mib_per_s", direction=direction, body_bytes=size),
        )
    ),
    proxies=NEAR_PROXIES,
)
