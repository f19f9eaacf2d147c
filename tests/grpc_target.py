"""A target that speaks gRPC, in a process of its own that can be killed: `python grpc_target.py NAME` prints its port.

Messages are bytes; no service description is needed for that.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc

SERVICE = "shop.Carts"
THREADS = 32


class Carts:
    """One method of each kind, and some that do not go well."""

    def __init__(self, name: str) -> None:
        self.name = name.encode()
        self.cancelled = 0
        self.lock = threading.Lock()

    def echo(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        seen = dict(context.invocation_metadata())
        context.send_initial_metadata((("x-seen", seen.get("x-sent", "")), ("x-te", seen.get("te", ""))))
        context.set_trailing_metadata((("x-target", self.name.decode()), ("x-raw-bin", b"\x00\xff")))
        return self.name + b":" + request

    def total(self, requests: Iterator[bytes], _: grpc.ServicerContext) -> bytes:
        return str(sum(len(request) for request in requests)).encode()

    def count(self, request: bytes, _: grpc.ServicerContext) -> Iterator[bytes]:
        yield from (str(number).encode() for number in range(int(request)))

    def chat(self, requests: Iterator[bytes], _: grpc.ServicerContext) -> Iterator[bytes]:
        yield from (self.name + b":" + request for request in requests)

    def fail(self, _: bytes, context: grpc.ServicerContext) -> bytes:
        context.set_trailing_metadata((("x-target", self.name.decode()),))
        context.abort(grpc.StatusCode.NOT_FOUND, "no such cart: 100%")

    def wait(self, _: bytes, context: grpc.ServicerContext) -> bytes:
        """Answers when nobody waits for it any more."""
        over = threading.Event()
        context.add_callback(over.set)
        over.wait()
        with self.lock:
            self.cancelled += 1
        return b""

    def cancellations(self, _: bytes, __: grpc.ServicerContext) -> bytes:
        return str(self.cancelled).encode()


def main() -> None:
    carts = Carts(sys.argv[1])
    methods = {
        "Echo": grpc.unary_unary_rpc_method_handler(carts.echo),
        "Total": grpc.stream_unary_rpc_method_handler(carts.total),
        "Count": grpc.unary_stream_rpc_method_handler(carts.count),
        "Chat": grpc.stream_stream_rpc_method_handler(carts.chat),
        "Fail": grpc.unary_unary_rpc_method_handler(carts.fail),
        "Wait": grpc.unary_unary_rpc_method_handler(carts.wait),
        "Cancellations": grpc.unary_unary_rpc_method_handler(carts.cancellations),
    }
    server = grpc.server(ThreadPoolExecutor(THREADS))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
