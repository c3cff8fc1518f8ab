"""The inner loops of searching, in numpy or compiled by numba: the same functions in two modules.

`loops()` is the module in use. Importing numba takes half a second, which a single search from
the command line should not pay: `warm` loads it in a thread once a process has answered enough
requests. Document numbers that are passed to a loop are sorted and in read-only arrays of the
segment's number type, so that every loop is compiled once per type, never while a query waits.
"""

from __future__ import annotations

import threading
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from indexer.engines.whoosh.kernels import numpy_loops

WARMUP_REQUESTS = 32
"""Requests a process answers before it loads numba."""

_COMPILED_MODULE = "indexer.engines.whoosh.kernels.numba_loops"

_lock = threading.Lock()
_loops: ModuleType = numpy_loops
_requests = 0


def loops() -> ModuleType:
    """Return the module whose loops are in use: `numpy_loops` or `numba_loops`."""
    return _loops


def warm() -> None:
    """Count a request; at the right one, load the compiled loops in a thread of their own."""
    global _requests
    _requests += 1
    if _requests == WARMUP_REQUESTS and find_spec("numba"):
        threading.Thread(target=load, daemon=True, name="chaquan-kernels").start()


def load() -> bool:
    """Load the compiled loops now; return whether numba is installed."""
    global _loops
    with _lock:
        if _loops is numpy_loops and find_spec("numba"):
            compiled = import_module(_COMPILED_MODULE)
            compiled.prepare()
            _loops = compiled
    return _loops is not numpy_loops


def unload() -> None:
    """Go back to numpy."""
    global _loops
    _loops = numpy_loops
