"""
Random histories a second: in the simulation, where the whole kit plays and judges them through boto3, by two processes at once;
and on the engine alone, in one process, where a history is a random way through a small world of two jobs to its end.
"""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

from .bench import Bench
from .results import Result

HISTORIES_PER_S = 300
"""So many histories are played for each second of a look."""

SIMULATED = """
import json, sys, time
from batchproof.conformance import run_conformance
number, seed = int(sys.argv[1]), int(sys.argv[2])
run_conformance("simulation", rule="S2", histories=number, seed=seed)  # what every way leads on to is worked out once
began_s = time.perf_counter()
report = run_conformance("simulation", rule="S2", histories=number, seed=seed + 1)
took_s = time.perf_counter() - began_s
assert report.exit_status == 0, report.text()
print(json.dumps([number / took_s, report.count.calls / number]))
"""

ENGINE = """
import json, random, sys, time
from batchproof.model.lifecycle import MOVES
from batchproof.model.machine import Lifecycle
from batchproof.reference_impl.exploring.system import System
from batchproof.reference_impl.exploring.world import World, engine, job
from batchproof.reference_impl.exploring.worlds import both
number, chance = int(sys.argv[1]), random.Random(int(sys.argv[2]))
world = World("two jobs", (job("a", attempts=2), job("b", depends_on=("a",))), both("a", "b"))
lifecycle, moves = Lifecycle(MOVES), 0
began_s = time.perf_counter()
for _ in range(number):
    system = System(world, lifecycle, engine)
    while ahead := list(system.moves()):
        system.make(chance.choice(ahead))
        moves += 1
print(json.dumps([number / (time.perf_counter() - began_s), moves / number]))
"""


def measure(bench: Bench) -> list[Result]:
    number = round(HISTORIES_PER_S * bench.size.s)
    simulated, alone, calls = [], [], 0.0
    for run in range(bench.size.runs):
        pair = _rates(SIMULATED, number, 2 * run, at_once=2)
        simulated.append(sum(rate for rate, _ in pair))
        calls = pair[0][1]
        ((rate, moves),) = _rates(ENGINE, number, run, at_once=1)
        alone.append(rate)
        bench.say(f"  {simulated[-1]:,.4g}/s of {calls:.3g} calls; {rate:,.4g}/s of {moves:.3g} moves")
    in_tens = median(simulated) * calls / 10
    return [
        Result(
            f"random histories of {calls:.3g} calls in the simulation, two processes; against the engine alone, one",
            f"{median(simulated):,.0f} /s",
            f"{median(alone):,.0f} /s",
            f"{median(simulated) / median(alone):.3g} ({min(simulated):.0f} to {max(simulated):.0f} /s)",
            "≥ 150 /s of 10 calls",
            in_tens >= 150,
        )
    ]


def _rates(script: str, number: int, seed: int, *, at_once: int) -> list[tuple[float, float]]:
    """What so many processes reach that begin at the same time, each."""
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(number), str(seed + 1_000 * one)], stdout=subprocess.PIPE)
        for one in range(at_once)
    ]
    found = [json.loads(process.communicate()[0]) for process in started]
    return [(rate, size) for rate, size in found]
