"""Read pages from .jsonl files: an article, an array of them or a recognised page a line.

Keys: `text` (one paragraph a line), and where known `id`, `kicker`, `title`, `subtitle`, `byline`,
`date`, `newspaper`, `edition`, `url`. Other keys are left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from indexer.errors import BadRecord, FieldChanged, NotText, SourceError, Unreadable
from indexer.files import MAX_FILE_BYTES, open_plain, read_all, too_large
from indexer.messages import message
from indexer.model import Kind, Page, PageMeta, Part, Span
from indexer.pages.encodings import check_text, decode_bytes
from indexer.pages.fields import HEADING_KINDS, META_KEYS, NoValue, left_out, make_meta, read_text
from indexer.pages.formats import is_recognised, read_recognised
from indexer.pages.markup import strip_markup
from indexer.pages.sidecar import read_meta_or_report

_NO_RECORDS = frozenset((b"", b"[", b"]"))
"""Blank lines, and those that begin and end a JSON array of one article a line."""

MAX_ID = 120
"""Characters of an id: page ids are filters, which have 200 at the most."""

WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")

Problem = Callable[[SourceError], None]


def read_records(
    path: Path, name: str, reading: str, problem: Problem, root: Path | None = None
) -> Iterator[Page]:
    """Yield an article a line; a line that is none goes to `problem`, the rest continues.

    An odd field is brought to its form or left out and goes to `problem` too, as a warning. A line
    may also be what an OCR tool found on a page, as PaddleOCR's service answers.
    """
    base = read_meta_or_report(path, problem, root)
    seen: dict[str, int] = {}
    for number, record, encoding in _read_objects(path, problem):
        if is_recognised(record):
            for page in read_recognised(record, path, number, name, base, problem):
                yield replace(page, encoding=encoding)
            continue
        try:
            _check_article(record, path, number)
            page = _PageFields(record, f"{path}#{number}", problem).make_page(name, number, base)
        except SourceError as error:
            problem(error)
        else:
            page = _name_apart(page, number, seen, problem)
            yield _sign(page, encoding, reading)


def _read_objects(path: Path, problem: Problem) -> Iterator[tuple[int, Any, str]]:
    """Yield what each line holds with its number and encoding, each member where it is an array.

    Members are numbered on from the number of their line, and so are the lines after them.
    """
    next_number = 1
    for line_number, line in _read_lines(path):
        first = max(line_number, next_number)
        try:
            value, encoding = _parse(line, path, first, problem)
        except BadRecord as error:
            problem(error)
            continue
        is_array = isinstance(value, list) and not is_recognised(value)
        members = value if is_array else [value]
        for number, member in enumerate(members, first):
            yield number, member, encoding
        next_number = first + len(members)


def _name_apart(page: Page, number: int, seen: dict[str, int], problem: Problem) -> Page:
    """Rename a page whose id another line has: the line number is added."""
    other = seen.setdefault(page.id, number)
    if other == number:
        return page
    renamed = replace(page, id=f"{page.id}~{number}")
    reason = message("reason.same_id", line=other, page=renamed.id)
    problem(FieldChanged(path=page.source, field="id", reason=reason))
    seen[renamed.id] = number
    return renamed


def _read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank with their 1-based numbers, one at a time."""
    try:
        with open_plain(path) as file:
            before = os.fstat(file.fileno())
            wide = file.read(2) in WIDE_MARKS
            file.seek(0)
            for number, line in enumerate(_split_lines(file, path, wide=wide), 1):
                if line.strip() not in _NO_RECORDS:
                    yield number, line
            after = os.fstat(file.fileno())
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(path=path, reason=str(error)) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Unreadable(path=path, reason=message("reason.changing"))


def _split_lines(file: BinaryIO, path: Path, *, wide: bool) -> Iterator[bytes]:
    if wide:
        yield from read_all(file, path).decode("utf-16").encode().split(b"\n")
        return
    while line := file.readline(MAX_FILE_BYTES + 1):
        if len(line) > MAX_FILE_BYTES:
            raise too_large(path)
        yield line


def _parse(line: bytes, path: Path, number: int, problem: Problem) -> tuple[Any, str]:
    try:
        text, encoding = decode_bytes(line.strip(), f"{path}#{number}", problem)
        return json.loads(text.rstrip().removesuffix(",")), encoding
    except NotText as error:
        raise BadRecord(path=path, line=number, reason=error.facts["reason"]) from error
    except (ValueError, RecursionError) as error:
        reason = message("reason.not_json", error=str(error))
        raise BadRecord(path=path, line=number, reason=reason) from error


def _check_article(record: object, path: Path, number: int) -> None:
    if not isinstance(record, dict) or not isinstance(record.get("text"), str | list):
        raise BadRecord(path=path, line=number, reason=message("reason.not_article"))


class _PageFields:
    """An article as a record gives it; `location` is its file and line."""

    def __init__(self, fields: Mapping[str, object], location: str, problem: Problem) -> None:
        self._fields, self._location, self._problem = fields, location, problem

    def make_page(self, name: str, number: int, base: PageMeta) -> Page:
        """Make a page of the record; raises `BadRecord` for a text that is none."""
        parts = [(kind, line) for key, kind in HEADING_KINDS.items() for line in self._lines(key)]
        parts += [(Kind.BODY, line) for line in self._lines("text")]
        text, spans = _lay_out(parts)
        try:
            text = check_text(text, self._location, self._problem)
        except NotText as error:
            path = Path(self._location.rpartition("#")[0])
            raise BadRecord(path=path, line=number, reason=error.facts["reason"]) from error
        own = {
            key: self._fields[key] for key in META_KEYS if self._fields.get(key) not in (None, "")
        }
        if "title" in own:
            own["title"] = " ".join(self._lines("title", quiet=True))
        own = {key: value for key, value in own.items() if value != ""}
        meta = make_meta(own, self._location, base, warn=self._problem)
        key = self._read_id(number)
        return Page(f"{name}/{key}", self._location, text, "", meta=meta, parts=spans)

    def _lines(self, key: str, *, quiet: bool = False) -> list[str]:
        """Return the lines of a text, a list of texts or a number; what is none is left out."""
        value = self._fields.get(key)
        if value is None:
            return []
        values = list(_texts(value))
        if None in values:
            if not quiet:
                self._problem(left_out(self._location, key, value, message("reason.must_be_text")))
            return []
        joint = "\n" if key == "text" else " "
        given = joint.join(filter(None, values))
        text = strip_markup(given)
        if text != given and not quiet:
            reason = message("reason.html_removed")
            self._problem(FieldChanged(path=self._location, field=key, reason=reason))
        return [line for line in map(str.strip, text.splitlines()) if line]

    def _read_id(self, number: int) -> str:
        """Return the name of a record, which becomes part of addresses; its line without one.

        Of an address the scheme goes; what cannot be a name gives way to the line.
        """
        given = self._fields.get("id")
        if given is None or given == "":
            return str(number)
        try:
            text = read_text(given)
        except NoValue:
            text = ""
        parts = re.sub(r"^[a-z]+://", "", text).split("/")
        key = "/".join(part for part in map(str.strip, parts) if part not in ("", ".", ".."))
        if not key or len(key) > MAX_ID or isinstance(given, list):
            self._problem(left_out(self._location, "id", given, message("reason.no_page_name")))
            return str(number)
        return key


def _texts(value: object) -> Iterator[str | None]:
    """Yield the texts of a text, a number, a list of them, or an object with one; else `None`."""
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        named = [value[key] for key in ("text", "content") if isinstance(value.get(key), str)]
        texts = named or [one for one in value.values() if isinstance(one, str)]
        yield texts[0] if named or len(texts) == 1 else None
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        yield None
    else:
        yield str(value)


def _lay_out(parts: list[tuple[Kind, str]]) -> tuple[str, tuple[Part, ...]]:
    """Set the parts on lines of their own."""
    spans, start = [], 0
    for kind, line in parts:
        spans.append(Part(kind, Span(start, start + len(line))))
        start += len(line) + 1
    return "\n".join(line for _, line in parts), tuple(spans)


def _sign(page: Page, encoding: str, reading: str) -> Page:
    sides = "\0".join((reading, page.id, repr(page.meta), repr(page.parts), page.text))
    digest = hashlib.sha256(sides.encode("utf-8", "backslashreplace")).hexdigest()
    return replace(page, digest=digest, encoding=encoding)
