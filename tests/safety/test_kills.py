"""Builds killed with -9 at random moments; `kills.py --rounds 200` is the long version."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from support.effort import rounds

ROOT = Path(__file__).parents[2]


def test_a_killed_build_leaves_the_old_index_or_the_new_one(tmp_path: Path) -> None:
    number = rounds(12, 200)
    command = [sys.executable, str(Path(__file__).with_name("kills.py")), "--rounds", str(number)]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found.pop("kills") == number == found.get("old", 0) + found.get("new", 0)
