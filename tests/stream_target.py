"""A target in a process of its own, which can be killed: it says its port, and streams numbers until told to stop.

As a program it is the target: `/stream` answers with a number every few milliseconds until `/stop` was asked for;
everything else is answered with the port.
"""

from __future__ import annotations

import http.client
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STOP_SECONDS = 20
PACE_SECONDS = 0.01


class Target:
    """The process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def finish_streams(self) -> None:
        """Has all streams end in order."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=STOP_SECONDS)
        connection.request("GET", "/stop")
        connection.getresponse().read()
        connection.close()

    def kill(self) -> None:
        """SIGKILL; the process is gone when this returns."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def stream_targets(count: int) -> Iterator[list[Target]]:
    started: list[Target] = []
    try:
        for _ in range(count):
            started.append(Target())
        yield started
    finally:
        for target in started:
            target.kill()


def is_whole(body: bytes) -> bool:
    """Whether this is a stream with nothing lost and nothing twice, to its end."""
    *numbers, end = body.decode().split()
    return end == "end" and numbers == [str(number) for number in range(len(numbers))]


def main() -> None:
    stop = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/stream":
                self.stream()
                return
            if self.path == "/stop":
                stop.set()
            body = str(self.server.server_address[1]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def stream(self) -> None:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            number = 0
            # A stream whose reader is gone ends, too.
            with suppress(ConnectionError):
                while not stop.wait(PACE_SECONDS):
                    self.chunk(f"{number}\n")
                    number += 1
                self.chunk("end\n")
                self.chunk("")

        def chunk(self, text: str) -> None:
            self.wfile.write(f"{len(text):x}\r\n{text}\r\n".encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
