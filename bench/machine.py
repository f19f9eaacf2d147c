"""On what it was measured."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from bench.cores import Cores


def describe(cores: Cores) -> dict[str, str]:
    """Machine, kernel, and who ran on which core."""
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory_gib():.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "unknown"),
        "placement": f"proxy on core {cores.proxy}, clients on {cores.clients}, targets on {cores.targets}",
    }


def load_average() -> str:
    """How busy the machine was with other things, by its own word."""
    return " ".join(f"{load:.2f}" for load in os.getloadavg())


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
