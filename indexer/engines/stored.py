"""Documents and page records as JSON, for every engine that stores them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, fields
from typing import Any

from indexer.model import (
    Article,
    Correction,
    CrossedLines,
    Document,
    Kind,
    Mention,
    Page,
    PageMeta,
    PageRecord,
    Pair,
    Part,
    Sheet,
    Span,
    Truncation,
    Unsure,
    pack_boxes,
    paragraph_id,
    unpack_boxes,
)

Facts = Mapping[str, Any]
"""What JSON holds of a document or of a page record."""

_EMPTY_VALUES: tuple[Any, ...] = (None, [], {}, ())
_PAGE_FIELDS_APART = ("meta", "sheet", "boxes", "hints", "unsure")
"""Fields of a page that are stored in a form of their own, or not at all."""

_PAGE_FIELDS = tuple(one.name for one in fields(Page) if one.name not in _PAGE_FIELDS_APART)
_META_FIELDS = tuple(one.name for one in fields(PageMeta))
_ARTICLE_FIELDS = tuple(
    one.name for one in fields(Article) if one.name not in ("paragraphs", "pairs")
)

to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Write facts as JSON."""


def document_facts(document: Document, *, normalised: bool = True) -> dict[str, Any]:
    """Return a document without its terms; what is empty or follows from the rest is left out.

    With `normalised=False` the caller keeps the normalised text elsewhere.
    """
    other = normalised and document.folded != document.text
    page, kind = document.page, document.kind.value
    values: dict[str, Any] = {
        "page": page,
        "article": document.article,
        "number": document.number,
        "kind": kind,
        "text": document.text,
        "folded": document.folded if other else None,
        "spans": document.spans,
        "lines": document.lines,
        "title": document.title,
        "heading": document.heading,
        "mentions": [(one.city, one.evidence, one.span) for one in document.mentions],
        "original": document.original,
        "truncated": document.truncated and document.truncated.value,
        "meta": _filled({name: getattr(document.meta, name) for name in _META_FIELDS}),
        "facets": _changed(document.facets, _implied_facets(page, kind)),
        "heads": dict(document.heads),
        "crossings": document.crossings,
        "scanned": document.scanned or None,
        "corrections": document.corrections,
        "unsure": [(*one.span, one.others) for one in document.unsure],
    }
    if document.id != paragraph_id(page, document.article, document.number):
        values["id"] = document.id
    return _filled(values)


def make_document(facts: Facts, *, folded: str | None = None) -> Document:
    """Return the document of these facts; `folded` is its normalised text if kept elsewhere."""
    page, article, number = facts["page"], facts["article"], facts["number"]
    text, held = facts["text"], facts.get("folded")
    folded = folded if folded is not None else text if held is None else held
    truncated = facts.get("truncated")
    facets = {**_implied_facets(page, facts["kind"]), **facts.get("facets", {})}
    return Document(
        id=facts.get("id") or paragraph_id(page, article, number),
        page=page,
        article=article,
        number=number,
        kind=Kind(facts["kind"]),
        text=text,
        folded=folded,
        spans=tuple(Span(start, end) for start, end in facts.get("spans", ())),
        lines=tuple((first, last) for first, last in facts.get("lines", ())),
        title=facts.get("title"),
        heading=facts.get("heading"),
        mentions=tuple(
            Mention(city, evidence, Span(*span))
            for city, evidence, span in facts.get("mentions", ())
        ),
        original=facts.get("original"),
        truncated=Truncation(truncated) if truncated else None,
        meta=PageMeta(**facts.get("meta", {})),
        facets={name: tuple(values) for name, values in facets.items() if values is not None},
        heads={name: tuple(values) for name, values in facts.get("heads", {}).items()},
        crossings=tuple(CrossedLines(*one) for one in facts.get("crossings", ())),
        scanned=bool(facts.get("scanned")),
        corrections=_corrections(facts.get("corrections", ())),
        unsure=tuple(Unsure(Span(*span), others) for *span, others in facts.get("unsure", ())),
    )


def record_facts(record: PageRecord) -> dict[str, Any]:
    """Return a page record."""
    page = {name: getattr(record.page, name) for name in _PAGE_FIELDS}
    page["meta"] = _filled({name: getattr(record.page.meta, name) for name in _META_FIELDS})
    if record.page.sheet is not None:
        page["sheet"] = astuple(record.page.sheet)
    if record.page.boxes:
        page["boxes"] = pack_boxes(record.page.boxes)
    return {"page": page, "articles": list(map(_article_facts, record.articles))}


def _article_facts(article: Article) -> dict[str, Any]:
    values = {name: getattr(article, name) for name in _ARTICLE_FIELDS}
    pairs = [{"giver": pair.giver, "receiver": pair.receiver} for pair in article.pairs]
    return _filled(values | {"pairs": pairs})


def make_record(facts: Facts) -> PageRecord:
    """Return the page record of these facts."""
    page = dict(facts["page"])
    page["meta"] = PageMeta(**page["meta"])
    page["parts"] = tuple(Part(Kind(kind), Span(*span)) for kind, span in page["parts"])
    page["sheet"] = Sheet(*page["sheet"]) if "sheet" in page else None
    page["corrections"] = _corrections(page.get("corrections", ()))
    page["boxes"] = unpack_boxes(page.get("boxes", ""))
    return PageRecord(Page(**page), tuple(map(_make_article, facts["articles"])))


def _corrections(facts: Iterable[Any]) -> tuple[Correction, ...]:
    return tuple(Correction(Span(*span), *others) for span, *others in facts)


def _make_article(facts: Facts) -> Article:
    values = dict(facts)
    pairs = tuple(Pair(**pair) for pair in values.pop("pairs", ()))
    cities = tuple(values.pop("cities", ()))
    values.pop("paragraphs", ())  # a record's articles come without them
    return Article(pairs=pairs, cities=cities, **values)


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in _EMPTY_VALUES}


def _changed(held: Mapping[str, Any], implied: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the facets that every document carries; say so of one that does not."""
    absent = dict.fromkeys(implied.keys() - held.keys())
    return {name: values for name, values in held.items() if implied.get(name) != values} | absent


def _implied_facets(page: str, kind: str) -> dict[str, Any]:
    return {"kind": (kind,), "page": (page,)}
