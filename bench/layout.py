"""What a proxy is set up to do, in no product's words: `peers` and `elbow_set_up` put it into those of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.clients import Target


class Kind(StrEnum):
    """What decides which target a request goes to."""

    # Each group has a port of its own and sticky sessions: one load balancer, or many.
    STICKY = "sticky"
    # The same, where WebSockets pass, too.
    WEBSOCKET = "websocket"
    # One port; requests for `/service-7/…` go to group 7, sticky.
    RULES = "rules"
    # One port; new clients are spread over the groups by weight and stay with theirs, and with their target in it.
    WEIGHTED = "weighted"
    # One port, sticky sessions, over TLS with HTTP/1.1 and HTTP/2.
    SECURE = "secure"
    # The same, and the targets speak gRPC.
    GRPC = "grpc"
    # One port, one group; connections are passed on as they are.
    TCP = "tcp"
    # One port, one group, sticky sessions; a cookie only for who has none, as Classic Load Balancers give it.
    CLASSIC = "classic"
    # One port, one group; each request goes to the target with the fewest in flight.
    LEAST_OUTSTANDING = "least-outstanding"


@dataclass(frozen=True)
class Group:
    """Targets that can stand in for one another."""

    targets: tuple[Target, ...]
    weight: int = 1


@dataclass(frozen=True)
class Layout:
    """What one measurement needs."""

    kind: Kind
    groups: tuple[Group, ...]
    # What `authority` made, for a layout with TLS.
    certificates: Path | None = None

    @property
    def port_count(self) -> int:
        """How many ports clients can connect to."""
        return len(self.groups) if self.kind in (Kind.STICKY, Kind.WEBSOCKET) else 1


def one_group(kind: Kind, targets: Sequence[Target], certificates: Path | None = None) -> Layout:
    """All targets behind one port."""
    return Layout(kind, (Group(tuple(targets)),), certificates)


def many_groups(kind: Kind, targets: Sequence[Target], size: int, weights: Sequence[int] = ()) -> Layout:
    """The targets in groups of `size`, in their order, no target in two."""
    parts = [tuple(targets[first : first + size]) for first in range(0, len(targets), size)]
    return Layout(
        kind, tuple(Group(part, weight) for part, weight in zip(parts, weights or [1] * len(parts), strict=True))
    )


def rule_path(number: int) -> str:
    """What a request asks for that the rule with this number (from 1) is for."""
    return f"/service-{number}/cart"
