"""`GET /` answers a person, and docs/events.md tells the truth of the stream that it names."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from patience import until

from batchproof.reference_impl.events import QUIET_S, REMEMBERED
from batchproof.reference_impl.http.front_page import DOCUMENTS
from batchproof.reference_impl.operations.controls import CONTROLS
from batchproof.reference_impl.serving import running
from batchproof.reference_impl.settings import Settings

ROOT = Path(__file__).parents[2]


def got(url: str, method: str = "GET", **headers: str) -> tuple[int, str, str]:
    """Status, type and body of what is at `/`."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request(method, "/", headers=headers)
    answer = connection.getresponse()
    told = answer.status, answer.getheader("content-type", ""), answer.read().decode()
    connection.close()
    return told


def test_a_terminal_gets_text_that_says_where_everything_is(server):
    status, kind, page = got(server.url, Accept="*/*")
    assert (status, kind) == (200, "text/plain; charset=utf-8")
    assert f"batchproof serves AWS Batch at {server.url}\n" in page
    assert f"AWS_ENDPOINT_URL_BATCH={server.url} AWS_ENDPOINT_URL_CLOUDWATCH_LOGS={server.url}\n" in page
    assert f"curl -N {server.url}/batchproof/events" in page
    assert [control.path in page for control in CONTROLS.values()] == [True, True]


def test_a_browser_gets_the_same_as_html(server):
    status, kind, page = got(server.url, Accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert page.startswith("<!doctype html>")
    words = re.sub(r"\s+", " ", re.sub("<[^>]*>", "", page))
    for line in got(server.url)[2].splitlines():
        first = re.split(r"\s{2,}", line.strip())[0].replace("'", "&#x27;").replace('"', "&quot;")
        assert first in words


def test_head_gets_no_body(server):
    assert got(server.url, "HEAD") == (200, "text/plain; charset=utf-8", "")


def test_whoever_may_not_call_may_not_read_it_either(server):
    assert got(server.url, Host="evil.example")[0] == 403
    assert got(server.url, Origin="http://evil.example")[0] == 403


def test_with_credentials_it_is_told_unsigned_and_says_that_calls_must_be_signed():
    """Nothing on it is secret, and a person with a browser cannot sign."""
    with running(Settings(keys={"key": "secret"})) as url:
        status, _, page = got(url)
        named = got(url, Host="<script>.example", Accept="text/html")[2]
    assert status == 200
    assert "keys of --credentials" in page
    assert "secret" not in page
    assert "AWS_ACCESS_KEY_ID=test" not in page
    assert "<script>" not in named


def test_other_calls_to_that_path_are_refused_as_before(server):
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    connection.request("POST", "/", body=b"{}", headers={"content-type": "application/json"})
    assert connection.getresponse().status == 404
    connection.close()


def test_the_commands_on_it_can_be_run(start):
    server = start()
    commands = [
        shlex.split(re.split(r"\s{2,}", line.strip())[0])
        for line in got(server.url)[2].splitlines()
        if line.startswith(("  curl --json", "  batchproof jobs"))
    ]
    assert len(commands) == 3
    for program, *arguments in commands:
        if program == "batchproof":
            command = [sys.executable, "-m", "batchproof.cli.main", *arguments]
            assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0
        else:
            _, body, where = arguments
            connection = http.client.HTTPConnection(urlsplit(where).netloc, timeout=20)
            connection.request("POST", urlsplit(where).path, body, {"content-type": "application/json"})
            answer = json.loads(connection.getresponse().read())
            assert re.search("now|no job runs there|clock of a server with --data", str(answer)), answer
            connection.close()


def test_it_names_documents_that_exist():
    for path in DOCUMENTS:
        assert (ROOT / path).is_file()


@pytest.fixture(scope="module")
def events_page() -> str:
    return (ROOT / "docs" / "events.md").read_text("utf-8")


def test_the_page_about_events_has_the_bounds_of_the_code(events_page):
    assert f"the last {REMEMBERED:,} events" in " ".join(events_page.split())
    assert f"After {QUIET_S:g} seconds without an" in events_page


def test_the_event_that_the_page_shows_is_one(events_page, start, tmp_path):
    """Its members are those of a real one, and so are those of its detail, of which it shows some."""
    (line,) = re.findall(r"^data: (.*)$", events_page, re.MULTILINE)
    shown = json.loads(line)
    server = start("--events", str(tmp_path / "events"))
    server.wait(server.submit("true"))
    until(lambda: (tmp_path / "events").read_text().count("\n") > 2)  # a thread writes it
    real = json.loads((tmp_path / "events").read_text().splitlines()[2])
    assert list(shown) == list(real)
    assert shown["detail"].keys() <= real["detail"].keys()
    assert (shown["detail-type"], shown["detail"]["status"]) == (real["detail-type"], real["detail"]["status"])
