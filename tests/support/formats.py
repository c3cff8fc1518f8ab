"""Files of formats that tools write, small and made up: what each tool's documentation shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from indexer import Inspection
from indexer.model import Box, Page, find_regions
from indexer.pages import read_listed
from indexer.pages.folders import Problem, list_pages
from indexer.pages.page_ids import make_sources


def read_pages(sources: Sequence[Path], *, problem: Problem) -> Iterator[Page]:
    """Yield the pages of files and folders as a build reads them."""
    return read_listed(list_pages(make_sources(sources), problem), problem=problem)


LINES = ("山村小学迎来新老师", "本报讯 昨天上午，十名支教老师来到", "山村小学，带来了两百本图书。")


def box(line: int) -> list[int]:
    """Return left, top, right and bottom of a line: the first is a heading in large type."""
    return [100, 100, 1000, 180] if line == 0 else [100, 200 + 50 * line, 800, 240 + 50 * line]


def points(line: int) -> list[list[int]]:
    left, top, right, bottom = box(line)
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def read_file(folder: Path, name: str, content: object) -> Page:
    """Return the only page of a file with a content, which is JSON unless it is text or bytes."""
    write_file(folder, name, content)
    return next(read_pages([folder], problem=fail))


def write_file(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, "utf-8")
    return path


def fail(error: object) -> None:
    raise AssertionError(str(error))


def regions(page: Page, substring: str) -> tuple[Box, ...]:
    """Return the boxes of the first position where a page has some characters."""
    start = page.text.index(substring)
    return find_regions(page.text, page.boxes, [(start, start + len(substring))])  # type: ignore[list-item]


def blocks(inspection: Inspection) -> list[tuple[str, str]]:
    """Return the kind and the text of each block of a page."""
    return [
        (paragraph.kind.value, paragraph.text)
        for article in inspection.articles
        for paragraph in article.paragraphs
    ]


def alto_of_glyphs(text: str, unsure: Mapping[str, str]) -> str:
    """Return an ALTO page of one line, the characters of `unsure` with their other readings."""
    bounds = f'HPOS="100" VPOS="100" WIDTH="{30 * len(text)}" HEIGHT="30"'
    glyphs = "".join(
        f'<Glyph CONTENT="{char}" GC="{0.5 if char in unsure else 0.99}">'
        + "".join(f'<Variant CONTENT="{one}"/>' for one in unsure.get(char, ""))
        + "</Glyph>"
        for char in text
    )
    return (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><Page WIDTH="1200" '
        f'HEIGHT="900"><PrintSpace><TextBlock><TextLine {bounds}><String {bounds} '
        f'CONTENT="{text}">{glyphs}</String></TextLine></TextBlock></PrintSpace></Page></Layout>'
        "</alto>"
    )


def make_pdf(*pages: list[tuple[float, float, float, str]], extra: str = "") -> bytes:
    """Return a PDF of pages of 400 by 600 points; a page is substrings of text `(x, y, size,
    text)`.

    The font is one that readers know by name, so that none is embedded. `extra` goes into the
    catalog.
    """
    font = (
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts["
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)"
        "/Ordering(GB1)/Supplement 4>>/DW 1000/FontDescriptor<</Type/FontDescriptor/FontName"
        "/STSong-Light/Flags 6/FontBBox[0 -120 1000 880]/Ascent 880/Descent -120/CapHeight 700"
        "/StemV 90/ItalicAngle 0>>>>]>>"
    )
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{extra}>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        font,
    ]
    for number, substrings in enumerate(pages):
        content = "\n".join(
            f"BT /F1 {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET"
            for x, y, size, text in substrings
        )
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Contents {5 + 2 * number} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>",
            f"<</Length {len(content)}>>stream\n{content}\nendstream",
        ]
    data, offsets = b"%PDF-1.4\n", []
    for number, held in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj{held}endobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return data + (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\n"
        f"startxref\n{len(data)}\n%%EOF"
    ).encode("latin-1")
