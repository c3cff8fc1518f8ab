"""Where substrings occur in the documents that match, as arrays: what statistics count.

An engine may find them in its own way; `collect_occurrences` finds them in documents one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.engines.budget import check_deadline
from indexer.engines.text_spans import find_spans
from indexer.model import CROSSING_PLANE, Document, Every, Filter, Literal, Node, TextNode

if TYPE_CHECKING:
    from indexer.engines.base import Reader

Numbers = NDArray[np.int64]
CodePoints = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class OccurrenceRequest:
    """Which documents are searched, and what for.

    `match` and `filters` choose documents as in a `Request`. `find` is what is located in them;
    of each occurrence `before` and `after` characters around it are wanted, and of each document
    its values of `facets`, of which `date` may be one (the date of its page). Where `counts_only`,
    an engine may leave out the occurrences of the substrings in `find` and only count them.
    """

    match: Node
    find: tuple[TextNode, ...]
    filters: tuple[Filter, ...] = ()
    facets: tuple[str, ...] = ()
    before: int = 0
    after: int = 0
    counts_only: bool = False


@dataclass(frozen=True, slots=True)
class FacetCodes:
    """The values of a facet: document `owners[n]` carries `values[codes[n]]`, by owner and code.

    A document may carry several values or none. Values are sorted, each is carried by a document.
    """

    values: tuple[str, ...]
    owners: Numbers
    codes: Numbers


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where substrings occur: number `n` in document `owners[n]`, from `starts[n]` to `ends[n]`.

    Documents are counted from 0 in page order, repeats folded as in `Reader.find`; there are
    `documents` of them, also such as hold no occurrence. `articles` has a number for each, the same
    for those of one article and rising in page order; `lengths` the characters of its folded text,
    without the tail of line-end crossings; `counts` how many occurrences it has. Offsets are code
    points of `Document.folded`, tail included. Occurrences are sorted by document, start and end;
    those that overlap are all listed, the same span once. `contexts_before` and `contexts_after`
    are the code points next to each, the nearest first, 0 beyond the text (occurrences x
    characters). `ids` returns the ids
    of documents, given by their numbers.
    """

    documents: int
    articles: Numbers
    lengths: Numbers
    counts: Numbers
    owners: Numbers
    starts: Numbers
    ends: Numbers
    contexts_before: CodePoints
    contexts_after: CodePoints
    facets: Mapping[str, FacetCodes]
    ids: Callable[[Sequence[int]], list[str]] = field(compare=False)


def collect_occurrences(documents: Iterable[Document], request: OccurrenceRequest) -> Occurrences:
    """Find the occurrences in documents that match, given in page order."""
    ids: list[str] = []
    articles: dict[tuple[str, int], int] = {}
    numbers, lengths = [], []
    carried: dict[str, list[tuple[int, str]]] = {name: [] for name in request.facets}
    rows, before, after = [], [], []
    for owner, document in enumerate(documents):
        check_deadline()
        ids.append(document.id)
        numbers.append(articles.setdefault((document.page, document.article), len(articles)))
        for name, pairs in carried.items():
            pairs += [(owner, value) for value in sorted(_values(document, name))]
        text = document.folded
        lengths.append(next(_tail_starts(text), len(text)))
        for start, end in _find_all(text, request.find):
            rows.append((owner, start, end))
            before.append(text[max(0, start - request.before) : start][::-1])
            after.append(text[end : end + request.after])
    spans = np.array(rows, np.int64).reshape(-1, 3)
    return Occurrences(
        len(ids),
        np.array(numbers, np.int64),
        np.array(lengths, np.int64),
        np.bincount(spans[:, 0], minlength=len(ids)),
        spans[:, 0],
        spans[:, 1],
        spans[:, 2],
        _pad(before, request.before),
        _pad(after, request.after),
        {name: encode_values(pairs) for name, pairs in carried.items()},
        lambda numbers: [ids[number] for number in numbers],
    )


def _values(document: Document, facet: str) -> set[str]:
    if facet == "date":
        return {document.meta.date} if document.meta.date else set()
    return set(document.facets.get(facet, ()))


def _tail_starts(text: str) -> Iterator[int]:
    """Yield where the tail of line-end crossings begins, and its other characters."""
    tail = text if max(text, default="") >= chr(CROSSING_PLANE) else ""
    return (position for position, char in enumerate(tail) if ord(char) >= CROSSING_PLANE)


def _find_all(text: str, nodes: Iterable[TextNode]) -> list[tuple[int, int]]:
    """Return where any of the nodes occurs in a normalised text, in order, each span once.

    A pattern that matches nothing at all, such as `*`, is not an occurrence there.
    """
    found = {span for node in nodes for span in find_spans(text, node)}
    return sorted(span for span in found if span[0] < span[1])


def _pad(texts: Sequence[str], width: int) -> CodePoints:
    """Return the code points of texts, filled up with 0."""
    joined = "".join(text.ljust(width, "\0") for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
    return codes.reshape(len(texts), width)


def encode_values(pairs: Sequence[tuple[int, str]]) -> FacetCodes:
    """Encode the values of a facet, given with the documents that carry them."""
    values = [value for value, _ in groupby(sorted(value for _, value in pairs))]
    code = {value: number for number, value in enumerate(values)}
    owners = np.array([owner for owner, _ in pairs], np.int64)
    codes = np.array([code[value] for _, value in pairs], np.int64)
    return FacetCodes(tuple(values), owners, codes)


def count_totals(reader: Reader, texts: Sequence[str]) -> dict[str, int]:
    """Count how often texts are printed by finding each of them."""
    asked = (OccurrenceRequest(Every(), (Literal(text),), counts_only=True) for text in texts)
    found = (int(reader.occurrences(request).counts.sum()) for request in asked)
    return dict(zip(texts, found, strict=True))
