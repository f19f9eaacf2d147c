"""Enforces who may depend on whom (docs/decisions/0001-crates-and-layers.md).

Reads `cargo metadata`. Two rules for what a crate is built from (development dependencies are free):
1. A workspace crate depends on those workspace crates only that ARROWS grants it.
2. A pure crate decides from its arguments alone, so nothing that does I/O, tells the time, draws from the system's
   randomness or logs stands in its own dependency list, no async runtime anywhere below it, and no call to the
   standard library's clock, files, sockets or threads in its sources.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator

from project import ROOT, rust_test_files, tracked_files, without_tests

PREFIX = "elbow-"
PURE = ("model", "stickiness", "routing", "http1")

# crate -> the workspace crates it may see. One line per arrow that someone will ask about.
ARROWS: dict[str, set[str]] = {
    "model": set(),
    "http1": set(),
    "stickiness": {"model"},
    "routing": {"model", "stickiness"},
    "telemetry": {"model"},
    # Not store: the data plane serves its last snapshot with the store away.
    "proxy": {"model", "stickiness", "routing", "http1", "telemetry", "certificates"},
    "certificates": {"model"},
    "store": {"model", "certificates"},
    # Not proxy: an API action changes the configuration, never a connection.
    "api": {"model", "certificates", "store", "telemetry"},
    # The demo's applications are ordinary targets; knowing Elbow would make them special.
    "demo": set(),
    "elbow": {"model", "stickiness", "routing", "http1", "telemetry", "proxy", "certificates", "store", "api", "demo"},
}

# What a pure crate must not name itself, and why.
BANNED_IN_PURE = {
    "an async runtime": r"tokio(-.*)?|async-std|smol|mio|futures(-.*)?|hyper(-.*)?|glommio|monoio",
    "a clock": r"chrono|time|coarsetime|quanta|minstant",
    "the system's randomness": r"rand|getrandom|fastrand|oorandom",
    "logging": r"log|tracing(-.*)?|env_logger|slog",
    "I/O": r"rusqlite|socket2|rustix|nix|libc|reqwest|ureq|tempfile",
    "serialisation of domain types": r"serde_json|toml|bincode|postcard",
}
BANNED_BELOW_PURE = re.compile(r"tokio(-.*)?|async-std|smol|mio|hyper")

# What a pure crate must not call, and why.
BANNED_CALLS = {
    "a clock": r"\b(SystemTime|Instant|Zoned|Timestamp)::now\b",
    "the system's randomness": r"\b(aws_lc_rs::rand|getrandom)\b|\bSystemRandom\b",
    "I/O": r"\bstd::(fs|process|thread|env)\b|\b(TcpStream|TcpListener|UdpSocket)\b|\bprintln!|\beprintln!",
}


def metadata() -> dict:
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def short(package: str) -> str:
    return package.removeprefix(PREFIX)


def built_from(node: dict) -> list[str]:
    """The package ids this package is built from: normal and build dependencies, not development ones."""
    return [dep["pkg"] for dep in node["deps"] if any(kind["kind"] != "dev" for kind in dep["dep_kinds"])]


def below(package_id: str, nodes: dict[str, dict]) -> set[str]:
    seen: set[str] = set()
    waiting = [package_id]
    while waiting:
        for dependency in built_from(nodes[waiting.pop()]):
            if dependency not in seen:
                seen.add(dependency)
                waiting.append(dependency)
    return seen


def arrow_problems(crate: str, direct: set[str], workspace: set[str]) -> Iterator[str]:
    if crate not in ARROWS:
        yield f"{crate} is not in ARROWS: decide which crates it may see (docs/decisions/0001-crates-and-layers.md)"
        return
    for seen in sorted((direct & workspace) - ARROWS[crate]):
        allowed = ", ".join(sorted(ARROWS[crate])) or "none of the others"
        yield f"{crate} must not depend on {seen}: it may see {allowed}"


def pure_dependency_problems(crate: str, direct: set[str], all_below: set[str]) -> Iterator[str]:
    for what, pattern in BANNED_IN_PURE.items():
        for name in sorted(direct):
            if re.fullmatch(pattern, name):
                yield f"{crate} is pure and must not depend on {name} ({what}): take it as an argument instead"
    for name in sorted(all_below - direct):
        if BANNED_BELOW_PURE.fullmatch(name):
            yield f"{crate} is pure, but a dependency of it brings the async runtime {name}"


def pure_source_problems(crate: str, test_files: set[str]) -> Iterator[str]:
    for path in tracked_files(f"crates/{crate}/src/*.rs"):
        if path in test_files:
            continue
        source = without_tests((ROOT / path).read_text(encoding="utf-8"))
        for number, line in enumerate(source.splitlines(), start=1):
            if line.lstrip().startswith("//"):
                continue
            for what, pattern in BANNED_CALLS.items():
                if re.search(pattern, line):
                    yield f"{path}:{number}: {crate} is pure and must not use {what}: take it as an argument instead"


def main() -> int:
    found = metadata()
    names = {package["id"]: package["name"] for package in found["packages"]}
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    members = {short(names[member]): member for member in found["workspace_members"]}

    test_files = rust_test_files()
    problems: list[str] = []
    for crate, member in sorted(members.items()):
        direct = {short(names[dependency]) for dependency in built_from(nodes[member])}
        problems += arrow_problems(crate, direct, set(members))
        if crate in PURE:
            problems += pure_dependency_problems(crate, direct, {names[seen] for seen in below(member, nodes)})
            problems += pure_source_problems(crate, test_files)

    for problem in problems:
        print(problem)
    print(f"layers: {len(members)} crates, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
