"""`docs/parity.md` lists all that botocore's model of ELBv2 has: actions, attributes, parts of rules, errors."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def model() -> Any:
    return botocore.session.get_session().get_service_model("elbv2")


def listed(column: int) -> set[str]:
    """The cells of one column of all tables, counted from 1."""
    rows = (ROOT / "docs" / "parity.md").read_text().splitlines()
    cells = [row.split("|") for row in rows if row.startswith("| ")]
    return {row[column].strip(" `") for row in cells if len(row) > column}


def codes(text: str) -> set[str]:
    """What the documentation of a shape writes as code."""
    return set(re.findall(r"<code>([^<]+)</code>", text))


def test_every_action(model: Any) -> None:
    assert set(model.operation_names) <= listed(1)


def test_everything_of_classic() -> None:
    classic = botocore.session.get_session().get_service_model("elb")
    shapes = [classic.shape_for(name) for name in classic.shape_names]
    errors = {shape.metadata["error"]["code"] for shape in shapes if shape.metadata.get("exception")}
    assert set(classic.operation_names) | errors <= listed(1)


def test_every_error(model: Any) -> None:
    shapes = [model.shape_for(name) for name in model.shape_names]
    errors = [shape for shape in shapes if shape.metadata.get("exception")]
    assert {shape.metadata.get("error", {}).get("code", shape.name) for shape in errors} <= listed(1)


@pytest.mark.parametrize("name", ["ActionTypeEnum", "TransformTypeEnum"])
def test_every_type_of_action_and_transform(model: Any, name: str) -> None:
    assert set(model.shape_for(name).enum) <= listed(2)


def test_every_condition(model: Any) -> None:
    field = model.shape_for("RuleCondition").members["Field"]
    fields = {code for code in codes(field.documentation) if re.fullmatch(r"[a-z]+(-[a-z]+)+", code)}
    assert fields and fields <= listed(2)


@pytest.mark.parametrize("name", ["LoadBalancerAttribute", "TargetGroupAttribute", "ListenerAttribute"])
def test_every_attribute(model: Any, name: str) -> None:
    documented = codes(model.shape_for(name).members["Key"].documentation)
    keys = {code for code in documented if re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", code)}
    # Words of the values of other keys.
    assert keys - {"unhealthy.draining"} <= listed(2)
