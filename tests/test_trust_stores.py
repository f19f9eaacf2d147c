"""Trust stores by real clients: files of OpenSSL, from a directory and from a server of S3's kind."""

from __future__ import annotations

import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import API_ONLY, Elbow

pytestmark = pytest.mark.skipif(API_ONLY, reason="the API alone has nobody who reads files")
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def openssl(*arguments: str | Path, cwd: Path | None = None) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=cwd)


class Authority:
    """A certificate authority, and the list of the one certificate that it has revoked."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.cert, self.crl, self.leaf = (folder / name for name in ("ca.pem", "crl.pem", "leaf.pem"))
        key, request = folder / "key.pem", folder / "request.pem"
        subject = ("-subj", "/O=Doors/CN=Staff", "-days", "9")
        openssl("req", "-x509", *CURVE, "-keyout", key, "-out", self.cert, *subject)
        openssl("req", *CURVE, "-keyout", folder / "leaf.key", "-out", request, "-subj", "/CN=ann")
        openssl("x509", "-req", "-in", request, "-CA", self.cert, "-CAkey", key, "-days", "9", "-out", self.leaf)
        (folder / "index.txt").touch()
        (folder / "crlnumber").write_text("01\n")
        (folder / "ca.cnf").write_text(
            "[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\n"
            "default_crl_days=9\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n"
        )
        by = ("ca", "-config", "ca.cnf", "-cert", self.cert, "-keyfile", key)
        openssl(*by, "-revoke", self.leaf, cwd=folder)
        openssl(*by, "-gencrl", "-out", self.crl, cwd=folder)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


def refused(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"]


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def bundle(key: str) -> dict[str, str]:
    return {"CaCertificatesBundleS3Bucket": "trust", "CaCertificatesBundleS3Key": key}


def test_a_trust_store_lives_through_a_restart(whole_elbow: Elbow, authority: Authority) -> None:
    elbow = whole_elbow
    bucket = elbow.folder / "data" / "s3" / "trust"
    bucket.mkdir(parents=True)
    for file in (authority.cert, authority.crl, authority.leaf):
        (bucket / file.name).write_bytes(file.read_bytes())
    client = elbow.client("elbv2")
    made = client.create_trust_store(Name="staff", **bundle("ca.pem"))["TrustStores"][0]
    assert (made["Status"], made["NumberOfCaCertificates"], made["TotalRevokedEntries"]) == ("ACTIVE", 1, 0)
    store = {"TrustStoreArn": made["TrustStoreArn"]}
    contents = [{"S3Bucket": "trust", "S3Key": "crl.pem", "RevocationType": "CRL"}]
    added = client.add_trust_store_revocations(**store, RevocationContents=contents)["TrustStoreRevocations"]
    assert [(it["RevocationId"], it["NumberOfRevokedEntries"]) for it in added] == [(1, 1)]
    assert refused(client.modify_trust_store, **store, **bundle("leaf.pem")) == "InvalidCaCertificatesBundle"
    assert refused(client.modify_trust_store, **store, **bundle("none.pem")) == "CaCertificatesBundleNotFound"
    wrong = [{"S3Bucket": "trust", "S3Key": "ca.pem"}]
    call = client.add_trust_store_revocations
    assert refused(call, **store, RevocationContents=wrong) == "InvalidRevocationContent"

    # What was read is kept: the files are not needed any more.
    for file in bucket.iterdir():
        file.unlink()
    elbow.stop()
    elbow.start()
    client = elbow.client("elbv2")
    assert client.describe_trust_stores(Names=["staff"])["TrustStores"][0]["TotalRevokedEntries"] == 1
    location = client.get_trust_store_ca_certificates_bundle(**store)["Location"]
    assert fetch(location) == authority.cert.read_bytes()
    location = client.get_trust_store_revocation_content(**store, RevocationId=1)["Location"]
    assert fetch(location) == authority.crl.read_bytes()
    client.remove_trust_store_revocations(**store, RevocationIds=[1])
    client.delete_trust_store(**store)
    assert client.describe_trust_stores()["TrustStores"] == []


@pytest.fixture
def bucket_server(authority: Authority) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A server of S3's kind with one file: its URL, and what was asked with which authorization."""
    asked: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Authorization", "")))
            found = self.path == "/trust/ca.pem?versionId=3"
            body = authority.cert.read_bytes() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


def test_files_come_from_a_server_of_s3s_kind(
    start_elbow: Callable[..., Elbow],
    bucket_server: tuple[str, list[tuple[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, asked = bucket_server
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDFORFILES")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-for-files")
    client = start_elbow("--s3-endpoint-url", url).client("elbv2")
    versioned = {"CaCertificatesBundleS3ObjectVersion": "3"}
    made = client.create_trust_store(Name="staff", **bundle("ca.pem"), **versioned)["TrustStores"][0]
    assert made["NumberOfCaCertificates"] == 1
    call = client.create_trust_store
    assert refused(call, Name="other", **bundle("none.pem")) == "CaCertificatesBundleNotFound"
    assert [path for path, _ in asked] == ["/trust/ca.pem?versionId=3", "/trust/none.pem"]
    assert all("Credential=AKIDFORFILES/" in authorization for _, authorization in asked)
    assert all("/us-east-1/s3/aws4_request" in authorization for _, authorization in asked)
