"""Tables of articles, pages of news sites and Word files: articles with their metadata."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import docx.shared
import pytest
from support.formats import blocks, fail, read_file, read_pages, write_file

from indexer import build_index, inspect_page
from indexer.model import Page

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


TEXT = f"<p>　　{BODY}</p><p>　　{OTHER}</p>"
E_PAPERS = {
    "with headings": f"""<div class="nav">版面导航</div><div class="article"><h3>引题在上</h3>
<h1>{TITLE}</h1><h2>副题在下</h2><p class="sec">本报记者 王小明<span class="date">
《江渡日报》（<span>2026年08月03日</span> 第 04 版）</span></p><div id="ozoom">{TEXT}
<table><tr><td><img src="a.jpg"></td></tr><tr><td>图为现场。</td></tr></table></div></div>""",
    "with classes": f"""<table><tr><td class="font02">引题在上</td></tr><tr><td class="font01">
{TITLE}</td></tr><tr><td class="font02">副题在下</td></tr><tr><td class="font6">
本报记者 王小明</td></tr><tr><td><div id="ozoom">
<founder-content>{TEXT}<p>图为现场。</p></founder-content>
</div></td></tr></table><table><tr><td>上一篇 下一篇</td></tr></table>""",
}


@pytest.mark.parametrize("shape", E_PAPERS)
def test_the_head_of_an_e_paper_is_read(tmp_path: Path, shape: str) -> None:
    page = f"<html><head><title>江渡日报</title></head><body>{E_PAPERS[shape]}</body></html>"
    write_file(tmp_path, "a.html", page)
    inspection = inspect_page(tmp_path / "a.html")
    found = [block for block in blocks(inspection) if block[0] != "furniture"]
    assert found == [
        ("kicker", "引题在上"),
        ("title", TITLE),
        ("subtitle", "副题在下"),
        ("byline", "本报记者 王小明"),
        ("body", BODY),
        ("body", OTHER),
        ("body", "图为现场。"),
    ]
    meta = inspection.page.meta
    printed = ("江渡日报", "2026-08-03", "04") if shape == "with headings" else (None, None, None)
    assert (meta.newspaper, meta.date, meta.edition) == printed


def test_an_e_paper_without_a_known_title_is_read_as_print(tmp_path: Path) -> None:
    page = f'<html><body><p>{TITLE}</p><div id="ozoom">{TEXT}</div></body></html>'
    assert read_file(tmp_path, "a.html", page).text.split("\n\n") == [TITLE, BODY, OTHER]


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ('<meta name="publishdate" content="2026-08-03">', "2026-08-03"),
        ('<meta property="article:published_time" content="2026-08-03T08:00:00">', "2026-08-03"),
        ("", None),
    ],
)
def test_a_date_is_only_what_the_page_declares(tmp_path: Path, head: str, date: str | None) -> None:
    page = NEWS.replace("</head>", f"{head}</head>").replace(BODY, f"2026年，{BODY}")
    assert read_file(tmp_path, "a.html", page).meta.date == date


def test_cells_of_a_table_are_one_line_without_strokes(tmp_path: Path) -> None:
    row = "<tr><td>山村小学的图书</td><td>两百本，已经送到</td></tr>"
    table = f"<table><tr><th>所赠</th><th>册数</th></tr>{row * 4}</table>"
    page = read_file(tmp_path, "a.html", NEWS.replace("</div>", f"{table}</div>"))
    assert "山村小学的图书　两百本，已经送到" in page.text.splitlines()
    assert not set("|-") & set(page.text)


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


def test_headings_of_a_word_file_without_styles_are_known_by_their_size(tmp_path: Path) -> None:
    document = docx.Document()
    texts = (
        ("渔港开捕", 22),
        ("昨天上午，船队从渔港出海。", 12),
        ("满载而归", 16),
        ("“好收成！”他说，", 16),
    )
    for text, size in (*texts, ("下午，首批渔船带着鱼虾回港，码头上很热闹。", 12)):
        document.add_paragraph().add_run(text).font.size = docx.shared.Pt(size)
    document.save(str(tmp_path / "a.docx"))
    kinds = {text: kind for kind, text in blocks(inspect_page(tmp_path / "a.docx"))}
    assert kinds["渔港开捕"] == "title"
    assert kinds["满载而归"] == "heading"
    assert kinds["昨天上午，船队从渔港出海。"] == "body"
