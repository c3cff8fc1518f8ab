"""A building process: pages come in on standard input, segments go to the folder.

Started by `pool` with its own interpreter, so that it shares nothing with the parent but the
pipes. It ends when the parent ends: at once on Linux, at the next message elsewhere.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from indexer.engines.base import Make
from indexer.engines.whoosh.builder import Builder, is_full
from indexer.engines.whoosh.disk import Disk
from indexer.engines.whoosh.segments import Files
from indexer.engines.whoosh.store import FileFacts


@dataclass(frozen=True, slots=True)
class Job:
    """What to make pages with, and where to put them."""

    folder: Path
    parent: int


@dataclass(frozen=True, slots=True)
class Made:
    """A segment a worker has written: its entry, and in which turn each of its pages came."""

    stock: Any
    pages: dict[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker has done, or why it could not."""

    made: tuple[Made, ...] = ()
    facts: dict[str, FileFacts] | None = None
    documents: int = 0
    error: BaseException | None = None


def main() -> None:
    """Serve one parent."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a page's maker prints is no report
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    job: Job = pickle.load(source)  # noqa: S301 - from the parent, through its own pipe
    _end_with(job.parent)
    try:
        report = _work(job, source)
    except EOFError:
        return
    except Exception as error:
        report = Report(error=_portable(error))
    with suppress(BrokenPipeError), target:
        pickle.dump(report, target)


def _end_with(parent: int) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)


def _work(job: Job, source: BinaryIO) -> Report:
    files, made = Files(Disk(job.folder)), []
    builder, pages, documents = Builder(), dict[str, int](), 0
    make: Make | None = None
    while (batch := pickle.load(source)) is not None:  # noqa: S301 - as above
        make = batch[0] or make  # sent once: it may hold a dictionary
        assert make is not None  # noqa: S101 - the first batch brings it
        for turn, page in batch[1]:
            record, held = make(page)
            documents += builder.add(record, held)
            pages[record.page.id] = turn
        if is_full(builder):
            made.append(Made(files.write(builder.finish()), pages))
            builder, pages = Builder(), {}
    if len(builder):
        made.append(Made(files.write(builder.finish()), pages))
    return Report(tuple(made), files.facts, documents)


def _portable(error: Exception) -> Exception:
    """Return the error itself where it can travel, else its words."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - just dumped
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
