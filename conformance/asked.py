"""Everything that a caller asked for, as one value: what `check` is given on a command line, and `run_conformance` in a test.

A field says for itself which option it is. The command line is made from the fields, and so is the command that asks the
same again; a new option is a new field here, and whoever looks at it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..model.readings import parse
from .depth import DEPTHS, QUICK
from .power import Power, named

SERVICE, RECORD = "service", "record"
"""Where a history is made shorter."""


@dataclass(frozen=True, slots=True)
class Option:
    """
    How a field is given on a command line.

    flag       its option
    says       what `--help` says of it
    metavar    what stands for its value there
    least      the least number that it may be
    folder     whether it is a path of a folder
    choices    what it may be, where that is one of a few words
    again      whether it matters when the same is asked again
    replays    whether it is of use when a single history is played
    hidden     whether `--help` leaves it out
    """

    flag: str
    says: str
    metavar: str | None = None
    least: float | None = None
    folder: bool = False
    choices: tuple[str, ...] = ()
    again: bool = True
    replays: bool = True
    hidden: bool = False


def _given(default: Any, option: Option) -> Any:
    return field(default=default, metadata={"option": option})


@dataclass(frozen=True)
class Asked:
    """
    What a caller asked for; None is the target's own default.

    target, endpoint_url   a target by name, or any service by its URL
    powers      what the harness can do there; by default what the target's kind declares
    rule        patterns of rule ids to check, all by default; SMOKE is always checked
    require     patterns of rule ids that must be supported: NOT_SUPPORTED counts as a divergence
    readings    readings to require, by name
    reads, requests, hosts   facts of the service on which a verdict may rest
    deadline_s, grace_s, lag_s   how long what is due may take, in seconds; from SIGTERM to SIGKILL; how old reads may be
    patience_s, limit_s   how long to wait for what nobody promises to come soon; for how long to run in all
    at_once, calls_per_s   how much of it to do at once
    region, profile, ca_bundle   where the service is, and who calls it, as boto3 has them
    queue, job_definition, service_role, execution_role   existing ones to use
    depth, histories, seed   how many random histories to run, by a name or a number, and from which seed they are drawn
    shrink      whether a history that broke something is made shorter at the service or on the record alone
    report      a folder for report.json, history.jsonl, made.jsonl and cases
    history     a file for the history alone
    serve       the reference only: further arguments for `batchproof serve`
    """

    target: str = "endpoint"
    endpoint_url: str | None = None
    rule: tuple[str, ...] = _given(
        (), Option("--rule", "Check only these rules (repeatable): 'CANCEL-*'.", "GLOB", again=False, replays=False)
    )
    require: tuple[str, ...] = _given(
        (), Option("--require", "Rules that must be supported: NOT_SUPPORTED diverges.", "GLOB", replays=False)
    )
    readings: Mapping[str, str] | None = _given(
        None, Option("--require-reading", "Make one reading a rule.", "NAME=VALUE")
    )
    powers: frozenset[Power] | None = _given(
        None, Option("--power", "What the kit can do at a URL; see above.", "NAME")
    )
    queue: str | None = _given(None, Option("--queue", "Use this job queue instead of creating some.", "NAME"))
    job_definition: str | None = _given(
        None,
        Option("--job-definition", "Use this job definition (an image with sh) instead of a new one.", "NAME"),
    )
    reads: str | None = _given(
        None,
        Option(
            "--reads",
            "Whether DescribeJobs shows how things are, lags behind, or may also go back.",
            choices=("fresh", "lagging", "unordered"),
        ),
    )
    requests: str | None = _given(
        None,
        Option(
            "--requests",
            "Whether an accepted cancel or terminate takes effect at once, or some time later.",
            choices=("prompt", "late"),
        ),
    )
    hosts: str | None = _given(
        None, Option("--hosts", "Whether a host may be lost by itself, as on Spot.", choices=("kept", "lost"))
    )
    deadline_s: float | None = _given(
        None, Option("--deadline-s", "How long what is due may take; starts and stops may take a multiple.", least=0.1)
    )
    grace_s: float | None = _given(
        None, Option("--grace-s", "Seconds between SIGTERM and SIGKILL at the service.", least=0.0)
    )
    lag_s: float | None = _given(None, Option("--lag-s", "How old what a read shows may be.", least=0.0))
    patience_s: float | None = _given(
        None, Option("--patience-s", "How long to wait for what is not promised to come soon.", least=1.0)
    )
    limit_s: float | None = _given(
        None, Option("--limit-s", "End the run after this time, and judge what was seen by then.", least=1.0)
    )
    at_once: int | None = _given(None, Option("--at-once", "No more scenarios at once than this.", least=1))
    calls_per_s: float | None = _given(None, Option("--calls-per-s", "No more calls than this.", least=0.1))
    region: str | None = _given(None, Option("--region", "AWS region of the service.", "NAME"))
    profile: str | None = _given(None, Option("--profile", "Profile of ~/.aws to take credentials from.", "NAME"))
    ca_bundle: str | None = _given(
        None, Option("--ca-bundle", "Certificates to trust for HTTPS; AWS_CA_BUNDLE says so too.", "FILE")
    )
    service_role: str | None = _given(
        None, Option("--service-role", "IAM role of the compute environments that the kit creates.", "ARN")
    )
    execution_role: str | None = _given(
        None, Option("--execution-role", "IAM execution role of the job definition that the kit registers.", "ARN")
    )
    depth: str = _given(
        QUICK,
        Option(
            "--depth",
            f"How many random histories to run: {', '.join(f'{name} {number}' for name, number in DEPTHS.items())}.",
            choices=tuple(DEPTHS),
            replays=False,
        ),
    )
    histories: int | None = _given(
        None, Option("--histories", "The same as a number of your own.", least=1, replays=False)
    )
    shrink: str | None = _given(
        None,
        Option(
            "--shrink",
            "Whether a history that broke something is made shorter by asking the service again, or on the record alone.",
            choices=(SERVICE, RECORD),
            replays=False,
        ),
    )
    seed: int = _given(0, Option("--seed", "Seed of the random histories.", again=False, replays=False))
    report: Path | None = _given(
        None,
        Option("--report", "Write report.json, history.jsonl, made.jsonl and cases there.", folder=True, again=False),
    )
    serve: tuple[str, ...] = _given(
        (), Option("--serve-option", "For the reference: an argument of serve.", hidden=True)
    )
    history: Path | None = None

    @property
    def url(self) -> str | None:
        """The URL of the service, where it has one."""
        return self.endpoint_url or (self.target if "://" in self.target else None)

    def command(self, *, rule: str, seed: int) -> str:
        """
        The command that asks the same again, of one rule.

        >>> Asked("moto", grace_s=1.0, powers=frozenset({Power.GATE})).command(rule="TERM-07", seed=3)
        'batchproof check moto --power gate --grace-s 1.0 --rule TERM-07 --seed 3'
        """
        words = ["batchproof", "check", self.url or self.target, *self._words()]
        return shlex.join([*words, "--rule", rule, "--seed", str(seed)])

    def replaying(self, case: Path) -> str:
        """
        The command that plays a case there.

        >>> Asked("moto", grace_s=1.0, depth="full").replaying(Path("out/cases/S2.json"))
        'batchproof replay out/cases/S2.json --target moto --grace-s 1.0'
        """
        target = self.url or self.target
        return shlex.join(["batchproof", "replay", str(case), "--target", target, *self._words(replays=True)])

    def _words(self, *, replays: bool = False) -> list[str]:
        """The options by which the same is asked again, those that are as they are unsaid left out."""
        words: list[str] = []
        for each in fields(self):
            option: Option | None = each.metadata.get("option")
            if option and option.again and (option.replays or not replays) and getattr(self, each.name) != each.default:
                words += [word for value in _values(getattr(self, each.name)) for word in (option.flag, value)]
        return words

    def as_data(self) -> dict[str, Any]:
        """What was asked for as JSON types: what was left open left out, and where it is written to."""
        found: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Path) or value == each.default:
                continue
            found[each.name] = _values(value) if isinstance(value, tuple | frozenset) else value
        return found


def asked(target: str = "endpoint", **given: Any) -> Asked:
    """
    An `Asked` from what a person writes: powers and readings by their names, one pattern or several, paths as texts.

    Raises ValueError for a power, a reading or a number that cannot be, and TypeError for a name that is no field.

    >>> asked("moto", rule="RETRY-*", readings=["pending_cancel=at_once"]).readings
    {'pending_cancel': 'at_once'}
    """
    wanted = Asked(target, **given)
    for each in fields(Asked):
        option: Option | None = each.metadata.get("option")
        value = getattr(wanted, each.name)
        if option and option.least is not None and value is not None and not value >= option.least:
            raise ValueError(f"{each.name} is {value}, and has to be {option.least:g} or more")
        if option and option.choices and value is not None and value not in option.choices:
            raise ValueError(f"{each.name} is {value!r}, and has to be {' or '.join(option.choices)}")
    readings = wanted.readings
    return replace(
        wanted,
        rule=_texts(wanted.rule),
        require=_texts(wanted.require),
        serve=_texts(wanted.serve),
        powers=None if wanted.powers is None else named(_texts(wanted.powers)),
        report=None if wanted.report is None else Path(wanted.report),
        history=None if wanted.history is None else Path(wanted.history),
        readings=None if readings is None else _checked(readings),
    )


def _checked(readings: Mapping[str, str] | Iterable[str]) -> dict[str, str]:
    if isinstance(readings, Mapping):
        return parse(f"{name}={value}" for name, value in readings.items())
    return parse(_texts(readings))


def _texts(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _values(value: Any) -> list[str]:
    """The texts by which an option is given: none where it was left open, several where it may be repeated."""
    if value is None:
        return []
    if isinstance(value, frozenset):
        return sorted(power.option for power in value) or ["none"]
    if isinstance(value, Mapping):
        return [f"{name}={chosen}" for name, chosen in value.items()]
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return [str(value)]
