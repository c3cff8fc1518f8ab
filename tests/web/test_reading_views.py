from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import (
    Document,
    Kind,
    Page,
    PageMeta,
    Span,
    build_index,
    line_spans,
    locate_in_page,
    make_settings,
    merge_ranges,
)
from webapp import create_app
from webapp.marked_text import cut_pieces
from webapp.numbered_lines import SourceLine, make_lines
from webapp.reading_views import web_address
from webapp.result_views import print_facts
from webapp.site_texts import texts

PAGE = "000_486f398a4e6e35c8"


def make_page(text: str) -> Page:
    return Page(id="p", source="p.txt", text=text, digest="0")


def make_document(text: str, number: int, *spans: tuple[int, int], **others: object) -> Document:
    """Make a paragraph of a page's spans."""
    lines = line_spans(text)
    touched = [
        (
            next(n for n, line in enumerate(lines, 1) if start <= line.end),
            max(n for n, line in enumerate(lines, 1) if line.start < end),
        )
        for start, end in spans
    ]
    joined = "".join(text[start:end] for start, end in spans)
    return Document(
        id=f"p:1:{number}", page="p", article=1, number=number, kind=Kind.BODY, text=joined,
        folded=joined, spans=tuple(Span(*span) for span in spans), lines=tuple(touched),
        **others,  # type: ignore[arg-type]
    )  # fmt: skip


CUT = "甲乙丙\n图注\n丁戊己"


def drawn(line: SourceLine) -> str:
    """Draw a line the way the template does, in signs."""
    return "".join(
        (f"<{one.from_line}" if one.from_line else "")
        + ("[" if one.begins else "")
        + "".join(piece.text for piece in one.pieces)
        + ("]" if one.ends else "")
        + (f">{one.to_line}" if one.to_line else "")
        for one in line.segments
    )


@pytest.mark.parametrize(
    ("text", "spans", "lines"),
    [
        ("甲乙\n丙丁", [[(0, 2)], [(3, 5)]], ["[甲乙]", "[丙丁]"]),
        (CUT, [[(0, 3), (7, 10)], [(4, 6)]], ["[甲乙丙>3", "[图注]", "<1丁戊己]"]),
        ("甲乙丙丁", [[(0, 2)], [(2, 4)]], ["[甲乙][丙丁]"]),
        ("甲\n乙", [[(0, 3)]], ["[甲", "乙]"]),
        ("甲 \n\n 乙", [[(0, 1)], [(5, 6)]], ["[甲] ", "", " [乙]"]),
        ("甲\r\n乙", [[(0, 1)], [(3, 4)]], ["[甲]", "[乙]"]),
        ("", [], [""]),
    ],
)
def test_lines_show_where_paragraphs_begin_join_and_end(
    text: str, spans: list[list[tuple[int, int]]], lines: list[str]
) -> None:
    documents = [make_document(text, number, *one) for number, one in enumerate(spans, 1)]
    assert [drawn(line) for line in make_lines(make_page(text), documents)] == lines


@given(st.text(alphabet="甲乙 \n\r", max_size=30), st.data())
def test_the_lines_of_any_page_are_its_text(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))
    spans = [(a, b) for a, b in pairwise(cuts) if b > a]
    documents = [make_document(text, n, span) for n, span in enumerate(spans, 1)]
    lines = make_lines(make_page(text), documents)
    printed = [
        "".join(piece.text for segment in line.segments for piece in segment.pieces)
        for line in lines
    ]
    assert printed == [text[line.start : line.end] for line in line_spans(text)]


@pytest.mark.parametrize(
    ("ranges", "merged"),
    [([], ()), ([(3, 4), (1, 2)], ((1, 4),)), ([(1, 9), (2, 3), (11, 11)], ((1, 9), (11, 11)))],
)
def test_ranges_are_merged(
    ranges: list[tuple[int, int]], merged: tuple[tuple[int, int], ...]
) -> None:
    assert merge_ranges(ranges) == merged


@given(st.text(max_size=20), st.data())
def test_the_pieces_of_any_text_are_the_text(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True).map(sorted))
    marks = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    pieces = list(cut_pieces(text, marks))
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.marked] == [text[a:b] for a, b in marks]


# ---------------------------------------------------------------- the pages


def test_a_page_shows_every_line_with_its_number(client: FlaskClient) -> None:
    page = client.get(f"/pages/{PAGE}").text
    text = client.get(f"/raw/{PAGE}").text
    assert len(re.findall(r'<li id="L\d+"', page)) == len(line_spans(text))
    assert "上接第 22 行" in page
    assert "下接第 28 行" in page


def test_the_wanted_lines_are_marked_without_javascript(client: FlaskClient) -> None:
    page = client.get(f"/pages/{PAGE}?lines=12-18,22").text
    marked = re.findall(r'<li id="L(\d+)" class="line marked"', page)
    assert marked == [str(number) for number in (*range(12, 19), 22)]
    assert 'id="L12-L18"' in page


def test_every_paragraph_leads_to_its_lines_and_every_line_back(client: FlaskClient) -> None:
    article = client.get(f"/articles/{PAGE}/1").text
    source = client.get(f"/pages/{PAGE}").text
    paragraphs = client.get(f"/api/v1/articles/{PAGE}/1").get_json()["paragraphs"]
    assert paragraphs
    for paragraph in paragraphs:
        assert f'id="p{paragraph["number"]}"' in article
        assert f'href="/articles/{PAGE}/1#p{paragraph["number"]}"' in source
        if paragraph["kind"] == "body":
            assert f'href="{lines_address(paragraph)}"' in html.unescape(article)


def lines_address(paragraph: dict[str, list[list[int]]]) -> str:
    ranges = merge_ranges((first, last) for first, last in paragraph["line_ranges"])
    written = ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in ranges)
    first, last = ranges[0]
    mark = f"L{first}" if first == last else f"L{first}-L{last}"
    return f"/pages/{PAGE}?lines={written}#{mark}"


def test_the_hits_of_an_article_are_marked_and_numbered(client: FlaskClient) -> None:
    page = client.get(f"/articles/{PAGE}/1?q=足球").text
    paragraphs = client.get(f"/api/v1/articles/{PAGE}/1").get_json()["paragraphs"]
    count = sum(paragraph["text"].count("足球") for paragraph in paragraphs)
    assert re.findall(r'<mark id="hit-(\d+)">足球</mark>', page) == [
        str(number) for number in range(1, count + 1)
    ]
    assert f"本文 {count} 处命中" in page


def test_one_reads_from_result_to_result(client: FlaskClient) -> None:
    asked = "/api/v1/search?q=援疆&city=沙雅&group=article&per_article=1&size=50"
    hits = client.get(asked).get_json()["hits"]
    assert len(hits) > 2
    address: str | None = client.get("/?q=援疆&city=沙雅").text
    address = re.search(r'<a class="text" href="([^"]+)"', address or "")[1]  # type: ignore[index]
    seen = []
    while address:
        seen.append(html.unescape(address).split("?")[0] + "#" + address.split("#")[1])
        page = client.get(html.unescape(address).split("#")[0]).text
        following = re.search(r'<a rel="next" href="([^"]+)"', page)
        address = following[1] if following else None
    assert seen == [f"/articles/{h['page']}/{h['article']}#p{h['number']}" for h in hits]


def test_going_back_leads_to_the_page_of_results(client: FlaskClient) -> None:
    page = client.get(f"/articles/{PAGE}/1?q=援疆&size=2&result=3").text
    assert 'href="/?q=援疆&amp;start=2&amp;size=2"' in page
    page = client.get(f"/articles/{PAGE}/1?q=援疆&view=lines&result=23").text
    assert 'href="/?q=援疆&amp;view=lines&amp;start=20"' in page


def test_the_way_back_is_kept_wherever_one_reads(client: FlaskClient) -> None:
    def links(address: str, wanted: str) -> list[str]:
        page = client.get(address.split("#")[0]).text
        return [html.unescape(one) for one in re.findall(r'href="([^"]+)"', page) if wanted in one]

    back = "/?q=援疆&sort=page&start=2&size=2"
    came = "q=援疆&sort=page&size=2&result=3"
    article = f"/articles/{PAGE}/1?{came}"
    places = [
        article,
        *links(article, "beside=1")[:1],
        *links(article, f"/pages/{PAGE}")[:2],
        *links(article, "/cite/")[:1],
    ]
    assert len(places) == 5
    for address in places:
        assert came in address
        assert back in links(address, "/?q="), address
        assert links(address, "result=2"), address
    assert came in links(links(article, f"/pages/{PAGE}")[0], "/articles/")[3]


def test_what_is_looked_for_is_marked_in_the_lines_too(client: FlaskClient) -> None:
    printed = client.get(f"/raw/{PAGE}").text.count("援疆")
    paragraphs = client.get(f"/api/v1/articles/{PAGE}/1").get_json()["paragraphs"]
    beside = sum(one["text"].count("援疆") for one in paragraphs)
    for address, count in (
        (f"/pages/{PAGE}?q=援疆", printed),
        (f"/articles/{PAGE}/1?q=援疆&beside=1", beside),
    ):
        page = client.get(address).text.split("<ol class=")[-1]
        marked = re.findall(r"<mark>([^<]+)</mark>", page)
        assert "".join(marked).count("援疆") == count > 5, address


@pytest.mark.parametrize(
    ("spans", "text", "mark", "found"),
    [
        ([(0, 2), (3, 5)], "甲乙丙丁", (1, 3), [(1, 2), (3, 4)]),
        ([(0, 2), (3, 5)], "甲乙 丙丁", (2, 4), [(3, 4)]),
        ([(3, 5), (0, 2)], "丙丁甲乙", (0, 4), [(3, 5), (0, 2)]),
        ([(0, 2)], "甲乙", (0, 1), [(0, 1)]),
    ],
)
def test_marks_of_a_paragraph_are_located_on_its_page(
    spans: list[tuple[int, int]], text: str, mark: tuple[int, int], found: list[tuple[int, int]]
) -> None:
    one = make_document("甲乙\n丙丁", 1, *spans)
    assert list(locate_in_page(replace(one, text=text), [Span(*mark)])) == found


def test_the_original_is_shown_beside_the_article(client: FlaskClient) -> None:
    page = client.get(f"/articles/{PAGE}/1?beside=1").text
    assert 'class="original"' in page
    assert 'class="run kind-body repeat"' in page
    assert 'href="#p9"' in page


def test_an_article_names_itself_to_reference_managers(client: FlaskClient) -> None:
    page = client.get(f"/articles/{PAGE}/1").text
    assert '<meta name="citation_title" content="泱泱秀水润沙雅">' in page
    assert '<meta name="citation_author" content="宋彬彬">' in page
    assert "citation_publication_date" not in page


def test_what_a_side_car_says_is_shown(hostile: FlaskClient, hostile_page: str) -> None:
    page = hostile.get(f"/pages/{hostile_page}").text
    for shown in ("&lt;i&gt;日报&lt;/i&gt;", "2023-10-27", "第4版", "&lt;u&gt;要闻&lt;/u&gt;"):
        assert shown in page


def test_similar_articles_are_other_articles(client: FlaskClient) -> None:
    page = client.get(f"/articles/{PAGE}/1").text
    similar = page.split('id="similar-h"')[1].split("</aside>")[0]
    found = re.findall(r'href="([^"]+)"', similar)
    assert 1 <= len(found) <= 5
    assert f"/articles/{PAGE}/1" not in found


def test_a_link_into_results_that_became_fewer_still_opens(client: FlaskClient) -> None:
    for result in (5000, 4):
        response = client.get(f"/articles/{PAGE}/1?q=足球&result={result}")
        assert response.status_code == 200
        assert "返回结果" in response.text
        assert f"第 {result + 1}／" not in response.text


LONG = "\n\n".join(f"第{number}条说的是一件小事，大家都知道，也都明白。" for number in range(3000))


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A reader of a page with 5,999 lines."""
    folder = tmp_path_factory.mktemp("long")
    (folder / "long.txt").write_text(LONG, encoding="utf-8")
    settings = make_settings({}, engine="memory", index=folder / "index")
    build_index([folder], index=settings.index, settings=settings)
    return create_app(settings).test_client()


@pytest.mark.parametrize(
    ("address", "first", "last", "links"),
    [
        ("/pages/long", 1, 2000, ["2001"]),
        ("/pages/long?from=2001", 2001, 4000, ["1", "4001"]),
        ("/pages/long?from=99999", 5999, 5999, ["3999"]),
        ("/pages/long?lines=4100-4105", 4000, 5999, ["2000"]),
    ],
)
def test_a_long_page_is_shown_in_parts(
    long: FlaskClient, address: str, first: int, last: int, links: list[str]
) -> None:
    page = long.get(address).text
    numbers = re.findall(r'<li id="L(\d+)"', page)
    assert (numbers[0], numbers[-1]) == (str(first), str(last))
    assert re.findall(r'href="/pages/long\?from=(\d+)"', page) == links


def test_an_article_shows_what_its_page_carries(hostile: FlaskClient, hostile_page: str) -> None:
    page = hostile.get(f"/articles/{hostile_page}/1").text
    assert "&lt;i&gt;日报&lt;/i&gt; 2023-10-27 第4版" in page
    assert 'href="https://example.org/?a=1&amp;b=&lt;2&gt;" rel="external"' in page


@pytest.mark.parametrize(
    ("url", "link"),
    [("https://a.example", True), ("http://a.example", True), ("javascript:x", False), ("", False)],
)
def test_only_web_addresses_become_links(url: str, link: bool) -> None:
    assert bool(web_address(url)) is link


@pytest.mark.parametrize(
    ("edition", "shown"),
    [("3", "第3版"), ("05", "第5版"), ("A3", "第A3版"), ("第4版", "第4版"), ("要闻", "要闻")],
)
def test_an_edition_is_shown_as_readers_write_it(edition: str, shown: str) -> None:
    assert print_facts(PageMeta(edition=edition), texts("zh-Hans")) == shown


def test_a_long_article_is_read_in_parts(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("article")
    paragraph = (
        "第{}段说的是嘉兴支援沙雅的一件小事，大家都知道，也都明白，后来又有别的事情。" + "好" * 160
    )
    rows = {"id": "1", "title": "很长的文章", "text": "\n".join(map(paragraph.format, range(300)))}
    (folder / "long.jsonl").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    settings = make_settings({}, engine="memory", index=folder / "index")
    build_index([folder], index=settings.index, settings=settings)
    client = create_app(settings).test_client()
    seen: list[str] = []
    address: str | None = "/articles/long/1/1?q=沙雅&result=0"
    pages = re.findall(r'<a href="(/articles/[^"#]+from=\d+)#p', client.get(address or "").text)
    parts = [address, *map(html.unescape, dict.fromkeys(pages))]
    for part in parts:
        page = client.get(part or "").text
        assert len(page.encode()) < 100_000
        assert "本文 300 处命中" in page
        seen += re.findall(r'<(?:div|h1) id="p(\d+)"', page)
    assert list(map(int, seen)) == list(range(1, 302))
    hit = client.get("/?q=第250段说的是").text
    assert re.search(r'href="/articles/long/1/1\?q=[^"]*from=251#p252"', html.unescape(hit))
    assert client.get("/articles/long/1/1?from=5000").status_code == 404
