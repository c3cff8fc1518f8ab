"""Choose the words a query is answered by and the terms that score; weigh sentences by them.

The engine reranks the first block of matches, always as a whole, so that paging stays stable: by
how well one sentence, and the beginning, of each fit the query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from indexer.analysis.stop_words import function_words, question_words
from indexer.engines.base import Reader, idf
from indexer.model import SENTENCE_ENDS, Kind, Term, Weighted, imply_pairs

Cut = Callable[[str], Sequence[str]]
"""Cuts a normalised substring into words, the way the documents were cut."""

FIELD_WEIGHTS = {"words": 0.75, "pairs": 0.5, "chars": 0.75}
"""Measured on question sets in both scripts, see `tests/benchmarks/relevance.py`."""

HEAD_WEIGHT = 0.9
"""What a word in the title or the section heading counts for the paragraphs below: MRR@10 over 800
questions, each paragraph below its title, is .9797 with 0.3, .9805 with 0.6, .9811 with 0.9 and
1.2."""

MAX_NAME_CHARS = 4
"""Characters of the longest substring without a word in it that is taken for a name."""

NEGATIONS = frozenset(("不", "没", "没有", "未", "无", "非"))
"""Words that turn the word after them into its opposite: 不存在 is not answered by 存在."""

LATIN_WORDS = re.compile("[a-z0-9]+")

EDGE_PUNCTUATION = ",。、;:!?.…~\"'·-—"
"""Folded punctuation that people type around a word and do not look for."""


_MARKED_TITLE = re.compile("[《〈]([^《》〈〉]{2,30})[》〉]")
_COUNTED_ORDINAL = re.compile(r"第\d{1,3}[^\W\da-z]")
_YEAR_IN_QUERY = re.compile(r"(?<!\d)([12]\d{3})(?=年(?!代))")


def trim(substring: str) -> str:
    """Leave out the punctuation around a folded substring, unless there is nothing else."""
    return substring.strip(EDGE_PUNCTUATION) or substring


def marked_names(substring: str) -> tuple[str, ...]:
    """List the names in marks in a normalised substring: 《光学》."""
    return tuple(_MARKED_TITLE.findall(substring))


def years(substring: str) -> tuple[str, ...]:
    """List the years in a normalised substring, in figures."""
    return tuple(_YEAR_IN_QUERY.findall(substring))


def content(substring: str, cut: Cut) -> list[str]:
    """Cut a folded substring into words, without those that ask (unless it has no others)."""
    words = cut(substring)
    kept = [word for word in words if word not in question_words()]
    return kept or list(words)


def make_units(substrings: Iterable[str], cut: Cut) -> tuple[str, ...]:
    """List the words that the texts are answered by, each once, without those that say little."""
    units = list(dict.fromkeys(unit for substring in substrings for unit in _units(substring, cut)))
    telling = [unit for unit in units if unit not in function_words()]
    return tuple(telling or units)


def make_whole_words(substrings: Iterable[str], cut: Cut) -> tuple[Term, ...]:
    """Return the Latin words and figures in the texts as terms: AI is no part of a longer word."""
    words = dict.fromkeys(
        word for substring in substrings if LATIN_WORDS.search(substring) for word in cut(substring)
    )
    return tuple(Term("words", word) for word in words if LATIN_WORDS.fullmatch(word))


def _units(substring: str, cut: Cut) -> Iterator[str]:
    """Yield longer words, a negated one with its negation, and a row of characters as its pairs.

    A short substring that no dictionary cuts is one word: 王健林 is not 健林.
    """
    words = content(substring, cut)
    if len(words) == len(substring) <= MAX_NAME_CHARS and substring.isalpha() and not _joins(words):
        yield substring
        return
    row = negation = ""
    for word in (*_join_ordinals(_join_decimals(words, substring)), ""):
        if len(word) == 1 and not (_joins((word,)) or word in NEGATIONS):
            row += word
            continue
        yield from [pair for pair in imply_pairs(row) if pair in substring] or row
        row = ""
        if word in NEGATIONS:
            negation = word
            continue
        if word:
            yield negation + word if negation + word in substring else word
        negation = ""


def _join_decimals(words: Sequence[str], substring: str) -> list[str]:
    """Return words; figures with a point between them are one: 1001.6."""
    joined: list[str] = []
    for word in words:
        before = joined[-1] if joined else ""
        decimal = f"{before}.{word}"
        if before[-1:].isdigit() and word[0].isdigit() and decimal in substring:
            joined[-1] = decimal
        else:
            joined.append(word)
    return joined


def _join_ordinals(words: Sequence[str]) -> Iterator[str]:
    """Yield words; an ordinal in figures is one with what it counts: 第5号, like 第五号."""
    at = 0
    while at < len(words):
        joined = "".join(words[at : at + 3])
        if _COUNTED_ORDINAL.fullmatch(joined):
            yield joined
            at += 3
        else:
            yield words[at]
            at += 1


def _joins(words: Iterable[str]) -> bool:
    return not function_words().isdisjoint(words)


def make_pairs(substrings: Iterable[str], cut: Cut) -> tuple[str, ...]:
    """List the pairs of neighbours in what the substrings ask for, each once."""
    stretches = (
        part for substring in substrings for part in stretch(substring, content(substring, cut))
    )
    return tuple(dict.fromkeys(pair for part in stretches for pair in imply_pairs(part)))


def make_scores(substrings: Iterable[str], cut: Cut) -> tuple[Weighted, ...]:
    """Weigh the words, pairs and characters of the substrings, each once.

    Substrings typed apart are asked for alike, however many words, pairs and characters they have:
    each counts by the square root of the mean length to its own. On 108 short queries over news
    nDCG@5 is .956 without, .961 so, .955 by the plain ratio.
    """
    substrings = tuple(filter(None, substrings))
    mean = sum(map(len, substrings)) / max(1, len(substrings))
    weights: dict[tuple[str, str], float] = {}
    for substring in substrings:
        for one in _weigh(substring, cut):
            weight = one.weight * sqrt(mean / len(substring))
            weights[one.field, one.text] = max(weight, weights.get((one.field, one.text), 0.0))
    return tuple(Weighted(*term, weight) for term, weight in weights.items())


def _weigh(substring: str, cut: Cut) -> Iterator[Weighted]:
    words = content(substring, cut)
    for word in words:
        yield Weighted("words", word, FIELD_WEIGHTS["words"])
        if len(word) > 1:
            yield Weighted("head", word, HEAD_WEIGHT)
    for part in stretch(substring, words):
        for pair in imply_pairs(part):
            yield Weighted("pairs", pair, FIELD_WEIGHTS["pairs"])
        for char in part:
            yield Weighted("chars", char, FIELD_WEIGHTS["chars"])


def stretch(substring: str, words: Sequence[str]) -> Iterator[str]:
    """Yield the longest parts of a substring that consist of the words, in order."""
    part, position = "", 0
    for word in words:
        at = substring.find(word, position)
        if at > position and part:
            yield part
            part = ""
        part += word
        position = at + len(word)
    if part:
        yield part


class DocumentCounts:
    """The document counts of one commit, as far as one query needs them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[Term, int] = {}
        self.documents = reader.count()

    def of(self, terms: Sequence[Term]) -> Mapping[Term, int]:
        """Count the documents that hold each term."""
        unknown = [term for term in dict.fromkeys(terms) if term not in self._known]
        if unknown:
            found = self._reader.frequencies(unknown)
            self._known.update({term: found.get(term, 0) for term in unknown})
        return {term: self._known[term] for term in terms}


RERANK_WINDOW = 50
"""How many matches are put in order again; the right paragraph is hardly ever further down
(R@50 over 6,743 questions is .9997)."""

SENTENCE_BONUS = 0.7
"""What the best sentence counts beside the paragraph: MRR@10 over 6,743 questions is .9787 without,
.9813 with 0.5, .9817 with 0.7, .9821 with 1, .9811 with 1.5."""

LEAD_CHARS = 80
LEAD_BONUS = 0.25
"""Normalised characters at the beginning of a text, and what it counts for that they hold what is
asked for: news says there what it is about. On 108 short queries over news nDCG@5 is .959 without,
.965 with it; 60 to 80 characters at .2 to .25 differ by .003, 40 characters lose .004. Questions
have no such bonus: on one half of 6,743 MRR@10 rose by .0007, on the other it fell by .0003, and
below titles by .002."""

OPENING_BONUS = 0.2
"""What it counts for that a text begins with a word that is asked for: 黄蝉 before 软枝黄蝉. On 117
questions over news MRR@10 is .868 without, .873 with it; on 1,600 encyclopedia questions it is .981
both, with 0.4 .0006 less."""

KIND_FACTORS: Mapping[str, float] = {
    Kind.TITLE: 1.0,
    Kind.SUBTITLE: 1.0,
    Kind.KICKER: 0.9,
    Kind.HEADING: 0.9,
    Kind.BODY: 1.0,
    Kind.CAPTION: 0.8,
    Kind.BYLINE: 0.7,
    Kind.CREDIT: 0.6,
    Kind.NOTICE: 0.6,
    Kind.FURNITURE: 0.4,
    Kind.TABLE: 0.8,
    Kind.LIST: 1.0,
}

QUESTION_FACTORS: Mapping[str, float] = {**KIND_FACTORS, Kind.TITLE: 0.5}
"""What kinds count for where a question is answered by its words. A title is context there, no
answer: with titles given, MRR@10 of the paragraphs that answer is .962 by the common factors, .977
so (500 questions)."""

_SENTENCE_BREAK = re.compile(f"[{SENTENCE_ENDS}]+")


@dataclass(frozen=True, slots=True)
class Sentences:
    """Weighs the best sentence and the beginning of a document by what of the query they hold."""

    weights: Mapping[str, float]  # text of a term -> weight times idf, over its fields

    def bonus(self, folded: str, *, is_question: bool) -> float:
        """Return what is added to the score of a text, before its kind's factor."""
        return self.sentence_bonus(folded) + self.lead_bonus(folded, is_question=is_question)

    def sentence_bonus(self, folded: str) -> float:
        """Return what the best sentence of a text adds."""
        held = [(text, one) for text, one in self.weights.items() if text in folded]
        sentences = _SENTENCE_BREAK.split(folded) if held else ()
        sums = [sum([one for text, one in held if text in sentence]) for sentence in sentences]
        return SENTENCE_BONUS * max(sums, default=0.0)

    def lead_bonus(self, folded: str, *, is_question: bool) -> float:
        """Return what the beginning of a text adds."""
        weights = self.weights.items()
        opening = [one for text, one in weights if folded.startswith(text) and len(text) > 1]
        bonus = OPENING_BONUS * max(opening, default=0.0)
        if is_question:
            return bonus
        lead = folded[:LEAD_CHARS]
        return bonus + LEAD_BONUS * sum([one for text, one in weights if text in lead])


def make_sentences(counts: DocumentCounts, scores: Sequence[Weighted]) -> Sentences:
    """Weigh what is looked for by how many documents hold it."""
    scored = [one for one in scores if one.field != "head"]
    held = counts.of([Term(one.field, one.text) for one in scored])
    weights: dict[str, float] = {}
    for one in scored:
        rarity = idf(counts.documents, held[Term(one.field, one.text)])
        weights[one.text] = weights.get(one.text, 0.0) + one.weight * rarity
    return Sentences(weights)
