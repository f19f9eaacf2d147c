"""Hours of mixed load leave nothing behind: 0 failed, memory and descriptors stay where they were.

Some clients behave and some do not. Those that abort in the middle of whatever they do are the load that finds leaks;
a request counts as failed only if its client waited for the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import struct
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.clients import Target
from bench.process import Process
from bench.promises.world import Figure, World, world

SECONDS = 3600
# Longest time that a client waits for one thing.
PATIENCE_S = 30
SAMPLE_S = 5
LARGE_BYTES = 2 * 2**20
UPLOAD_BYTES = 2**20
# Memory after the first third of the time, where everything has found its size.
SLOPE_MIB_PER_HOUR = 1
# How long descriptors have to come back after the last client has gone.
REST_S = 30
FRAMES = 50
# Longest pause of a client between two things.
PAUSE_S = 0.5

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Targets:
    """Three of them, which end with all their connections."""

    def __init__(self) -> None:
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.StreamWriter] = set()

    async def start(self) -> list[Target]:
        self._servers = [await asyncio.start_server(self._serve, "127.0.0.1", 0) for _ in range(3)]
        return [Target("127.0.0.1", server.sockets[0].getsockname()[1]) for server in self._servers]

    def stop(self) -> None:
        for server in self._servers:
            server.close()
        for connection in self._connections:
            connection.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await answer(reader, writer)
        writer.close()
        self._connections.discard(writer)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers small, answers large, swallows uploads, echoes WebSockets."""
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"upgrade: websocket" in head:
            writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
            return
        left = int(head.partition(b"content-length: ")[2].split(b"\r")[0] or 0)
        while left:
            left -= len(await reader.readexactly(min(left, 65536)))
        size = LARGE_BYTES if head.startswith(b"get /large") else 16
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))
        await writer.drain()


class Client:
    """Does one kind of thing again and again."""

    def __init__(self, port: int, kind: str, rng: random.Random, tally: Counter[str]) -> None:
        self.port, self.kind, self.rng, self.tally = port, kind, rng, tally

    async def shop(self) -> None:
        """A few requests on one connection, with the cookie."""
        reader, writer = await self._connect()
        cookie = b""
        for _ in range(self.rng.randrange(1, 50)):
            writer.write(b"GET / HTTP/1.1\r\nHost: soak\r\n%s\r\n" % cookie)
            head = await self._head(reader)
            await reader.readexactly(16)
            cookie = b"Cookie: AWSALB=%s\r\n" % head.partition(b"Set-Cookie: AWSALB=")[2].split(b";")[0]
        writer.close()

    async def upload(self) -> None:
        """One body, in pieces."""
        reader, writer = await self._connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: soak\r\nContent-Length: %d\r\n\r\n" % UPLOAD_BYTES)
        for _ in range(UPLOAD_BYTES // 65536):
            writer.write(bytes(65536))
            await writer.drain()
        await self._head(reader)
        writer.close()

    async def read_slowly(self) -> None:
        """One large answer, a piece at a time."""
        reader, writer = await self._connect(receive_buffer=65536)
        writer.write(b"GET /large HTTP/1.1\r\nHost: soak\r\n\r\n")
        await self._head(reader)
        left = LARGE_BYTES
        while left:
            left -= len(await reader.readexactly(min(left, 65536)))
            await asyncio.sleep(0.05)
        writer.close()

    async def chat(self) -> None:
        """One WebSocket; what it carries does not matter to a load balancer."""
        reader, writer = await self._connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: soak\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        await self._head(reader, b"101")
        for _ in range(FRAMES):
            frame = self.rng.randbytes(self.rng.randrange(1, 4096))
            writer.write(frame)
            if await reader.readexactly(len(frame)) != frame:
                raise ValueError("another frame came back")
        writer.close()

    async def abort(self) -> None:
        """Begins any of these and resets the connection at some moment."""
        begin = self.rng.choice([self.shop, self.upload, self.read_slowly, self.chat])
        doing = asyncio.ensure_future(begin())
        await asyncio.wait([doing], timeout=self.rng.uniform(0, 0.2))
        doing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await doing

    async def _connect(self, receive_buffer: int | None = None) -> Streams:
        client = socket.socket()
        client.setblocking(False)
        if self.kind == "abort":
            # Closing resets the connection.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", self.port))
        return await asyncio.open_connection(sock=client)

    async def _head(self, reader: asyncio.StreamReader, status: bytes = b"200") -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.split(b" ")[1] != status:
            raise ValueError(head.decode())
        return head


async def again_and_again(client: Client, until: float) -> None:
    """One client's life. What goes wrong is counted and shown."""
    act: Callable[[], Awaitable[None]] = getattr(client, client.kind)
    while time.monotonic() < until:
        try:
            await asyncio.wait_for(act(), PATIENCE_S)
        except (OSError, ValueError, asyncio.IncompleteReadError, TimeoutError) as problem:
            client.tally["failed"] += 1
            print(f"{client.kind}: {problem!r}", flush=True)
        client.tally[client.kind] += 1
        await asyncio.sleep(client.rng.uniform(0, PAUSE_S))


CLIENTS = {"shop": 16, "upload": 4, "read_slowly": 4, "chat": 8, "abort": 8}


async def load(port: int, process: Process, tally: Counter[str]) -> list[tuple[float, float]]:
    """All clients at once; gives the memory over time, in hours and MiB."""
    seed = int(os.environ.get("ELBOW_SEED", random.SystemRandom().randrange(2**32)))
    print(f"ELBOW_SEED={seed}", flush=True)
    started = time.monotonic()
    until = started + SECONDS
    kinds = [kind for kind, count in CLIENTS.items() for _ in range(count)]
    clients = [
        again_and_again(Client(port, kind, random.Random(f"{seed} {index}"), tally), until)
        for index, kind in enumerate(kinds)
    ]
    running = asyncio.gather(*clients)
    memory = []
    while not running.done():
        memory.append(((time.monotonic() - started) / 3600, process.proportional_set_kib() / 1024))
        await asyncio.wait([running], timeout=SAMPLE_S)
    await running
    return memory


async def soak(found: World, targets: Targets) -> list[Figure]:
    """The load, and what it leaves behind."""
    descriptors = found.process.descriptors()
    tally: Counter[str] = Counter()
    memory = await load(found.shop.port, found.process, tally)
    targets.stop()
    rest = time.monotonic() + REST_S
    while found.process.descriptors() > descriptors and time.monotonic() < rest:
        await asyncio.sleep(0.1)
    settled = memory[len(memory) // 3 :]
    return [
        Figure("seconds of load", SECONDS),
        *(Figure(f"times: {kind}", tally[kind]) for kind in CLIENTS),
        Figure("failed", tally["failed"], 0),
        Figure("memory at the start, MiB", memory[0][1]),
        Figure("memory at the end, MiB", memory[-1][1]),
        Figure("memory, slope after the first third, MiB an hour", slope(settled), SLOPE_MIB_PER_HOUR),
        Figure("descriptors at the start", descriptors),
        Figure("descriptors at the end", found.process.descriptors(), descriptors),
    ]


def slope(points: list[tuple[float, float]]) -> float:
    """Of the straight line through the points that misses them least."""
    middle_x, middle_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    across = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / across if across else 0.0


def measure(_programs: Path) -> list[Figure]:
    """Clients and targets in this process, the server in its own."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    targets = Targets()
    # Setting up waits for health checks, which these targets answer meanwhile.
    started = world(await targets.start())
    found = await asyncio.to_thread(started.__enter__)
    try:
        return await soak(found, targets)
    finally:
        started.__exit__(None, None, None)
