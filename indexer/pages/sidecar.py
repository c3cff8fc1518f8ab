"""Side-car files in, metadata out: what is known of a page beside its text, never guessed.

`NAME.toml` beside `NAME.txt` speaks of that page. `pages.toml` speaks of a folder: its own keys of
every page there, a table named like a page of that page. The nearer word counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from indexer.errors import BadMetadata, Unreadable
from indexer.model import PageMeta
from indexer.pages.files import read_all
from indexer.plain import open_plain

FOLDER_FILE = "pages.toml"
KEYS = tuple(field.name for field in fields(PageMeta))
_DEEP = re.compile(r"^[ \t]*\[*(?:[^\n=.#]*\.){32}", re.MULTILINE)
"""A key of 32 parts: the reader of TOML takes minutes for one of thousands."""
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def read_meta(path: Path) -> PageMeta:
    """Read what is known of a page file; raises `BadMetadata`."""
    folder = path.with_name(FOLDER_FILE)
    table = _read_table(folder)
    meta = make_meta({key: value for key, value in table.items() if not _is_page(value)}, folder)
    for name in (path.stem, path.name):
        if _is_page(table.get(name)):
            meta = make_meta(table[name], folder, meta)
    own = path.with_suffix(".toml")
    return meta if own == folder else make_meta(_read_table(own), own, meta)


def strangers(folder: Path, pages: Iterable[Path]) -> Iterator[BadMetadata]:
    """Report tables of a folder's file that speak of pages it does not have."""
    path = folder / FOLDER_FILE
    try:
        table = _read_table(path)
    except BadMetadata:
        return  # reported with the pages
    named = [name for name, value in table.items() if _is_page(value)]
    known = {name for page in pages for name in (page.stem, page.name)} if named else set()
    for name in named:
        if name not in known:
            yield _bad(path, f"there is no page {name!r} here", f"这里没有版面“{name}”")


def make_meta(table: Mapping[str, object], path: Path, base: PageMeta | None = None) -> PageMeta:
    """Validate the keys of a table and lay them over what is known already."""
    values = {}
    for key, value in table.items():
        if key not in KEYS:
            choices = ", ".join(KEYS)
            raise _bad(
                path, f"unknown key {key!r}; choose {choices}", f"未知的键“{key}”，可用：{choices}"
            )
        values[key] = _convert(key, value, path)
    return replace(base or PageMeta(), **values)


def _convert(key: str, value: object, path: Path) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _bad(path, f"{key} must be text", f"{key} 必须是文本")
    try:
        text = str(value).strip()
    except ValueError as error:  # of a number with more digits than Python writes
        raise _bad(path, f"{key} must be text", f"{key} 必须是文本") from error
    if not text or not text.isprintable():
        raise _bad(path, f"{key} must be readable text, not {text!r}", f"{key} 必须是可读的文本")
    if key == "date" and not _is_date(text):
        hint = f"date must be 2023, 2023-10 or 2023-10-27, not {text!r}"
        raise _bad(path, hint, f"date 须写成 2023、2023-10 或 2023-10-27，不能是“{text}”")
    if key == "url" and not _is_address(text):
        raise _bad(
            path,
            f"url must begin with http:// or https://, not {text!r}",
            "url 须以 http(s):// 开头",
        )
    return text


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if not found:
        return False
    year, month, day = (int(group or 1) for group in found.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _is_page(value: object) -> bool:
    return isinstance(value, dict)


def _read_table(path: Path) -> dict[str, dict[str, object]]:
    try:
        text = _read_text(path)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(path, f"cannot be read: {error}", f"无法读取（{error}）") from error
    except Unreadable as error:
        raise _bad(path, str(error.facts["reason"]), str(error.facts["reason_zh"])) from error
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers beyond all bounds are a ValueError
        raise _bad(path, f"not valid TOML: {error}", f"不是有效的 TOML（{error}）") from error


def _read_text(path: Path) -> str:
    """Read the text of a file that neither leads elsewhere nor keeps its reader for ever."""
    if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
        reason, reason_zh = "it is a link out of the folder", "它是指向文件夹之外的链接"
        raise Unreadable(path=path, reason=reason, reason_zh=reason_zh)
    with open_plain(path) as file:
        text = read_all(file, path).decode("utf-8-sig")
    if _DEEP.search(text):
        raise Unreadable(path=path, reason="its keys are too deep", reason_zh="键的层次太深")
    return text


def _bad(path: Path, reason: str, reason_zh: str) -> BadMetadata:
    return BadMetadata(path=path, reason=reason, reason_zh=reason_zh)
