"""Where substrings occur, as arrays: the same from every engine."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from support.engine_samples import A1, A2, A3, B1, C1, DOCUMENTS, document, fill

from indexer.engines.base import Engine
from indexer.engines.occurrences import FacetCodes, OccurrenceRequest, Occurrences
from indexer.engines.text_spans import find_spans
from indexer.model import Every, Filter, Literal, LookAround, Near, Node, Not, TextNode, Wildcard


def occurrences(engine: Engine, *find: TextNode, **asked: Any) -> Occurrences:
    match: Node = asked.pop("match", find[0])
    return fill(engine, DOCUMENTS).occurrences(OccurrenceRequest(match, find, **asked))


def spans(found: Occurrences) -> list[tuple[str, int, int]]:
    owners, starts, ends = (values.tolist() for values in (found.owners, found.starts, found.ends))
    return list(zip(found.ids(owners), starts, ends, strict=True))


def texts(codes: np.ndarray[Any, Any]) -> list[str]:
    return ["".join(map(chr, row)).rstrip("\0") for row in codes.tolist()]


def carried(found: Occurrences, codes: FacetCodes) -> list[tuple[str, str]]:
    values = [codes.values[code] for code in codes.codes.tolist()]
    return list(zip(found.ids(codes.owners.tolist()), values, strict=True))


@pytest.mark.parametrize(
    ("find", "expected"),
    [
        ([Literal("教育")], [(A1, 2, 4), (A2, 0, 2), (A3, 6, 8), (B1, 0, 2)]),
        ([Literal("育，沙")], [(A1, 3, 6)]),
        ([Literal("𠀀")], [(C1, 0, 1), (C1, 2, 3)]),
        (
            [Literal("育"), Literal("𠀀教")],
            [(A1, 3, 4), (A2, 1, 2), (A3, 7, 8), (B1, 1, 2), (C1, 0, 2), (C1, 3, 4)],
        ),
        (
            [Literal("教"), Literal("教")],
            [(A1, 2, 3), (A2, 0, 1), (A3, 6, 7), (B1, 0, 1), (C1, 1, 2)],
        ),
        ([Literal("没有")], []),
        ([Literal("")], []),
        ([LookAround("教育", ("疆",), ())], [(A2, 0, 2), (A3, 6, 8), (B1, 0, 2)]),
        (
            [LookAround("教育", (), ("，",)), Literal("𠀀")],
            [(A2, 0, 2), (A3, 6, 8), (B1, 0, 2), (C1, 0, 1), (C1, 2, 3)],
        ),
        ([LookAround("", ("疆",), ())], []),
        ([Wildcard("援?教")], [(A1, 0, 3)]),
        (
            [Wildcard("?教"), Literal("教育")],
            [(A1, 1, 3), (A1, 2, 4), (A2, 0, 2), (A3, 5, 7), (A3, 6, 8), (B1, 0, 2), (C1, 0, 2)],
        ),
    ],
)
def test_occurrences_by_document(
    engine: Engine, find: list[TextNode], expected: list[tuple[str, int, int]]
) -> None:
    assert spans(occurrences(engine, *find, match=Every())) == expected


def test_texts_near_each_other_are_where_the_reference_finds_them(engine: Engine) -> None:
    chance = random.Random(7)
    texts = ["".join(chance.choices("教育援，。", k=chance.randrange(30))) for _ in range(40)]
    reader = fill(engine, [document(text, number=n) for n, text in enumerate(texts, 1)])
    for number in range(150):
        first, second = (
            "".join(chance.choices("教育援", k=chance.choice((1, 1, 2)))) for _ in "ab"
        )
        node = Near(first, second, chance.randrange(5), number % 3 == 0, number % 2 == 0)
        found = reader.occurrences(OccurrenceRequest(Every(), (node,)))
        expected = [sorted({*find_spans(text, node)}) for text in texts]
        rows = zip(found.owners.tolist(), found.starts.tolist(), found.ends.tolist(), strict=True)
        assert [*rows] == [(n, *span) for n, spans in enumerate(expected) for span in spans]


def test_only_what_is_asked_for_is_found(engine: Engine) -> None:
    found = occurrences(engine, Literal("嘉兴"), match=Not(Literal("abc教")))
    assert spans(found) == [(B1, 6, 8)]
    assert found.documents == 5


def test_overlapping_occurrences_are_all_listed(engine: Engine) -> None:
    reader = fill(engine, [document("哈哈哈哈"), document("哈哈", number=2)])
    found = reader.occurrences(OccurrenceRequest(Every(), (Literal("哈哈哈"), Literal("哈哈"))))
    assert list(zip(found.owners.tolist(), found.starts.tolist(), strict=True)) == [
        (0, 0),
        (0, 0),
        (0, 1),
        (0, 1),
        (0, 2),
        (1, 0),
    ]


def test_no_occurrence_reaches_into_the_next_document(engine: Engine) -> None:
    reader = fill(engine, [document("甲乙"), document("丙", number=2), document("", number=3)])
    found = reader.occurrences(OccurrenceRequest(Every(), (Literal("乙丙"),), before=1, after=1))
    assert not len(found.owners)
    assert found.documents == 3


def test_contexts_are_nearest_first_and_end_with_the_text(engine: Engine) -> None:
    found = occurrences(engine, Literal("教"), match=Every(), before=3, after=2)
    assert texts(found.contexts_before) == ["疆援", "", "cba", "", "𠀀"]
    assert texts(found.contexts_after) == ["育，", "育援", "育", "育 ", "𠀀育"]
    assert found.contexts_before.shape == (5, 3)


def test_filters_and_facets(engine: Engine) -> None:
    found = occurrences(
        engine,
        Literal("教育"),
        filters=(Filter("city", ("嘉兴", "杭州")),),
        facets=("city", "kind", "unknown"),
    )
    assert found.ids(range(found.documents)) == [A1, A2, B1]
    assert carried(found, found.facets["city"]) == [
        (A1, "嘉兴"),
        (A1, "沙雅"),
        (A2, "杭州"),
        (B1, "嘉兴"),
    ]
    assert found.facets["kind"].values == ("body",)
    assert found.facets["unknown"].values == ()


def test_documents_are_described_where_nothing_is_looked_for(engine: Engine) -> None:
    texts = ["𠀀甲乙", "甲\U000f4e00\U000f0001", ""]
    held = [document(text, number=n, article=n // 3) for n, text in enumerate(texts, 2)]
    request = OccurrenceRequest(Every(), (), facets=("date",))
    found = fill(engine, [*held, document("丁", page="b", date="2023-10")]).occurrences(request)
    assert found.lengths.tolist() == [3, 1, 0, 1]
    assert found.articles.tolist() == [0, 1, 1, 2]
    assert carried(found, found.facets["date"]) == [("b:1:1", "2023-10")]


def test_a_repeat_is_folded_into_its_original(engine: Engine) -> None:
    reader = fill(
        engine,
        [document("援疆援疆"), document("援疆", number=2, original=1), document("援", page="b")],
    )
    found = reader.occurrences(OccurrenceRequest(Literal("援疆"), (Literal("援疆"),)))
    assert (found.documents, found.starts.tolist()) == (1, [0, 2])
