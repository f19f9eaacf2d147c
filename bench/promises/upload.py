"""An upload of 10 GiB passes through without being kept: memory stays flat."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path
from typing import BinaryIO

from bench.clients import Target
from bench.process import Process
from bench.promises.world import Figure, world

UPLOAD_BYTES = 10 * 2**30
PIECE_BYTES = 2**20
# What one connection may hold in buffers on both sides, and what measuring itself moves.
GROWTH_MIB = 16
SAMPLE_S = 0.25


class Receiver(threading.Thread):
    """A target that counts a body and says how long it was."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))

    def run(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        buffer = bytearray(PIECE_BYTES)
        with contextlib.suppress(ConnectionError), connection, connection.makefile("rb") as stream:
            while (length := read_head(stream)) is not None:
                received = 0
                while received < length and (count := stream.readinto(memoryview(buffer)[: length - received])):
                    received += count
                answer = str(received).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))


class Watch(threading.Thread):
    """Looks at the memory of a process until told to stop."""

    def __init__(self, process: Process) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.highest_kib = process.proportional_set_kib()
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(SAMPLE_S):
            self.highest_kib = max(self.highest_kib, self.process.proportional_set_kib())


def measure(_programs: Path) -> list[Figure]:
    """One client, one target, one body."""
    receiver = Receiver()
    receiver.start()
    with world([Target("127.0.0.1", receiver.listener.getsockname()[1])]) as found:
        upload(found.shop.port, PIECE_BYTES)
        before_kib = found.process.proportional_set_kib()
        watch = Watch(found.process)
        watch.start()
        started = time.monotonic()
        received = upload(found.shop.port, UPLOAD_BYTES)
        took_s = time.monotonic() - started
        watch.over.set()
        watch.join()
    return [
        Figure("GiB sent", UPLOAD_BYTES / 2**30),
        Figure("bytes that did not arrive", UPLOAD_BYTES - received, 0),
        Figure("MiB a second", UPLOAD_BYTES / 2**20 / took_s),
        Figure("memory at most above that before, MiB", (watch.highest_kib - before_kib) / 1024, GROWTH_MIB),
    ]


def upload(port: int, length: int) -> int:
    """Sends a body; gives how much of it the target has received."""
    piece = bytes(PIECE_BYTES)
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as stream:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: upload\r\nContent-Length: %d\r\n\r\n" % length)
        for _ in range(length // PIECE_BYTES):
            connection.sendall(piece)
        return int(stream.read(read_head(stream)))


def read_head(stream: BinaryIO) -> int | None:
    """How long the body after it is; None at the end of the connection."""
    length = 0
    while line := stream.readline():
        if line == b"\r\n":
            return length
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return None
