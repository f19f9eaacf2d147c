"""The web console as the server serves it: its files, what browsers are told about them, and links that sign in."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from conftest import API_ONLY, BINARY, Elbow, until

pytestmark = pytest.mark.skipif(API_ONLY, reason="ELBOW_API_ONLY=1: the binary under test has no console")

WITHOUT = "built without its console: run `make build` with Node 20.19 or newer"
# What the first page may take, compressed.
FIRST_LOAD_BYTES = 700_000


class Answer:
    """What the API address answers to one request."""

    def __init__(self, elbow: Elbow, method: str, path: str, body: str = "", **headers: str) -> None:
        address = elbow.url.removeprefix("http://").rstrip("/")
        connection = http.client.HTTPConnection(address, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, named)
        answer = connection.getresponse()
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()
        connection.close()

    @property
    def text(self) -> str:
        unpack = gzip.decompress if self.headers["Content-Encoding"] == "gzip" else bytes
        return unpack(self.body).decode()


def get(elbow: Elbow, path: str, **headers: str) -> Answer:
    return Answer(elbow, "GET", path, Accept_Encoding="gzip", **headers)


@pytest.fixture
def page(elbow: Elbow) -> Answer:
    page = get(elbow, "/console/")
    if page.status == 503:
        assert WITHOUT in page.text and WITHOUT in (elbow.folder / "stderr.log").read_text()
        pytest.skip("the binary was built without its console")
    return page


def console(elbow: Elbow, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [BINARY, "console", "--endpoint-url", elbow.url, "--data-dir", elbow.folder / "data", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def a_pair(elbow: Elbow) -> dict[str, str]:
    command = [BINARY, "credentials", "create", "--data-dir", elbow.folder / "data"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"access key id\s+(\S+)\s+secret access key\s+(\S+)", said)
    assert found, said
    pair = {"accessKeyId": found[1], "secretAccessKey": found[2], "region": "us-east-1"}
    until(lambda: is_accepted(elbow, pair), "the server to know of it")
    return pair


def is_accepted(elbow: Elbow, pair: dict[str, str]) -> bool:
    keys = {"aws_access_key_id": pair["accessKeyId"], "aws_secret_access_key": pair["secretAccessKey"]}
    try:
        elbow.client(**keys).describe_account_limits()
    except ClientError:
        return False
    return True


def sign_in(elbow: Elbow, token: str, **headers: str) -> Answer:
    return Answer(elbow, "POST", "/console/sign-in", token, **headers)


def test_the_page_may_do_what_it_needs_and_no_more(elbow: Elbow, page: Answer) -> None:
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"<script(?![^>]*src=)|<style|style=|\son\w+=", page.text), "nothing is inline"
    assert get(elbow, "/console").headers["Location"] == "/console/"
    assert get(elbow, "/console/no-such-file").status == 404
    assert Answer(elbow, "DELETE", "/console/").status == 405
    assert Answer(elbow, "GET", "/console/sign-in").status == 405


def test_files_are_kept_by_browsers(elbow: Elbow, page: Answer) -> None:
    assert page.headers["Cache-Control"] == "no-cache"
    assert get(elbow, "/console/", If_None_Match=page.headers["ETag"]).status == 304
    paths = re.findall(r'(?:href|src)="\./(assets/[^"]+)"', page.text)
    files = {path: get(elbow, f"/console/{path}") for path in paths}
    kinds = {Path(path).suffix: file.headers["Content-Type"] for path, file in files.items()}
    assert kinds == {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
    for file in files.values():
        assert (file.status, file.headers["Content-Encoding"]) == (200, "gzip")
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Answer(elbow, "GET", f"/console/{paths[0]}").status == 406, "files are kept compressed only"
    assert sum(len(file.body) for file in files.values()) < FIRST_LOAD_BYTES


def test_a_link_signs_in_once(elbow: Elbow, page: Answer) -> None:
    pair = a_pair(elbow)
    link = console(elbow).stdout.strip()
    token = link.removeprefix(f"{elbow.url}/console/#/link/")
    assert re.fullmatch(r"[0-9a-f]{64}", token), link
    assert sign_in(elbow, token, Sec_Fetch_Site="cross-site").status == 403, "another site gets nothing"
    assert sign_in(elbow, token[:-1]).status == 410
    answer = sign_in(elbow, token, Sec_Fetch_Site="same-origin")
    assert (answer.status, json.loads(answer.text)) == (200, pair)
    assert answer.headers["Cache-Control"] == "no-store"
    again = sign_in(elbow, token)
    assert again.status == 410 and "elbow console" in again.text


def test_a_link_is_for_the_region_that_was_asked_for(elbow: Elbow, page: Answer) -> None:
    pair = a_pair(elbow)
    token = console(elbow, "--region", "eu-west-1").stdout.strip().rpartition("/")[2]
    assert json.loads(sign_in(elbow, token).text) == pair | {"region": "eu-west-1"}


def test_a_link_of_a_pair_that_was_revoked_leads_nowhere(elbow: Elbow, page: Answer) -> None:
    pair = a_pair(elbow)
    token = console(elbow).stdout.strip().rpartition("/")[2]
    command = [BINARY, "credentials", "revoke", pair["accessKeyId"], "--data-dir", elbow.folder / "data"]
    subprocess.run(command, check=True)
    until(lambda: not is_accepted(elbow, pair), "the server to know of it")
    assert sign_in(elbow, token).status == 410
    refused = console(elbow)
    assert refused.returncode == 1 and "elbow credentials create" in refused.stderr


def test_who_cannot_sign_gets_no_link(elbow: Elbow, page: Answer, tmp_path: Path) -> None:
    assert Answer(elbow, "POST", "/console/links").status == 403
    missing = subprocess.run(
        [BINARY, "console", "--endpoint-url", elbow.url, "--data-dir", tmp_path], capture_output=True, text=True
    )
    assert missing.returncode == 1 and "there is no database" in missing.stderr
    subprocess.run([BINARY, "credentials", "create", "--data-dir", tmp_path / "other"], check=True, capture_output=True)
    stranger = subprocess.run(
        [BINARY, "console", "--endpoint-url", elbow.url, "--data-dir", tmp_path / "other"],
        capture_output=True,
        text=True,
    )
    assert stranger.returncode == 1 and "gives no link" in stranger.stderr


def test_a_link_that_is_opened_is_not_among_a_programs_arguments(elbow: Elbow, page: Answer, tmp_path: Path) -> None:
    a_pair(elbow)
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" >{tmp_path}/opened\n')
    opener.chmod(0o755)
    command = [BINARY, "console", "--open", "--endpoint-url", elbow.url, "--data-dir", elbow.folder / "data"]
    environment = dict(os.environ) | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    opened = Path((tmp_path / "opened").read_text())
    assert opened.stat().st_mode & 0o777 == 0o600
    token = re.search(r"url=\S+/console/#/link/([0-9a-f]{64})", opened.read_text())
    assert token and token[1] not in done.stdout
    assert sign_in(elbow, token[1]).status == 200
