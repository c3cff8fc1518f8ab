"""Check whether a quotation is printed: to the letter, across a join, with differences, or not.

A quotation is looked for as it is first. Where it is not found, parts of a few characters are, and
the passages that hold most of them are aligned with it (edit distance over letters, marks and
blanks left aside). A passage counts as the one quoted when at most one letter in
`LETTERS_PER_ERROR` differs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from operator import ne
from typing import Any

import numpy as np

from indexer.analysis import drop_hidden, normalize
from indexer.cite import make_reference, to_gbt7714
from indexer.engines.base import Reader
from indexer.engines.occurrences import OccurrenceRequest, Occurrences
from indexer.errors import TooLong
from indexer.messages import Message, message
from indexer.model import Document, Literal, Or, Span, fields_to_json, to_json
from indexer.model.spans import count_shared, shorten
from indexer.query.spellings import spelling_groups
from indexer.search.marks import crossed_lines, find_crossing_forms, to_printed

MAX_QUOTE_CHARS = 2000
MAX_CANDIDATES = 32
"""Passages that are compared with a quotation."""

MIN_QUOTE_PARTS, MAX_QUOTE_PARTS = 3, 8
"""Parts of a quotation that are looked for; of fewer, short ones are looked for as well."""

LETTERS_PER_ERROR = 8
"""Letters for each that may differ: a quotation of 16 with two slips is still that quotation."""


class Verdict(StrEnum):
    """Whether a quotation is printed; sentences `quote.VERDICT` of the catalogue."""

    PRINTED = "printed"
    ACROSS_A_JOIN = "across_a_join"
    WITH_DIFFERENCES = "with_differences"
    NOT_PRINTED = "not_printed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a quotation and what is printed instead; one of them may be empty."""

    quoted: str
    printed: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A printed passage: the paragraph, the span of its text, and the lines of the source."""

    document: Document
    span: Span
    lines: tuple[tuple[int, int], ...]
    crosses: bool = False  # continues beyond the paragraph, in the last of the lines

    def __repr__(self) -> str:
        return f"<Passage {self.document.id[-80:]} {self.span.start}-{self.span.end}>"

    @property
    def text(self) -> str:
        """The passage as printed."""
        return self.document.text[self.span.start : self.span.end]

    def to_dict(self) -> dict[str, Any]:
        """Make the JSON of the passage."""
        return {
            "id": self.document.id,
            "page": self.document.page,
            "text": self.text,
            "span": list(self.span),
            "lines": to_json(self.lines),
            "citation": to_gbt7714(make_reference(self.document)).rstrip(),
        }


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """What was found of a quotation.

    `passages` are where it is printed: one, or the two parts of one across a join. `others` counts
    further occurrences that are printed to the letter.
    """

    quote: str
    verdict: Verdict
    passages: tuple[Passage, ...] = ()
    differences: tuple[Difference, ...] = ()
    others: int = 0

    def __repr__(self) -> str:
        quote, count = shorten(self.quote, 60), len(self.passages)
        return f"<QuoteCheck {self.verdict}: {quote!r}, {count} passages>"

    @property
    def message(self) -> Message:
        """The verdict as a sentence."""
        return message(f"quote.{self.verdict}")

    def to_dict(self) -> dict[str, Any]:
        """Make the JSON of the check."""
        differences = [fields_to_json(one) for one in self.differences]
        return fields_to_json(self) | {"sentence": str(self.message), "differences": differences}


def check_quote(reader: Reader, quote: str) -> QuoteCheck:
    """Check a quotation against the newest commit; raises `TooLong` beyond `MAX_QUOTE_CHARS`."""
    if len(quote) > MAX_QUOTE_CHARS:
        raise TooLong(actual=len(quote), limit=MAX_QUOTE_CHARS, unit=message("unit.characters"))
    normal = normalize(quote).text.strip()
    found = None
    if any(map(str.isalnum, normal)):
        found = _find_whole(reader, quote, normal) or _find_similar(reader, quote, normal)
    return found or QuoteCheck(quote, Verdict.NOT_PRINTED)


def _find_whole(reader: Reader, quote: str, normal: str) -> QuoteCheck | None:
    """Find a quotation whose normal form is printed in one paragraph or across a line end."""
    found = _occurrences(reader, (normal,))
    if not len(found.owners):
        forms = find_crossing_forms([normal], reader).get(normal)
        if not forms:
            return None
        found = _occurrences(reader, forms)
    checks = [_judge(quote, passage) for passage in _passages(reader, found)]
    if not checks:
        return None
    best = min(checks, key=lambda check: list(Verdict).index(check.verdict))
    others = sum(check.verdict is best.verdict for check in checks) - 1
    return replace(best, others=others + max(0, len(found.owners) - len(checks)))


def _occurrences(reader: Reader, substrings: Iterable[str]) -> Occurrences:
    nodes = tuple(map(Literal, substrings))
    return reader.occurrences(OccurrenceRequest(Or(nodes) if nodes[1:] else nodes[0], nodes))


def _passages(reader: Reader, found: Occurrences) -> Iterator[Passage]:
    owners = [int(owner) for owner in found.owners[:MAX_CANDIDATES]]
    documents = _load(reader, found, owners)
    for owner, start, end in zip(owners, found.starts, found.ends, strict=False):
        yield _make_passage(documents[owner], Span(int(start), int(end)))


def _load(reader: Reader, found: Occurrences, owners: Iterable[int]) -> dict[int, Document]:
    """Load documents by their numbers among those that match."""
    numbers = sorted({*owners})
    ids = found.ids(numbers)
    by_id = reader.documents(ids)
    return {number: by_id[id_] for number, id_ in zip(numbers, ids, strict=True)}


def _make_passage(document: Document, match: Span) -> Passage:
    """Make the passage of a match in the folded text of a document, its tail included."""
    spans = to_printed([match], document) or (Span(0, 0),)
    span = Span(spans[0].start, spans[-1].end)
    crossed = tuple((one.first, one.last) for one in crossed_lines([match], document))
    return Passage(document, span, (*document.lines_of(span), *crossed), bool(crossed))


def _judge(quote: str, passage: Passage) -> QuoteCheck:
    """Compare a quotation with a passage of the same normal form."""
    same = _plain(quote) == _plain(passage.text)
    if passage.crosses or (same and len(passage.lines) > 1):
        return QuoteCheck(quote, Verdict.ACROSS_A_JOIN, (passage,))
    return _compared(quote, passage) if not same else QuoteCheck(quote, Verdict.PRINTED, (passage,))


def _compared(quote: str, passage: Passage) -> QuoteCheck:
    differences = tuple(_differences(quote, passage.text))
    return QuoteCheck(quote, Verdict.WITH_DIFFERENCES, (passage,), differences)


def _plain(text: str) -> str:
    """Return the characters that print, without blanks: what a quotation must have in common."""
    return "".join(drop_hidden(unicodedata.normalize("NFC", text)).split())


# ---------------------------------------------------------------- with differences


_Candidate = tuple[Document, int]
"""A document, and the offset in its folded text around which a quotation may be printed."""


def _find_similar(reader: Reader, quote: str, normal: str) -> QuoteCheck | None:
    """Find the passage that differs least, or two of which each is one part of the quotation.

    Documents with all parts are tried first, then those with half of them: a part that is printed
    very often, such as 2023, would crowd out the others.
    """
    letters = _letters(normal)
    parts = _parts(normal, 4 if len(letters) >= 20 else 3 if len(letters) >= 7 else 2)
    candidates: list[_Candidate] = []
    for least in dict.fromkeys((len(parts), -(-len(parts) // 2), 1)) if parts else ():
        candidates = _candidates(reader, normal, parts, least)
        if best := _choose(normal, letters, candidates):
            return _compared(quote, _make_passage(*best))
    return _find_parts(quote, letters, {one.id: one for one, _ in candidates})


def _choose(
    normal: str, letters: str, candidates: Iterable[_Candidate]
) -> tuple[Document, Span] | None:
    """Return the passage that differs in fewest letters, if they are few enough."""
    fewest = len(letters) // LETTERS_PER_ERROR + (len(letters) in range(4, 8)) + 1
    best: tuple[Document, Span] | None = None
    for candidate in candidates:
        errors, match = _align(normal, letters, candidate)
        if match and errors < fewest:
            fewest, best = errors, (candidate[0], match)
        if errors <= 1:  # no other can differ less but by marks
            break
    return best


def _candidates(reader: Reader, normal: str, parts: Sequence[str], least: int) -> list[_Candidate]:
    """Return where most parts of a quotation are printed close together.

    Documents that hold fewer than `least` different parts are left aside.
    """
    nodes = tuple(map(Literal, parts))
    found = reader.occurrences(OccurrenceRequest(Or(nodes, least), nodes))
    if not len(found.owners):
        return []
    reach = _reach(normal)
    keys = found.owners * (int(found.ends.max()) + 2 * reach) + found.starts
    counts = np.searchsorted(keys, keys + reach) - np.arange(len(keys))
    order = np.argsort(-counts, kind="stable")[: 8 * MAX_CANDIDATES]
    owners, starts = found.owners[order].tolist(), found.starts[order].tolist()
    positions = {(owner, at // reach): at for owner, at in zip(owners, starts, strict=True)}
    chosen = list(positions.items())[:MAX_CANDIDATES]
    documents = _load(reader, found, (owner for (owner, _), _ in chosen))
    return [(documents[owner], at) for (owner, _), at in chosen]


def _reach(normal: str) -> int:
    """Return the characters within which the parts of a quotation are printed close together."""
    return 2 * len(normal) + 20


def _parts(normal: str, size: int) -> tuple[str, ...]:
    """Cut parts of so many letters out of a quotation, evenly, none across a mark or a blank.

    Where these are few, what is shorter between two marks is a part as well, if need be a letter.
    """
    substrings: list[str] = []
    for shortest in (size, 2, 1):
        substrings = [
            substring for substring in re.split(r"[\W_]+", normal) if len(substring) >= shortest
        ]
        if sum(max(1, len(substring) // size) for substring in substrings) >= MIN_QUOTE_PARTS:
            break
    parts = [
        substring[at : at + size]
        for substring in substrings
        for at in range(max(1, len(substring) - size + 1))
    ]
    chosen = (
        parts[len(parts) * position // MAX_QUOTE_PARTS] for position in range(MAX_QUOTE_PARTS)
    )
    return tuple(dict.fromkeys(parts if len(parts) <= MAX_QUOTE_PARTS else chosen))


def _align(normal_quote: str, letters: str, candidate: _Candidate) -> tuple[int, Span | None]:
    """Return the span that differs least in letters around an offset, and in how many it does."""
    reach, (document, offset) = _reach(normal_quote), candidate
    begin = max(0, offset - reach)
    near = document.folded[begin : offset + 2 * reach]
    positions, text = _letter_offsets(near), _letters(near)
    errors, end = least_distance(letters, text)
    if end == 0:
        return errors, None
    head = text[max(0, end - 2 * len(letters)) : end]
    _, size = least_distance(letters[::-1], head[::-1], anchored=True)
    start, end = _as_long(letters, text, errors, Span(end - max(1, size), end))
    match = _with_marks(normal_quote, near, Span(positions[start], positions[end - 1] + 1))
    return errors, Span(match.start + begin, match.end + begin)


def _as_long(letters: str, text: str, errors: int, found: Span) -> Span:
    """Prefer, of passages with as many errors, one as long as the quotation.

    A changed letter at either end is a change, not a letter too many.
    """
    missing = len(letters) - (found.end - found.start)
    for start, end in ((found.start, found.end + missing), (found.start - missing, found.end)):
        fits = missing > 0 and start >= 0 and end <= len(text)
        if fits and sum(map(ne, letters, text[start:end])) == errors:
            return Span(start, end)
    return found


def _with_marks(quote: str, text: str, found: Span) -> Span:
    """Take in the marks around a passage with which the quotation begins and ends as well."""
    bare = _letter_offsets(quote)
    before, after = quote[: bare[0]], quote[bare[-1] + 1 :]
    ahead = count_shared(before[::-1], text[: found.start][::-1])
    return Span(found.start - ahead, found.end + count_shared(after, text[found.end :]))


def least_distance(pattern: str, text: str, *, anchored: bool = False) -> tuple[int, int]:
    """Return the least edit distance of a pattern to a part of a text, and where that part ends.

    With `anchored` the part begins where the text does. Bit-parallel (Myers 1999, in the form of
    Hyyrö 2003), with one integer of as many bits as the pattern has characters.
    """
    size = len(pattern)
    masks: dict[str, int] = {}
    for position, char in enumerate(pattern):
        masks[char] = masks.get(char, 0) | 1 << position
    full, last = (1 << size) - 1, 1 << (size - 1)
    plus, minus, distance = full, 0, size
    best, end = size, 0
    for position, char in enumerate(text, 1):
        equal = masks.get(char, 0)
        across = equal | minus
        zero = (((equal & plus) + plus) ^ plus) | equal
        up = minus | ~(zero | plus) & full
        down = plus & zero
        distance += bool(up & last) - bool(down & last)
        up = (up << 1 | anchored) & full
        down = down << 1 & full
        plus = (down | ~(across | up)) & full
        minus = up & across
        if distance < best:
            best, end = distance, position
    return best, end


def _find_parts(quote: str, letters: str, documents: Mapping[str, Document]) -> QuoteCheck | None:
    """Find a quotation that begins in one paragraph and continues in another of the page."""
    texts = {id_: _letters(document.folded) for id_, document in documents.items()}
    for one in documents.values():
        head = _common(letters, texts[one.id])
        for two in documents.values() if head else ():
            tail = _common(texts[two.id], letters) if two.page == one.page else 0
            if two is not one and len(letters) <= head + tail:
                before, after = _letter_offsets(one.folded), _letter_offsets(two.folded)
                last = _make_passage(one, Span(before[-head], before[-1] + 1))
                first = _make_passage(two, Span(0, after[len(letters) - head - 1] + 1))
                return QuoteCheck(quote, Verdict.ACROSS_A_JOIN, (last, first))
    return None


def _common(head: str, text: str) -> int:
    """Return the length of the longest beginning of `head` that `text` ends with."""
    return next((n for n in range(min(len(head), len(text)), 0, -1) if text.endswith(head[:n])), 0)


def _letters(text: str) -> str:
    """Return the letters and figures of a text, characters that are printed for one another as one.

    着 and 著 are kept apart in the index, as some of them are words of their own.
    """
    return "".join(filter(str.isalnum, text)).translate(_same_characters())


@cache
def _same_characters() -> Mapping[int, str]:
    groups = (group for group in spelling_groups() if all(len(word) == 1 for word in group))
    return {ord(char): group[0] for group in groups for char in group[1:]}


def _letter_offsets(text: str) -> list[int]:
    """Return the offsets of the letters and figures of a text."""
    return [offset for offset, char in enumerate(text) if char.isalnum()]


def _differences(quote: str, printed: str) -> Iterator[Difference]:
    """Yield what differs between a quotation and what is printed, blanks left aside."""
    one, two = _plain(quote), _plain(printed)
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield Difference(one[a:b], two[c:d])
