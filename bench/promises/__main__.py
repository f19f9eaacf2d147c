"""`python -m bench.promises changes kill upload soak`: measures the promises that are named, one after the other, and
writes a page for each to `bench/results/<date>/`."""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from collections.abc import Sequence

from bench import cores, machine
from bench.__main__ import RESULTS, raise_descriptor_limit, release_directory, revision
from bench.elbow import ROOT, Elbow
from bench.promises import changes, kill, soak, upload
from bench.promises.world import Figure

MEASUREMENTS = {"changes": changes, "kill": kill, "upload": upload, "soak": soak}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.promises", description=__doc__)
    parser.add_argument("names", nargs="+", choices=MEASUREMENTS)
    parser.add_argument("--seconds", type=int, default=soak.SECONDS, help="how long the soak is")
    options = parser.parse_args()
    if reason := Elbow().missing():
        raise SystemExit(f"bench: {reason}")
    raise_descriptor_limit()
    soak.SECONDS = options.seconds
    programs = release_directory()
    figures: list[Figure] = []
    for name in options.names:
        started, before = time.time(), f"revision {revision()}, load average {machine.load_average()}"
        found = MEASUREMENTS[name].measure(programs)
        text = page(name, found, time.time() - started, before)
        folder = RESULTS / datetime.datetime.now(datetime.UTC).date().isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.md").write_text(text)
        print(f"{text}\nwritten to {(folder / name).relative_to(ROOT)}.md\n", flush=True)
        figures += found
    return 1 if any(figure.word == "miss" for figure in figures) else 0


def page(name: str, figures: Sequence[Figure], seconds: float, before: str) -> str:
    """What was promised and found, and how."""
    summary = (MEASUREMENTS[name].__doc__ or "").splitlines()[0]
    limits = ["" if figure.limit is None else f"{figure.limit:,g}" for figure in figures]
    lines = [f"# {summary}", "", "| figure | must be at most | measured | |", "|---|---|---|---|"]
    lines += [
        f"| {figure.name} | {limit} | {figure.value:,.6g} | {figure.word} |"
        for figure, limit in zip(figures, limits, strict=True)
    ]
    described = machine.describe(cores.choose())
    lines += ["", *(f"- {key}: {described[key]}" for key in ("processor", "cores", "memory", "kernel", "system"))]
    lines += [f"- {Elbow().version()}, {Elbow().profile()} build; before: {before}; after: {machine.load_average()}"]
    lines += [f"- `python -m bench.promises {name}`, {seconds:.0f} s"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
