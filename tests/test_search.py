"""Searching: what is found, in which order, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.search_samples import ANALYZER, make_index

from indexer.analysis import Analyzer
from indexer.errors import NotFound, PastTheEnd, SourceError, TooLong, UnknownField
from indexer.model import Kind, Matches
from indexer.query import parse
from indexer.search import Index
from indexer.search.plan import make_plan
from indexer.search.query_relaxation import partial_notes
from indexer.search.query_terms import (
    LEAD_BONUS,
    LEAD_CHARS,
    OPENING_BONUS,
    RERANK_WINDOW,
    Sentences,
)

PARAGRAPHS = {
    "a": [
        ("嘉兴援疆十年", Kind.TITLE, ()),
        ("嘉兴援疆投入教育资金6470万元，建成“红船书屋”。", Kind.BODY, ("嘉兴",)),
        ("沙雅的教育变了样。新校舍由嘉兴援建。", Kind.BODY, ("嘉兴", "沙雅")),
        ("教育援疆合影", Kind.CAPTION, ()),
    ],
    "b": [
        ("衢州与乌什", Kind.TITLE, ("衢州", "乌什")),
        ("衢州的医生到了乌什。援疆医疗队来了。", Kind.BODY, ("衢州", "乌什")),
        ("兵团第一师的Wi-Fi覆盖率95.51%。", Kind.BODY, ("阿拉尔",)),
    ],
}


@pytest.fixture(scope="module")
def index() -> Index:
    return make_index(PARAGRAPHS)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("教育", ["a:1:2", "a:1:3", "a:1:4"]),
        ('"教育"', ["a:1:2", "a:1:3", "a:1:4"]),
        ("教", ["a:1:2", "a:1:3", "a:1:4"]),
        ("嘉兴 教育", ["a:1:2", "a:1:3"]),
        ("教育 嘉兴援疆", ["a:1:2"]),
        ("教育援疆", ["a:1:4"]),
        ("教育 -沙雅", ["a:1:2", "a:1:4"]),
        ("医疗 | 沙雅", ["a:1:3", "b:1:2"]),
        ("標題:衢州 医生", ["b:1:2"]),
        ("标题:衢州 医生", ["b:1:2"]),
        ("类型:图注", ["a:1:4"]),
        ("類型:圖注", ["a:1:4"]),
        ("变了样.新校舍", ["a:1:3"]),
        ("城市:沙雅县", ["a:1:3"]),
        ("教育 日期:2023-10", ["a:1:2", "a:1:3", "a:1:4"]),
        ("日期:2024", []),
        ("援疆 来源:b", ["b:1:2"]),
        ('"衢州 乌什"~3', ["b:1:1"]),
        ('"衢州 乌什"~句', ["b:1:1", "b:1:2"]),
        ('"衢州 医疗"~句', []),
        ('"衢州 医疗"~段', ["b:1:2"]),
        ("嘉*教育", ["a:1:2"]),
        ("嘉?援疆", ["a:1:1", "a:1:2"]),
        ("嘉?教育", []),
        ("紅船書屋", ["a:1:2"]),
        ("「红船书屋」。", ["a:1:2"]),
        ("ＷＩ-ｆｉ", ["b:1:3"]),
        ("95.51％", ["b:1:3"]),
        ("一师", ["b:1:3"]),
        ("农一师", ["b:1:3"]),
        ('"农一师"', []),
    ],
)
def test_search_finds(index: Index, query: str, found: list[str]) -> None:
    results = index.search(query)
    assert sorted(hit.id for hit in results if not hit.relaxed) == found
    assert [hit.id for hit in results][: len(found)] == [hit.id for hit in index.scan(query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("嘉兴援疆投入了多少资金？", "a:1:2"),
        ("谁到了乌什？", "b:1:2"),
        ("新校舍是谁援建的", "a:1:3"),
        ("教育援疆", "a:1:4"),
        ("教育 嘉兴", "a:1:2"),
    ],
)
def test_search_puts_first_what_was_meant(index: Index, query: str, first: str) -> None:
    assert index.search(query).hits[0].id == first


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("教育", ["教育"]),
        ('"红船书屋"', ["红船书屋"]),
        ("“红船书屋”。", ["“红船书屋”。"]),
        ("嘉兴 教育", ["嘉兴", "教育"]),
        ("嘉*教育", ["嘉兴援疆投入教育"]),
        ("嘉兴援疆投入了多少资金？", ["嘉兴", "援疆", "投入", "资金"]),
    ],
)
def test_marks_are_what_was_looked_for(index: Index, query: str, marked: list[str]) -> None:
    snippet = next(hit for hit in index.search(query) if hit.id == "a:1:2").snippet
    assert [snippet.text[start:end] for start, end in snippet.marks] == marked


def test_exact_switches_every_expansion_off(index: Index) -> None:
    assert index.search("农一师", exact=True).total == 0
    assert index.search("农一师", aliases=False).total == 0
    assert index.search("嘉兴援疆投入了多少资金？", exact=True).total == 0


def test_a_reader_adds_names_of_his_own(tmp_path: Path) -> None:
    own = tmp_path / "aliases.toml"
    own.write_text('groups = [["红船书屋", "小书屋"]]', encoding="utf-8")
    index = make_index(PARAGRAPHS)
    index.settings = replace(index.settings, aliases=own)
    assert [hit.id for hit in index.search("小書屋")] == ["a:1:2"]
    assert [str(note) for note in index.search("小書屋").notes]
    assert index.search("农一师").total == 1


@pytest.mark.parametrize("text", [None, "groups = 3", "groups = [[1]]", "援疆", b"\xff"])
def test_a_file_of_names_that_is_none_is_named(tmp_path: Path, text: str | bytes | None) -> None:
    own = tmp_path / "aliases.toml"
    if text is not None:
        own.write_bytes(text if isinstance(text, bytes) else text.encode())
    index = make_index(PARAGRAPHS)
    index.settings = replace(index.settings, aliases=own)
    with pytest.raises(SourceError, match=r"aliases\.toml"):
        index.search("援疆")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("教育", []),
        ("农一师", ["alias", "alias"]),
        ("嘉兴援疆投入了多少资金？", ["relaxed"]),
        ("教育 OR", ["taken_literally", "relaxed"]),
        ("***", ["no_words"]),
    ],
)
def test_notes_say_what_was_done(index: Index, query: str, codes: list[str]) -> None:
    notes = index.search(query).notes
    assert [note.code for note in notes] == codes
    assert all(note.sentence("zh") != str(note) for note in notes)


def test_a_filter_never_changes_what_a_query_means(index: Index) -> None:
    assert index.search("嘉兴援疆", city=["沙雅"]).total == 0
    assert index.search("嘉兴援疆", city=["沙雅"]).notes == ()


@pytest.mark.parametrize(
    ("city", "selected"),
    [("沙雅县", "沙雅"), ("嘉兴市", "嘉兴"), ("沙雅", "沙雅"), ("火星", "火星")],
)
def test_a_city_can_be_chosen_by_its_other_names(index: Index, city: str, selected: str) -> None:
    results = index.search("", city=[city])
    assert [one.value for one in results.facets["city"] if one.selected] == [selected]
    assert results.total == index.search("", city=[selected]).total
    assert index.search("", not_city=[city]).total == index.search("", not_city=[selected]).total


def test_facets_leave_their_own_filter_aside(index: Index) -> None:
    results = index.search("", city=["沙雅"])
    cities = {one.value: (one.count, one.selected) for one in results.facets["city"]}
    assert cities["沙雅"] == (1, True)
    assert cities["嘉兴"] == (2, False)
    assert results.total == 1


def test_paging_never_repeats_or_loses_a_hit(index: Index) -> None:
    for query in ("", "援疆 | 教育 | 的", "嘉兴援疆教育的资金有多少？"):
        total = index.search(query).total
        pages = [index.search(query, start=start, size=2) for start in range(0, total, 2)]
        ids = [hit.id for page in pages for hit in page]
        assert ids == [hit.id for hit in index.search(query, size=200)]
        assert ids == [hit.id for hit in index.scan(query)]
        assert len(set(ids)) == total


def test_paging_holds_across_the_end_of_the_block_that_is_ordered_again() -> None:
    words = ("援疆", "教育", "医疗", "资金", "，", "。")
    rows = [
        ("".join(words[number // position % 6] for position in (1, 5, 7, 11)), Kind.BODY, ())
        for number in range(120)
    ]
    index = make_index({"a": rows})
    query = "援疆的教育和医疗花了多少资金？"
    ids = [hit.id for hit in index.scan(query)]
    assert len(ids) > RERANK_WINDOW + 20
    for size in (7, 50, 60):
        pages = [index.search(query, start=start, size=size) for start in range(0, len(ids), size)]
        assert [hit.id for page in pages for hit in page] == ids


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"start": 99}, PastTheEnd),
        ({"size": 201}, TooLong),
        ({"kind": "诗歌"}, UnknownField),
        ({"sort": "beauty"}, UnknownField),
        ({"facets": ["mood"]}, UnknownField),
        ({"mood": ["good"]}, UnknownField),
    ],
)
def test_what_cannot_be_answered_is_said(
    index: Index, arguments: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        index.search("援疆", **arguments)  # type: ignore[arg-type]


def test_a_scan_refuses_facets_as_it_counts_none(index: Index) -> None:
    with pytest.raises(UnknownField, match="There is no filter 'facets'"):
        list(index.scan("援疆", facets=["city"]))


def test_explain_sums_up_to_the_score(index: Index) -> None:
    for query in ("教育", "教育 援疆", "嘉兴援疆投入了多少资金？"):
        for hit in index.search(query, explain=True):
            parts = [
                float(str(note).split()[0])
                for note in hit.explanation
                if note.code in ("term", "part")
            ]
            assert sum(parts) == pytest.approx(hit.score, abs=0.02)


def test_explain_says_that_substrings_of_any_length_count_alike(index: Index) -> None:
    def codes(query: str) -> set[str]:
        hits = index.search(query, explain=True)
        return {note.code for hit in hits for note in hit.explanation}

    assert "weights" in codes("教育 嘉兴援疆")
    assert "weights" not in codes("教育 援疆")
    assert "weights" not in codes("嘉兴援疆投入了多少资金？")


@pytest.mark.parametrize(
    ("start", "is_question", "bonus"),
    [
        (0, False, LEAD_BONUS + OPENING_BONUS),
        (0, True, OPENING_BONUS),
        (1, False, LEAD_BONUS),
        (1, True, 0.0),
        (LEAD_CHARS - 2, False, LEAD_BONUS),
        (LEAD_CHARS - 1, False, 0.0),
    ],
)
def test_the_beginning_of_a_text_counts(start: int, is_question: bool, bonus: float) -> None:
    sentences = Sentences({"援疆": 2.0})
    text = "空" * start + "援疆工作"
    assert sentences.lead_bonus(text, is_question=is_question) == pytest.approx(2.0 * bonus)


def test_an_article_a_page_and_all_pages_can_be_read(index: Index) -> None:
    assert [document.number for document in index.article("a", 1).documents] == [1, 2, 3, 4]
    assert index.page("b").page.source == "b.txt"
    assert [(page.id, page.titles) for page in index.pages()] == [
        ("a", ("嘉兴援疆十年",)),
        ("b", ("衢州与乌什",)),
    ]
    assert [page.id for page in index.pages(1, 5)] == ["b"]
    assert index.page_count == 2
    assert [document.id for document in index.documents("b")] == ["b:1:1", "b:1:2", "b:1:3"]
    with pytest.raises(NotFound):
        index.documents("c")
    with pytest.raises(NotFound):
        index.article("a", 2)
    with pytest.raises(NotFound):
        index.page("c")


@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_the_commonest_values_are_returned_and_all_are_counted(index: Index, most: int) -> None:
    every = index.search("", facets=("city", "page")).facets
    results = index.search("", facets=("city", "page"), most_values=most)
    assert results.facets == {name: values[:most] for name, values in every.items()}
    assert results.facet_sizes == {name: len(values) for name, values in every.items()}


def test_similar_articles_share_what_is_rare_elsewhere() -> None:
    repeated = [("和田玉雕大师", Kind.TITLE, ()), *[("和田玉雕大师说玉雕。", Kind.BODY, ())] * 3]
    other = [("别的事情", Kind.TITLE, ()), *[("天气晴朗，人们出门。", Kind.BODY, ())] * 3]
    pages = {"a": repeated, "b": repeated, "c": other, "d": other, "e": other}
    index = make_index(pages)
    assert [(hit.page, hit.article) for hit in index.similar(index.article("a", 1))] == [("b", 1)]


def test_the_json_is_the_contract(index: Index) -> None:
    found = index.search("红船书屋").to_dict()
    assert {"query", "total", "start", "size", "took_ms", "notes", "hits", "facets"} <= set(found)
    hit = found["hits"][0]
    assert hit["lines"] == [2, 2]
    assert hit["url"] == "/articles/a/1#p2"
    assert hit["snippet"]["marks"] == [[20, 24]]
    assert {"city", "article_city", "kind", "page"} <= set(found["facets"])


@pytest.mark.parametrize(("down", "codes"), [(0, []), (2, ["partial"])])
def test_an_answer_of_a_part_is_said_to_be_one(down: int, codes: list[str]) -> None:
    notes = partial_notes(Matches(1, 1, (), {}, 1, partial=down))
    assert [note.code for note in notes] == codes
    assert all(str(down) in str(note) for note in notes)


LATIN = make_index(
    {
        "a": [
            ("Retail said hail: the main email is paid by rail and mail.", Kind.BODY, ()),
            ("本市第一台AI教学仪启用。", Kind.BODY, ()),
            ("造价13.5%，国道G1523线。", Kind.BODY, ()),
            ("涨幅3.5%，高速G15通车。", Kind.BODY, ()),
        ]
    }
)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("AI", [2, 1]),
        ('"ai"', [2, 1]),
        ("3.5%", [4, 3]),
        ("G15", [4, 3]),
        ("ｍａｉｌ", [1]),
        ("G15 高速", [4]),
        ("第一台AI", [2]),
    ],
)
def test_whole_latin_words_and_figures_come_before_parts(query: str, numbers: list[int]) -> None:
    assert [hit.number for hit in LATIN.search(query)] == numbers


def test_a_part_of_a_word_is_explained() -> None:
    explained = [str(hit.explanation[0]) for hit in LATIN.search("AI", explain=True)]
    assert explained == [
        "Contains the query as typed.",
        "Contains the query, with a word or figure as part of a longer one.",
    ]


@pytest.mark.parametrize("query", ["嘉兴 教育", "“嘉兴” 教育 -沙雅", "嘉兴援疆投入了多少资金？"])
def test_each_substring_of_a_query_is_cut_once(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[str] = []
    words = type(ANALYZER).words

    def count(analyzer: Analyzer, substring: str) -> tuple[str, ...]:
        cut.append(substring)
        return words(analyzer, substring)

    monkeypatch.setattr(type(ANALYZER), "words", count)
    make_plan(parse(query), ANALYZER)
    assert cut
    assert len(cut) == len(set(cut))
