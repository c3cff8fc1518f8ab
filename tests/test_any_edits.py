"""Whatever is done to files between builds, an index holds what the files hold."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indexer

HOUR = 3600_000_000_000
FILES = ("a.txt", "b.txt", "b.md", "c/a.txt", "d.jsonl", "a.toml", "c/pages.toml")
TEXTS = (
    "沙雅小学。",
    "沙雅中学。",
    '{"text": "库车"}\n',
    '{"text": "拜城"}\n',
    "date = '2023'",
    "\0",
)

EDITS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(FILES), st.sampled_from(TEXTS)),
    st.tuples(st.just("move"), st.sampled_from(FILES), st.sampled_from(FILES)),
    st.tuples(st.just("remove"), st.sampled_from(FILES), st.none()),
    st.tuples(st.just("touch"), st.sampled_from(FILES), st.none()),
    st.tuples(st.just("link"), st.sampled_from(FILES), st.sampled_from(FILES)),
)


def edit(folder: Path, kind: str, name: str, other: str | None, number: int) -> None:
    """Do something to a file; what is written has a time of its own."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    if kind == "write":
        path.unlink(missing_ok=True)
        path.write_text(str(other), encoding="utf-8")
        os.utime(path, ns=(number, number))
    elif kind == "link" and name != other:
        path.unlink(missing_ok=True)
        path.symlink_to(folder / str(other))
    elif kind == "remove":
        path.unlink(missing_ok=True)
    elif path.exists():
        if kind == "move":
            (folder / str(other)).parent.mkdir(exist_ok=True)
            path.replace(folder / str(other))
        else:
            os.utime(path, ns=(number, number))


@settings(max_examples=40)
@given(st.lists(st.lists(EDITS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_any_edits_are_seen(rounds: list[list[tuple[str, str, str | None]]]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        with pytest.MonkeyPatch.context() as patch:
            later = time.time_ns() + HOUR  # what was written just now is old by this clock
            patch.setattr("indexer.build.time_ns", lambda: later)
            see_all(rounds, folder / "pages", folder / "index")
    finally:
        shutil.rmtree(folder)


def see_all(rounds: list[list[tuple[str, str, str | None]]], pages: Path, index: Path) -> None:
    number = 0
    pages.mkdir()
    (pages / "always.txt").write_text("阿克苏", encoding="utf-8")
    for edits in rounds:
        for kind, name, other in edits:
            number += 1
            edit(pages, kind, name, other, number)
        build = indexer.build_index([pages], index=index)
        check = indexer.check_index([pages], index=index)
        assert not any(check.differences.values())
        assert [str(error) for error in build.problems] == [str(error) for error in check.problems]
