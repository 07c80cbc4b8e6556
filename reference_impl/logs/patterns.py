"""filterPattern of CloudWatch Logs: terms of unstructured events. Patterns of JSON and of fields are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..http.errors import InvalidParameter

UNREADABLE = "\ufffd"
"""Stands in an event for what is no UTF-8."""

_TERM = re.compile(r'\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))')


@dataclass(frozen=True, slots=True)
class Terms:
    """What an event must have: all of `plain`, one of `any_of` where nothing is plain, and none of `none_of`."""

    plain: tuple[str, ...]
    any_of: tuple[str, ...]
    none_of: tuple[str, ...]

    def match(self, event: str) -> bool:
        """Whether an event has what it must have."""
        return (
            all(term in event for term in self.plain)
            and (not self.any_of or bool(self.plain) or any(term in event for term in self.any_of))
            and not any(term in event for term in self.none_of)
        )

    def none_in(self, read: bytes) -> bool:
        """
        Whether it is plain at one glance that no event in these bytes matches.

        >>> matcher("ERROR").none_in(b"INFO a\\nINFO b\\n"), matcher("ERROR").none_in(b"INFO a\\nERROR b\\n")
        (True, False)
        """
        needed = self.plain or self.any_of
        if any(UNREADABLE in term for term in needed):  # it stands for bytes of any value
            return False
        has = [term.encode() in read for term in needed]
        return bool(has) and not (all(has) if self.plain else any(has))


def matcher(pattern: str) -> Terms:
    """
    The terms of a pattern: those with ? and - before them, and plain ones.

    >>> [matcher('ERROR -"not found"').match(text) for text in ("an ERROR", "ERROR: not found", "error")]
    [True, False, False]
    >>> [matcher("?ERROR ?WARN").match(text) for text in ("WARN", "INFO")], matcher("").match("anything")
    ([True, False], True)
    """
    text = pattern.strip()
    if text[:1] in ("{", "[", "%"):
        raise InvalidParameter(
            f"filterPattern is {text[:100]!r}: only terms are served, no JSON, fields or expressions"
        )
    terms: dict[str, list[str]] = {"": [], "?": [], "-": []}
    at = 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None:
            raise InvalidParameter(f"filterPattern is {text[:100]!r}: a quotation mark has no partner")
        terms[found[1]].append(found[3] if found[2] is None else re.sub(r"\\(.)", r"\1", found[2]))
        at = found.end()
    return Terms(tuple(terms[""]), tuple(terms["?"]), tuple(terms["-"]))
