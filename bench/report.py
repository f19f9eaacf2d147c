"""The results of a run for a reader: a page of Markdown with the figures, the bars and what was run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.bars import Verdict, verdicts
from bench.plan import CONNECTIONS
from bench.samples import Samples
from bench.scenarios import SCENARIOS
from bench.scenarios.scenario import NOTHING, Scenario


@dataclass(frozen=True)
class Row:
    """One proxy's line."""

    name: str
    title: str


def page(result: dict[str, Any]) -> str:
    """The whole page for `result`, the content of the run's JSON file."""
    samples = result["samples"]
    rows = [Row(proxy["name"], proxy["title"]) for proxy in result["proxies"]]
    measured = [scenario for scenario in SCENARIOS if any(sample["scenario"] == scenario.name for sample in samples)]
    return "\n".join(
        [
            f"# Side by side, {result['date']} ({result['mode']})",
            "",
            "![CPU, latency and memory, side by side](plot.svg)",
            "",
            *notes(),
            "",
            "## Bars",
            "",
            *bars_table(verdicts(samples)),
            "",
            *(line for scenario in measured for line in section(scenario, rows, samples)),
            "## How",
            "",
            *how(result),
            "",
        ]
    )


def notes() -> list[str]:
    return [
        "CPU is user and kernel time of all processes of the proxy, which has one worker on a core of its own. Figures "
        f"are medians over interleaved rounds. {CONNECTIONS} keep-alive connections have one request in flight each, "
        "with the sticky cookie that the proxy issued to each, unless said otherwise; every answer is checked to be "
        "whole and to come from the session's target. What differs between the products is in `bench/README.md`.",
    ]


def section(scenario: Scenario, rows: Sequence[Row], samples: Samples) -> list[str]:
    """A scenario's table, with a line for each proxy that was measured, and what it has to be read with."""
    rounds = 1 + max(sample["round"] for sample in samples if sample["scenario"] == scenario.name)
    headings = ["proxy", *(column.heading for column in scenario.columns)]
    return [
        f"## {scenario.title}",
        "",
        f"{scenario.note} {rounds} round{'s' * (rounds > 1)}.",
        "",
        f"| {' | '.join(headings)} |",
        "|" + "---|" * len(headings),
        *(
            f"| {' | '.join([row.title, *(column.cell(samples, row.name) for column in scenario.columns)])} |"
            for row in rows
            if row.name in scenario.proxies
        ),
        "",
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
