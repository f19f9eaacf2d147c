"""What was measured, one sample for each measurement, and how figures are taken from many: round by round."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any

Sample = dict[str, Any]
Samples = list[Sample]


@dataclass(frozen=True)
class Spread:
    """A figure over the rounds of a run."""

    median: float
    lowest: float
    highest: float


def pick(samples: Samples, scenario: str, proxy: str, figure: str, **where: Any) -> list[float]:
    """A figure of each round, in order; `where` names what else a sample has to have."""
    wanted = {"scenario": scenario, "proxy": proxy, **where}
    return [sample[figure] for sample in samples if all(sample.get(name) == value for name, value in wanted.items())]


def spread(values: list[float]) -> Spread | None:
    """None for nothing measured."""
    return Spread(statistics.median(values), min(values), max(values)) if values else None


def ratios(these: list[float], those: list[float]) -> list[float]:
    """These by those, round by round."""
    return [this / that for this, that in zip(these, those, strict=False) if that > 0]


def growth(samples: Samples, scenario: str, proxy: str, count: str, few: int, many: int) -> list[float]:
    """CPU per request where `count` is `many` by that where it is `few`, round by round."""
    of_few = pick(samples, scenario, proxy, "sum_us", **{count: few})
    of_many = pick(samples, scenario, proxy, "sum_us", **{count: many})
    return ratios(of_many, of_few)
