"""An article in, other articles that speak of the same things out.

An article is told by the pairs of characters that it uses again and again and others hardly use:
names mostly, whatever dictionary knows them. No text is cut into words for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indexer.analysis import pairs
from indexer.engines.base import Reader, idf
from indexer.model import (
    And,
    Document,
    Every,
    Keyword,
    Match,
    Node,
    Not,
    Or,
    Request,
    Term,
    Weighted,
)
from indexer.search.results import ArticleView

LOOKED_AT = 6000
"""Characters of an article that are counted: the longest of the five pages has 4,100."""

CANDIDATES = 200
"""Pairs whose rarity is looked up, the most frequent ones of the article."""

TELLING = 12
SHARED = 3
"""Pairs that an article is told by, and how many of them another one's paragraph must hold."""

BESIDE = 30
"""Paragraphs that are looked through beside the article's own."""


def find_similar(reader: Reader, view: ArticleView, size: int) -> Sequence[Match]:
    """Return the best paragraph of each of the articles most like this one, best first."""
    weights = tell(reader, view.documents)
    if len(weights) < SHARED:
        return ()
    page, number = view.article.page, view.article.number
    own = len(view.documents)
    terms = tuple(Term("pairs", pair) for pair in weights)
    others: Node = Not(Keyword("page", page)) if own > BESIDE else Every()
    request = Request(
        match=And((Or(terms, at_least=SHARED), others)),
        scores=tuple(Weighted("pairs", pair, weight) for pair, weight in weights.items()),
        size=BESIDE + (own if own <= BESIDE else 0),
    )
    best: dict[tuple[str, int], Match] = {}
    for match in reader.find(request).hits:
        document = match.document
        if document.title and (document.page, document.article) != (page, number):
            best.setdefault((document.page, document.article), match)
    return tuple(best.values())[:size]


def tell(reader: Reader, documents: Sequence[Document]) -> dict[str, float]:
    """Weigh the pairs that tell an article from the others: used more than once, rare elsewhere."""
    text = " ".join(one.folded for one in documents if not one.original)[:LOOKED_AT]
    used = Counter(pair for run in text.split() for pair in pairs(run) if pair.isalpha())
    often = [(pair, count) for pair, count in used.most_common(CANDIDATES) if count > 1]
    held = reader.frequencies([Term("pairs", pair) for pair, _ in often])
    number = reader.count()
    weighed = {
        pair: min(count, 4) * idf(number, held[Term("pairs", pair)]) for pair, count in often
    }
    ranked = sorted(weighed, key=lambda pair: (-weighed[pair], pair))
    return {pair: weighed[pair] for pair in ranked[:TELLING]}
