"""What OpenSSL and testssl.sh see of HTTPS listeners: versions, resumption, what must be off (R30, Q15)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import API_ONLY, BINARY, Elbow
from shop import NAME, NEWEST_ONLY, POLICY, Shop
from targets import target

pytestmark = [
    pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no data plane"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
]

TESTSSL = shutil.which("testssl") or shutil.which("testssl.sh")
# It takes a minute; twice as long as a busy machine has needed.
TESTSSL_SECONDS = 280
# Protocols, ciphers, forward secrecy, server preferences, server defaults, vulnerabilities. Not the header of the
# response, which is the target's.
TESTSSL_PARTS = ["-p", "-s", "-f", "-P", "-S", "-U"]
# Findings of the certificate and not of TLS: a local authority is in no list of the world's, and has no server to ask
# whether it has revoked a certificate. That who trusts it finds the chain good is tested above.
OF_A_LOCAL_AUTHORITY = {"cert_chain_of_trust", "cert_revocation"}
LEAST_FINDINGS = 50
GRAVE = {"MEDIUM", "HIGH", "CRITICAL", "FATAL"}


@pytest.fixture
def carts() -> Iterator[int]:
    with target(lambda _: "a cart") as port:
        yield port


def s_client(shop: Shop, *arguments: str, said: str | None = None) -> tuple[int, str]:
    """The exit code and all that s_client prints on a connection on which `said` is sent, or a request."""
    request = said if said is not None else f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n"
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{shop.port}", "-servername", NAME]
    command += ["-CAfile", str(shop.authority), "-verify_return_error", "-verify_hostname", NAME, *arguments]
    # With commands ("R" renegotiates) s_client must not leave at the end of its input.
    done = subprocess.run(
        [*command, "-ign_eof"] if said is None else command, input=request, capture_output=True, text=True, timeout=20
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("policy", "spoken"), [(POLICY, {"-tls1_2", "-tls1_3"}), (NEWEST_ONLY, {"-tls1_3"})], ids=["1.2", "1.3"]
)
def test_a_policy_s_versions_are_spoken_and_no_others(
    elbow: Elbow, carts: int, tmp_path: Path, policy: str, spoken: set[str]
) -> None:
    shop = Shop(elbow, [carts], tmp_path, policy)
    for version in ["-tls1", "-tls1_1", "-tls1_2", "-tls1_3"]:
        # At level 0 OpenSSL itself would speak the old ones.
        code, told = s_client(shop, version, "-cipher", "ALL:@SECLEVEL=0")
        assert ((code == 0) == (version in spoken)) and (("a cart" in told) == (version in spoken)), (
            f"{version}: {told}"
        )


def test_what_weakens_tls_is_off(elbow: Elbow, carts: int, tmp_path: Path) -> None:
    shop = Shop(elbow, [carts], tmp_path)
    _, told = s_client(shop, "-tls1_2", "-comp")
    assert "Compression: NONE" in told and "Secure Renegotiation IS supported" in told, told
    # What s_client is told to do on a line of its own: to negotiate anew on this connection.
    code, told = s_client(shop, "-tls1_2", said="R\n")
    assert "RENEGOTIATING" in told and "no renegotiation" in told, f"{code}: {told}"
    _, told = s_client(shop, "-tls1_3")
    assert re.search(r"Max Early Data: 0$", told, re.MULTILINE), told


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_another_elbow_with_the_same_keys_takes_up_a_session(
    start_elbow: Callable[..., Elbow], carts: int, tmp_path: Path, version: str
) -> None:
    first, second = start_elbow(), start_elbow()
    shop = Shop(first, [carts], tmp_path)
    session = str(tmp_path / "session")
    _, told = s_client(shop, version, "-sess_out", session)
    assert "a cart" in told and re.search(r"^New, TLSv1\.[23]", told, re.MULTILINE), told

    document = tmp_path / "elbow.json"
    export = [BINARY, "export", "--with-secrets", "--data-dir", first.folder / "data"]
    document.write_bytes(subprocess.run(export, check=True, capture_output=True).stdout)
    assert (first.stop(), second.stop()) == (0, 0)
    replace = [BINARY, "import", "--replace", document, "--data-dir", second.folder / "data"]
    subprocess.run(replace, check=True, capture_output=True)
    second.start()
    _, told = s_client(shop, version, "-sess_in", session)
    assert "a cart" in told and re.search(r"^Reused, TLSv1\.[23]", told, re.MULTILINE), told


def findings(shop: Shop, report: Path) -> list[dict[str, str]]:
    """All that testssl.sh has to say about a listener."""
    options = ["--quiet", "--color", "0", "--warnings", "off", "--openssl-timeout", "10", "--connect-timeout", "10"]
    where = ["--ip", "127.0.0.1", "--jsonfile", str(report)]
    command = [str(TESTSSL), *options, *where, *TESTSSL_PARTS, f"https://{NAME}:{shop.port}/"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TESTSSL_SECONDS)
    found = json.loads(report.read_text())
    assert len(found) > LEAST_FINDINGS, f"it has looked at everything: {done.stdout}"
    return found


@pytest.mark.skipif(TESTSSL is None, reason="testssl.sh is not installed (Debian: testssl.sh)")
@pytest.mark.timeout(TESTSSL_SECONDS + 60)
def test_testssl_finds_nothing_of_medium_weight_or_more(
    start_elbow: Callable[..., Elbow], carts: int, tmp_path: Path
) -> None:
    # It waits for answers most of the time, so both policies at once.
    shops = [Shop(start_elbow(), [carts], tmp_path, policy) for policy in (POLICY, NEWEST_ONLY)]
    with ThreadPoolExecutor(len(shops)) as pool:
        found = pool.map(findings, shops, [tmp_path / "one.json", tmp_path / "two.json"])
    for one in found:
        grave = {finding["id"]: finding["finding"] for finding in one if finding["severity"] in GRAVE}
        assert grave.keys() <= OF_A_LOCAL_AUTHORITY, grave
