"""Make `lookalikes.tsv`: fonts and a decomposition table in, characters that resemble others out.

Run once, by hand, with Pillow installed:

    python -m indexer.suggest.make_lookalikes cjk-decomp.txt lookalikes.tsv FONT.ttc:2 FONT.ttc:2

Two characters look alike when their pictures do (mean correlation over the fonts, blurred as a
poor scan blurs them), or when one is the greater part of the other (鸟 in 鸡), which is how OCR
loses a narrow component. The fonts are Noto Serif CJK SC and Noto Sans CJK SC (SIL Open Font
License 1.1, which does not extend to pictures made with a font); the decompositions are Gavin
Grover's CJK Decomposition Data (https://github.com/amake/cjk-decomp, taken under the MIT
license, one of the six it offers).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from indexer.suggest.readings import gb2312

Pictures = NDArray[np.float32]

TIGHT = 0.9
LOOSE = 0.78
"""Correlations: 土士 .96, 己已 .95, 未末 .97, 人入 .89, 治冶 .88, 教敖 .82, 苏芳 .76."""

GREATER_PART = 0.6
"""Share of the strokes that makes a component the greater part: 鸟 has .71 of 鸡."""

MOST = 8
"""How many look-alikes of each sort are kept of a character."""


def draw(characters: str, path: str, index: int) -> Pictures:
    """Draw every character, blurred and small: one row of unit length and mean 0 for each."""
    font = ImageFont.truetype(path, 48, index=index)
    rows = []
    for character in characters:
        image = Image.new("L", (56, 56))
        ImageDraw.Draw(image).text((28, 28), character, font=font, fill=255, anchor="mm")
        small = image.filter(ImageFilter.GaussianBlur(1.6)).resize((28, 28), Image.Resampling.BOX)
        rows.append(np.asarray(small, dtype=np.float32).ravel())
    pictures = np.stack(rows)
    pictures -= pictures.mean(axis=1, keepdims=True)
    normed: Pictures = pictures / np.linalg.norm(pictures, axis=1, keepdims=True)
    return normed


def read_decompositions(path: Path) -> dict[str, tuple[str, ...]]:
    """Map a character or a numbered component to its direct components."""
    line = re.compile(r"(.+?):[^(]*\((.*)\)")
    matches = (line.match(row) for row in path.read_text("utf-8").splitlines())
    return {found[1]: tuple(filter(None, found[2].split(","))) for found in matches if found}


def find_greater_parts(characters: str, table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Map a character to those it is the greater part of, or that are the greater part of it."""

    @cache
    def strokes(component: str) -> int:
        return sum(map(strokes, table.get(component, ()))) or 1

    related: dict[str, list[str]] = {}
    for whole in characters:
        for part in table.get(whole, ()):
            if len(table[whole]) < 2 or part not in characters:
                continue
            if strokes(part) >= GREATER_PART * strokes(whole):
                related.setdefault(whole, []).append(part)
                related.setdefault(part, []).append(whole)
    return {character: "".join(others) for character, others in related.items()}


def make_lines(characters: str, alike: Pictures, parts: Mapping[str, str]) -> Iterator[str]:
    """Yield `character, hardly told apart, alike`, separated by tabs."""
    for row, character in enumerate(characters):
        nearest = [int(n) for n in np.argsort(-alike[row])[:MOST] if alike[row, n] >= LOOSE]
        tight = "".join(characters[n] for n in nearest if alike[row, n] >= TIGHT)
        loose = "".join(characters[n] for n in nearest) + parts.get(character, "")[:MOST]
        loose = "".join(dict.fromkeys(c for c in loose if c not in tight))
        if tight or loose:
            yield f"{character}\t{tight}\t{loose}\n"


def main() -> None:
    """Read the arguments, write the file."""
    decompositions, target, *fonts = sys.argv[1:]
    characters = gb2312()
    alike = np.zeros((len(characters), len(characters)), dtype=np.float32)
    for font in fonts:
        path, _, index = font.rpartition(":")
        pictures = draw(characters, path, int(index))
        alike += pictures @ pictures.T / len(fonts)
    np.fill_diagonal(alike, 0)
    parts = find_greater_parts(characters, read_decompositions(Path(decompositions)))
    header = "# " + (__doc__ or "").replace("\n", "\n# ").replace("# \n", "#\n").rstrip("# \n")
    Path(target).write_text(
        header + "\n" + "".join(make_lines(characters, alike, parts)), "utf-8", newline="\n"
    )


if __name__ == "__main__":
    main()
