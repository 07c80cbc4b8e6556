"""moto's server as a child process, in three variants, because each can show what the others cannot.

simple          jobs are not run: each is SUCCEEDED at its first read
simple-failing  the same with MOTO_SIMPLE_BATCH_FAIL_AFTER=0: each job fails, so there is something to retry
docker          jobs run in containers where there is a Docker engine; without one a job whose dependency is unknown
                stays PENDING, which is the only way to see what a cancel does there
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import metadata
from urllib.request import Request, urlopen

import boto3

from ...model.bounds import within
from ..asked import Asked
from ..power import Power
from .child import DidNotStart, free_port, running
from .target import Target, Variants

DEADLINE_S = 6.0
FEWER = 12
"""Random histories where no job runs."""

ROLE = {"Version": "2012-10-17", "Statement": []}


def variants(asked: Asked) -> Variants:
    """The three variants of the module's docstring; `docker` has more powers where there is an engine."""
    engine = _docker_answers()
    docker = frozenset({Power.FRESH_READS, Power.HOLDS_PENDING})
    if engine:
        docker |= {Power.RUNS, Power.FAILS, Power.HOLDS_RUNNING}
    fresh = frozenset({Power.FRESH_READS})
    return iter(
        [
            partial(_started, asked, "simple", {}, fresh, True),
            partial(
                _started,
                asked,
                "simple-failing",
                {"MOTO_SIMPLE_BATCH_FAIL_AFTER": "0"},
                fresh | {Power.FAILS},
                True,
            ),
            partial(_started, asked, "docker" if engine else "docker-without-engine", {}, docker, False),
        ]
    )


@contextmanager
def _started(
    asked: Asked, variant: str, env: dict[str, str], powers: frozenset[Power], simple: bool
) -> Iterator[Target]:
    try:
        import moto  # noqa: F401
    except ImportError as reason:
        raise DidNotStart(
            "moto is not installed here: say `make moto` in batchproof's checkout, or"
            f" {shlex.join([sys.executable, '-m', 'pip', 'install', *_wanted()])}"
        ) from reason
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", url.rpartition(":")[2]]
    with running(command, url=url, env=env) as (_, _child):
        if simple:
            _configure(url, {"batch": {"use_docker": False}})
        target = Target(
            name="moto",
            variant=variant,
            endpoint_url=url,
            powers=powers,
            bounds=within(asked.deadline_s or DEADLINE_S, grace_s=asked.grace_s if asked.grace_s is not None else 0.0),
            patience_s=asked.patience_s or max(24.0, 4 * (asked.deadline_s or 0)),
            at_once=asked.at_once or 24,
            wave=asked.at_once or 24,
            fewer=(FEWER, "no job runs, so histories hardly differ") if Power.RUNS not in powers else None,
            calls_per_s=asked.calls_per_s,
            disposable=True,
            service_role=_role(url),
            pending_on=None if simple else _never,
            notes=_notes(variant),
        )
        try:
            yield target
        finally:
            target.close()


def _wanted() -> list[str]:
    """moto itself, as our extra asks for it: the extra's own name would install a package of somebody else's."""
    named = [requirement.partition(";")[0].strip() for requirement in metadata.requires("batchproof") or ()]
    return [requirement for requirement in named if re.match(r"moto\b", requirement)][:1]


def _never() -> str:
    """An id that no job has: moto waits for it without end."""
    return str(uuid.uuid4())


def _notes(variant: str) -> tuple[str, ...]:
    if variant.startswith("simple"):
        return ("jobs are not run: each has ended at its first read",)
    return ("no Docker engine here: only jobs that wait can be watched",) if "without" in variant else ()


def _configure(url: str, settings: dict) -> None:
    request = Request(f"{url}/moto-api/config", data=json.dumps(settings).encode(), method="POST")
    with urlopen(request, timeout=10) as answer:
        answer.read()


def _role(url: str) -> str:
    iam = boto3.client(
        "iam", endpoint_url=url, region_name="us-east-1", aws_access_key_id="kit", aws_secret_access_key="kit"
    )
    answer = iam.create_role(RoleName="batchproof", AssumeRolePolicyDocument=json.dumps(ROLE))
    return answer["Role"]["Arn"]


def _docker_answers() -> bool:
    if not shutil.which("docker"):
        return False
    probe: Callable = subprocess.run
    return probe(["docker", "info"], capture_output=True, timeout=20, check=False).returncode == 0
