"""The inner loops of searching, in numpy or compiled by numba: the same functions in two modules.

`loops()` is the module in use. Importing numba takes half a second, which a single search from
the command line should not pay: `warm` loads it in a thread once a process has answered enough
requests. Document numbers that are passed to a loop are sorted and in read-only arrays of the
segment's number type, so that every loop is compiled once per type, never while a query waits.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from fcntl import LOCK_EX, flock
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import ModuleType

from indexer.engines.whoosh.kernels import numpy_loops

WARMUP_REQUESTS = 32
"""Requests a process answers before it loads numba."""

_COMPILED_MODULE = "indexer.engines.whoosh.kernels.numba_loops"

KERNELS_LOG = logging.getLogger(__name__)

in_use: ModuleType = numpy_loops
"""The module whose loops are in use."""

_lock = threading.Lock()
_requests = count(1)


def loops() -> ModuleType:
    """Return the module whose loops are in use: `numpy_loops` or `numba_loops`."""
    return in_use


def warm() -> None:
    """Count a request; at the right one, load the compiled loops in a thread of their own."""
    if next(_requests) == WARMUP_REQUESTS and find_spec("numba"):
        loading = threading.Thread(target=load_quietly, daemon=True, name="chaquan-kernels")
        with suppress(RuntimeError):  # the system has no thread to give
            loading.start()


def load() -> bool:
    """Load the compiled loops now; return whether numba is installed.

    Compiling takes half a minute: one process does so, the others wait and fetch the code.
    """
    global in_use
    with _lock:
        if in_use is numpy_loops and find_spec("numba"):
            compiled = import_module(_COMPILED_MODULE)
            with Path(compiled.__file__ or "").open("rb") as source:
                with suppress(OSError):  # a file system without locks: every process compiles
                    flock(source, LOCK_EX)
                compiled.prepare()
            in_use = compiled
    return in_use is not numpy_loops


def load_quietly() -> None:
    """Load the compiled loops where that is possible; say in the log where it is not."""
    try:
        load()
    except Exception:  # whatever is wrong with an installation of numba
        KERNELS_LOG.warning("numba cannot be loaded: searching without it", exc_info=True)
