"""Every proxy is set up to do the same, and a run asks for what is there."""

import socket

import pytest

from bench import scenarios
from bench.clients import Target
from bench.layout import Kind, many_groups, one_group, rule_path
from bench.peers import CONFIG, Envoy, Haproxy, HaproxyTcp, Nginx, values
from bench.process import free_ports
from bench.scenarios.load_balancers import spread_evenly
from bench.template import fill

TARGETS = [Target(f"127.1.0.{index}", 8080) for index in range(1, 7)]


def config(peer, layout):
    ports = range(9001, 9001 + layout.port_count)
    text = (CONFIG / peer.folder / peer.configs[layout.kind]).read_text()
    return fill(text, values(layout, ports))


def test_blocks_are_repeated_and_may_hold_blocks():
    text = """shop @NAME@
  @each groups@
  group @NUMBER@ of @NAME@
    @each targets@
    target @ADDRESS@ in @NUMBER@
    @end targets@
  @end groups@
"""
    one = {"NUMBER": 1, "targets": [{"ADDRESS": "a"}, {"ADDRESS": "b"}]}
    two = {"NUMBER": 2, "targets": []}
    assert fill(text, {"NAME": "x", "groups": [one, two]}).split("\n") == [
        "shop x",
        "  group 1 of x",
        "    target a in 1",
        "    target b in 1",
        "  group 2 of x",
        "",
    ]
    with pytest.raises(KeyError):
        fill("@NAME@", {})


def test_groups_are_of_one_size_and_share_no_target():
    layout = many_groups(Kind.WEIGHTED, TARGETS, 3, (80, 20))
    assert [(group.weight, len(group.targets)) for group in layout.groups] == [(80, 3), (20, 3)]
    assert [target for group in layout.groups for target in group.targets] == TARGETS
    assert layout.port_count == 1
    assert many_groups(Kind.STICKY, TARGETS, 3).port_count == 2


@pytest.mark.parametrize("peer", [Haproxy(), Nginx(), Envoy(), HaproxyTcp()], ids=lambda peer: peer.name)
def test_every_configuration_can_be_filled_in(peer):
    for kind in peer.configs:
        text = config(peer, one_group(kind, TARGETS))
        assert "127.0.0.1" in text or peer.name == "envoy"
        assert all(target.address in text for target in TARGETS)
        assert "@each" not in text


@pytest.mark.parametrize("peer", [Haproxy(), Nginx()], ids=lambda peer: peer.name)
def test_a_rule_a_port_or_a_weight_for_each_group(peer):
    rules = config(peer, many_groups(Kind.RULES, TARGETS, 1))
    assert all(rule_path(number).removesuffix("cart") in rules for number in range(1, 7))
    balancers = config(peer, many_groups(Kind.STICKY, TARGETS, 2))
    assert all(f"127.0.0.1:{port} " in balancers for port in (9001, 9002, 9003))
    weighted = config(peer, many_groups(Kind.WEIGHTED, TARGETS, 3, (80, 20)))
    assert ("lt 80 }" in weighted and "lt 100 }" in weighted) or (
        "80% group-1" in weighted and "20% group-2" in weighted
    )


def test_free_ports_are_different_and_can_be_listened_on():
    ports = free_ports(50)
    assert len(set(ports)) == 50
    sockets = [socket.create_server(("127.0.0.1", port)) for port in ports]
    for listener in sockets:
        listener.close()


def test_a_connection_has_a_load_balancer_at_most():
    assert spread_evenly([1]) == [1]
    assert len(spread_evenly(range(1_000))) == 64
    assert spread_evenly(range(1_000))[-1] > 900


def test_scenarios_are_chosen_by_name_with_what_they_need():
    def names(wanted):
        return [scenario.name for scenario in scenarios.chosen(wanted)]

    assert names(["rules", "bodies"]) == ["rules", "bodies"]
    assert names(["latency"]) == ["cpu", "latency"]
    assert names(None) == [scenario.name for scenario in scenarios.SCENARIOS]
    with pytest.raises(SystemExit, match="no scenario is called dance"):
        names(["dance"])
