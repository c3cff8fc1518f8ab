"""Read tables of articles: CSV, TSV and JSON arrays, an article a row.

Columns are known by their usual names in Chinese and English; `columns = {title = "标题"}` in
`pages.toml` names others. A row needs a text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO

from indexer.errors import BadRecord
from indexer.files import MAX_FILE_BYTES
from indexer.messages import message
from indexer.model import Kind
from indexer.pages.encodings import decode
from indexer.pages.formats import FormatFile
from indexer.pages.formats.json_values import as_dict, as_list
from indexer.pages.formats.page_lines import BadFormat, PrintedLine, PrintedPage
from indexer.pages.markup import strip_markup

COLUMN_NAMES = {
    "id": "id 编号 編號 序号 序號",
    "kicker": "kicker 肩题 眉题 引题",
    "title": "title headline 标题 標題 题目 題目 篇名 新闻标题",
    "subtitle": "subtitle 副标题 副標題 副题",
    "byline": "byline author authors 作者 记者 記者",
    "text": "text content body fulltext 正文 内容 內容 全文 文本 新闻内容",
    "date": "date pubdate published publish_date publish_time 日期 发布时间 發布時間 出版日期 时间",
    "newspaper": "newspaper 报纸 報紙 报名 媒体 媒體",
    "edition": "edition 版次 版面 版",
    "url": "url link 网址 網址 链接 鏈接",
}
"""Names of columns by the fields of an article; a column with the name of a field is that field."""

_FIELDS_BY_COLUMN = {name: field for field, names in COLUMN_NAMES.items() for name in names.split()}
_HEADING_COLUMNS = {
    "kicker": Kind.KICKER,
    "title": Kind.TITLE,
    "subtitle": Kind.SUBTITLE,
    "byline": Kind.BYLINE,
}
_METADATA_COLUMNS = ("title", "date", "newspaper", "edition", "url")

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
        field = declared.get(name) or _FIELDS_BY_COLUMN.get(name.lower())
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
        for field, kind in _HEADING_COLUMNS.items()
        if field in fields
    ]
    lines += _body(fields["text"].splitlines())
    meta = {field: fields[field] for field in _METADATA_COLUMNS if field in fields}
    return PrintedPage(tuple(lines), name=name, fields=meta, is_article=True)


def _body(lines: Iterable[str]) -> list[PrintedLine]:
    return [PrintedLine(line, kind=Kind.BODY) for line in lines if line.strip()]
