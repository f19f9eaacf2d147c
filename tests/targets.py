"""Targets of a test's own, in its own process."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def target(
    answer: Callable[[http.server.BaseHTTPRequestHandler], str],
    version: str = "HTTP/1.1",
    address: tuple[str, int] = ("127.0.0.1", 0),
    cookie: Callable[[http.server.BaseHTTPRequestHandler], str | None] = lambda _: None,
) -> Iterator[int]:
    """A target whose body for a GET is `answer` of the request, and which sets the `cookie` for it; gives its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = version

        def do_GET(self) -> None:
            body = answer(self).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            if given := cookie(self):
                self.send_header("Set-Cookie", given)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(address, Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
