"""Read METS files of issues: which blocks of ALTO files are of which article.

Pages are read from their ALTO files; `alto` asks here for the articles of their blocks. A METS file
itself has no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from indexer.errors import Unreadable
from indexer.files import read_file
from indexer.model.spans import count_shared
from indexer.pages.formats import FormatFile
from indexer.pages.formats.page_lines import BadFormat, PrintedPage, base_name
from indexer.pages.formats.xml_tree import child_elements, find_all, local_name, parse_xml

MAX_TRIED = 5
"""METS files of a folder that are opened to find the issue of a page."""

_XLINK = "{http://www.w3.org/1999/xlink}"
_ARTICLE_TYPE = re.compile(
    r"^(?:article|advertisement|editorial|letter|notice|obituary|poem)", re.I
)
_SECTION = re.compile(r"^section$", re.I)
"""A section is an article where no division in it is one."""


@dataclass(frozen=True, slots=True)
class ArticlePart:
    """What METS has of an article in an ALTO file, and what it is called there.

    It is the elements from the id `begin` to the id `end`, or one with all that is in it; the whole
    file where `begin` is empty.
    """

    article: str
    label: str
    begin: str
    end: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Parts of articles by the names of their ALTO files, and the metadata of the issue."""

    parts: Mapping[str, Sequence[ArticlePart]]
    fields: Mapping[str, str] = field(default_factory=dict)


def matches(content: object) -> bool:
    """Return whether the root of an XML file is that of METS."""
    return local_name(content) == "mets"


def read(content: object, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield no page: those are ALTO files."""
    yield from ()


def find_issue(alto: Path) -> Issue | None:
    """Return the issue of a METS file beside an ALTO file, or beside its folder, that names it.

    Those are tried first whose names begin like that of the ALTO file.
    """
    for folder in (alto.parent, alto.parent.parent):
        found = sorted(folder.glob("*[mM][eE][tT][sS]*.xml"))
        found.sort(key=lambda path: -count_shared(path.name, alto.name))
        for path in found[:MAX_TRIED]:
            facts = path.stat()
            issue = _load(path, facts.st_mtime_ns, facts.st_size)
            if issue and alto.name in issue.parts:
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
    """Return what the logical structure of a METS file says of ALTO files.

    Divisions point to elements of ALTO files, or are linked to divisions of the physical structure
    that do (`structLink`).
    """
    files = {
        file.get("ID"): base_name(location.get(f"{_XLINK}href", ""))
        for file in find_all(root, "file")
        for location in child_elements(file, "FLocat")
    }
    logical, physical = _read_structures(root)
    linked = _read_links(root)
    parts: dict[str, list[ArticlePart]] = {name: [] for name in files.values()}
    for division, article in logical:
        targets = [physical[one] for one in linked.get(division.get("ID"), ()) if one in physical]
        for owner in (division, *targets):
            for file, begin, end in _read_pointers(owner):
                label = owner.get("TYPE", "") if owner is division else owner.get("LABEL", "")
                parts.setdefault(files.get(file, ""), []).append(
                    ArticlePart(article, label, begin, end)
                )
    return Issue({name: found for name, found in parts.items() if name}, _fields(root))


def _read_structures(root: Any) -> tuple[list[tuple[Any, str]], dict[str, Any]]:
    """Return the logical divisions with their articles, and the physical ones by their ids."""
    logical: list[tuple[Any, str]] = []
    physical: dict[str, Any] = {}
    for structure in find_all(root, "structMap"):
        if structure.get("TYPE", "").upper() == "LOGICAL":
            for division in child_elements(structure, "div"):
                logical += _divide(division)
        else:
            physical |= {one.get("ID", ""): one for one in find_all(structure, "div")}
    return logical, physical


def _divide(top: Any) -> Iterator[tuple[Any, str]]:
    """Yield each division that is of an article, without recursion."""
    stack = [(top, "")]
    while stack:
        division, article = stack.pop()
        if not article and _is_article(division):
            article = division.get("ID") or f"division {division.sourceline}"
        if article:
            yield division, article
        stack += [(inner, article) for inner in reversed(child_elements(division, "div"))]


def _is_article(division: Any) -> bool:
    kind = division.get("TYPE", "")
    if _SECTION.match(kind):
        inner = find_all(division, "div")[1:]
        return not any(_ARTICLE_TYPE.match(one.get("TYPE", "")) for one in inner)
    return bool(_ARTICLE_TYPE.match(kind))


def _read_links(root: Any) -> dict[str, list[str]]:
    """Return the physical divisions that logical ones are linked to: ids by ids."""
    links: dict[str, list[str]] = {}
    for link in find_all(root, "smLink"):
        links.setdefault(link.get(f"{_XLINK}from", ""), []).append(link.get(f"{_XLINK}to", ""))
    for group in find_all(root, "smLinkGrp"):
        names = {
            one.get(f"{_XLINK}label", ""): one.get(f"{_XLINK}href", "").removeprefix("#")
            for one in child_elements(group, "smLocatorLink")
        }
        for arc in child_elements(group, "smArcLink"):
            start, end = arc.get(f"{_XLINK}from", ""), arc.get(f"{_XLINK}to", "")
            links.setdefault(names.get(start, ""), []).append(names.get(end, ""))
    return links


def _read_pointers(division: Any) -> Iterator[tuple[Any, str, str]]:
    """Yield file, first and last id of what a division itself points to."""
    for pointer in child_elements(division, "fptr"):
        for area in find_all(pointer, "area"):
            if area.get("BEGIN"):
                yield area.get("FILEID"), area.get("BEGIN"), area.get("END") or ""
        if pointer.get("FILEID"):
            yield pointer.get("FILEID"), "", ""


def _fields(root: Any) -> dict[str, str]:
    """Return newspaper and date from the bibliographic part (MODS) of the issue."""
    found = {"newspaper": _first(root, "title"), "date": _first(root, "dateIssued")}
    return {name: value for name, value in found.items() if value}


def _first(root: Any, name: str) -> str:
    texts = ("".join(one.itertext()).strip() for one in find_all(root, name))
    return next(filter(None, texts), "")
