"""Optional fields of a page: brought to one form where that is sure, left out and named otherwise.

A page is never lost for what is said beside its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from urllib.parse import urlsplit

from indexer.errors import FieldLeftOut, SourceError
from indexer.messages import Message, message
from indexer.model import Kind, PageMeta
from indexer.model.dates import read_date

_SOURCE_FIELDS = ("printed", "named")
"""Fields of metadata that say where others come from."""

META_KEYS = tuple(field.name for field in fields(PageMeta) if field.name not in _SOURCE_FIELDS)
_FIELD_NAMES = {
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
"""What tables and front matter call the fields of an article, each its own name too."""

FIELDS_BY_NAME = {name: field for field, names in _FIELD_NAMES.items() for name in names.split()}

HEADING_KINDS = {
    "kicker": Kind.KICKER,
    "title": Kind.TITLE,
    "subtitle": Kind.SUBTITLE,
    "byline": Kind.BYLINE,
}

MAX_SHOWN_CHARS = 60  # characters of a value in a message

Warn = Callable[[SourceError], None]

_UNKNOWN_VALUES = frozenset(
    "不详 不詳 未知 未详 无 無 缺 佚 - -- — —— ? ？ / unknown none null nil nan n/a na tbd".split()
)
"""Values that mean that nothing is known."""

_HOST_AND_PATH = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#].*)?")
_MAX_DIGITS = 18


class NoValue(ValueError):
    """A value that a field cannot have, with the reason as `reason.KEY` of the catalogue."""

    def __init__(self, key: str, **facts: object) -> None:
        self.reason = message(f"reason.{key}", **facts)
        super().__init__(self.reason)


def make_meta(
    table: Mapping[str, object], path: object, base: PageMeta | None = None, *, warn: Warn
) -> PageMeta:
    """Lay the fields of a table over what is known already; what is odd goes to `warn`."""
    values = {}
    for key, value in table.items():
        try:
            values[key] = _read(key, value)
        except NoValue as error:
            warn(left_out(path, key, value, error.reason))
    return replace(base or PageMeta(), **values)


def left_out(path: object, field: str, value: object, reason: Message) -> FieldLeftOut:
    """Return the warning on a field that was left out, and why."""
    try:
        shown = str(value)[:MAX_SHOWN_CHARS]
    except ValueError:  # a number with more digits than Python writes
        shown = "…"
    shown = shown.encode("utf-8", "replace").decode()
    return FieldLeftOut(path=str(path), field=field, value=shown, reason=reason)


def _read(key: str, value: object) -> str:
    if key not in META_KEYS:
        raise NoValue("unknown_key", choices=META_KEYS)
    if key == "date":
        return _read_date(value)
    text = read_text(value)
    return _read_url(text) if key == "url" else text


def read_text(value: object) -> str:
    """Return a value as one line of text; raises `NoValue`.

    Numbers are written as a reader would (5.0 is 5), several texts are joined, blanks of any kind
    become one, and invisible characters are dropped.
    """
    if isinstance(value, list | tuple) and value:
        return "、".join(map(read_text, value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**_MAX_DIGITS:
        value = int(value)
    if isinstance(value, int) and abs(value) >= 10**_MAX_DIGITS:
        raise NoValue("must_be_text")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise NoValue("must_be_text")
    words = ("".join(filter(str.isprintable, word)) for word in str(value).split())
    text = " ".join(filter(None, words))
    if not text:
        raise NoValue("must_be_readable")
    if text.lower() in _UNKNOWN_VALUES:
        raise NoValue("says_unknown")
    return text


def _read_date(value: object) -> str:
    if isinstance(value, str):
        read_text(value)  # raises for what says that nothing is known
    found = None if isinstance(value, bool | float | list | dict) else read_date(value)
    if found is None:
        raise NoValue("must_be_date")
    return found


def _read_url(text: str) -> str:
    """Return a web address; one without a scheme gets https."""
    if text.startswith("//"):
        text = f"https:{text}"
    elif _HOST_AND_PATH.fullmatch(text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise NoValue("must_be_address")
    return text.replace(" ", "%20")
