"""Damaged and hostile files of every format: a sentence each, and nothing else is lost."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from pages import test_layout_xml, test_ocr_json, test_real_shapes, test_tool_json
from support.formats import LINES, make_pdf, read_pages, write_file

from indexer.errors import SourceError
from indexer.pages.formats import FORMATS

HTML = (
    f"<html><head><title>{LINES[0]}</title></head><body><article><h1>{LINES[0]}</h1><p>"
    f"{LINES[1]}{LINES[2]}{LINES[1]}{LINES[2]}</p></article></body></html>"
)
CSV = f"标题,正文\n{LINES[0]},{LINES[1]}\n"
ARTICLES = [{"title": LINES[0], "text": LINES[1] + LINES[2]}]


def make_docx() -> bytes:
    document = docx.Document()
    document.add_heading(LINES[0])
    document.add_paragraph(LINES[1] + LINES[2])
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


GOOD: dict[str, tuple[str, object]] = {
    "MinerU": ("a_middle.json", test_tool_json.MIDDLE),
    "MinerU 4": ("a_middle.json", test_real_shapes.MINERU_4),
    "MinerU, list": ("a_content_list.json", test_real_shapes.FIRST_LIST),
    "MinerU, second list": ("a_content_list_v2.json", test_real_shapes.SECOND_LIST),
    "Docling": ("a.json", test_real_shapes.DOCLING),
    "dots.ocr, Marker, Surya": ("a.json", test_real_shapes.DOTS),
    "Marker": ("a.json", test_real_shapes.MARKER),
    "PaddleOCR, PP-Structure, RapidOCR": ("a.json", test_ocr_json.SHAPES["PP-StructureV3"]),
    "RapidOCR": ("a.json", test_ocr_json.SHAPES["RapidOCR 3"]),
    "ALTO": ("a.xml", test_layout_xml.alto()),
    "PAGE XML": ("a.xml", test_layout_xml.PAGE_XML),
    "METS": ("a.xml", test_layout_xml.METS),
    "JSON array of articles": ("a.json", ARTICLES),
    "hOCR": ("a.hocr", test_layout_xml.HOCR),
    "HTML": ("a.html", HTML),
    "DOCX": ("a.docx", make_docx()),
    "table": ("a.csv", CSV),
    "PDF": ("a.pdf", make_pdf([(50, 500, 10, LINES[1])])),
}


def as_bytes(content: object) -> bytes:
    if isinstance(content, bytes):
        return content
    return (
        content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    ).encode()


def cut(data: bytes) -> Iterator[bytes]:
    """Yield the beginnings of a file, and the file without its beginning."""
    for part in (0, 1, 10, 50, 90, 99):
        yield data[: len(data) * part // 100]
    yield data[len(data) // 3 :]


def spoil(data: bytes) -> Iterator[bytes]:
    """Yield the file with bytes changed, doubled and replaced."""
    source = random.Random(len(data))
    for count in (1, 5, 50):
        changed = bytearray(data)
        for _ in range(count):
            changed[source.randrange(len(changed))] = source.randrange(256)
        yield bytes(changed)
    yield data + data
    yield data.replace(b"0", b"9" * 400)
    yield data.replace(b'"', b"'")
    yield b"\xff\xfe" + data
    yield bytes(len(data))


def read(folder: Path, name: str, data: bytes) -> tuple[list[str], list[SourceError]]:
    """Return the pages of a file beside a good one, without the good one, and what was said."""
    write_file(folder, name, data)
    write_file(folder, "good.txt", "这一页没有问题，总是读得到。")
    problems: list[SourceError] = []
    pages = [page.id for page in read_pages([folder], problem=problems.append)]
    assert "good" in pages
    return [page for page in pages if page != "good"], problems


def test_every_format_is_tried_here() -> None:
    assert {row.name for row in FORMATS} - GOOD.keys() == {"image"}


@pytest.mark.filterwarnings("ignore::UserWarning:trafilatura", "ignore::DeprecationWarning")
@pytest.mark.parametrize("damage", [cut, spoil])
@pytest.mark.parametrize("name", GOOD)
def test_a_damaged_file_is_read_or_named(tmp_path: Path, name: str, damage: object) -> None:
    file, content = GOOD[name]
    for number, data in enumerate(damage(as_bytes(content))):  # type: ignore[operator]
        pages, problems = read(tmp_path / str(number), file, data)
        sentences = [error.sentence("en") for error in problems]
        assert pages or sentences or name == "METS", number
        assert all(len(one.splitlines()) == 1 and len(one) < 600 for one in sentences), sentences


@pytest.mark.parametrize("name", [name for name in GOOD if name != "METS"])
def test_a_good_file_is_read_without_a_word(tmp_path: Path, name: str) -> None:
    file, content = GOOD[name]
    pages, problems = read(tmp_path, file, as_bytes(content))
    assert pages
    assert problems == []


DEEP_JSON = b'{"pdf_info": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "甲甲甲甲"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<alto><Layout><Page><PrintSpace><TextBlock><TextLine><String CONTENT='&b;'/></TextLine>"
    "</TextBlock></PrintSpace></Page></Layout></alto>"
).encode()


def make_bomb() -> bytes:
    """Return a .docx whose document is far larger than its file."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(3):
            archive.writestr(f"word/{number}.xml", bytes(100_000_000))
    return written.getvalue()


HOSTILE = {
    "deep.json": DEEP_JSON,
    "deep.xml": b"<alto>" * 50_000,
    "deep.html": b"<div>" * 50_000 + "文".encode() * 300,
    "laughs.xml": LAUGHS,
    "bomb.docx": make_bomb(),
    "numbers.json": b'[{"box": [1e400, -1e400, NaN, Infinity], "text": "\xe6\x96\x87"}]',
    "names.csv": ("标题,正文\n" + ",".join("甲" for _ in range(5_000)) + "\n").encode(),
    "empty.xml": b'<alto><Layout><Page WIDTH="9" HEIGHT="9"/></Layout></alto>',
    "empty.json": b'{"pdf_info": [{"page_idx": 0, "para_blocks": []}]}',
}


@pytest.mark.filterwarnings("ignore::UserWarning:trafilatura")
@pytest.mark.parametrize("file", HOSTILE)
def test_a_hostile_file_costs_one_sentence(tmp_path: Path, file: str) -> None:
    pages, problems = read(tmp_path, file, HOSTILE[file])
    assert len(problems) == 1 or (pages and not problems), problems
