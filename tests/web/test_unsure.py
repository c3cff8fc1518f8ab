"""What an OCR engine was unsure of is marked on the site: in articles, on the sheet, in JSON."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support.formats import alto_of_glyphs, write_file

from indexer import Span, Unsure, build_index
from webapp import create_app
from webapp.marked_text import cut_pieces

READ = "入冬以后，两人把手悟热了才出门，又把门带上了。"
UNSURE = {"悟": "焐晤", "带": ""}
UNSURE_SPAN = re.compile(
    r'<span class="unsure" title="(.*?)">(.)<span class="hidden" lang="zh-Hans">'
)


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    write_file(tmp_path / "pages", "p.xml", alto_of_glyphs(READ, UNSURE))
    build_index([tmp_path / "pages"], index=tmp_path / "index")
    return create_app(index=tmp_path / "index").test_client()


def show(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def test_an_article_marks_unsure_characters_and_says_what_they_may_be(client: FlaskClient) -> None:
    page = show(client, "/articles/p/1")
    assert UNSURE_SPAN.findall(page)[0] == ("（识别存疑，或为焐、晤）", "悟")
    marked = show(client, "/articles/p/1?q=悟热了")
    assert '<mark id="hit-1"><span class="unsure"' in marked
    assert "<mark>热了</mark>" in marked


@pytest.mark.parametrize("address", ["/pages/p?q=热了", "/?q=焐热", "/articles/p/1?beside=1"])
def test_lines_and_snippets_mark_unsure_characters(client: FlaskClient, address: str) -> None:
    page = show(client, address)
    assert ("（识别存疑，或为焐、晤）", "悟") in UNSURE_SPAN.findall(page)
    assert "<mark>热了</mark>" in page or "q=热了" not in address


def test_a_result_says_that_it_is_uncertain(client: FlaskClient) -> None:
    assert "识别存疑处可能相符" in show(client, "/?q=焐热")
    assert "识别存疑处可能相符" not in show(client, "/?q=悟热")


def test_the_sheet_marks_unsure_characters_and_places_of_paragraphs(client: FlaskClient) -> None:
    sheet = show(client, "/pages/p/sheet?q=焐热")
    at = READ.index("悟")
    assert f'<rect class="unsure" x="{100 + 30 * at}" y="100" width="30" height="30">' in sheet
    assert "<title>（识别存疑，或为焐、晤）</title>" in sheet
    assert sheet.count('class="region"') == 1
    anchor = re.search(r'href="[^"]*/sheet[^"]*#(p1-\d+)"', show(client, "/articles/p/1"))
    assert anchor
    assert f'id="{anchor[1]}"' in sheet


@pytest.mark.parametrize("address", ["/api/v1/articles/p/1", "/api/v1/search?q=焐热"])
def test_json_names_unsure_characters(client: FlaskClient, address: str) -> None:
    answer = client.get(address).get_json()
    (paragraph,) = answer.get("hits") or answer["paragraphs"]
    start = READ.index("悟")
    assert paragraph["unsure"][0] == {"span": [start, start + 1], "others": "焐晤"}


@pytest.mark.parametrize(
    ("marks", "pieces"),
    [
        ([], ["把手", "悟?焐", "热了"]),
        ([(2, 4)], ["把手", "*悟1?焐", "*热0", "了"]),
        ([(0, 3)], ["*把手1", "*悟0?焐", "热了"]),
        ([(1, 5)], ["把", "*手1", "*悟0?焐", "*热了0"]),
        ([(0, 1), (3, 4)], ["*把1", "手", "悟?焐", "*热2", "了"]),
    ],
)
def test_pieces_are_cut_at_marks_and_around_what_is_unsure(
    marks: list[tuple[int, int]], pieces: list[str]
) -> None:
    found = [
        f"*{one.text}{one.number}" if one.marked else one.text
        for one in cut_pieces("把手悟热了", marks)
    ]
    assert "".join(re.sub("[*0-9]", "", one) for one in found) == "把手悟热了"
    cut = cut_pieces("把手悟热了", marks, unsure=(Unsure(Span(2, 3), "焐"),))
    assert [
        (f"*{one.text}{one.number}" if one.marked else one.text)
        + ("" if one.others is None else f"?{one.others}")
        for one in cut
    ] == pieces
