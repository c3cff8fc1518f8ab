"""Layout XML: words with their boxes, blocks with their labels, nothing from hostile files."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.formats import LINES, blocks, box, read_file, regions, write_file

from indexer import build_index, inspect_page
from indexer.model import Box


def alto_string(line: int) -> str:
    """Return a line of ALTO: its text in two words."""
    left, top, right, bottom = box(line)
    text = LINES[line]
    middle = left + (right - left) * 4 // len(text)
    height = bottom - top
    return (
        f'<TextLine HPOS="{left}" VPOS="{top}" WIDTH="{right - left}" HEIGHT="{height}">'
        f'<String HPOS="{left}" VPOS="{top}" WIDTH="{middle - left}" HEIGHT="{height}"'
        f' CONTENT="{text[:4]}"/>'
        f'<String HPOS="{middle}" VPOS="{top}" WIDTH="{right - middle}" HEIGHT="{height}"'
        f' CONTENT="{text[4:]}"/></TextLine>'
    )


def alto(version: str = "v4", head: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{head}<alto xmlns="http://www.loc.gov/standards/alto/ns-{version}#">'
        "<Description><sourceImageInformation><fileName>scans/p1.tif</fileName>"
        "</sourceImageInformation></Description>"
        '<Tags><LayoutTag ID="t1" LABEL="headline"/></Tags>'
        '<Layout><Page WIDTH="1200" HEIGHT="1600"><TopMargin><TextBlock>'
        '<TextLine HPOS="100" VPOS="20" WIDTH="80" HEIGHT="20"><String HPOS="100" VPOS="20"'
        ' WIDTH="80" HEIGHT="20" CONTENT="第二版"/></TextLine></TextBlock></TopMargin>'
        f'<PrintSpace><TextBlock TAGREFS="t1">{alto_string(0)}</TextBlock>'
        f"<TextBlock>{alto_string(1)}{alto_string(2)}</TextBlock></PrintSpace></Page></Layout></alto>"
    )


@pytest.mark.parametrize("version", ["v2", "v3", "v4"])
def test_alto_gives_blocks_labels_and_words(tmp_path: Path, version: str) -> None:
    page = read_file(tmp_path, "p1.alto.xml", alto(version))
    assert page.id == "p1"
    assert page.sheet is not None
    assert (page.sheet.width, page.sheet.height, page.sheet.image) == (1200, 1600, "p1.tif")
    found = blocks(inspect_page(tmp_path / "p1.alto.xml"))
    assert sorted(found) == [
        ("body", LINES[1] + LINES[2]),
        ("furniture", "第二版"),
        ("title", LINES[0]),
    ]
    assert regions(page, LINES[1][:4]) == (Box(100, 250, 700 * 4 // len(LINES[1]), 40),)


ENTITIES = '<!DOCTYPE a [<!ENTITY a "甲"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
BAD = {
    "cut": alto()[:400],
    "entities": alto(head=ENTITIES).replace(LINES[2][:4], "&b;&a;"),
    "another kind": "<rss><channel/></rss>",
    "empty": "",
    "deep": "<a>" * 100_000,
    "binary": "\x00\x01",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_costs_one_sentence(tmp_path: Path, name: str) -> None:
    write_file(tmp_path / "pages", "bad.xml", BAD[name])
    write_file(tmp_path / "pages", "good.xml", alto())
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert report.added == ("good",)
    assert len(report.problems + report.warnings) == 1
