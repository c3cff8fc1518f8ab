"""An untrusted index runs nothing, and leads no loop out of bounds.

Nothing in an index is unpickled: the table of contents, which Whoosh unpickles, is only written.
"""

from __future__ import annotations

import builtins
import os
import pickle
import random
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.crash_archive import OLD, answers, write
from support.effort import rounds

from indexer.engines.whoosh import WhooshEngine, compression, kernels
from indexer.engines.whoosh.manifest import (
    SegmentEntry,
    describe,
    read_manifest,
    toc_name,
    write_manifest,
)
from indexer.engines.whoosh.segment_file import SEGMENT_EXTENSION, SegmentFile, write_segment_file
from indexer.engines.whoosh.storage import Disk
from indexer.errors import IndexCorrupt, StoreError

RAN: list[str] = []


class Call:
    """A value whose pickle calls something when it is read."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[object, ...]:
        return self.function, self.arguments


SOURCE = f"__import__({__name__!r}).RAN.append('ran')"
ATTACKS: dict[str, bytes] = {
    **{f"exec-{n}": pickle.dumps(Call(builtins.exec, SOURCE), n) for n in range(6)},
    "system": pickle.dumps(Call(os.system, "kill -9 $PPID")),
    "in a list": pickle.dumps([1, {"a": (Call(builtins.exec, SOURCE),)}]),
    "nonsense": b"\x80\x04garbage",
    "empty": b"",
}


def probe(folder: Path) -> str:
    """Use an index in every way and return how it ended; only our own errors may come out."""
    engine = WhooshEngine(folder)
    ends = []
    for use in (
        lambda: answers(engine.reader()),
        engine.check,
        lambda: write(engine, OLD, {**OLD, "z": ("新的",)}),
    ):
        try:
            use()
            ends.append("fine")
        except StoreError as error:
            ends.append(error.code)
    assert not RAN
    return " ".join(ends)


def forge(folder: Path) -> None:
    """Make the manifest fit the files, as an attacker would."""
    manifest = read_manifest(folder)
    assert manifest
    write_manifest(
        Disk(folder),
        replace(manifest, files={name: describe(folder / name) for name in manifest.files}),
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_crafted_table_of_contents_is_not_read(tmp_path: Path, attack: str) -> None:
    write(WhooshEngine(tmp_path), {}, OLD)
    (tmp_path / toc_name(1)).write_bytes(ATTACKS[attack])
    forge(tmp_path)
    assert probe(tmp_path).split() == ["fine"] * 3


@pytest.mark.parametrize("attack", ATTACKS)
def test_crafted_segment_files_run_nothing(tmp_path: Path, attack: str) -> None:
    write(WhooshEngine(tmp_path), {}, OLD)
    (path,) = tmp_path.glob(f"*{SEGMENT_EXTENSION}")
    path.write_bytes(ATTACKS[attack].ljust(path.stat().st_size, b"\0"))
    forge(tmp_path)
    assert probe(tmp_path).split() == ["index_corrupt"] * 3


def test_searching_and_building_unpickle_nothing(tmp_path: Path) -> None:
    """Whoosh unpickles what is in an index, so it is only imported for writing."""
    code = (
        "import sys, pickle, whoosh.index; from pathlib import Path\n"
        "def refuse(*arguments, **options): raise SystemExit('unpickled')\n"
        "pickle.load = pickle.loads = pickle.Unpickler = refuse\n"
        "sys.path[:0] = ['tests']\n"
        "from support.crash_archive import NEW, OLD, answers, write\n"
        "from indexer.engines.whoosh import WhooshEngine\n"
        "engine = WhooshEngine(Path(sys.argv[1]))\n"
        "write(engine, {}, OLD)\n"
        "write(engine, OLD, NEW)\n"
        "answers(engine.reader())\n"
        "engine.check()\n"
        "print('fine')"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "index")]
    done = subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    assert done.stdout.split() == [b"fine"], done.stderr.decode()


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "../../../etc/passwd"},
        {"name": "/etc/passwd"},
        {"name": "MAIN_.."},
        {"name": ""},
        {"name": 7},
        {"documents": -1},
        {"documents": 10**9},
        {"documents": "a"},
        {"deleted": ((0, 10**9),)},
        {"deleted": ((-1, 1),)},
        {"deleted": (("a", 1),)},
        {"deleted": (1,)},
        {"deleted": 5},
    ],
    ids=repr,
)
def test_impossible_entries_are_refused(tmp_path: Path, entry: dict[str, Any]) -> None:
    write(WhooshEngine(tmp_path), {}, OLD)
    manifest = read_manifest(tmp_path)
    assert manifest
    changed = replace(manifest.segments[0], **entry)
    write_manifest(Disk(tmp_path), replace(manifest, segments=(changed,)))
    assert probe(tmp_path).split() == ["index_corrupt"] * 3


def test_a_segment_without_a_file_is_refused(tmp_path: Path) -> None:
    write(WhooshEngine(tmp_path), {}, OLD)
    manifest = read_manifest(tmp_path)
    assert manifest
    more = (*manifest.segments, SegmentEntry("MAIN_0", 1))
    write_manifest(Disk(tmp_path), replace(manifest, segments=more))
    with pytest.raises(IndexCorrupt, match="has no file"):
        WhooshEngine(tmp_path).reader()


def test_a_stored_value_that_grows_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(WhooshEngine(tmp_path), {}, OLD)
    monkeypatch.setattr(compression, "MAX_STORED_BYTES", 20)
    reader = WhooshEngine(tmp_path).reader()
    with pytest.raises(IndexCorrupt, match="not what was compressed"):
        answers(reader)


@pytest.mark.parametrize("value", [b"", b"garbage", b"[]", b'{"page": 7}', b"[" * 99_999])
def test_stored_values_that_are_none_are_refused(tmp_path: Path, value: bytes) -> None:
    write(WhooshEngine(tmp_path), {}, OLD)
    (path,) = tmp_path.glob(f"*{SEGMENT_EXTENSION}")
    held = {name: np.array(values) for name, values in SegmentFile(path).items()}
    stored = zlib.compress(value.decode().encode("utf-16-le"))[2:-4]
    held["stored"] = np.frombuffer(stored * len(held["stored.crcs"]), np.uint8)
    held["stored.sizes"] = np.full(len(held["stored.crcs"]), len(stored), np.uint16)
    held["stored.crcs"] = np.full(len(held["stored.crcs"]), zlib.crc32(stored), np.uint32)
    with path.open("wb") as file:
        write_segment_file(file, held)
    forge(tmp_path)
    assert probe(tmp_path).split()[:2] == ["index_corrupt", "fine"]


WRONG: dict[str, Callable[[Any], Any]] = {
    "high": lambda values: np.full_like(values, np.iinfo(values.dtype).max),
    "low": lambda values: np.full_like(values, np.iinfo(values.dtype).min),
    "beyond": lambda values: np.append(values[:-1], values[-1:] + values.dtype.type(200)),
    "short": lambda values: values[:-1],
    "long": lambda values: np.append(values, values[-1:]),
    "none": lambda values: values[:0],
    "backwards": lambda values: values[::-1],
    "wide": lambda values: values.astype(np.int64),
    "foreign": lambda values: values.astype(values.dtype.newbyteorder(">")),
    "doubled": lambda values: np.repeat(values, 2),
    "noise": lambda values: np.frombuffer(random.Random(1).randbytes(values.nbytes), values.dtype),
}
"""What an attacker may write into a column, with a checksum that fits."""


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """An index and its columns."""
    folder = tmp_path_factory.mktemp("columns") / "index"
    write(WhooshEngine(folder), {}, OLD)
    (path,) = folder.glob(f"*{SEGMENT_EXTENSION}")
    return folder, {name: np.array(values) for name, values in SegmentFile(path).items()}


@pytest.mark.parametrize("kind", WRONG)
def test_columns_that_point_outside_are_refused(
    columns: tuple[Path, dict[str, Any]], tmp_path: Path, kind: str
) -> None:
    """The compiled loops go where a column points: out of bounds a process dies, or obeys."""
    kernels.load()
    honest, held = columns
    refused, step = 0, rounds(12, 1)
    names = [name for name in held if len(held[name])][list(WRONG).index(kind) % step :: step]
    for number, name in enumerate(names):
        folder = tmp_path / str(number)
        shutil.copytree(honest, folder)
        (path,) = folder.glob(f"*{SEGMENT_EXTENSION}")
        with path.open("wb") as file:
            write_segment_file(file, held | {name: WRONG[kind](held[name])})
        forge(folder)
        ended = probe(folder)
        assert set(ended.split()) <= {"fine", "index_corrupt"}
        refused += ended != "fine fine fine"
    assert refused >= rounds(0, 10)


@pytest.mark.parametrize(
    "name", ["words.docs", "text", "page.counts", "repeated", "article", "stored", "lengths"]
)
def test_columns_that_are_missing_are_refused(
    columns: tuple[Path, dict[str, Any]], tmp_path: Path, name: str
) -> None:
    shutil.copytree(columns[0], folder := tmp_path / "index")
    (path,) = folder.glob(f"*{SEGMENT_EXTENSION}")
    with path.open("wb") as file:
        write_segment_file(file, {key: values for key, values in columns[1].items() if key != name})
    forge(folder)
    assert probe(folder).split()[:2] == ["index_corrupt"] * 2
