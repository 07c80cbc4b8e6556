"""Events are never a reason to stop: what cannot be written is dropped, counted and said, and jobs go on."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading

import pytest
from patience import until

from batchproof.reference_impl import event_file
from batchproof.reference_impl.event_file import EventFile, UnusableEventFile

SERVE = [sys.executable, "-c", "from batchproof.cli.serve import serve; serve()"]


def test_a_full_disk_stops_no_job(start):
    """The first form of this file wrote on the event loop, in the middle of a commit: every caller then waited for ever."""
    server = start("--events", "/dev/full")
    assert server.wait(server.submit("true"))["status"] == "SUCCEEDED"
    log = server.data / "stderr"
    until(lambda: "events cannot be written to /dev/full: No space left on device" in log.read_text())
    server.process.stdin.close()
    assert server.process.wait(20) == 0
    first, *_, last = log.read_text().splitlines()
    assert first == (
        "WARNING batchproof.reference_impl.event_file: events cannot be written to /dev/full: "
        "No space left on device; until they can they are dropped"
    )
    assert last == "WARNING batchproof.reference_impl.event_file: events: 4 were dropped in all"
    log.write_text("")


@pytest.mark.parametrize("name", ["nowhere/events.jsonl", "fifo"])
def test_a_file_that_cannot_be_opened_is_said_in_one_line(tmp_path, name):
    os.mkfifo(tmp_path / "fifo")
    done = subprocess.run([*SERVE, "--events", str(tmp_path / name)], capture_output=True, text=True, timeout=5)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: --events: {tmp_path / name} cannot be written: No such ")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_takes_nothing_holds_nobody_up(start, tmp_path):
    """A FIFO has room for 64 KiB, which a few dozen moves fill."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    server = start("--events", str(fifo))
    array = server.submit("true", arrayProperties={"size": 30})
    assert server.wait(array)["status"] == "SUCCEEDED"
    os.set_blocking(reader, True)
    with os.fdopen(reader) as lines:  # and it gets all of them, late
        ended = set()
        while len(ended) < 31:
            event = json.loads(next(lines))
            if event["detail"]["status"] == "SUCCEEDED":
                ended.add(event["detail"]["jobId"])


def test_what_waits_is_bounded_and_the_rest_is_dropped(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(event_file, "WAITING_BYTES", 100)
    monkeypatch.setattr(event_file, "PATIENCE_S", 0.01)
    os.mkfifo(tmp_path / "fifo")
    reader = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    file = EventFile(tmp_path / "fifo")
    with caplog.at_level(logging.WARNING):
        file.add(b"x" * 100_000 + b"\n")  # the thread waits for the reader now
        until(lambda: not file._waiting)
        for _ in range(10):
            file.add(b"y" * 50 + b"\n")
        assert file.dropped == 8
        file.close()
    os.close(reader)
    assert "what reads it is too slow" in caplog.text
    assert "events: 10 were dropped in all" in caplog.text


def test_a_line_is_whole_or_not_there_and_lines_come_again_when_there_is_room(tmp_path, caplog, monkeypatch):
    """A torn line would spoil the one behind it for whoever reads the file."""
    wrote, full = os.write, threading.Event()

    def write(descriptor, data):
        if full.is_set():
            if len(data) > 7:  # as on a disk with a little room: some of it, then none
                return wrote(descriptor, data[:7])
            raise OSError(28, "No space left on device")
        return wrote(descriptor, data)

    monkeypatch.setattr(event_file, "AT_ONCE_BYTES", 1)
    file = EventFile(tmp_path / "events")
    monkeypatch.setattr(event_file.os, "write", write)
    with caplog.at_level(logging.WARNING):
        file.add(b"before\n")
        until(lambda: (tmp_path / "events").read_bytes() == b"before\n")
        full.set()
        file.add(b"lost in the middle\n")
        until(lambda: file.dropped == 1)
        full.clear()
        file.add(b"behind\n")
        file.close()
    assert (tmp_path / "events").read_bytes() == b"before\nbehind\n"
    assert [record.message.partition(str(tmp_path))[2] for record in caplog.records[:2]] == [
        "/events: No space left on device; until they can they are dropped",
        "/events again; 1 were dropped so far",
    ]


def test_a_folder_is_no_file_of_events(tmp_path):
    with pytest.raises(UnusableEventFile, match="Is a directory"):
        EventFile(tmp_path)
