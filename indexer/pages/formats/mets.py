"""Read METS files of issues: which blocks of ALTO files are of which article.

Pages are read from their ALTO files; `alto` asks here for the articles of their blocks. A METS file
itself has no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from indexer.errors import Unreadable
from indexer.pages.files import read_file
from indexer.pages.formats import FormatFile
from indexer.pages.formats.page_lines import BadFormat, PrintedPage
from indexer.pages.formats.xml_tree import children, find_all, local_name, parse_xml

_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_ARTICLE_TYPE = re.compile(
    r"^(?:article|advertisement|editorial|letter|notice|obituary|poem|section)", re.I
)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of an ALTO file as METS has it: its article, and what it is called there."""

    article: str
    label: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Blocks by the name of their ALTO file and their id, and the metadata of the issue."""

    blocks: Mapping[tuple[str, str], Block]
    fields: Mapping[str, str] = field(default_factory=dict)


def matches(content: object) -> bool:
    """Return whether the root of an XML file is that of METS."""
    return local_name(content) == "mets"


def read(content: object, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield no page: those are ALTO files."""
    del content, file
    yield from ()


def find_issue(alto: Path) -> Issue | None:
    """Return the issue of a METS file beside an ALTO file, or beside its folder, that names it."""
    for folder in (alto.parent, alto.parent.parent):
        for path in sorted(folder.glob("*[mM][eE][tT][sS]*.xml"))[:5]:
            facts = path.stat()
            issue = _load(path, facts.st_mtime_ns, facts.st_size)
            if issue and any(name == alto.name for name, _ in issue.blocks):
                return issue
    return None


@lru_cache(maxsize=8)
def _load(path: Path, modified: int, size: int) -> Issue | None:
    """Return the issue of a METS file; None for one that cannot be read."""
    del modified, size
    try:
        root = parse_xml(read_file(path))
    except (BadFormat, Unreadable):
        return None
    return read_issue(root) if local_name(root) == "mets" else None


def read_issue(root: Any) -> Issue:
    """Return what the logical structure of a METS file says of blocks."""
    files = {}
    for file in find_all(root, "file"):
        for place in children(file, "FLocat"):
            files[file.get("ID")] = re.split(r"[/\\]", place.get(_XLINK_HREF, ""))[-1]
    blocks: dict[tuple[str, str], Block] = {}
    for structure in find_all(root, "structMap"):
        if structure.get("TYPE", "").upper() == "LOGICAL":
            for division in children(structure, "div"):
                _read_division(division, "", files, blocks)
    return Issue(blocks, _fields(root))


def _read_division(
    top: Any, article: str, files: Mapping[Any, str], blocks: dict[tuple[str, str], Block]
) -> None:
    """Collect the blocks below a division, without recursion."""
    stack = [(top, article)]
    while stack:
        division, article = stack.pop()
        kind = division.get("TYPE", "")
        if not article and _ARTICLE_TYPE.match(kind):
            article = division.get("ID") or f"division {len(blocks)}"
        for pointer in children(division, "fptr"):
            for area in find_all(pointer, "area"):
                name = files.get(area.get("FILEID"))
                if name and article:
                    blocks[name, area.get("BEGIN", "")] = Block(article, kind)
        stack += [(inner, article) for inner in children(division, "div")]


def _fields(root: Any) -> dict[str, str]:
    """Return newspaper and date from the bibliographic part (MODS) of the issue."""
    found = {"newspaper": _first(root, "title"), "date": _first(root, "dateIssued")}
    return {name: value for name, value in found.items() if value}


def _first(root: Any, name: str) -> str:
    texts = ("".join(one.itertext()).strip() for one in find_all(root, name))
    return next(filter(None, texts), "")
