"""The files of MinerU and Docling: blocks, lines, labels and tables, with their boxes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.formats import LINES, blocks, box, read_file, regions, write_file

from indexer import build_index, inspect_page
from indexer.model import Box

TITLE, BODY = LINES[0], LINES[1] + LINES[2]


def line(number: int) -> dict[str, object]:
    return {"bbox": box(number), "spans": [{"type": "text", "content": LINES[number]}]}


MIDDLE = {
    "pdf_info": [
        {
            "page_idx": 0,
            "page_size": [1200, 1600],
            "para_blocks": [
                {"type": "title", "bbox": box(0), "lines": [line(0)]},
                {"type": "text", "bbox": [100, 250, 800, 340], "lines": [line(1), line(2)]},
                {"type": "image", "bbox": [0, 0, 9, 9], "blocks": [
                    {"type": "image_caption", "lines": [
                        {"bbox": [0, 0, 90, 9], "spans": [{"content": "老师在上课"}]}]}]},
            ],
            "discarded_blocks": [{"type": "page_number", "lines": [
                {"bbox": [0, 0, 90, 9], "spans": [{"content": "第二版"}]}]}],
        }
    ],
    "_backend": "pipeline",
}  # fmt: skip

LIST = [
    {"type": "text", "text": TITLE, "text_level": 1, "bbox": [83, 62, 833, 112], "page_idx": 0},
    {"type": "text", "text": BODY, "bbox": [83, 156, 667, 212], "page_idx": 0},
    {"type": "image", "img_path": "images/x.jpg", "image_caption": ["老师在上课"],
     "image_footnote": [], "bbox": [0, 0, 9, 9], "page_idx": 0},
    {"type": "page_number", "text": "第二版", "page_idx": 0},
]  # fmt: skip


def prov(page: int, left: int, top: int, right: int, bottom: int) -> list[dict[str, object]]:
    where = {"l": left, "t": top, "r": right, "b": bottom, "coord_origin": "BOTTOMLEFT"}
    return [{"page_no": page, "bbox": where, "charspan": [0, 5]}]


DOCLING = {
    "schema_name": "DoclingDocument",
    "body": {"children": [{"$ref": "#/texts/1"}, {"$ref": "#/groups/0"}, {"$ref": "#/texts/9"}]},
    "groups": [{"children": [{"$ref": "#/texts/0"}, {"$ref": "#/groups/0"}]}],
    "texts": [
        {"label": "text", "text": BODY, "prov": prov(1, 100, 700, 400, 650)},
        {"label": "section_header", "text": TITLE, "level": 1, "prov": prov(1, 100, 760, 400, 720)},
        {"label": "caption", "text": "老师在上课", "prov": prov(1, 100, 600, 200, 590)},
        {"label": "page_header", "text": "第二版", "content_layer": "furniture"},
    ],
    "furniture": {"children": [{"$ref": "#/texts/3"}]},
    "pages": {"1": {"page_no": 1, "size": {"width": 600, "height": 800}}},
}


@pytest.mark.parametrize(
    ("name", "content"), [("a_middle.json", MIDDLE), ("a_content_list.json", LIST)]
)
def test_blocks_and_labels_of_mineru(tmp_path: Path, name: str, content: object) -> None:
    page = read_file(tmp_path, name, content)
    assert page.id == "a"
    assert sorted(blocks(inspect_page(tmp_path / name))) == [
        ("body", BODY), ("caption", "老师在上课"), ("furniture", "第二版"), ("title", TITLE),
    ]  # fmt: skip
    assert regions(page, "支教老师")


def test_lines_of_mineru_have_boxes_of_their_own(tmp_path: Path) -> None:
    assert regions(read_file(tmp_path, "a_middle.json", MIDDLE), LINES[2]) == (
        Box(100, 300, 700, 40),
    )


def test_one_file_of_mineru_is_read_of_a_page(tmp_path: Path) -> None:
    for name in ("a_middle.json", "a_content_list.json", "a_model.json"):
        write_file(tmp_path / "pages", name, MIDDLE if "middle" in name else LIST)
    for name in ("a.md", "a_layout.pdf", "a_span.pdf", "a_origin.pdf"):
        write_file(tmp_path / "pages", name, "x")
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert (report.added, report.problems + report.warnings) == (("a",), ())


def test_docling_is_read_in_the_order_of_its_body(tmp_path: Path) -> None:
    page = read_file(tmp_path, "a.json", DOCLING)
    assert blocks(inspect_page(tmp_path / "a.json"))[:2] == [("title", TITLE), ("body", BODY)]
    assert regions(page, TITLE) == (Box(100, 40, 300, 40),)


@pytest.mark.parametrize(
    "content",
    [
        {"pdf_info": [7, {"para_blocks": [{"lines": 3}]}]},
        {"schema_name": "DoclingDocument", "body": {"children": [{"$ref": 1}, 2]}},
        [{"type": "text", "page_idx": None, "text": None}],
    ],
)
def test_other_values_cost_nothing_else(tmp_path: Path, content: object) -> None:
    write_file(tmp_path / "pages", "bad.json", content)
    write_file(tmp_path / "pages", "good.json", DOCLING)
    assert build_index([tmp_path / "pages"], index=tmp_path / "index").added == ("good",)


FORMULAS = r"产量同比$+24.4\%$，成本约 $3 0 \%$，面积$120\mathrm{m}^{2}$，售价$5到$8美元"


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "text": FORMULAS, "page_idx": 0}],
        [[{"type": "paragraph", "content": {"paragraph_content": [
            {"type": "text", "content": FORMULAS}]}}]],
        [{"category": "Text", "bbox": [0, 0, 900, 90], "text": FORMULAS}],
        {"pdf_info": [{"page_idx": 0, "page_size": [900, 900], "para_blocks": [
            {"type": "text", "lines": [{"bbox": [0, 0, 900, 90], "spans": [
                {"type": "text", "content": FORMULAS.split("$")[0]},
                {"type": "inline_equation", "content": FORMULAS.split("$")[1]},
                {"type": "text", "content": FORMULAS.split("$", 2)[2]}]}]}]}]},
        {"parsing_res_list": [{"block_label": "text", "block_content": FORMULAS,
                               "block_bbox": [0, 0, 900, 90]}]},
    ],
)  # fmt: skip
def test_formulas_are_read_as_they_print(tmp_path: Path, content: object) -> None:
    page = read_file(tmp_path, "a.json", content)
    assert page.text == "产量同比+24.4%，成本约 30%，面积120m2，售价$5到$8美元"
