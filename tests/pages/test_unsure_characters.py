"""What an OCR engine was unsure of is read from every format that says it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.formats import points, read_file

from indexer.model import Box, Page, Span, SpanBox, Unsure
from indexer.pages.formats.layout_gutters import split_at_gutters
from indexer.pages.formats.page_lines import PrintedLine
from indexer.pages.formats.scan import make_printed
from indexer.pages.recognition import RecognisedChar, RecognisedLine, RecognisedPage

SIZE = 'HPOS="0" VPOS="0" WIDTH="90" HEIGHT="20"'
TEXT = "两人悟热了手。"


def alto(words: str) -> str:
    return (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><Page WIDTH="900" '
        f'HEIGHT="900"><PrintSpace><TextBlock><TextLine {SIZE}>{words}</TextLine></TextBlock>'
        "</PrintSpace></Page></Layout></alto>"
    )


def string(text: str, facts: str = "", inner: str = "") -> str:
    return f'<String {SIZE} CONTENT="{text}" {facts}>{inner}</String>'


def hocr(words: str) -> str:
    return (
        "<html><body><div class='ocr_page' title='bbox 0 0 900 900'><span class='ocr_line' "
        f"title='bbox 0 0 90 20'>{words}</span></div></body></html>"
    )


def word(text: str, title: str) -> str:
    return f"<span class='ocrx_word' title='bbox 0 0 90 20; {title}'>{text}</span>"


def page_xml(inner: str) -> str:
    return (
        '<PcGts><Page imageWidth="900" imageHeight="900"><TextRegion><TextLine>'
        f'<Coords points="0,0 90,0 90,20 0,20"/>{inner}</TextLine></TextRegion></Page></PcGts>'
    )


def equiv(text: str, conf: object, index: int = 0) -> str:
    return f'<TextEquiv conf="{conf}" index="{index}"><Unicode>{text}</Unicode></TextEquiv>'


def glyph(text: str, conf: object, *others: str) -> str:
    more = (equiv(one, 0.1, number) for number, one in enumerate(others, 1))
    return f"<Glyph>{''.join(more)}{equiv(text, conf)}</Glyph>"


def alto_glyph(text: str, conf: object, *others: str) -> str:
    more = "".join(f'<Variant CONTENT="{one}" VC="0.1"/>' for one in others)
    return f'<Glyph CONTENT="{text}" GC="{conf}">{more}</Glyph>'


SURE_GLYPHS = "".join(alto_glyph(one, 0.99) for one in TEXT[3:])
FILES = {
    "ALTO words": (
        "p.xml",
        alto(string("两人", 'WC="0.95"') + string("悟热", 'WC="0.4"') + string("了手。")),
        [("悟热", "")],
    ),
    "ALTO characters": ("p.xml", alto(string(TEXT, 'CC="0090001" WC="0.2"')), [("悟", "")]),
    "ALTO glyphs": (
        "p.xml",
        alto(
            string(
                TEXT,
                inner=alto_glyph("两", 0.9)
                + alto_glyph("人", 0.9)
                + alto_glyph("悟", 0.5, "焐", "晤")
                + SURE_GLYPHS,
            )
        ),
        [("悟", "焐晤")],
    ),
    "hOCR words": (
        "p.hocr",
        hocr(
            word("两人", "x_wconf 91") + word("悟热", "x_wconf 31") + word("了手。", "x_wconf 99")
        ),
        [("悟热", "")],
    ),
    "hOCR characters": ("p.hocr", hocr(word(TEXT, "x_confs 99 98 40 99 98 97 96")), [("悟", "")]),
    "hOCR boxes of characters": (
        "p.hocr",
        hocr(
            word(
                "".join(
                    f"<span class='ocrx_cinfo' title='x_bboxes 0 0 9 9; x_conf {conf}'>{one}</span>"
                    for one, conf in zip(TEXT, (99, 99, 40.5, 99, 99, 99, 99), strict=True)
                ),
                "x_wconf 90",
            )
        ),
        [("悟", "")],
    ),
    "PAGE line": ("p.xml", page_xml(equiv(TEXT, 0.3)), [(TEXT, "")]),
    "PAGE words": (
        "p.xml",
        page_xml(
            "".join(
                f"<Word>{equiv(one, conf)}</Word>"
                for one, conf in (("两人", 0.9), ("悟热", 0.2), ("了手。", 0.9))
            )
        ),
        [("悟热", "")],
    ),
    "PAGE glyphs": (
        "p.xml",
        page_xml(
            f"<Word>{glyph('两', 0.99)}{glyph('悟', 0.5, '焐', '晤')}{equiv('两悟', 0.9)}</Word>"
            f"<Word>{equiv('热', 0.9)}</Word>"
        ),
        [("悟", "焐晤")],
    ),
    "lines of RapidOCR": (
        "p.json",
        [[points(0), "昨天下雨了。", 0.97], [points(1), TEXT, 0.61]],
        [(TEXT, "")],
    ),
    "lines of PaddleOCR": (
        "p_res.json",
        {
            "rec_texts": ["昨天下雨了。", TEXT],
            "rec_scores": [0.99, 0.62],
            "rec_boxes": [[0, 0, 90, 20], [0, 30, 90, 50]],
        },
        [(TEXT, "")],
    ),
    "nothing is said": ("p.xml", alto(string(TEXT)), []),
    "all is sure": ("p.hocr", hocr(word(TEXT, "x_wconf 99")), []),
    "no number": ("p.xml", alto(string(TEXT, 'WC="low" CC="9"')), []),
    "too few numbers": ("p.hocr", hocr(word(TEXT, "x_confs 90 91")), []),
}


def found(page: Page) -> list[tuple[str, str]]:
    return [(page.text[slice(*span)], others) for span, others in page.unsure]


@pytest.mark.parametrize("kind", FILES)
def test_low_confidence_is_read(tmp_path: Path, kind: str) -> None:
    name, content, expected = FILES[kind]
    assert found(read_file(tmp_path, name, content)) == expected


def test_the_engine_says_what_else_a_character_may_be() -> None:
    chars = tuple(
        RecognisedChar(at, at + 1, Box(20 * at, 0, 20, 20), score, others)
        for at, (score, others) in enumerate(((0.99, "西"), (0.99, ""), (0.5, "焐"), (0.9, "")))
    )
    page = RecognisedPage(99, 99, (RecognisedLine("两人悟热", Box(0, 0, 80, 20), 0.9, chars),))
    (line,) = make_printed(page, 1, single=True).lines
    assert line.unsure == (Unsure(Span(2, 3), "焐"),)


def test_what_is_unsure_stays_with_its_part_of_a_split_line() -> None:
    def line(text: str, left: int, top: int, unsure: tuple[Unsure, ...] = ()) -> PrintedLine:
        boxes = tuple(
            SpanBox(Span(at, at + 1), Box(left + 20 * at + 40 * (at > 9), top, 20, 20))
            for at in range(len(text))
        )
        width = boxes[-1][1].x + 20 - left
        return PrintedLine(text, Box(left, top, width, 20), boxes, unsure=unsure)

    left = [line("山村小学迎来新老师们", 0, 30 * n) for n in range(1, 5)]
    right = [line("山村小学迎来新老师们", 240, 30 * n) for n in range(1, 5)]
    across = line("两人悟热了手又出门去昨天下雨了才回来", 0, 0, (Unsure(Span(12, 13), "而"),))
    first, second = split_at_gutters([across, *left, *right])[:2]
    assert (first.text, first.unsure) == ("两人悟热了手又出门去", ())
    assert (second.text, second.unsure) == ("昨天下雨了才回来", (Unsure(Span(2, 3), "而"),))
