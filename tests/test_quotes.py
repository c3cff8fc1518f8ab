"""Quotations: printed to the letter, in pieces, with differences, or not at all."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import indexer
from indexer.analysis.interface_script import to_traditional
from indexer.errors import TooLong
from indexer.model import locate_spans
from indexer.search.quotes import MAX_QUOTE_CHARS, Verdict, least_distance

LETTERS = st.text("甲乙丙", max_size=12)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> indexer.Index:
    folder = tmp_path_factory.mktemp("quotes") / "index"
    indexer.build_index([seeds], index=folder)
    return indexer.open_index(folder)


@pytest.fixture(scope="module")
def documents(index: indexer.Index) -> list[indexer.Document]:
    hits = [hit.document for hit in index.scan("", kind=["body"])]
    return [one for one in hits if len(one.text) > 40]


def cut(document: indexer.Document, start: int, size: int) -> str:
    return document.text[start : start + size]


def test_what_is_copied_is_printed_to_the_letter(
    index: indexer.Index, documents: list[indexer.Document]
) -> None:
    chosen = random.Random(1)
    for document in chosen.sample(documents, 40):
        start = chosen.randrange(len(document.text) - 20)
        check = index.check_quote(cut(document, start, chosen.randint(8, 60)))
        assert check.verdict in (Verdict.PRINTED, Verdict.ACROSS_A_JOIN)
        assert check.passages[0].text.replace("\n", "") == check.quote.replace("\n", "").strip()
        assert check.passages[0].lines


def test_across_a_cut_it_is_printed_in_pieces(
    index: indexer.Index, documents: list[indexer.Document]
) -> None:
    seen = 0
    for document in documents:
        for offset in locate_spans(document.text, document.spans)[1:]:
            check = index.check_quote(document.text[offset - 10 : offset + 10])
            assert check.verdict is Verdict.ACROSS_A_JOIN
            assert len(check.passages[0].lines) >= 2
            seen += 1
    assert seen > 15


def test_a_changed_character_is_named(
    index: indexer.Index, documents: list[indexer.Document]
) -> None:
    chosen = random.Random(2)
    for document in chosen.sample(documents, 40):
        quote = cut(document, chosen.randrange(len(document.text) - 24), 24)
        position = chosen.choice([n for n, char in enumerate(quote) if char.isalnum()])
        check = index.check_quote(f"{quote[:position]}龘{quote[position + 1 :]}")
        assert check.verdict is Verdict.WITH_DIFFERENCES
        assert [(one.quoted, one.printed) for one in check.differences] == [("龘", quote[position])]


@pytest.mark.parametrize(
    ("change", "quoted", "printed"),
    [
        (lambda text: text.replace("，", "、"), "、", "，"),
        (lambda text: to_traditional(text), "", ""),
        (lambda text: text.replace("，", ""), "", "，"),
    ],
)
def test_other_marks_and_script_are_differences(
    index: indexer.Index, documents: list[indexer.Document], change, quoted: str, printed: str
) -> None:
    tried = 0
    for document in documents[:60]:
        quote = cut(document, 4, 30).strip("，。、；：“”！？")
        if change(quote) != quote and len(document.spans) == 1:
            check = index.check_quote(change(quote))
            assert check.verdict is Verdict.WITH_DIFFERENCES
            if quoted or printed:
                assert {(one.quoted, one.printed) for one in check.differences} == {
                    (quoted, printed)
                }
            tried += 1
    assert tried > 10


@pytest.mark.parametrize(
    "quote", ["量子计算机在南极取得突破", "衢州的企鹅会说维吾尔语", "", "。，！", "qwertz asdfgh"]
)
def test_what_is_printed_nowhere(index: indexer.Index, quote: str) -> None:
    check = index.check_quote(quote)
    assert (check.verdict, check.passages) == (Verdict.NOT_PRINTED, ())


LIST = "宴会、速度、力量、友谊、艺术、2023年与北京、上海、成都、广州、西安都是常见的词。"


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> indexer.Index:
    """Many paragraphs with the words of a list, each many times, and one with the list."""
    folder = tmp_path_factory.mktemp("crowded")
    words = LIST.replace("与", "、").replace("都是常见的词。", "").split("、")
    for number in range(60):
        text = "，".join([words[number % len(words)]] * 40 + words[number % 7 : number % 7 + 3])
        (folder / f"{number:02}.txt").write_text(f"标题\n\n{text}。", "utf-8")
    (folder / "list.txt").write_text(f"标题\n\n{LIST}", "utf-8")
    indexer.build_index([folder], index=folder.parent / "crowded-index")
    return indexer.open_index(folder.parent / "crowded-index")


@pytest.mark.parametrize(
    "quote",
    [
        "宴会，速度，力量，友，艺术",
        "北京、上海、成、广州、西安",
        "西安著是常见的词",
        "都是常見的詞",
    ],
)
def test_common_words_between_marks_are_found(crowded: indexer.Index, quote: str) -> None:
    check = crowded.check_quote(quote)
    assert check.verdict is Verdict.WITH_DIFFERENCES
    assert check.passages[0].document.page == "list"


def test_a_shuffled_passage_is_not_printed(
    index: indexer.Index, documents: list[indexer.Document]
) -> None:
    chosen = random.Random(3)
    for document in chosen.sample(documents, 20):
        quote = "".join(chosen.sample(document.text[:30], 30))
        assert index.check_quote(quote).verdict is Verdict.NOT_PRINTED


def test_the_parts_of_two_paragraphs(index: indexer.Index) -> None:
    article = index.article(index.pages()[0].id, 1).documents
    one, two = next(
        (a, b)
        for a, b in pairwise(article)
        if a.kind == b.kind == "body" and min(len(a.text), len(b.text)) > 40
    )
    check = index.check_quote(one.text[-20:].strip() + two.text[:20].strip())
    assert check.verdict is Verdict.ACROSS_A_JOIN
    assert [passage.document.id for passage in check.passages] == [one.id, two.id]


def test_a_quotation_has_a_limit(index: indexer.Index) -> None:
    with pytest.raises(TooLong):
        index.check_quote("援" * (MAX_QUOTE_CHARS + 1))


@given(LETTERS.filter(bool), LETTERS, st.booleans())
def test_least_distance_is_that_of_the_textbook(pattern: str, text: str, anchored: bool) -> None:
    row, best = list(range(len(pattern) + 1)), (len(pattern), 0)
    for end, char in enumerate(text, 1):
        new = [end if anchored else 0]
        for position, own in enumerate(pattern):
            new.append(min(row[position + 1] + 1, new[-1] + 1, row[position] + (own != char)))
        row = new
        best = min(best, (row[-1], end))
    assert least_distance(pattern, text, anchored=anchored) == best
