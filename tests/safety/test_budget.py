"""Nothing is asked without end: every way of asking has its time, and what breaks off says so."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.client import HTTPConnection, IncompleteRead
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from support.browser import served
from support.search_samples import fill

from indexer import Hit, Settings, build_index, make_settings, open_index, to_csv, to_json_lines
from indexer.cli import main
from indexer.engines import budget
from indexer.engines.budget import check_deadline, each_within
from indexer.engines.memory import MemoryEngine
from indexer.errors import IndexCorrupt, TooSlow
from indexer.model import Every, Kind, Literal, Request, Wildcard
from indexer.search import Index
from webapp import WebSettings, create_app


@pytest.fixture(scope="module")
def settings(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of the five pages."""
    chosen = make_settings({}, index=tmp_path_factory.mktemp("budget") / "index")
    build_index([seeds], settings=chosen)
    return chosen


ASKED: dict[str, Callable[[Index], object]] = {
    "search": lambda index: index.search("援疆"),
    "scan": lambda index: list(index.scan("援疆")),
    "mark": lambda index: index.mark("援疆", index.article("000_486f398a4e6e35c8", 1).documents),
    "suggest": lambda index: index.suggest("渠州"),
    "complete": lambda index: index.complete("援疆"),
}


@pytest.mark.parametrize("way", [name for name in ASKED if name != "complete"])
def test_every_way_of_asking_has_its_time(settings: Settings, way: str) -> None:
    hurried = open_index(settings=replace(settings, query_seconds=0.0))
    with hurried, pytest.raises(TooSlow, match=r"longer than 0\.0 s"):
        ASKED[way](hurried)
    with open_index(settings=settings) as index:
        assert ASKED[way](index)


@pytest.mark.parametrize("node", [Every(), Literal("援疆"), Wildcard("援*疆")])
def test_the_engine_in_memory_looks_at_the_clock(node: Every | Literal | Wildcard) -> None:
    engine = MemoryEngine()
    fill(engine, {"a": [("援疆教育", Kind.BODY, ())]})
    with budget.budget(0), pytest.raises(TooSlow):
        engine.reader().find(Request(node))
    with budget.budget(0), pytest.raises(TooSlow):
        next(engine.reader().scan(Request(node)))


def test_hits_are_returned_although_suggestions_take_too_long(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(*_arguments: object, **_options: object) -> None:
        raise TooSlow(seconds=5.0)

    monkeypatch.setattr("indexer.suggest.Suggester.suggest", stuck)
    with open_index(settings=settings) as index:
        results = index.search("燕山飞鸟")
    assert results.total
    assert results.suggestions is None


def test_a_stream_may_be_long_but_not_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(budget.time, "thread_time", lambda: now)

    def steps() -> Iterator[int]:
        nonlocal now
        for step in range(10):
            now += 4.0 if step < 8 else 6.0
            check_deadline()
            yield step

    def read_slowly(step: int) -> int:
        nonlocal now
        now += 100.0
        return step

    taken: list[int] = []
    with pytest.raises(TooSlow):
        taken.extend(map(read_slowly, each_within(5.0, steps())))
    assert taken == list(range(8))


def test_a_stream_leaves_no_time_limit_behind() -> None:
    stream = each_within(0.0, iter(range(3)))
    next(stream)
    check_deadline()


# ---------------------------------------------------------------- what a reader sees of it


def breaking(hits: Iterator[Hit], after: int) -> Iterator[Hit]:
    yield from islice(hits, after)
    raise IndexCorrupt(path="index", reason="a test")


@pytest.fixture
def hits(settings: Settings) -> Iterator[Iterator[Hit]]:
    with open_index(settings=settings) as index:
        yield index.scan("援疆")


def test_a_table_that_breaks_off_says_so(hits: Iterator[Hit]) -> None:
    pieces: list[str] = []
    with pytest.raises(IndexCorrupt):
        pieces.extend(to_csv(breaking(hits, 2)))
    rows = list(csv.reader(pieces))
    assert len(rows) == 4
    assert rows[-1][0].startswith("!! 未完 INCOMPLETE: ")
    assert "chaquan build --full" in rows[-1][0]


def test_lines_that_break_off_say_so(hits: Iterator[Hit]) -> None:
    pieces: list[dict[str, dict[str, str]]] = []
    with pytest.raises(IndexCorrupt):
        pieces.extend(map(json.loads, to_json_lines(breaking(hits, 2))))
    assert [*pieces[-1]] == ["error"]
    assert pieces[-1]["error"]["code"] == "index_corrupt"
    assert pieces[-1]["error"].keys() == {"code", "message", "message_zh"}


@pytest.mark.parametrize("write", [to_csv, to_json_lines])
def test_before_the_first_hit_an_error_is_only_an_error(
    hits: Iterator[Hit], write: Callable[[Iterator[Hit]], Iterator[str]]
) -> None:
    pieces: list[str] = []
    with pytest.raises(IndexCorrupt):
        pieces.extend(write(breaking(hits, 0)))
    assert "".join(pieces).count("\n") == (write is to_csv)


@pytest.fixture
def broken(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An index whose scans break off after five hits."""
    scan = Index.scan

    def short(self: Index, *arguments: str, **options: bool) -> Iterator[Hit]:
        return breaking(scan(self, *arguments, **options), 5)

    monkeypatch.setattr(Index, "scan", short)
    return settings


@pytest.mark.parametrize(("form", "said"), [("csv", "INCOMPLETE"), ("jsonl", '{"error":')])
def test_an_export_over_http_that_breaks_off(broken: Settings, form: str, said: str) -> None:
    """The answer has begun: its last piece says why, and its end is missing."""
    app = create_app(broken, web=WebSettings(access_log=0))
    with served(app) as base:
        connection = HTTPConnection(urlsplit(base).netloc, timeout=30)
        connection.request("GET", f"/export.{form}")
        answer = connection.getresponse()
        assert answer.status == 200
        with pytest.raises(IncompleteRead) as broken_off:
            answer.read()
        connection.close()
    last = broken_off.value.partial.decode().splitlines()[-1]
    assert said in last


@pytest.mark.parametrize("form", ["csv", "jsonl", "kwic"])
def test_an_export_to_a_file_is_whole_or_not_there(
    broken: Settings, tmp_path: Path, form: str
) -> None:
    target = tmp_path / "hits"
    target.write_text("what was there")
    words = ["export", "援疆", "--index", str(broken.index), "--format", form]
    ended = CliRunner().invoke(main, [*words, "-o", str(target)])
    assert ended.exit_code == 1
    assert "is damaged" in ended.stderr
    assert target.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [target]
    printed = CliRunner().invoke(main, words)
    assert printed.exit_code == 1
    assert printed.stdout.splitlines()[-1].startswith(('"!!', "!!", '{"error"'))


def test_an_export_goes_to_a_file_whole(settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "hits.jsonl"
    words = ["export", "援疆", "--index", str(settings.index)]
    assert CliRunner().invoke(main, [*words, "-o", str(target)]).exit_code == 0
    assert target.read_text("utf-8") == CliRunner().invoke(main, words).stdout
    assert list(tmp_path.iterdir()) == [target]
    assert CliRunner().invoke(main, [*words, "-o", "/dev/null"]).exit_code == 0
    assert Path("/dev/null").is_char_device()
    nowhere = CliRunner().invoke(main, [*words, "-o", str(tmp_path / "none" / "x")])
    assert nowhere.exit_code == 1
    assert "no such file or folder" in nowhere.stderr
