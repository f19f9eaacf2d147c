"""Terraform itself, with the AWS provider, against Elbow: apply, nothing left to do, change, destroy.

The provider is a large download, so this runs where it is already: `ELBOW_TERRAFORM_PLUGINS` is a folder laid out as a
mirror of providers (`terraform providers mirror FOLDER` makes one). `test_terraform_sequence.py` replays its calls
everywhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from browser import Browser
from conftest import ROOT, Elbow, free_port, until
from targets import target
from test_trust_stores import Authority

PLUGINS = os.environ.get("ELBOW_TERRAFORM_PLUGINS")
SECONDS = 300
BUCKET = "trust"

pytestmark = pytest.mark.skipif(
    not PLUGINS or not shutil.which("terraform"), reason="ELBOW_TERRAFORM_PLUGINS is not set, or there is no terraform"
)


class Terraform:
    """A folder with the configuration, and the state of what was made of it."""

    def __init__(self, folder: Path, elbow: Elbow, port: int, targets: dict[str, int]) -> None:
        self.folder = folder
        shutil.copy(ROOT / "tests" / "terraform" / "main.tf", folder)
        keys = {"AWS_ACCESS_KEY_ID": elbow.access_key, "AWS_SECRET_ACCESS_KEY": elbow.secret_key}
        ports = {"port": str(port), "secure_port": str(free_port())}
        given = ports | {"elbow": elbow.url, "targets": json.dumps(targets), "trust_bucket": BUCKET}
        self.environment = {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}
        self.environment |= keys | {f"TF_VAR_{name}": value for name, value in given.items()}
        self.run("init", f"-plugin-dir={PLUGINS}")

    def run(self, *arguments: str) -> str:
        command = ["terraform", arguments[0], "-no-color", "-input=false", *arguments[1:]]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=SECONDS
        )
        # With `-detailed-exitcode`, a plan that would change something ends with 2.
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def test_a_canary_is_applied_changed_and_destroyed(whole_elbow: Elbow, tmp_path: Path) -> None:
    client, port = whole_elbow.client(), free_port()
    authority, bucket = Authority(tmp_path / "authority"), whole_elbow.folder / "data" / "s3" / BUCKET
    bucket.mkdir(parents=True)
    for file in (authority.cert, authority.crl):
        shutil.copy(file, bucket)
    with ExitStack() as stack:
        versions = ("stable", "canary")
        targets = {name: stack.enter_context(target(lambda _, name=name: name)) for name in versions}
        terraform = Terraform(tmp_path, whole_elbow, port, targets)

        assert "19 added" in terraform.run("apply", "-auto-approve")
        terraform.run("plan", "-detailed-exitcode")
        groups = client.describe_target_groups(Names=list(versions))["TargetGroups"]
        [store] = client.describe_trust_stores()["TrustStores"]
        assert (store["NumberOfCaCertificates"], store["TotalRevokedEntries"]) == (1, 1)
        assert asked(client) == {
            "Mode": "verify",
            "TrustStoreArn": store["TrustStoreArn"],
            "IgnoreClientCertificateExpiry": False,
            "TrustStoreAssociationStatus": "active",
            "AdvertiseTrustStoreCaNames": "off",
        }
        shown = client.describe_target_groups(Names=["grpc", "http2"])["TargetGroups"]
        checks = {group["ProtocolVersion"]: group["Matcher"] for group in shown}
        assert checks == {"GRPC": {"GrpcCode": "12"}, "HTTP2": {"HttpCode": "200"}}

        def healthy() -> bool:
            told = [client.describe_target_health(TargetGroupArn=group["TargetGroupArn"]) for group in groups]
            return all(
                one["TargetHealth"]["State"] == "healthy"
                for answer in told
                for one in answer["TargetHealthDescriptions"]
            )

        until(healthy, "healthy targets", 30)
        browser = Browser(port)
        assert browser.get("/elsewhere")[:2] == (404, "no such shop")
        version = browser.get()[1]
        assert version in versions

        change = ["canary_weight=100", "idle_timeout=45", "client_mode=passthrough", "grpc_check=0-12"]
        change = [f"-var={one}" for one in change]
        assert "4 changed" in terraform.run("apply", "-auto-approve", *change)
        terraform.run("plan", "-detailed-exitcode", *change)
        assert asked(client)["Mode"] == "passthrough"
        assert browser.get()[1] == version, "the cookie counts more than the weights (S50)"
        assert Browser(port).get()[1] == "canary"

        assert "19 destroyed" in terraform.run("destroy", "-auto-approve")
    assert client.describe_load_balancers()["LoadBalancers"] == []
    assert client.describe_target_groups()["TargetGroups"] == []
    assert client.describe_trust_stores()["TrustStores"] == []


def asked(client: Any) -> dict[str, Any]:
    """What the HTTPS listener asks of clients."""
    [balancer] = client.describe_load_balancers(Names=["shop"])["LoadBalancers"]
    listeners = client.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return next(it["MutualAuthentication"] for it in listeners if it["Protocol"] == "HTTPS")
