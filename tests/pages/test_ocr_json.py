"""The JSON of OCR engines is read in all their shapes, with the box of each line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.formats import (
    LINES,
    blocks,
    box,
    fail,
    points,
    read_file,
    read_pages,
    regions,
    write_file,
)

from indexer import build_index, inspect_page
from indexer.model import Box

TITLE, BODY = LINES[0], LINES[1] + LINES[2]
NUMBERS = "一二三"
BOXES = [box(line) for line in range(3)]
POLYGONS = [points(line) for line in range(3)]
PADDLE = {"input_path": "/data/scans/p1.jpg", "page_index": None, "rec_texts": list(LINES)}
SHAPES = {
    "PaddleOCR 3": {**PADDLE, "rec_boxes": BOXES, "rec_scores": [0.9, 0.9, 0.8]},
    "PaddleOCR 3, polygons": {**PADDLE, "rec_polys": POLYGONS},
    "PaddleOCR 3, printed": {"res": {**PADDLE, "rec_boxes": BOXES}},
    "PaddleOCR service": {
        "errorCode": 0,
        "result": {"ocrResults": [{"prunedResult": {**PADDLE, "rec_boxes": BOXES}}]},
    },
    "PaddleOCR 2": [
        [[polygon, [text, 0.98]] for polygon, text in zip(POLYGONS, LINES, strict=True)]
    ],
    "RapidOCR 1": [[polygon, text, 0.9] for polygon, text in zip(POLYGONS, LINES, strict=True)],
    "RapidOCR 3": {"boxes": POLYGONS, "txts": list(LINES), "scores": [1, 1, 1]},
    "RapidOCR 3, file": [
        {"box": polygon, "txt": text, "score": 0.9}
        for polygon, text in zip(POLYGONS, LINES, strict=True)
    ],
    "Umi-OCR": {
        "code": 100,
        "data": [
            {"box": polygon, "text": text, "score": 0.9}
            for polygon, text in zip(POLYGONS, LINES, strict=True)
        ],
    },
    "PP-StructureV3": {
        "input_path": "p1.jpg",
        "page_index": None,
        "width": 1200,
        "height": 1600,
        "parsing_res_list": [
            {"block_label": "doc_title", "block_content": TITLE, "block_bbox": box(0)},
            {"block_label": "image", "block_content": "", "block_bbox": [0, 0, 9, 9]},
            {"block_label": "text", "block_content": BODY, "block_bbox": [90, 240, 810, 350]},
        ],
        "overall_ocr_res": {"rec_texts": list(LINES), "rec_boxes": BOXES},
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_title_paragraph_and_boxes(tmp_path: Path, shape: str) -> None:
    page = read_file(tmp_path, "p1.json", SHAPES[shape])
    assert blocks(inspect_page(tmp_path / "p1.json")) == [("title", TITLE), ("body", BODY)]
    assert regions(page, "支教老师")[0].y == box(1)[1]
    assert regions(page, "来到\n山村") == (Box(715, 250, 85, 40), Box(100, 300, 100, 40))


def test_a_block_without_lines_keeps_its_whole_box(tmp_path: Path) -> None:
    content = {
        "parsing_res_list": [
            {"block_label": "text", "block_content": BODY * 5, "block_bbox": [0, 0, 600, 300]}
        ]
    }
    assert regions(read_file(tmp_path, "a.json", content), "支教") == (Box(0, 0, 600, 300),)


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left, right = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉"
    lines = [
        {"box": [x, 100 + 30 * row, x + 240, 124 + 30 * row], "text": f"{row}{text}"}
        for row in range(4)
        for x, text in ((60, left), (360, right))
    ]
    page = read_file(tmp_path, "a.json", lines)
    assert "".join(page.text.split()) == "".join(
        f"{row}{text}" for text in (left, right) for row in range(4)
    )


def test_upright_columns_are_read_from_the_right(tmp_path: Path) -> None:
    lines = [
        {"box": [500 - 40 * column, 50 + 400 * tier, 530 - 40 * column, 380 + 400 * tier],
         "text": f"第{NUMBERS[tier]}段第{NUMBERS[column]}行的文字"}
        for column in (2, 0, 1)
        for tier in (1, 0)
    ]  # fmt: skip
    page = read_file(tmp_path, "a.json", lines)
    wanted = [
        f"第{NUMBERS[tier]}段第{NUMBERS[column]}行的文字" for tier in (0, 1) for column in (0, 1, 2)
    ]
    assert page.text.split() == wanted
    assert regions(page, "第二行")[0] == Box(460, 50 + 330 * 3 // 9, 30, 110)


@pytest.mark.parametrize(
    "content",
    ["{", "[" * 100_000, "[]", '{"a": 1}', '[[[["x", 1], 2]]]', '{"rec_texts": [1], "boxes": 7}'],
)
def test_other_json_costs_one_sentence_and_no_page_beside_it(tmp_path: Path, content: str) -> None:
    write_file(tmp_path / "pages", "bad.json", content)
    write_file(tmp_path / "pages", "good.json", SHAPES["RapidOCR 3"])
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert (report.added, len(report.problems + report.warnings)) == (("good",), 1)


def test_lines_without_a_good_box_are_kept(tmp_path: Path) -> None:
    boxes = [[1e308, 0, 1e309, 5], [0, 0, -5, -5], [100, 300, 800, 340]]
    page = read_file(tmp_path, "a.json", {"txts": list(LINES), "boxes": boxes})
    assert page.text.split("\n\n") == [LINES[2], *LINES[:2]]


def test_pages_of_a_file_have_names_of_their_own(tmp_path: Path) -> None:
    pages = [SHAPES["PaddleOCR 3"], {**PADDLE, "page_index": 1, "rec_boxes": BOXES}]
    write_file(tmp_path / "pages", "x.json", pages)
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert report.added == ("x/1", "x/2")
    again = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert (again.added, again.changed, len(again.unchanged)) == ((), (), 2)
    assert inspect_page(tmp_path / "pages" / "x.json#2").page.sheet.number == 2  # type: ignore[union-attr]


def test_answers_of_a_recognition_service_are_read_a_page_a_line(tmp_path: Path) -> None:
    service = {
        "result": {
            "ocrResults": [
                {
                    "prunedResult": {
                        "rec_texts": list(LINES),
                        "rec_boxes": [box(n) for n in range(3)],
                    }
                }
            ]
        }
    }
    older = [[points(n), [line, 0.9]] for n, line in enumerate(LINES)]
    lines = (service, older, {"text": "社区图书角开放。"}, [{"text": "夜校开课。"}])
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    pages = list(read_pages([path], problem=fail))
    assert [page.id for page in pages] == ["answers/1", "answers/2", "answers/3", "answers/4"]
    assert [len(page.boxes) for page in pages] == [3, 3, 0, 0]
    assert all(line in pages[0].text and line in pages[1].text for line in LINES)
