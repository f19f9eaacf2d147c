"""Clients of HTTP/2 that make one request each and then keep quiet, which `h2load` cannot."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from bench import authority

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS = 0, 1, 4
# Flags: of HEADERS and DATA, of HEADERS, of SETTINGS.
END_STREAM, END_HEADERS, ACK = 1, 4, 1
# The methods and schemes of HPACK's static table, and the names of fields whose values follow.
GET_HTTPS, PATH, AUTHORITY = b"\x82\x87", 4, 1


def connect(port: int, count: int, certificates: Path) -> list[ssl.SSLSocket]:
    """Connections with one answer each; their windows, tables and sessions are as after any request."""
    context = ssl.create_default_context(cafile=str(certificates / authority.AUTHORITY))
    context.set_alpn_protocols(["h2"])
    return [_connect(port, context) for _ in range(count)]


def _connect(port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    # Else the acknowledgement of the settings waits for that of the request, which a proxy may delay by 40 ms.
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection = context.wrap_socket(plain, server_hostname=authority.NAME)
    if connection.selected_alpn_protocol() != "h2":
        raise RuntimeError("it does not speak HTTP/2")
    block = GET_HTTPS + _field(PATH, "/cart") + _field(AUTHORITY, f"{authority.NAME}:{port}")
    connection.sendall(PREFACE + _frame(SETTINGS, 0, 0) + _frame(HEADERS, END_STREAM | END_HEADERS, 1, block))
    answered = acknowledged = False
    while not (answered and acknowledged):
        head = _receive(connection, 9)
        kind, flags = head[3], head[4]
        _receive(connection, int.from_bytes(head[:3], "big"))
        if kind == SETTINGS and not flags & ACK:
            connection.sendall(_frame(SETTINGS, ACK, 0))
        acknowledged |= kind == SETTINGS and bool(flags & ACK)
        answered |= kind in (DATA, HEADERS) and bool(flags & END_STREAM)
    return connection


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _field(name: int, value: str) -> bytes:
    """A field that goes into no table."""
    return bytes([name, len(value)]) + value.encode()


def _receive(connection: ssl.SSLSocket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        more = connection.recv(count - len(received))
        if not more:
            raise RuntimeError("it closed the connection")
        received += more
    return received
