"""What the server and its launcher say to each other: lines of JSON over a Unix stream socket, many messages a line.

server to launcher  hello EPOCH · spawn JOB N COMMAND ENVIRONMENT · stop JOB N GRACE_MS · kept JOB N · close GRACE_MS · quit
launcher to server  started JOB N · failed JOB N REASON · exited JOB N CODE (null: nobody saw it) · known JOB N · ready ANCHOR · none_left

A stream and not packets: an environment may be larger than any packet that the kernel takes. What is not complete when
the other side dies is no message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

Message = tuple[Any, ...]

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[list[Any]])


def line(messages: Iterable[Message]) -> bytes:
    """
    These messages, ready to be sent.

    >>> line([("kept", "a", 1), ("quit",)])
    b'[["kept","a",1],["quit"]]\\n'
    """
    return _encoder.encode(list(messages)) + b"\n"


class Received:
    """
    Bytes come in, whole messages go out.

    >>> received = Received()
    >>> list(received.messages(b'[["qu')), list(received.messages(b'it"]]\\n[["'))
    ([], [['quit']])
    """

    def __init__(self) -> None:
        self._rest = bytearray()

    def messages(self, data: bytes) -> Iterator[list[Any]]:
        self._rest += data
        if b"\n" not in data:
            return
        whole, _, rest = bytes(self._rest).rpartition(b"\n")
        self._rest = bytearray(rest)
        for text in whole.split(b"\n"):
            yield from _decoder.decode(text)
