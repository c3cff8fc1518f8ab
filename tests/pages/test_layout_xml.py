"""Layout XML: words with their boxes, blocks with their labels, nothing from hostile files."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.formats import LINES, blocks, box, points, read_file, regions, write_file

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


def coords(line: int) -> str:
    return " ".join(f"{x},{y}" for x, y in points(line))


def page_xml_line(line: int) -> str:
    return (
        f'<TextLine id="l{line}"><Coords points="{coords(line)}"/>'
        f"<TextEquiv><Unicode>{LINES[line]}</Unicode></TextEquiv></TextLine>"
    )


PAGE_XML = (
    '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">'
    '<Page imageFilename="p1.png" imageWidth="1200" imageHeight="1600"><ReadingOrder><OrderedGroup>'
    '<RegionRefIndexed index="0" regionRef="r2"/><RegionRefIndexed index="1" regionRef="r1"/>'
    '</OrderedGroup></ReadingOrder><TextRegion id="r1" type="paragraph">'
    f'{page_xml_line(1)}{page_xml_line(2)}</TextRegion><TextRegion id="r2" type="heading">'
    f"{page_xml_line(0)}</TextRegion></Page></PcGts>"
)


def hocr_line(line: int, kind: str = "ocr_line") -> str:
    left, top, right, bottom = box(line)
    text = LINES[line].replace(" ", "")
    size = (right - left) // len(text)
    words = "".join(
        f"<span class='ocrx_word' title='bbox {left + size * n} {top} {left + size * (n + 1)}"
        f" {bottom}; x_wconf 90'>{char}</span> "
        for n, char in enumerate(text)
    )
    return f"<span class='{kind}' title='bbox {left} {top} {right} {bottom}'>{words}</span>"


HOCR = (
    "<html><body><div class='ocr_page' title='image \"p1.png\"; bbox 0 0 1200 1600'>"
    f"<p class='ocr_par'>{hocr_line(0, 'ocr_title')}</p>"
    f"<p class='ocr_par'>{hocr_line(1)}{hocr_line(2)}</p></div></body></html>"
)


@pytest.mark.parametrize(
    ("name", "content"), [("p1.xml", PAGE_XML), ("p1.hocr", HOCR), ("p1.html", HOCR)]
)
def test_page_xml_and_hocr_give_blocks_labels_and_boxes(
    tmp_path: Path, name: str, content: str
) -> None:
    page = read_file(tmp_path, name, content)
    assert page.sheet is not None
    assert (page.sheet.width, page.sheet.image) == (1200, "p1.png")
    found = [(kind, text.replace(" ", "")) for kind, text in blocks(inspect_page(tmp_path / name))]
    body = (LINES[1] + LINES[2]).replace(" ", "")
    assert found == [("title", LINES[0]), ("body", body)]
    assert regions(page, LINES[2])[0][:2] == (100, 300)


def alto_block(name: str, line: int) -> str:
    return f'<TextBlock ID="{name}">{alto_string(line)}</TextBlock>'


METS = (
    '<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<dmdSec><mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>江渡日报</title>'
    "</titleInfo><dateIssued>1934-05-01</dateIssued></mods></dmdSec>"
    '<fileSec><fileGrp><file ID="A1"><FLocat xlink:href="file://./alto/p1.xml"/></file></fileGrp>'
    '</fileSec><structMap TYPE="LOGICAL"><div TYPE="Newspaper"><div TYPE="ARTICLE" ID="x">'
    '<div TYPE="HEADLINE"><fptr><area FILEID="A1" BEGIN="b1"/></fptr></div>'
    '<div TYPE="TEXT"><fptr><area FILEID="A1" BEGIN="b2"/></fptr></div></div>'
    '<div TYPE="ARTICLE" ID="y"><div TYPE="TEXT"><fptr><area FILEID="A1" BEGIN="b3"/></fptr></div>'
    "</div></div></structMap></mets>"
)


def test_articles_of_mets_are_kept(tmp_path: Path) -> None:
    written = (
        '<alto><Layout><Page WIDTH="1200" HEIGHT="1600"><PrintSpace>'
        f"{alto_block('b1', 0)}{alto_block('b2', 1)}{alto_block('b3', 2)}"
        "</PrintSpace></Page></Layout></alto>"
    )
    path = write_file(tmp_path, "alto/p1.xml", written)
    write_file(tmp_path, "issue_mets.xml", METS)
    inspection = inspect_page(path)
    assert [[one.text for one in article.paragraphs] for article in inspection.articles] == [
        [LINES[0], LINES[1]],
        [LINES[2]],
    ]
    assert (inspection.page.meta.newspaper, inspection.page.meta.date) == ("江渡日报", "1934-05-01")
    report = build_index([tmp_path], index=tmp_path.with_name("index"))
    assert (report.added, report.problems + report.warnings) == (("alto/p1",), ())
