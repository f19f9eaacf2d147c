"""What is measured, one module for each scenario, in the order of the report.

Every measurement starts its proxy afresh. A scenario measures all proxies in turn, round after round, so that a slow
minute of the machine falls on all of them alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.measuring import Bench
from bench.peers import Proxy
from bench.scenarios import (
    bodies,
    classic,
    cpu,
    grpc,
    handshakes,
    http2,
    https,
    latency,
    least_outstanding,
    load_balancers,
    memory,
    rules,
    targets,
    tcp,
    websocket,
    weighted,
)
from bench.scenarios.scenario import Scenario

SCENARIOS = (
    cpu.SCENARIO,
    latency.SCENARIO,
    memory.SCENARIO,
    targets.SCENARIO,
    rules.SCENARIO,
    load_balancers.SCENARIO,
    weighted.SCENARIO,
    least_outstanding.SCENARIO,
    bodies.SCENARIO,
    websocket.SCENARIO,
    handshakes.SCENARIO,
    https.SCENARIO,
    http2.SCENARIO,
    grpc.SCENARIO,
    classic.SCENARIO,
    tcp.SCENARIO,
)


def chosen(names: Sequence[str] | None) -> list[Scenario]:
    """Those with these names, all without names; with each, those whose figures it needs."""
    known = {scenario.name: scenario for scenario in SCENARIOS}
    if unknown := set(names or ()) - known.keys():
        raise SystemExit(f"bench: no scenario is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    wanted = set(names or known)
    wanted |= {needed for name in wanted for needed in known[name].needs}
    return [scenario for scenario in SCENARIOS if scenario.name in wanted]


def run(bench: Bench, scenarios: Sequence[Scenario], proxies: Sequence[Proxy]) -> None:
    """One after the other."""
    for scenario in scenarios:
        for round_number in range(bench.plan.rounds_of(scenario.name)):
            for proxy in proxies:
                if proxy.name in scenario.proxies:
                    scenario.measure(bench, proxy, round_number)
