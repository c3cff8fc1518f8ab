"""Load the thresholds of the layout, which were set by hand on typeset pages."""

from __future__ import annotations

import json
from pathlib import Path

WEIGHTS: dict[str, float] = json.loads(Path(__file__).with_name("layout.json").read_text("utf-8"))[
    "weights"
]
"""Thresholds by name, in type sizes or as ratios of them; `tests/training/fit_layout.py` says what
each is."""
