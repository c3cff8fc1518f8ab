"""Text across the end of a printed line is found and leads to its lines, however a page is set."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.clean_articles import UNSEEN_NEWS, read_clean
from support.styles import STYLES, Style
from support.typesetter import Faults, draw_page

from indexer import build_index, open_index
from indexer.analysis import Sides, crossing_substrings, find_crossed, make_tail, normal_form
from indexer.documents import PageMaker
from indexer.model import MAX_CROSSING_CHARS, Kind, Page, Span, line_spans
from indexer.reading import find_crossings, read_articles
from indexer.search import Index
from indexer.settings import Settings

ENDS_A_PAGE = 10
UNSEEN_ARTICLES = read_clean(UNSEEN_NEWS)
MANY = settings(max_examples=8, deadline=None)

LAYOUTS: dict[str, Callable[[str], str]] = {
    "as printed": str,
    "a blank line after each": lambda text: text.replace("\n", "\n\n"),
    "without blank lines": lambda text: re.sub(r"\n\s*\n", "\n", text),
}


@dataclass(frozen=True)
class LineEnd:
    """A substring across the end of a line, and the numbers of the two lines."""

    page: str
    substring: str
    lines: tuple[int, int]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of unseen articles, each page in another style and damaged."""
    folder = tmp_path_factory.mktemp("line_ends") / "pages"
    folder.mkdir()
    for number, style in enumerate(STYLES):
        page = draw_page(UNSEEN_ARTICLES, number, Faults(), style)
        (folder / f"{number}.txt").write_text(page.text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def index(pages: Path) -> Iterator[Index]:
    build_index([pages], index=pages.parent / "index")
    with open_index(pages.parent / "index") as opened:
        yield opened


@pytest.fixture(scope="module")
def maker() -> PageMaker:
    return PageMaker(Settings())


def line_ends(page: str, text: str, random: Random) -> list[LineEnd]:
    """Draw substrings without any mark but pauses across ends of lines."""
    spans = line_spans(text)
    lines = [(number, normal_form(text[slice(*span)])) for number, span in enumerate(spans, 1)]
    printed = [(number, line) for number, line in lines if line]
    found = []
    for (above, line), (below, after) in pairwise(printed):
        substring = line[-random.randint(1, 9) :] + after[: random.randint(1, 9)]
        if re.fullmatch("[\u4e00-\u9fff，、]+", substring):
            found.append(LineEnd(page, substring, (above, below)))
    return random.sample(found, min(ENDS_A_PAGE, len(found)))


@pytest.mark.parametrize("number", range(len(STYLES)), ids=[style.name for style in STYLES])
@pytest.mark.parametrize("quotes", ["", '""'], ids=["typed", "quoted"])
def test_a_substring_across_a_line_end_is_found(
    index: Index, pages: Path, number: int, quotes: str
) -> None:
    text = (pages / f"{number}.txt").read_text(encoding="utf-8")
    ends = line_ends(str(number), text, Random(number))
    assert ends
    for end in ends:
        hits = list(index.scan(quotes[:1] + end.substring + quotes[1:]))
        first, last = end.lines
        assert any(
            hit.page == end.page
            and hit.lines[0] <= first
            and last <= hit.lines[1]
            and any(end.substring.startswith(normal_form(hit.text[s:e])) for s, e in hit.marks)
            for hit in hits
        ), end


@pytest.mark.parametrize("layout", LAYOUTS)
@given(st.sampled_from(STYLES), st.integers(0, 10**6), st.data())
@MANY
def test_the_longest_substrings_across_line_ends_are_in_some_document(
    maker: PageMaker, layout: str, style: Style, seed: int, data: st.DataObject
) -> None:
    """No text across a line end is lost, whatever was joined, moved or separated."""
    text = LAYOUTS[layout](draw_page(UNSEEN_ARTICLES, seed, Faults(), style).text)
    folded = [one.folded for one in maker(Page("p", "p.txt", text, ""))[1]]
    printed = (text[start:end].removeprefix("# ") for start, end in line_spans(text))
    lines = [line for line in map(normal_form, printed) if line]
    for above, below in pairwise(lines):
        if not re.search(r"[\u4e00-\u9fff，、]$", above) or not "\u4e00" <= below[0] <= "\u9fff":
            continue
        before = data.draw(st.integers(1, MAX_CROSSING_CHARS - 1), label="characters before")
        substring = above[-before:] + below[: MAX_CROSSING_CHARS - before]
        forms = (substring, *crossing_substrings(substring))
        assert any(form in one for form in forms for one in folded), substring


@pytest.mark.parametrize("size", [1])
def test_little_is_indexed_beside_what_is_printed(pages: Path, size: int) -> None:
    whole = "\n\n".join(
        "援疆干部走进学校，为学生们带来新的课程，家长们纷纷点赞，都说好。" for _ in range(20)
    )
    page = Page("p", "p.txt", f"标题在此\n\n{whole}", "")
    assert sum(map(len, find_crossings(page, read_articles(page)).values())) == size


def test_what_follows_is_not_found_in_what_precedes_it(index: Index) -> None:
    hits = [hit for hit in index.scan("") if hit.kind is Kind.BODY and len(hit.text) > 60][:20]
    for hit in hits:
        substring = hit.text[:8]
        assert all(substring in other.text for other in index.scan(f'"{substring}"'))


def test_totals_and_scans_agree_on_what_crosses(index: Index, pages: Path) -> None:
    text = (pages / "0.txt").read_text(encoding="utf-8")
    for end in line_ends("0", text, Random(1)):
        quoted = f'"{end.substring}"'
        ids = [hit.id for hit in index.scan(quoted)]
        assert index.search(quoted, facets=()).total == len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("ends", "substring", "found"),
    [
        ([Sides("援疆工", "作队来了", last=True)], "疆工作队", (0, 2)),
        ([Sides("援疆工", "作队来了", last=True)], "作队", None),
        ([Sides("the city", "of Shanghai", last=True)], "city of", (0, 4)),
        ([Sides("19", "98年", last=True)], "1998年", (0, 2)),
        ([Sides("all mem-", "bers", last=False, glued=True)], "mem-bers", (0, 4)),
        ([Sides("all mem", "bers", last=False, glued=True)], "members", (0, 3)),
        ([Sides("𠰡", "𠰡野", last=True)], "𠰡𠰡", (0, 1)),
        ([Sides("甲", "乙", last=True), Sides("丙", "丁", last=False)], "丙丁", (1, 1)),
        ([Sides("甲", "乙" * 99, last=True)], "甲" + "乙" * 19, (0, 1)),
        ([Sides("甲", "乙" * 99, last=True)], "甲" + "乙" * 20, None),
        ([Sides("甲", "乙\u3000\u3000" * 30, last=True)], "甲" + "乙" * 19, (0, 1)),
        ([Sides("甲    " * 30, "乙", last=False)], "甲" * 19 + "乙", (0, 19)),
    ],
)
def test_a_tail_is_matched_only_across_the_line_end(
    ends: list[Sides], substring: str, found: tuple[int, int] | None
) -> None:
    own = normal_form(ends[0].before)
    folded = own + make_tail(ends)
    forms = [one for one in crossing_substrings(substring) if one in folded]
    assert bool(forms) == (found is not None)
    for form in forms:
        start = folded.index(form)
        assert find_crossed(folded, len(own), Span(start, start + len(form))) == found


@pytest.mark.parametrize(
    ("lines", "substring"),
    [
        (["他们连夜赶到了", "　　　".join("王小明李晓光摄影")], "到了王小明李晓光摄影"),
        (["他们连夜赶到了", *("王　　", "\u200b小\u200b", "明　摄") * 2], "到了王小明摄王小明摄"),
        (["修 渠 的 事 始 于 2 0", "1 4 年 的 春 天 ，"], "2014年的春天"),
        (["今 天 来 了 三 位 医", "生 和 1", "8 名 教 师 。"], "医生和18名教师"),
        (["余以为是事可行、而未敢必、", "吾友某君、亦以为然、"], "未敢必、吾友"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("repeated", [1, 6])
def test_what_follows_a_line_end_is_found_whatever_is_between_its_characters(
    maker: PageMaker, lines: list[str], substring: str, repeated: int
) -> None:
    folded = [one.folded for one in maker(Page("p", "p.txt", "\n".join(lines * repeated), ""))[1]]
    forms = (substring, *crossing_substrings(substring))
    assert any(form in one for form in forms for one in folded)


def test_substrings_are_crossed_up_to_a_length() -> None:
    assert not crossing_substrings("甲")
    assert len(crossing_substrings("甲" * MAX_CROSSING_CHARS)) == 2 * (MAX_CROSSING_CHARS - 1)
    assert not crossing_substrings("甲" * (MAX_CROSSING_CHARS + 1))


@pytest.mark.parametrize(
    ("lines", "query", "marked"),
    [
        (["Several mem-", "bers came, and the whole committee."], "members", ["mem-bers"]),
        (
            ["Every one of the 中文 dele-", "gates came, and the committee."],
            "delegates",
            ["dele-gates"],
        ),
        (["They were led by the commit-", "tee and its chairman."], "committee", ["commit-tee"]),
    ],
)
def test_all_printed_characters_of_a_substring_across_a_line_end_are_marked(
    tmp_path: Path, lines: list[str], query: str, marked: list[str]
) -> None:
    filler = ["The meeting was attended by forty persons from", "Ningbo and Hangzhou who stayed."]
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "p.txt").write_text("\n".join([*filler, *lines, *filler]), "utf-8")
    build_index([tmp_path / "pages"], index=tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        hits = [hit for hit in index.search(query) if hit.marks]
        (hit,) = hits
        assert [hit.text[start:end] for start, end in hit.marks] == marked


def test_a_word_that_a_headline_breaks_is_found_in_the_title(tmp_path: Path) -> None:
    text = "温州援疆医疗队顺利完成手\n术平安返乡\n本报记者 李晓光\n\n温州的六名医生昨天回到家乡。\n"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "p.txt").write_text(text, "utf-8")
    build_index([tmp_path / "pages"], index=tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert index.search("标题:完成手术").total > 0
        assert index.search("标题:返乡温州").total == 0


@pytest.mark.parametrize("query", ["JavaScript", "javascript", "Java-Script"])
def test_a_name_is_found_with_and_without_the_hyphen_of_a_line_end(
    tmp_path: Path, query: str
) -> None:
    lines = "网页脚本大多用一种名为Java-\nScript的语言写成，它由浏览器解\n释执行，不必先行编译。\n"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "p.txt").write_text(f"网页的语言\n\n{lines}", "utf-8")
    build_index([tmp_path / "pages"], index=tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert not index.search(query).hits[0].relaxed


def test_the_rest_of_a_substring_is_marked_in_the_block_that_continues_it(tmp_path: Path) -> None:
    text = "衢州援疆教师顺利结束支\n教任务返乡\n本报记者 李晓光\n\n衢州的六名教师昨天回到家乡。\n"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "p.txt").write_text(text, "utf-8")
    build_index([tmp_path / "pages"], index=tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        documents = index.article("p", 1).documents
        marks = index.mark("支教任务", documents)
        found = {one.text[start:end] for one in documents for start, end in marks[one.id]}
        assert found == {"支", "教任务"}
