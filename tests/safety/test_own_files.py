"""Files and settings of whoever runs it: whatever they hold, a sentence and never a traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import build_index, make_settings, open_index
from indexer.analysis import tokenizers
from indexer.cli import main
from indexer.errors import BadSetting, SourceError, SourceMissing

ROOT = Path(__file__).parents[2]
PAGE = "嘉兴援疆\n\n嘉兴援疆教育在沙雅县，大家都说很好。\n"


def file(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, "utf-8")


BAD: dict[str, Callable[[Path], object]] = {
    "folder": lambda path: path.mkdir(),
    "pipe": lambda path: os.mkfifo(path),
    "device": lambda path: path.symlink_to("/dev/zero"),
    "circle": lambda path: path.symlink_to(path.name),
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 20),
    "none": lambda path: None,
}
BAD_TOML = BAD | {
    "deep": file("a = " + "[" * 100_000),
    "endless number": file("a = " + "9" * 5_000),
    "other types": file('groups = 5\nplace = "x"\n'),
    "no names": file("[[place]]\n[[alias]]\ngroups = [5]\n"),
}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text(PAGE, "utf-8")
    return tmp_path / "pages"


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_dictionary(pages: Path, kind: str) -> None:
    BAD[kind](path := pages.parent / "words")
    with pytest.raises(SourceMissing if kind == "none" else SourceError, match="words"):
        build_index([pages], index=pages.parent / "index", dictionary=path)


@pytest.mark.parametrize("kind", BAD_TOML)
def test_a_bad_file_of_places(pages: Path, kind: str) -> None:
    BAD_TOML[kind](path := pages.parent / "places.toml")
    with pytest.raises(SourceError, match=r"places\.toml"):
        build_index([pages], index=pages.parent / "index", places=path)


@pytest.mark.parametrize("kind", [name for name in BAD_TOML if name != "no names"])
def test_a_bad_file_of_aliases(pages: Path, kind: str) -> None:
    BAD_TOML[kind](path := pages.parent / "aliases.toml")
    build_index([pages], index=pages.parent / "index")
    with (
        open_index(pages.parent / "index", aliases=path) as index,
        pytest.raises(SourceError, match=r"aliases\.toml"),
    ):
        index.search("援疆")


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1", "1e400", "9" * 5_000, "5;", "0x5"])
@pytest.mark.parametrize("name", ["query_seconds", "lock_seconds", "max_query", "workers"])
def test_numbers_that_are_none(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"{name} must be a number"):
        make_settings({f"CHAQUAN_{name.upper()}": value})


def test_what_is_empty_is_not_set() -> None:
    assert make_settings({"CHAQUAN_INDEX": "", "CHAQUAN_MAX_QUERY": ""}) == make_settings({})


@pytest.mark.parametrize(
    "words", [["--port", "99999"], ["--port", "-1"], ["--threads", "0"], ["--port", "eighty"]]
)
def test_impossible_ports_and_threads(words: list[str]) -> None:
    assert CliRunner().invoke(main, ["serve", *words]).exit_code == 2


def test_a_port_that_is_taken_and_a_host_that_does_not_exist(pages: Path) -> None:
    index = str(pages.parent / "index")
    build_index([pages], index=index)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for words in (["--port", port], ["--host", "nowhere.invalid"]):
            command = [sys.executable, "-m", "indexer.cli", "serve", "--index", index, *words]
            ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert ended.returncode == 1
            assert ended.stderr.startswith("chaquan: Cannot serve at")


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", home)
    assert tokenizers.private_folder() is None


def test_a_cache_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert tokenizers.private_folder() is None


@pytest.mark.parametrize("kind", ["a link", "another user's"])
def test_a_cache_folder_of_others_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    target = tmp_path / "elsewhere"
    target.mkdir()
    if kind == "a link":
        (tmp_path / "chaquan").symlink_to(target)
    else:
        monkeypatch.setattr("os.geteuid", lambda: target.stat().st_uid + 1)
    assert tokenizers.private_folder() is None
