"""The advanced form: a query written from its fields, and the fields filled in from a query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from indexer.arguments import check_arguments
from indexer.model import Contains, Dates, Not, Or
from indexer.query import parse
from indexer.query.tree import Proximity, Query, QueryNode, Quote, Reach, Words, all_wanted
from indexer.settings import Settings

MAX_FIELD_CHARS = 256  # what a query may hold

DEFAULT_DISTANCE = 10


class FormFields(NamedTuple):
    """The content of each field, "" where one is empty."""

    all: str = ""  # words of which all are wanted; anything the other fields cannot hold
    any: str = ""
    phrase: str = ""
    none: str = ""
    near: str = ""  # two words
    in_title: str = ""
    by: str = ""
    first: str = ""  # dates
    last: str = ""


def form_to_query(fields: FormFields) -> str:
    """Return the query that the fields mean."""
    fields = FormFields(*(field[:MAX_FIELD_CHARS] for field in fields))
    parts = [
        " ".join(fields.all.split()),
        _write_any(fields.any.split()),
        _quoted(fields.phrase),
        _write_near(fields.near.split()),
        *(f"-{word}" for word in fields.none.split()),
        _write_field("标题", fields.in_title),
        _write_field("作者", fields.by),
        _write_dates(fields.first.strip(), fields.last.strip()),
    ]
    return " ".join(part for part in parts if part)


@check_arguments
def query_to_form(text: str, settings: Settings | None = None) -> FormFields:
    """Return the fields that mean a query.

    A query that the fields cannot say is returned whole in `all`, so that writing the fields gives
    a query of the same meaning again. Raises `TooLong` beyond the limits.
    """
    query = parse(text, settings)
    fields = _read(query)
    if fields is not None and parse(form_to_query(fields), settings).node == query.node:
        return fields
    return FormFields(all=query.text)


def _read(query: Query) -> FormFields | None:
    """Return the fields for a query, `None` when some part fits none or two fit one."""
    found: dict[str, str] = {}
    for node in all_wanted(query.node):
        for name, value in _read_part(node).items():
            joins = name in ("all", "none") and name in found
            if name in found and not joins:
                return None
            found[name] = f"{found[name]} {value}" if joins else value
    return FormFields(**found)


def _read_part(node: QueryNode) -> Mapping[str, str]:
    match node:
        case Words(text=text):
            return {"all": text}
        case Quote(text=text, glued=False):
            return {"phrase": text}
        case Not(node=Words(text=text)):
            return {"none": text}
        case Or(nodes=nodes) if all(isinstance(child, Words) for child in nodes):
            return {"any": " ".join(child.text for child in nodes if isinstance(child, Words))}
        case Proximity(texts=texts, reach=Reach.CHARACTERS, distance=distance, ordered=False):
            return {"near": " ".join(texts)} if distance == DEFAULT_DISTANCE else {}
        case Contains(field="title", text=text):
            return {"in_title": text}
        case Contains(field="author", text=text):
            return {"by": text}
        case Dates(first=first, last=last):
            return {"first": first or "", "last": last or ""}
    return {}


def _write_any(words: list[str]) -> str:
    return f"({' OR '.join(words)})" if len(words) > 1 else "".join(words)


def _quoted(text: str) -> str:
    clean = text.replace('"', " ").strip()
    return f'"{clean}"' if clean else ""


def _write_near(words: list[str]) -> str:
    phrase = _quoted(" ".join(words[:2]))
    return f"{phrase}~{DEFAULT_DISTANCE}" if len(words) > 1 else phrase


def _write_field(name: str, text: str) -> str:
    quoted = _quoted(text)
    return f"{name}:{quoted if ' ' in quoted else quoted.strip(chr(34))}" if quoted else ""


def _write_dates(first: str, last: str) -> str:
    return f"日期:{first}..{last}" if first or last else ""
