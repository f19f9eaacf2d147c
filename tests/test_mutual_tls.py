"""A listener that verifies its clients, set up over the API and asked by curl and OpenSSL (R32, O5)."""

from __future__ import annotations

import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Elbow, free_port, until
from targets import target

NAME = "shop.example.com"
POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
BUCKET = "trust"
pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("openssl") is None, reason="curl or openssl is not installed"
)
CONFIGURATION = """
[ca]
default_ca = staff
[staff]
database = index
serial = serial
crlnumber = crlnumber
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
x509_extensions = client
[any]
organizationName = optional
commonName = supplied
[client]
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
"""


class Staff:
    """An authority of OpenSSL's, and those whom it vouches for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "ca.conf").write_text(CONFIGURATION)
        (folder / "index").touch()
        (folder / "serial").write_text("A305\n")
        (folder / "crlnumber").write_text("01\n")
        key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-days", "30"]
        self.openssl("req", "-x509", *key, "-subj", "/O=Carts/CN=staff", "-out", "ca.pem")

    def openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def issue(self, name: str, *options: str) -> None:
        """Writes NAME.pem and NAME.key."""
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        subject = ["-subj", f"/O=Carts/CN={name}"]
        self.openssl("req", "-new", *curve, "-keyout", f"{name}.key", *subject, "-out", f"{name}.csr")
        files = ["-in", f"{name}.csr", "-out", f"{name}.pem"]
        self.openssl("ca", "-config", "ca.conf", "-batch", *files, *options)

    def take_back(self, name: str) -> None:
        """Writes crl.pem."""
        self.openssl("ca", "-config", "ca.conf", "-revoke", f"{name}.pem")
        self.openssl("ca", "-config", "ca.conf", "-gencrl", "-out", "crl.pem")


class Shop:
    """A listener that takes Alice and Bob, as long as their authority does."""

    def __init__(self, elbow: Elbow, port: int, folder: Path) -> None:
        self.elbow, self.client, acm = elbow, elbow.client(), elbow.client("acm")
        self.staff, self.port = Staff(folder / "staff"), free_port()
        self.staff.issue("alice")
        self.staff.issue("bob")
        self.bucket = elbow.folder / "data" / "s3" / BUCKET
        self.bucket.mkdir(parents=True)
        shutil.copy(self.staff.folder / "ca.pem", self.bucket)
        store = self.client.create_trust_store(
            Name="staff", CaCertificatesBundleS3Bucket=BUCKET, CaCertificatesBundleS3Key="ca.pem"
        )
        self.store = store["TrustStores"][0]["TrustStoreArn"]
        balancer = self.client.create_load_balancer(Name="shop", Subnets=["subnet-1", "subnet-2"])
        group = self.client.create_target_group(Name="carts", Protocol="HTTP", Port=80, TargetType="ip")
        group = group["TargetGroups"][0]["TargetGroupArn"]
        self.client.register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": port}])
        certificate = acm.request_certificate(DomainName=NAME, KeyAlgorithm="EC_prime256v1")["CertificateArn"]
        self.authority = folder / "authority.pem"
        self.authority.write_text(acm.get_certificate(CertificateArn=certificate)["CertificateChain"])
        listener = self.client.create_listener(
            LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol="HTTPS",
            Port=self.port,
            SslPolicy=POLICY,
            Certificates=[{"CertificateArn": certificate}],
            MutualAuthentication={"Mode": "verify", "TrustStoreArn": self.store},
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        self.listener = listener["Listeners"][0]["ListenerArn"]

    def curl(self, name: str | None, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What comes of asking as this one, or as nobody."""
        resolve = ["--resolve", f"{NAME}:{self.port}:127.0.0.1", "--cacert", str(self.authority)]
        files = self.staff.folder
        shown = ["--cert", str(files / f"{name}.pem"), "--key", str(files / f"{name}.key")] if name else []
        command = ["curl", "--silent", "--show-error", "--fail", "--max-time", "20", *resolve, *shown, *arguments]
        return subprocess.run([*command, f"https://{NAME}:{self.port}/"], check=False, capture_output=True, text=True)

    def openssl(self, folder: Path, name: str | None, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What OpenSSL says when it asks as this one, or as nobody."""
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", NAME, "-ign_eof"]
        shown = ["-cert", str(folder / f"{name}.pem"), "-key", str(folder / f"{name}.key")] if name else []
        request = f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n"
        return subprocess.run(
            [*command, *shown, *arguments], input=request, check=False, capture_output=True, text=True, timeout=30
        )

    def add_revocations(self) -> None:
        shutil.copy(self.staff.folder / "crl.pem", self.bucket)
        revocation = {"S3Bucket": BUCKET, "S3Key": "crl.pem", "RevocationType": "CRL"}
        self.client.add_trust_store_revocations(TrustStoreArn=self.store, RevocationContents=[revocation])

    def is_served(self, name: str) -> bool:
        return self.curl(name).returncode == 0

    def refused(self, code: str) -> int:
        """How many clients were refused with this code, as `/metrics` counts."""
        with urllib.request.urlopen(f"{self.elbow.url}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        counted = [line for line in lines if line.startswith("elbow_client_tls_failures_total") and code in line]
        return sum(int(line.rpartition(" ")[2]) for line in counted)


@pytest.fixture
def shop(elbow: Elbow, tmp_path: Path) -> Iterator[Shop]:
    with target(lambda request: str(request.headers)) as port:
        yield Shop(elbow, port, tmp_path)


def test_whoever_an_authority_vouches_for_is_told_of(shop: Shop) -> None:
    until(lambda: shop.is_served("alice"), "an answer", 30)
    forged = ["--header", "X-Amzn-Mtls-Clientcert-Subject: CN=root"]
    for option in ("--http1.1", "--http2"):
        told = shop.curl("alice", option, *forged).stdout
        assert "X-Amzn-Mtls-Clientcert-Subject: CN=alice,O=Carts" in told, told
        assert "X-Amzn-Mtls-Clientcert-Issuer: CN=staff,O=Carts" in told
        assert "X-Amzn-Mtls-Clientcert-Serial-Number: A305" in told
        assert "X-Amzn-Mtls-Clientcert-Leaf: -----BEGIN%20CERTIFICATE-----%0A" in told
        assert "CN=root" not in told
    before = shop.refused("UnmappedConnectionError")
    assert not shop.curl(None).stdout, "nobody is nobody"
    assert shop.refused("UnmappedConnectionError") > before


def test_whom_it_takes_back_is_refused_from_then_on(shop: Shop) -> None:
    until(lambda: shop.is_served("bob"), "an answer", 30)
    shop.staff.take_back("bob")
    shop.add_revocations()
    assert not shop.is_served("bob")
    assert shop.refused("ClientCertCrlHit") == 1
    assert shop.is_served("alice")


def test_openssl_is_told_nothing_of_an_earlier_session(shop: Shop) -> None:
    answer = shop.openssl(shop.staff.folder, "alice", "-reconnect", "-tls1_2")
    assert "New, TLSv1.2" in answer.stdout and "Reused, TLSv1.2" not in answer.stdout, answer.stdout


def test_openssl_is_told_why_it_is_refused(shop: Shop, tmp_path: Path) -> None:
    until(lambda: shop.is_served("alice"), "an answer", 30)
    staff, strangers = shop.staff, Staff(tmp_path / "strangers")
    staff.issue("carol", "-startdate", "20200101000000Z", "-enddate", "20200201000000Z")
    strangers.issue("mallory")
    staff.take_back("bob")
    shop.add_revocations()
    for folder, name, number, alert in [
        (staff.folder, "bob", 44, "certificate revoked"),
        (staff.folder, "carol", 45, "certificate expired"),
        (strangers.folder, "mallory", 48, "unknown ca"),
        (staff.folder, None, 116, "certificate required"),
    ]:
        for version in ("-tls1_3", "-tls1_2") if name else ("-tls1_3",):
            told = shop.openssl(folder, name, version).stderr
            assert f"SSL alert number {number}" in told, f"{alert} to {name} by {version}: {told}"
    assert "HTTP/1.1 200" in shop.openssl(staff.folder, "alice").stdout
