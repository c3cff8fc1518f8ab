"""Documents and page records as JSON strings, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from indexer.engines.whoosh.columns import to_codes
from indexer.engines.whoosh.pagetext import put_in, take_out
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
    Terms,
    Truncation,
    paragraph_id,
)

_EMPTY: tuple[Any, ...] = (None, [], {}, ())

_PAGE = tuple(one.name for one in fields(Page) if one.name != "meta")
_ARTICLE = tuple(one.name for one in fields(Article) if one.name not in ("paragraphs", "pairs"))

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


Folds = tuple[str, str]
"""Characters, and what folding makes of them, in the same places."""


def find_folds(documents: Sequence[Document]) -> Folds | None:
    """Tell how a page's documents were folded; nothing if not each character always the same.

    Documents whose length changed are left aside: their folded text is kept with each.
    """
    even = [one for one in documents if len(one.text) == len(one.folded)]
    text, folded = "".join(one.text for one in even), "".join(one.folded for one in even)
    before, after = to_codes(text), to_codes(folded)
    into = np.empty(int(before.max(initial=0)) + 1, before.dtype)
    into[before] = after
    if np.any(into[before] != after):
        return None
    changed = sorted(set(before[before != after].tolist()))
    return "".join(map(chr, changed)), "".join(map(chr, into[changed].tolist()))


def dump_document(document: Document, *, terms: bool = False, folds: Folds | None = None) -> str:
    """Write a document; what is empty or follows from the rest is left out.

    Characters and pairs are kept with `terms`, for documents whose text does not imply them;
    how it was folded is left out where `folds` stand in the record of its page.
    """
    values: dict[str, Any] = {
        "page": document.page,
        "article": document.article,
        "number": document.number,
        "kind": document.kind.value,
        "text": document.text,
        "folded": _difference(document.text, document.folded, folds),
        "spans": document.spans,
        "lines": document.lines,
        "title": document.title,
        "heading": document.heading,
        "mentions": [(one.city, one.evidence, *one.span) for one in document.mentions],
        "original": document.original,
        "truncated": document.truncated and document.truncated.value,
        "meta": _filled(_meta(document.meta)),
        "facets": _facets(document),
        "heads": dict(document.heads),
    }
    if document.id != paragraph_id(document.page, document.article, document.number):
        values["id"] = document.id
    if terms:
        values["terms"] = (document.terms.chars, document.terms.pairs)
    return _encode(_filled(values))


def load_terms(data: str) -> Terms | None:
    """Read the characters and pairs that were kept with a document."""
    terms = json.loads(data).get("terms")
    return Terms(chars=tuple(terms[0]), pairs=tuple(terms[1])) if terms else None


def load_document(data: str, *, folded: str | None = None, folds: Folds | None = None) -> Document:
    """Read a document; `folded` spares making it anew by the `folds` of its page."""
    values = json.loads(data)
    page, article, number = values["page"], values["article"], values["number"]
    text = values["text"]
    truncated = values.get("truncated")
    facets = {**_implied_facets(page, values["kind"]), **values.get("facets", {})}
    return Document(
        id=values.get("id") or paragraph_id(page, article, number),
        page=page,
        article=article,
        number=number,
        kind=Kind(values["kind"]),
        text=text,
        folded=_apply(text, values.get("folded", folds)) if folded is None else folded,
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
        facets={name: tuple(held) for name, held in facets.items() if held is not None},
        heads={name: tuple(held) for name, held in values.get("heads", {}).items()},
    )


def dump_record(
    record: PageRecord, documents: Sequence[Document] = (), folds: Folds | None = None
) -> str:
    """Write a page record, without what stands in its documents."""
    page, articles = record.page, [_describe(article) for article in record.articles]
    values = {name: getattr(page, name) for name in _PAGE} | {"meta": _filled(_meta(page.meta))}
    rest, odd = take_out(page.text, [(one.text, one.spans) for one in documents])
    held = {"page": values | {"text": rest}, "articles": articles, "odd": odd, "folds": folds}
    return _encode(held)


def _describe(article: Article) -> dict[str, Any]:
    values = {name: getattr(article, name) for name in _ARTICLE}
    return _filled(values | {"pairs": [asdict(pair) for pair in article.pairs]})


def load_folds(data: str) -> Folds | None:
    """Read from a page record how the documents of the page were folded."""
    folds = json.loads(data).get("folds")
    return (folds[0], folds[1]) if folds else None


def load_record(data: str, documents: Iterable[str] = ()) -> PageRecord:
    """Read a page record; `documents` are those of the page as they were written, in order."""
    values = json.loads(data)
    page = values["page"]
    if "odd" in values:  # else the text is whole, as format 1 had it
        cuttings = ((one["text"], one.get("spans", ())) for one in map(json.loads, documents))
        page["text"] = put_in(page["text"], cuttings, values["odd"])
    meta = PageMeta(**page.pop("meta"))
    parts = tuple(Part(Kind(kind), Span(*span)) for kind, span in page.pop("parts"))
    return PageRecord(
        Page(meta=meta, parts=parts, **page), tuple(map(_article, values["articles"]))
    )


def _article(values: dict[str, Any]) -> Article:
    pairs = tuple(Pair(**pair) for pair in values.pop("pairs", ()))
    cities = tuple(values.pop("cities", ()))
    values.pop("paragraphs", ())  # a record's articles come without them
    return Article(pairs=pairs, cities=cities, **values)


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in _EMPTY}


def _meta(meta: PageMeta) -> dict[str, str | None]:
    return {
        "newspaper": meta.newspaper,
        "date": meta.date,
        "edition": meta.edition,
        "title": meta.title,
        "url": meta.url,
    }


def _facets(document: Document) -> dict[str, Any]:
    """Leave out the facets that every document carries; say so of one that does not."""
    implied = _implied_facets(document.page, document.kind.value)
    absent = dict.fromkeys(implied.keys() - document.facets.keys())
    held = document.facets.items()
    return {name: values for name, values in held if implied.get(name) != values} | absent


def _implied_facets(page: str, kind: str) -> dict[str, Any]:
    return {"kind": (kind,), "page": (page,)}


def _difference(text: str, folded: str, folds: Folds | None) -> Any:
    """Keep only the characters that folding changed; all of it if the lengths differ."""
    if len(text) != len(folded):
        return folded
    if folds or text == folded:
        return None
    places = np.flatnonzero(to_codes(text) != to_codes(folded)).tolist()
    return [places, "".join(map(folded.__getitem__, places))]


def _apply(text: str, difference: Any) -> str:
    if difference is None:
        return text
    if isinstance(difference, str):
        return difference
    if isinstance(difference[0], str):
        return text.translate(str.maketrans(*difference))
    chars = list(text)
    for number, char in zip(*difference, strict=True):
        chars[number] = char
    return "".join(chars)


def _spans(values: list[list[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in values)
