"""What is stored of documents and pages is what was given, however little of it is written."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.engine_samples import document, record
from support.formats import read_pages

from indexer.documents import PageMaker
from indexer.engines.stored import document_facts, make_document, make_record, record_facts, to_json
from indexer.engines.whoosh.columns import TEXT_UNIT, Array, encode_units, ends_of
from indexer.engines.whoosh.compression import compress, decompress, text_edges
from indexer.model import Document, Terms
from indexer.settings import Settings

TEXT = st.text("援疆教育 \n，。A𠀀\ud800", max_size=30)


def restore(one: Document, *, normalised: bool = True) -> Document:
    """Write a document as JSON and read it."""
    facts = json.loads(to_json(document_facts(one, normalised=normalised)))
    return make_document(facts, folded=None if normalised else one.folded)


@given(TEXT, st.none() | TEXT, st.booleans())
def test_any_normalised_text_is_given_back(text: str, folded: str | None, normalised: bool) -> None:
    one = document(text)
    one = one if folded is None else replace(one, folded=folded)
    assert restore(one, normalised=normalised) == replace(one, terms=Terms())


@pytest.mark.parametrize("facets", [{}, {"kind": ("x",)}, {"kind": ("body",), "city": ("嘉兴",)}])
def test_facets_are_given_back(facets: dict[str, tuple[str, ...]]) -> None:
    assert restore(replace(document("援疆"), facets=facets)).facets == facets


def to_units(text: str) -> Array:
    return np.frombuffer(encode_units(text), TEXT_UNIT)


def test_real_pages_are_given_back(seeds: Path) -> None:
    make = PageMaker(Settings())
    for page in read_pages([seeds], problem=pytest.fail):
        made, documents = make(page)
        assert make_record(json.loads(to_json(record_facts(made)))) == made
        for one in documents:
            assert restore(one) == replace(one, terms=Terms())
        texts = to_units("".join(one.folded for one in documents))
        value = to_json(record_facts(made)).encode("utf-16-le")
        assert decompress(compress(value, texts), texts) == value
        assert len(compress(value, texts)) < len(compress(value, to_units(""))) / 2


def test_a_page_record_is_given_back() -> None:
    assert make_record(json.loads(to_json(record_facts(record("p"))))) == record("p")


@given(TEXT, TEXT)
def test_any_value_is_decompressed_with_its_text(value: str, text: str) -> None:
    data = to_json([value]).encode("utf-16-le", "surrogatepass")
    assert decompress(compress(data, to_units(text)), to_units(text)) == data


@pytest.mark.parametrize("change", [lambda data: data[:-2], lambda data: data + b"x"])
def test_what_was_not_compressed_is_refused(change: object) -> None:
    data = compress(b"x" * 99, to_units("援疆"))
    with pytest.raises((ValueError, zlib.error)):
        decompress(change(data), to_units("援疆"))  # type: ignore[operator]


def test_the_dictionary_of_a_page_is_the_texts_of_its_documents() -> None:
    number = np.array([-1, 1, 2, -1, -1, 1])
    begins, ends = text_edges(number, ends_of(np.array([0, 3, 4, 0, 0, 5])))
    assert begins.tolist() == [0, 0, 3, 7, 7, 7]
    assert ends.tolist() == [7, 3, 7, 7, 12, 12]
