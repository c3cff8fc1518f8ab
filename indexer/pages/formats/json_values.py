"""Take values out of parsed JSON that may have any shape: what is of another type is empty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from indexer.model import Box
from indexer.pages.formats.page_lines import make_box

EMPTY_OBJECT: Mapping[str, object] = {}


def as_dict(value: object) -> Mapping[str, object]:
    """Return an object of JSON."""
    return value if isinstance(value, dict) else EMPTY_OBJECT


def as_list(value: object) -> Sequence[object]:
    """Return an array of JSON."""
    return value if isinstance(value, list) else ()


def as_text(value: object) -> str:
    """Return a string of JSON."""
    return value if isinstance(value, str) else ""


def as_number(value: object) -> float | None:
    """Return a finite number of JSON."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def as_size(value: object) -> int:
    """Return a number of pixels, 0 where there is none."""
    number = as_number(value)
    return round(number) if number is not None and 0 < number < 1_000_000 else 0


def as_box(value: object, scale_x: float = 1, scale_y: float = 1) -> Box | None:
    """Return the box around `[left, top, right, bottom]` or around a list of points `[x, y]`."""
    items = as_list(value)
    points = [as_list(point) for point in items]
    if points and all(len(point) >= 2 for point in points):
        xs = [as_number(point[0]) for point in points]
        ys = [as_number(point[1]) for point in points]
    elif len(items) == 4 or len(items) == 8:
        xs, ys = [as_number(one) for one in items[::2]], [as_number(one) for one in items[1::2]]
    else:
        return None
    known_xs = [x * scale_x for x in xs if x is not None]
    known_ys = [y * scale_y for y in ys if y is not None]
    if not known_xs or not known_ys:
        return None
    return make_box(min(known_xs), min(known_ys), max(known_xs), max(known_ys))
