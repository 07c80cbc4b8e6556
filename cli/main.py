"""Where the `batchproof` command begins, and the one place where it ends, with a status of docs/exit-status.md."""

from __future__ import annotations

import signal
import sys
import traceback

FAILED = 3
"""Of batchproof itself, or of the machine: nothing was found out."""

INTERRUPTED = 128 + signal.SIGINT


def main() -> None:
    """Run the command and end the process. All else is imported in here, so that Ctrl-C is heard meanwhile, too."""
    try:
        status = _status()
    except KeyboardInterrupt:  # while nothing had begun, or once more while the first one was obeyed
        status = INTERRUPTED
    sys.exit(status)


def _status() -> int:
    from . import output
    from .stopped import status_of, stop

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup one of them is ignored
            signal.signal(number, stop)
    try:
        output.guard()
        return _run()
    except KeyboardInterrupt as interrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        return status_of(interrupt)
    except output.OutputLost as lost:
        if isinstance(lost.failure, BrokenPipeError):  # `batchproof rules | head -1`: the reader has seen enough
            return 128 + signal.SIGPIPE
        _say(f"Error: standard output cannot be written: {lost.failure.strerror}")
    except MemoryError:
        _say("Error: this machine failed: no memory is left")
    except Exception as failure:
        _say_whose_fault(failure)
    finally:
        output.end()
    return FAILED


def _run() -> int:
    from .verbs import run

    try:
        status = run(sys.argv[1:])
    except SystemExit as end:  # a verb gives a number, or none
        status = int(end.code or 0)
    sys.stdout.flush()
    return status


def _say_whose_fault(failure: Exception) -> None:
    from .nothing_done import MachineFailed, because

    if isinstance(failure, OSError) and isinstance(told := because(failure), MachineFailed):
        _say(f"Error: {told.message}")
        return
    _say(traceback.format_exc().rstrip())
    _say("Error: this is a fault of batchproof itself. It says nothing about any service, and is worth a report.")


def _say(line: str) -> None:
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:  # nobody listens
        pass


if __name__ == "__main__":
    main()
