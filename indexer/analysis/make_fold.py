"""OpenCC and Unicode in, `indexer/data/fold.txt` out: run once, so that nothing pays at start-up.

python -m indexer.analysis.make_fold
"""

from __future__ import annotations

import sys
import unicodedata

from indexer.analysis.fold import TABLE

ALIKE = {
    '"': "“”„‟«»「」『』〝〞〟",
    "'": "‘’‚‛`´′",
    "·": "•・‧⋅∙●⸱‧・᛫",
    "-": "‐‑‒–—―−﹘─━",
    "~": "〜∼～",
    " ": "\t\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029",
}
"""Punctuation that people type for one another. Book marks 《》 stay: they are text. The full stop
stays as well: an ASCII one ends no sentence (95.51)."""

SURROGATES = range(0xD800, 0xE000)


def make_table() -> dict[str, str]:
    """Map every character that folds to another one, each to a single, final character."""
    steps = [_width_and_case(), _alike(), _simplified()]
    table: dict[str, str] = {}
    for source in sorted(set().union(*steps)):
        target = _follow(source, steps)
        if target != source:
            table[source] = target
    return table


def _follow(character: str, steps: list[dict[str, str]]) -> str:
    """Apply the steps over and over until nothing changes, so that the fold is idempotent."""
    for _ in range(8):
        before = character
        for step in steps:
            character = step.get(character, character)
        if character == before:
            return character
    raise ValueError(f"{character!r} folds in a circle")


def _width_and_case() -> dict[str, str]:
    return {
        character: folded
        for character in map(chr, range(sys.maxunicode + 1))
        if ord(character) not in SURROGATES and (folded := _single(character)) != character
    }


def _single(character: str) -> str:
    """Normalise (NFKC) and lower a character where the result is again one character."""
    normal = unicodedata.normalize("NFKC", character)
    base = normal if len(normal) == 1 else character
    lowered = base.casefold() if len(base.casefold()) == 1 else base.lower()
    return lowered if len(lowered) == 1 else base


def _alike() -> dict[str, str]:
    return {source: target for target, sources in ALIKE.items() for source in sources}


def _simplified() -> dict[str, str]:
    import opencc

    convert = opencc.OpenCC("t2s").convert
    ideographs = [chr(point) for first, last in _IDEOGRAPHS for point in range(first, last + 1)]
    simple = convert("\n".join(ideographs)).split("\n")
    return {one: two for one, two in zip(ideographs, simple, strict=True) if len(two) == 1}


_IDEOGRAPHS = [(0x2E80, 0x2FDF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)]


def main() -> None:
    """Write the table: the characters on one line, what they fold to on the next."""
    table = {one: two for one, two in make_table().items() if one not in "\n"}
    lines = [f"{ord(one):x} {ord(two):x}" for one, two in table.items()]
    head = (
        "# Made by indexer/analysis/make_fold.py from OpenCC's t2s, single characters only\n"
        f"# (Apache-2.0), and Unicode {unicodedata.unidata_version} NFKC and case folding.\n"
        "# A character and what it folds to, as hexadecimal code points.\n"
    )
    TABLE.write_text(head + "\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
