"""Every payload in every field of the print and of a request, in every output of the site.

An output with a payload must have the form that it has with harmless words: HTML the same elements
and attributes, a file the same records and columns, JSON and XML must parse, a log line is one.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup, escape

import webapp
from indexer import EXPORT_FORMATS
from web.conftest import build
from webapp import create_app
from webapp.addresses import FILTER_PARAMETERS
from webapp.templating import escape_text

HARMLESS = "甲乙丙"
PAYLOADS: Mapping[str, str] = {
    "harmless": HARMLESS,
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x="',
    "apostrophe": "' onload='alert(1)' x='",
    "closing": "--></title></textarea></a><img src=x onerror=alert(1)>",
    "address": "javascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "template": "{{7*7}}${7*7}#{7*7}{% raw %}%(x)s{0}",
    "formula": '=HYPERLINK("http://evil.example";"x")',
    "formula+": "+1+1|' /C calc'!A0",
    "formula-": "-1+1",
    "formula@": "@SUM(1)",
    "line ends": "a\r\nSet-Cookie: x=1\r\n\r\n<b>",
    "entity": '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;&lt;b&gt;',
    "cdata": "]]><x/><![CDATA[",
    "tex": "}\\input{/etc/passwd}%@article{x,",
    "ris": "x\nER  - \nTY  - JOUR\nAU  - y",
    "terminal": "\x1b]0;owned\x07\x1b[31m",
    "direction": "\u202eevil\u2066",
    "null": "a\x00b",
    "path": "../../../../etc/passwd",
    "query": "a&b=c#d?e%2f%00+f",
}
FIELDS = ("id", "title", "byline", "newspaper", "edition", "url", "date", "text", "head")
"""Fields of a record; `text` is within a paragraph, `head` at the beginning of one."""


PART = 1 if os.environ.get("LONG_TESTS") else 16
"""Each output is tried with every so-manieth page, each request with every so-manieth parameter."""


def make_record(name: str, field: str) -> dict[str, str]:
    payload, key = PAYLOADS[name], f"{field}-{list(PAYLOADS).index(name)}"
    text = "嘉兴市援疆指挥部支援沙雅县教育{}，孩子们都说很好。\n{}今年又送来了图书。"
    record = {
        "id": f"{key}{payload}" if field == "id" else key,
        "title": f"{payload}嘉兴援疆" if field == "title" else "嘉兴援疆",
        "byline": f"本报记者 {payload if field == 'byline' else '王明'}",
        "text": text.format(payload if field == "text" else "", payload if field == "head" else ""),
    }
    return record | ({field: payload} if field in ("newspaper", "edition", "url", "date") else {})


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application over one page for each payload in each field."""
    folder = tmp_path_factory.mktemp("injections")
    records = [make_record(name, field) for field in FIELDS for name in PAYLOADS]
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    (folder / "a.jsonl").write_text("\n".join(lines), "utf-8")
    return create_app(build(folder, "web-injections"))


@pytest.fixture(scope="module")
def pages(app: Flask) -> list[str]:
    """The ids of the pages, as addresses carry them."""
    found: list[str] = []
    for start in range(0, len(FIELDS) * len(PAYLOADS), 100):
        hits = app.test_client().get(f"/api/v1/search?kind=title&size=100&start={start}").json
        found += [quote(hit["page"]) for hit in (hits or {})["hits"]]
    found = [page for page in dict.fromkeys(found) if field_of(page)]
    assert len(found) > 0.95 * len(FIELDS) * len(PAYLOADS)  # some names have a number instead
    return found


def field_of(page: str) -> str:
    """Return the field of a page that has the payload, by the page's id."""
    key = re.search(rf"\b({'|'.join(FIELDS)})-\d+", page)
    return key[1] if key else ""


SOURCES = "".join(
    path.read_text("utf-8") for path in Path(webapp.__file__).parent.glob("templates/*.html")
).lower()
TAGS = {*re.findall(r"<([a-z]+[0-9]?)", SOURCES)}
ATTRIBUTES = {
    *re.findall(r"""[\s"'}]([a-z][a-z-]*)(?=[=\s>{])""", re.sub("{[{#].*?[}#]}", "", SOURCES))
}


class Shape(HTMLParser):
    """What of a page no template has written, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.foreign: list[tuple[str, str]] = []
        self.schemes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag not in TAGS or (tag == "script" and "src" not in names):
            self.foreign.append((tag, ""))
        self.foreign += [
            (tag, name)
            for name in names
            if name not in ATTRIBUTES or name.startswith("on") or name == "style"
        ]
        for name in ("href", "src", "action"):
            if value := names.get(name):
                self.schemes.add("" if value[0] in "/#" else value.split(":")[0])


def check_html(text: str, harmless: str) -> None:
    shape = Shape(text)
    assert shape.foreign == Shape(harmless).foreign == []
    assert shape.schemes <= {"", "http", "https"}
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", text)


def check_csv(text: str, harmless: str) -> None:
    rows, expected = (list(csv.reader(io.StringIO(one))) for one in (text, harmless))
    assert {len(row) for row in rows} <= {len(expected[0])}
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]


def check_ris(text: str, harmless: str) -> None:
    names = [re.match(r"[A-Z][A-Z0-9]  - |$", line) for line in text.split("\n")]
    assert all(names)
    assert text.count("ER  - ") == harmless.count("ER  - ") == text.count("TY  - ")


def check_bibtex(text: str, harmless: str) -> None:
    bare = re.sub(r"\\[{}\\]|\\text\w+\{\}", "", text)
    assert bare.count("{") == bare.count("}")
    assert len(re.findall(r"^@", text, re.MULTILINE)) == len(re.findall(r"^@", harmless, re.M))
    assert "\\input{" not in text


def check_json(text: str, harmless: str) -> None:
    assert type(json.loads(text)) is type(json.loads(harmless))


def check_lines(text: str, harmless: str) -> None:
    assert [list(json.loads(line)) for line in text.splitlines()] == [
        list(json.loads(line)) for line in harmless.splitlines()
    ]


def check_xml(text: str, harmless: str) -> None:
    found, expected = (ElementTree.fromstring(one) for one in (text, harmless))
    assert {one.tag for one in found.iter()} <= {one.tag for one in expected.iter()}


def check_plain(text: str, harmless: str) -> None:
    assert len(text.splitlines()) == len(harmless.splitlines())


Check = Callable[[str, str], None]
EXPORT_CHECKS: Mapping[str, Check] = {
    "jsonl": check_lines, "csv": check_csv, "kwic": check_plain, "kwic-csv": check_csv,
    "gbt7714": check_plain, "bibtex": check_bibtex, "ris": check_ris, "csl": check_json,
    "relations": check_csv, "gexf": check_xml, "atom": check_xml, "record": check_lines,
}  # fmt: skip
OUTPUTS: Mapping[str, Check] = {
    "/?q=援疆&page={page}": check_html,
    "/?page={page}&lang=en&explain=1": check_html,
    "/?q=援疆&page={page}&view=lines": check_html,
    "/articles/{page}/1?q=援疆": check_html,
    "/articles/{page}/1?beside=1": check_html,
    "/pages/{page}?lines=1-2": check_html,
    "/cite/{page}/1/3": check_html,
    "/compare?q=援疆&page={page}": check_html,
    "/values/author?page={page}": check_html,
    "/values/page?page={page}": check_html,
    "/api/v1/search?page={page}&explain=1": check_json,
    "/api/v1/articles/{page}/1": check_json,
    "/api/v1/pages/{page}": check_json,
    **{f"/export.{name}?q=援疆&page={{page}}": check for name, check in EXPORT_CHECKS.items()},
}


def test_every_format_is_checked() -> None:
    assert EXPORT_CHECKS.keys() == {*EXPORT_FORMATS, "atom"}


@pytest.mark.parametrize("output", OUTPUTS)
def test_print_changes_no_output_s_form(app: Flask, pages: list[str], output: str) -> None:
    client, failed = app.test_client(), []
    twins = {field_of(page): page for page in pages if re.search(r"\b[a-z]+-0(?!\d)", page)}
    harmless = {field: client.get(output.format(page=page)).text for field, page in twins.items()}
    assert harmless.keys() == set(FIELDS)
    for page in pages[list(OUTPUTS).index(output) % PART :: PART]:
        response = client.get(output.format(page=page))
        assert response.status_code == 200, page
        assert "Set-Cookie" not in response.headers
        try:
            OUTPUTS[output](response.text, harmless[field_of(page)])
        except (AssertionError, ValueError, ElementTree.ParseError) as error:
            failed.append((page, str(error)[:300]))
    assert failed == []


PARAMETERS = (
    *FILTER_PARAMETERS, "q", "sort", "view", "start", "size", "lang", "exact", "facets", "result",
    "lines", "from", "named", "style", "all", "near", "by", "until", "offsets", "format", "limit",
    "group",
)  # fmt: skip
ASKED: Mapping[str, Check | None] = {
    "/": check_html,
    "/articles/title-0/1": check_html,
    "/pages/title-0": check_html,
    "/cite/title-0/1/3": check_html,
    "/values/city": check_html,
    "/compose": None,
    "/api/v1/search": check_json,
    "/api/v1/suggest": check_json,
    "/export.atom": check_xml,
}


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("name", [name for name in PAYLOADS if name != "harmless"])
def test_a_request_changes_no_answer_s_form(
    app: Flask, pages: list[str], caplog: pytest.LogCaptureFixture, path: str, name: str
) -> None:
    prefix = pages[0].rsplit("/", 1)[0] if "/" in pages[0] else ""
    path, check = path.replace("title-0", f"{prefix}/title-0" if prefix else "title-0"), ASKED[path]
    client, part = app.test_client(), PARAMETERS[list(PAYLOADS).index(name) % PART :: PART]
    with caplog.at_level(logging.INFO, "webapp.access"):
        answers = [ask(client, path, parameter, PAYLOADS[name]) for parameter in part]
    for text, harmless in filter(None, answers):
        if check:
            check(text, harmless)
    logged = [record.getMessage() for record in caplog.records if record.name == "webapp.access"]
    assert [line for line in logged if not re.fullmatch(r"[ -~]+", line)] == []


def ask(client: FlaskClient, path: str, parameter: str, payload: str) -> tuple[str, str] | None:
    """Return an answer and the harmless one, if both are answers of the same status."""
    response, harmless = (
        client.get(path, query_string={"q": "援疆", parameter: value})
        for value in (payload, HARMLESS)
    )
    assert response.status_code in (200, 302, 400, 404), (path, parameter)
    assert "Set-Cookie" not in response.headers
    same = response.status_code == harmless.status_code == 200
    return (response.text, harmless.text) if same else None


@pytest.mark.parametrize("path", ["/", "/sitemap.xml", "/sitemaps/1.xml", "/opensearch.xml"])
def test_lists_of_everything_hold_their_form(app: Flask, pages: list[str], path: str) -> None:
    assert pages
    text = app.test_client().get(path).text
    if path == "/":
        check_html(text, text)
    else:
        ElementTree.fromstring(text)


def test_names_of_files_stay_names(tmp_path: Path) -> None:
    for number, payload in enumerate(PAYLOADS.values()):
        name = re.sub(r"[/\x00]", "_", payload)[:80]
        (tmp_path / f"{number}{name}.txt").write_text("嘉兴援疆\n\n支援沙雅县教育。\n", "utf-8")
    client = create_app(build(tmp_path, "web-names")).test_client()
    hits = client.get("/api/v1/search?size=100&kind=body").get_json()["hits"]
    assert len({hit["page"] for hit in hits}) > 0.75 * len(PAYLOADS)  # but for control characters
    for hit in hits:
        text = client.get(hit["url"].split("#")[0]).text
        check_html(text, text)


@pytest.mark.parametrize(
    "value", ["plain", "<a href=\"x\">'&'</a>", "&amp;", "", 3, None, Markup("<b>")]
)
def test_templates_escape_as_markupsafe_does(value: object) -> None:
    assert escape_text(value) == str(escape(value))
