"""Files in the shapes that tools write, as published samples and the tools' own code show them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.formats import blocks, read_file, read_pages, regions, write_file

from indexer import build_index, inspect_page
from indexer.model import Box

TITLE, FIRST, SECOND = (
    "河堤今晨合龙",
    "本报讯 昨夜大雨，二百名村民守在",
    "河堤上，今晨六时终于合龙。",
)


def texts(folder: Path, name: str, content: object) -> list[list[str]]:
    """Return the lines of each page of a file."""
    write_file(folder, name, content)
    found = read_pages([folder], problem=lambda error: pytest.fail(str(error)))
    return [page.text.split("\n\n") for page in found]


# ---------------------------------------------------------------- METS and ALTO


def alto_words(names: dict[str, str], *, blank: str = "") -> str:
    strings = blank.join(
        f'<String ID="{name}" HPOS="{10 * n}" VPOS="5" WIDTH="9" HEIGHT="9" CONTENT="{text}"/>'
        for n, (name, text) in enumerate(names.items())
    )
    return f'<TextLine HPOS="0" VPOS="5" WIDTH="90" HEIGHT="9">{strings}</TextLine>'


def alto(blocks: str) -> str:
    return (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Layout><Page ID="P1" WIDTH="100"'
        f' HEIGHT="90"><PrintSpace>{blocks}</PrintSpace></Page></Layout></alto>'
    )


def test_blanks_between_chinese_words_of_alto_are_not_printed(tmp_path: Path) -> None:
    words = {"a": "使用", "b": "5G", "c": "Smart", "d": "City", "e": "网络"}
    block = f"<TextBlock>{alto_words(words, blank='<SP/>')}</TextBlock>"
    page = read_file(tmp_path, "a.xml", alto(block))
    assert page.text == "使用5G Smart City网络"
    assert regions(page, "City") == (Box(30, 5, 9, 9),)


def test_words_of_alto_without_blanks_are_separated(tmp_path: Path) -> None:
    words = alto_words({"a": "New", "b": "York", "c": "纽约"})
    assert (
        read_file(tmp_path, "a.xml", alto(f"<TextBlock>{words}</TextBlock>")).text == "New York纽约"
    )


def test_a_hyphen_of_alto_belongs_to_the_word_before(tmp_path: Path) -> None:
    line = alto_words({"a": "morn"}).replace("</TextLine>", '<HYP CONTENT="-"/></TextLine>')
    page = read_file(tmp_path, "a.xml", alto(f"<TextBlock>{line}</TextBlock>"))
    assert (page.text, regions(page, "n-")) == ("morn-", (Box(5, 5, 4, 9),))


def mets(logical: str, physical: str = "", links: str = "") -> str:
    return (
        '<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<fileSec><file ID="F1"><FLocat xlink:href="file:///scans/1_0001.xml"/></file></fileSec>'
        f'<structMap TYPE="PHYSICAL">{physical}</structMap>'
        f'<structMap TYPE="LOGICAL">{logical}</structMap><structLink>{links}</structLink></mets>'
    )


def area(begin: str, end: str = "") -> str:
    return f'<fptr><area FILEID="F1" BETYPE="IDREF" BEGIN="{begin}" END="{end}"/></fptr>'


SECTIONS = mets(
    '<div TYPE="NEWSPAPER"><div TYPE="SECTION" ID="s1"><div TYPE="BODY">'
    f'<div TYPE="ARTICLE" ID="a1"><div TYPE="TITLE">{area("b1")}</div></div>'
    f'<div TYPE="ARTICLE" ID="a2"><div TYPE="TEXT">{area("b2")}</div></div></div></div>'
    f'<div TYPE="SECTION" ID="s2"><div TYPE="BODY">{area("c3")}</div></div></div>'
)
PAGE_AREAS = (
    f'<div TYPE="page" ID="p1"><div TYPE="pagearea" ID="pa1" LABEL="Headline">{area("w1", "w2")}'
    f'</div><div TYPE="pagearea" ID="pa2" LABEL="Textblock">{area("w3", "w4")}</div>'
    f'<div TYPE="pagearea" ID="pa3" LABEL="Textblock">{area("w5", "w6")}</div></div>'
)
LOGICAL = "".join(f'<div TYPE="article" ID="a{n}"/>' for n in (1, 2, 3))
LINKS = "".join(f'<smLink xlink:from="a{n}" xlink:to="pa{n}"/>' for n in (1, 2, 3))
LINK_GROUPS = "".join(
    f'<smLinkGrp><smLocatorLink xlink:href="#a{n}" xlink:label="article"/>'
    f'<smLocatorLink xlink:href="#pa{n}" xlink:label="page1 area{n}"/>'
    f'<smArcLink xlink:from="article" xlink:to="page1 area{n}"/></smLinkGrp>'
    for n in (1, 2, 3)
)
ISSUES = {
    "blocks in sections": SECTIONS,
    "ranges of words, linked": mets(f"<div>{LOGICAL}</div>", PAGE_AREAS, LINKS),
    "ranges of words, linked in groups": mets(f"<div>{LOGICAL}</div>", PAGE_AREAS, LINK_GROUPS),
}


@pytest.mark.parametrize("name", ISSUES)
def test_every_shape_of_mets_parts_the_articles(tmp_path: Path, name: str) -> None:
    page = alto(
        f'<TextBlock ID="b1">{alto_words({"w1": "河堤", "w2": "合龙"})}</TextBlock>'
        f'<TextBlock ID="b2">{alto_words({"w3": "昨夜大雨", "w4": "不止。"})}</TextBlock>'
        f'<ComposedBlock ID="c3"><TextBlock ID="b3">{alto_words({"w5": "米价", "w6": "又涨。"})}'
        "</TextBlock></ComposedBlock>"
    )
    path = write_file(tmp_path, "1_0001.xml", page)
    write_file(tmp_path, "1_mets.xml", ISSUES[name])
    articles = inspect_page(path).articles
    assert [[one.text for one in article.paragraphs] for article in articles] == [
        ["河堤合龙"],
        ["昨夜大雨不止。"],
        ["米价又涨。"],
    ]


def test_a_page_that_several_articles_share_is_left_as_it_is(tmp_path: Path) -> None:
    shared = '<div TYPE="page" ID="pa1"><fptr FILEID="F1"/></div>'
    links = "".join(f'<smLink xlink:from="a{n}" xlink:to="pa1"/>' for n in (1, 2))
    write_file(tmp_path, "mets.xml", mets(f"<div>{LOGICAL}</div>", shared, links))
    block = f"<TextBlock>{alto_words({'w1': '河堤'})}</TextBlock>"
    path = write_file(tmp_path, "1_0001.xml", alto(block))
    assert {hint.article for hint in inspect_page(path).page.hints} == {None}


def test_pages_are_read_again_when_their_issue_changes(tmp_path: Path) -> None:
    write_file(
        tmp_path / "pages",
        "1_0001.xml",
        alto(f"<TextBlock>{alto_words({'w1': '河堤'})}</TextBlock>"),
    )
    build_index([tmp_path / "pages"], index=tmp_path / "index")
    write_file(
        tmp_path / "pages", "1_mets.xml", mets(f'<div TYPE="article" ID="a">{area("w1")}</div>')
    )
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert report.changed == ("1_0001",)


# ---------------------------------------------------------------- PAGE XML


def page_xml(body: str) -> str:
    return (
        '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15">'
        f'<Page imageFilename="1.jpg" imageWidth="100" imageHeight="90">{body}</Page></PcGts>'
    )


def region(name: str, text: str, custom: str = "", line: str = "") -> str:
    return (
        f'<TextRegion id="{name}" custom="{custom}"><TextLine custom="{line}">'
        f'<Coords points="1,1 9,1 9,9 1,9"/><TextEquiv><Unicode>{text}</Unicode></TextEquiv>'
        "</TextLine></TextRegion>"
    )


def test_transkribus_says_order_and_types_in_an_attribute(tmp_path: Path) -> None:
    body = region("r1", FIRST, "readingOrder {index:1;}") + region(
        "r2", TITLE, "readingOrder {index:0;} structure {score:0.9; type:heading;}"
    )
    write_file(tmp_path, "1.xml", page_xml(body))
    assert blocks(inspect_page(tmp_path / "1.xml"))[:2] == [("title", TITLE), ("body", FIRST)]


def test_regions_are_ordered_by_index_in_groups_within_groups(tmp_path: Path) -> None:
    order = (
        '<ReadingOrder><OrderedGroup id="g"><RegionRefIndexed index="2" regionRef="r3"/>'
        '<OrderedGroupIndexed id="g1" index="0"><RegionRefIndexed index="1" regionRef="r2"/>'
        '<RegionRefIndexed index="0" regionRef="r1"/></OrderedGroupIndexed></OrderedGroup>'
        "</ReadingOrder>"
    )
    body = "".join(region(f"r{n}", f"第{n}") for n in (3, 2, 1, 4))
    assert texts(tmp_path, "1.xml", page_xml(order + body)) == [["第1", "第2", "第3", "第4"]]


WORDS = "".join(
    f'<Word><Coords><Point x="{10 * n}" y="1"/><Point x="{10 * n + 9}" y="9"/></Coords>'
    f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv></Word>"
    for n, text in enumerate(("河堤", "合龙"))
)


@pytest.mark.parametrize(
    "body",
    [
        f"<TextLine>{WORDS}</TextLine>",
        f"<TextLine>{WORDS}<TextEquiv><Unicode>河堤合龙</Unicode></TextEquiv></TextLine>",
    ],
)
def test_words_of_page_xml_have_boxes_in_old_files_too(tmp_path: Path, body: str) -> None:
    page = read_file(tmp_path, "1.xml", page_xml(f'<TextRegion id="r">{body}</TextRegion>'))
    assert (page.text, regions(page, "合龙")) == ("河堤合龙", (Box(10, 1, 9, 8),))


def test_a_region_of_lines_without_text_keeps_its_own(tmp_path: Path) -> None:
    body = (
        '<TextRegion id="r"><TextLine/><TextLine/><TextEquiv><Unicode>河堤\n合龙</Unicode>'
        "</TextEquiv></TextRegion>"
    )
    assert texts(tmp_path, "1.xml", page_xml(body)) == [["河堤\n合龙"]]


# ---------------------------------------------------------------- hOCR


def hocr(body: str) -> str:
    return f"<html><body><div class='ocr_page' title='bbox 0 0 100 90'>{body}</div></body></html>"


HOCR = {
    "a caption around lines": "<div class='ocr_caption'><span class='ocr_line'>河堤</span>"
    "<span class='ocr_line'>合龙</span></div>",
    "words in paragraphs": "<p class='ocr_par'><span class='ocrx_word'>河堤</span></p>"
    "<p class='ocr_par'><span class='ocrx_word'>合龙</span></p>",
    "paragraphs alone": "<p class='ocr_par'>河堤</p><p class='ocr_par'>合龙</p>",
}


@pytest.mark.parametrize("name", HOCR)
def test_text_of_hocr_comes_once_and_is_never_lost(tmp_path: Path, name: str) -> None:
    page = read_file(tmp_path, "1.hocr", hocr(HOCR[name]))
    assert page.text.split() == ["河堤", "合龙"]


# ---------------------------------------------------------------- MinerU


def span(text: str, **more: object) -> dict[str, object]:
    return {"bbox": [1, 1, 9, 9], "type": "text", "content": text, **more}


def block(text: str, **more: object) -> dict[str, object]:
    line = {"bbox": [1, 1, 9, 9], "spans": [span(text)]}
    return {"type": "text", "bbox": [1, 1, 9, 9], "lines": [line], **more}


def test_lines_that_mineru_takes_from_the_next_page_are_set_back(tmp_path: Path) -> None:
    joined = block("前一页的末段没有完")
    joined["lines"] += [{"bbox": [1, 1, 9, 9], "spans": [span("下一页才完。", cross_page=True)]}]  # type: ignore[operator]
    pages = [
        {"page_idx": 0, "page_size": [90, 90], "para_blocks": [joined]},
        {"page_idx": 1, "page_size": [90, 90], "para_blocks": [
            block("题在上面"), block("", lines=[], lines_deleted=True), block("再一段。")]},
    ]  # fmt: skip
    assert texts(tmp_path, "a_middle.json", {"pdf_info": pages}) == [
        ["前一页的末段没有完"],
        ["题在上面", "下一页才完。", "再一段。"],
    ]


MINERU_4 = {
    "schema": "docvortex.middle", "schema_version": "2.0", "is_full_document": True,
    "pages": [{"page_idx": 0, "blocks": [
        {"type": "doc_title", "index": 0, "bbox": [0.1, 0.1, 0.9, 0.2], "level": 1,
         "content": [{"type": "text", "content": TITLE}]},
        {"type": "text", "index": 1, "bbox": [0.1, 0.2, 0.5, 0.4],
         "content": [{"type": "text", "content": FIRST}, {"type": "text", "content": SECOND}]},
        {"type": "list", "index": 2, "content": [
            {"type": "text", "bbox": [0.1, 0.5, 0.5, 0.6],
             "content": [{"type": "text", "content": "米价"}]}]},
        {"type": "image", "index": 3, "bbox": [0.6, 0.2, 0.9, 0.4], "content": [
            {"type": "image_body", "content": "A crowd on a dyke"},
            {"type": "image_caption", "content": [{"type": "text", "content": "村民"}]}]},
        {"type": "table", "index": 4, "bbox": [0.6, 0.5, 0.9, 0.6], "content": [
            {"type": "table_body", "content": "<table><tr><td>米</td><td>三元</td></tr></table>"}]},
    ]}],
}  # fmt: skip
SECOND_LIST = [[
    {"type": "title", "bbox": [1, 1, 9, 9],
     "content": {"title_content": [{"type": "text", "content": TITLE}], "level": 1}},
    {"type": "paragraph", "bbox": [1, 1, 9, 9], "content": {"paragraph_content": [
        {"type": "text", "content": FIRST}, {"type": "text", "content": SECOND}]}},
    {"type": "list", "bbox": [1, 1, 9, 9], "content": {"list_type": "text_list", "list_items": [
        {"item_type": "text", "item_content": [{"type": "text", "content": "米价"}]}]}},
    {"type": "image", "bbox": [1, 1, 9, 9], "content": {"image_source": {"path": "images/a.jpg"},
        "image_caption": [{"type": "text", "content": "村民"}], "image_footnote": []}},
    {"type": "table", "bbox": [1, 1, 9, 9], "content": {"table_caption": [],
        "html": "<table><tr><td>米</td><td>三元</td></tr></table>"}},
]]  # fmt: skip
FIRST_LIST = [
    {"type": "text", "text": TITLE, "text_level": 1, "page_idx": 0},
    {"type": "text", "text": FIRST + SECOND, "page_idx": 0},
    {"type": "list", "sub_type": "text", "list_items": ["米价"], "page_idx": 0},
    {"type": "image", "img_path": "a.jpg", "content": "A crowd on a dyke", "page_idx": 0,
     "image_caption": ["村民"], "image_footnote": []},
    {"type": "table", "table_body": "<table><tr><td>米</td><td>三元</td></tr></table>",
     "page_idx": 0},
    {"type": "index", "list_items": [], "page_idx": 0},
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a_middle.json", MINERU_4),
        ("a_content_list_v2.json", SECOND_LIST),
        ("a_content_list.json", FIRST_LIST),
    ],
)
def test_every_shape_of_mineru_has_all_that_is_printed(
    tmp_path: Path, name: str, content: object
) -> None:
    write_file(tmp_path, name, content)
    found = blocks(inspect_page(tmp_path / name))
    assert sorted(found) == sorted(
        [("title", TITLE), ("body", FIRST + SECOND), ("list", "米价"), ("caption", "村民"),
         ("table", "米 三元")]
    )  # fmt: skip


def test_boxes_of_mineru_4_are_parts_of_the_page(tmp_path: Path) -> None:
    page = read_file(tmp_path, "a_middle.json", MINERU_4)
    assert regions(page, TITLE) == (Box(100, 141, 800, 142),)


# ---------------------------------------------------------------- Docling


def origin(page: int, span: list[int]) -> dict[str, object]:
    box = {"l": 10, "t": 10, "r": 90, "b": 20, "coord_origin": "TOPLEFT"}
    return {"page_no": page, "bbox": box, "charspan": span}


DOCLING = {
    "schema_name": "DoclingDocument",
    "body": {"self_ref": "#/body", "children": [{"$ref": "#/texts/0"}, {"$ref": "#/tables/0"}]},
    "texts": [
        {"label": "text", "text": "前页末段后页完。",
         "prov": [origin(1, [0, 4]), origin(2, [4, 8])]},
        {"label": "caption", "text": "无人提起的说明", "prov": [origin(1, [0, 7])]},
        {"label": "formula", "text": "", "orig": "一斤三元", "prov": [origin(2, [0, 4])]},
    ],
    "tables": [{"label": "table", "prov": [origin(2, [0, 0])], "data": {
        "table_cells": [
            {"text": "米价", "start_row_offset_idx": 0, "start_col_offset_idx": 0, "col_span": 2},
            {"text": "一斤", "start_row_offset_idx": 1},
            {"text": "三元", "start_row_offset_idx": 1}],
        "grid": [[{"text": "米价"}, {"text": "米价"}], [{"text": "一斤"}, {"text": "三元"}]]}}],
    "pages": {str(n): {"page_no": n, "size": {"width": 100, "height": 90}} for n in (1, 2)},
}  # fmt: skip


@pytest.mark.parametrize("content", [DOCLING, {"document": {"json_content": DOCLING}}])
def test_docling_splits_what_continues_and_loses_nothing(tmp_path: Path, content: object) -> None:
    assert texts(tmp_path, "a.json", content) == [
        ["前页末段", "无人提起的说明"],
        ["后页完。", "米价\n一斤　三元", "一斤三元"],
    ]


# ---------------------------------------------------------------- dots.ocr, Marker, Surya

DOTS = [
    {"bbox": [10, 10, 90, 20], "category": "Section-header", "text": f"## {TITLE}"},
    {"bbox": [10, 20, 90, 40], "category": "Text", "text": FIRST + SECOND},
    {"bbox": [10, 40, 90, 60], "category": "Picture"},
    {"bbox": [10, 80, 90, 89], "category": "Page-footer", "text": "第二版"},
]
MARKER = {
    "block_type": "Document", "metadata": {},
    "children": [{"block_type": "Page", "bbox": [0, 0, 100, 90], "children": [
        {"block_type": "SectionHeader", "html": f"<h1>{TITLE}</h1>", "bbox": [10, 10, 90, 20],
         "children": None},
        {"block_type": "TextGroup", "html": "<content-ref src='/page/0/Text/2'></content-ref>",
         "children": [{"block_type": "Text", "html": f"<p>{FIRST}{SECOND}</p>",
                       "polygon": [[10, 20], [90, 20], [90, 40], [10, 40]], "children": None}]},
        {"block_type": "PageFooter", "html": "<p>第二版</p>", "bbox": [10, 80, 90, 89]}]}],
}  # fmt: skip


@pytest.mark.parametrize("content", [DOTS, MARKER])
def test_blocks_keep_order_labels_and_boxes(tmp_path: Path, content: object) -> None:
    page = read_file(tmp_path, "a.json", content)
    assert sorted(blocks(inspect_page(tmp_path / "a.json"))) == [
        ("body", FIRST + SECOND), ("furniture", "第二版"), ("title", TITLE),
    ]  # fmt: skip
    assert regions(page, "合龙。") == (Box(10, 20, 80, 20),)


def test_lines_of_surya_are_set_in_order(tmp_path: Path) -> None:
    lines = [
        {"text": text, "bbox": [10, top, 90, top + 8], "confidence": 0.9}
        for text, top in ((SECOND, 22), (FIRST, 12))
    ]
    content = {"1": [{"text_lines": lines, "page": 1, "image_bbox": [0, 0, 100, 90]}]}
    page = read_file(tmp_path, "results.json", content)
    assert page.text.split() == (FIRST + " " + SECOND).split()
    assert page.sheet is not None
    assert (page.sheet.width, page.sheet.height) == (100, 90)


@pytest.mark.parametrize("names", [("a.md", "a_nohf.md"), ("a.json", "a_meta.json")])
def test_by_products_are_no_pages(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        write_file(tmp_path, name, json.dumps(DOTS) if "json" in name else FIRST)
    assert [page.id for page in read_pages([tmp_path], problem=lambda error: None)] == ["a"]


@pytest.mark.parametrize("end", ["_model", "_layout", "_meta"])
def test_a_text_is_never_a_by_product(tmp_path: Path, end: str) -> None:
    for name in ("1946", f"1946{end}"):
        write_file(tmp_path, f"{name}.txt", FIRST)
    found = [page.id for page in read_pages([tmp_path], problem=lambda error: None)]
    assert found == ["1946", f"1946{end}"]
