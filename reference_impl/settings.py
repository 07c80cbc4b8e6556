"""How a server is to serve: its settings, and what becomes of the options of `batchproof serve`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..model.lifecycle import Move
from ..model.limits import GRACE_S, RETENTION_DAYS
from ..model.machine import LIFECYCLE, Lifecycle
from ..model.readings import DEFAULT, Valuation, parse, valuation
from .data_folder import DataFolder
from .deciding.engine import Engine
from .events import Watcher
from .http import credentials
from .http.access import is_loopback
from .http.call import Handler
from .lateness import AT_ONCE, Delay, Lateness
from .running import accounts
from .running.accounts import Account
from .running.host import Host, HostMaker

DAY_S = 86_400


class Unservable(Exception):
    """What was asked for is not served; the text says why in one line, and names the option."""


@dataclass(slots=True)
class Parts:
    """What a server is made of. A hand-made wrong server (`Settings.wrong`) exchanges some of it."""

    engine: Engine
    host: Host
    handlers: Mapping[str, Handler]


def on_this_machine(account: Account | None = None) -> HostMaker:
    """The host that is used by default: jobs are processes here, of `account` or of the server's own."""

    def made(folder: DataFolder) -> Host:
        from .running.processes import Processes  # the only host that needs Linux

        return Processes(folder, account=account)

    return made


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How to serve. `address` and `port` are where to listen, 0 takes a free port; no `data` means a temporary folder that is
    removed at the end, and with `leave_running` jobs go on when the server ends, for the next one on the same folder; a job
    that ended is forgotten after `retain_s`; `events` is the file to which a line goes for every move of a job, and `watcher` hears of each, on the server's own loop; with `keys`
    (secrets by access key id) requests must be signed with one of them; `host` makes whoever runs the jobs; with
    `quickstart` there is a queue to play with from the beginning; `lateness` makes a service that is slow, and right.

    `lifecycle` is the table to run and `wrong` changes the parts: both are for tests, which need wrong servers.
    """

    address: str = "127.0.0.1"
    port: int = 0
    data: Path | None = None
    readings: Valuation = DEFAULT
    grace_s: float = GRACE_S
    leave_running: bool = False
    retain_s: float = RETENTION_DAYS * DAY_S
    events: Path | None = None
    watcher: Watcher | None = field(default=None, compare=False)
    keys: Mapping[str, str] | None = field(default=None, repr=False)
    host: HostMaker = field(default=on_this_machine(), repr=False)
    quickstart: bool = False
    lateness: Lateness = Lateness()
    lifecycle: Lifecycle = LIFECYCLE
    wrong: Callable[[Parts], Parts] | None = field(default=None, compare=False)


def of_options(
    *,
    host: str,
    port: int,
    data: Path | None,
    leave_running: bool,
    quickstart: bool,
    readings: Iterable[str],
    grace_s: float,
    retain_days: float,
    events: Path | None,
    credentials_file: Path | None,
    user: str | None,
    slow_start: str,
    late_stop: str,
    late_cancel: str,
    late_terminate: str,
    seed: int,
    table: Iterable[Move] | Callable[[], Iterable[Move]] | None,
    server: Callable[[Parts], Parts] | None,
    environment: Mapping[str, str],
) -> Settings:
    """
    The settings that these options of `batchproof serve` ask for; `environment` may hold credentials.

    Raises Unservable where they ask for what does not go, or not together.
    """
    if leave_running and data is None:
        raise Unservable("--leave-running is given without --data: there is no next server on a temporary folder")
    return Settings(
        address="127.0.0.1" if host == "localhost" else host,
        port=port,
        data=data,
        readings=_readings(readings),
        grace_s=grace_s,
        retain_s=retain_days * DAY_S,
        leave_running=leave_running,
        events=events,
        keys=_keys(host, credentials_file, environment),
        host=on_this_machine(_account(user)),
        quickstart=quickstart,
        lateness=_lateness(
            slow_start, late_stop, late_cancel, late_terminate, seed, keeps=data is not None, grace_s=grace_s
        ),
        lifecycle=LIFECYCLE if table is None else Lifecycle(table if isinstance(table, Iterable) else table()),
        wrong=server,
    )


def _readings(given: Iterable[str]) -> Valuation:
    try:
        return valuation(parse(given))
    except ValueError as failure:
        raise Unservable(f"--reading: {failure}") from None


def _lateness(
    slow_start: str, late_stop: str, late_cancel: str, late_terminate: str, seed: int, *, keeps: bool, grace_s: float
) -> Lateness:
    lateness = Lateness(
        start=_delay("--slow-start", slow_start),
        stop=_delay("--late-stop", late_stop),
        cancel=_delay("--late-cancel", late_cancel),
        terminate=_delay("--late-terminate", late_terminate),
        seed=seed,
    )
    if keeps and (lateness.cancel, lateness.terminate) != (AT_ONCE, AT_ONCE):
        option = "--late-cancel" if lateness.cancel != AT_ONCE else "--late-terminate"
        raise Unservable(f"{option} is given with --data: what is accepted and put off would be lost with the server")
    if grace_s == 0 and lateness.stop != AT_ONCE:
        raise Unservable("--late-stop is given with --grace-s 0: it puts off SIGTERM, and none is sent then")
    return lateness


def _delay(option: str, text: str) -> Delay:
    try:
        return Delay.parse(text)
    except ValueError as failure:
        raise Unservable(f"{option}: {failure}") from None


def _keys(host: str, file: Path | None, environment: Mapping[str, str]) -> Mapping[str, str] | None:
    """The keys that callers must sign with; None where nobody has to, which only loopback addresses allow."""
    try:
        keys = credentials.of_environment(environment) | (credentials.of_file(file) if file is not None else {})
    except credentials.UnreadableCredentials as failure:
        raise Unservable(f"no credentials: {failure}") from None
    if not keys and not is_loopback(f"[{host}]" if ":" in host else host):
        raise Unservable(
            f"--host is {host}: beyond loopback addresses callers must sign, so give --credentials, "
            f"or {credentials.KEY_ID} and {credentials.SECRET} in the environment"
        )
    return keys or None


def _account(user: str | None) -> Account | None:
    try:
        return None if user is None else accounts.named(user)
    except accounts.Unusable as failure:
        raise Unservable(f"--user: {failure}") from None
