"""Holds an answer of the API to botocore's own model of it.

botocore is lenient: it drops elements it does not know, and a list that is absent is a missing key in the caller's
hands. So the XML itself is compared with the shape, in both directions.
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

NAMESPACES = {
    "2010-05-08": "https://iam.amazonaws.com/doc/2010-05-08/",
    "2010-05-15": "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    "2015-12-01": "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    "2012-06-01": "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/",
    "2011-06-15": "https://sts.amazonaws.com/doc/2011-06-15/",
    "2016-11-15": "http://ec2.amazonaws.com/doc/2016-11-15/",
}
# Codes that every action can answer with (AWS: common errors).
COMMON_CODES = {
    "IncompleteSignature",
    "InternalFailure",
    "InvalidAction",
    "InvalidClientTokenId",
    "MissingAction",
    "MissingAuthenticationToken",
    "MissingParameter",
    "RequestExpired",
    "ServiceUnavailable",
    "SignatureDoesNotMatch",
    "Throttling",
    "ValidationError",
}
# Lists that AWS leaves out where they do not apply: listeners without TLS, load balancers without source NAT,
# attributes of Classic Load Balancers that were not changed, parameters of templates that may have any value, and what
# stacks have since operations of theirs have ids.
OPTIONAL_LISTS = {"AdditionalAttributes", "Certificates", "AlpnPolicy", "SourceNatIpv6Prefixes"} | {
    "AllowedValues",
    "LastOperations",
    "ResourceDriftIgnoredAttributes",
}
SCALARS = {
    "boolean": re.compile("true|false"),
    "integer": re.compile("-?[0-9]+"),
    "long": re.compile("-?[0-9]+"),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
}


# The same in the JSON protocol.
COMMON_JSON_CODES = {
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "ServiceUnavailableException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
}
JSON_SCALARS = {"boolean": bool, "integer": int, "timestamp": int, "string": str}


def check_json_answer(operation: Any, status: int, content: bytes) -> None:
    if status == 200:
        assert content or operation.output_shape is None
        if operation.output_shape is not None:
            check_json(operation.output_shape, json.loads(content), operation.name)
        return
    error = json.loads(content)
    assert set(error) == {"__type", "message"}
    assert error["__type"] in {shape.name for shape in operation.error_shapes} | COMMON_JSON_CODES


def check_json(shape: Any, value: Any, path: str) -> None:
    """Every member is known, those that are required are there, and each is of its type."""
    if shape.type_name == "structure":
        assert set(shape.required_members) <= set(value) <= set(shape.members), path
        for name, member in value.items():
            check_json(shape.members[name], member, f"{path}.{name}")
    elif shape.type_name == "list":
        for member in value:
            check_json(shape.member, member, path)
    else:
        assert isinstance(value, JSON_SCALARS[shape.type_name]), f"{path}: {value}"
        assert not getattr(shape, "enum", None) or value in shape.enum, f"{path}: {value}"


def check_answer(operation: Any, status: int, content: bytes) -> None:
    """Checks one answer to `operation`."""
    if operation.service_model.protocol == "json":
        check_json_answer(operation, status, content)
        return
    root = ElementTree.fromstring(content)
    namespace = "{" + NAMESPACES[operation.service_model.api_version] + "}"
    if operation.service_model.protocol == "ec2":
        check_ec2_answer(operation, status, root, namespace)
        return
    if status == 200:
        assert root.tag == f"{namespace}{operation.name}Response"
        *results, metadata = root
        assert [child.tag for child in metadata] == [f"{namespace}RequestId"]
        if operation.output_shape is None:
            assert not results
            return
        [result] = results
        assert result.tag == f"{namespace}{operation.name}Result"
        check_structure(operation.output_shape, result, namespace, operation.name)
        return
    error, request_id = root
    assert root.tag == f"{namespace}ErrorResponse"
    assert [child.tag for child in error] == [f"{namespace}{name}" for name in ("Type", "Code", "Message")]
    assert request_id.tag == f"{namespace}RequestId"
    kind, code, message = (child.text for child in error)
    assert kind == ("Sender" if status < 500 else "Receiver")
    assert message
    modelled = {shape.metadata.get("error", {}).get("code", shape.name) for shape in operation.error_shapes}
    assert code in modelled | COMMON_CODES, f"{code} is not a code of {operation.name}"


def check_ec2_answer(operation: Any, status: int, root: ElementTree.Element, namespace: str) -> None:
    """Checks one answer of EC2: no result around the members, and errors of another shape. Its model names no codes."""
    if status == 200:
        assert root.tag == f"{namespace}{operation.name}Response"
        request_id, *members = root
        assert request_id.tag == f"{namespace}requestId"
        check_ec2_structure(operation.output_shape, members, namespace, operation.name)
        return
    errors, request_id = root
    assert (root.tag, errors.tag, request_id.tag) == ("Response", "Errors", "RequestID")
    assert [[child.tag for child in error] for error in errors] == [["Code", "Message"]]


def check_ec2_structure(shape: Any, elements: list[ElementTree.Element], namespace: str, path: str) -> None:
    """Checks that the members are those of the shape, each once. EC2 leaves out whatever does not apply."""
    names = [element.tag.removeprefix(namespace) for element in elements]
    members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    assert len(names) == len(set(names)), f"{path} has a member twice: {names}"
    assert set(names) <= set(members), f"{path} has members that AWS has not: {set(names) - set(members)}"
    for name, element in zip(names, elements, strict=True):
        member = members[name]
        items = list(element) if member.type_name == "list" else [element]
        inner = member.member if member.type_name == "list" else member
        for item in items:
            assert member.type_name != "list" or item.tag == f"{namespace}item", f"{path}.{name}"
            if inner.type_name == "structure":
                check_ec2_structure(inner, list(item), namespace, f"{path}.{name}")
            else:
                check_value(inner, item, namespace, f"{path}.{name}")


def check_structure(shape: Any, element: ElementTree.Element, namespace: str, path: str) -> None:
    """Checks that the members are those of the shape, each once, with every list and required member."""
    names = [child.tag.removeprefix(namespace) for child in element]
    members = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
    assert len(names) == len(set(names)), f"{path} has a member twice: {names}"
    assert set(names) <= set(members), f"{path} has members that AWS has not: {set(names) - set(members)}"
    for wire_name, (name, member) in members.items():
        if wire_name in names:
            check_value(member, element[names.index(wire_name)], namespace, f"{path}.{name}")
            continue
        assert name not in shape.required_members, f"{path}.{name} is required and absent"
        assert member.type_name != "list" or name in OPTIONAL_LISTS, f"{path}.{name} is a list and absent"


def check_value(shape: Any, element: ElementTree.Element, namespace: str, path: str) -> None:
    """Checks one value of any shape."""
    if shape.type_name == "structure":
        check_structure(shape, element, namespace, path)
    elif shape.type_name == "list":
        for child in element:
            assert child.tag == f"{namespace}member", path
            check_value(shape.member, child, namespace, path)
    else:
        text = element.text or ""
        pattern = SCALARS.get(shape.type_name)
        assert pattern is None or pattern.fullmatch(text), f"{path} is {text!r}, no {shape.type_name}"
        words = getattr(shape, "enum", None)
        assert not words or text in words, f"{path} is {text!r}, not one of {words}"
