"""What goes over the wire is kept whole, without what would let a reader act in somebody's name."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from batchproof.conformance.judging.answers import Meaning, told
from batchproof.conformance.judging.happenings import Failed, Got
from batchproof.conformance.judging.history import Variant, read
from batchproof.conformance.steps.recorder import Recorder, header
from batchproof.conformance.steps.wire import Wire
from batchproof.conformance.targets.client import client

SIGNED = "https://b.s3.amazonaws.com/k?X-Amz-Credential=AK%2F1&X-Amz-Signature=0a1b&X-Amz-Expires=9"


class Answers(BaseHTTPRequestHandler):
    """Answers each request with what the server was told, and hangs up where that is nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        answer = self.server.answers.pop(0)  # type: ignore[attr-defined]
        if answer is None:
            self.close_connection = True
            return
        status, body = answer
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.answers = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def recorded(service, tmp_path):
    """`wire, exchanges`: a wire to the service, and a function that reads back what was written of it."""
    recorder = Recorder(header("here"), tmp_path / "h.jsonl")
    recorder.variant(Variant(title="here"))
    url = f"http://127.0.0.1:{service.server_port}"
    yield (
        Wire(client(url), recorder),
        lambda: list(read(tmp_path / "h.jsonl").sections[0].exchanges().values()),
    )
    recorder.close()


def test_an_answer_is_kept_as_it_came_with_members_that_boto3_drops(service, recorded):
    """A later kit may know what this one does not."""
    wire, exchanges = recorded
    service.answers += [(200, b'{"jobs": [], "novelty": {"deep": [1]}}')]
    reply = wire.call("a", "describe_jobs", jobs=["x"])
    assert reply.meaning is Meaning.DONE
    assert "novelty" not in reply.answer
    ((sent, got),) = exchanges()
    assert (sent.operation, sent.scenario, sent.attempt) == ("describe_jobs", "a", 1)
    assert json.loads(bytes(sent.arguments)) == {"jobs": ["x"]}
    assert (got.status, got.code, json.loads(bytes(got.body))) == (200, "", {"jobs": [], "novelty": {"deep": [1]}})
    assert got.at_ms >= sent.at_ms


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, b'{"message": "no", "__type": "ClientException"}', "ClientException"),
        (500, b"<html>oops</html>", "500"),
        (429, b'{"message":"slow down","__type":"TooManyRequestsException"}', "TooManyRequestsException"),
    ],
)
def test_a_refusal_is_kept_with_its_status_code_and_body(service, recorded, status, body, code):
    """Whether it judges the request is for a verdict to say, not for the record."""
    wire, exchanges = recorded
    service.answers += [(status, body)]
    assert wire.call("a", "cancel_job", jobId="x", reason="y").meaning is not Meaning.DONE
    ((_, got),) = exchanges()
    assert isinstance(got, Got)
    assert (got.status, got.code) == (status, code)
    kept = bytes(got.body)
    assert kept == body or json.loads(kept) in (json.loads(body) if body.startswith(b"{") else None, body.decode())


def test_a_call_without_an_answer_is_kept_with_the_reason(service, recorded):
    """Nobody knows whether it took effect, and the record must not say that it did not happen."""
    wire, exchanges = recorded
    service.answers += [None]
    assert wire.call("a", "terminate_job", jobId="x", reason="y").meaning is Meaning.FAULT
    ((sent, failed),) = exchanges()
    assert sent.operation == "terminate_job"
    assert isinstance(failed, Failed)
    assert failed.failure == "ConnectionClosedError"


def test_the_same_answer_is_written_once_and_read_back_each_time(service, recorded, tmp_path):
    """A poller asks a hundred times and hears the same."""
    wire, exchanges = recorded
    body = json.dumps({"jobs": [{"jobId": "x", "status": "RUNNING"}]}).encode()
    service.answers += [(200, body)] * 3
    for _ in range(3):
        reply = wire.call("watcher", "describe_jobs", jobs=["x"])
        assert json.loads(bytes(reply.got.body)) == json.loads(body), "whole, for whoever looks now"
    assert (tmp_path / "h.jsonl").read_bytes().count(b"RUNNING") == 1
    assert [json.loads(bytes(got.body)) for _, got in exchanges()] == [json.loads(body)] * 3


def test_signed_urls_lose_their_signature_in_requests_and_answers(service, recorded, tmp_path):
    """A history is shown to others; the URL of a gate is a key to somebody's bucket."""
    wire, _ = recorded
    service.answers += [(200, json.dumps({"jobs": [{"jobId": "x", "jobName": SIGNED}]}).encode())]
    wire.call("a", "describe_jobs", jobs=[SIGNED])
    written = (tmp_path / "h.jsonl").read_text()
    assert "0a1b" not in written
    assert "AK%2F1" not in written
    assert written.count("X-Amz-Signature=REDACTED") == 2
    assert written.count("X-Amz-Expires=9") == 2, "what gives nothing away stays"


def test_a_page_of_html_is_no_success(service, recorded):
    """boto3 takes it for an empty answer, and every request to a web server would have been accepted."""
    wire, exchanges = recorded
    service.answers += [(200, b"<html>hello</html>")]
    assert wire.call("a", "describe_jobs", jobs=["x"]).meaning is Meaning.FAULT
    ((_, got),) = exchanges()
    assert json.loads(bytes(got.body)) == "<html>hello</html>"
    assert told(got) == "HTTP 200, and no JSON object: '<html>hello</html>'"


def test_no_more_calls_are_made_than_the_service_allows(service, tmp_path):
    """AWS throttles whoever asks too often, and a check of a real account has to leave room for others."""
    url = f"http://127.0.0.1:{service.server_port}"
    wire = Wire(client(url), Recorder(header("here")), calls_per_s=20)
    service.answers += [(200, b"{}")] * 5
    sent = [wire.call("a", "describe_jobs", jobs=["x"]).sent.at_ms for _ in range(5)]
    assert sent[-1] - sent[0] >= 4 * 50 - 20
