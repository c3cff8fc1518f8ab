"""Building processes: distribute pages, make them elsewhere, and collect what was made of them.

Any engine may use them: what the processes do with pages is a `Work`. Each is started with an
interpreter of its own and shares nothing with the parent but the pipes. It ends when the parent
ends: at once on Linux, at the next message elsewhere.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import Empty, Full, Queue
from typing import IO, Any, BinaryIO, Protocol

import numpy as np

from indexer.engines.base import Make
from indexer.errors import ChaquanError
from indexer.model import Document, PageRecord

PAGES_PER_BATCH = 8
"""Pages dealt out at a time."""

MIN_PAGES_FOR_POOL = 64
"""Pages that wait for more before other processes are called in: about half a second's work, as
long as a process takes to start."""

_MALLOC_ENV = {"MALLOC_MMAP_THRESHOLD_": "4194304", "MALLOC_TRIM_THRESHOLD_": "16777216"}
"""Has glibc give large blocks back as soon as they are free: 240 MB less of a process of 480."""

_NUMPY_CPU_ENV = "NPY_DISABLE_CPU_FEATURES"
"""Has numpy do without AVX-512: on AMD's Zen 4 that sorts a number in 12 ns instead of 60."""

_LOST_PROCESS = (
    "a building process was ended from outside, perhaps for want of memory; try --workers 1"
)

_Batch = tuple[Make, Sequence[tuple[int, Any]]]


class Pool:
    """Worker processes, each fed by a thread of its own so that none waits for another."""

    def __init__(self, work: Work, workers: int, *, batch: int = PAGES_PER_BATCH) -> None:
        self._work = work
        self._batch = batch
        self._answers: deque[Any] = deque()
        self._queue: Queue[_Batch | None] = Queue(2 * workers)
        self._reports: list[Report] = []
        self._failed = threading.Event()
        self._make: Make | None = None
        self._pending: list[tuple[int, Any]] = []
        self._processes = [_start() for _ in range(workers)]
        job = Job(work, os.getpid())
        self._threads = [
            threading.Thread(target=self._feed, args=(process, job), daemon=True)
            for process in self._processes
        ]
        for thread in self._threads:
            thread.start()

    def put(self, turn: int, source: Any, make: Make) -> None:
        """Deal out a page."""
        if make is not self._make:
            self._flush()
            self._make = make
        self._pending.append((turn, source))
        if len(self._pending) >= self._batch:
            self._flush()

    def _flush(self) -> None:
        if self._pending and self._make is not None:
            self._send((self._make, self._pending))
            self._pending = []

    def _send(self, batch: _Batch | None) -> None:
        while not self._failed.is_set():
            try:
                return self._queue.put(batch, timeout=0.5)
            except Full:
                continue
        return None

    def answers(self) -> list[Any]:
        """Return what was made of pages since the last time, for work that answers."""
        return [self._answers.popleft() for _ in range(len(self._answers))]

    def finish(self) -> list[Any]:
        """Wait for all pages and return what each worker made; raises what a worker raised."""
        self._flush()
        for _ in self._processes:
            self._send(None)
        for thread in self._threads:
            thread.join()
        self.abort()
        for report in self._reports:
            if isinstance(report.error, EOFError):
                raise ChaquanError(reason=_LOST_PROCESS) from report.error
            if report.error is not None:
                raise report.error
        return [report.held for report in self._reports]

    def abort(self) -> None:
        """End every worker."""
        self._failed.set()
        for process in self._processes:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream and not stream.closed:
                    stream.close()
        for thread in self._threads:
            thread.join()

    def _feed(self, process: subprocess.Popen[bytes], job: Job) -> None:
        try:
            self._reports.append(self._converse(process, job))
        except (OSError, ValueError, EOFError, pickle.PickleError, AttributeError) as error:
            self._reports.append(Report(error=error))
        if self._reports[-1].error is not None:
            self._failed.set()

    def _converse(self, process: subprocess.Popen[bytes], job: Job) -> Report:
        assert process.stdin  # noqa: S101 - both are pipes
        assert process.stdout  # noqa: S101
        try:
            pickle.dump(job, process.stdin)
            known = None
            while (batch := self._next()) is not None:
                make, pages = batch
                pickle.dump((None if make is known else make, pages), process.stdin)
                process.stdin.flush()
                known = make
                if self._work.answers:
                    answer = _receive(process.stdout)
                    if answer.error is not None:
                        return answer
                    self._answers.extend(answer.held)
            pickle.dump(None, process.stdin)
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it has said why
        return _receive(process.stdout)

    def _next(self) -> _Batch | None:
        while not self._failed.is_set():
            try:
                return self._queue.get(timeout=0.5)
            except Empty:
                continue
        raise EOFError("another building process failed")


class PageDispatcher:
    """Makes the pages of one commit, in a pool of processes once many of them wait."""

    def __init__(self, work: Work, workers: int) -> None:
        self._work, self._workers = work, workers
        self._pool: Pool | None = None
        self._waiting: dict[str, tuple[Any, Make]] = {}  # pages not yet dealt out
        self._counter = count()
        self._turns: dict[str, int] = {}  # the last change of each page

    def put(self, page: str, source: Any, make: Make) -> bool:
        """Take a page that is to be made; return `False` where it must be made here, at once."""
        self.drop(page)
        if self._workers < 2 or _is_local(make):
            return False
        self._waiting[page] = (source, make)
        if self._pool is not None or len(self._waiting) > MIN_PAGES_FOR_POOL:
            self._deal_out()
        return True

    def _deal_out(self) -> None:
        self._pool = self._pool or Pool(self._work, self._workers)
        for page, (source, make) in self._waiting.items():
            self._pool.put(self._turns[page], source, make)
        self._waiting = {}

    def drop(self, page: str) -> None:
        """Ignore what is made of a page: it has changed again."""
        self._waiting.pop(page, None)
        self._turns[page] = next(self._counter)

    def is_newest(self, page: str, turn: int) -> bool:
        """Return whether a page has not changed since it was dealt out."""
        return self._turns[page] == turn

    def answers(self) -> list[Any]:
        """Return what was made of pages since the last time, for work that answers."""
        return self._pool.answers() if self._pool else []

    def finish(self, put: Callable[[PageRecord, Iterable[Document]], None]) -> list[Any]:
        """Return what each process made of all pages; put what few pages are made without any."""
        if self._pool is not None:
            return self._pool.finish()
        for source, make in list(self._waiting.values()):
            put(*make(source))
        return []

    def abort(self) -> bool:
        """End every process; return whether there were any."""
        if self._pool is not None:
            self._pool.abort()
        return self._pool is not None


def _receive(source: IO[bytes]) -> Report:
    report: Report = pickle.load(source)  # noqa: S301 - from our own child
    return report


def _start() -> subprocess.Popen[bytes]:
    """Start an interpreter that imports what this one can, and nothing from the working folder."""
    path = f"import sys; sys.path[:] = {_module_path()!r}"
    work = f"from {main.__module__} import main; main()"
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-P", "-c", f"{path}; {work}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**_MALLOC_ENV, _NUMPY_CPU_ENV: _name_wide_features(), **inherited},
    )


def _module_path() -> list[str]:
    """Return this process's module path without the working folder, which may hold anything.

    A folder of pages from others may contain a `random.py`. Where our own packages are in the
    working folder (a checkout), it comes last, so that it hides neither Python nor a library.
    """
    working = os.path.realpath(os.curdir)
    path = [entry for entry in sys.path if os.path.realpath(entry) != working]
    own = str(Path(__file__).parents[2])
    return [*path, own] if os.path.realpath(own) == working else path


def _name_wide_features() -> str:
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    return " ".join(name for name in found if name.startswith(("AVX512", "X86_V4")))


def _is_local(make: Make) -> bool:
    """Return whether another process could not import what makes the pages."""
    return getattr(make, "__module__", type(make).__module__) == "__main__"


# ---------------------------------------------------------------- in a building process


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
    """Read pages from stdin, and write to stdout what the parent's job makes of them."""
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
