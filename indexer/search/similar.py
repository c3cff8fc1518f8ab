"""Find other articles that write of the same subject, and near-duplicates among hits.

An article is characterised by the bigrams that it uses in many paragraphs and few others use:
names mostly, whether dictionaries have them or not. No text is cut into words for that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from indexer.engines.base import Reader, idf
from indexer.model import Document, Match, Or, Request, Term, Weighted, imply_pairs
from indexer.search.reader_pool import ArticleView
from indexer.search.results import Hit

MAX_COUNTED_CHARS = 4000
"""Characters of an article that are counted: an article of the five pages has 3,900 at most."""

MAX_CANDIDATE_BIGRAMS = 200
"""Pairs whose rarity is looked up, the most frequent ones of the article."""

TERM_FREQUENCY_CAP = 6
"""Paragraphs of an article that hold a pair, beyond which more of them say nothing more."""

MAX_TERMS = 12
MIN_SHARED_TERMS = 2
"""Bigrams that characterise an article, and how many of them another paragraph must contain."""

MAX_CANDIDATE_ARTICLES = 16
"""Articles with the best paragraphs, which are then ordered by how many such paragraphs they have.
Over 150 news articles the mean cosine of an article's bigrams to those of its five similar ones is
.303 with 16, .294 with 11 and .304 with 21."""


def find_similar(reader: Reader, view: ArticleView, size: int) -> Sequence[Match]:
    """Return the best paragraph of each of the articles most like this one, best first."""
    weights = characteristic_bigrams(reader, view.documents)
    if len(weights) < MIN_SHARED_TERMS:
        return ()
    request = Request(
        match=Or(tuple(Term("pairs", pair) for pair in weights), at_least=MIN_SHARED_TERMS),
        scores=tuple(Weighted("pairs", pair, weight) for pair, weight in weights.items()),
        size=max(MAX_CANDIDATE_ARTICLES, size + 1),  # the article itself is among them
        per_article=1,
    )
    others = [match for match in reader.find(request).hits if _is_other(match.document, view)]
    return sorted(others, key=lambda match: -match.score * match.in_article)[:size]


def _is_other(document: Document, view: ArticleView) -> bool:
    own = (view.article.page, view.article.number)
    return document.title is not None and (document.page, document.article) != own


def characteristic_bigrams(reader: Reader, documents: Sequence[Document]) -> dict[str, float]:
    """Weigh the bigrams of an article: frequent in it, rare elsewhere, but not alone in it."""
    used: Counter[str] = Counter()
    looked_at = 0
    for document in documents:
        if looked_at < MAX_COUNTED_CHARS and not document.original:
            used.update(dict.fromkeys(imply_pairs(document.folded)).keys())  # no slow dict
            looked_at += len(document.folded)
    often = [one for one in used.items() if one[1] > 1 and one[0].isalpha()]
    often = sorted(often, key=lambda one: -one[1])[:MAX_CANDIDATE_BIGRAMS]
    counts = reader.frequencies([Term("pairs", pair) for pair, _ in often])
    number = reader.count()
    weighed = {
        pair: min(count, TERM_FREQUENCY_CAP) * idf(number, counts[Term("pairs", pair)])
        for pair, count in often
        if counts[Term("pairs", pair)] > count
    }
    ranked = sorted(weighed, key=lambda pair: (-weighed[pair], pair))
    return {pair: weighed[pair] for pair in ranked[:MAX_TERMS]}


# ---------------------------------------------------------------- near-duplicates

MIN_RESEMBLANCE = 0.6
"""Shingles that two texts share of all that either has (Broder's resemblance). Of 5,000 articles of
news 90 pairs reach it: copies of one report, one notice of two days; of the 17 pairs up to .67 that
were read 16 are. One form that is filled in for two shares reaches about .5."""

SHINGLE_CHARS = 4

MIN_SHARED_CHARS = 20
MIN_SHARED_PART = 0.2
"""Characters of whole clauses that two texts share before their shingles are compared, which takes
five times as long: a headline of every day (今日天气) is shorter, and of two copies in which OCR
misread every twentieth character a quarter of the clauses is still the same."""

MAX_COMPARED_HITS = 50
"""Hits of a page that are compared."""

_CLAUSE = re.compile(r"\w{4,}")
_NO_LETTERS = re.compile(r"[\W_]+")


def name_near_duplicates(hits: Sequence[Hit], *, grouped: bool) -> Iterator[Hit]:
    """Yield the hits in their order, near-duplicates with the id of the best hit that they repeat.

    Where hits are `grouped` by article, whole groups are compared. Hits of one article are never
    near-duplicates, nor is a hit that holds some of the words one of a hit that holds all.
    """
    shown: list[_Text] = []
    for unit in _units(hits[:MAX_COMPARED_HITS], grouped):
        text = _Text("\n".join([hit.document.folded for hit in unit]), unit[0])
        repeated = next((held.hit for held in shown if text.repeats(held)), None)
        if repeated is None:
            shown.append(text)
            yield from unit
        else:
            yield from (replace(hit, near_duplicate_of=repeated.id) for hit in unit)
    yield from hits[MAX_COMPARED_HITS:]


def _units(hits: Iterable[Hit], grouped: bool) -> Iterable[Sequence[Hit]]:
    units: dict[object, list[Hit]] = {}
    for hit in hits:
        units.setdefault((hit.page, hit.article) if grouped else hit.id, []).append(hit)
    return units.values()


@dataclass
class _Text:
    """A folded text with what it is compared by, each made when it is first needed."""

    folded: str
    hit: Hit  # the first of its hits

    @cached_property
    def clauses(self) -> frozenset[str]:
        return frozenset(_CLAUSE.findall(self.folded))

    @cached_property
    def shingles(self) -> frozenset[str]:
        text = _NO_LETTERS.sub("", self.folded)
        return frozenset([text[at : at + SHINGLE_CHARS] for at in range(len(text))])

    def repeats(self, other: _Text) -> bool:
        """Return whether the text is nearly that of a hit it may repeat."""
        smaller, larger = sorted((len(self.folded), len(other.folded)))
        if 2 * smaller < larger or not self._may_repeat(other.hit):
            return False  # texts of such lengths cannot resemble each other so much
        gate = max(MIN_SHARED_CHARS, MIN_SHARED_PART * smaller)
        if sum(map(len, self.clauses & other.clauses)) < gate:
            return False
        if self.folded == other.folded:
            return True
        shared = len(self.shingles & other.shingles)
        return shared >= MIN_RESEMBLANCE * (len(self.shingles) + len(other.shingles) - shared)

    def _may_repeat(self, other: Hit) -> bool:
        hit = self.hit
        same = (hit.page, hit.article) == (other.page, other.article)
        return not same and hit.relaxed == other.relaxed
