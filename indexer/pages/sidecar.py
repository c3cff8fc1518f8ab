"""Side-car files in, metadata out: what is known of a page beside its text, never guessed.

`NAME.toml` beside `NAME.txt` speaks of that page. `pages.toml` speaks of a folder: its own keys of
every page there, a table named like a page of that page. The nearer word counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from indexer.errors import BadMetadata, Unreadable
from indexer.messages import message
from indexer.model import PageMeta
from indexer.pages.fields import Warn, make_meta
from indexer.pages.files import read_all
from indexer.pages.kinds import page_stem
from indexer.plain import open_plain

FOLDER_FILE = "pages.toml"
_DEEP = re.compile(r"^[ \t]*\[*(?:[^\n=.#]*\.){32}", re.MULTILINE)
"""A key of 32 parts: the reader of TOML takes minutes for one of thousands."""


def read_meta(path: Path, warn: Warn) -> PageMeta:
    """Read what is known of a page file; odd fields go to `warn`. Raises `BadMetadata`."""
    folder = path.with_name(FOLDER_FILE)
    table = _read_table(folder)
    common = {key: value for key, value in table.items() if not _is_page(value)}
    meta = make_meta(common, folder, warn=warn)
    for name in dict.fromkeys(_names(path)):
        if _is_page(table.get(name)):
            meta = make_meta(table[name], folder, meta, warn=warn)
    own = path.with_name(f"{page_stem(path.name)}.toml")
    return meta if own == folder else make_meta(_read_table(own), own, meta, warn=warn)


def strangers(folder: Path, pages: Iterable[Path]) -> Iterator[BadMetadata]:
    """Report tables of a folder's file that speak of pages it does not have."""
    path = folder / FOLDER_FILE
    try:
        table = _read_table(path)
    except BadMetadata:
        return  # reported with the pages
    named = [name for name, value in table.items() if _is_page(value)]
    known = {name for page in pages for name in _names(page)} if named else set()
    for name in named:
        if name not in known:
            yield BadMetadata(path=path, reason=message("reason.no_such_page", page=name))


def _names(path: Path) -> tuple[str, ...]:
    """Return the names under which tables speak of a page."""
    return page_stem(path.name), path.stem, path.name


def _is_page(value: object) -> bool:
    return isinstance(value, dict)


def _read_table(path: Path) -> dict[str, dict[str, object]]:
    try:
        text = _read_text(path)
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


def _read_text(path: Path) -> str:
    """Read the text of a file that neither leads elsewhere nor keeps its reader for ever."""
    if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
        raise Unreadable(path=path, reason=message("reason.link_out"))
    with open_plain(path) as file:
        text = read_all(file, path).decode("utf-8-sig")
    if _DEEP.search(text):
        raise Unreadable(path=path, reason=message("reason.deep_keys"))
    return text
