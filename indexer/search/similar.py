"""Find other articles that write of the same subject.

An article is characterised by the bigrams that it uses in many paragraphs and few others use:
names mostly, whether dictionaries have them or not. No text is cut into words for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

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
    imply_pairs,
)
from indexer.search.results import ArticleView

MAX_COUNTED_CHARS = 4000
"""Characters of an article that are counted: an article of the five pages has 3,900 at most."""

MAX_CANDIDATE_BIGRAMS = 200
"""Pairs whose rarity is looked up, the most frequent ones of the article."""

TERM_FREQUENCY_CAP = 6
"""Paragraphs of an article that hold a pair, beyond which more of them say nothing more."""

MAX_TERMS = 12
MIN_SHARED_TERMS = 2
"""Bigrams that characterise an article, and how many of them another paragraph must contain."""

EXTRA_HITS = 20
"""Paragraphs that are looked through beside the article's own."""


def find_similar(reader: Reader, view: ArticleView, size: int) -> Sequence[Match]:
    """Return the best paragraph of each of the articles most like this one, best first."""
    weights = characteristic_bigrams(reader, view.documents)
    if len(weights) < MIN_SHARED_TERMS:
        return ()
    page, number = view.article.page, view.article.number
    own = len(view.documents)
    terms = tuple(Term("pairs", pair) for pair in weights)
    others: Node = Not(Keyword("page", page)) if own > EXTRA_HITS else Every()
    request = Request(
        match=And((Or(terms, at_least=MIN_SHARED_TERMS), others)),
        scores=tuple(Weighted("pairs", pair, weight) for pair, weight in weights.items()),
        size=EXTRA_HITS + (own if own <= EXTRA_HITS else 0),
    )
    found: dict[tuple[str, int], list[Match]] = {}
    for match in reader.find(request).hits:
        document = match.document
        if document.title and (document.page, document.article) != (page, number):
            found.setdefault((document.page, document.article), []).append(match)
    ranked = sorted(found.values(), key=lambda held: -sum(match.score for match in held))
    return [held[0] for held in ranked[:size]]


def characteristic_bigrams(reader: Reader, documents: Sequence[Document]) -> dict[str, float]:
    """Weigh the bigrams of an article: frequent in it, rare elsewhere, but not alone in it."""
    used: Counter[str] = Counter()
    looked_at = 0
    for document in documents:
        if looked_at < MAX_COUNTED_CHARS and not document.original:
            used.update(dict.fromkeys(imply_pairs(document.folded), 1))
            looked_at += len(document.folded)
    often = [
        one for one in used.most_common(MAX_CANDIDATE_BIGRAMS) if one[1] > 1 and one[0].isalpha()
    ]
    held = reader.frequencies([Term("pairs", pair) for pair, _ in often])
    number = reader.count()
    weighed = {
        pair: min(count, TERM_FREQUENCY_CAP) * idf(number, held[Term("pairs", pair)])
        for pair, count in often
        if held[Term("pairs", pair)] > count
    }
    ranked = sorted(weighed, key=lambda pair: (-weighed[pair], pair))
    return {pair: weighed[pair] for pair in ranked[:MAX_TERMS]}
