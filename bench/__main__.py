"""`python -m bench`: measures what is there, and writes `bench/results/<date>/` (`--quick`: `bench/results/quick/`)."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import authority, cores, machine, plot, report, scenarios
from bench.bars import verdicts
from bench.clients import Targets
from bench.elbow import ROOT, Elbow
from bench.measuring import Bench
from bench.peers import Envoy, Haproxy, HaproxyTcp, Nginx, Proxy
from bench.plan import FULL, MANY_TARGETS, QUICK

RESULTS = Path(__file__).parent / "results"
LOAD_PACKAGE = Path(__file__).parent / "load" / "Cargo.toml"


def main() -> int:
    options = parse_options()
    raise_descriptor_limit()
    plan = QUICK if options.quick else FULL
    proxies = present([Elbow(), Haproxy(), Nginx(), Envoy(), HaproxyTcp()], options.only)
    wanted = scenarios.chosen(options.scenarios)
    placement = cores.choose()
    started = time.time()
    load_before = machine.load_average()
    programs = release_directory()
    with Targets(programs, MANY_TARGETS, placement) as targets, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        certificates = Path(folder)
        authority.make(certificates)
        bench = Bench(plan, programs, placement, targets, certificates, say=lambda line: print(line, flush=True))
        scenarios.run(bench, wanted, proxies)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    result = {
        "date": today,
        "mode": plan.name,
        "plan": dataclasses.asdict(plan),
        "machine": machine.describe(placement),
        "load_before": load_before,
        "load_after": machine.load_average(),
        "revision": revision(),
        "seconds": time.time() - started,
        "proxies": [
            {
                "name": proxy.name,
                "title": proxy.title,
                "version": proxy.version(),
                "command": bench.commands[proxy.name],
            }
            for proxy in proxies
            if proxy.name in bench.commands
        ],
        "samples": bench.samples,
    }
    write(result, RESULTS / ("quick" if options.quick else today))
    return 0


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two minutes instead of a quarter of an hour")
    names = {"type": lambda names: names.split(","), "metavar": "NAME,NAME"}
    parser.add_argument("--only", help="proxies by name", **names)
    parser.add_argument("--scenarios", help="scenarios by name", **names)
    return parser.parse_args()


def present(proxies: list[Proxy], only: list[str] | None) -> list[Proxy]:
    """Those asked for that are there; says which are not. One asked for by name must be there."""
    unknown = set(only or []) - {proxy.name for proxy in proxies}
    if unknown:
        raise SystemExit(f"bench: no proxy is called {', '.join(sorted(unknown))}")
    chosen = []
    for proxy in proxies:
        if only and proxy.name not in only:
            continue
        reason = proxy.missing()
        if reason is None:
            chosen.append(proxy)
        elif only:
            raise SystemExit(f"bench: {proxy.name}: {reason}")
        else:
            print(f"left out: {proxy.name}: {reason}")
    return chosen


def write(result: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / "README.md").write_text(report.page(result))
    (folder / "plot.svg").write_text(plot.picture(result))
    print()
    print(report.page(result))
    for verdict in verdicts(result["samples"]):
        print(f"{verdict.word:12}  {verdict.title}")
    print(f"written to {folder.relative_to(ROOT)}/")


def raise_descriptor_limit() -> None:
    """The proxies inherit it; thousands of idle connections need it."""
    _, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest, highest))


def release_directory() -> Path:
    """Where the load generator was built to."""
    command = [
        "cargo",
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--locked",
        "--manifest-path",
        str(LOAD_PACKAGE),
    ]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Path(json.loads(found)["target_directory"]) / "release"


def revision() -> str:
    """The commit measured, and whether the files differed from it."""
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
