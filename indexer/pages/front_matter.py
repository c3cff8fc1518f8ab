"""Read the metadata that a Markdown page declares in its front matter.

Front matter is a list of `key: value` lines between two lines of `---` at the top of a file. Only
keys that name metadata of a page are used; OCR models write others (is_rotation_valid).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from indexer.model import PageMeta, Span, line_spans
from indexer.pages.fields import FIELDS_BY_NAME, META_KEYS, Warn, make_meta

MAX_FRONT_MATTER_LINES = 60
MAX_FRONT_MATTER_CHARS = 30_000

_FRONT_MATTER_KEY = re.compile(r"([\w\u3400-\u9fff][\w\u3400-\u9fff .-]{0,39})[:：](?:\s+(.*)|$)")
_UNDER_KEY = re.compile(r"[ \t]+\S|-[ \t]|#|$")


def is_markdown_file(path: str | Path) -> bool:
    """Return whether a file is Markdown by its name."""
    return str(path).lower().endswith((".md", ".markdown"))


def find_front_matter(text: str) -> Span | None:
    """Return where the lines between two `---` at the top of a page are; None without them."""
    lines = line_spans(text[:MAX_FRONT_MATTER_CHARS])[:MAX_FRONT_MATTER_LINES]
    raws = [text[slice(*line)].rstrip() for line in lines]
    if raws[0] != "---" or len(raws) < 2 or not _FRONT_MATTER_KEY.match(raws[1]):
        return None
    for number in range(1, len(raws)):
        if raws[number] == "---":
            return Span(lines[1].start, lines[number].start)
        if not _FRONT_MATTER_KEY.match(raws[number]) and not _UNDER_KEY.match(raws[number]):
            return None
    return None


def add_front_matter(meta: PageMeta, text: str, path: Path, warn: Warn) -> PageMeta:
    """Fill what a side-car file leaves open with what the front matter says.

    A value that is no metadata (a date that is none) is left out and goes to `warn`.
    """
    found = find_front_matter(text)
    declared = dict(_read(text[slice(*found)])) if found else {}
    for name, value in declared.items():
        if getattr(meta, name) is None:
            meta = make_meta({name: value}, path, meta, warn=warn)
    return meta


def _read(matter: str) -> Iterator[tuple[str, str]]:
    for line in matter.splitlines():
        found = _FRONT_MATTER_KEY.match(line.rstrip())
        name = FIELDS_BY_NAME.get(found[1].strip().lower()) if found and found[2] else None
        if found and name in META_KEYS:
            yield str(name), found[2].strip().strip("\"'")
