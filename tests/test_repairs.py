"""Errors of an index say what to run: the command, run as it is printed, brings every page back."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import indexer
from indexer.cli import main
from indexer.engines import open_engine
from indexer.errors import IndexCorrupt, IndexMissing, IndexOutdated, StoreError

PAGES = 12


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of twelve pages in two folders, beside seeds of one page."""
    monkeypatch.chdir(tmp_path)
    for number in range(PAGES):
        write(tmp_path / f"my pages {number % 2}" / f"{number}.txt", f"第{number}版援疆。")
    write(tmp_path / "seeds" / "seed.txt", "种子。")
    folders = [tmp_path / "my pages 0", "my pages 1"]
    indexer.build_index(folders, index="an index")
    return Path("an index")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words], catch_exceptions=False)


def printed(text: str) -> list[str]:
    found = re.findall(r"chaquan ((?:build|add).*)", text)
    assert found, text
    return shlex.split(found[-1])


def cut_a_file(index: Path) -> None:
    largest = max(index.iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-9])


def lose_a_file(index: Path) -> None:
    max(index.iterdir(), key=lambda path: path.stat().st_size).unlink()


def change_the_dictionary(index: Path) -> None:
    engine = open_engine(indexer.make_settings(index=index))
    stamp, data = engine.reader().stamp, engine.commit_data()
    other = type(stamp)(stamp.format, "0", *(getattr(stamp, name) for name in stamp.__slots__[2:]))
    with engine.writer(other) as writer:
        writer.set_commit_data({**data, "other": "1"})


def make_another_format(index: Path) -> None:
    path = index / "manifest.json"
    body = json.loads(path.read_text())["manifest"]
    digest = sha256(json.dumps([99, body], sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps({"sha256": digest, "format": 99, "manifest": body}))


@pytest.mark.parametrize(
    "spoil", [cut_a_file, lose_a_file, change_the_dictionary, make_another_format]
)
def test_a_damaged_index_with_a_record_of_its_sources(
    index: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(index)
    failed = run("search", "援疆", "--index", str(index))
    assert failed.exit_code == 1
    assert run(*printed(failed.stderr)).exit_code == 0
    assert indexer.open_index(index).search("援疆").total == PAGES


def test_a_damaged_index_that_has_forgotten_them(index: Path) -> None:
    (index / "manifest.json").write_text("{}")
    failed = run("search", "援疆", "--index", str(index))
    forgotten = run(*printed(failed.stderr))
    assert (forgotten.exit_code, "does not record where" in forgotten.stderr) == (2, True)
    words = printed(forgotten.stderr)
    folders = [*words[: words.index("FOLDER")], "my pages 0", "my pages 1"]
    assert run(*folders, *words[words.index("FOLDER") + 1 :]).exit_code == 0
    assert indexer.open_index(index).search("援疆").total == PAGES


def test_no_index(index: Path) -> None:
    failed = run("search", "种子", "--index", "another one")
    words = printed(failed.stderr)
    assert run(*words).exit_code == 0
    assert run("search", "种子", "--index", "another one").exit_code == 0


def test_what_a_check_says(index: Path) -> None:
    write(Path("my pages 0/0.txt"), "新的援疆。")
    failed = run("check", "--index", str(index))
    assert failed.exit_code == 1
    assert run(*printed(failed.stdout)).exit_code == 0
    assert "sound" in run("check", "--index", str(index)).stdout


@pytest.mark.parametrize("error", [IndexMissing, IndexOutdated, IndexCorrupt])
def test_options_of_the_engine_are_named(error: type[StoreError]) -> None:
    facts = {"path": "chaquan-x", "found": "1", "wanted": "2", "reason": "it is"}
    options = "--index x --engine opensearch --url https://one:9200"
    for sentence in (
        str(error(**facts, options=options)),
        error(**facts, options=options).sentence("zh"),
    ):
        assert sentence.endswith(options)
    assert str(error(**{**facts, "path": "an index"})).endswith("--index 'an index'")
