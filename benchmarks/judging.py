"""
The monitor over the recorded histories of tests/law: a verdict that comes late is none, for it is asked for while jobs run.

Warm: every reading of the documents at once, reads that lag, and each way was gone before. Cold: a new process, one
reading, each history for the first time. Both against the plain monitor of tests/model, which keeps sets of points, over
the same happenings, in a new process each. Bounds of time are left out: they are compared for settled reads alone, one in
a hundred, which cost some 2 ms more with all readings.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .bench import Bench
from .results import Result, compared

ROOT = Path(__file__).parents[1]
PLAIN_LIVES = 40
"""Of so many jobs the plain monitor is asked, of the whole corpus ours: it would take minutes."""

RATE = """
import importlib.util, json, sys, time
from dataclasses import replace
from pathlib import Path
from batchproof.conformance.judging import follower
from batchproof.conformance.judging.assumptions import Assumptions
from batchproof.conformance.judging.happenings import Saw
from batchproof.conformance.judging.history import read
from batchproof.model.readings import READINGS
root, which, temperature, most = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
lives = [life for path in sorted(Path(root, "tests/law/histories").glob("*.gz"))
         for section in read(path).sections for life in section.jobs().values()]
lives = lives[:: max(1, len(lives) // most)]
if which == "plain":
    found = importlib.util.spec_from_file_location("plain_monitor", Path(root, "tests/model/plain_monitor.py"))
    plain = importlib.util.module_from_spec(found); sys.modules["plain_monitor"] = plain; found.loader.exec_module(plain)
    class Timeless(plain.Monitor):
        def __init__(self, *, monotone_reads, bounds, at_ms, **more): super().__init__(**more)
        def lost(self, request, at_ms=0): pass
    for name in ("now_knows", "called", "answered", "refused", "began", "signalled"):
        def fed(self, *given, at_ms=0, _name=name): return getattr(plain.Monitor, _name)(self, *given)
        setattr(Timeless, name, fed)
    def saw(self, shown, *, settled, since, **more):
        plain.Monitor.saw(self, shown, settled=settled, since=since)
    Timeless.saw = saw
    follower.Monitor = Timeless
readings = {} if temperature == "warm" else {r.name: next(iter(r.values)) for r in READINGS}
terms = follower.Terms(Assumptions(fresh_reads=temperature != "warm"), readings, None)
def once():
    began_s = time.perf_counter()
    for life in lives:
        follower.judged(life, terms)
    return sum(map(len, lives)) / (time.perf_counter() - began_s)
if temperature == "warm":
    once()
    if which != "plain":
        once()
print(json.dumps(once()))
"""


def measure(bench: Bench) -> list[Result]:
    def rate(which: str, temperature: str) -> float:
        most = PLAIN_LIVES if which == "plain" else 10**9
        command = [sys.executable, "-c", RATE, str(ROOT), which, temperature, str(most)]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    found = []
    for temperature, readings, least in (("warm", "all readings, reads that lag", 20), ("cold", "one reading", 10)):
        ours, plain = bench.paired(lambda: rate("ours", temperature), lambda: rate("plain", temperature), 1)  # noqa: B023
        what = f"happenings judged, {readings}, {temperature}; against a plain monitor"
        found.append(compared(what, ours, plain, unit="/s", at_least=least))
    return found
