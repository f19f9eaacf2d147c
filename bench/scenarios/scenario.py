"""What a scenario is: how it is measured, and which columns its table in the report has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.measuring import Bench
from bench.peers import Proxy
from bench.samples import Samples, growth, pick, spread

STICKY_PROXIES = ("elbow", "haproxy", "nginx", "envoy")
ALL_PROXIES = (*STICKY_PROXIES, "haproxy-tcp")
# Those that each product of the kind is compared with in everything.
NEAR_PROXIES = ("elbow", "haproxy", "nginx")
NOTHING = "-"


@dataclass(frozen=True)
class Column:
    """One column of a scenario's table: its heading, and what it says of a proxy."""

    heading: str
    cell: Callable[[Samples, str], str]


@dataclass(frozen=True)
class Scenario:
    """Something that is measured."""

    name: str
    # The heading of its table, and what a reader has to know about it.
    title: str
    note: str
    measure: Callable[[Bench, Proxy, int], None]
    columns: tuple[Column, ...]
    # By name.
    proxies: tuple[str, ...]
    needs: tuple[str, ...] = ()


def median(heading: str, form: str, scenario: str, figure: str, **where: Any) -> Column:
    """The median over the rounds."""

    def cell(samples: Samples, proxy: str) -> str:
        found = spread(pick(samples, scenario, proxy, figure, **where))
        return form.format(found.median) if found else NOTHING

    return Column(heading, cell)


def with_spread(heading: str, form: str, scenario: str, figure: str, **where: Any) -> Column:
    """The median over the rounds, and what they lay between."""

    def cell(samples: Samples, proxy: str) -> str:
        found = spread(pick(samples, scenario, proxy, figure, **where))
        if not found:
            return NOTHING
        return f"**{form.format(found.median)}** ({form.format(found.lowest)} to {form.format(found.highest)})"

    return Column(heading, cell)


def growth_column(heading: str, scenario: str, count: str, few: int, many: int) -> Column:
    """The median of the ratios within each round."""

    def cell(samples: Samples, proxy: str) -> str:
        found = spread(growth(samples, scenario, proxy, count, few, many))
        return f"**{found.median:.2f}**" if found else NOTHING

    return Column(heading, cell)


def cpu_columns(scenario: str, what: str = "requests") -> tuple[Column, ...]:
    """The table of a scenario that measures one thing."""
    return (
        median("user µs", "{:.1f}", scenario, "user_us"),
        median("kernel µs", "{:.1f}", scenario, "kernel_us"),
        with_spread("sum µs (lowest to highest)", "{:.1f}", scenario, "sum_us"),
        median(f"{what}/s", "{:,.0f}", scenario, "requests_per_s"),
        median("core busy", "{:.0%}", scenario, "busy"),
    )
