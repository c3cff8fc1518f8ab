"""What every engine promises, one table after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.engine_samples import (
    A1,
    A2,
    A3,
    B1,
    B2,
    C1,
    DOCUMENTS,
    EVERY,
    STAMP,
    ask,
    cut,
    document,
    fill,
    ids,
    record,
)

from indexer.engines.base import Engine, average_length, bm25, idf
from indexer.engines.lengths import quantised
from indexer.model import (
    And,
    Contains,
    Dates,
    Every,
    Filter,
    Keyword,
    Kind,
    Literal,
    LookAround,
    Mention,
    Near,
    Node,
    Not,
    Or,
    PageMeta,
    Request,
    Rerank,
    Sort,
    Span,
    Term,
    Truncation,
    Weighted,
    Wildcard,
)


@pytest.mark.parametrize(
    ("node", "found"),
    [
        (Every(), EVERY),
        (Term("words", "援疆"), [A1, A2]),
        (Term("words", "援"), []),
        (Term("chars", "援"), [A1, A2]),
        (Term("pairs", "疆教"), [A1]),
        (Term("head", "教育"), [A3]),
        (Literal("疆教育"), [A1]),
        (Literal("疆。杭"), [A2]),
        (Literal("育，沙"), [A1]),
        (Literal("，"), [A1]),
        (Literal("教"), [A1, A2, A3, B1, C1]),
        (Literal("𠀀教𠀀"), [C1]),
        (Literal("兴 a"), [A3]),
        (Literal("没有"), []),
        (Literal(""), []),
        (Near("援疆", "教育"), [A1, A2]),
        (Near("援疆", "沙雅", 2), []),
        (Near("沙雅", "援疆", 3), [A1]),
        (Near("教育", "教育", 99), []),
        (Near("援疆", "杭州", 9), [A2]),
        (Near("援疆", "杭州", sentence=True), []),
        (Near("沙雅", "教育", sentence=True), [A1]),
        (Near("教育", "援疆", 0, ordered=True), [A2]),
        (Near("沙雅", "教育", 9, ordered=True), []),
        (Near("沙雅", "教育", sentence=True, ordered=True), []),
        (Near("教育", "沙雅", sentence=True, ordered=True), [A1]),
        (LookAround("教育", not_before=("援疆",)), [A2, A3, B1]),
        (LookAround("教育", not_after=("，", "援")), [A3, B1]),
        (LookAround("教育", ("c",), (" ",)), [A1, A2]),
        (LookAround("教"), [A1, A2, A3, B1, C1]),
        (LookAround("教", ("𠀀",)), [A1, A2, A3, B1]),
        (LookAround("", ("援",)), []),
        (Wildcard("援?教"), [A1]),
        (Wildcard("嘉*教"), []),
        (Wildcard("a*嘉"), [B1]),
        (Wildcard("教?育"), [C1]),
        (Wildcard("育?沙"), []),
        (Wildcard("援*育"), [A1]),
        (Wildcard("*雅"), [A1]),
        (Keyword("city", "嘉兴"), [A1, B1]),
        (Keyword("kind", "caption"), [A3]),
        (Keyword("page", "b/c:d"), [C1]),
        (Keyword("nothing", "x"), []),
        (Contains("title", "兴援"), [A1]),
        (Contains("heading", "教"), [A3]),
        (Contains("author", "教"), []),
        (Dates("2023", "2023"), [A2, A3]),
        (Dates("2023-11", None), [A3, B1]),
        (Dates(None, "2023-10-26"), [A3]),
        (Dates(None, None), [A2, A3, B1]),
        (And((Literal("教育"), Not(Literal("援疆")))), [A3, B1]),
        (And(()), EVERY),
        (Or(()), []),
        (Or((Literal("杭州"), Literal("沙雅"))), [A1, A2]),
        (Or((Literal("杭州"), Literal("援疆"), Literal("教育")), at_least=2), [A1, A2]),
        (Or((Literal("杭州"), Literal("杭州")), at_least=2), [A2]),
        (Not(Every()), []),
        (Not(Keyword("city", "嘉兴")), [A2, A3, B2, C1]),
    ],
)
def test_matches(engine: Engine, node: Node, found: list[str]) -> None:
    reader = fill(engine, DOCUMENTS)
    matches = ask(reader, node, sort=Sort.PAGE)
    assert ids(matches) == found
    assert matches.total == len(found)
    assert [one.document.id for one in reader.scan(Request(node, sort=Sort.PAGE))] == found


def _average(lengths: Sequence[int]) -> float:
    return average_length(sum(lengths), sum(length * length for length in lengths))


def test_scores_are_bm25_over_live_documents(engine: Engine) -> None:
    fill(engine, DOCUMENTS)
    with engine.writer(STAMP) as writer:
        writer.remove("b/c:d")
    scores = (Weighted("words", "援疆", 0.75), Weighted("chars", "教", 0.5))
    request = Request(Every(), scores=scores, kind_factors={"body": 2.0})
    lengths = [[quantised(len(cut(one.folded).words)) for one in DOCUMENTS[:5]]]
    lengths.append([quantised(len(cut(one.folded).chars)) for one in DOCUMENTS[:5]])
    words = 0.75 * idf(5, 2) * bm25(1, lengths[0][0], _average(lengths[0]))
    chars = 0.5 * idf(5, 4) * bm25(1, lengths[1][0], _average(lengths[1]))
    found = {match.document.id: match.score for match in engine.reader().find(request).hits}
    assert found[A1] == pytest.approx(2 * (words + chars), abs=1e-9)
    assert found[B2] == 0


def test_tiers_decide_before_scores_and_page_order_breaks_ties(engine: Engine) -> None:
    reader = fill(engine, DOCUMENTS)
    tiers = (Literal("abc教"), Literal("abc"), Literal("援疆"))
    matches = ask(reader, tiers=tiers, scores=(Weighted("words", "杭州", 1.0),))
    assert ids(matches) == [A3, B1, A2, A1, B2, C1]
    assert [match.tier for match in matches.hits] == [0, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        (Sort.PAGE, EVERY),
        (Sort.DATE, [A3, A2, B1, A1, B2, C1]),
        (Sort.NEWEST, [B1, A2, A3, A1, B2, C1]),
    ],
)
@pytest.mark.parametrize(("start", "size"), [(0, 10), (0, 2), (2, 3), (5, 1), (6, 5), (1, 0)])
def test_orders_and_pages(
    engine: Engine, sort: Sort, found: list[str], start: int, size: int
) -> None:
    matches = ask(fill(engine, DOCUMENTS), sort=sort, start=start, size=size)
    assert ids(matches) == found[start : start + size]
    assert (matches.total, matches.articles) == (6, 3)


@pytest.mark.parametrize(
    ("node", "filters", "counts"),
    [
        (Every(), (), {A1: 3, A2: 3, A3: 3, B1: 2, B2: 2, C1: 1}),
        (Literal("嘉兴"), (), {A3: 1, B1: 1}),
        (Literal("教育"), (Filter("kind", ("body",)),), {A1: 2, A2: 2, B1: 1}),
    ],
)
def test_a_hit_counts_those_of_its_article(
    engine: Engine, node: Node, filters: tuple[Filter, ...], counts: dict[str, int]
) -> None:
    reader = fill(engine, DOCUMENTS)
    for start in range(len(counts)):
        (hit,) = ask(reader, node, filters=filters, start=start, size=1).hits
        assert hit.in_article == counts[hit.document.id]
    assert {hit.in_article for hit in reader.scan(Request(node, filters=filters))} == {0}


@pytest.mark.parametrize(
    ("start", "size", "per_article", "found"),
    [
        (0, 9, 2, [A2, A1, B1, B2, C1]),
        (0, 9, 1, [A2, B1, C1]),
        (0, 1, 9, [A2, A1, A3]),
        (1, 1, 9, [B1, B2]),
        (2, 5, 9, [C1]),
        (3, 5, 9, []),
        (0, 0, 9, []),
    ],
)
def test_hits_come_article_by_article(
    engine: Engine, start: int, size: int, per_article: int, found: list[str]
) -> None:
    reader = fill(engine, DOCUMENTS)
    tiers = (Literal("杭州"), Literal("沙雅"), Literal("教育 abc"), Literal("abc"))
    matches = ask(
        reader,
        tiers=tiers,
        start=start,
        size=size,
        per_article=per_article,
        rerank=Rerank(2, lambda folded, kind: 0.0),
        facets=("city",),
    )
    assert ids(matches) == found
    assert (matches.total, matches.articles) == (6, 3)
    assert matches.facets == {"city": {"嘉兴": 2, "沙雅": 1, "杭州": 1}}


@pytest.mark.parametrize("most", [1, 2, 3])
def test_few_of_the_articles_come_by_score_and_number_of_hits(engine: Engine, most: int) -> None:
    reader, options = (
        fill(engine, DOCUMENTS),
        {"per_article": 1, "scores": (Weighted("chars", "教", 1.0),)},
    )
    every = ask(reader, **options).hits
    largest = sorted(every, key=lambda match: -match.score * match.in_article)
    assert [match.document.id for match in largest] != [match.document.id for match in every]
    found = ask(reader, most_articles=most, **options).hits
    assert found == tuple(largest[:most])


@pytest.mark.parametrize("start", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("size", [0, 1, 4])
@pytest.mark.parametrize("block", [2, 3, 9])
def test_a_first_block_comes_in_a_better_order(
    engine: Engine, start: int, size: int, block: int
) -> None:
    def bonus(folded: str, kind: Kind) -> float:
        return 2.0 * folded.count("嘉") + (kind is Kind.FURNITURE)

    reader = fill(engine, DOCUMENTS)
    plain = Request(
        Every(), tiers=(Literal("援疆"),), scores=(Weighted("words", "教育", 1.0),), size=9
    )
    hits = reader.find(plain).hits
    better = [
        replace(hit, score=hit.score + bonus(hit.document.folded, hit.document.kind))
        for hit in hits[:block]
    ]
    better.sort(key=lambda hit: (hit.tier, -hit.score, hit.document.order))
    expected = list(hits) if start >= block else [*better, *hits[block:]]
    asked = replace(plain, start=start, size=size, rerank=Rerank(block, bonus))
    found = reader.find(asked)
    assert [(hit.document.id, hit.tier, hit.in_article) for hit in found.hits] == [
        (hit.document.id, hit.tier, hit.in_article) for hit in expected[start : start + size]
    ]
    assert [hit.score for hit in found.hits] == pytest.approx(
        [hit.score for hit in expected[start : start + size]]
    )
    by_page = replace(asked, sort=Sort.PAGE)
    assert ids(reader.find(by_page)) == ids(reader.find(replace(by_page, rerank=None)))


def test_a_reader_has_the_time_of_its_commit(engine: Engine) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)  # a file system may keep whole seconds
    first = fill(engine, DOCUMENTS[:1])
    assert before <= first.made <= datetime.now(UTC) + timedelta(seconds=2)
    assert engine.reader().made == first.made
    assert fill(engine, DOCUMENTS).made >= first.made


def test_numbers_are_ordered_as_numbers_and_pages_by_code_points(engine: Engine) -> None:
    made = [
        document("x", page=page, article=article, number=number)
        for page in ("b", "a", "é", "Z", "a/b", "a-b", "𠀀", "￥")
        for article in (10, 9)
        for number in (2, 11)
    ]
    expected = [one.id for one in sorted(made, key=lambda one: one.order)]
    assert ids(ask(fill(engine, made), size=99)) == expected


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (Filter("city", ("嘉兴",)), [A1, B1]),
        (Filter("city", ("嘉兴", "杭州")), [A1, A2, B1]),
        (Filter("city", ("嘉兴", "沙雅"), every=True), [A1]),
        (Filter("city", excluded=("沙雅",)), [A2, A3, B1, B2, C1]),
        (Filter("city", ("嘉兴",), excluded=("沙雅",)), [B1]),
        (Filter("city", ("没有",)), []),
        (Filter("kind", ("caption", "furniture")), [A3, B2]),
    ],
)
def test_filters(engine: Engine, one: Filter, found: list[str]) -> None:
    assert ids(ask(fill(engine, DOCUMENTS), filters=(one,), sort=Sort.PAGE)) == found


def test_counts_leave_their_own_filter_aside_and_obey_all_others(engine: Engine) -> None:
    filters = (Filter("city", ("嘉兴",)), Filter("kind", ("body",), excluded=("furniture",)))
    matches = ask(fill(engine, DOCUMENTS), filters=filters, facets=("city", "kind", "page", "x"))
    assert ids(matches) == [A1, B1]
    assert matches.facets == {
        "city": {"嘉兴": 2, "沙雅": 1, "杭州": 1},
        "kind": {"body": 2},
        "page": {"a": 1, "b": 1},
        "x": {},
    }


def test_counts_obey_their_own_all_of_filter(engine: Engine) -> None:
    filters = (Filter("city", ("嘉兴", "沙雅"), every=True),)
    matches = ask(fill(engine, DOCUMENTS), filters=filters, facets=("city",))
    assert matches.facets["city"] == {"嘉兴": 1, "沙雅": 1}


REPEATS = (
    document("援疆教育", number=1, facets={"city": ("嘉兴",)}),
    document("援疆教盲", number=2, original=1, facets={"city": ("杭州",)}),
    document("援疆教肓", number=3, original=1),
    document("援疆", number=4, original=9),
)


@pytest.mark.parametrize(
    ("node", "found"),
    [
        (Literal("援疆"), {"a:1:1": ("a:1:2", "a:1:3"), "a:1:4": ()}),
        (Literal("教盲"), {"a:1:2": ()}),
        (Literal("教育"), {"a:1:1": ()}),
    ],
)
def test_repeats_are_folded_into_their_originals(
    engine: Engine, node: Node, found: dict[str, tuple[str, ...]]
) -> None:
    matches = ask(fill(engine, REPEATS), node, facets=("city",))
    assert {match.document.id: match.repeats for match in matches.hits} == found
    assert matches.total == len(found)


def test_filters_and_counts_come_after_folding(engine: Engine) -> None:
    reader = fill(engine, REPEATS)
    matches = ask(reader, filters=(Filter("city", ("杭州",)),), facets=("city",))
    assert (matches.total, matches.facets) == (0, {"city": {"嘉兴": 1}})


def test_a_document_comes_back_as_it_was_but_for_its_terms(engine: Engine) -> None:
    full = replace(
        document("援疆\x00ＡＢ𠀀\n\ud800教育", page="版 一/ä:1", title="题\t目", heading="h"),
        mentions=(Mention("嘉兴", "嘉", Span(1, 2)), Mention("沙雅", "沙雅县", Span(0, 1))),
        truncated=Truncation.END,
        meta=PageMeta(newspaper="n", date="2023", edition="4", title="t", url="u"),
        spans=(Span(3, 5), Span(9, 15)),
        lines=((1, 2), (3, 9)),
        original="版 一/ä:1:1:9",
    )
    full = replace(full, folded=full.text.replace("Ａ", "a"), facets={"city": ("甲", "乙")})
    reader = fill(engine, [full])
    bare = replace(full, terms=type(full.terms)())
    assert reader.documents([full.id, "nobody", "版 一/ä:1"]) == {full.id: bare}
    assert ask(reader, Literal("𠀀\n\ud800教")).hits[0].document == bare
    assert type(reader.documents([full.id])[full.id].kind) is Kind


def test_articles_and_pages_come_back(engine: Engine) -> None:
    reader = fill(engine, reversed(DOCUMENTS))
    assert [one.id for one in reader.article("a", 1)] == [A1, A2, A3]
    assert reader.article("a", 2) == reader.article("x", 1) == ()
    assert reader.page("b") == record("b")
    assert reader.page("x") is None
    assert list(reader.pages().items()) == [("a", "1"), ("b", "1"), ("b/c:d", "1")]
    assert reader.count() == 6
    assert reader.stamp == STAMP
    assert engine.check() >= 0


def test_vocabulary(engine: Engine) -> None:
    reader = fill(engine, DOCUMENTS)
    assert list(reader.vocabulary("words", "教")) == [("教育", 3)]
    assert next(reader.vocabulary("words")) == ("ab", 2)
    texts = [text for text, _ in reader.vocabulary("chars")]
    assert texts == sorted(texts)
    assert "𠀀" in texts


def test_frequencies(engine: Engine) -> None:
    fill(engine, DOCUMENTS)
    with engine.writer(STAMP) as writer:
        writer.remove("b/c:d")
    terms = [Term("chars", "教"), Term("words", "教"), Term("head", "教育")]
    assert engine.reader().frequencies(terms) == dict(zip(terms, (4, 0, 1), strict=True))


def test_words_are_counted_alike_one_by_one_and_together(engine: Engine) -> None:
    fill(engine, DOCUMENTS)
    with engine.writer(STAMP) as writer:
        writer.remove("b/c:d")
    reader, terms = engine.reader(), [Term("words", text) for text in ("教育", "ab", "无此")]
    counts = [reader.frequencies(terms)[term] for term in terms]
    words = dict(reader.vocabulary("words"))
    assert [words.get(term.text, 0) for term in terms] == counts
    assert [reader.frequencies(terms)[term] for term in terms] == counts
    for prefix in ("教", "教育", "无"):
        begun = [word for word in words if word.startswith(prefix)]
        assert [word for word, _ in reader.vocabulary("words", prefix)] == begun


def test_pairs_and_matches_are_counted_together(engine: Engine) -> None:
    fill(engine, DOCUMENTS)
    with engine.writer(STAMP) as writer:
        writer.remove("b/c:d")
    reader = engine.reader()
    pairs = [pair for pair, _ in reader.vocabulary("pairs")]
    counts = reader.frequencies([Term("pairs", pair) for pair in pairs])
    assert reader.pair_counts([*pairs, "无此"]) == [*counts.values(), 0]
    assert 0 not in reader.pair_counts(pairs)
    begun = [pair for pair in pairs if pair[0] == "教"]
    assert [pair for pair, _ in reader.vocabulary("pairs", "教")] == begun
    nodes = [*map(Literal, pairs), Or((Literal("教育"), Literal("ab"))), Literal("无此")]
    totals = [reader.find(Request(match=node, size=0)).total for node in nodes]
    assert reader.match_counts(nodes) == totals
    assert reader.pair_counts([]) == reader.match_counts([]) == []


def test_averages_are_over_live_documents(engine: Engine) -> None:
    fill(engine, DOCUMENTS)
    with engine.writer(STAMP) as writer:
        writer.remove("b/c:d")
    lengths = [quantised(len(one.terms.chars)) for one in DOCUMENTS[:5]]
    assert engine.reader().averages()["chars"] == pytest.approx(_average(lengths))
