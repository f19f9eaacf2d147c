"""The ELBv2 API held to botocore's own model of it: every parameter is sent, and no random request does harm.

Every answer is checked as in all tests: no malformed XML, no member and no code that the model has not. The random
requests come from a seed that a failure prints; `ELBOW_SEED` replays it.
"""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import botocore.config
import botocore.session
from botocore.exceptions import ClientError
from calls import World, calls
from conftest import Elbow
from test_api_elbv2 import actions_here

REQUESTS = 160
# Requests on one world before the next one is made; most deletes come early.
REQUESTS_IN_A_WORLD = 20
READS = ("Describe", "Get")
WORDS = [
    "", "0", "1", "-1", "200", "503", "true", "all", "HTTP", "HTTPS", "TCP", "GRPC", "ip", "instance", "alb", "lambda",
    "forward", "redirect", "fixed-response", "path-pattern", "host-header", "/", "/*", "^(a+)+$", "$1", "#{host}", "*",
    "shop", "carts", "subnet-1", "subnet-2", "subnet-3", "sg-1", "vpc-1", "10.0.0.1", "::1", "0.0.0.0", "10.0.0.0/8",
    "127.0.0.1", "traffic-port", "us-east-1a", "stickiness.enabled", "stickiness.type", "slow_start.duration_seconds",
    "load_balancing.algorithm.type", "idle_timeout.timeout_seconds", "routing.http.response.server.enabled", "on",
    "<&>\"'\r\n]]>", "\x00\x01\ufffe", "💥", "aws:x", "x" * 3000,
]  # fmt: skip


def model() -> Any:
    return botocore.session.get_session().get_service_model("elbv2")


def leaves(shape: Any, at: str = "") -> Iterator[str]:
    """The names of all parameters below a shape."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from leaves(member, f"{at}.{name}")
    elif shape.type_name == "list":
        yield from leaves(shape.member, f"{at}[]")
    else:
        yield at


def given(shape: Any, value: Any, at: str = "") -> Iterator[str]:
    """The names of those that a value has."""
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from given(shape.members[name], member, f"{at}.{name}")
    elif shape.type_name == "list":
        for member in value:
            yield from given(shape.member, member, f"{at}[]")
    else:
        yield at


def send(client: Any, operation: str, parameters: dict[str, Any]) -> str | None:
    """Sends a call; gives the code of its refusal, if it is refused."""
    try:
        client._make_api_call(operation, parameters)
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] < 500, (operation, parameters, error)
        return error.response["Error"]["Code"]
    return None


def test_every_parameter_of_the_model_is_sent(start_elbow: Callable[..., Elbow]) -> None:
    client = start_elbow("--address-pool", "127.0.77.0/24").client()
    service, here, sent = model(), actions_here(), {}
    for operation, parameters, must_succeed in calls(World.create(client)):
        code = send(client, operation, parameters)
        assert not (must_succeed and code), f"{operation} {parameters}: {code}"
        shape = service.operation_model(operation).input_shape
        sent.setdefault(operation, set()).update(given(shape, parameters))
    for operation in here:
        missing = set(leaves(service.operation_model(operation).input_shape)) - sent.get(operation, set())
        assert not missing, f"no call of the table sends these parameters of {operation}: {sorted(missing)}"


class Draw:
    """Draws requests: some out of nothing but the model, some out of the table with a few values replaced."""

    def __init__(self, seed: int, world: World) -> None:
        self.random = random.Random(seed)
        self.operations = [model().operation_model(name) for name in sorted(actions_here())]
        self.table = list(calls(world))
        arns = [world.balancer, world.group, world.listener, world.rule]
        self.arns = [*arns, world.balancer.replace("/shop/", "/gone/"), world.group[:-1], "arn:aws:x", ""]

    def request(self) -> tuple[str, dict[str, Any]]:
        if self.random.random() < 0.4:
            operation = self.random.choice(self.operations)
            return operation.name, self.value(operation.input_shape)
        operation, parameters, _ = self.random.choice(self.table)
        changed = copy.deepcopy(parameters)
        for _ in range(self.random.choice((0, 1, 1, 2))):
            self.replace(model().operation_model(operation).input_shape, changed)
        return operation, changed

    def replace(self, shape: Any, value: Any) -> None:
        """Replaces, adds or removes one value somewhere below."""
        if shape.type_name == "structure" and shape.members:
            name = self.random.choice(sorted(shape.members))
            inner = value.get(name)
            if inner and isinstance(inner, dict | list) and self.random.random() < 0.7:
                self.replace(shape.members[name], inner)
            elif inner is not None and self.random.random() < 0.2:
                del value[name]
            else:
                value[name] = self.value(shape.members[name], name)
        elif shape.type_name == "list" and value and isinstance(value[0], dict):
            self.replace(shape.member, self.random.choice(value))
        elif shape.type_name == "list":
            value[:] = self.value(shape)

    def value(self, shape: Any, name: str = "") -> Any:
        draw = self.random
        if shape.type_name == "structure":
            often = {member: 0.9 if member in shape.required_members else 0.25 for member in shape.members}
            chosen = [member for member, chance in often.items() if draw.random() < chance]
            return {member: self.value(shape.members[member], member) for member in chosen}
        if shape.type_name == "list":
            return [self.value(shape.member, name) for _ in range(draw.choice((0, 1, 1, 1, 2, 3)))]
        if shape.type_name == "map":
            return {self.text(shape.key, name): self.text(shape.value, name)}
        if shape.type_name == "boolean":
            return draw.random() < 0.5
        if shape.type_name in ("integer", "long", "double"):
            low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 1000)
            return draw.choice((draw.randint(low, high), draw.randint(low, high), low, high, low - 1, high + 1, 2**63))
        return self.text(shape, name)

    def text(self, shape: Any, name: str) -> str:
        draw = self.random
        if getattr(shape, "enum", None) and draw.random() < 0.8:
            return draw.choice(shape.enum)
        if "Arn" in name and draw.random() < 0.9:
            return draw.choice(self.arns)
        return draw.choice(WORDS)


def state(client: Any) -> Any:
    """Everything that describes tell, except what changes with time."""
    balancers = client.describe_load_balancers()["LoadBalancers"]
    groups = client.describe_target_groups()["TargetGroups"]
    found: list[Any] = [balancers, groups]
    for balancer in balancers:
        arn = {"LoadBalancerArn": balancer["LoadBalancerArn"]}
        listeners = client.describe_listeners(**arn)["Listeners"]
        found += [client.describe_load_balancer_attributes(**arn)["Attributes"], listeners]
        for listener in listeners:
            arn = {"ListenerArn": listener["ListenerArn"]}
            found.append(client.describe_listener_attributes(**arn)["Attributes"])
            found.append(client.describe_rules(**arn)["Rules"])
    for group in groups:
        arn = {"TargetGroupArn": group["TargetGroupArn"]}
        found.append(client.describe_target_group_attributes(**arn)["Attributes"])
        targets = client.describe_target_health(**arn)["TargetHealthDescriptions"]
        found.append([it["Target"] for it in targets if it["TargetHealth"]["State"] != "draining"])
    resources = [balancer["LoadBalancerArn"] for balancer in balancers] + [it["TargetGroupArn"] for it in groups]
    if resources:
        found.append(client.describe_tags(ResourceArns=resources)["TagDescriptions"])
    return found


def clear(client: Any) -> None:
    for group in client.describe_target_groups()["TargetGroups"]:
        # A load balancer that is a target cannot be deleted.
        arn = {"TargetGroupArn": group["TargetGroupArn"]}
        targets = [it["Target"] for it in client.describe_target_health(**arn)["TargetHealthDescriptions"]]
        if targets and group["TargetType"] == "alb":
            client.deregister_targets(**arn, Targets=targets)
    off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
    for balancer in client.describe_load_balancers()["LoadBalancers"]:
        client.modify_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=off)
        client.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    for group in client.describe_target_groups()["TargetGroups"]:
        client.delete_target_group(TargetGroupArn=group["TargetGroupArn"])


def test_random_requests_do_no_harm(start_elbow: Callable[..., Elbow]) -> None:
    seed = int(os.environ.get("ELBOW_SEED") or random.randrange(2**32))
    print(f"ELBOW_SEED={seed}")
    elbow = start_elbow("--address-pool", "127.0.78.0/24")
    client = elbow.client()
    unchecked = elbow.client(
        config=botocore.config.Config(parameter_validation=False, retries={"total_max_attempts": 1})
    )
    accepted = 0
    for number in range(REQUESTS):
        if number % REQUESTS_IN_A_WORLD == 0:
            clear(client)
            draw = Draw(seed + number, World.create(client))
            before = state(client)
        request = draw.request()
        code = send(unchecked, *request)
        accepted += code is None
        if request[0].startswith(READS):
            continue
        after = state(client)
        assert code is None or before == after, f"{request} was refused with {code} and changed something"
        before = after
    assert accepted >= REQUESTS // 20, "so few requests succeed that the others tell little"
