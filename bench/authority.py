"""An authority and a certificate of it for the proxies to show: ECDSA P-256, as most sites have."""

from __future__ import annotations

import subprocess
from pathlib import Path

NAME = "bench.elb.localhost"
AUTHORITY = "authority.pem"
CERTIFICATE = "certificate.pem"
KEY = "certificate.key"
# Both together, as HAProxy reads them.
PAIR = "pair.pem"


def make(directory: Path) -> None:
    """Writes the files into an empty directory."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True)

    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    authority = ["-subj", "/CN=Bench", "-keyout", "authority.key", "-days", "2", "-out", AUTHORITY]
    openssl("req", "-x509", *new_key, *authority)
    openssl("req", *new_key, "-subj", f"/CN={NAME}", "-keyout", KEY, "-out", "request.pem")
    (directory / "extensions").write_text(f"subjectAltName=DNS:{NAME}\nbasicConstraints=CA:FALSE\n")
    signer = ["-CA", AUTHORITY, "-CAkey", "authority.key", "-CAcreateserial", "-extfile", "extensions"]
    openssl("x509", "-req", "-in", "request.pem", *signer, "-days", "2", "-out", CERTIFICATE)
    (directory / PAIR).write_text((directory / CERTIFICATE).read_text() + (directory / KEY).read_text())
    # Workers that run as another user read them.
    directory.chmod(0o755)
    for name in (KEY, PAIR):
        (directory / name).chmod(0o644)
