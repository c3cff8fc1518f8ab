"""Odd fields beside a page's text: brought to one form or left out and named; the page is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.formats import read_pages

from indexer.errors import FieldChanged, FieldLeftOut, SourceError
from indexer.model import Page
from indexer.model.dates import read_date
from indexer.pages.markup import strip_markup

TEXT = "支教队昨天到达。"


def read(path: Path) -> tuple[list[Page], list[SourceError]]:
    problems: list[SourceError] = []
    return list(read_pages([path], problem=problems.append)), problems


def read_record(tmp_path: Path, **fields: object) -> tuple[Page, list[SourceError]]:
    path = tmp_path / "news.jsonl"
    path.write_text(json.dumps({"text": TEXT, **fields}), "utf-8")
    (page,), problems = read(path)
    return page, problems


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("1998", "1998"),
        (1998, "1998"),
        (19980305, "1998-03-05"),
        ("1998-03", "1998-03"),
        ("1998/3/5", "1998-03-05"),
        ("1998.03.05", "1998-03-05"),
        ("1998-03-05 18:30", "1998-03-05"),
        ("1998-03-05T18:30:00.5Z", "1998-03-05"),
        ("1998-03-05T18:30:00-05:00", "1998-03-05"),
        ("19980305", "1998-03-05"),
        ("1998年3月5日", "1998-03-05"),
        ("1998 年 3 月", "1998-03"),
        ("１９９８年３月５日（星期四）", "1998-03-05"),
        ("一九九八年三月廿五日", "1998-03-25"),
        ("民国廿三年五月", "1934-05"),
        ("民國元年", "1912"),
        ("中華民國廿三年五月六日", "1934-05-06"),
        ("1998年3月下旬", "1998-03"),
        ("1998-03-00", "1998-03"),
        ("1998/00/00", "1998"),
        ("Thu, 05 Mar 1998 18:30:00 +0800", "1998-03-05"),
        ("March 5, 1998", "1998-03-05"),
        ("5 Mar 1998", "1998-03-05"),
        ("25/03/1998", "1998-03-25"),
        ("25.03.1998", "1998-03-25"),
        ("05.03.1998", "1998-03-05"),
    ],
)
def test_usual_forms_of_dates(tmp_path: Path, given: object, wanted: str) -> None:
    assert read_date(given) == wanted
    page, problems = read_record(tmp_path, date=given)
    assert (page.meta.date, problems) == (wanted, [])


@pytest.mark.parametrize(
    "given",
    [
        "未详",
        "—",
        "N/A",
        "?",
        "春",
        "05/03/1998",
        "1998-02-30",
        "1998-13",
        "199",
        889142400,
        1998.3,
        True,
        ["1998"],
        {"year": 1998},
        "1998-03-05 - 1998-03-07",
        "0000-00-00",
    ],
)
def test_what_is_no_date_is_left_out_and_named(tmp_path: Path, given: object) -> None:
    page, (problem,) = read_record(tmp_path, date=given, newspaper="晚报")
    assert (page.text, page.meta.date, page.meta.newspaper) == (TEXT, None, "晚报")
    assert isinstance(problem, FieldLeftOut)
    assert "news.jsonl#1: date" in str(problem)
    assert "date “" in problem.sentence("zh")


@pytest.mark.parametrize(
    ("field", "given", "wanted"),
    [
        ("url", "www.example.org/a?b=1", "https://www.example.org/a?b=1"),
        ("url", "//example.org/a", "https://example.org/a"),
        ("url", "例子.中国/版面 1", "https://例子.中国/版面%201"),
        ("url", "http://example.org", "http://example.org"),
        ("url", "javascript:alert(1)", None),
        ("url", "file:///etc/passwd", None),
        ("url", "见报纸", None),
        ("edition", 3.0, "3"),
        ("edition", 3, "3"),
        ("edition", 3.5, "3.5"),
        ("edition", ["A1", "A2"], "A1、A2"),
        ("edition", False, None),
        ("edition", {"a": 1}, None),
        ("newspaper", "嘉禾\u3000日报\u200b", "嘉禾 日报"),
        ("newspaper", "\n晚\t报\n", "晚 报"),
        ("newspaper", "\u200b", None),
        ("newspaper", 10**30, None),
    ],
)
def test_other_fields(tmp_path: Path, field: str, given: object, wanted: str | None) -> None:
    page, problems = read_record(tmp_path, **{field: given})
    assert (page.text, getattr(page.meta, field)) == (TEXT, wanted)
    assert len(problems) == (wanted is None)


@pytest.mark.parametrize("value", [None, "", []])
def test_what_is_empty_is_not_said(tmp_path: Path, value: object) -> None:
    page, problems = read_record(tmp_path, date=value or None, byline=value, id=value or None)
    assert (page.id, problems) == ("news/1", [])


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (7, "7"),
        (7.0, "7"),
        ("a/b", "a/b"),
        ("https://example.org/a//b/?c=1#d", "example.org/a/b/?c=1#d"),
        ("/etc/../passwd", "etc/passwd"),
        (" a\nb ", "a b"),
        ("..", None),
        ("\u200b", None),
        ("x" * 500, None),
        (True, None),
        (["a"], None),
        ({}, None),
    ],
)
def test_ids(tmp_path: Path, given: object, wanted: str | None) -> None:
    page, problems = read_record(tmp_path, id=given)
    assert page.id == f"news/{wanted or 1}"
    assert len(problems) == (wanted is None)


def test_an_id_that_another_line_has(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(f'{{"id": "a", "text": "第{n}篇。"}}' for n in (1, 2, 3)), "utf-8")
    pages, problems = read(path)
    assert [page.id for page in pages] == ["news/a", "news/a~2", "news/a~3"]
    assert [type(problem) for problem in problems] == [FieldChanged] * 2


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"text": ["第一段。", "第二段。"]}, "第一段。\n第二段。"),
        ({"text": ["第一段。\n第二段。", ""]}, "第一段。\n第二段。"),
        ({"title": 2023}, f"2023\n{TEXT}"),
        ({"title": ["支教", "到达"]}, f"支教 到达\n{TEXT}"),
        ({"text": [{"p": "第一段。"}, {"type": "p", "text": "第二段。"}]}, "第一段。\n第二段。"),
        ({"title": {"zh": "支教"}}, f"支教\n{TEXT}"),
        ({"title": {"zh": "支教", "en": "Teachers"}}, TEXT),
        ({"byline": [{"name": "张三"}, "李四"]}, f"张三 李四\n{TEXT}"),
        ({"byline": True}, TEXT),
    ],
)
def test_texts(tmp_path: Path, fields: dict[str, object], text: str) -> None:
    assert read_record(tmp_path, **fields)[0].text == text


def test_an_array_of_one_article_a_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('[\n{"text": "第一篇。"},\n{"text": "第二篇。"}\n]\n', "utf-8")
    pages, problems = read(path)
    assert ([page.text for page in pages], problems) == (["第一篇。", "第二篇。"], [])


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (['[{"text": "甲。"}, {"text": "乙。"}]'], ["1", "2"]),
        (['{"text": "甲。"}', '[{"text": "乙。"}, {"text": "丙。"}]'], ["1", "2", "3"]),
        (['[{"text": "甲。"}, {"text": "乙。"}]', '{"text": "丙。"}'], ["1", "2", "3"]),
        (["", '[{"text": "甲。", "id": "a"}]', "[]", '{"text": "乙。"}'], ["a", "4"]),
    ],
)
def test_the_articles_of_an_array_in_one_line_are_read(
    tmp_path: Path, lines: list[str], names: list[str]
) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    pages, problems = read(path)
    assert ([page.id.rpartition("/")[2] for page in pages], problems) == (names, [])


def test_a_member_of_an_array_that_is_no_article_is_named_and_the_rest_read(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('[{"text": "甲。"}, 5, {"text": "丙。"}]', "utf-8")
    pages, (problem,) = read(path)
    assert [page.text for page in pages] == ["甲。", "丙。"]
    assert "#2" in str(problem) or "line 2" in str(problem)


# ---------------------------------------------------------------- HTML


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("<p>支教<b>队</b>昨天</p><p>到达。</p>", "支教队昨天\n到达。"),
        ("支教队&nbsp;昨天<br/>到达&mdash;&#30340;", "支教队\xa0昨天到达—的"),
        ("昨天到达。<br>今天上课。<BR />\n<br>图：张三", "昨天到达。\n今天上课。\n图：张三"),
        ("Smart<br>City 甲<br>乙<br>\n丙<br><br>丁", "Smart City 甲乙丙\n丁"),
        ("<div>支教队\n  昨天到达。</div>", "支教队昨天到达。"),
        ("<script>var a = '<p>';</script>到达<style>p {}</style>", "到达"),
        ("<table><tr><td>甲</td><td>乙</td></tr></table>", "甲 乙"),
        ("一 < 二，三 > 二 & 四", "一 < 二，三 > 二 & 四"),
        ("书名<人民>", "书名<人民>"),
        ("AT&T; R&D", "AT&T; R&D"),
        ("支教&amp;支医", "支教&支医"),
    ],
)
def test_markup(given: str, wanted: str) -> None:
    assert strip_markup(given) == wanted


def test_html_in_a_record_is_taken_out_and_named(tmp_path: Path) -> None:
    page, problems = read_record(tmp_path, title="甲&amp;乙", text="<p>支教队</p><p>到达。</p>")
    assert (page.text, page.meta.title) == ("甲&乙\n支教队\n到达。", "甲&乙")
    assert [problem.facts["field"] for problem in problems] == ["title", "text"]


# ---------------------------------------------------------------- side-car files


def test_an_odd_field_of_a_side_car_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "a.toml").write_text(
        'newspaper = "晚报"\ndate = 1998-03-05T10:00:00\nurl = "ftp:x"\nwho = "x"\n', "utf-8"
    )
    (tmp_path / "pages.toml").write_text("edition = 2.0\n[a]\ndate = '不详'\n", "utf-8")
    (page,), problems = read(tmp_path)
    meta = page.meta
    assert (meta.newspaper, meta.date, meta.edition, meta.url) == ("晚报", "1998-03-05", "2", None)
    assert [problem.facts["field"] for problem in problems] == ["date", "url", "who"]
