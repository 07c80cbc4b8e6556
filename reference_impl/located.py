"""What `MODULE:NAME` names: how tests tell a server what is to be wrong with it."""

from __future__ import annotations

import importlib
import re
from typing import Any


class NotThere(Exception):
    """The text names nothing that is there; the message says why in one line."""


def located(text: str) -> Any:
    """
    What MODULE:NAME, or MODULE:NAME[KEY] in a mapping, names. Raises NotThere where that is nothing.

    >>> located("math:pi"), located("string:ascii_lowercase")[:3], located("os:environ[PATH]") != ""
    (3.141592653589793, 'abc', True)
    """
    found = re.fullmatch(r"([\w.]+):([\w.]+)(?:\[(.+)\])?", text)
    if found is None:
        raise NotThere(f"{text!r} is not MODULE:NAME, as in package.module:name")
    module, name, key = found.groups()
    try:
        thing: Any = importlib.import_module(module)
        for part in name.split("."):
            thing = getattr(thing, part)
        return thing if key is None else thing[key]
    except (ImportError, AttributeError, LookupError) as failure:
        raise NotThere(f"{text!r} is not there: {failure!r}") from None
