"""Read the metadata that is declared beside a page; nothing is guessed.

`NAME.toml` beside `NAME.txt` is for that page. `pages.toml` is for a folder and those below it: its
own keys are for every page, a table named like a page is for that page. The nearer file counts.
`name` declares how the names of files are made (`file_names.py`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from indexer.errors import BadMetadata, SourceError, Unreadable
from indexer.files import open_plain, read_all
from indexer.messages import message
from indexer.model import PageMeta
from indexer.pages.fields import Warn, left_out, make_meta
from indexer.pages.file_names import PATTERN_FIELDS, BadPattern, find_date, read_name
from indexer.pages.kinds import page_stem

FOLDER_FILE = "pages.toml"
FOLDER_KEYS = ("name", "images", "columns")
"""Keys of a folder's file that are not metadata of its pages."""

_DEEP_KEY = re.compile(r"^[ \t]*\[*(?:[^\n=.#]*\.){32}", re.MULTILINE)
"""A key of 32 parts: the reader of TOML takes minutes for one of thousands."""


def read_meta(path: Path, warn: Warn, root: Path | None = None) -> PageMeta:
    """Read what is known of a page file; odd fields go to `warn`. Raises `BadMetadata`.

    `root` is the folder of the source, down from which folders declare what holds for all below.
    """
    meta = PageMeta()
    common: dict[str, object] = {}
    table: dict[str, dict[str, object]] = {}
    folder = path.with_name(FOLDER_FILE)
    for declared in _folder_files(path, root):
        table = _read_table(declared)
        common |= {key: table[key] for key in FOLDER_KEYS if key in table}
        keys = {key: one for key, one in table.items() if not _is_page(one) and key not in common}
        meta = make_meta(keys, declared, meta, warn=warn)
    meta = _add_name(meta, path, common.get("name"), warn)
    for name in dict.fromkeys(_names(path)):
        if _is_page(table.get(name)):
            meta = _lay_over(meta, table[name], folder, warn)
    own = path.with_name(f"{page_stem(path.name)}.toml")
    return meta if own == folder else _lay_over(meta, _read_table(own), own, warn)


def read_meta_or_report(path: Path, problem: Warn, root: Path | None) -> PageMeta:
    """Read what is known of a page file; nothing where that is wrong, which is reported."""
    try:
        return read_meta(path, problem, root)
    except SourceError as error:
        problem(error)
        return PageMeta()


def read_folder_keys(path: Path, root: Path | None = None) -> dict[str, object]:
    """Return what the folders of a page file declare besides metadata: `FOLDER_KEYS`."""
    found: dict[str, object] = {}
    for declared in _folder_files(path, root):
        table = _read_table(declared)
        found |= {key: table[key] for key in FOLDER_KEYS if key in table}
    return found


def _folder_files(path: Path, root: Path | None) -> list[Path]:
    """Return the files that folders declare metadata in, from the root down to the page's own."""
    folders = [path.parent]
    if root is not None and path.parent.is_relative_to(root):
        while folders[-1] != root:
            folders.append(folders[-1].parent)
    return [folder / FOLDER_FILE for folder in reversed(folders)]


def _add_name(meta: PageMeta, path: Path, pattern: object, warn: Warn) -> PageMeta:
    """Lay what the name of a file says over what its folders declare."""
    if pattern is None:
        return meta
    try:
        values = read_name(str(pattern), path.with_name(page_stem(path.name)).as_posix())
    except BadPattern:
        fields = ", ".join(f"{{{field}}}" for field in PATTERN_FIELDS)
        reason = message("reason.bad_name_pattern", fields=fields)
        warn(left_out(path.with_name(FOLDER_FILE), "name", pattern, reason))
        return meta
    return replace(make_meta(values, path, meta, warn=warn), named=" ".join(values) or None)


def _lay_over(meta: PageMeta, table: Mapping[str, object], path: Path, warn: Warn) -> PageMeta:
    """Lay declared fields over others; those are no longer from the name of the file."""
    named = [name for name in (meta.named or "").split() if name not in table]
    laid = make_meta(table, path, meta, warn=warn)
    return replace(laid, named=" ".join(named) or None)


def add_date_in_name(meta: PageMeta, path: Path) -> PageMeta:
    """Fill a date that nothing declares with a full date in the name of the file."""
    date = None if meta.date else find_date(page_stem(path.name))
    named = " ".join(filter(None, (meta.named, "date")))
    return replace(meta, date=date, named=named) if date else meta


def unknown_page_tables(folder: Path, pages: Iterable[Path]) -> Iterator[BadMetadata]:
    """Report tables of a folder's file for pages that it does not have."""
    path = folder / FOLDER_FILE
    try:
        table = _read_table(path)
    except BadMetadata:
        return  # reported with the pages
    named = [name for name, value in table.items() if _is_page(value) and name not in FOLDER_KEYS]
    known = {name for page in pages for name in _names(page)} if named else set()
    for name in named:
        if name not in known:
            yield BadMetadata(path=path, reason=message("reason.no_such_page", page=name))


def _names(path: Path) -> tuple[str, ...]:
    """Return the names of the tables that describe a page."""
    return page_stem(path.name), path.stem, path.name


def _is_page(value: object) -> bool:
    return isinstance(value, dict)


def _read_table(path: Path) -> dict[str, dict[str, object]]:
    try:
        text = read_text(path)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadMetadata(
            path=path, reason=message("reason.cannot_read", error=str(error))
        ) from error
    except Unreadable as error:
        raise BadMetadata(path=path, reason=error.facts["reason"]) from error
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers beyond all bounds are a ValueError
        raise BadMetadata(path=path, reason=message("reason.not_toml", error=str(error))) from error


def read_text(path: Path) -> str:
    """Read the text of a file that neither leads elsewhere nor keeps its reader for ever."""
    if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
        raise Unreadable(path=path, reason=message("reason.link_out"))
    with open_plain(path) as file:
        text = read_all(file, path).decode("utf-8-sig")
    if _DEEP_KEY.search(text):
        raise Unreadable(path=path, reason=message("reason.deep_keys"))
    return text
