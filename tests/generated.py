"""Pages of docs/ of which a part is written by the code, between two comments."""

from __future__ import annotations

from pathlib import Path


def held(page: Path, name: str, text: str, *, rewrite: bool, how: str) -> None:
    """
    The part of a page between `<!-- NAME -->` and `<!-- end of NAME -->` is this text; or it is written there.

    how   what is to be done where it is stale
    """
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, _, rest = page.read_text("utf-8").partition(begin)
    shown, _, after = rest.partition(end)
    if rewrite:
        page.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", "utf-8")
        return
    assert shown.strip() == text, f"{page.name} is stale: {how} writes it anew"
