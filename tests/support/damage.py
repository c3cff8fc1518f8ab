"""Damage as disks and people do it: files cut short, bits turned over, blocks of zeros."""

from __future__ import annotations

import random
from pathlib import Path


def damage(folder: Path, chance: random.Random) -> str:
    """Change one file of an index at random and say how."""
    path = chance.choice(sorted(path for path in folder.iterdir() if path.stat().st_size))
    data = bytearray(path.read_bytes())
    kind = chance.choice(["cut", "flip", "zero"])
    position = chance.randrange(len(data))
    if kind == "cut":
        changed = data[:position]
    elif kind == "flip":
        changed = data[:]
        changed[position] ^= 1 << chance.randrange(8)
    else:
        size = chance.choice([1, 64, 512, 4096])
        changed = (
            data[:position] + bytes(len(data[position : position + size])) + data[position + size :]
        )
    if changed == data:  # zeros over zeros
        return damage(folder, chance)
    path.write_bytes(changed)
    return f"{kind} {path.name} at {position} of {len(data)}"
