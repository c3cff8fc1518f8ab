"""What is stored of documents and pages is what was given, however little of it is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from engine_samples import document, record
from hypothesis import given
from hypothesis import strategies as st

from indexer.build import PageMaker
from indexer.engines.whoosh import store
from indexer.engines.whoosh.documents import (
    dump_document,
    dump_record,
    find_folds,
    load_document,
    load_folds,
    load_record,
)
from indexer.engines.whoosh.pagetext import put_in, take_out
from indexer.model import Span, Terms
from indexer.pages import read_pages
from indexer.settings import Settings

TEXT = st.text("援疆教育 \n，。A𠀀", max_size=30)
SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: Span(min(pair), max(pair))),
    max_size=4,
)


@given(TEXT, st.lists(SPANS, max_size=5), st.sampled_from(["", " ", "、", "  "]), st.data())
def test_any_page_is_put_together_again(
    page: str, held: list[list[Span]], joint: str, data: st.DataObject
) -> None:
    cuttings = [
        (data.draw(st.just(joint.join(page[a:b] for a, b in spans)) | TEXT), spans)
        for spans in held
    ]
    rest, odd = take_out(page, cuttings)
    assert put_in(rest, cuttings, odd) == page


@pytest.mark.parametrize(
    ("cuttings", "rest", "odd"),
    [
        ([("援疆", [(0, 2)]), ("教育", [(3, 5)])], "\n。", []),
        ([("援 教育", [(0, 1), (3, 5)])], "疆\n。", []),
        ([("援疆", [(0, 2)]), ("疆", [(1, 2)])], "\n教育。", []),
        ([("援江", [(0, 2)]), ("教育", [(3, 5)])], "援疆\n。", [0]),
    ],
)
def test_a_page_keeps_what_its_documents_do_not_hold(
    cuttings: list[tuple[str, list[tuple[int, int]]]], rest: str, odd: list[int]
) -> None:
    assert take_out("援疆\n教育。", cuttings) == (rest, odd)


def test_little_is_left_of_real_pages(seeds: Path) -> None:
    make = PageMaker(Settings())
    for page in read_pages([seeds], problem=pytest.fail):
        made, documents = make(page)
        held = sorted(documents, key=lambda one: one.order)
        folds = find_folds(held)
        assert folds
        stored = [dump_document(one, folds=folds) for one in held]
        whole = dump_record(made, held, folds)
        assert load_record(whole, stored) == made
        assert load_folds(whole) == folds
        rest, odd = take_out(page.text, [(one.text, one.spans) for one in held])
        assert (rest.strip(), odd) == ("", []), rest
        for one, data in zip(held, stored, strict=True):
            assert load_document(data, folds=folds) == replace(one, terms=Terms())


@given(TEXT, st.one_of(st.none(), TEXT))
def test_any_folded_text_is_given_back(text: str, folded: str | None) -> None:
    one = document(text)
    one = replace(one, folded=folded) if folded is not None else one
    assert load_document(dump_document(one)) == replace(one, terms=Terms())


@given(st.lists(st.tuples(TEXT, st.one_of(st.none(), TEXT)), max_size=3))
def test_any_page_tells_how_it_was_folded(texts: list[tuple[str, str | None]]) -> None:
    held = [
        replace(one, folded=one.folded if folded is None else folded)
        for one, folded in ((document(text), folded) for text, folded in texts)
    ]
    folds = find_folds(held)
    for one in held:
        stored = dump_document(one, folds=folds)
        assert load_document(stored, folds=folds).folded == one.folded


@pytest.mark.parametrize(
    ("texts", "folds"),
    [
        ([("ＡＢ援", "ab援"), ("Ｂ", "b")], ("ＡＢ", "ab")),
        ([("ＡＢ", "ab"), ("Ｂ", "c")], None),
        ([("ＡＢ", "ab"), ("Ｂ", "Ｂ")], None),
        ([("ＡＢ", "a"), ("Ｂ", "b")], ("Ｂ", "b")),
        ([("ab", "ab")], ("", "")),
    ],
)
def test_a_page_tells_how_it_was_folded(
    texts: list[tuple[str, str]], folds: tuple[str, str] | None
) -> None:
    held = [replace(document(text), folded=folded) for text, folded in texts]
    assert find_folds(held) == folds


@pytest.mark.parametrize("facets", [{}, {"kind": ("x",)}, {"kind": ("body",), "city": ("嘉兴",)}])
def test_facets_are_given_back(facets: dict[str, tuple[str, ...]]) -> None:
    one = replace(document("援疆"), facets=facets)
    assert load_document(dump_document(one)).facets == facets


def test_what_format_1_stored_is_still_read() -> None:
    assert 1 in store.READABLE
    old = '{"page":"a","article":1,"number":2,"kind":"body","text":"ＡＢ","folded":[[0],"a"]}'
    assert load_document(old).folded == "aＢ"
    whole = dump_record(record("p")).replace(',"odd":[]', "")
    assert load_record(whole, ["no JSON"]) == record("p")
