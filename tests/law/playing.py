"""Our own servers, right and wrong, behind an adversary and at a tenth of the times, and what the kit says of them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from wrong_servers.servers import SERVERS
from wrong_servers.tables import TABLES

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.history import read
from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.report.report import Report
from batchproof.conformance.steps.cleaning import left_of
from batchproof.conformance.targets.child import running
from batchproof.conformance.targets.client import client

BATCHPROOF = (sys.executable, "-m", "batchproof.cli.main")
TESTS = Path(__file__).parents[1]

TIMES = {"deadline_s": 1.0, "grace_s": 3.0, "lag_s": 1.0, "patience_s": 40.0}
"""A tenth of what `check URL` takes for granted when nothing is said: so one can wait for all of it."""

GATE = ("gate", "holds-runnable")


@dataclass(frozen=True)
class Service:
    """
    A service as the kit meets it, and what is so there.

    modes   of the adversary before it
    serve   settings of the server
    is_so   what its owner may truly declare, as arguments of `run_conformance`
    floor   how much of what conforms directly has to conform here too, of the rules whose calls are permitted
    """

    modes: tuple[str, ...] = ()
    serve: tuple[str, ...] = ()
    is_so: dict[str, str] = field(default_factory=dict)
    floor: float = 0.8

    @property
    def name(self) -> str:
        return " ".join([*self.modes, *self.serve]) or "(nothing)"


FRESH = {"reads": "fresh", "requests": "prompt"}
LAGGING = {"reads": "lagging", "requests": "prompt"}
PROMPT = {"requests": "prompt"}

SINGLE: tuple[Service, ...] = (
    Service(("late-requests=1",), is_so=FRESH),
    Service(("late-answers=1",), is_so=FRESH),
    Service(("slow-submits=1",), is_so=FRESH),
    Service(("cut-before=0.05",), is_so=FRESH),
    Service(("cut-after=0.05",), is_so=FRESH),
    Service(("cut-midway=0.05",), is_so=FRESH),
    Service(("answers-in-pieces",), is_so=FRESH),
    Service(("connections-end",), is_so=FRESH),
    Service(("gateway-errors=0.05",), is_so=FRESH),
    Service(("expiring-credentials=20",), is_so=FRESH, floor=0),
    Service(("denied=CancelJob",), is_so=FRESH),
    Service(("denied=TerminateJob",), is_so=FRESH),
    Service(("denied=ListJobs",), is_so=FRESH),
    Service(("throttled=0.1",), is_so=FRESH, floor=0.95),
    Service(("throttled-in-bursts=0.5,every_s=3",), is_so=FRESH),
    Service(("errors-before=0.05",), is_so=FRESH),
    Service(("errors-after=0.05",), is_so=FRESH),
    Service(("item-errors",), is_so=FRESH),
    Service(("error-forms",), is_so=FRESH),
    Service(("reordered",), is_so=FRESH),
    Service(("unknown-members",), is_so=FRESH, floor=0.95),
    Service(("empty-members",), is_so=FRESH),
    Service(("flags-at-the-end",), is_so=PROMPT),
    Service(("other-reasons",), is_so=FRESH),
    Service(("clock-differs",), is_so=FRESH),
    Service(("short-pages",), is_so=FRESH, floor=0.95),
    Service(("new-jobs-unknown=0.5",), is_so=LAGGING),
    Service(("reads-go-back=0.1,within_s=0.5",), is_so=PROMPT),
    Service(("lagging-reads=0.3",), is_so=LAGGING, floor=0.95),
    Service(("lagging-counts=1",), is_so=LAGGING),
    Service(serve=("--slow-start", "2"), is_so=FRESH, floor=0.95),
    Service(serve=("--late-stop", "1.5"), is_so=FRESH),
    Service(serve=("--late-cancel", "1.5"), is_so={"reads": "fresh"}),
    Service(serve=("--late-terminate", "1.5"), is_so={"reads": "fresh"}),
)
"""Each mode of the adversary, and each setting of a slow server, alone."""

TOGETHER: tuple[Service, ...] = (
    Service(("throttled=0.1", "lagging-reads=0.3")),
    Service(("errors-after=0.05", "errors-before=0.05", "cut-after=0.05", "gateway-errors=0.05")),
    Service(("lagging-reads=0.3", "new-jobs-unknown=0.5", "short-pages"), ("--slow-start", "1-2")),
    Service(("late-requests=0.5", "late-answers=0.5"), ("--late-stop", "0-1.5")),
    Service(("empty-members", "unknown-members", "reordered", "error-forms", "other-reasons")),
    Service(("reads-go-back=0.1,within_s=0.5", "lagging-counts=1"), ("--late-cancel", "0-1")),
    Service(("throttled=0.3", "short-pages"), ("--late-terminate", "0-1")),
    Service(("flags-at-the-end", "item-errors", "slow-submits=0.5")),
    Service(("clock-differs", "cut-midway=0.05", "connections-end", "answers-in-pieces")),
    Service(("throttled-in-bursts=0.5,every_s=3", "lagging-reads=0.3"), ("--slow-start", "0-2", "--late-stop", "1.5")),
)
"""Ten combinations, drawn once."""

SIX = {
    "cancel stops": ("CANCEL-07", "CANCEL-19", "BULK-11"),
    "terminate stops nothing": ("TERM-02", "TERM-07", "TERM-12"),
    "terminate does not override the strategy": ("TERM-12", "BULK-11"),
    "one attempt too many": ("RETRY-03", "RETRY-04", "RETRY-26", "RETRY-28"),
    "cancel is lost in RUNNABLE": ("CANCEL-03", "CANCEL-31"),
    "EXIT is tried again": ("RETRY-08", "RETRY-11", "RETRY-13", "RETRY-14", "RETRY-27"),
}
"""Faults that somebody's emulator really had, by their names in `EXPECTED`, each with the rules that name it."""


@contextmanager
def served(service: Service, server: str = "", seed: int = 0) -> Iterator[tuple[str, str]]:
    """The URL that the kit is given, and the server's own; `server` is the name of a wrong one."""
    wrong = ()
    if server:
        assert server in TABLES or server in SERVERS, server
        kind, home = ("--table", "tables:TABLES") if server in TABLES else ("--server", "servers:SERVERS")
        wrong = (kind, f"wrong_servers.{home}[{server}]")
    serve = [*BATCHPROOF, "serve", "--port", "0", "--stop-on-eof", "--grace-s", f"{TIMES['grace_s']:g}"]
    with running([*serve, *service.serve, *wrong], env={"PYTHONPATH": str(TESTS)}) as (own, _):
        if not service.modes:
            yield own, own
            return
        modes = [word for mode in service.modes for word in ("--mode", mode)]
        signs = ["--sign"] if any(mode.startswith("clock-differs") for mode in service.modes) else []
        before = [*BATCHPROOF, "adversary", own, "--port", "0", "--seed", str(seed), *modes, *signs]
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        with running(before, env=keys) as (url, _):
            yield url, own


def judged(
    service: Service,
    folder: Path,
    *,
    server: str = "",
    rules: Sequence[str] = (),
    gate: bool = True,
    declared: bool = False,
    seed: int = 0,
) -> Report:
    """What the kit says, and in `folder` what it wrote; after that nothing of it may be left at the service."""
    with served(service, server, seed) as (url, own):
        report = run_conformance(
            endpoint_url=url,
            rule=tuple(rules),
            powers=GATE if gate else None,
            report=folder,
            seed=seed,
            histories=12,  # the adversary makes each of them slow
            **(service.is_so if declared else {}),
            **TIMES,
        )
        _nothing_is_left(own, folder)
    _no_name_is_given_twice(folder)
    return report


def _no_name_is_given_twice(folder: Path) -> None:
    """Where the answer to a SubmitJob is lost, its job is looked for by its name: another scenario's would be found."""
    given: dict[str, set[str]] = {}
    for section in read(folder / "history.jsonl").sections:
        for sent, _ in section.exchanges().values():
            if sent.operation == "submit_job":
                name = msgspec.json.decode(sent.arguments)["jobName"]
                if name.startswith("batchproof-"):  # others are there to be refused, and nobody looks for their jobs
                    given.setdefault(name, set()).add(sent.scenario)
    assert given, "every run submits something"
    twice = {name: scenarios for name, scenarios in given.items() if len(scenarios) > 1}
    assert not twice


def _nothing_is_left(url: str, folder: Path) -> None:
    """What the service still has of ours is in the list of what may be left: else nobody would ever find it."""
    listed = {name for _, name in left_of(folder / "made.jsonl").things}
    batch = client(url)
    found = [each["jobQueueName"] for each in batch.describe_job_queues()["jobQueues"]]
    found += [each["computeEnvironmentName"] for each in batch.describe_compute_environments()["computeEnvironments"]]
    found += [each["jobDefinitionName"] for each in batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]]
    assert set(found) <= listed, f"left behind: {found}"


def counted(report: Report) -> Counter[Outcome]:
    """How many rules came to what."""
    return Counter(report.verdicts.values())
