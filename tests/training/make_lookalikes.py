"""Make `lookalikes.tsv` from fonts and a table of decompositions.

Run once, by hand, with Pillow installed:

    python tests/training/make_lookalikes.py cjk-decomp.txt lookalikes.tsv FONT.ttc:2 FONT.ttc:2

Two characters look alike when their pictures do (mean correlation over the fonts, blurred as a
poor scan blurs them), when one is the greater part of the other (鸟 in 鸡), which is how OCR
loses a narrow component, or, less strictly, when both have the same greater part. The fonts are
Noto Serif CJK SC and Noto Sans CJK SC (SIL Open Font License 1.1, which does not extend to
pictures made with a font); the decompositions are Gavin Grover's CJK Decomposition Data
(https://github.com/amake/cjk-decomp, taken under the MIT license, one of the six it offers).
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.characters import gb2312

Pictures = NDArray[np.float32]

TIGHT_CORRELATION = 0.9
LOOSE_CORRELATION = 0.72
"""Correlations: 土士 .96, 己已 .95, 未末 .97, 人入 .89, 教敖 .82, 日曰 .75, 目且 .72, 名各 .67."""

GREATER_PART = 0.5
"""Share of the strokes that makes a component the greater part: 鸟 has .71 of 鸡, 州 .67 of 洲."""

SISTER_CORRELATION = 0.6
"""Correlation from which characters with the same greater part look alike: 沙妙 .65, 吵妙 .8."""

MAX_ALIKE, MAX_COMPONENTS, MAX_SISTERS = 10, 8, 6
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


def find_greater_parts(
    characters: str, table: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Map a character to its greater parts; a part need not be a character itself."""

    @cache
    def strokes(component: str) -> int:
        return sum(map(strokes, table.get(component, ()))) or 1

    return {
        whole: tuple(
            part
            for part in table.get(whole, ())
            if len(table[whole]) > 1 and strokes(part) >= GREATER_PART * strokes(whole)
        )
        for whole in characters
    }


def find_families(parts: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """Map a part to the characters of which it is the greater part."""
    families: dict[str, list[str]] = {}
    for whole, found in parts.items():
        for part in found:
            families.setdefault(part, []).append(whole)
    return families


def find_alike(
    characters: str, alike: Pictures, parts: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each character with what is nearly the same and what is alike, most alike first."""
    families, positions = find_families(parts), {char: n for n, char in enumerate(characters)}
    for row, here in enumerate(characters):

        def rank(chars: Iterable[str], least: float, most: int, row: int = row) -> list[str]:
            found = [
                char for char in chars if char in positions and alike[row, positions[char]] >= least
            ]
            return sorted(found, key=lambda char: -alike[row, positions[char]])[:most]

        nearest = rank(characters, LOOSE_CORRELATION, MAX_ALIKE)
        related = rank((*parts[here], *families.get(here, ())), 0.0, MAX_COMPONENTS)
        sisters = {sister for part in parts[here] for sister in families[part]} - {here}
        tight = [char for char in nearest if alike[row, positions[char]] >= TIGHT_CORRELATION]
        every = dict.fromkeys(
            (*nearest, *related, *rank(sorted(sisters), SISTER_CORRELATION, MAX_SISTERS))
        )
        yield here, tight, [char for char in every if char not in tight]


def make_lines(rows: Iterable[tuple[str, list[str], list[str]]]) -> Iterator[str]:
    """Yield the lines of the table, completed: a nearest neighbour need not be one in return."""
    tight: defaultdict[str, dict[str, None]] = defaultdict(dict)
    loose: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for char, *columns in rows:
        for found, alike in zip((tight, loose), columns, strict=True):
            found[char] |= dict.fromkeys(alike)
    for found in (tight, loose):
        for char, chars in [(char, tuple(chars)) for char, chars in found.items()]:
            for other in chars:
                found[other][char] = None
    for char in sorted(tight.keys() | loose):
        if tight[char] or loose[char]:
            yield f"{char}\t{''.join(tight[char])}\t{''.join(loose[char])}\n"


def main() -> None:
    """Read the arguments, write the file."""
    decompositions, target, *fonts = sys.argv[1:]
    characters = gb2312()
    alike = np.zeros((len(characters), len(characters)), dtype=np.float32)
    for font in fonts:
        path, _, index = font.rpartition(":")
        pictures = draw(characters, path, int(index))
        alike += pictures @ pictures.T / len(fonts)
    np.fill_diagonal(alike, -1)
    parts = find_greater_parts(characters, read_decompositions(Path(decompositions)))
    header = "# " + (__doc__ or "").replace("\n", "\n# ").replace("# \n", "#\n").rstrip("# \n")
    Path(target).write_text(
        header + "\n" + "".join(make_lines(find_alike(characters, alike, parts))),
        "utf-8",
        newline="\n",
    )


if __name__ == "__main__":
    main()
