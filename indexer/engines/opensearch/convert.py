"""Documents and pages to JSON and back: ours come in, what a server keeps goes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from indexer.engines.base import TERM_FIELDS
from indexer.engines.lengths import quantised
from indexer.engines.opensearch.mapping import (
    FOREVER,
    HEADS,
    classes,
    escape,
    terms,
    tokens,
    unescape,
)
from indexer.model import (
    FACETS,
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
)


def document_source(
    document: Document, original: Document | None, *, owner: str, since: int
) -> dict[str, Any]:
    """Return what is sent for a document; `original` is the one it repeats, where there is one."""
    document = replace(document, terms=document.terms.plain())
    lengths = {name: quantised(len(getattr(document.terms, name))) for name in TERM_FIELDS}
    return {
        **searched(document),
        **({"repeated": searched(original), "repeat": True} if original is not None else {}),
        **({"original": escape(document.original)} if document.original is not None else {}),
        "id": escape(document.id),
        "owner": escape(owner),
        "page": escape(document.page),
        "article": document.article,
        "number": document.number,
        "article_key": escape(f"{document.page}:{document.article}"),
        "kind": document.kind.value,
        "lengths": lengths,
        "since": since,
        "until": FOREVER,
        "kept": pack(document_facts(document)),
    }


def searched(document: Document) -> dict[str, Any]:
    """Return the fields that a node looks into."""
    return {
        **{name: terms(getattr(document.terms, name)) for name in TERM_FIELDS},
        "text": tokens(document.folded),
        "solid": classes(document.folded),
        **({"date": document.meta.date} if document.meta.date is not None else {}),
        "heads": {
            name: [tokens(value) for value in document.heads[name]]
            for name in HEADS
            if name in document.heads
        },
        "facets": {
            name: [escape(value) for value in document.facets[name]]
            for name in FACETS
            if name in document.facets
        },
    }


def document_facts(document: Document) -> dict[str, Any]:
    """Take a document apart into JSON, without its terms."""
    return {
        "id": document.id,
        "page": document.page,
        "article": document.article,
        "number": document.number,
        "kind": document.kind.value,
        "text": document.text,
        "folded": None if document.folded == document.text else document.folded,
        "spans": document.spans,
        "lines": document.lines,
        "title": document.title,
        "heading": document.heading,
        "mentions": document.mentions and [_mention_facts(one) for one in document.mentions],
        "original": document.original,
        "truncated": document.truncated,
        "meta": {name: value for name, value in asdict(document.meta).items() if value is not None},
        "facets": dict(document.facets),
        "heads": dict(document.heads),
    }


def make_document(facts: Mapping[str, Any]) -> Document:
    """Put a document together again."""
    return Document(
        id=facts["id"],
        page=facts["page"],
        article=facts["article"],
        number=facts["number"],
        kind=Kind(facts["kind"]),
        text=facts["text"],
        folded=facts["text"] if facts["folded"] is None else facts["folded"],
        spans=_spans(facts["spans"]),
        lines=tuple((first, last) for first, last in facts["lines"]),
        title=facts["title"],
        heading=facts["heading"],
        mentions=_mentions(facts["mentions"]),
        original=facts["original"],
        truncated=_truncation(facts["truncated"]),
        meta=PageMeta(**facts["meta"]),
        facets=_lists(facts["facets"]),
        heads=_lists(facts["heads"]),
    )


def page_source(record: PageRecord, *, since: int) -> dict[str, Any]:
    """Return what is sent for a page."""
    return {
        "page": escape(record.page.id),
        "digest": record.page.digest,
        "since": since,
        "until": FOREVER,
        "kept": pack({"page": asdict(record.page), "articles": list(map(asdict, record.articles))}),
    }


def make_page(facts: Mapping[str, Any]) -> PageRecord:
    """Put a page together again."""
    page = dict(facts["page"])
    page["meta"] = PageMeta(**page["meta"])
    page["parts"] = tuple(Part(Kind(kind), Span(*span)) for kind, span in page["parts"])
    return PageRecord(Page(**page), tuple(map(_article, facts["articles"])))


def _article(facts: Mapping[str, Any]) -> Article:
    return Article(
        **{
            **facts,
            "paragraphs": (),
            "cities": tuple(facts["cities"]),
            "pairs": tuple(Pair(**pair) for pair in facts["pairs"]),
        }
    )


def pack(facts: Mapping[str, Any]) -> str:
    """Write JSON that UTF-8 can carry, lone surrogates and all."""
    return escape(json.dumps(facts, ensure_ascii=False, separators=(",", ":")))


def unpack(text: str) -> Any:
    """Undo `pack`."""
    return json.loads(unescape(text))


def _mention_facts(mention: Mention) -> tuple[str, str, Span]:
    return mention.city, mention.evidence, mention.span


def _mentions(facts: Any) -> tuple[Mention, ...]:
    return tuple(Mention(city, evidence, Span(*span)) for city, evidence, span in facts)


def _truncation(value: str | None) -> Truncation | None:
    return None if value is None else Truncation(value)


def _spans(pairs: Any) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)


def _lists(values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(held) for name, held in values.items()}
