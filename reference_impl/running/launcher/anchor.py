"""The launcher's parent: it starts the launcher again, and inherits the jobs of a killed one.

Of each dead process that it inherits it writes down how it ended, and reaps it only then: so a dead process is always
a zombie or on file. Killed itself, it is replaced by its launcher, whose children then are its own. There is not more
to it, so that there is little that could fail.

Run as `python -m batchproof.reference_impl.running.launcher.anchor FOLDER [temporary]`; status 3 says that the folder has one.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from pathlib import Path
from typing import Never

from ...crash_points import crash_point
from ...locks import lock
from .journal import record_orphan
from .loop import LoopEnd, launch
from .marks import mark_on
from .process_facts import become_subreaper, exit_code_of, facts

TAKEN = 3

_SHORT_LIFE_S = 0.5

_AGAIN_S = 0.05
"""Between two tries to write on a full disk."""


def main(arguments: list[str]) -> Never:
    data = Path(arguments[0])
    taken = lock(data / "launcher" / "anchor.lock")
    if taken is None:
        sys.exit(TAKEN)
    anchor(data, taken, temporary="temporary" in arguments[1:])


def anchor(data: Path, taken: int, *, temporary: bool) -> Never:
    """Be the anchor, or its launcher: both leave by ending the process."""
    become_subreaper()
    while (data / "launcher").exists():
        us, begun_s = os.getpid(), time.monotonic()
        child = os.fork()
        if child == 0:
            os.close(taken)  # a lock is free when all who hold it are dead, and it must be when the anchor is
            ended, taken = _launched(data, us, temporary=temporary)
            if ended is LoopEnd.ENDED:
                os._exit(0)
            become_subreaper()
            continue
        if _outlived(child, data / "launcher" / "orphans"):
            os._exit(0)
        if time.monotonic() - begun_s < _SHORT_LIFE_S:
            time.sleep(0.05)  # one that cannot start must not keep a core busy
    sys.exit(0)


def _launched(data: Path, anchor: int, *, temporary: bool) -> tuple[LoopEnd, int]:
    try:
        return launch(data, anchor, temporary=temporary)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _outlived(launcher: int, orphans: Path) -> bool:
    """Record and reap until the launcher is gone; whether it ended by itself."""
    while True:
        seen = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        assert seen is not None
        pid = seen.si_pid
        if pid == launcher:
            return _reaped(launcher) == 0
        crash_point("anchor-before-record")
        recorded = True
        found = facts(pid)
        if found is not None:
            mark = mark_on(pid) if found.session == pid else None
            recorded = record_orphan(orphans, pid, found.started, exit_code_of(seen), mark)
        crash_point("anchor-after-record")
        if recorded:
            os.waitpid(pid, 0)
            continue
        # A full disk: it stays a zombie, and would be seen first for ever, so the launcher is asked for by its name.
        time.sleep(_AGAIN_S)
        if os.waitid(os.P_PID, launcher, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None:
            return _reaped(launcher) == 0


def _reaped(pid: int) -> int:
    return os.waitpid(pid, 0)[1]


if __name__ == "__main__":
    main(sys.argv[1:])
