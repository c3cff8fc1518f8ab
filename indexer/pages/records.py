"""A .jsonl file in, pages out: one article a line, read as it says and without guessing.

Keys: `text` (one paragraph a line), and where known `id`, `kicker`, `title`, `subtitle`, `byline`,
`date`, `newspaper`, `edition`, `url`. Other keys are left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from indexer.errors import BadMetadata, BadRecord, NotText, SourceError, Unreadable
from indexer.model import Kind, Page, PageMeta, Part, Span
from indexer.pages.encodings import check_text, decode_bytes
from indexer.pages.files import read_all, too_large
from indexer.pages.sidecar import KEYS, make_meta, read_meta
from indexer.plain import MOST_BYTES, open_plain

HEADS = {
    "kicker": Kind.KICKER,
    "title": Kind.TITLE,
    "subtitle": Kind.SUBTITLE,
    "byline": Kind.BYLINE,
}
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")

Problem = Callable[[SourceError], None]


def read_records(path: Path, name: str, reading: str, problem: Problem) -> Iterator[Page]:
    """Yield an article a line; a line that is none goes to `problem`, the rest goes on."""
    base = _base_meta(path, problem)
    seen: dict[str, int] = {}
    for number, line in _read_lines(path):
        try:
            record, encoding = _parse(line, path, number)
            page = _make_page(record, path, number, name, base)
            if other := seen.get(page.id):
                raise _bad(path, number, f"the id of line {other} again", f"id 与第 {other} 行相同")
        except SourceError as error:
            problem(error)
        else:
            seen[page.id] = number
            yield _sign(page, encoding, reading)


def _base_meta(path: Path, problem: Problem) -> PageMeta:
    try:
        return read_meta(path)
    except BadMetadata as error:
        problem(error)
        return PageMeta()


def _read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank with their 1-based numbers, one in hand at a time."""
    try:
        with open_plain(path) as file:
            before = os.fstat(file.fileno())
            wide = file.read(2) in WIDE_MARKS
            file.seek(0)
            for number, line in enumerate(_split_lines(file, path, wide=wide), 1):
                if line.strip():
                    yield number, line
            after = os.fstat(file.fileno())
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(path=path, reason=str(error), reason_zh=str(error)) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        reason = "it changed while it was read; build again"
        raise Unreadable(path=path, reason=reason, reason_zh="读取时文件正在变化，请重新建立索引")


def _split_lines(file: BinaryIO, path: Path, *, wide: bool) -> Iterator[bytes]:
    if wide:
        yield from read_all(file, path).decode("utf-16").encode().split(b"\n")
        return
    while line := file.readline(MOST_BYTES + 1):
        if len(line) > MOST_BYTES:
            raise too_large(path)
        yield line


def _parse(line: bytes, path: Path, number: int) -> tuple[Mapping[str, object], str]:
    try:
        text, encoding = decode_bytes(line.strip(), path)
        record = json.loads(text)
    except NotText as error:
        reason, reason_zh = str(error.facts["reason"]), str(error.facts["reason_zh"])
        raise _bad(path, number, reason, reason_zh) from error
    except (ValueError, RecursionError) as error:
        raise _bad(path, number, f"not JSON: {error}", f"不是有效的 JSON（{error}）") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        reason = 'not an article: it needs {"text": "…"}'
        raise _bad(path, number, reason, '不是文章，至少要有 {"text": "…"}')
    return record, encoding


def _make_page(
    record: Mapping[str, object], path: Path, number: int, name: str, base: PageMeta
) -> Page:
    parts: list[tuple[Kind, str]] = []
    for key, kind in HEADS.items():
        parts += [(kind, line) for line in _lines(record, key, path, number)]
    parts += [(Kind.BODY, line) for line in _lines(record, "text", path, number)]
    text, spans = _lay_out(parts)
    try:
        check_text(text, path)
        own = {key: record[key] for key in KEYS if record.get(key) not in (None, "")}
        meta = make_meta(own, path, base)
    except (NotText, BadMetadata) as error:
        reason, reason_zh = str(error.facts["reason"]), str(error.facts["reason_zh"])
        raise _bad(path, number, reason, reason_zh) from error
    key = _read_id(record.get("id"), path, number)
    return Page(f"{name}/{key}", f"{path}#{number}", text, "", meta=meta, parts=spans)


def _read_id(given: object, path: Path, number: int) -> str:
    """Return the name of a record, its line where it has none; it becomes part of addresses."""
    key = str(number if given is None else given)
    plain = isinstance(given, str | int | None) and key.isprintable()
    if not plain or {"", ".", ".."} & {*key.split("/")}:
        raise _bad(path, number, "its id is not readable text", "id 不是可读的文本")
    return key


def _lines(record: Mapping[str, object], key: str, path: Path, number: int) -> list[str]:
    value = record.get(key)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        value = " ".join(value)
    if not isinstance(value, str):
        raise _bad(path, number, f"{key} must be text", f"{key} 必须是文本")
    return [line for line in map(str.strip, value.splitlines()) if line]


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


def _bad(path: Path, line: int, reason: str, reason_zh: str) -> BadRecord:
    return BadRecord(path=path, line=line, reason=reason, reason_zh=reason_zh)
