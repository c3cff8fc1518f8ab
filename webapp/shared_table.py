"""Numbers that worker processes share."""

from __future__ import annotations

import math
import mmap

import numpy as np
from numpy.typing import NDArray


def make_shared_table(*shape: int) -> NDArray[np.float64]:
    """Return an array of zeros that all processes forked from here read and write."""
    return np.frombuffer(mmap.mmap(-1, 8 * math.prod(shape)), np.float64).reshape(shape)
