from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import webapp
from webapp.site_texts import LANGUAGE_NAMES, texts

PACKAGE = Path(webapp.__file__).parent


def used() -> set[str]:
    """Collect the keys that templates and code name in full."""
    sources = [*PACKAGE.glob("templates/*"), *PACKAGE.glob("*.py")]
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    return set(re.findall(r"""["']((?:[a-z]+)\.[a-z0-9_]+)["']""", text))


def test_every_sentence_exists_in_both_languages() -> None:
    chinese, english = texts("zh-Hans").sentences, texts("en").sentences
    assert set(chinese) <= set(english)
    for key, sentence in chinese.items():
        assert set(re.findall(r"{(\w+)", sentence)) == set(re.findall(r"{(\w+)", english[key])), key


def test_every_sentence_that_is_named_exists() -> None:
    groups = {key.split(".")[0] for key in texts("en").sentences}
    named = {key for key in used() if key.split(".")[0] in groups and not key.endswith(".html")}
    assert named - set(texts("en").sentences) == set()


GROUPS_BY_VALUE = ("kind", "sort", "truncated", "status", "help", "cite", "advanced", "note",
                   "meta", "facet", "view", "error", "side", "line_order", "review")  # fmt: skip


def test_no_sentence_is_left_over() -> None:
    kept = {key for key in texts("en").sentences if key.split(".")[0] not in GROUPS_BY_VALUE}
    assert {key for key in kept if not key.endswith(".one")} - used() == set()


def test_the_traditional_interface_is_the_simplified_one_converted() -> None:
    assert texts("zh-Hant")("search.button") == "檢索"
    assert texts("zh-Hant")("hit.lines", lines="3") == "第 3 行"


def test_the_singular_is_used_for_one() -> None:
    english = texts("en")
    assert english("facet.more", count=1) == "1 more"
    assert english("facet.more", count=2) == "2 more"


@pytest.mark.parametrize(
    ("query", "counts"),
    [
        ("东西相隔4000多公里", "1 paragraph in 1 article "),
        ("沙改塑", "3 paragraphs in 1 article "),
        ("援疆", "121 paragraphs in 6 articles "),
        ("饕餮盛宴无踪", "0 paragraphs in 0 articles "),
    ],
)
def test_each_number_has_its_own_plural(client: FlaskClient, query: str, counts: str) -> None:
    page = client.get("/", query_string={"q": query, "exact": "1", "lang": "en"}).text
    assert f'<h2 id="results-h">{counts}<' in page


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_a_language_stays_while_one_reads_on(client: FlaskClient, language: str) -> None:
    page = client.get(f"/?q=援疆&lang={language}").text
    assert f'<html lang="{language}">' in page
    links = re.findall(r'<a class="text" href="([^"]+)"', page)
    assert links
    assert all(f"lang={language}" in link for link in links)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh-Hans"), ("*", "zh-Hans"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW,zh;q=0.9", "zh-Hant"), ("zh-Hant-HK", "zh-Hant"), ("en-GB,en", "en"),
        ("de,en;q=0.5", "en"), ("fr-FR", "en"), ("en;q=0.2,zh;q=0.9", "zh-Hans"),
    ],
)  # fmt: skip
def test_the_reader_s_language_is_chosen(client: FlaskClient, accepted: str, language: str) -> None:
    response = client.get("/?q=援疆", headers={"Accept-Language": accepted} if accepted else {})
    assert f'<html lang="{language}">' in response.text
    assert "Accept-Language" in response.vary
    assert "lang=" not in "".join(re.findall(r'<a class="text" href="([^"]+)"', response.text))


def test_an_address_outweighs_the_reader_s_language(client: FlaskClient) -> None:
    page = client.get("/?q=援疆&lang=zh-Hans", headers={"Accept-Language": "en"}).text
    assert '<html lang="zh-Hans">' in page


def test_the_printed_text_is_never_translated(client: FlaskClient) -> None:
    for language in LANGUAGE_NAMES:
        page = client.get(f"/articles/000_486f398a4e6e35c8/1?lang={language}").text
        assert "浙江嘉兴与新疆沙雅，东西相隔4000多公里。" in page
