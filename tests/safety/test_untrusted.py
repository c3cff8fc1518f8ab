"""An index from somebody else runs nothing: every pickle in it goes through an allow-list."""

from __future__ import annotations

import builtins
import io
import os
import pickle
import random
import shutil
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from archive import OLD, answers, write
from effort import rounds
from engine_samples import STAMP
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.structfile import StructFile

from indexer.engines.whoosh import WhooshEngine, guard, kernels
from indexer.engines.whoosh.contents import contents_name, dump_contents, make_entry
from indexer.engines.whoosh.disk import Disk
from indexer.engines.whoosh.side import EXTENSION, SideColumns, write_side
from indexer.engines.whoosh.store import DAMAGE, describe, read_manifest, write_manifest
from indexer.errors import StoreError

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
    "eval": pickle.dumps(Call(builtins.eval, SOURCE)),
    "system": pickle.dumps(Call(os.system, "kill -9 $PPID")),
    "in a list": pickle.dumps([1, {"a": (Call(builtins.exec, SOURCE),)}]),
    "import": b"c__main__\nnothing_there\n.",
    "dotted": b"\x80\x04\x8c\x0bcollections\x8c\x14defaultdict.fromkeys\x93.",
    "persistent": b"Pname\n.",
    "getattr": pickle.dumps(Call(getattr, W3Segment, "__init__")),
    "bomb": b"\x80\x04\x8e" + struct.pack("<Q", 1 << 60) + b".",
    "nonsense": b"\x80\x04garbage",
    "empty": b"",
    "another value": pickle.dumps(("a", 1, None)),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_pickle_of_an_attacker_is_run(attack: str) -> None:
    with suppress(*DAMAGE):
        assert guard.loads(ATTACKS[attack]) == ("a", 1, None)
    assert not RAN


def test_a_pickle_cannot_change_our_classes() -> None:
    """BUILD with a class in place of an object sets attributes of the class."""
    data = (
        b"\x80\x02cwhoosh.codec.whoosh3\nW3Segment\n"
        b"(N}U\x0ddoc_count_allK\x01stb."  # (class, (None, {"doc_count_all": 1})) BUILD
    )
    before = dict(vars(W3Segment))
    changed = guard.loads(data)
    assert changed.doc_count_all == 1
    assert dict(vars(W3Segment)) == before
    assert vars(W3Codec)


def probe(folder: Path) -> str:
    """Use an index in every way and tell how it ended; only our own errors may come out."""
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
        replace(
            manifest,
            files={name: describe(folder / name) for name in manifest.files},
            sides={
                name: describe(folder / name) for name in manifest.sides if (folder / name).exists()
            },
        ),
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_crafted_table_of_contents(tmp_path: Path, attack: str) -> None:
    engine = WhooshEngine(tmp_path)
    write(engine, {}, OLD)
    honest = StructFile(io.BytesIO())
    honest.write_pickle([])
    path = tmp_path / contents_name(1)
    data = dump_contents(1, [])
    assert data.endswith(honest.file.getvalue()[4:]) or honest.file.getvalue() in data
    path.write_bytes(data.removesuffix(honest.file.getvalue()) + ATTACKS[attack])
    forge(tmp_path)
    assert probe(tmp_path).split() == ["index_corrupt"] * 3


@pytest.mark.parametrize("version", [-101, -110, -111, 7])
def test_tables_of_contents_of_other_versions_are_not_loaded(tmp_path: Path, version: int) -> None:
    write(WhooshEngine(tmp_path), {}, OLD)
    path = tmp_path / contents_name(1)
    data = bytearray(path.read_bytes())
    place = data.index(struct.pack("!i", -12345)) + 4
    data[place : place + 4] = struct.pack("!i", version)
    path.write_bytes(data[: place + 7] + ATTACKS["exec-2"] * 3)
    forge(tmp_path)
    assert probe(tmp_path).split() == ["index_corrupt"] * 3


@pytest.mark.parametrize(
    "known",
    [
        {"segid": "../../../etc/passwd"},
        {"segid": "/etc/passwd"},
        {"segid": ""},
        {"segid": 7},
        {"deleted": {10**9}},
        {"deleted": {"a"}},
        {"deleted": 5},
    ],
)
def test_impossible_entries_are_refused(tmp_path: Path, known: dict[str, Any]) -> None:
    write(WhooshEngine(tmp_path), {}, OLD)
    (tmp_path / contents_name(1)).write_bytes(dump_contents(1, [make_entry(3, {}, **known)]))
    forge(tmp_path)
    assert probe(tmp_path).split() == ["index_corrupt"] * 3


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_crafted_directory_of_a_segment(tmp_path: Path, attack: str) -> None:
    write(WhooshEngine(tmp_path), {}, OLD)
    (path,) = tmp_path.glob("*.seg")
    data = path.read_bytes()
    head = struct.pack("!qi", len(data), len(ATTACKS[attack]))
    path.write_bytes(head + data[12:] + ATTACKS[attack])
    forge(tmp_path)
    assert probe(tmp_path).split() == ["index_corrupt"] * 3


def test_every_pickle_of_a_segment_crafted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace each pickle that is written into an index by an attack, one at a time."""
    from indexer.engines.whoosh import builder, stock

    calls = count_pickles(tmp_path / "counted", monkeypatch, -1, b"")
    step = max(1, calls // rounds(16, calls))
    refused = 0
    for number in range(0, calls, step):
        folder = tmp_path / str(number)
        attack = sorted(ATTACKS)[number % len(ATTACKS)]
        with suppress(*DAMAGE):  # the writer reads a new segment's directory itself
            count_pickles(folder, monkeypatch, number, ATTACKS[attack])
        if not (folder / contents_name(1)).exists():
            continue
        ends = [probe(folder)]
        for path in folder.glob(f"*{EXTENSION}"):
            path.unlink()  # now postings are read from Whoosh's file
        ends.append(probe(folder))
        refused += "index_corrupt" in " ".join(ends)
    assert refused >= len(range(0, calls, step)) // 2
    assert builder.pickle is stock.pickle is pickle


def count_pickles(folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, attack: bytes) -> int:
    """Build an index, its pickle of a number replaced; return how many there are."""
    from indexer.engines.whoosh import builder, stock

    written = 0

    def dumps(value: object, protocol: int = 2) -> bytes:
        nonlocal written
        written += 1
        return attack if written - 1 == number else pickle.dumps(value, protocol)

    fake = type("pickle", (), {"dumps": staticmethod(dumps)})
    with monkeypatch.context() as patch:
        patch.setattr(builder, "pickle", fake)
        patch.setattr(stock, "pickle", fake)
        write(WhooshEngine(folder), {}, OLD)
    return written


def test_crafted_side_files_run_nothing(tmp_path: Path) -> None:
    write(WhooshEngine(tmp_path), {}, OLD)
    for path in tmp_path.glob(f"*{EXTENSION}"):
        path.write_bytes(ATTACKS["exec-4"].ljust(path.stat().st_size, b"\0"))
    forge(tmp_path)
    assert probe(tmp_path).split() == ["index_corrupt"] * 3


def test_others_in_the_process_keep_their_pickles() -> None:
    """The allow-list holds where an index of ours is read and nowhere else."""
    data = pickle.dumps(STAMP)
    file = StructFile(io.BytesIO(data))
    assert file.read_pickle() == STAMP
    with guard.guarded(), pytest.raises(guard.ForbiddenPickle):
        StructFile(io.BytesIO(data)).read_pickle()


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
"""What a stranger may write into a column, with a checksum that fits."""


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """An index and its columns."""
    folder = tmp_path_factory.mktemp("columns") / "index"
    write(WhooshEngine(folder), {}, OLD)
    (path,) = folder.glob(f"*{EXTENSION}")
    return folder, {name: np.array(values) for name, values in SideColumns(path).items()}


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
        (path,) = folder.glob(f"*{EXTENSION}")
        with path.open("wb") as file:
            write_side(file, held | {name: WRONG[kind](held[name])})
        forge(folder)
        ended = probe(folder)
        assert set(ended.split()) <= {"fine", "index_corrupt"}
        refused += ended != "fine fine fine"
    assert refused >= rounds(0, 10)


@pytest.mark.parametrize("name", ["words.docs", "text", "page.start", "originals"])
def test_columns_that_are_missing_are_refused(
    columns: tuple[Path, dict[str, Any]], tmp_path: Path, name: str
) -> None:
    shutil.copytree(columns[0], folder := tmp_path / "index")
    (path,) = folder.glob(f"*{EXTENSION}")
    with path.open("wb") as file:
        write_side(file, {key: values for key, values in columns[1].items() if key != name})
    forge(folder)
    assert probe(folder).split() == ["index_corrupt"] * 3
