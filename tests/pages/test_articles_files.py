"""Tables of articles, pages of news sites and Word files: articles with their metadata."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest
from support.formats import blocks, fail, read_file, write_file

from indexer import build_index, inspect_page
from indexer.model import Page
from indexer.pages import read_pages

TITLE = "山村小学迎来新老师"
BODY = "本报讯（记者 王芳）昨天上午，十名支教老师来到山村小学，带来了两百本图书和九台电脑。"
OTHER = "孩子们说，今后上课再也不用走十里山路了，老师们表示要把每一堂课都上好，不辜负乡亲的期望。"
ROWS = ("标题,正文,日期,报纸", f'{TITLE},"{BODY}\n{OTHER}",2003-04-09,江渡日报', ",,,", "无文,,,")


def read(folder: Path, name: str, content: object) -> list[Page]:
    write_file(folder, name, content)
    return list(read_pages([folder], problem=fail))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
def test_a_row_is_an_article(tmp_path: Path, encoding: str, name: str, delimiter: str) -> None:
    text = "\n".join(ROWS[:3]).replace(",", delimiter)
    (page,) = read(tmp_path, name, text.encode(encoding))
    assert (page.id, page.text.split("\n\n")) == ("a/3", [TITLE, BODY, OTHER])
    assert (page.meta.date, page.meta.newspaper) == ("2003-04-09", "江渡日报")


def test_a_row_without_text_is_named(tmp_path: Path) -> None:
    write_file(tmp_path / "pages", "a.csv", "\n".join(ROWS))
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert (report.added, len(report.problems)) == (("a/3",), 1)


def test_columns_are_declared_for_a_folder(tmp_path: Path) -> None:
    write_file(tmp_path, "pages.toml", 'columns = {title = "大标", text = "稿件"}\n')
    (page,) = read(tmp_path, "a.csv", f"稿件,大标,文本\n{BODY},{TITLE},无关")
    assert page.text == f"{TITLE}\n\n{BODY}"


def test_an_array_of_json_is_a_table(tmp_path: Path) -> None:
    rows = [{"id": "x/7", "title": TITLE, "content": [BODY, OTHER]}, {"id": "x/8", "content": BODY}]
    first, second = read(tmp_path, "a.json", rows)
    assert (first.id, second.id) == ("a/x-7", "a/x-8")
    assert first.text.split("\n\n") == [TITLE, BODY, OTHER]


NEWS = f"""<!doctype html><html><head><title>{TITLE}_江渡网</title>
<meta property="og:title" content="{TITLE}"></head><body>
<nav><a href="/">首页</a><a href="/b">要闻</a><a href="/c">评论</a></nav>
<div class="article"><h1>{TITLE}</h1><p>{BODY}</p><p>{OTHER}</p><p>{BODY}</p></div>
<script>alert("不是正文")</script><footer>版权所有 京ICP备0000号</footer></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_article_of_a_news_page_is_read(tmp_path: Path, encoding: str) -> None:
    page = read_file(tmp_path, "a.html", NEWS.encode(encoding))
    kinds = dict(reversed(blocks(inspect_page(tmp_path / "a.html"))))
    assert kinds["title"] == TITLE
    assert OTHER in page.text
    assert "不是正文" not in page.text
    assert "首页" not in page.text


def word_file() -> bytes:
    document = docx.Document()
    document.add_heading(TITLE, 1)
    document.add_paragraph(BODY)
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "图书", "两百本"
    document.add_heading("春耕备耕忙", 1)
    document.add_paragraph(f"本报讯（记者 李明）{OTHER}")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_file_has_articles_and_tables(tmp_path: Path) -> None:
    read_file(tmp_path, "a.docx", word_file())
    inspection = inspect_page(tmp_path / "a.docx")
    assert [article.title for article in inspection.articles] == [TITLE, "春耕备耕忙"]
    assert ("table", "图书　两百本") in blocks(inspection)


def zip_bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 100_000_000)
    return out.getvalue()


BAD = {
    "bomb.docx": zip_bomb(),
    "cut.docx": word_file()[:2000],
    "other.docx": b"hello",
    "empty.html": b"",
    "no-article.html": b"<html><body></body></html>",
    "no-text.csv": b"a,b\n1,2\n",
    "empty.csv": b"",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_costs_one_sentence(tmp_path: Path, name: str) -> None:
    write_file(tmp_path / "pages", name, BAD[name])
    write_file(tmp_path / "pages", "good.txt", BODY)
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert (report.added, len(report.problems)) == (("good",), 1)
