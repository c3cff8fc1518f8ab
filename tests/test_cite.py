"""Citations, written out."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.cite import (
    CITATION_FIELDS,
    CITATION_FORMATS,
    Reference,
    escape_tex,
    make_reference,
    say_missing,
    to_bibtex,
    to_csl,
    to_gbt7714,
    to_metadata,
    to_ris,
    write_citations,
)
from indexer.model import Document, Kind, PageMeta, Span

FULL = Reference(
    id="2022/page:1:12",
    page="2022/page",
    title="泱泱秀水润沙雅",
    authors=("宋彬彬", "徐贤卿"),
    newspaper="新疆日报",
    date="2022-07-01",
    edition="4",
    url="https://example.org/a_b?x=1&y={2}",
    lines=((12, 14), (18, 18)),
    accessed=datetime.date(2026, 1, 2),
)
BARE = Reference(id="003:1:12", page="003", title="浙江援疆", lines=((29, 29),))


@pytest.mark.parametrize(
    ("reference", "citation"),
    [
        (
            FULL,
            "宋彬彬, 徐贤卿. 泱泱秀水润沙雅[N/OL]. 新疆日报, 2022-07-01(4)[2026-01-02]. "
            "https://example.org/a_b?x=1&y={2}. 2022/page 第12—14, 18行.",
        ),
        # the standard's own example of a printed newspaper
        (
            Reference(
                id="a:1:1",
                page="a",
                title="数字革命与竞争国际化",
                authors=("丁文祥",),
                newspaper="中国青年报",
                date="2000-11-20",
                edition="15",
                lines=((1, 3),),
            ),
            "丁文祥. 数字革命与竞争国际化[N]. 中国青年报, 2000-11-20(15). a 第1—3行.",
        ),
        (BARE, "浙江援疆[N]. 003 第29行."),
        (replace(BARE, newspaper="浙江日报"), "浙江援疆[N]. 浙江日报. 003 第29行."),
        (replace(BARE, date="2021-07"), "浙江援疆[N]. 2021-07. 003 第29行."),
        (replace(BARE, edition="A4"), "浙江援疆[N]. (A4). 003 第29行."),
        (replace(BARE, authors=tuple("甲乙丙丁")), "甲, 乙, 丙, 等. 浙江援疆[N]. 003 第29行."),
        (replace(BARE, title=None), "[N]. 003 第29行."),
        (replace(BARE, url="https://e.org/1"), "浙江援疆[N/OL]. https://e.org/1. 003 第29行."),
    ],
)
def test_gbt7714(reference: Reference, citation: str) -> None:
    assert to_gbt7714(reference) == citation


@pytest.mark.parametrize(
    ("reference", "entry"),
    [
        (
            FULL,
            "@article{2022/page:1:12,\n"
            "  title = {{泱泱秀水润沙雅}},\n"
            "  author = {{宋彬彬} and {徐贤卿}},\n"
            "  journal = {新疆日报},\n"
            "  date = {2022-07-01},\n"
            "  year = {2022},\n"
            "  month = {7},\n"
            "  pages = {4},\n"
            "  url = {https://example.org/a_b?x=1&y=%7B2%7D},\n"
            "  urldate = {2026-01-02},\n"
            "  note = {2022/page 第12—14, 18行},\n"
            "  langid = {chinese},\n"
            "}\n",
        ),
        (
            replace(BARE, id="版 1:1:2", title="涨50%_{A}"),
            "@misc{+7248++20+1:1:2,\n"
            "  title = {{涨50\\%\\_\\textbraceleft{}A\\textbraceright{}}},\n"
            "  note = {003 第29行},\n"
            "  langid = {chinese},\n"
            "}\n",
        ),
        (
            replace(BARE, date="2021", newspaper="报 & 刊", authors=("阿依古丽·A. and B",)),
            "@article{003:1:12,\n"
            "  title = {{浙江援疆}},\n"
            "  author = {{阿依古丽·A. and B}},\n"
            "  journal = {报 \\& 刊},\n"
            "  date = {2021},\n"
            "  year = {2021},\n"
            "  note = {003 第29行},\n"
            "  langid = {chinese},\n"
            "}\n",
        ),
    ],
)
def test_bibtex(reference: Reference, entry: str) -> None:
    assert to_bibtex(reference) == entry


@pytest.mark.parametrize(
    ("reference", "record"),
    [
        (
            FULL,
            "TY  - NEWS\r\nID  - 2022/page:1:12\r\nTI  - 泱泱秀水润沙雅\r\nAU  - 宋彬彬\r\n"
            "AU  - 徐贤卿\r\nT2  - 新疆日报\r\nDA  - 2022/07/01/\r\nPY  - 2022\r\nSP  - 4\r\n"
            "UR  - https://example.org/a_b?x=1&y={2}\r\nY2  - 2026/01/02\r\n"
            "N1  - 2022/page 第12—14, 18行\r\nLA  - zh\r\nER  - \r\n",
        ),
        (
            replace(BARE, date="2021-07"),
            "TY  - NEWS\r\nID  - 003:1:12\r\nTI  - 浙江援疆\r\nDA  - 2021/07//\r\nPY  - 2021\r\n"
            "N1  - 003 第29行\r\nLA  - zh\r\nER  - \r\n",
        ),
    ],
)
def test_ris(reference: Reference, record: str) -> None:
    assert to_ris(reference) == record


@pytest.mark.parametrize(
    ("reference", "item"),
    [
        (
            FULL,
            {
                "id": "2022/page:1:12",
                "type": "article-newspaper",
                "title": "泱泱秀水润沙雅",
                "author": [{"literal": "宋彬彬"}, {"literal": "徐贤卿"}],
                "container-title": "新疆日报",
                "issued": {"date-parts": [[2022, 7, 1]]},
                "page": "4",
                "URL": "https://example.org/a_b?x=1&y={2}",
                "accessed": {"date-parts": [[2026, 1, 2]]},
                "language": "zh-CN",
                "note": "2022/page 第12—14, 18行",
            },
        ),
        (
            BARE,
            {
                "id": "003:1:12",
                "type": "article-newspaper",
                "title": "浙江援疆",
                "language": "zh-CN",
                "note": "003 第29行",
            },
        ),
    ],
)
def test_csl(reference: Reference, item: dict[str, object]) -> None:
    assert to_csl(reference) == item


def test_metadata() -> None:
    assert to_metadata(FULL) == (
        ("z:itemType", "newspaperArticle"),
        ("citation_title", "泱泱秀水润沙雅"),
        ("citation_author", "宋彬彬"),
        ("citation_author", "徐贤卿"),
        ("citation_journal_title", "新疆日报"),
        ("citation_publication_date", "2022/07/01"),
        ("citation_firstpage", "4"),
        ("citation_public_url", "https://example.org/a_b?x=1&y={2}"),
        ("citation_language", "zh-CN"),
    )


@pytest.mark.parametrize(
    ("reference", "missing", "english", "chinese"),
    [
        (FULL, (), "", ""),
        (
            BARE,
            ("author", "newspaper", "date", "edition", "url"),
            "Not given for this page: author, newspaper, date, edition, url.",
            "版面未注明：作者、报纸名、日期、版次、网址。",
        ),
    ],
)
def test_missing(
    reference: Reference, missing: tuple[str, ...], english: str, chinese: str
) -> None:
    assert reference.missing == missing
    assert (say_missing(reference), say_missing(reference, "zh")) == (english, chinese)


def make_document(**changes: object) -> Document:
    """Make a document of a page that carries everything, but for the changes."""
    meta = PageMeta("新疆日报", "2022-07-01", "第04版", "专版", "https://example.org/1")
    document = Document(
        id="p:1:2",
        page="p",
        article=1,
        number=2,
        kind=Kind.BODY,
        text="正文",
        folded="正文",
        spans=(Span(0, 2),),
        lines=((18, 18), (12, 14), (15, 16)),
        title="题\n名",
        meta=meta,
        facets={"author": ("宋彬彬", "徐贤卿")},
    )
    return replace(document, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({}, "title", "题 名"),
        ({"title": None}, "title", "专版"),
        ({"title": None, "meta": PageMeta()}, "title", None),
        ({}, "authors", ("宋彬彬", "徐贤卿")),
        ({"facets": {}}, "authors", ()),
        ({}, "edition", "04"),
        ({"meta": PageMeta(edition="要闻版")}, "edition", "要闻版"),
        ({}, "lines", ((12, 16), (18, 18))),
        ({}, "url", "https://example.org/1"),
        ({"meta": PageMeta()}, "url", "http://here/p#L1"),
    ],
)
def test_a_reference_says_what_the_page_says(
    changes: dict[str, object], field: str, value: object
) -> None:
    assert getattr(make_reference(make_document(**changes), url="http://here/p#L1"), field) == value


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(TEXT)
def test_any_text_is_escaped_so_that_braces_balance_and_nothing_is_lost(text: str) -> None:
    escaped = escape_tex(text)
    plain = re.sub(r"\\text(backslash|asciitilde|asciicircum|brace(left|right))\{\}", "·", escaped)
    assert not re.search(r"(?<!\\)[#$%&_~^]|[{}]", plain)
    assert len(re.sub(r"\\(?=[#$%&_])", "", plain)) == len(text)


@given(
    st.builds(make_document, title=TEXT, facets=st.fixed_dictionaries({"author": st.tuples(TEXT)}))
)
def test_any_record_keeps_one_field_a_line(document: Document) -> None:
    reference = make_reference(document)
    for line in to_ris(reference).removesuffix("\r\n").split("\r\n"):
        assert re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n]*", line)
    assert len(to_bibtex(reference).splitlines()) <= len(CITATION_FIELDS) + 8
    assert "\n" not in to_gbt7714(reference)


@pytest.mark.parametrize("name", CITATION_FORMATS)
def test_a_file_of_many_citations_holds_each(name: str) -> None:
    references = [make_reference(make_document(title=title)) for title in ("甲", "乙", "丙")]
    written = "".join(write_citations(references, name))
    assert [written.count(title) for title in ("甲", "乙", "丙")] == [1, 1, 1]
    assert "".join(write_citations([], name)).strip("[]\n ") == ""


def test_a_file_of_csl_is_json() -> None:
    references = [make_reference(make_document()) for _ in range(3)]
    assert json.loads("".join(write_citations(references, "csl"))) == [*map(to_csl, references)]
