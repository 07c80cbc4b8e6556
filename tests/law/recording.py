"""Records the histories that every change judges again: `python tests/law/recording.py [NAME ...]`.

Needed anew only when the format of histories changes so much that old ones say too little. `--judge` keeps the
histories, and writes down what they come to now: look at the difference before you commit it.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from law.playing import Service, judged
from wrong_servers.expected import EXPECTED

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.history import History, read
from batchproof.conformance.judging.rejudging import rejudged

HISTORIES = Path(__file__).with_name("histories")
VERDICTS = HISTORIES / "verdicts.json"


def _reference(folder: Path) -> object:
    return run_conformance("reference", report=folder, histories=12)


def _moto(folder: Path) -> object:
    return run_conformance("moto", rule=("CANCEL-*", "TERM-*", "RETRY-*", "ST-*"), report=folder)


def _behind(*modes: str) -> Callable[[Path], object]:
    return lambda folder: judged(Service(modes), folder, rules=("CANCEL-*", "TERM-*", "RETRY-*"))


def _wrong(server: str) -> Callable[[Path], object]:
    chosen = sorted({*EXPECTED[server].breaks, "CANCEL-03", "TERM-03", "RETRY-03"})
    return lambda folder: judged(Service(), folder, server=server, rules=chosen, declared=False)


def _sharp(server: str) -> Callable[[Path], object]:
    """The same with all that may be taken for granted."""
    chosen = sorted({*EXPECTED[server].breaks, "CANCEL-03", "TERM-03", "RETRY-03"})
    service = Service(is_so={"reads": "fresh", "requests": "prompt"})
    return lambda folder: judged(service, folder, server=server, rules=chosen, declared=True)


RECORDED: dict[str, Callable[[Path], object]] = {
    "reference": _reference,
    "moto": _moto,
    "reference-behind-an-adversary": _behind("lagging-reads=0.3", "throttled=0.1", "errors-after=0.05"),
    "cancel-stops": _sharp("cancel stops"),
    "terminate-stops-nothing": _sharp("terminate stops nothing"),
    "one-attempt-too-many": _wrong("one attempt too many"),
    "a-finished-job-becomes-cancelled": _sharp("a finished job becomes cancelled"),
    "cancel-is-lost-in-runnable": _wrong("cancel is lost in RUNNABLE"),
}
"""By the name of the file: what makes it."""


def _anonymous(text: bytes, folder: str) -> bytes:
    """Without the paths of the machine on which it was recorded."""
    text = text.replace(folder.encode(), b"out").replace(sys.executable.encode(), b"python3")
    return re.sub(re.escape(tempfile.gettempdir()).encode() + rb"/batchproof-\w+", b"batchproof", text)


def outcomes(history: History) -> dict[str, str]:
    """What each rule comes to, by variant and rule."""
    results = rejudged(history)
    return {
        f"{r.variant} {r.rule}".strip(): r.outcome.value for r in sorted(results, key=lambda r: (r.variant, r.rule))
    }


def main(arguments: list[str]) -> None:
    names = [name for name in arguments if name != "--judge"] or list(RECORDED)
    verdicts = json.loads(VERDICTS.read_text()) if VERDICTS.exists() else {}
    for name in names:
        stored = HISTORIES / f"{name}.jsonl.gz"
        if "--judge" not in arguments:
            with tempfile.TemporaryDirectory() as folder:
                RECORDED[name](Path(folder))
                text = (Path(folder) / "history.jsonl").read_bytes()
                stored.write_bytes(gzip.compress(_anonymous(text, folder), 9, mtime=0))
        verdicts[name] = outcomes(read(stored))
        print(f"{name}: {stored.stat().st_size:,} bytes, {len(verdicts[name])} verdicts")
    VERDICTS.write_text(json.dumps(verdicts, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
