"""WebSockets over TLS as the Python package `websockets` makes them: they stay with their target, and end in order."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from conftest import API_ONLY, Elbow
from shop import NAME, Shop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Request, Response, ServerConnection, serve

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane")

LEAVE = "leave"
LARGE_BYTES = 700_000
SECONDS = 20


@contextmanager
def echo(name: str) -> Iterator[int]:
    """A target that says its name, then what it hears; `leave` makes it close. Gives its port."""

    def talk(connection: ServerConnection) -> None:
        connection.send(name)
        for message in connection:
            if message == LEAVE:
                connection.close(4001, "as you wish")
            else:
                connection.send(message)

    def check(connection: ServerConnection, request: Request) -> Response | None:
        """The health check asks without upgrading."""
        return None if "Upgrade" in request.headers else connection.respond(HTTPStatus.OK, "well\n")

    with serve(talk, "127.0.0.1", 0, process_request=check, max_size=None) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.socket.getsockname()[1]
        server.shutdown()


@pytest.fixture
def shop(elbow: Elbow, tmp_path: Path) -> Iterator[Shop]:
    with ExitStack() as stack:
        yield Shop(elbow, [stack.enter_context(echo(name)) for name in "abc"], tmp_path)


def open_socket(shop: Shop, cookie: str | None = None) -> connect:
    """One thread reads and writes: TLS of a Python before 3.13 is not to be used by two at once, as the package's
    `sync` client does."""
    context = ssl.create_default_context(cafile=str(shop.authority))
    headers = {"Cookie": cookie} if cookie else {}
    url = f"wss://{NAME}:{shop.port}/talk"
    return connect(
        url,
        ssl=context,
        host="127.0.0.1",
        port=shop.port,
        proxy=None,
        additional_headers=headers,
        max_size=None,
        open_timeout=SECONDS,
    )


async def hear(connection: ClientConnection) -> str | bytes:
    return await asyncio.wait_for(connection.recv(), SECONDS)


def test_what_is_said_comes_back_and_each_side_may_close(shop: Shop) -> None:
    async def talk() -> ConnectionClosed:
        async with open_socket(shop) as connection:
            assert await hear(connection) in set("abc")
            for message in ["hello", b"\x00\xff", "ü" * LARGE_BYTES]:
                await connection.send(message)
                assert await hear(connection) == message
            await asyncio.wait_for(await connection.ping(), SECONDS)
            await connection.send(LEAVE)
            with pytest.raises(ConnectionClosed) as closed:
                await hear(connection)
            return closed.value

    close = asyncio.run(talk()).rcvd
    assert close is not None and (close.code, close.reason) == (4001, "as you wish")


def test_a_visitor_s_sockets_are_all_with_one_target(shop: Shop) -> None:
    async def homes(cookie: str | None = None) -> set[str | bytes]:
        async with AsyncExitStack() as stack:
            sockets = [await stack.enter_async_context(open_socket(shop, cookie)) for _ in range(9)]
            return {await hear(connection) for connection in sockets}

    async def visit() -> None:
        async with open_socket(shop) as connection:
            home = await hear(connection)
            assert connection.response is not None
            cookies = [line.split(";")[0] for line in connection.response.headers.get_all("Set-Cookie")]
        cookie = next(line for line in cookies if line.startswith("AWSALB="))
        assert await homes(cookie) == {home}
        assert len(await homes()) > 1

    asyncio.run(visit())
