"""`elbow migrate classic`: asks a running server and writes a template that CloudFormation can read."""

from __future__ import annotations

import os
import subprocess
from typing import Any

import yaml
from conftest import BINARY, Elbow, free_port
from test_classic_api import HEALTH_CHECK, ZONE, listener, put_instance, upload_certificate

SHOP = {"LoadBalancerName": "shop"}


class Template(yaml.SafeLoader):
    """Reads the short forms of CloudFormation as what they name."""


Template.add_constructor("!Ref", lambda loader, node: loader.construct_scalar(node))
Template.add_constructor("!GetAtt", lambda loader, node: loader.construct_scalar(node))


def migrate(elbow: Elbow, name: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "ELBOW_"))}
    keys = {"AWS_ACCESS_KEY_ID": elbow.access_key, "AWS_SECRET_ACCESS_KEY": elbow.secret_key}
    command = [BINARY, "migrate", "classic", name, "--endpoint-url", elbow.url]
    return subprocess.run(
        command, env=environment | keys | variables, capture_output=True, text=True, timeout=60, check=False
    )


def attributes(resource: dict[str, Any]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in resource["Properties"]["TargetGroupAttributes"]}


def deploy(elbow: Elbow, template: str) -> dict[str, Any]:
    """Makes a stack of a template, beside the Classic Load Balancer, and gives the load balancer of its output."""
    formation = elbow.client("cloudformation")
    formation.create_stack(StackName="shop", TemplateBody=template)
    [stack] = formation.describe_stacks(StackName="shop")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", formation.describe_stack_events(StackName="shop")["StackEvents"]
    [output] = stack["Outputs"]
    balancers = elbow.client("elbv2").describe_load_balancers()["LoadBalancers"]
    [made] = [balancer for balancer in balancers if balancer["DNSName"] == output["OutputValue"]]
    return made


def test_a_load_balancer_becomes_a_template(whole_elbow: Elbow) -> None:
    elb = whole_elbow.client("elb")
    put_instance(whole_elbow, "i-0a", "127.0.0.2")
    port, secure_port, tcp_port = free_port(), free_port(), free_port()
    secure = listener(secure_port, "HTTPS", InstanceProtocol="HTTP", SSLCertificateId=upload_certificate(whole_elbow))
    listeners = [listener(port), secure, listener(tcp_port, "TCP", 5432)]
    zones = [ZONE, "us-east-1b"]
    tags = [{"Key": "team", "Value": "carts"}]
    elb.create_load_balancer(**SHOP, Listeners=listeners, AvailabilityZones=zones, Tags=tags)
    elb.register_instances_with_load_balancer(**SHOP, Instances=[{"InstanceId": "i-0a"}])
    elb.configure_health_check(**SHOP, HealthCheck=HEALTH_CHECK | {"Target": "HTTP:8080/up"})
    elb.create_lb_cookie_stickiness_policy(**SHOP, PolicyName="by-duration", CookieExpirationPeriod=600)
    elb.create_app_cookie_stickiness_policy(**SHOP, PolicyName="with-cart", CookieName="cart")
    for number, names in [(port, ["by-duration"]), (secure_port, ["with-cart", "ELBSecurityPolicy-2016-08"])]:
        elb.set_load_balancer_policies_of_listener(**SHOP, LoadBalancerPort=number, PolicyNames=names)

    done = migrate(whole_elbow, "shop")
    assert done.returncode == 0, done.stderr
    resources = yaml.load(done.stdout, Template)["Resources"]
    kinds = sorted(resource["Type"].rsplit("::", 1)[1] for resource in resources.values())
    assert kinds == ["Listener", "Listener", "LoadBalancer", "TargetGroup", "TargetGroup"]
    groups = {}
    for number in (port, secure_port):
        [action] = resources[f"Listener{number}"]["Properties"]["DefaultActions"]
        groups[number] = resources[action["TargetGroupArn"]]
    assert attributes(groups[port])["stickiness.lb_cookie.duration_seconds"] == "600"
    assert attributes(groups[secure_port])["stickiness.app_cookie.cookie_name"] == "cart"
    assert resources[f"Listener{secure_port}"]["Properties"]["SslPolicy"] == "ELBSecurityPolicy-2016-08"
    assert resources["LoadBalancer"]["Properties"]["Tags"] == tags
    assert f"Listener {tcp_port} (TCP" in done.stderr and "Sessions begin anew" in done.stderr
    made = deploy(whole_elbow, done.stdout)
    assert made.items() >= {"Type": "application", "Scheme": "internet-facing"}.items()


def test_what_cannot_be_done_says_what_to_do(elbow: Elbow) -> None:
    absent = migrate(elbow, "nothing")
    assert (absent.returncode, absent.stdout) == (1, "")
    assert "no ACTIVE Load Balancer" in absent.stderr and "describe-load-balancers" in absent.stderr
    wrong = migrate(elbow, "nothing", AWS_SECRET_ACCESS_KEY="another-secret-than-that")
    assert wrong.returncode == 1 and "elbow credentials" in wrong.stderr
    nobody = migrate(elbow, "nothing", AWS_ACCESS_KEY_ID="")
    assert nobody.returncode == 2 and "AWS_ACCESS_KEY_ID" in nobody.stderr
    elb = elbow.client("elb")
    elb.create_load_balancer(**SHOP, Listeners=[listener(free_port(), "TCP")], AvailabilityZones=[ZONE])
    tcp = migrate(elbow, "shop")
    assert tcp.returncode == 1 and "Network Load Balancer" in tcp.stderr
