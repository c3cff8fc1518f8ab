"""Worker processes that serve one address: started, replaced when killed, drained.

They share the numbers of `make_shared_table`. Needs `os.fork`; where there is none (Windows), the
site is served from one process.
"""

from __future__ import annotations

import logging
import math
import mmap
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

import numpy as np
from numpy.typing import NDArray

WORKERS_LOG = logging.getLogger("webapp.workers")

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

QUICK_DEATH_SECONDS = 2.0
"""A worker that dies sooner is replaced only after as long a wait, so that a crash at start-up
does not become a loop of forks."""


SMALL_MACHINE_BYTES = 1_000_000_000


def default_workers() -> int:
    """Return one worker a core; one on machines below 1 GB of memory or without `os.fork`."""
    if not hasattr(os, "fork"):
        return 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 1 if memory < SMALL_MACHINE_BYTES else len(os.sched_getaffinity(0))


def make_shared_table(*shape: int) -> NDArray[np.float64]:
    """Return an array of zeros that all processes forked from here read and write."""
    return np.frombuffer(mmap.mmap(-1, 8 * math.prod(shape)), np.float64).reshape(shape)


def run_workers(
    works: Sequence[Callable[[], None]],
    *,
    on_start: Callable[[], None],
    on_stop: Callable[[], None],
    grace_seconds: float,
) -> None:
    """Run each of `works` in a child process of its own until SIGTERM or SIGINT.

    `on_start` is called here once all are started. A child that ends on its own is replaced. On the
    first signal `on_stop` is called and every child gets SIGTERM and is expected to drain; after
    `grace_seconds`, or on a second signal, what is left is killed.
    """
    _Supervisor(works, on_start, on_stop, grace_seconds).run()


class _Supervisor:
    def __init__(
        self,
        works: Sequence[Callable[[], None]],
        on_start: Callable[[], None],
        on_stop: Callable[[], None],
        grace_seconds: float,
    ) -> None:
        self.works = works
        self.on_start = on_start
        self.on_stop = on_stop
        self.grace = grace_seconds
        self.started: dict[int, tuple[int, float]] = {}  # process id -> its work, when it started
        self.stopping = False

    def run(self) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, self._kill)
        for at in range(len(self.works)):
            self._start(at)
        self.on_start()
        while self.started:
            self._replace(*os.waitpid(-1, 0))

    def _start(self, number: int) -> None:
        began = time.monotonic()
        with _signals_blocked():
            child = os.fork()
            if child:
                self.started[child] = (number, began)
        if not child:
            _run_child(self.works[number])

    def _replace(self, child: int, status: int) -> None:
        """Note that a child has ended, and start another unless the server is stopping."""
        ended = self.started.pop(child, None)
        if ended is None or self.stopping:
            return
        number, began = ended
        WORKERS_LOG.error(
            "worker %d ended (%d); starting another", child, os.waitstatus_to_exitcode(status)
        )
        if time.monotonic() - began < QUICK_DEATH_SECONDS:
            time.sleep(QUICK_DEATH_SECONDS)
        if not self.stopping:
            self._start(number)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:
            self._kill(number, frame)
            return
        self.stopping = True
        self.on_stop()
        self._send(signal.SIGTERM)
        signal.setitimer(signal.ITIMER_REAL, self.grace)

    def _kill(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        for child in list(self.started):
            os.kill(child, number)


class _signals_blocked:  # noqa: N801
    """Hold stop signals back, so that none arrives between a fork and its being noted."""

    def __enter__(self) -> None:
        self.before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)

    def __exit__(self, *raised: object) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self.before)


def _run_child(work: Callable[[], None]) -> None:
    """Run `work` and end the process; never returns."""
    code = 1
    try:
        for number in (*STOP_SIGNALS, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        work()
        code = 0
    except BaseException:
        WORKERS_LOG.exception("a worker failed")
    finally:
        logging.shutdown()
        sys.stdout.flush()
        os._exit(code)
