"""Counts, neighbours and concordances equal brute force over the texts."""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from dataclasses import replace
from math import isclose, log
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.search_samples import STAMP, make_documents

from indexer.engines import open_engine
from indexer.errors import TooLong, UnknownField
from indexer.model import Article, Document, Kind, Page, PageRecord
from indexer.search import Index
from indexer.search.statistics_methods import count_texts
from indexer.settings import Settings

LETTERS = "甲乙丙丁戊，。"
CITIES = ("杭州", "嘉兴", "沙雅")
TERMS = int(os.environ.get("CHAQUAN_COUNTED_TERMS", "60"))
"""Set it to 10,000 for the long run, which `tests/benchmarks/README.md` reports."""


def _random_documents(chance: random.Random) -> list[Document]:
    documents = []
    for page in range(8):
        rows = [
            (
                "".join(chance.choices(LETTERS, k=chance.randint(1, 40))),
                chance.choice((Kind.BODY, Kind.CAPTION)),
                tuple(chance.sample(CITIES, chance.randint(0, 2))),
            )
            for _ in range(chance.randint(3, 9))
        ]
        for document in make_documents(f"p{page}", rows):
            date = f"{2020 + page % 3}-0{1 + page}-02"
            facets = {**document.facets, "year": (date[:4],)}
            facets = {name: values for name, values in facets.items() if values}
            meta = replace(document.meta, date=date)
            article = 1 + document.number // 4
            name = f"p{page}:{article}:{document.number}"
            documents.append(replace(document, id=name, article=article, meta=meta, facets=facets))
    return [_repeat(documents, at, chance) for at in range(len(documents))]


def _repeat(documents: list[Document], at: int, chance: random.Random) -> Document:
    """Make some documents repeats of the one before, of which they print a part."""
    document, before = documents[at], documents[at - 1]
    same = (before.page, before.article) == (document.page, document.article)
    if not (at and same and document.number > 2 and chance.random() < 0.2):
        return document
    return replace(document, original=before.id)


@pytest.fixture(params=["memory", "whoosh"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Index, list[Document]]:
    """An index of random paragraphs in each engine, and the paragraphs."""
    documents = _random_documents(random.Random(7))
    settings = Settings(index=tmp_path / "index", engine=request.param, cutter="jieba")
    engine = open_engine(settings)
    with engine.writer(STAMP) as writer:
        for page in sorted({document.page for document in documents}):
            held = [document for document in documents if document.page == page]
            articles = tuple(Article(page, n) for n in sorted({one.article for one in held}))
            writer.put(PageRecord(Page(page, f"{page}.txt", "", page), articles), held)
    return Index(engine, settings), documents


def _hits(documents: list[Document], terms: list[str]) -> list[Document]:
    found = {one.id: one for one in documents if all(term in one.folded for term in terms)}
    return [one for one in found.values() if one.original not in found]


def _places(text: str, terms: list[str]) -> list[tuple[int, int]]:
    """Find the terms as a regular expression does, the longest first."""
    pattern = "|".join(sorted(map(re.escape, terms), key=len, reverse=True))
    return [found.span() for found in re.finditer(pattern, text)]


def _terms(chance: random.Random) -> list[str]:
    sizes = [chance.choice((1, 1, 2, 2, 3))] if chance.random() < 0.7 else [1, 2]
    return ["".join(chance.choices(LETTERS[:5], k=size)) for size in sizes]


def test_counts_equal_brute_force(archive: tuple[Index, list[Document]]) -> None:
    index, documents = archive
    chance = random.Random(1)
    sizes = Counter[tuple[str, str]]()
    for document in _hits(documents, []):
        for city in document.facets.get("city", ("",)):
            sizes[document.meta.date[:4] if document.meta.date else "", city] += len(
                document.folded
            )
    for _ in range(TERMS):
        terms = _terms(chance)
        query = " ".join(f'"{term}"' for term in terms)
        hits = _hits(documents, terms)
        occurrences, paragraphs = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        articles: dict[tuple[str, str], set[tuple[str, int]]] = {}
        for hit in hits:
            for city in hit.facets.get("city", ("",)):
                cell = (str(hit.meta.date)[:4], city)
                occurrences[cell] += len(_places(hit.folded, terms))
                paragraphs[cell] += 1
                articles.setdefault(cell, set()).add((hit.page, hit.article))
        counts = index.count(query, by=["year", "city"])
        assert {one.values: one.occurrences for one in counts.cells} == occurrences, query
        assert {one.values: one.paragraphs for one in counts.cells} == paragraphs
        assert {one.values: one.articles for one in counts.cells} == {
            cell: len(held) for cell, held in articles.items()
        }
        assert all(one.characters == sizes[one.values] for one in counts.cells)
        assert counts.occurrences == sum(len(_places(one.folded, terms)) for one in hits)
        assert counts.paragraphs == len(hits) == index.search(query, exact=True).total
        assert counts.articles == len({(one.page, one.article) for one in hits})


def test_totals_survive_that_another_thread_empties_the_cache() -> None:
    def count(texts: list[str]) -> dict[str, int]:
        opened.totals.clear()  # as another thread does while the engine counts
        return dict.fromkeys(texts, 1)

    reader = SimpleNamespace(totals=count)
    opened: Any = SimpleNamespace(totals={"甲": 3, "丙": 2}, reader=reader)
    assert count_texts(opened, ["甲", "乙", "丙"]) == {"甲": 3, "乙": 1, "丙": 2}


@pytest.mark.parametrize("chars", [1, 2])
def test_neighbours_equal_brute_force(archive: tuple[Index, list[Document]], chars: int) -> None:
    index, documents = archive
    chance = random.Random(2)
    texts = [one.folded for one in _hits(documents, [])]
    size = sum(map(len, texts))
    for _ in range(TERMS // 4):
        term = "".join(chance.choices(LETTERS[:5], k=chance.choice((1, 2))))
        sides: list[list[str]] = [[], []]
        occurrences = 0
        for hit in _hits(documents, [term]):
            for start, end in _places(hit.folded, [term]):
                occurrences += 1
                sides[0].append(hit.folded[max(0, start - chars) : start])
                sides[1].append(hit.folded[end : end + chars])
        found = index.neighbours(f'"{term}"', chars=chars, limit=5)
        assert found.occurrences == occurrences
        for side, given in zip(sides, (found.left, found.right), strict=True):
            counts = Counter(
                one for one in side if re.fullmatch(f"[{LETTERS[:5]}]{{{chars}}}", one)
            )
            totals = {
                one: sum(len(re.findall(f"(?={one})", text)) for text in texts) for one in counts
            }
            scores = sorted(
                (_g2(count, occurrences, totals[one], size) for one, count in counts.items()),
                reverse=True,
            )
            wanted = [score for score in scores if score > 0][:5]
            assert len(given) == len(wanted)
            assert all(map(isclose, (one.g2 for one in given), wanted))
            assert all(counts[one.text] == one.count for one in given)
            assert all(totals[one.text] == one.total for one in given)


def _g2(count: int, beside: int, total: int, size: int) -> float:
    if count * size <= beside * total:
        return 0.0
    table = [
        (count, beside * total),
        (beside - count, beside * (size - total)),
        (total - count, (size - beside) * total),
        (size - beside - total + count, (size - beside) * (size - total)),
    ]
    return 2 * sum(seen * log(seen * size / both) for seen, both in table if seen)


def test_every_line_of_the_concordance_comes_in_the_order_asked_for(
    archive: tuple[Index, list[Document]],
) -> None:
    index, documents = archive
    hits = _hits(documents, ["甲"])
    rows = [
        (hit.folded[:start][::-1][:12], hit.folded[end:][:12], str(hit.meta.date), hit.id, start)
        for hit in sorted(hits, key=lambda one: one.order)
        for start, end in _places(hit.text, ["甲"])
    ]
    for sort, key in (("left", 0), ("right", 1), ("date", 2)):
        wanted = [row[3:] for row in sorted(rows, key=lambda row, at=key: row[at])]
        lines = list(index.scan_concordance("甲", sort=sort))
        assert [(line.id, line.start) for line in lines] == wanted
        page = index.concordance("甲", sort=sort, start=3, size=4)
        assert (page.total, page.lines) == (len(rows), tuple(lines[3:7]))
    places = [hit.facets.get("city", ("龥",)) for hit in hits]
    lines = list(index.scan_concordance("甲", sort="place"))
    cities = {hit.id: min(held) for hit, held in zip(hits, places, strict=True)}
    assert [cities[line.id] for line in lines] == sorted(cities[line.id] for line in lines)


def test_names_are_looked_up_each_by_itself(archive: tuple[Index, list[Document]]) -> None:
    index, documents = archive
    names = ["甲乙", "丙", "丁戊甲", "从无此名", "  ", "丙"]
    rows = index.lookup_names(names)
    assert [row.name for row in rows] == ["甲乙", "丙", "丁戊甲", "从无此名"]
    for row in rows:
        hits = _hits(documents, [row.name])
        assert row.occurrences == sum(len(_places(hit.folded, [row.name])) for hit in hits)
        assert (row.paragraphs, row.articles) == (
            len(hits),
            len({(hit.page, hit.article) for hit in hits}),
        )
        first = min(hits, key=lambda hit: (hit.meta.date, hit.order), default=None)
        assert row.first == (first.id if first else None)
        cities = Counter(city for hit in hits for city in hit.facets.get("city", ()))
        assert dict(row.places) == cities
        assert dict(row.years) == Counter(str(hit.meta.date)[:4] for hit in hits)


def test_filters_and_fields_narrow_what_is_counted(archive: tuple[Index, list[Document]]) -> None:
    index, _ = archive
    whole = {row["city"]: row for row in index.count("甲", by="city").rows()}
    one = index.count("甲", city="嘉兴")
    assert one.occurrences == whole["嘉兴"]["occurrences"]
    assert one.total.characters == whole["嘉兴"]["characters"]


def test_what_cannot_be_counted_is_refused(archive: tuple[Index, list[Document]]) -> None:
    index, _ = archive
    with pytest.raises(UnknownField):
        index.count("甲", by="colour")
    with pytest.raises(TooLong):
        index.count("甲", by=["year", "city", "kind"])
    with pytest.raises(TooLong):
        index.neighbours("甲", chars=3)
    with pytest.raises(UnknownField):
        index.concordance("甲", sort="colour")


@pytest.mark.parametrize("name", ["sort", "facets"])
def test_what_would_change_no_count_is_refused(
    archive: tuple[Index, list[Document]], name: str
) -> None:
    index, _ = archive
    option: dict[str, Any] = {name: "city"}
    refused = pytest.raises(UnknownField, match=f"There is no filter '{name}'")
    with refused:
        index.count("甲", **option)
    with refused:
        index.neighbours("甲", **option)
    with refused:
        index.editions(**option)


def test_a_query_that_finds_nothing_counts_nothing(archive: tuple[Index, list[Document]]) -> None:
    index, _ = archive
    counts = index.count("从无此词", by="year")
    assert (counts.occurrences, counts.paragraphs, counts.cells) == (0, 0, ())
    assert counts.total.characters > 0
    assert index.neighbours("从无此词").left == ()
    assert index.concordance("从无此词").lines == ()
