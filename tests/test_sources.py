"""Sources of an index: remembered, added, removed, never dropped in silence; ids that stay."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import indexer
from indexer.cli import main
from indexer.engines import open_engine
from indexer.errors import PagesWouldGo, SourceMissing, SourcesForgotten, SourceUnknown

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write pages `a=text` into a folder and return it."""

    def run(folder: str, **pages: str) -> Path:
        path = tmp_path / folder
        path.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (path / f"{name}.txt").write_text(f"{text}援疆。\n", "utf-8")
        return path

    return run


@pytest.fixture(params=["whoosh", "memory"])
def options(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, object]:
    return {"index": tmp_path / "index", "engine": request.param}


def texts(options: dict[str, object]) -> dict[str, str]:
    """Return the first sentence of every page of an index by its id."""
    with indexer.open_index(**options) as index:  # type: ignore[arg-type]
        return {hit.page: hit.text.removesuffix("援疆。") for hit in index.scan("援疆")}


# ---------------------------------------------------------------- remembered


def test_a_build_without_sources_takes_those_of_the_last(
    write: Write, options: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write("甲", a="一")
    indexer.build_index(["甲"], **options)
    write("甲", a="二", b="三")
    write("elsewhere")
    monkeypatch.chdir(tmp_path / "elsewhere")
    report = indexer.build_index(**options)
    assert (report.added, report.changed) == (("b",), ("a",))
    assert indexer.check_index(**options).healthy


def test_the_first_build_takes_the_seeds(
    write: Write, options: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceMissing, match="seeds"):
        indexer.build_index(**options)
    write("seeds", a="一")
    assert indexer.build_index(**options).added == ("a",)


def test_index_and_sources_may_be_moved_together(write: Write, tmp_path: Path) -> None:
    write("project/pages", a="一")
    indexer.build_index([tmp_path / "project/pages"], index=tmp_path / "project/index")
    (tmp_path / "project").rename(tmp_path / "moved")
    write("moved/pages", b="二")
    assert indexer.build_index(index=tmp_path / "moved/index").added == ("b",)


def test_a_remembered_source_that_is_gone_is_said_and_nothing_changes(
    write: Write, options: dict[str, object]
) -> None:
    first, second = write("甲", a="一"), write("乙", b="二")
    indexer.build_index([first, second], **options)
    shutil.rmtree(first)
    with pytest.raises(SourceMissing, match="甲"):
        indexer.build_index(**options)
    assert texts(options) == {"a": "一", "b": "二"}
    assert indexer.remove_sources([first], **options).removed == ("a",)
    assert texts(options) == {"b": "二"}


# ---------------------------------------------------------------- dropped, added, removed


def test_a_build_that_would_drop_another_source_stops(
    write: Write, options: dict[str, object]
) -> None:
    first, second = write("甲", a="一", b="二"), write("乙", c="三")
    indexer.build_index([first], **options)
    for full in (False, True):
        with pytest.raises(PagesWouldGo, match="from the index: 2") as caught:
            indexer.build_index([second], full=full, **options)
        assert str(first) in str(caught.value)
        assert "甲" in caught.value.sentence("zh")
        assert texts(options) == {"a": "一", "b": "二"}
    report = indexer.build_index([second], replace=True, **options)
    assert (report.added, report.removed) == (("c",), ("a", "b"))
    assert texts(options) == {"c": "三"}


def test_a_file_gone_from_a_named_source_is_no_reason_to_stop(
    write: Write, options: dict[str, object]
) -> None:
    first, second = write("甲", a="一", b="二"), write("乙", c="三")
    indexer.build_index([first, second], **options)
    (first / "a.txt").unlink()
    with pytest.raises(PagesWouldGo, match="from the index: 1"):
        indexer.build_index([first], **options)
    assert indexer.build_index([first, second], **options).removed == ("a",)


def test_the_same_pages_in_another_folder_are_no_loss(
    write: Write, options: dict[str, object]
) -> None:
    first = write("甲", a="一", b="二")
    indexer.build_index([first], **options)
    moved = first.rename(first.with_name("乙"))
    report = indexer.build_index([moved], **options)
    assert (report.unchanged, report.removed) == (("a", "b"), ())


def test_sources_are_added_and_removed(write: Write, options: dict[str, object]) -> None:
    first, second = write("甲", a="一"), write("乙", b="二")
    assert indexer.add_sources([first], **options).added == ("a",)
    assert indexer.add_sources([second, first], **options).added == ("b",)
    assert indexer.build_index(**options).unchanged == ("a", "b")
    assert indexer.remove_sources([first], **options).removed == ("a",)
    with pytest.raises(SourceUnknown, match="乙"):
        indexer.remove_sources([first], **options)
    assert indexer.remove_sources([second], **options).removed == ("b",)
    with pytest.raises(SourcesForgotten, match="chaquan build FOLDER"):
        indexer.build_index(**options)
    assert indexer.build_index([second], **options).added == ("b",)


def test_a_dry_run_changes_nothing(write: Write, options: dict[str, object]) -> None:
    first, second = write("甲", a="一", b="二"), write("乙", c="三")
    assert indexer.build_index([first], dry_run=True, **options).added == ("a", "b")
    assert not indexer.index_exists(indexer.make_settings(**options))
    indexer.build_index([first], **options)
    (first / "a.txt").unlink()
    write("甲", b="四")
    report = indexer.build_index([second], dry_run=True, replace=True, **options)
    assert (report.added, report.removed, report.dry_run) == (("c",), ("a", "b"), True)
    report = indexer.add_sources([second], dry_run=True, **options)
    assert (report.added, report.changed, report.removed) == (("c",), ("b",), ("a",))
    assert indexer.remove_sources([first], dry_run=True, **options).removed == ("a", "b")
    with pytest.raises(PagesWouldGo):
        indexer.build_index([second], dry_run=True, **options)
    assert texts(options) == {"a": "一", "b": "二"}


def forget(index: Path) -> None:
    """Make an index as one that was built before sources were remembered."""
    engine = open_engine(indexer.make_settings(index=index))
    with engine.writer(engine.reader().stamp) as writer:
        writer.set_commit_data({})
    assert engine.commit_data() == {}


def test_an_index_without_a_record_of_its_sources(write: Write, tmp_path: Path) -> None:
    index = tmp_path / "index"
    first, second = write("甲", a="一", b="二"), write("乙", c="三")
    indexer.build_index([first], index=index)
    forget(index)
    with pytest.raises(PagesWouldGo, match=r"sources it does not remember .*: 2"):
        indexer.build_index([second], index=index)
    report = indexer.add_sources([second], index=index)
    assert (report.added, report.removed) == (("c",), ())
    assert indexer.build_index([first, second], index=index).unchanged == ("a", "b", "c")
    assert indexer.build_index(index=index).unchanged == ("a", "b", "c")


# ---------------------------------------------------------------- ids


def test_the_same_name_in_two_sources_is_two_pages(
    write: Write, options: dict[str, object]
) -> None:
    first, second = write("2023", a="一", b="二"), write("2024", a="三", c="四")
    report = indexer.build_index([first, second], **options)
    assert (report.added, report.problems) == (("a", "b", "2024/a", "c"), ())
    assert texts(options) == {"a": "一", "b": "二", "2024/a": "三", "c": "四"}
    assert indexer.build_index(**options).unchanged == report.added
    assert indexer.check_index(**options).healthy


def test_records_of_one_name_in_two_sources_too(write: Write, options: dict[str, object]) -> None:
    for year, text in (("2023", "一"), ("2024", "二")):
        (write(year) / "a.jsonl").write_text(f'{{"text": "{text}援疆。"}}\n', "utf-8")
    folders = [write("2023"), write("2024")]
    for _ in range(2):
        indexer.build_index(folders, **options)
        assert texts(options) == {"a/1": "一", "2024/a/1": "二"}
    assert indexer.check_index(**options).healthy


@pytest.mark.parametrize("full", [False, True])
def test_an_id_stays_whatever_else_comes_and_goes(
    write: Write, options: dict[str, object], full: bool
) -> None:
    first, second = write("2023", a="一"), write("2024", a="三", b="四")
    indexer.build_index([first], **options)
    indexer.add_sources([second], **options)
    write("2023", b="五")  # the newcomer of two takes the longer id
    indexer.build_index(full=full, **options)
    assert texts(options) == {"a": "一", "2024/a": "三", "b": "四", "2023/b": "五"}
    indexer.build_index([second, first], full=full, **options)  # in another order
    assert texts(options) == {"a": "一", "2024/a": "三", "b": "四", "2023/b": "五"}
    indexer.remove_sources([first], **options)
    indexer.build_index(full=full, **options)
    assert texts(options) == {"2024/a": "三", "b": "四"}


def test_a_folder_called_like_its_source_is_no_prefix(
    write: Write, options: dict[str, object]
) -> None:
    folder = write("news", a="一")
    write("news/news", a="二")
    indexer.build_index([folder], **options)
    (folder / "news" / "a.txt").unlink()
    indexer.build_index(**options)
    assert texts(options) == {"a": "一"}


def test_sources_of_one_name_are_distinguished_by_their_parents(
    write: Write, options: dict[str, object]
) -> None:
    folders = [write(f"{year}/pages", a=str(year)) for year in (2022, 2023, 2024)]
    indexer.build_index(folders, **options)
    assert texts(options) == {"a": "2022", "2023/pages/a": "2023", "2024/pages/a": "2024"}


def test_a_source_given_twice_or_within_another_counts_once(
    write: Write, options: dict[str, object], tmp_path: Path
) -> None:
    folder = write("甲", a="一")
    write("甲/乙", b="二")
    given = [folder, folder / "乙", tmp_path / "甲" / ".." / "甲", folder / "a.txt"]
    assert indexer.build_index(given, **options).added == ("a", "乙/b")


# ---------------------------------------------------------------- commands


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [*map(str, words)], catch_exceptions=False)


def typed(command: str) -> Result:
    words = shlex.split(command)
    assert words[0] == "chaquan"
    return run(*words[1:])


def test_the_commands(write: Write, tmp_path: Path) -> None:
    first, second = write("甲 一", a="一"), write("乙", b="二")
    index = ("--index", tmp_path / "my index")
    assert "1 added" in run("build", first, *index).stdout
    stopped = run("build", second, *index)
    assert (stopped.exit_code, stopped.stdout) == (2, "")
    _, keep, go = (line.rpartition("run: ")[2] for line in f"\n{stopped.stderr}".splitlines())
    assert "1 added, 1 unchanged" in typed(keep).stdout
    assert "Nothing was changed" in run("remove", first, "--dry-run", *index).stdout
    assert "1 removed, 1 unchanged" in typed(go).stdout
    assert run("remove", first, *index).exit_code == 2
    assert run("add", first, "--json", *index).exit_code == 0
    assert "2 unchanged" in run("build", *index).stdout
    assert "sound" in run("check", *index).stdout


def test_commands_name_engine_and_address(tmp_path: Path) -> None:
    from indexer.command_lines import command

    url = "https://anna:geheim@one:9200 https://two:9200"
    settings = indexer.make_settings({}, index="an index", engine="opensearch", url=url)
    assert command(settings, "add", "my pages") == (
        "chaquan add 'my pages' --index 'an index' --engine opensearch "
        "--url 'https://one:9200 https://two:9200'"
    )
