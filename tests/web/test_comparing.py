"""A search compared with what it found before, and repeated elsewhere."""

from __future__ import annotations

import json
import random
import shlex
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import RecordedHit, SearchRecord, Settings, build_index, make_settings, open_index
from indexer.cli import main
from web.test_api import faults
from webapp import create_app
from webapp.addresses import Addresses, Search
from webapp.comparing import (
    MAX_CODE,
    MAX_RECORDED,
    NotARecord,
    decode_record,
    encode_record,
    write_elsewhere,
)
from webapp.openapi import describe_api

DOCUMENT: dict[str, Any] = json.loads(describe_api())

FIRST = "嘉兴市援疆指挥部支援沙雅县建设新学校。"
SECOND = "湖州市援疆干部来到柯坪县的果园里劳动。"


class Archive:
    """A small archive that changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = make_settings({}, engine="memory", index=f"memory/{folder.name}")
        self.write("a", FIRST)
        self.write("b", SECOND)
        self.client = create_app(self.settings).test_client()

    def write(self, name: str, *paragraphs: str) -> None:
        (self.folder / f"{name}.txt").write_text("\n\n".join(["各地新闻", *paragraphs]), "utf-8")
        build_index([self.folder], index=self.settings.index, settings=self.settings)

    def remove(self, name: str) -> None:
        (self.folder / f"{name}.txt").unlink()
        build_index([self.folder], index=self.settings.index, settings=self.settings)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def link_of(page: str) -> str:
    """Return the link of a comparison page that remembers its results."""
    return unescape(page.split('<p class="keep"><a href="')[1].split('"')[0])


def path_of(link: str) -> str:
    return urlsplit(link)._replace(scheme="", netloc="").geturl()


def test_a_link_remembers_what_was_found(archive: Archive) -> None:
    link = path_of(link_of(archive.client.get("/compare?q=援疆").text))
    assert "没有变化，2 段都在" in archive.client.get(link).text
    archive.write("c", "杭州市的援疆教师在阿克苏上课。")
    archive.write("b", SECOND.replace("劳动", "参加劳动"))
    archive.remove("a")
    page = archive.client.get(link).text
    assert [page.count(text) for text in ("新增 1 段", "1 段文字有改动", "消失 1 段")] == [1, 1, 1]
    assert "教师在阿克苏上课" in page
    assert "<li>a:1:2</li>" in page


def test_the_api_compares_as_the_page_does(archive: Archive) -> None:
    record = archive.client.get("/api/v1/compare?q=援疆").get_json()
    assert record["total"] == 2
    address = f"/api/v1/compare?q=援疆&then={record['then']}"
    assert archive.client.get(address).get_json()["same"] == 2
    archive.write("c", "杭州市的援疆教师在阿克苏上课。")
    archive.write("b", SECOND.replace("劳动", "参加劳动"))
    archive.remove("a")
    answer = archive.client.get(address).get_json()
    assert answer["counts"] == {"new": 1, "changed": 1, "gone": 1}
    assert answer["new"][0]["url"].startswith("/articles/c/")
    assert [hit["id"] for hit in answer["gone"]] == ["a:1:2"]
    schema = DOCUMENT["components"]["schemas"]["Comparison"]
    assert list(faults(answer, schema, DOCUMENT)) == []


def test_the_results_lead_to_it(client: FlaskClient) -> None:
    page = client.get("/?q=援疆&city=嘉兴&start=1").text
    assert '<a href="/compare?q=援疆&amp;city=嘉兴" rel="nofollow">留待日后比较</a>' in page
    assert "chaquan search &#39;援疆&#39; --city &#39;嘉兴&#39;" in page


def test_many_results_are_compared_by_file(client: FlaskClient, monkeypatch: Any) -> None:
    monkeypatch.setattr("webapp.comparing.MAX_RECORDED", 3)
    page = client.get("/compare?q=援疆&exact=1").text
    assert "链接容纳不下" in page
    assert "/export.record?q=援疆&amp;exact=1" in page


@pytest.mark.parametrize("then", ["x", "eJw", "_" * 3000, "中文", "eJyLjgUAARUAuQ"])
def test_a_link_that_was_cut_is_a_clear_error(client: FlaskClient, then: str) -> None:
    response = client.get(f"/compare?q=援疆&then={then}")
    assert response.status_code == 400
    assert "这个链接不完整" in response.text


def test_records_of_the_site_say_their_search(client: FlaskClient) -> None:
    response = client.get("/export.record?q=援疆&city=嘉兴")
    first, *rest = map(json.loads, response.text.splitlines())
    assert first["search"]["options"] == {"city": ["嘉兴"]}
    assert {"id", "digest", "title"} == set(rest[0])
    lines = client.get("/export.jsonl?q=援疆&city=嘉兴&record=1").text.splitlines()
    assert json.loads(lines[0]) == first
    assert [json.loads(line)["id"] for line in lines[1:]] == [one["id"] for one in rest]
    assert "%E5%98%89%E5%85%B4" in response.headers["Content-Disposition"]


IDS = st.builds(
    RecordedHit,
    st.builds("{}:{}:{}".format, st.text(), st.integers(1, 99), st.integers(1, 999)),
    st.text("0123456789abcdef", min_size=3, max_size=3),
)


@given(st.lists(IDS, unique_by=lambda hit: hit.id))
def test_a_record_survives_an_address(hits: list[RecordedHit]) -> None:
    record = SearchRecord("援疆", {}, 7, "2026-01-02T03:04:05+00:00", tuple(hits))
    read = decode_record(encode_record(record), Search("援疆"))
    assert (read.generation, read.made) == (record.generation, record.made)
    assert set(read.hits) == set(hits)


def test_hundreds_of_pages_fit_an_address() -> None:
    rng = random.Random(1)
    hits = tuple(
        RecordedHit(
            f"1998-{n // 40:02}-{n % 40:02}_{n // 3:04x}:1:{n % 9}", f"{rng.randrange(4096):03x}"
        )
        for n in range(MAX_RECORDED // 2)
    )
    assert len(encode_record(SearchRecord("", {}, 1, "", hits))) <= MAX_CODE


def test_a_bomb_is_no_record() -> None:
    hits = tuple(RecordedHit(f"{'x' * 250_000}:1:{n}", "000") for n in range(3))
    with pytest.raises(NotARecord):
        decode_record(encode_record(SearchRecord("", {}, 1, "", hits)), Search())


# ---------------------------------------------------------------- the same search elsewhere

WORDS = (
    "援疆",
    "教育",
    "沙雅",
    "-医疗",
    '"产业援疆"',
    "it's",
    "标题:援疆",
    "城市:嘉兴",
    "100%",
    "$HOME",
)
FILTERS = {
    "city": ("嘉兴", "沙雅", "乌什"),
    "not_city": ("衢州",),
    "kind": ("body", "caption"),
    "author": ("-甲",),
    "article_city": ("沙雅",),
    "region": ("新疆",),
}


def random_search(rng: random.Random) -> Search:
    names = rng.sample(sorted(FILTERS), rng.choice((0, 0, 1, 2)))
    filters = {
        name: tuple(rng.sample(FILTERS[name], 1 + (rng.random() < 0.3 and name == "city")))
        for name in names
    }
    return Search(
        query=" ".join(rng.sample(WORDS, rng.randrange(3))),
        exact=rng.random() < 0.2,
        aliases=rng.random() < 0.8,
        every_city=rng.random() < 0.3,
        sort=rng.choice(("relevance", "relevance", "page", "newest")),
        filters=filters,
    )


def test_link_command_and_python_find_the_same(
    client: FlaskClient, seeds_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAQUAN_ENGINE", "memory")
    monkeypatch.setenv("CHAQUAN_INDEX", str(seeds_settings.index))
    rng, runner, found = random.Random(23), CliRunner(), 0
    with open_index(settings=seeds_settings) as index:
        for _ in range(80):
            written = dict(write_elsewhere(random_search(rng), Addresses(), "http://localhost"))
            path = path_of(written["repeat.link"])
            page = client.get(f"/api/v1/search{path.removeprefix('/')}").get_json()
            _, command, *words = shlex.split(written["repeat.command"])
            answered = runner.invoke(main, [command, "--json", *words], catch_exceptions=False)
            lists = [
                [hit["id"] for hit in page["hits"]],
                [hit["id"] for hit in json.loads(answered.stdout)["hits"]],
                [hit.id for hit in eval(written["repeat.python"], {"index": index})],
            ]
            assert lists[0] == lists[1] == lists[2], written
            found += bool(lists[0])
    assert found > 40
