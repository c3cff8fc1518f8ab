"""Any substring of any paragraph is found, and what is marked is exactly that substring.

CHAQUAN_EXAMPLES=5000 python -m pytest tests/test_every_run.py      the long version
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.search_samples import make_index

from indexer import build_index, open_index
from indexer.analysis import crossing_substrings, normal_form
from indexer.errors import TooLong
from indexer.model import Kind, Literal
from indexer.query import Proximity, Quote, parse
from indexer.query.spellings import spellings
from indexer.search import Hit, Index
from indexer.settings import Settings
from indexer.snippets import find_marks

EXAMPLES = int(os.environ.get("CHAQUAN_EXAMPLES", "60"))
LONGEST = Settings().max_query
MANY = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])

QUOTES = ['""', "“”", "「」", "『』", "＂＂"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("runs") / "index"
    build_index([seeds], index=folder)
    with open_index(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def texts(index: Index) -> dict[str, str]:
    """The folded text of every paragraph, repeats too, by the id under which it is found."""
    return {hit.id: hit.document.folded for hit in index.scan("")}


def brute_force(texts: dict[str, str], substring: str) -> set[str]:
    """The paragraphs that hold a substring in any of its spellings, or across the end of a line."""
    folded = normal_form(substring)
    forms = (*spellings(folded), *crossing_substrings(folded))
    return {name for name, text in texts.items() if any(one in text for one in forms)}


def own(folded: str) -> str:
    """The folded text of a paragraph without what follows it in the file."""
    return re.split("[\U000f0000-\U0010ffff]", folded, maxsplit=1)[0]


def draw_substring(data: st.DataObject, text: str, longest: int) -> str:
    """Draw a substring that neither begins nor ends with a blank."""
    start = data.draw(st.integers(0, len(text) - 1), label="start")
    length = data.draw(st.integers(1, longest) | st.integers(1, 8), label="length")
    substring = text[start : start + length].strip()
    assume(normal_form(substring))
    return substring


def check_marks(hit: Hit, substring: str) -> None:
    """What is marked is the text, wherever it is; a query that is all quote means its inside."""
    node = parse(substring).node
    assume(not isinstance(node, Proximity))
    wanted = node.text if isinstance(node, Quote) else substring
    check_printed(hit, wanted)
    assert hit.snippet.marks
    for start, end in hit.snippet.marks:
        inside = normal_form(hit.snippet.text[start:end])
        assert normal_form(wanted) in inside or len(substring) > LONGEST


def check_printed(hit: Hit, substring: str, *, quoted: bool = False) -> None:
    """Every mark is printed characters from the first to the last of a match, none missing."""
    folded = own(hit.document.folded)
    if hit.crossed:
        parts = [normal_form(hit.text[start:end]) for start, end in hit.marks]
        assert any(normal_form(substring).startswith(part) for part in parts)
        return
    found = find_marks(folded, [Literal(normal_form(substring))])
    if not found or quoted:
        found = find_marks(folded, map(Literal, spellings(normal_form(substring))))
    assert len(hit.marks) == len(found)
    for mark, (start, end) in zip(hit.marks, found, strict=True):
        printed = hit.text[mark.start : mark.end]
        assert normal_form(printed) == hit.document.folded[start:end]
        assert printed == printed.strip()


@given(st.data())
@MANY
def test_any_substring_typed_as_printed_is_found_and_marked(
    index: Index, texts: dict[str, str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(texts)))
    substring = draw_substring(data, own(texts[name]), LONGEST)
    found = {hit.id: hit for hit in index.scan(substring)}
    assert brute_force(texts, substring) <= set(found)
    check_marks(found[name], substring)


@given(st.data())
@MANY
def test_any_substring_typed_as_printed_comes_first(
    index: Index, texts: dict[str, str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(texts)))
    substring = draw_substring(data, own(texts[name]), 40)
    holders = brute_force(texts, substring)
    top = [hit.id for hit in index.search(substring, size=len(holders), facets=())]
    assert set(top) == holders or isinstance(parse(substring).node, Quote)


@given(st.data(), st.sampled_from(QUOTES))
@MANY
def test_quoted_hits_are_those_of_brute_force(
    index: Index, texts: dict[str, str], data: st.DataObject, quotes: str
) -> None:
    name = data.draw(st.sampled_from(sorted(texts)))
    substring = draw_substring(data, own(texts[name]), LONGEST - 2)
    assume(quotes[1] not in substring)
    query = f"{quotes[0]}{substring}{quotes[1]}"
    found = {hit.id: hit for hit in index.scan(query)}
    assert set(found) == brute_force(texts, substring)
    assert index.search(query, facets=()).total == len(found)
    for hit in found.values():
        check_printed(hit, substring, quoted=True)


@given(st.data())
@MANY
def test_a_substring_that_is_printed_nowhere_has_no_quoted_hit(
    index: Index, texts: dict[str, str], data: st.DataObject
) -> None:
    letters = st.sampled_from(sorted(set("".join(map(own, texts.values()))) - set('"')))
    substring = data.draw(st.text(letters, min_size=1, max_size=6)).strip()
    assume(normal_form(substring))
    assert {hit.id for hit in index.scan(f'"{substring}"')} == brute_force(texts, substring)


LETTERS = '援疆教育ab1 ,。？?“”"「」()（）|-*~:：《》·\n'
PARAGRAPHS = st.lists(
    st.text(LETTERS, min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=6
)


@given(PARAGRAPHS, st.data())
@settings(max_examples=EXAMPLES * 3)
def test_any_substring_of_any_text_is_found_and_marked(
    paragraphs: list[str], data: st.DataObject
) -> None:
    index = make_index({"a": [(text, Kind.BODY, ()) for text in paragraphs]})
    number = data.draw(st.integers(0, len(paragraphs) - 1))
    substring = draw_substring(data, paragraphs[number], 30)
    found = {hit.id: hit for hit in index.scan(substring)}
    assert f"a:1:{number + 1}" in found
    check_marks(found[f"a:1:{number + 1}"], substring)


@given(st.text(st.characters(codec=None), max_size=80) | st.text(LETTERS, max_size=80))
@settings(max_examples=EXAMPLES * 3)
def test_no_text_is_a_query_too_strange(text: str) -> None:
    try:
        results = STRANGE.search(text, explain=True)
    except TooLong:
        return
    strict = len(results.hits) - results.following
    assert results.total >= strict
    assert [hit.id for hit in results][:strict] == [hit.id for hit in STRANGE.scan(text)][:10]


STRANGE = make_index(
    {
        "a": [
            ("援疆教育“1+1”（a|b）-《疆》·", Kind.BODY, ("嘉兴",)),
            ("什么?AND或NOT", Kind.BODY, ()),
        ],
        "b": [("教育~10", Kind.TITLE, ()), ("城市:嘉兴 日期：2023", Kind.BODY, ())],
    }
)
