"""What building costs: time by the clock and of the CPU, room, memory of all processes together.

Memory is what processes hold for themselves (Linux's RssAnon and RssShmem): pages of files that
are mapped or cached can be had back at any time and are counted apart, in the largest process.
"""

from __future__ import annotations

import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from speed_collection import MakePage, RawPage
from speed_rivals import STAMP

from indexer.engines.whoosh import WhooshEngine
from indexer.model import Every, Request

EVERY = 0.1
"""Seconds between two looks at the memory of the processes."""


@dataclass(frozen=True, slots=True)
class Build:
    """What making an index cost; memory in MB, 0 where it was not measured."""

    seconds: float
    cpu_seconds: float
    per_second: float
    megabytes: float
    largest_process: float = 0.0  # at its peak, mapped files included
    all_processes: float = 0.0  # together at their peak, what they hold for themselves


@dataclass(frozen=True, slots=True)
class Update:
    """Seconds that one page took to be seen in an index of any size, by the clock and of CPU."""

    seconds: float
    cpu_seconds: float
    opening: float  # of it, to open the new commit and ask


def timed(build: Callable[[], object], folder: Path, size: int) -> tuple[object, Build]:
    """Build, or use what is there, and return what it cost."""
    kept = any(folder.rglob("*"))
    start, before = time.perf_counter(), cpu_seconds()
    with watched() as watch:
        made = build()
    seconds, spent = time.perf_counter() - start, cpu_seconds() - before
    files = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
    rate = 0 if kept else size / seconds
    return made, Build(seconds, spent, rate, sum(files) / 1e6, watch.largest, watch.together)


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of the children it has seen end."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


@dataclass(slots=True)
class Watch:
    """The largest memory seen so far, in MB."""

    largest: float = 0.0
    together: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """Look at this process and its children."""
        held = [_memory(process) for process in (os.getpid(), *_children())]
        self.together = max(self.together, sum(own for own, _ in held))
        self.largest = max(self.largest, *(whole for _, whole in held))

    def run(self) -> None:
        """Look until it is over."""
        while not self.ended.wait(EVERY):
            self.look()


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch the memory of this process and its children."""
    watch = Watch()
    thread = threading.Thread(target=watch.run, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.ended.set()
        thread.join()


def _children() -> list[int]:
    tasks = Path(f"/proc/{os.getpid()}/task")
    held = (path / "children" for path in tasks.iterdir()) if tasks.is_dir() else ()
    return [int(name) for path in held if path.exists() for name in path.read_text().split()]


def _memory(process: int) -> tuple[float, float]:
    """Return what a process holds for itself, and that with what it has mapped, in MB."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:  # it has just ended
        return 0.0, 0.0
    values = {
        name: line.split()[0]
        for name, _, line in (one.partition(":") for one in lines)
        if line.split()
    }
    own, shared, whole = (
        int(values.get(name, 0)) / 1000 for name in ("RssAnon", "RssShmem", "VmRSS")
    )
    return own + shared, whole


def time_update(folder: Path, page: RawPage, make: MakePage) -> Update:
    """Change a page in a copy of an index and wait until a new reader sees it."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        copy = Path(name)
        for path in folder.iterdir():  # files of an index are replaced, never changed
            (copy / path.name).hardlink_to(path)
        (copy / "MAIN_WRITELOCK").unlink(missing_ok=True)
        changed = replace(page, paragraphs=page.paragraphs[:-1])
        make(changed)  # the dictionary is there
        start, before = time.perf_counter(), cpu_seconds()
        with WhooshEngine(copy).writer(STAMP) as writer:
            writer.put_lazily(page.id, changed, make)
        written = time.perf_counter()
        reader: Any = WhooshEngine(copy).reader()
        reader.find(Request(Every(), size=10))
        end = time.perf_counter()
        return Update(end - start, cpu_seconds() - before, end - written)
