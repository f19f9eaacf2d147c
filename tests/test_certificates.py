"""Certificates by Certificate Manager's API and the command line, with real clients and certificates of OpenSSL."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import BINARY, Elbow, until

ALL_KEYS = {"keyTypes": ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]}


def openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Files:
    """A certificate of an authority of its own, in files."""

    def __init__(self, folder: Path, name: str = "shop.example.com") -> None:
        folder.mkdir()
        self.cert, self.key, self.chain = (folder / f"{part}.pem" for part in ("cert", "key", "chain"))
        request, extensions, own_key = folder / "request.pem", folder / "extensions", folder / "ca.pem"
        extensions.write_text(f"subjectAltName=DNS:{name},DNS:*.{name}\nextendedKeyUsage=serverAuth\n")
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        openssl("req", "-x509", *curve, "-keyout", own_key, "-out", self.chain, "-subj", "/CN=Test CA", "-days", "9")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", request, "-subj", f"/CN={name}")
        sign = ("-CA", self.chain, "-CAkey", own_key, "-days", "9", "-extfile", extensions)
        openssl("x509", "-req", "-in", request, *sign, "-out", self.cert)

    def parameters(self) -> dict[str, bytes]:
        parts = {"Certificate": self.cert, "PrivateKey": self.key, "CertificateChain": self.chain}
        return {name: path.read_bytes() for name, path in parts.items()}


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


def refused(call: Callable[..., Any], **parameters: Any) -> dict[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]


def test_a_certificate_is_imported_shown_tagged_and_deleted(elbow: Elbow, files: Files) -> None:
    acm = elbow.client("acm")
    given = files.parameters()
    arn = acm.import_certificate(**given, Tags=[{"Key": "team", "Value": "carts"}])["CertificateArn"]
    assert arn.startswith("arn:aws:acm:us-east-1:000000000000:certificate/")
    shown = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (shown["Status"], shown["Type"], shown["KeyAlgorithm"]) == ("ISSUED", "IMPORTED", "RSA_2048")
    assert shown["DomainName"] == "shop.example.com"
    assert shown["SubjectAlternativeNames"] == ["shop.example.com", "*.shop.example.com"]
    assert shown["NotBefore"] <= shown["ImportedAt"] < shown["NotAfter"]
    got = acm.get_certificate(CertificateArn=arn)
    assert got["Certificate"].encode() == given["Certificate"]
    assert got["CertificateChain"].encode() == given["CertificateChain"]

    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "stage"}])
    acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": "team", "Value": "other"}, {"Key": "stage"}])
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "team", "Value": "carts"}]
    assert acm.import_certificate(**given, CertificateArn=arn)["CertificateArn"] == arn
    assert refused(elbow.client("acm", "eu-west-1").describe_certificate, CertificateArn=arn)["Code"] == (
        "ResourceNotFoundException"
    )

    acm.delete_certificate(CertificateArn=arn)
    assert acm.list_certificates()["CertificateSummaryList"] == []
    assert refused(acm.delete_certificate, CertificateArn=arn)["Code"] == "ResourceNotFoundException"


def test_what_does_not_belong_together_is_refused(elbow: Elbow, files: Files, tmp_path: Path) -> None:
    acm = elbow.client("acm")
    good, other = files.parameters(), Files(tmp_path / "other").parameters()
    for changed, words in (
        ({"PrivateKey": other["PrivateKey"]}, "does not belong"),
        ({"PrivateKey": b"nothing"}, "private key cannot be read"),
        ({"CertificateChain": other["CertificateChain"]}, "chain"),
        ({"Certificate": good["Certificate"] * 2}, "more than one certificate"),
        ({"Certificate": b"nothing"}, "PEM"),
    ):
        error = refused(acm.import_certificate, **good | changed)
        assert error["Code"] == "ValidationException" and words in error["Message"], error
    without = {name: value for name, value in good.items() if name != "CertificateChain"}
    assert "self signed" in refused(acm.import_certificate, **without)["Message"]
    assert acm.list_certificates(Includes=ALL_KEYS)["CertificateSummaryList"] == []
    assert (
        refused(acm.describe_certificate, CertificateArn="arn:aws:acm:us-east-1:0:nothing")["Code"]
        == "InvalidArnException"
    )


def test_a_requested_certificate_is_issued_at_once(elbow: Elbow) -> None:
    acm = elbow.client("acm")
    request = {
        "DomainName": "shop.example.com",
        "SubjectAlternativeNames": ["*.shop.example.com"],
        "ValidationMethod": "DNS",
        "IdempotencyToken": "once",
        "KeyAlgorithm": "EC_prime256v1",
    }
    arn = acm.request_certificate(**request)["CertificateArn"]
    assert acm.request_certificate(**request)["CertificateArn"] == arn
    acm.get_waiter("certificate_validated").wait(CertificateArn=arn, WaiterConfig={"MaxAttempts": 1})
    shown = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (shown["Status"], shown["Type"]) == ("ISSUED", "AMAZON_ISSUED")
    assert [it["ValidationStatus"] for it in shown["DomainValidationOptions"]] == ["SUCCESS", "SUCCESS"]
    assert acm.list_certificates()["CertificateSummaryList"] == [], "as at AWS, RSA only unless asked for"
    for number in range(3):
        acm.request_certificate(DomainName=f"n{number}.example.com", KeyAlgorithm="EC_prime256v1")
    pages = list(acm.get_paginator("list_certificates").paginate(Includes=ALL_KEYS, PaginationConfig={"PageSize": 3}))
    assert [len(page["CertificateSummaryList"]) for page in pages] == [3, 1]


def test_aws_cli_imports_and_lists(elbow: Elbow, files: Files) -> None:
    blobs = ("--certificate", f"fileb://{files.cert}", "--private-key", f"fileb://{files.key}")
    arn = elbow.aws("acm", "import-certificate", *blobs, "--certificate-chain", f"fileb://{files.chain}")
    [listed] = elbow.aws("acm", "list-certificates")["CertificateSummaryList"]
    assert listed["CertificateArn"] == arn["CertificateArn"]
    said = elbow.aws("acm", "renew-certificate", "--certificate-arn", listed["CertificateArn"], succeeds=False)
    assert "UnknownOperationException" in said


def test_certificates_survive_a_kill_and_private_keys_are_sealed(whole_elbow: Elbow, files: Files) -> None:
    elbow = whole_elbow
    arn = elbow.client("acm").import_certificate(**files.parameters())["CertificateArn"]
    requested = elbow.client("acm").request_certificate(DomainName="b.example.com")["CertificateArn"]
    elbow.kill()
    elbow.start()
    listed = elbow.client("acm").list_certificates()["CertificateSummaryList"]
    assert [it["CertificateArn"] for it in listed] == [arn, requested]

    data = elbow.folder / "data"
    shown = cli(data, "certificate", "show", arn, "--with-private-key")
    lines = shown.split("-----BEGIN PRIVATE KEY-----")[1].split("-----END")[0].split()
    # An RSA key begins with its public half, which the certificate shows too; what follows is secret.
    secret = lines[len(lines) // 2 :]
    assert len(secret) > 10
    raw = [base64.b64decode(line) for line in secret]
    for path in [*data.iterdir(), elbow.folder / "stderr.log"]:
        if path.is_file():
            kept = path.read_bytes()
            assert not any(line.encode() in kept for line in secret), path
            assert not any(piece in kept for piece in raw), path
    assert "PRIVATE" not in cli(data, "certificate", "show", arn)


def cli(data: Path, *arguments: str | Path) -> str:
    command = [BINARY, *arguments, "--data-dir", data]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_files_that_change_are_imported_again(whole_elbow: Elbow, files: Files, tmp_path: Path) -> None:
    data, renewed = whole_elbow.folder / "data", Files(tmp_path / "renewed")
    given = ("--cert", files.cert, "--key", files.key, "--chain", files.chain)
    arn = cli(data, "certificate", "import", *given).strip()
    command = [BINARY, "certificate", "import", *given, "--arn", arn, "--watch", "--data-dir", data]
    acm = whole_elbow.client("acm")

    def shown() -> bytes:
        return acm.get_certificate(CertificateArn=arn)["Certificate"].encode()

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watcher:
        try:
            assert watcher.stdout is not None and watcher.stderr is not None
            assert watcher.stdout.readline().strip() == arn
            files.key.write_bytes(renewed.key.read_bytes())
            assert "does not belong" in watcher.stderr.readline()
            files.chain.write_bytes(renewed.chain.read_bytes())
            files.cert.write_bytes(renewed.cert.read_bytes())
            until(lambda: shown() == renewed.cert.read_bytes(), "the renewed certificate")
        finally:
            watcher.terminate()


def test_the_command_line_imports_issues_and_trusts(whole_elbow: Elbow, files: Files, tmp_path: Path) -> None:
    data = whole_elbow.folder / "data"
    kept = cli(data, "certificate", "import", "--cert", files.cert, "--key", files.key, "--chain", files.chain).strip()
    issued = cli(data, "certificate", "issue", "shop.elb.localhost", "127.0.0.1").strip()
    listed = cli(data, "certificate", "list")
    assert kept in listed and issued in listed and "shop.elb.localhost,127.0.0.1" in listed
    acm = whole_elbow.client("acm")

    def seen() -> bool:
        listed = acm.list_certificates(Includes=ALL_KEYS)["CertificateSummaryList"]
        return issued in [it["CertificateArn"] for it in listed]

    # The server hears of what another process has changed within a second.
    until(seen, "the server to know the certificate")
    assert acm.describe_certificate(CertificateArn=issued)["Certificate"]["DomainName"] == "shop.elb.localhost"

    assert "authority.pem" in cli(data, "certificate", "trust")
    leaf = tmp_path / "leaf.pem"
    leaf.write_text(cli(data, "certificate", "show", issued))
    openssl("verify", "-CAfile", data / "authority.pem", "-verify_hostname", "shop.elb.localhost", leaf)
