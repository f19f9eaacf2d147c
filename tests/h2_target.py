"""A target that speaks HTTP/2 in clear with prior knowledge, in a process of its own that can be killed.

`python h2_target.py` prints its port. It answers with that port, the version that it speaks, and the body it was sent.
What is asked of `/wait/PORT` is answered by the targets on other ports only.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError

STOP_SECONDS = 20


class Connection(asyncio.Protocol):
    """One connection of the load balancer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.requests: dict[int, tuple[dict[str, str], bytearray]] = {}
        self.h2.initiate_connection()
        self.flush()

    def data_received(self, data: bytes) -> None:
        try:
            events = self.h2.receive_data(data)
        except ProtocolError:
            events = []
            self.transport.close()
        for event in events:
            match event:
                case RequestReceived(stream_id=number, headers=headers):
                    self.requests[number] = (dict(headers), bytearray())
                case DataReceived(stream_id=number, data=body):
                    self.requests[number][1].extend(body)
                    self.h2.acknowledge_received_data(event.flow_controlled_length, number)
                case StreamEnded(stream_id=number):
                    self.answer(number)
                case StreamReset(stream_id=number):
                    self.requests.pop(number, None)
        self.flush()

    def answer(self, number: int) -> None:
        head, body = self.requests[number]
        if head[":path"] == f"/wait/{self.port}":
            return
        del self.requests[number]
        said = f"{self.port} HTTP/2 {body.decode()}".strip().encode()
        self.h2.send_headers(number, [(":status", "200"), ("content-length", str(len(said)))])
        self.h2.send_data(number, b"" if head[":method"] == "HEAD" else said, end_stream=True)

    def flush(self) -> None:
        self.transport.write(self.h2.data_to_send())


class Target:
    """The process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def kill(self) -> None:
        """SIGKILL; the process is gone when this returns."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def h2_targets(count: int) -> Iterator[list[Target]]:
    started: list[Target] = []
    try:
        for _ in range(count):
            started.append(Target())
        yield started
    finally:
        for target in started:
            target.kill()


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
