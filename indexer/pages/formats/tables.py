"""Read tables of articles: CSV, TSV and JSON arrays, an article a row.

Columns are known by their usual names in Chinese and English; `columns = {title = "标题"}` in
`pages.toml` names others. A row needs a text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO

from indexer.errors import BadRecord
from indexer.files import MAX_FILE_BYTES
from indexer.messages import message
from indexer.model import Kind
from indexer.pages.encodings import decode
from indexer.pages.fields import FIELDS_BY_NAME, HEADING_KINDS, META_KEYS
from indexer.pages.formats import FormatFile
from indexer.pages.formats.json_values import as_dict, as_list
from indexer.pages.formats.page_lines import BadFormat, PrintedLine, PrintedPage
from indexer.pages.markup import strip_markup

csv.field_size_limit(MAX_FILE_BYTES)


def matches(content: object) -> bool:
    """Return whether a content is a table: bytes of text, or an array of objects of JSON."""
    if isinstance(content, bytes):
        return True
    items = as_list(content)
    return bool(items) and any(isinstance(item, dict) for item in items)


def read(content: object, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield an article a row; rows without a text are reported."""
    rows = _csv_rows(content, file) if isinstance(content, bytes) else _json_rows(content)
    names: set[str] = set()
    empty: list[int] = []
    for number, row in rows:
        fields = _name_fields(row, file.columns)
        if "text" not in fields:
            empty += [number] if any(row.values()) else []
            continue
        name = fields.get("id", "").replace("/", "-").replace("#", "-").strip(". ")[:100]
        name = name if name and name not in names else str(number)
        names.add(name)
        yield _make_page(fields, name)
    if not names:
        raise BadFormat(message("reason.no_text_column"))
    for number in empty:
        file.warn(BadRecord(path=file.path, line=number, reason=message("reason.no_text")))


def _json_rows(content: object) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, item in enumerate(as_list(content), 1):
        yield number, as_dict(item)


def _csv_rows(content: bytes, file: FormatFile) -> Iterator[tuple[int, Mapping[str, object]]]:
    text, _ = decode(content, file.path, file.warn)
    head = text.partition("\n")[0]
    delimiter = max("\t,;", key=head.count)
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, {str(key): value for key, value in row.items() if key}
    except csv.Error as error:
        raise BadFormat(message("reason.not_csv", error=str(error))) from error


def _name_fields(row: Mapping[str, object], columns: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a row by the names of our fields."""
    declared = {column: field for field, column in columns.items()}
    fields: dict[str, str] = {}
    for column, value in row.items():
        name = column.strip().lstrip("\ufeff")
        field = declared.get(name) or FIELDS_BY_NAME.get(name.lower())
        text = _to_text(value)
        if field and text and (field not in fields or name in declared):
            fields[field] = text
    return fields


def _to_text(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(filter(None, map(_to_text, value)))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return strip_markup(str(value)).strip()


def _make_page(fields: Mapping[str, str], name: str) -> PrintedPage:
    lines = [
        PrintedLine(" ".join(fields[field].split()), kind=kind)
        for field, kind in HEADING_KINDS.items()
        if field in fields
    ]
    body = filter(str.strip, fields["text"].splitlines())
    lines += (PrintedLine(line, kind=Kind.BODY) for line in body)
    meta = {field: fields[field] for field in META_KEYS if field in fields}
    return PrintedPage(tuple(lines), name=name, fields=meta, is_article=True)
