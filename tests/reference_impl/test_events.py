"""Events of jobs: in a file and as a stream, each move once, in order (EVT-01, EVT-02, EVT-09)."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest
from patience import until

from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import Put, Submitted
from batchproof.reference_impl.deciding.records import Environment, Order, Queue
from batchproof.reference_impl.events import QUEUE_BLOCKED, STATE_CHANGE, Announcing
from batchproof.reference_impl.keeping.store import Forgetful

MOVES = ["RUNNABLE", "STARTING", "RUNNING", "RUNNABLE", "STARTING", "RUNNING", "FAILED"]


@pytest.fixture(scope="module")
def told(start, tmp_path_factory):
    file = tmp_path_factory.mktemp("events") / "events.jsonl"
    server = start("--events", str(file))

    def found(job_id: str) -> list[dict]:
        return [e for e in map(json.loads, file.read_text().splitlines()) if e["detail"]["jobId"] == job_id]

    def told_of(job_id: str) -> list[dict]:
        now = server.describe(job_id)["status"]
        until(lambda: any(event["detail"]["status"] == now for event in found(job_id)[-1:]))  # a thread writes it
        return found(job_id)

    return server, told_of


def listen(server, **headers):
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    connection.request("GET", "/batchproof/events", headers=headers)
    return connection, connection.getresponse()


def entries(response, until):
    """Events of a stream until one fits."""
    entry = {}
    for line in iter(response.readline, b""):
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            entry[name] = value
        elif "data" in entry:
            entry["data"] = json.loads(entry["data"])
            yield entry
            if until(entry["data"]["detail"]):
                return
            entry = {}


def test_every_move_is_a_line_and_the_submission_is_none(told):
    server, lines = told
    job = server.wait(server.submit("sh", "-c", "exit 3", retryStrategy={"attempts": 2}, tags={"a": "b"}))

    events = lines(job["jobId"])
    assert [event["detail"]["status"] for event in events] == MOVES
    assert [len(event["detail"]["attempts"]) for event in events] == [0, 0, 0, 1, 1, 1, 2]
    first = events[0]
    assert (first["detail-type"], first["source"], first["version"]) == (STATE_CHANGE, "aws.batch", "0")
    assert (first["account"], first["region"]) == ("123456789012", "us-east-1")
    assert first["resources"] == [job["jobArn"]]
    assert first["detail"]["retryStrategy"] == {"attempts": 2, "evaluateOnExit": []}
    assert {"jobArn", "jobName", "jobId", "jobQueue", "status", "attempts", "createdAt", "retryStrategy", "dependsOn",
            "jobDefinition", "parameters", "container", "propagateTags", "platformCapabilities"} <= set(first["detail"])  # fmt: skip
    assert "startedAt" not in first["detail"]
    assert len({event["id"] for event in events}) == len(events)
    assert all(event["time"].endswith("Z") for event in events)


def test_the_stream_tells_the_same_and_what_a_listener_missed(told):
    server, lines = told
    connection, response = listen(server)
    assert response.getheader("content-type") == "text/event-stream"
    job_id = server.submit("true")
    heard = list(entries(response, lambda job: job["jobId"] == job_id and job["status"] == "SUCCEEDED"))
    connection.close()
    assert [entry["data"] for entry in heard] == lines(job_id)
    assert {entry["event"] for entry in heard} == {STATE_CHANGE}

    connection, response = listen(server, **{"Last-Event-ID": heard[0]["id"]})
    again = list(entries(response, lambda job: job["status"] == "SUCCEEDED"))
    connection.close()
    assert again == heard[1:]


def test_a_page_in_a_browser_hears_nothing(told):
    server, _ = told
    connection, response = listen(server, Origin="http://evil.example")
    assert (response.status, b"browsers are not served" in response.read()) == (403, True)
    connection.close()


def test_an_event_is_told_only_when_its_record_is_safe():
    """The store says when: until then nobody may hear what a crash could undo."""

    class Slow(Forgetful):
        def commit(self, then):
            self.then = then

    class Heard(list):
        def tell(self, kind, job, at_ms):
            self.append((kind, job.status.value))

        def flush(self):
            self.append("flushed")

    store, heard = Slow(), Heard()
    announcing = Announcing(store, heard, lambda: 0)  # type: ignore[arg-type]
    engine = Engine()
    engine.handle(Put(1, Environment("ce", True, 0, {})), now_ms=0)
    engine.handle(Put(2, Queue("q", "r", "q", True, 1, ("ce",), {})), now_ms=0)
    engine.handle(Submitted(1, Order("a", "r", "a", "q", "d", ("true",), {}, {}, {})), now_ms=0)
    job = engine.ledger.jobs["a"]
    announcing.save(job)
    done = []
    announcing.commit(lambda: done.append("then"))
    assert (heard, done) == ([], [])
    store.then()
    assert (heard, done) == ([(STATE_CHANGE, "RUNNABLE"), "flushed"], ["then"])
    assert QUEUE_BLOCKED != STATE_CHANGE
