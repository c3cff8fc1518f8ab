"""Everything in one answer is of one commit, and a request looks the newest commit up once."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Response
from support.formats import LINES, points, write_file

from indexer import Index, Settings, build_index, make_settings, open_index
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.reader import WhooshReader
from webapp import WebSettings, context, create_app

PAGE = "000_486f398a4e6e35c8"


@pytest.fixture
def settings(tmp_path: Path, seeds: Path) -> Settings:
    scanned = {"txts": list(LINES), "boxes": [points(line) for line in range(3)]}
    write_file(tmp_path / "scans", "scan.json", scanned)
    made = make_settings({}, index=tmp_path / "index")
    build_index([seeds, tmp_path / "scans"], settings=made)
    return made


@pytest.mark.parametrize(
    "address",
    ["/", "/?q=援疆 教育", "/?q=援疆&view=lines", "/?q=援疆 沙雅 教育", "/?q=援疆&explain=1",
     f"/articles/{PAGE}/1?q=援疆&result=0&beside=1", f"/pages/{PAGE}", f"/cite/{PAGE}/1/1",
     "/values/city?q=援疆", "/count?q=援疆&by=city", "/tables/count.csv?q=援疆&by=city", "/names",
     "/issues", "/compare?q=援疆", "/sitemap.xml", f"/raw/{PAGE}",
     "/export.atom?q=援疆", "/export.csv?q=援疆", "/export.ris?q=援疆", "/export.record?q=援疆",
     "/export.jsonl?q=援疆&offsets=utf16", "/tables/concordance.csv?q=援疆",
     "/tables/neighbours.csv?q=援疆", "/names?names=援疆&format=csv", "/api/v1/compare?q=援疆",
     "/report", "/pages/scan/sheet?q=支教", "/iiif/collection", "/iiif/pages/scan/manifest",
     "/api/v1/search?q=援疆", "/api/v1/count?q=援疆",
     "/api/v1/suggest?q=援", f"/api/v1/pages/{PAGE}", "/readyz"],
)  # fmt: skip
def test_a_request_looks_the_commit_up_once(
    settings: Settings, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_index(settings.index, settings=settings) as index:
        client = create_app(settings, index=index, web=WebSettings(access_log=0)).test_client()
        client.get(f"{address}{'&' if '?' in address else '?'}lang=en")  # opens and loads all
        latest, asked = WhooshEngine.latest, []
        monkeypatch.setattr(
            WhooshEngine, "latest", lambda engine: asked.append(1) or latest(engine)
        )
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.get_data()  # an export is read from the index while it is sent
    assert len(asked) == 1


def test_an_answer_is_made_once_for_a_commit(
    settings: Settings, seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings, web=WebSettings(access_log=0))
    searched: list[object] = []
    search = Index.search
    monkeypatch.setattr(
        Index, "search", lambda *given, **options: searched.append(1) or search(*given, **options)
    )
    first = app.test_client().get("/?q=援疆")
    again = app.test_client().get("/?q=援疆")
    assert (again.data, list(again.headers)) == (first.data, list(first.headers))
    assert len(searched) == 1
    app.test_client().get("/?q=援疆", headers={"Accept-Language": "en"})
    build_index([seeds], settings=settings, full=True, replace=True)
    app.test_client().get("/?q=援疆")
    assert len(searched) == 3


def test_answers_beyond_the_limit_are_evicted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "MAX_CACHED_BYTES", 5)
    cache = context.AnswerCache()
    for name in ("a", "b", "c", "b", "d"):
        cache.put(("commit", name), Response(name * 2))
    held = {name: cache.get(("commit", name)) for name in "abcd"}
    assert {name: held[name] and held[name].get_data() for name in held} == {
        "a": None, "b": b"bb", "c": None, "d": b"dd",
    }  # fmt: skip


def test_a_commit_made_meanwhile_shows_in_the_next_answer_alone(
    settings: Settings, seeds: Path
) -> None:
    app = create_app(settings, web=WebSettings(access_log=0))
    seen: list[tuple[str, int]] = []

    def answer_while_building() -> str:
        context = app.view_functions["webapp.service_pages.readyz"].args[0]  # type: ignore[attr-defined]
        for full in (False, True, False):
            if full:
                build_index([seeds], settings=settings, full=True, replace=True)
            seen.append((context.index.identity, context.index.generation))
        return "ok"

    app.add_url_rule("/building", "building", answer_while_building)
    client = app.test_client()
    assert client.get("/building").status_code == 200
    assert len(set(seen)) == 1
    assert client.get("/readyz").get_json()["generation"] > seen[0][1]


def test_commits_are_released_with_their_requests(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    monkeypatch.setattr(WhooshReader, "close", lambda reader: closed.append(reader.identity))
    with open_index(settings.index, settings=settings) as index:
        client = create_app(settings, index=index, web=WebSettings(access_log=0)).test_client()
        for _ in range(3):
            assert client.get("/?q=援疆").status_code == 200
            assert client.get("/articles/none/1").status_code == 404
        identity = index.identity
        assert closed == []
    assert closed == [identity]


@pytest.mark.parametrize(
    "address",
    ["/export.csv?q=援疆", "/export.jsonl?q=援疆", "/export.kwic-csv?q=援疆",
     "/tables/concordance.csv?q=援疆"],
)  # fmt: skip
def test_an_export_stays_in_the_commit_that_it_began_with(
    settings: Settings, seeds: Path, tmp_path: Path, address: str
) -> None:
    client = create_app(settings, web=WebSettings(access_log=0)).test_client()
    whole = client.get(address).get_data()
    begun = client.get(address, buffered=False)
    pieces = begun.iter_encoded()
    first = next(pieces)
    other = tmp_path / "other.txt"
    other.write_text("援疆\n\n别的报纸也写援疆。\n", encoding="utf-8")
    build_index([other], settings=settings, replace=True)
    assert first + b"".join(pieces) == whole
    assert client.get(address).get_data() != whole
