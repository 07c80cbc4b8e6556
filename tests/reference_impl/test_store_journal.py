"""What a launcher leaves behind is enough for the next one, whatever line its death has torn."""

from __future__ import annotations

import os
import signal
import subprocess
import time

from batchproof.reference_impl.running.launcher import marks
from batchproof.reference_impl.running.launcher.journal import COMPACT_BYTES, Journal, Orphans, record_orphan
from batchproof.reference_impl.running.launcher.process_facts import boot_id, exit_code, facts, status_of_gone


def test_a_journal_tells_what_each_run_has_come_to(tmp_path):
    journal = Journal(tmp_path / "j")
    journal.write([("I", "a", 1), ("I", "b", 1), ("I", "c", 1), ("I", "d", 1), ("I", "e", 1)])
    journal.write([("S", "b", 1, 77, 99), ("S", "c", 1, 78, 99), ("F", "d", 1, "why"), ("S", "e", 1, 79, 99)])
    journal.write([("X", "c", 1, 3), ("X", "e", 1, 0), ("K", "e", 1)], on_disk=True)
    journal.close()

    found = Journal(tmp_path / "j")
    assert {job: (e.process, e.failed, e.ended, e.code) for (job, _), e in found.entries.items()} == {
        "a": (None, None, False, None),
        "b": ((77, 99), None, False, None),
        "c": ((78, 99), None, True, 3),
        "d": (None, "why", False, None),
    }
    assert found.done == {("e", 1)}
    assert {entry.boot for entry in found.entries.values()} == {boot_id()}


def test_a_torn_line_is_skipped_and_the_next_one_is_not(tmp_path):
    Journal(tmp_path / "j").write([("I", "a", 1)])
    with (tmp_path / "j").open("ab") as file:
        file.write(b'["S","a",1,7')
    Journal(tmp_path / "j").write([("S", "a", 1, 77, 99)])
    assert Journal(tmp_path / "j").entries["a", 1].process == (77, 99)


def test_after_a_restart_of_the_machine_runs_of_before_are_told_from_those_of_now(tmp_path):
    (tmp_path / "j").write_text('["B","another"]\n["I","old",1]\n["S","old",1,1,1]\n["I","both",1]\n')
    Journal(tmp_path / "j").write([("I", "new", 1), ("I", "both", 1)])
    found = Journal(tmp_path / "j")
    assert {job: entry.boot == found.boot for (job, _), entry in found.entries.items()} == {
        "old": False, "both": True, "new": True,
    }  # fmt: skip


def test_a_long_journal_is_emptied_and_a_short_one_is_not_worth_it(tmp_path):
    journal = Journal(tmp_path / "j")
    journal.write([("I", "a", 1)])
    assert not journal.empty()
    journal.write([("I", "x" * COMPACT_BYTES, 1)])
    assert journal.empty()
    journal.write([("I", "b", 1)])
    assert list(Journal(tmp_path / "j").entries) == [("b", 1)]


def test_orphans_are_read_as_they_are_added(tmp_path):
    file = tmp_path / "o"
    orphans = Orphans(file)
    orphans.look()
    record_orphan(file, 7, 70, 3, 99)
    orphans.look()
    with file.open("ab") as torn:
        torn.write(b"[8,80")
    orphans.look()
    record_orphan(file, 9, 90, 137, None)
    orphans.look()
    assert (orphans.code((7, 70)), orphans.code((7, 71)), orphans.code((9, 90))) == (3, None, 137)
    assert orphans.leaders(99) == [(7, 70)]


def test_a_mark_is_on_all_that_a_marked_process_starts():
    mark = marks.mark_of("/somewhere", f"job of {os.getpid()}", 1)
    marks.put_on_children(mark)
    try:
        script = "setsid env -i sleep 30 > /dev/null & (setsid sleep 30 > /dev/null &) ; exec sleep 30"
        leader = subprocess.Popen(["sh", "-c", script])
    finally:
        marks.put_on_children(None)
    deadline_s = time.monotonic() + 10
    while len(found := marks.living({mark}).get(mark, [])) < 3 and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert len(found) >= 3
    assert leader.pid in found
    while left := marks.living({mark}).get(mark, []):
        for pid in left:
            os.kill(pid, signal.SIGKILL)
    assert marks.carriers({mark}).get(mark, []).count(leader.pid) == 1, "a dead one is a carrier until it is reaped"
    assert leader.wait() == -signal.SIGKILL


def test_the_kernel_tells_how_a_child_ended_to_whoever_held_its_pidfd():
    child = subprocess.Popen(["sh", "-c", "exit 7"])
    pidfd = os.pidfd_open(child.pid)
    while not ((seen := facts(child.pid)) and seen.dead):
        time.sleep(0.005)
    assert exit_code(seen.status) == 7
    child.wait()
    assert facts(child.pid) is None
    status = status_of_gone(pidfd)
    assert status is None or exit_code(status) == 7, "None before kernel 6.15"
    os.close(pidfd)
