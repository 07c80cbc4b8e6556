"""Where a claim about AWS is written: every page has an address, and every sentence of the API reference is there."""

from __future__ import annotations

import gzip
import html
import json
import re
from functools import cache
from pathlib import Path

import botocore
import pytest

from batchproof.model.promises import PROMISES
from batchproof.model.readings import READINGS
from batchproof.model.sources import _UNKNOWN, Cited, find

CITED = sorted(
    {cited for promise in PROMISES.values() for cited in promise.sources}
    | {cited for reading in READINGS for cited in reading.sources},
    key=lambda cited: (cited.page, cited.where, cited.words),
)


@pytest.mark.parametrize("key", sorted({cited.page for cited in CITED}))
def test_every_document_has_a_title_and_an_address_or_says_that_it_has_none(key):
    source = find(key)
    assert source.title
    assert source.read
    if source.url:
        assert re.fullmatch(r"https://[\w.]+/[\w./#-]*", source.url)
    else:
        assert "cannot be followed" in source.title


def test_what_cannot_be_followed_is_cited_somewhere():
    """Else its title is kept for nothing."""
    assert {f"LOST:{name}" for name in _UNKNOWN} == {c.page for c in CITED if c.page.startswith("LOST:")}


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_no_rule_is_sure_of_what_nobody_can_follow(promise):
    """What rests on such a source alone is L, unless it is only called open."""
    only = promise.sources and all(not find(cited.page).url for cited in promise.sources)
    assert not only or promise.rests_on or promise.confidence == "L"


def test_an_unknown_kind_of_source_is_an_error():
    with pytest.raises(KeyError, match="SEED"):
        find("SEED")


@pytest.mark.parametrize("cited", CITED, ids=lambda cited: f"{cited.page} {cited.words}"[:60])
def test_a_sentence_is_named_by_its_first_words(cited):
    """A dozen at most: enough for a search on the page, and no copy of it."""
    assert len(cited.words.split()) <= 12
    assert not cited.words or cited.where, "and under which heading"
    assert "`" not in cited.words, "a page shows no backticks"


@pytest.mark.parametrize(
    "cited",
    [cited for cited in CITED if cited.page.startswith(("API:", "ECS:"))],
    ids=lambda cited: f"{cited.page} {cited.words}"[:60],
)
def test_a_sentence_of_the_api_reference_is_in_the_service_model(cited):
    """
    The reference is built from the model that botocore carries, so whether a sentence is there is checked here.

    Where a newer botocore fails this, AWS has changed its text: read it again, and see whether the rule still holds.
    """
    kind, _, page = cited.page.partition(":")
    texts = _documented(kind, page)
    assert any(_plain(cited.words) in text for text in texts), f"{page} does not say so"


def test_a_sentence_that_is_not_there_is_found_out():
    assert not any(_plain("Jobs that are RUNNING are cancelled") in text for text in _documented("API", "CancelJob"))
    assert Cited("API:CancelJob").words == ""


MODELS = {"API": "batch/2016-08-10", "ECS": "ecs/2014-11-13"}


@cache
def _documented(kind: str, page: str) -> tuple[str, ...]:
    """All that the model says under one page of the reference: an operation with its members and errors, or a type."""
    path = Path(botocore.__file__).parent / "data" / MODELS[kind] / "service-2.json.gz"
    model = json.loads(gzip.decompress(path.read_bytes()))
    operation = model["operations"].get(page)
    shapes, texts = [page], []
    if operation:
        texts.append(operation.get("documentation"))
        shapes = [operation[end]["shape"] for end in ("input", "output") if end in operation]
        shapes += [error["shape"] for error in operation.get("errors", ())]
    for shape in shapes:
        found = model["shapes"][shape]
        texts += [found.get("documentation"), *(m.get("documentation") for m in found.get("members", {}).values())]
    return tuple(_plain(text) for text in texts if text)


def _plain(text: str) -> str:
    """Without tags, as a page shows it, but for the name of the service, which the model leaves half of."""
    text = re.sub(r"</?(code|a|i|b)( [^>]*)?>", "", text)
    text = html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("AWS Batch", "Batch")
    return re.sub(r"\s*([,.;:)])", r"\1", re.sub(r"\s+", " ", text)).strip()
