"""The results of a run as one picture: bars in SVG, readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from bench.plan import FEW_LOAD_BALANCERS, FEW_TARGETS, LARGE_BODY, MANY_LOAD_BALANCERS, MANY_TARGETS, RULES
from bench.samples import Samples, growth, pick, spread

WIDTH = 860
LABEL_WIDTH = 190
VALUE_WIDTH = 150
BAR_HEIGHT = 20
LINE_HEIGHT = 30
TITLE_HEIGHT = 44
MARGIN = 16

STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; }
.user, .first { fill: #0969da; } .kernel, .second { fill: #9fc5e8; } .page { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .page { fill: #0d1117; }
  .user, .first { fill: #4493f8; } .kernel, .second { fill: #24446e; }
}
""".strip()


@dataclass(frozen=True)
class Bar:
    """One line of a panel: a label, parts that add up, and the words after them."""

    label: str
    parts: tuple[float, ...]
    words: str


@dataclass(frozen=True)
class Panel:
    """One subject, with bars on one scale."""

    title: str
    classes: tuple[str, ...]
    bars: list[Bar]

    @property
    def height(self) -> int:
        return TITLE_HEIGHT + LINE_HEIGHT * len(self.bars)


def picture(result: dict[str, Any]) -> str:
    """The SVG for `result`, the content of the run's JSON file."""
    panels = [panel for panel in panels_of(result["proxies"], result["samples"]) if panel.bars]
    height = MARGIN * 2 + sum(panel.height for panel in panels)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>CPU, latency and memory, side by side</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
    ]
    top = MARGIN
    for panel in panels:
        lines += panel_lines(panel, top)
        top += panel.height
    return "\n".join([*lines, "</svg>", ""])


def panels_of(proxies: Sequence[dict[str, str]], samples: Samples) -> list[Panel]:
    return [
        cpu_panel("CPU per sticky request", proxies, samples, "cpu"),
        Panel(
            "Latency at half of the peak rate, microseconds: p50, typical p99",
            ("first", "second"),
            [
                Bar(bar.label, (bar.parts[0], bar.parts[1] - bar.parts[0]), bar.words)
                for bar in bars_of(proxies, samples, "latency", ("p50", "typical_p99"), "{:,.0f}, {:,.0f}")
            ],
        ),
        Panel(
            "Memory per idle keep-alive client connection, bytes",
            ("first",),
            bars_of(proxies, samples, "memory", ("bytes_per_connection",), "{:,.0f}"),
        ),
        growth_panel(proxies, samples, "targets", "targets", FEW_TARGETS, MANY_TARGETS),
        growth_panel(proxies, samples, "rules", "rules", RULES[0], RULES[-1]),
        growth_panel(proxies, samples, "load balancers", "load_balancers", FEW_LOAD_BALANCERS, MANY_LOAD_BALANCERS),
        cpu_panel("CPU per request, weighted target groups", proxies, samples, "weighted"),
        cpu_panel("CPU per request, least outstanding requests", proxies, samples, "least-outstanding"),
        *(body_panel(direction, proxies, samples) for direction in ("download", "upload")),
        cpu_panel("CPU per WebSocket message", proxies, samples, "websocket"),
    ]


def cpu_panel(title: str, proxies: Sequence[dict[str, str]], samples: Samples, scenario: str) -> Panel:
    return Panel(
        f"{title}, microseconds: user + kernel",
        ("user", "kernel"),
        bars_of(proxies, samples, scenario, ("user_us", "kernel_us"), "{:.1f} + {:.1f}"),
    )


def body_panel(direction: str, proxies: Sequence[dict[str, str]], samples: Samples) -> Panel:
    figures = ("user_us_per_mib", "kernel_us_per_mib")
    where = {"direction": direction, "body_bytes": LARGE_BODY}
    return Panel(
        f"CPU per MiB of a 10 MiB {direction}, microseconds: user + kernel",
        ("user", "kernel"),
        bars_of(proxies, samples, "bodies", figures, "{:.0f} + {:.0f}", **where),
    )


def growth_panel(
    proxies: Sequence[dict[str, str]], samples: Samples, what: str, count: str, few: int, many: int
) -> Panel:
    """CPU per request with many of something by that with few: 1 is no growth."""
    scenario = what.replace(" ", "-")
    found = [(proxy["title"], spread(growth(samples, scenario, proxy["name"], count, few, many))) for proxy in proxies]
    bars = [Bar(title, (ratio.median,), f"{ratio.median:.2f}") for title, ratio in found if ratio]
    return Panel(f"CPU per request with {many:,} {what} by that with {few:,}", ("first",), bars)


def bars_of(
    proxies: Sequence[dict[str, str]],
    samples: Samples,
    scenario: str,
    figures: tuple[str, ...],
    form: str,
    **where: Any,
) -> list[Bar]:
    bars = []
    for proxy in proxies:
        found = [spread(pick(samples, scenario, proxy["name"], figure, **where)) for figure in figures]
        medians = tuple(value.median for value in found if value)
        if len(medians) == len(figures):
            bars.append(Bar(proxy["title"], medians, form.format(*medians)))
    return bars


def panel_lines(panel: Panel, top: int) -> list[str]:
    lines = [f'<text class="title" x="{MARGIN}" y="{top + 24}">{escape(panel.title)}</text>']
    longest = max(max(sum(bar.parts), 0) for bar in panel.bars) or 1
    scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH - MARGIN) / longest
    for number, bar in enumerate(panel.bars):
        line_top = top + TITLE_HEIGHT + number * LINE_HEIGHT
        lines.append(f'<text x="{MARGIN}" y="{line_top + 5}">{escape(bar.label)}</text>')
        left = float(LABEL_WIDTH)
        for part, name in zip(bar.parts, panel.classes, strict=True):
            width = max(part, 0) * scale
            y = line_top - BAR_HEIGHT / 2
            lines.append(f'<rect class="{name}" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BAR_HEIGHT}"/>')
            left += width
        lines.append(f'<text x="{left + 8:.1f}" y="{line_top + 5}">{escape(bar.words)}</text>')
    return lines
