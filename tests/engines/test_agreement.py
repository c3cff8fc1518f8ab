"""Random collections and requests: every engine gives what brute force gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.engine_samples import STAMP, document, record

from indexer.engines.base import Engine, Reader
from indexer.engines.memory import MemoryEngine
from indexer.engines.occurrences import OccurrenceRequest, Occurrences
from indexer.engines.whoosh import WhooshEngine
from indexer.model import (
    And,
    Contains,
    Dates,
    Document,
    Every,
    Filter,
    Keyword,
    Kind,
    Literal,
    LookAround,
    Matches,
    Near,
    Not,
    Or,
    Request,
    Sort,
    Term,
    Weighted,
    Wildcard,
)

texts = st.text("甲乙丙丁a1 。,\n𠀀", max_size=12)
tails = st.text("\U000f4e00\U000f0000甲", max_size=3).map(lambda text: text and "\U000f0001" + text)
substrings = st.text("甲乙丙丁a1 。,𠀀", max_size=3)
cities = st.lists(st.sampled_from(["杭州", "嘉兴", "沙雅"]), max_size=3, unique=True).map(tuple)
dates = st.none() | st.sampled_from(["2022", "2023-01", "2023-01-05", "2024"])
kinds = st.sampled_from([Kind.BODY, Kind.CAPTION, Kind.TITLE])
terms = st.tuples(st.sampled_from(["words", "chars", "pairs", "head"]), substrings)


@st.composite
def documents(draw: st.DrawFn, page: str, number: int) -> Document:
    return document(
        draw(texts) + draw(st.just("") | tails),
        page=page,
        article=number // 3,
        number=number,
        kind=draw(kinds),
        title=draw(st.none() | substrings),
        original=draw(st.sampled_from([None, None, 0, 1, 7])) if number > 1 else None,
        date=draw(dates),
        facets={"city": draw(cities)},
    )


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, list[Document]]:
    page = draw(st.sampled_from(["a", "b", "b/c", "ä"]))
    return page, [draw(documents(page, n)) for n in range(draw(st.integers(0, 5)))]


leaves = st.one_of(
    st.builds(lambda term: Term(*term), terms),
    st.builds(Literal, substrings),
    st.builds(Near, substrings, substrings, st.integers(0, 3), st.booleans(), st.booleans()),
    st.builds(
        LookAround,
        st.text("甲乙a", max_size=2),
        st.lists(st.text("丙 。𠀀", min_size=1, max_size=2), max_size=2).map(tuple),
        st.lists(st.text("丙1。", min_size=1, max_size=2), max_size=2).map(tuple),
    ),
    st.builds(Wildcard, st.text("甲乙a?*", max_size=4)),
    st.builds(
        Keyword,
        st.sampled_from(["city", "kind", "page", "x"]),
        st.sampled_from(["杭州", "body", "a"]),
    ),
    st.builds(Contains, st.sampled_from(["title", "heading"]), substrings),
    st.builds(Dates, dates, dates),
    st.just(Every()),
)
nodes = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple), st.integers(1, 2)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
filters = st.one_of(
    st.builds(Filter, st.just("city"), cities, cities, st.booleans()),
    st.builds(Filter, st.just("kind"), st.just(("body",))),
)
requests = st.builds(
    Request,
    match=nodes,
    tiers=st.lists(leaves, max_size=2).map(tuple),
    scores=st.lists(
        st.builds(lambda term, weight: Weighted(*term, weight), terms, st.sampled_from([0.5, 1.0])),
        max_size=3,
    ).map(tuple),
    kind_factors=st.dictionaries(kinds, st.sampled_from([0.5, 2.0])),
    filters=st.lists(filters, max_size=2).map(tuple),
    facets=st.just(("city", "kind", "page")),
    start=st.integers(0, 3),
    size=st.integers(0, 12),
    sort=st.sampled_from(Sort),
    per_article=st.integers(0, 3),
)


occurrence_requests = st.builds(
    OccurrenceRequest,
    match=nodes,
    find=st.lists(
        st.builds(Literal, substrings) | st.builds(Wildcard, st.text("甲乙a?*", max_size=4)),
        max_size=3,
    ).map(tuple),
    filters=st.lists(filters, max_size=1).map(tuple),
    facets=st.just(("city", "page", "date")),
    before=st.integers(0, 2),
    after=st.integers(0, 2),
)

flat = st.one_of(
    st.builds(lambda term: Term(*term), terms),
    st.builds(Literal, substrings),
    st.builds(
        lambda join, asked: join(tuple(Term(*term) for term in asked)),
        st.sampled_from([And, Or]),
        st.lists(terms, min_size=1, max_size=4),
    ),
)
weights = st.lists(st.builds(lambda term: Weighted(*term, 0.75), terms), max_size=4).map(tuple)
straight = st.builds(
    Request,
    match=flat,
    scores=weights,
    kind_factors=st.just({}) | st.dictionaries(kinds, st.sampled_from([0.5, 2.0])),
    filters=st.lists(filters, max_size=1).map(tuple),
    facets=st.just(("city",)),
    start=st.integers(0, 2),
    size=st.integers(0, 6),
)


def build(engine: Engine, commits: list[list[tuple[str, list[Document] | None]]]) -> Reader:
    for commit in commits:
        with engine.writer(STAMP) as writer:
            for page, held in commit:
                if held is None:
                    writer.remove(page)
                else:
                    writer.put(record(page, str(len(held))), held)
    return engine.reader()


def exactly(matches: Matches) -> tuple[object, ...]:
    hits = [(one.document, one.tier, one.repeats, one.in_article) for one in matches.hits]
    return matches.total, matches.articles, hits, matches.facets


def as_lists(found: Occurrences) -> tuple[object, ...]:
    numbers = (found.articles, found.lengths, found.owners, found.starts, found.ends)
    spans = [values.tolist() for values in numbers]
    contexts = [values.tolist() for values in (found.contexts_before, found.contexts_after)]
    facets = {
        name: (codes.values, codes.owners.tolist(), codes.codes.tolist())
        for name, codes in found.facets.items()
    }
    return found.ids(range(found.documents)), spans, contexts, facets


def assert_grouped(reader: Reader, request: Request) -> None:
    """Group all hits by article as a plain loop does."""
    every = reader.find(replace(request, start=0, size=999, per_article=0)).hits
    groups: dict[tuple[str, int], list[str]] = {}
    for hit in every:
        groups.setdefault((hit.document.page, hit.document.article), []).append(hit.document.id)
    for most in (1, 2, 9):
        pages = [
            reader.find(replace(request, start=start, size=2, per_article=most)).hits
            for start in range(0, len(groups) + 1, 2)
        ]
        found = [hit.document.id for page in pages for hit in page]
        assert found == [name for group in groups.values() for name in group[:most]]


@st.composite
def plain_pages(draw: st.DrawFn) -> tuple[str, list[Document]]:
    """Pages on which nothing repeats, whose terms are mostly those that the texts imply."""
    page, held = draw(pages())
    return page, [replace(one, original=None) for one in held]


changes = st.one_of(pages(), st.tuples(st.sampled_from(["a", "b"]), st.none()))
collections = st.lists(st.lists(changes, min_size=1, max_size=4), min_size=1, max_size=3)


@pytest.mark.usefixtures("loops")
@settings(max_examples=60)
@given(commits=collections, asked=st.lists(requests, min_size=1, max_size=5))
def test_engines_agree(
    commits: list[list[tuple[str, list[Document] | None]]], asked: list[Request]
) -> None:
    with TemporaryDirectory() as folder:
        one = build(MemoryEngine(), commits)
        two = build(WhooshEngine(Path(folder)), commits)
        for request in asked:
            expected, given = one.find(request), two.find(request)
            assert exactly(given) == exactly(expected)
            scores = [match.score for match in expected.hits]
            assert [match.score for match in given.hits] == pytest.approx(scores, abs=1e-9)
            assert list(two.scan(request)) == list(one.scan(request))
            assert_grouped(two, request)
        assert two.pages() == one.pages()
        for field in ("words", "chars", "pairs", "head"):
            assert list(two.vocabulary(field)) == list(one.vocabulary(field))


@pytest.mark.usefixtures("loops")
@settings(max_examples=60)
@given(
    commits=st.lists(st.lists(plain_pages(), min_size=1, max_size=4), min_size=1, max_size=2),
    asked=st.lists(straight, min_size=1, max_size=8),
)
def test_engines_agree_where_scores_alone_decide(
    commits: list[list[tuple[str, list[Document]]]], asked: list[Request]
) -> None:
    with TemporaryDirectory() as folder:
        one = build(MemoryEngine(), [list(commit) for commit in commits])
        two = build(WhooshEngine(Path(folder)), [list(commit) for commit in commits])
        for request in asked:
            expected, given = one.find(request), two.find(request)
            assert exactly(given) == exactly(expected)
            scores = [match.score for match in expected.hits]
            assert [match.score for match in given.hits] == pytest.approx(scores, abs=1e-12)


@settings(max_examples=60)
@given(commits=collections, asked=st.lists(occurrence_requests, min_size=1, max_size=4))
def test_engines_agree_on_occurrences(
    commits: list[list[tuple[str, list[Document] | None]]], asked: list[OccurrenceRequest]
) -> None:
    with TemporaryDirectory() as folder:
        one = build(MemoryEngine(), commits)
        two = build(WhooshEngine(Path(folder)), commits)
        for request in asked:
            expected = one.occurrences(request)
            assert as_lists(two.occurrences(request)) == as_lists(expected)
            counted = two.occurrences(replace(request, counts_only=True))
            assert counted.counts.tolist() == expected.counts.tolist()
            assert counted.ids(range(counted.documents)) == expected.ids(range(expected.documents))
