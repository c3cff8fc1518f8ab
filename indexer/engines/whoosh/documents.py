"""Documents and page records as JSON strings, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from indexer.model import (
    Article,
    Document,
    Kind,
    Mention,
    Page,
    PageMeta,
    PageRecord,
    Pair,
    Part,
    Span,
    Truncation,
    paragraph_id,
)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump_document(document: Document) -> str:
    """Write a document without its terms; what is empty or follows from the rest is left out."""
    values: dict[str, Any] = {
        "page": document.page,
        "article": document.article,
        "number": document.number,
        "kind": document.kind.value,
        "text": document.text,
        "folded": _difference(document.text, document.folded),
        "spans": document.spans,
        "lines": document.lines,
        "title": document.title,
        "heading": document.heading,
        "mentions": [(one.city, one.evidence, *one.span) for one in document.mentions],
        "original": document.original,
        "truncated": document.truncated and document.truncated.value,
        "meta": {name: value for name, value in _meta(document.meta).items() if value is not None},
        "facets": dict(document.facets),
        "heads": dict(document.heads),
    }
    if document.id != paragraph_id(document.page, document.article, document.number):
        values["id"] = document.id
    return _encode({name: value for name, value in values.items() if value not in (None, [], {})})


def load_document(data: str) -> Document:
    """Read a document."""
    values = json.loads(data)
    page, article, number = values["page"], values["article"], values["number"]
    text = values["text"]
    truncated = values.get("truncated")
    return Document(
        id=values.get("id") or paragraph_id(page, article, number),
        page=page,
        article=article,
        number=number,
        kind=Kind(values["kind"]),
        text=text,
        folded=_apply(text, values.get("folded")),
        spans=_spans(values.get("spans", ())),
        lines=tuple((first, last) for first, last in values.get("lines", ())),
        title=values.get("title"),
        heading=values.get("heading"),
        mentions=tuple(
            Mention(city, evidence, Span(start, end))
            for city, evidence, start, end in values.get("mentions", ())
        ),
        original=values.get("original"),
        truncated=Truncation(truncated) if truncated else None,
        meta=PageMeta(**values.get("meta", {})),
        facets=_tuples(values.get("facets", {})),
        heads=_tuples(values.get("heads", {})),
    )


def dump_record(record: PageRecord) -> str:
    """Write a page record."""
    return _encode(asdict(record))


def load_record(data: str) -> PageRecord:
    """Read a page record."""
    values = json.loads(data)
    page = values["page"]
    meta = PageMeta(**page.pop("meta"))
    parts = tuple(Part(Kind(kind), Span(*span)) for kind, span in page.pop("parts"))
    return PageRecord(
        Page(meta=meta, parts=parts, **page), tuple(map(_article, values["articles"]))
    )


def _article(values: dict[str, Any]) -> Article:
    pairs = tuple(Pair(**pair) for pair in values.pop("pairs"))
    cities = tuple(values.pop("cities"))
    values.pop("paragraphs")  # a record's articles come without them
    return Article(pairs=pairs, cities=cities, **values)


def _meta(meta: PageMeta) -> dict[str, str | None]:
    return {
        "newspaper": meta.newspaper,
        "date": meta.date,
        "edition": meta.edition,
        "title": meta.title,
        "url": meta.url,
    }


def _difference(text: str, folded: str) -> Any:
    """Keep only the characters that folding changed; all of it if the lengths differ."""
    if len(text) != len(folded):
        return folded
    changed = [n for n, (one, two) in enumerate(zip(text, folded, strict=True)) if one != two]
    return [changed, "".join(folded[n] for n in changed)] if changed else None


def _apply(text: str, difference: Any) -> str:
    if difference is None:
        return text
    if isinstance(difference, str):
        return difference
    chars = list(text)
    for number, char in zip(*difference, strict=True):
        chars[number] = char
    return "".join(chars)


def _spans(values: list[list[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in values)


def _tuples(values: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(held) for name, held in values.items()}
