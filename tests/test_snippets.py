"""Marks and snippets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model import Literal, Near, Node, Or, Span, Term, Wildcard
from indexer.snippets import SNIPPET_CHARS, find_marks, make_snippet, merge_overlapping

TEXT = "嘉兴援疆，衢州援疆。乌什在天山。"


@pytest.mark.parametrize(
    ("node", "marks"),
    [
        (Literal("援疆"), [(2, 4), (7, 9)]),
        (Term("pairs", "援疆"), [(2, 4), (7, 9)]),
        (Term("head", "援疆"), []),
        (Wildcard("嘉*疆"), [(0, 4)]),
        (Near("嘉兴", "衢州", 3), [(0, 2), (5, 7)]),
        (Near("嘉兴", "衢州", 2), []),
        (Near("衢州", "乌什", 99), [(5, 7), (10, 12)]),
        (Near("衢州", "乌什", sentence=True), []),
        (Or((Literal("嘉兴援"), Literal("援疆"))), [(0, 4), (7, 9)]),
    ],
)
def test_marks_of_every_kind_of_match(node: Node, marks: list[tuple[int, int]]) -> None:
    assert list(find_marks(TEXT, [node])) == marks


def test_overlapping_marks_are_merged_and_neighbours_stay_two() -> None:
    assert merge_overlapping([Span(4, 6), Span(0, 3), Span(2, 4)]) == (Span(0, 4), Span(4, 6))


def test_a_short_paragraph_is_shown_whole() -> None:
    assert make_snippet(TEXT, [Span(2, 4)]).text == TEXT


def test_the_sentence_that_shows_the_most_is_chosen() -> None:
    dull = "这里没有什么可看的东西，只是一句话而已。" * 8
    text = dull + "援疆和教育都在这里。" + dull
    snippet = make_snippet(text, find_marks(text, [Literal("援疆"), Literal("教育")]))
    assert "援疆和教育都在这里。" in snippet.text
    assert snippet.text[0] == "这" or snippet.text[0] == "援"
    assert snippet.text.endswith("。")


TEXTS = st.text("援疆教育，。？！；：、“” ab\n", min_size=1, max_size=600)


@given(TEXTS, st.data())
def test_any_mark_that_is_chosen_is_exact_and_whole(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    substring = text[start : data.draw(st.integers(start + 1, len(text)))]
    marks = find_marks(text, [Literal(substring)])
    snippet = make_snippet(text, marks)
    assert snippet.marks
    assert snippet.text == text[snippet.start : snippet.start + len(snippet.text)]
    for mark in snippet.marks:
        assert Span(mark.start + snippet.start, mark.end + snippet.start) in marks
    longest = max(end - start for start, end in marks)
    assert len(snippet.text) <= max(SNIPPET_CHARS, longest + SNIPPET_CHARS)


def test_a_snippet_looks_at_the_marks_of_each_window_alone() -> None:
    class Counted(tuple[Span, ...]):
        reads = 0

        def __getitem__(self, at: object) -> object:  # type: ignore[override]
            Counted.reads += 1
            return super().__getitem__(at)  # type: ignore[index]

        def __iter__(self) -> Iterator[Span]:
            Counted.reads += len(self)
            return super().__iter__()

    text = "援疆教育" * 2_000
    marks = Counted(Span(start, start + 2) for start in range(0, len(text), 4))
    assert make_snippet(text, marks).marks
    assert Counted.reads < 60 * len(text) / 30  # a search by halves for each window, and no more
