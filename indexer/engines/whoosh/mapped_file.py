"""Files mapped into memory, which notice when they are cut short while they are in use.

Where a mapped file has become shorter, or its disk fails, the system ends the process that touches
what is gone (SIGBUS). A program that only reads can ask to live on: zeros are then put where the
file ended, and `FileMap.is_intact` is false then. systemd's journal does the same
for files that others may cut (its `sigbus-handler`).
"""

from __future__ import annotations

import ctypes
import mmap
import platform
import signal
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np

_maps: dict[int, weakref.ref[FileMap]] = {}
"""Every map, by the address where it begins."""


class FileMap(mmap.mmap):
    """A file mapped for reading; made by `map_file`."""

    begin = 0  # its address
    cut = False  # zeros are where something was

    def __del__(self) -> None:
        """Forget the address before the system gives it to another map."""
        _maps.pop(self.begin, None)

    @property
    def is_intact(self) -> bool:
        """Whether the file still is as long as it was; looked at after reading, not before."""
        return not self.cut and self.size() >= len(self)


def map_file(path: Path) -> FileMap:
    """Map a file; raises `OSError`, and `ValueError` for an empty one."""
    with path.open("rb") as file:
        made = FileMap(file.fileno(), 0, access=mmap.ACCESS_READ)
    made.begin = np.frombuffer(made, np.uint8, 1).ctypes.data
    _maps[made.begin] = weakref.ref(made)
    return made


# ---------------------------------------------------------------- living on

_MACHINES = ("x86_64", "aarch64", "riscv64")
_SUPPORTED_LINUX = sys.platform == "linux" and platform.machine() in _MACHINES
_FAULT_ADDRESS_OFFSET = 16  # where `siginfo_t` holds the address, on those machines
_SA_SIGINFO = 4
_PRIVATE_FIXED_ANONYMOUS = 0x02 | 0x10 | 0x20
_Handler = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


class _Action(ctypes.Structure):
    """`struct sigaction` as glibc and musl have it on those machines."""

    _fields_ = (
        ("handler", _Handler),
        ("mask", ctypes.c_ubyte * 128),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    )


def survive_cuts() -> bool:
    """Keep the process alive when a mapped file is cut short; return whether that is possible here.

    For programs that only read: a writer that took the zeros for what it read would keep them.
    The handler may be Python. The fault comes where a map is read, so never while Python or the
    allocator is in the midst of a change.
    """
    if _SUPPORTED_LINUX:
        action = _Action(_handler, flags=_SA_SIGINFO)
        ctypes.CDLL(None).sigaction(int(signal.SIGBUS), ctypes.byref(action), None)
    return _SUPPORTED_LINUX


def _fill(_signal: int, info: int, _context: int) -> None:
    """Put zeros where a map has no file any more; for any other fault, end as ever."""
    fault = ctypes.c_void_p.from_address(info + _FAULT_ADDRESS_OFFSET).value or 0
    for known in tuple(_maps.values()):
        held = known()
        if held is not None and held.begin <= fault < held.begin + len(held):
            held.cut = True
            if _put_zeros(fault, held.begin + len(held)):
                return
    ctypes.CDLL(None).signal(int(signal.SIGBUS), 0)


_handler = _Handler(_fill)  # kept: the system calls it for as long as the process lives


def _put_zeros(fault: int, end: int) -> bool:
    """Map zeros from the page of a fault to an end, over what was there."""
    put: Any = ctypes.CDLL(None).mmap
    put.restype = ctypes.c_void_p
    put.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long)
    start = fault - fault % mmap.PAGESIZE
    kind = _PRIVATE_FIXED_ANONYMOUS
    return bool(put(start, end - start, mmap.PROT_READ, kind, -1, 0) == start)
