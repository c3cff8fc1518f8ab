"""A building process: read pages from standard input, write what an engine makes of them.

Started by `pool` with its own interpreter, so that it shares nothing with the parent but the
pipes. It ends when the parent ends: at once on Linux, at the next message elsewhere.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from indexer.engines.base import Make
from indexer.model import Document, PageRecord


class Work(Protocol):
    """What an engine does with pages in another process; it must pickle."""

    @property
    def answers(self) -> bool:
        """Return whether `take` returns something for the parent at once."""

    def take(self, turn: int, record: PageRecord, documents: Iterable[Document]) -> Any:
        """Take in a page; `turn` is the parent's number for it."""

    def finish(self) -> Any:
        """Return what came of all pages."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done, and for whom."""

    work: Work
    parent: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker has done, or why it could not."""

    held: Any = None
    error: BaseException | None = None


def main() -> None:
    """Serve one parent."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a page's maker prints is no report
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    job: Job = pickle.load(source)  # noqa: S301 - from the parent, through its own pipe
    _end_with(job.parent)
    try:
        report = _serve(job.work, source, target)
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


def _serve(work: Work, source: BinaryIO, target: BinaryIO) -> Report:
    make: Make | None = None
    while (batch := pickle.load(source)) is not None:  # noqa: S301 - as above
        make = batch[0] or make  # sent once: it may hold a dictionary
        assert make is not None  # noqa: S101 - the first batch brings it
        made = [(turn, *make(page)) for turn, page in batch[1]]
        held = [work.take(*one) for one in made]
        if work.answers:
            pickle.dump(Report(held), target)
            target.flush()
    return Report(work.finish())


def _portable(error: Exception) -> Exception:
    """Return the error itself where it can travel, else its words."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - just dumped
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
