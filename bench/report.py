"""The results of a run for a reader: a page of Markdown with the figures, the bars and what was run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.bars import Samples, Verdict, growth, pick, spread, verdicts
from bench.plan import CONNECTIONS, FEW_TARGETS, MANY_TARGETS

NOTHING = "-"


@dataclass(frozen=True)
class Row:
    """One proxy's line."""

    name: str
    title: str


def page(result: dict[str, Any]) -> str:
    """The whole page for `result`, the content of the run's JSON file."""
    samples = result["samples"]
    rows = [Row(proxy["name"], proxy["title"]) for proxy in result["proxies"]]
    return "\n".join(
        [
            f"# Side by side, {result['date']} ({result['mode']})",
            "",
            "![CPU per request, latency and memory](plot.svg)",
            "",
            *figures_table(rows, samples),
            "",
            *notes(result),
            "",
            "## Bars",
            "",
            *bars_table(verdicts(samples)),
            "",
            "## How",
            "",
            *how(result),
            "",
        ]
    )


def figures_table(rows: Sequence[Row], samples: Samples) -> list[str]:
    header = (
        "| proxy | user µs | kernel µs | sum µs (lowest to highest) | requests/s | core busy "
        "| p50 µs | p99 µs | at requests/s | bytes per idle connection "
        f"| sum with {MANY_TARGETS:,} targets by {FEW_TARGETS} |"
    )
    return [header, "|" + "---|" * (header.count("|") - 1), *(figures_line(row, samples) for row in rows)]


def figures_line(row: Row, samples: Samples) -> str:
    def median(scenario: str, figure: str, form: str) -> str:
        found = spread(pick(samples, scenario, row.name, figure))
        return form.format(found.median) if found else NOTHING

    total = spread(pick(samples, "cpu", row.name, "sum_us"))
    grown = spread(growth(row.name)(samples))
    cells = [
        row.title,
        median("cpu", "user_us", "{:.1f}"),
        median("cpu", "kernel_us", "{:.1f}"),
        f"**{total.median:.1f}** ({total.lowest:.1f} to {total.highest:.1f})" if total else NOTHING,
        median("cpu", "requests_per_s", "{:,.0f}"),
        median("cpu", "busy", "{:.0%}"),
        median("latency", "p50", "{:,.0f}"),
        median("latency", "p99", "{:,.0f}"),
        median("latency", "rate", "{:,.0f}"),
        median("memory", "bytes_per_connection", "{:,.0f}"),
        f"{grown.median:.2f}" if grown else NOTHING,
    ]
    return f"| {' | '.join(cells)} |"


def notes(result: dict[str, Any]) -> list[str]:
    plan = result["plan"]
    return [
        "CPU is per proxied request, of all processes of the proxy, which has one worker on a core of its own. "
        f"Figures are medians over {plan['cpu_rounds']} interleaved rounds of {plan['requests']:,} requests. "
        f"{CONNECTIONS} keep-alive connections, each with the sticky cookie that the proxy issued to it; "
        f"{FEW_TARGETS} targets, bodies of 16 bytes; every answer is checked to come from the session's target.",
        "",
        "A core less than about 95 % busy means that clients and targets, not the proxy, limited the requests per "
        "second. Latency is counted from the moment a request was due, at half of HAProxy's peak rate; a proxy that "
        "could not keep up with that is measured at half of its own peak.",
    ]


def bars_table(found: Sequence[Verdict]) -> list[str]:
    lines = ["| ratio | must be at most | measured (lowest to highest) | |", "|---|---|---|---|"]
    for verdict in found:
        ratio = verdict.ratio
        measured = f"{ratio.median:.2f} ({ratio.lowest:.2f} to {ratio.highest:.2f})" if ratio else NOTHING
        lines.append(f"| {verdict.title} | {verdict.limit:.2f} | {measured} | {verdict.word} |")
    return lines


def how(result: dict[str, Any]) -> list[str]:
    lines = [f"- {name}: {value}" for name, value in result["machine"].items()]
    lines += [f"- load average before and after: {result['load_before']}; {result['load_after']}"]
    lines += [f"- revision: {result['revision']}", f"- took {result['seconds']:.0f} s", "", "```"]
    for proxy in result["proxies"]:
        lines += [f"# {proxy['version']}", proxy["command"]]
    return [*lines, "```", "", "Configurations: `bench/config/`. Every sample: [result.json](result.json)."]
