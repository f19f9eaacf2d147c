"""A proxy's processes: start them on a core, read what they cost, stop them."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
START_LIMIT_S = 60.0
STOP_LIMIT_S = 10.0
POLL_INTERVAL_S = 0.02
# Below are the ports of well-known services.
LOWEST_PORT = 10_000


@dataclass(frozen=True)
class Cpu:
    """CPU time used so far, in seconds."""

    user: float
    kernel: float

    @property
    def sum(self) -> float:
        return self.user + self.kernel

    def __sub__(self, earlier: Cpu) -> Cpu:
        return Cpu(self.user - earlier.user, self.kernel - earlier.kernel)


class Process:
    """One program and the processes it starts, all on the same cores, which are given as `taskset` wants them."""

    def __init__(
        self, command: Sequence[str], cores: str, directory: Path, environment: dict[str, str] | None = None
    ) -> None:
        self.command = ["taskset", "-c", cores, *command]
        self._log = (directory / "output.log").open("wb")
        self._log_path = directory / "output.log"
        self._process = subprocess.Popen(
            self.command,
            cwd=directory,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Returns when `ready` is true; fails, and stops it, when the program ends or takes too long."""
        limit = time.monotonic() + START_LIMIT_S
        while not ready():
            ended = self._process.poll() is not None
            if ended or time.monotonic() > limit:
                self.stop()
                when = "ended" if ended else f"was not {what} after {START_LIMIT_S:.0f} s"
                raise RuntimeError(f"{self.command[3]} {when}:\n{self.output()}")
            time.sleep(POLL_INTERVAL_S)

    def output(self) -> str:
        """The last lines it wrote."""
        return "\n".join(self._log_path.read_text(errors="replace").splitlines()[-15:])

    def cpu(self) -> Cpu:
        """CPU time of all its processes, from `/proc/<pid>/stat`."""
        user = kernel = 0
        for pid in self._pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            user += int(fields[11])
            kernel += int(fields[12])
        return Cpu(user / TICKS_PER_SECOND, kernel / TICKS_PER_SECOND)

    def proportional_set_kib(self) -> int:
        """Memory of all its processes, pages shared with others counted by share, from `/proc/<pid>/smaps_rollup`."""
        total = 0
        for pid in self._pids():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total

    def descriptors(self) -> int:
        """Files and sockets that all its processes have open."""
        return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in self._pids())

    def stop(self) -> None:
        """Ends it; kills what does not end in time."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _pids(self) -> Iterator[int]:
        waiting = [self._process.pid]
        while waiting:
            pid = waiting.pop()
            yield pid
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += [int(child) for child in children.read_text().split()]


def free_port() -> int:
    """A loopback port that nothing uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_ports(count: int) -> list[int]:
    """Loopback ports that nothing uses, all different.

    It takes a while until many of them are listened on, and by then an outgoing connection could have been given one:
    they are below the range from which the system takes those.
    """
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    found: list[int] = []
    # At random, so that two runs side by side do not go for the same.
    candidates = random.sample(range(LOWEST_PORT, first_ephemeral), first_ephemeral - LOWEST_PORT)
    for port in candidates:
        if len(found) == count:
            break
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
    if len(found) < count:
        raise RuntimeError(f"only {len(found)} of {count} ports are free")
    return found


def listens(port: int) -> bool:
    """Whether something accepts connections on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
