"""A service of somebody's own: behind HTTPS with a certificate of its own, wanting signatures, and lacking much."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from certificates import self_signed

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.outcome import Outcome

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

BATCHPROOF = [sys.executable, "-m", "batchproof.cli.main"]
ABSENT = frozenset(
    f"/v1/{name}"
    for name in ("canceljobs", "terminatejobs", "listjobs", "terminatejob", "updatecomputeenvironment", "tagresource")
)
"""Of the eleven operations that the kit calls most, five; and one that it does not."""


@contextmanager
def lacking(upstream: str, certificate: Path) -> Iterator[str]:
    """A service behind HTTPS that has half of the operations, and passes them on."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path in ABSENT:
                return self.answer(501, b"not here")
            headers = {"Content-Type": "application/json", "Authorization": self.headers["Authorization"]}
            try:
                with urllib.request.urlopen(urllib.request.Request(upstream + self.path, body, headers)) as found:
                    return self.answer(found.status, found.read())
            except urllib.error.HTTPError as refused:
                return self.answer(refused.code, refused.read(), refused.headers.get("x-amzn-errortype"))

        def answer(self, status: int, body: bytes, kind: str | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if kind:
                self.send_header("x-amzn-errortype", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_half_of_the_operations_are_absent_behind_a_certificate_of_its_own(served, tmp_path):
    """What is not there is no fault, and nobody reads a traceback of what is."""
    certificate = self_signed(tmp_path / "both.pem")
    with served("--grace-s", "1") as upstream, lacking(upstream, certificate) as url:
        command = [*BATCHPROOF, "check", url, "--ca-bundle", str(certificate), "--power", "gate", "--grace-s", "1"]
        command += ["--histories", "12", "--deadline-s", "1", "--reads", "fresh", "--report", str(tmp_path / "out")]
        keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **keys})
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 2, done.stdout  # no rule of terminate was exercised
    verdicts = {
        rule["id"]: rule["verdict"] for rule in json.loads((tmp_path / "out" / "report.json").read_text())["rules"]
    }
    assert "DIVERGES" not in verdicts.values(), done.stdout
    absent = {"TERM-02", "TERM-07", "TERM-12", "TERM-17", "BULK-03", "BULK-05", "BULK-11", "LIST-01", "LIST-10"}
    assert {id: verdicts[id] for id in absent} == dict.fromkeys(absent, "NOT_SUPPORTED")
    there = {"CANCEL-07", "CANCEL-04", "CANCEL-19", "CANCEL-10", "RETRY-03", "ST-04", "SMOKE-03"}
    assert {id: verdicts[id] for id in there} == dict.fromkeys(there, "CONFORMS")


def test_without_the_bundle_the_line_says_what_is_missing(served, tmp_path, batchproof):
    """A certificate that is not believed is the commonest first failure in a company."""
    certificate = self_signed(tmp_path / "both.pem")
    with served() as upstream, lacking(upstream, certificate) as url:
        done = batchproof("check", url)
    assert done.returncode == 2
    assert "CERTIFICATE_VERIFY_FAILED" in done.stderr
    assert "--ca-bundle" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_service_that_wants_signatures_gets_those_of_the_caller(served, monkeypatch, tmp_path):
    """Placeholder keys were sent whatever the environment said, so that AWS could not be checked at all."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    keys = tmp_path / "credentials"
    keys.write_text("[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n")
    with served("--credentials", str(keys)) as url:
        report = run_conformance(endpoint_url=url, rule=("CANCEL-10",), powers=("none",))
        assert report.verdicts["CANCEL-10"] is Outcome.CONFORMS
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
        with pytest.raises(Exception, match="Signature"):
            run_conformance(endpoint_url=url, rule=("CANCEL-10",), powers=("none",))
