"""The extension API with real clients: a signature of botocore's, curl's where it is installed, beside AWS's API."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import API_ONLY, BINARY, Elbow

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no keys")

PLACE = {"address": "127.0.0.1", "zone": "us-east-1a"}


def call(elbow: Elbow, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """A signed call of the extension API: status and answer."""
    data = b"" if body is None else json.dumps(body).encode()
    request = AWSRequest(method, f"{elbow.url.rstrip('/')}/elbow/v1/{path}", data=data)
    credentials = Credentials(elbow.access_key, elbow.secret_key)
    SigV4Auth(credentials, "elasticloadbalancing", "us-east-1").add_auth(request)
    sent = urllib.request.Request(request.url, data, dict(request.headers), method=method)
    try:
        with urllib.request.urlopen(sent, timeout=20) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        status, text = refusal.code, refusal.read()
    return status, json.loads(text) if text else None


def test_an_instance_that_is_put_can_be_registered_and_not_removed(elbow: Elbow) -> None:
    status, shown = call(elbow, "PUT", "instances/i-0a", PLACE)
    assert status == 200
    assert shown == {"instanceId": "i-0a", "source": "operator", "registeredWith": [], **PLACE}
    elbv2 = elbow.client()
    created = elbv2.create_target_group(Name="carts", Protocol="HTTP", Port=80, VpcId="vpc-1")
    group = created["TargetGroups"][0]["TargetGroupArn"]
    elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": "i-0a"}])
    assert call(elbow, "GET", "instances?maxResults=1")[1]["instances"][0]["registeredWith"] == [group]
    status, refusal = call(elbow, "DELETE", "instances/i-0a")
    assert (status, refusal["code"]) == (409, "ResourceInUse")
    assert group in refusal["message"]
    assert call(elbow, "PUT", "instances/i-0b", PLACE)[0] == 200
    assert call(elbow, "DELETE", "instances/i-0b") == (204, None)
    found = elbow.client("ec2").describe_instances()["Reservations"]
    assert [it["Instances"][0]["InstanceId"] for it in found] == ["i-0a"]


def test_keys_are_those_that_the_command_line_lists(elbow: Elbow) -> None:
    [first] = call(elbow, "GET", "keys")[1]["generations"]
    assert (first["purpose"], "acceptedUntil" in first) == ("issuing", False)
    status, rotated = call(elbow, "POST", "keys/rotate")
    assert status == 200
    assert [it["purpose"] for it in rotated["generations"]] == ["waiting", "issuing"]
    assert rotated["generations"][1]["acceptedUntil"] > rotated["generations"][0]["issuesFrom"]
    command = [BINARY, "keys", "list", "--data-dir", elbow.folder / "data"]
    lines = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == [it["keyId"] for it in rotated["generations"]]
    assert "issues from" in lines[0] and lines[1].endswith("\tissuing")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_signs_as_the_page_says(elbow: Elbow) -> None:
    command = ["curl", "--silent", "--aws-sigv4", "aws:amz:us-east-1:elasticloadbalancing"]
    command += ["--user", f"{elbow.access_key}:{elbow.secret_key}", "--request", "PUT"]
    command += [f"{elbow.url.rstrip('/')}/elbow/v1/instances/i-0a", "--json", json.dumps(PLACE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["instanceId"] == "i-0a", done.stdout
