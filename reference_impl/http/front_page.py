"""What `GET /` answers a person: where the API, the events, the controls and the documents are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from msgspec.structs import fields

from .call import Control

DOCUMENTS = {
    "docs/awscli.md": "ten minutes with the AWS CLI",
    "docs/clients.md": "the clients that were tried",
    "docs/coverage.md": "what is not served",
    "docs/errors.md": "what is refused, and how",
    "docs/durability.md": "what is kept, and as whom jobs run",
    "docs/events.md": "the stream of events",
    "docs/controls.md": "losing a host, putting the clock forward",
}
"""By their places in a checkout, what is in them."""

HEADERS = ((b"content-security-policy", b"default-src 'none'"), (b"x-content-type-options", b"nosniff"))


class Entry(NamedTuple):
    """Something that can be typed, or a place, and what it is for."""

    what: str
    meaning: str


def page(url: str, events_path: str, controls: Mapping[str, Control], *, signed: bool, as_html: bool) -> bytes:
    """The page of a server at `url`, for a browser or for a terminal. `signed`: requests must be signed."""
    sections = dict(_sections(url, events_path, controls, signed))
    return (_html if as_html else _text)(f"batchproof serves AWS Batch at {url}", sections).encode()


def _sections(
    url: str, events_path: str, controls: Mapping[str, Control], signed: bool
) -> Iterator[tuple[str, list[Entry]]]:
    keys = "keys of --credentials" if signed else "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    yield (
        "The API, for any client of AWS Batch and for the logs of its jobs",
        [
            Entry(f"export AWS_ENDPOINT_URL_BATCH={url} AWS_ENDPOINT_URL_CLOUDWATCH_LOGS={url}", ""),
            Entry(
                f"export AWS_DEFAULT_REGION=us-east-1{'' if signed else f' {keys}'}", f"and {keys}" if signed else ""
            ),
        ],
    )
    yield (
        "Jobs, in a terminal",
        [
            Entry(f"batchproof jobs --url {url}", "what there is"),
            Entry(f"batchproof logs JOB -f --url {url}", "what a job prints"),
        ],
    )
    yield "Events", [Entry(f"curl -N {url}{events_path}", "every move of a job, as it happens")]
    yield (
        "What AWS does not let you do",
        [
            Entry(f"curl --json '{_example(control)}' {url}{control.path}", _first_sentence(control))
            for control in controls.values()
        ],
    )
    yield (
        "Documents, in a checkout of batchproof",
        [
            *(Entry(path, meaning) for path, meaning in DOCUMENTS.items()),
            Entry("batchproof serve --help", "all options"),
        ],
    )


def _example(control: Control) -> str:
    """A body for a control, with a value of the right type for each member."""
    members = {field.name: 60 if "int" in str(field.type) else field.name.upper() for field in fields(control.request)}
    return json.dumps(members)


def _first_sentence(control: Control) -> str:
    text = " ".join((control.handler.do.__doc__ or "").split())
    return text.partition(". ")[0].partition(";")[0].rstrip(".")


def _text(title: str, sections: Mapping[str, list[Entry]]) -> str:
    lines = [title]
    for name, entries in sections.items():
        lines += ["", name]
        width = max(len(entry.what) for entry in entries)
        lines += [f"  {entry.what.ljust(width)}  {entry.meaning}".rstrip() for entry in entries]
    return "\n".join(lines) + "\n"


def _html(title: str, sections: Mapping[str, list[Entry]]) -> str:
    parts = [f"<!doctype html>\n<meta charset=utf-8>\n<title>batchproof</title>\n<h1>{escape(title)}</h1>"]
    for name, entries in sections.items():
        parts.append(f"<h2>{escape(name)}</h2>\n<ul>")
        for entry in entries:
            meaning = f": {escape(entry.meaning)}" if entry.meaning else ""
            parts.append(f"<li><code>{escape(entry.what)}</code>{meaning}")
        parts.append("</ul>")
    return "\n".join(parts) + "\n"
