"""Small documents, made by hand, with terms cut in the plainest way; six of them are ready-made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from indexer.engines.base import Engine, Reader, is_word_char
from indexer.model import (
    CROSSING_PLANE,
    Article,
    Document,
    Every,
    Kind,
    Matches,
    Node,
    Page,
    PageMeta,
    PageRecord,
    Pair,
    Part,
    Request,
    Span,
    Stamp,
    Terms,
    paragraph_id,
)

_TAIL_START = chr(CROSSING_PLANE)
STAMP = Stamp(format=1, analysis="test", cutter="test", dictionary="", places="")


def cut(folded: str, head: str = "") -> Terms:
    """Cut words at blanks and punctuation, then every two characters; none in a text's tail."""
    words, chars, pairs = _cut(folded)
    return Terms(words, chars, pairs, tuple(sum(_cut(head), ())))


def _cut(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    chars = tuple("".join(text.split()))
    pairs = tuple(a + b for a, b in pairwise(text) if len((a + b).strip()) == 2)
    plain = "".join(char if is_word_char(char) and char < _TAIL_START else " " for char in text)
    words = tuple(
        substring[n : n + 2] for substring in plain.split() for n in range(0, len(substring), 2)
    )
    return words, chars, pairs


def document(
    text: str,
    *,
    page: str = "a",
    article: int = 1,
    number: int = 1,
    kind: Kind = Kind.BODY,
    title: str | None = None,
    heading: str | None = None,
    original: int | None = None,
    date: str | None = None,
    facets: Mapping[str, tuple[str, ...]] | None = None,
) -> Document:
    folded = text.lower()
    heads = {"title": title, "heading": heading}
    return Document(
        id=paragraph_id(page, article, number),
        page=page,
        article=article,
        number=number,
        kind=kind,
        text=text,
        folded=folded,
        spans=(Span(0, len(text)),),
        lines=((1, 1),),
        title=title,
        heading=heading,
        original=None if original is None else paragraph_id(page, article, original),
        meta=PageMeta(date=date),
        facets={"kind": (kind.value,), "page": (page,), **(facets or {})},
        heads={name: (head.lower(),) for name, head in heads.items() if head},
        terms=cut(folded, " ".join(head.lower() for head in heads.values() if head)),
    )


def record(page: str, digest: str = "1", text: str = "text") -> PageRecord:
    return PageRecord(
        Page(
            id=page,
            source=f"seeds/{page}.txt",
            text=text,
            digest=digest,
            meta=PageMeta(date="2023"),
            parts=(Part(Kind.TITLE, Span(0, 2)),),
        ),
        (Article(page=page, number=1, title="t", cities=("嘉兴",), pairs=(Pair("嘉兴", "沙雅"),)),),
    )


def fill(engine: Engine, documents: Iterable[Document], *, fresh: bool = False) -> Reader:
    """Commit documents by page and open the commit."""
    pages: dict[str, list[Document]] = {}
    for one in documents:
        pages.setdefault(one.page, []).append(one)
    with engine.writer(STAMP, fresh=fresh) as writer:
        for page, held in pages.items():
            writer.put(record(page), held)
    return engine.reader()


def ask(reader: Reader, node: Node | None = None, **request: object) -> Matches:
    return reader.find(Request(match=node or Every(), **request))  # type: ignore[arg-type]


def ids(matches: Matches) -> list[str]:
    return [match.document.id for match in matches.hits]


DOCUMENTS = (
    document("援疆教育，沙雅县。", number=1, facets={"city": ("嘉兴", "沙雅")}, title="嘉兴援疆"),
    document("教育援疆。杭州", number=2, facets={"city": ("杭州",)}, date="2023-10-27"),
    document("嘉兴 abc教育", number=3, kind=Kind.CAPTION, heading="教育", date="2023"),
    document("教育 abc嘉兴", page="b", facets={"city": ("嘉兴",)}, date="2024-01"),
    document("", page="b", number=2, kind=Kind.FURNITURE),
    document("𠀀教𠀀育", page="b/c:d", article=12, number=10),
)
A1, A2, A3, B1, B2, C1 = (one.id for one in DOCUMENTS)
EVERY = [A1, A2, A3, B1, B2, C1]
