"""Terraform itself with a Classic Load Balancer: apply, nothing left to do, change, destroy.

`test_terraform.py` tells what it needs.
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
from test_classic_api import INSTANCES, put_instance

PLUGINS = os.environ.get("ELBOW_TERRAFORM_PLUGINS")
SECONDS = 300

pytestmark = pytest.mark.skipif(
    not PLUGINS or not shutil.which("terraform"), reason="ELBOW_TERRAFORM_PLUGINS is not set, or there is no terraform"
)


class Terraform:
    """A folder with the configuration, and the state of what was made of it."""

    def __init__(self, folder: Path, elbow: Elbow, given: dict[str, Any]) -> None:
        self.folder = folder
        shutil.copy(ROOT / "tests" / "terraform" / "classic" / "main.tf", folder)
        keys = {"AWS_ACCESS_KEY_ID": elbow.access_key, "AWS_SECRET_ACCESS_KEY": elbow.secret_key}
        self.environment = {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}
        self.environment |= keys | {f"TF_VAR_{name}": str(value) for name, value in given.items()}
        self.run("init", f"-plugin-dir={PLUGINS}")

    def run(self, *arguments: str) -> None:
        command = ["terraform", arguments[0], "-no-color", "-input=false", *arguments[1:]]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=SECONDS
        )
        # With `-detailed-exitcode`, a plan that would change something ends with 2.
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_classic_load_balancer_is_applied_changed_and_destroyed(whole_elbow: Elbow, tmp_path: Path) -> None:
    elb, port, instance_port = whole_elbow.client("elb"), free_port(), free_port()
    with ExitStack() as running:
        for number, instance in enumerate(INSTANCES):
            address = f"127.0.0.{2 + number}"
            answer = lambda _, instance=instance: instance  # noqa: E731
            running.enter_context(target(answer, address=(address, instance_port)))
            put_instance(whole_elbow, instance, address)
        given = {"port": port, "secure_port": free_port(), "instance_port": instance_port}
        given |= {"elbow": whole_elbow.url, "instances": json.dumps(INSTANCES)}
        terraform = Terraform(tmp_path, whole_elbow, given)
        terraform.run("apply", "-auto-approve")
        terraform.run("plan", "-detailed-exitcode")
        browser = Browser(port)
        until(lambda: browser.get()[0] == 200, "the instances to be in service", 30)
        first = browser.get()[1]
        assert {browser.get()[1] for _ in range(12)} == {first}
        changes = ["-var=period=60", '-var=zones=["us-east-1a","us-east-1b"]']
        terraform.run("apply", "-auto-approve", *changes)
        terraform.run("plan", "-detailed-exitcode", *changes)
        [found] = elb.describe_load_balancers()["LoadBalancerDescriptions"]
        assert found["AvailabilityZones"] == ["us-east-1a", "us-east-1b"]
        assert found["Policies"]["LBCookieStickinessPolicies"][0]["CookieExpirationPeriod"] == 60
        terraform.run("destroy", "-auto-approve", *changes)
        assert elb.describe_load_balancers()["LoadBalancerDescriptions"] == []
