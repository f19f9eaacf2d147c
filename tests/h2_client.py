"""A client of HTTP/2 that knows what became of each of its streams, and of its connection."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, ResponseReceived, StreamEnded, StreamReset
from hyperframe.frame import Frame, GoAwayFrame
from shop import NAME

# Longest wait for what must happen, in seconds.
PATIENCE = 30
READ_BYTES = 65_536


@dataclass
class Answer:
    """What came on one stream so far."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    # Why it ended before its end.
    failure: str | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    grew: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def status(self) -> int:
        return int(dict(self.headers).get(":status", "0"))

    def cookie(self, name: str) -> str | None:
        """The cookie of this name as it is sent back."""
        lines = (value.split(";")[0] for key, value in self.headers if key == "set-cookie")
        return next((line for line in lines if line.startswith(f"{name}=")), None)

    async def end(self) -> Answer:
        await asyncio.wait_for(self.ended.wait(), PATIENCE)
        return self

    async def more(self) -> None:
        """Waits until more of the body has come."""
        had = len(self.body)
        while len(self.body) == had and not self.ended.is_set():
            self.grew.clear()
            await asyncio.wait_for(self.grew.wait(), PATIENCE)

    def fail(self, why: str) -> None:
        if not self.ended.is_set():
            self.failure = why
        self.ended.set()
        self.grew.set()


@dataclass(kw_only=True)
class Goodbye(Event):
    """GOAWAY has come: streams that are open go on, new ones belong on another connection (RFC 9113 section 6.8)."""

    code: int


class Connection(H2Connection):
    """As h2's own, which takes GOAWAY for the end of all streams."""

    def _receive_goaway_frame(self, frame: GoAwayFrame) -> tuple[list[Frame], list[Event]]:
        return [], [Goodbye(code=frame.error_code)]


class Client:
    """One connection over TLS."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.h2 = Connection(H2Configuration(header_encoding="utf-8"))
        self.open: dict[int, Answer] = {}
        # The code of GOAWAY, when it has come.
        self.goodbye: int | None = None
        self.parting, self.closed = asyncio.Event(), asyncio.Event()
        self.h2.initiate_connection()
        self._flush()
        self.task = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, port: int, authority: Path) -> Client:
        context = ssl.create_default_context(cafile=str(authority))
        context.set_alpn_protocols(["h2"])
        connecting = asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=NAME)
        reader, writer = await asyncio.wait_for(connecting, PATIENCE)
        assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
        return cls(reader, writer)

    def begin(self, path: str, cookie: str | None = None) -> Answer:
        """Sends a GET; its answer fills itself."""
        number, answer = self.h2.get_next_available_stream_id(), Answer()
        head = [(":method", "GET"), (":scheme", "https"), (":authority", NAME), (":path", path)]
        if self.closed.is_set():
            answer.fail("the connection was closed before")
            return answer
        self.h2.send_headers(number, head + ([("cookie", cookie)] if cookie else []), end_stream=True)
        self.open[number] = answer
        self._flush()
        return answer

    async def get(self, path: str, cookie: str | None = None) -> Answer:
        return await self.begin(path, cookie).end()

    async def close(self) -> None:
        self.task.cancel()
        self.writer.close()

    def _flush(self) -> None:
        self.writer.write(self.h2.data_to_send())

    async def _read(self) -> None:
        try:
            while data := await self.reader.read(READ_BYTES):
                for event in self.h2.receive_data(data):
                    self._note(event)
                self._flush()
        except (ConnectionError, ssl.SSLError) as error:
            self._lose(str(error))
        else:
            self._lose("the connection was closed")

    def _lose(self, why: str) -> None:
        self.closed.set()
        for answer in self.open.values():
            answer.fail(why)

    def _note(self, event: object) -> None:
        match event:
            case ResponseReceived():
                self.open[event.stream_id].headers = event.headers
            case DataReceived():
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                answer = self.open[event.stream_id]
                answer.body += event.data
                answer.grew.set()
            case StreamEnded():
                answer = self.open.pop(event.stream_id)
                answer.ended.set()
                answer.grew.set()
            case StreamReset():
                # After an answer that was whole it says only that nothing more of the request is wanted.
                if answer := self.open.pop(event.stream_id, None):
                    answer.fail(f"reset: {event.error_code}")
            case Goodbye():
                self.goodbye = event.code
                self.parting.set()
