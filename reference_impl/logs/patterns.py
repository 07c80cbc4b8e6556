"""filterPattern of CloudWatch Logs: terms of unstructured events. Patterns of JSON and of fields are refused."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..http.errors import InvalidParameter

_TERM = re.compile(r'\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))')


def matcher(pattern: str) -> Callable[[str], bool]:
    """
    Whether an event has all plain terms, at least one of those with ?, and none of those with -.

    >>> [matcher('ERROR -"not found"')(text) for text in ("an ERROR", "ERROR: not found", "error")]
    [True, False, False]
    >>> [matcher("?ERROR ?WARN")(text) for text in ("WARN", "INFO")], matcher("")("anything")
    ([True, False], True)
    """
    text = pattern.strip()
    if text[:1] in ("{", "[", "%"):
        raise InvalidParameter(
            f"filterPattern is {text[:100]!r}: only terms are served, no JSON, fields or expressions"
        )
    plain, any_of, none_of = [], [], []
    at = 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None:
            raise InvalidParameter(f"filterPattern is {text[:100]!r}: a quotation mark has no partner")
        term = found[3] if found[2] is None else re.sub(r"\\(.)", r"\1", found[2])
        {"": plain, "?": any_of, "-": none_of}[found[1]].append(term)
        at = found.end()

    def matches(event: str) -> bool:
        return (
            all(term in event for term in plain)
            and (not any_of or bool(plain) or any(term in event for term in any_of))
            and not any(term in event for term in none_of)
        )

    return matches
