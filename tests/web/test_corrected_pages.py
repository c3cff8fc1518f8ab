"""How corrections show: in results, in the article, and as a row to paste on the page."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from web.conftest import build
from webapp import create_app

TEXT = "燕山飞鸟志\n\n记者在天山脚下看见燕山飞鸟，飞得很高，大家都很高兴。\n"


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder: Path = tmp_path_factory.mktemp("corrected")
    (folder / "a.txt").write_text(TEXT, "utf-8")
    (folder / "a.corrections.tsv").write_text("3\t飞鸟\t飞鸡\t<王明>\t2026-01-05\n", "utf-8")
    return create_app(build(folder, "web-corrected")).test_client()


def test_a_hit_in_the_corrected_text_says_what_is_printed(corrected: FlaskClient) -> None:
    page = corrected.get("/?q=看见燕山飞鸡").text
    assert "<mark>看见燕山飞鸡</mark>" in page
    assert "<mark>看见燕山飞鸡</mark>" in page
    assert '原作 <q lang="zh">飞鸟</q>' in page
    assert "#p2" in page
    assert "原作" not in corrected.get("/?q=看见燕山飞鸟").text.split('class="hits"')[1]


def test_the_article_shows_print_and_correction(corrected: FlaskClient) -> None:
    page = corrected.get("/articles/a/1?q=看见燕山飞鸡").text
    assert '<mark id="hit-1">看见燕山飞鸟</mark>，飞得' in page
    assert '<del lang="zh">飞鸟</del>' in page
    assert '<ins lang="zh">飞鸡</ins>' in page
    assert "&lt;王明&gt; 2026-01-05" in page
    assert page.count('class="block ') == 1
    (paragraph,) = corrected.get("/api/v1/articles/a/1").get_json()["paragraphs"][1:]
    assert [one["read"] for one in paragraph["corrections"]] == ["飞鸡"]


@pytest.mark.parametrize(
    ("asked", "row"),
    [
        ("fix_line=3&fix_printed=天山&fix_read=燕山", r"3\t天山\t燕山\t\t\d{4}-\d\d-\d\d"),
        ("fix_line=3&fix_printed=<b>&fix_read=x", None),
        ("fix_line=99&fix_printed=天山&fix_read=燕山", None),
        ("fix_line=x&fix_printed=天山&fix_read=燕山", None),
    ],
)
def test_the_page_offers_the_row_to_paste(
    corrected: FlaskClient, asked: str, row: str | None
) -> None:
    page = corrected.get(f"/pages/a?{asked}").text
    found = re.search(r'<pre id="fix-row">([^<]*)</pre>', page)
    if row is None:
        assert found is None
        assert "请核对行号和文字" in page
    else:
        assert found
        assert re.fullmatch(row, html.unescape(found[1]))
        assert "a.corrections.tsv" in page
