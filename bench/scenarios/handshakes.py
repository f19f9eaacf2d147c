"""What a TLS 1.3 handshake costs: each with a connection of its own, and one small request behind it."""

from __future__ import annotations

from bench.layout import Kind, one_group
from bench.measuring import Bench, require, tls
from bench.peers import Proxy
from bench.plan import CLASSIC, FEW_TARGETS, POST_QUANTUM, RESUMED
from bench.scenarios.scenario import STICKY_PROXIES, Column, Scenario, median, with_spread

# The key exchange, and whether a session is taken up.
MODES = {CLASSIC: ("x25519", False), RESUMED: ("x25519", True), POST_QUANTUM: ("x25519mlkem768", False)}
# Debian's OpenSSL, which HAProxy and nginx use, is older than the post-quantum key exchange.
WITH_POST_QUANTUM = ("elbow", "envoy")


def measure(bench: Bench, proxy: Proxy, round_number: int) -> None:
    layout = one_group(Kind.SECURE, bench.targets.first(FEW_TARGETS), bench.certificates)
    for mode, (group, resume) in MODES.items():
        if mode == POST_QUANTUM and proxy.name not in WITH_POST_QUANTUM:
            continue
        settings = tls(bench, group=group, resume=str(resume).lower(), fresh="true")
        count = bench.plan.handshakes
        measured = bench.measure(proxy, layout, count, warmup=count // 10, **settings)
        wanted = count if resume else 0
        require(measured.resumed == wanted, f"{measured.resumed} of {count} handshakes were resumed, not {wanted}")
        bench.add("handshakes", proxy, round_number, mode=mode, **measured.figures())


def columns(mode: str, heading: str) -> tuple[Column, ...]:
    return (
        with_spread(f"{heading}: CPU µs", "{:.0f}", "handshakes", "sum_us", mode=mode),
        median("per core and second", "{:,.0f}", "handshakes", "per_cpu_s", mode=mode),
    )


SCENARIO = Scenario(
    name="handshakes",
    title="TLS 1.3 handshakes",
    note="ECDSA P-256 certificate, X25519 unless said otherwise. Each handshake has a connection of its own and one "
    "small sticky request behind it, which are in the figures. HAProxy and nginx use the OpenSSL of the distribution, "
    "which has no X25519MLKEM768.",
    measure=measure,
    columns=(*columns(CLASSIC, "full"), *columns(RESUMED, "resumed"), *columns(POST_QUANTUM, "full, X25519MLKEM768")),
    proxies=STICKY_PROXIES,
)
