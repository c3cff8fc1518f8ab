"""Match across uncertain line ends and unsure characters; map what is found to print.

Print is characters, lines and scans. A match may also be in the corrected text of a paragraph,
which prints otherwise. Matches where an OCR engine was unsure come last, in a tier of their own; a
quoted substring matches only as it was read, and statistics count only what was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations, pairwise

from indexer.analysis import (
    LINE_END_MARK,
    UNSURE_MARK,
    Crossed,
    crossing_substrings,
    encode,
    find_crossed,
    find_reread,
    fold,
    locate_reread,
    normalize,
    reread_substrings,
)
from indexer.engines.base import Reader
from indexer.model import (
    CORRECTED_READING,
    MAX_CROSSING_CHARS,
    And,
    Box,
    CrossedLines,
    Document,
    Literal,
    Node,
    Not,
    Or,
    Page,
    Span,
    Term,
    find_regions,
    locate_spans,
)
from indexer.search.plan import Plan, Tier
from indexer.snippets import merge_overlapping

BETWEEN_LINES = "-\u2010\u00ad \n"
"""What may separate in a text the halves of a word or a substring that a line end parts."""


MAX_MARK_POSITIONS = 4
"""Positions in a substring at which dots and hyphens are looked for."""

_MAYBE_MARKED = re.compile("[\u3400-\u9fff]{4,14}|[a-z]{4,14}")
_UNSURE_TERM = Term("chars", UNSURE_MARK)


def cross_lines(plan: Plan, reader: Reader) -> Plan:
    """Make the literals of a plan match across line ends, and the query as typed, words and all."""
    stage = plan.strict
    nodes = (*plan.whole, stage.match, *(node for _, node in stage.tiers), *stage.marks)
    cross = _Crosser(nodes, reader)
    if not cross.forms:
        return plan
    whole = tuple(map(cross, plan.whole))
    stage = replace(
        stage,
        match=Or((*whole, cross(stage.match))),
        tiers=tuple((tier, cross(node)) for tier, node in stage.tiers),
        marks=(*whole, *map(cross, stage.marks)),
        counted=tuple(map(cross, stage.counted)),
    )
    return replace(plan, strict=stage, whole=whole)


def cross_nodes(nodes: Sequence[Node], reader: Reader) -> Sequence[Node]:
    """Make the literals of some trees match across line ends."""
    cross = _Crosser(nodes, reader)
    return list(map(cross, nodes)) if cross.forms else nodes


def find_crossing_forms(substrings: Iterable[str], reader: Reader) -> dict[str, tuple[str, ...]]:
    """Return the forms of substrings that only bigrams of the index show, those it has.

    They cross a line end, or have the middle dots of a name (马克吐温) or the hyphen of a word
    (xray) that was typed without.
    """
    substrings = tuple(substrings)
    forms = [
        (substring, form, pair)
        for substring in substrings
        for form, pair in crossing_substrings(substring).items()
    ]
    marked = {one: _mark_pairs(one) for one in substrings if _MAYBE_MARKED.fullmatch(one)}
    pairs = [pair for *_, pair in forms]
    pairs += (pair for found in marked.values() for both in found for pair in both)
    counts = dict(zip(pairs, reader.pair_counts(pairs), strict=True))
    known: dict[str, tuple[str, ...]] = {}
    for substring, form, pair in forms:
        if counts[pair]:
            known[substring] = (*known.get(substring, ()), form)
    for substring, found in marked.items():
        if others := tuple(_marked_forms(substring, found, counts)):
            known[substring] = known.get(substring, ()) + others
    return known


def _mark_within(substring: str) -> str:
    """Return what a word or a name may have within: a hyphen or a middle dot."""
    return "-" if substring.isascii() else "·"


def _mark_pairs(substring: str) -> list[tuple[str, str]]:
    """Return, for each position in a name or a word, the bigrams of a dot or hyphen there."""
    mark = _mark_within(substring)
    return [(before + mark, mark + after) for before, after in pairwise(substring)]


def _marked_forms(
    substring: str, pairs: Sequence[tuple[str, str]], counts: Mapping[str, int]
) -> Iterator[str]:
    """Yield the forms with a mark at one position and at two of those whose bigrams are held."""
    held = [at for at, (one, other) in enumerate(pairs, 1) if counts[one] and counts[other]]
    held = held[:MAX_MARK_POSITIONS]
    mark = _mark_within(substring)
    for marks in chain(combinations(held, 1), combinations(held, 2)):
        ends = pairwise((0, *marks, len(substring)))
        yield mark.join(substring[start:end] for start, end in ends)


class _Crosser:
    """Makes the literals of trees match where they cross the end of a line.

    `forms` are, of each substring, those of which the index has the pair that is theirs alone.
    """

    def __init__(self, nodes: Iterable[Node], reader: Reader) -> None:
        substrings = dict.fromkeys(substring for node in nodes for substring in _substrings(node))
        self.forms = find_crossing_forms(substrings, reader)

    def __call__(self, node: Node) -> Node:
        """Return a tree whose substrings match across line ends, too."""
        match node:
            case Literal(text=text):
                forms = self.forms.get(text)
                return Or((node, *map(Literal, forms))) if forms else node
            case And(nodes=nodes):
                return And(tuple(map(self, nodes)))
            case Or(nodes=nodes):
                return Or(tuple(map(self, nodes)))
            case Not(node=child):
                return Not(self(child))
        return node


def _substrings(node: Node) -> Iterator[str]:
    """Yield the substrings of a tree; of several spellings of one only the first."""
    match node:
        case Literal(text=text):
            yield text
        case And(nodes=nodes):
            for child in nodes:
                yield from _substrings(child)
        case Or(nodes=nodes):
            spelt = [child for child in nodes if isinstance(child, Literal)]
            for child in nodes:
                if child not in spelt[1:]:
                    yield from _substrings(child)
        case Not(node=child):
            yield from _substrings(child)


def to_printed(marks: Sequence[Span], document: Document) -> tuple[Span, ...]:
    """Map marks in the form in which a document is matched to its printed characters.

    The marks are in order and do not overlap. Of a match across a line end all that the document
    prints is marked: what precedes the line end, and the rest of it where the document's own text
    continues with it.
    """
    if document.folded == fold(document.text):  # as most are: 5 µs instead of 40
        return tuple(marks)
    normal = normalize(document.text)
    length = len(normal.text)
    spans: list[Span] = []
    for mark in marks:
        crossed = find_crossed(document.folded, length, mark)
        if reread := find_reread(document.folded, length, mark):
            mark = locate_reread(document.text, document.unsure, mark, reread)
        elif crossed:
            end = length
            if mark.start >= length:
                position = document.crossings[crossed.number].end
                end = len(normalize(document.text[:position]).text)
                spans += _find_rest(document.text, position, _rest(document, mark, crossed))
            mark = Span(end - crossed.chars, end)
        spans.append(normal.offsets.to_printed(mark) if normal.offsets else mark)
    return merge_overlapping(spans)


def _rest(document: Document, mark: Span, crossed: Crossed) -> str:
    """Return what of a match is after the line end, as `folded` holds it."""
    own = mark.start + crossed.chars
    return document.folded[own : mark.end].removeprefix(LINE_END_MARK)


def add_continued_marks(
    marks: Mapping[str, tuple[Span, ...]],
    documents: Sequence[Document],
    matches: Sequence[Sequence[Span]],
) -> dict[str, tuple[Span, ...]]:
    """Mark the rest of matches that cross a line end in the documents that begin after it.

    `matches` are those of each document in the form in which it is matched.
    """
    joined = dict(marks)
    for document, found in zip(documents, matches, strict=True):
        length = len(normalize(document.text).text) if document.crossings else 0
        for mark in found if length else ():
            crossed = find_crossed(document.folded, length, mark)
            if crossed is None:
                continue
            rest_of_substring = _rest(document, mark, crossed)
            for other in _following(documents, document.crossings[crossed.number]):
                rest = _find_rest(other.text, 0, rest_of_substring)
                joined[other.id] = merge_overlapping([*joined[other.id], *rest])
    return joined


def _following(documents: Sequence[Document], lines: CrossedLines) -> Iterator[Document]:
    """Yield the printed documents that begin on the first of these lines."""
    for one in documents:
        if not one.corrected and one.lines and one.lines[0][0] == lines.first:
            yield one


def _find_rest(text: str, position: int, rest: str) -> Iterator[Span]:
    """Yield where a text continues, after a hyphen or a blank, with the rest of a match."""
    after = text[position : position + len(BETWEEN_LINES)]
    position += len(after) - len(after.lstrip(BETWEEN_LINES))
    normal = normalize(text[position : position + 4 * MAX_CROSSING_CHARS])
    rest = rest.removeprefix(encode(" "))
    if rest and encode(normal.text[: len(rest)]) == rest:
        start, end = (
            normal.offsets.to_printed(Span(0, len(rest))) if normal.offsets else (0, len(rest))
        )
        yield Span(position + start, position + end)


def crossed_lines(marks: Iterable[Span], document: Document) -> tuple[CrossedLines, ...]:
    """Return the lines of the file on which matches continue that cross a line end."""
    if not document.crossings:
        return ()
    length = len(normalize(document.text).text)
    found = (find_crossed(document.folded, length, mark) for mark in marks)
    numbers = dict.fromkeys(crossed.number for crossed in found if crossed)
    return tuple(document.crossings[number] for number in numbers)


def is_corrected(name: str) -> bool:
    """Return whether an id is that of the corrected text of a paragraph."""
    return int(name.rpartition(":")[2]) >= CORRECTED_READING


def add_corrected_marks(
    marks: Mapping[str, tuple[Span, ...]], documents: Sequence[Document]
) -> dict[str, tuple[Span, ...]]:
    """Mark in printed paragraphs what matches in their corrected texts, too."""
    joined = dict(marks)
    for one in documents:
        if one.corrected and one.original in joined and marks[one.id]:
            found = printed_marks(one, marks[one.id])
            joined[one.original] = merge_overlapping([*joined[one.original], *found])
    return joined


def printed_marks(document: Document, marks: Sequence[Span]) -> tuple[Span, ...]:
    """Return where marks in the text of a document are in the printed text."""
    if not document.corrected:
        return tuple(marks)
    return tuple(
        Span(_printed(document, mark.start, edge=0), _printed(document, mark.end, edge=1))
        for mark in marks
    )


def _printed(document: Document, offset: int, *, edge: int) -> int:
    """Return the printed offset of one in a corrected text, at an edge of what is corrected."""
    shift = 0
    for span, printed, *_ in document.corrections:
        if offset <= span.start:
            break
        if offset < span.end:
            return span.start + shift + edge * len(printed)
        shift += len(printed) - (span.end - span.start)
    return offset + shift


class RegionFinder:
    """Finds regions on pages of one commit; hits of a page one after the other load it once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._page: Page | None = None

    def find(self, document: Document, marks: Sequence[Span]) -> tuple[Box, ...]:
        """Return the boxes of marks in the text of a document; none without a scan.

        Without marks, and in a corrected text, they are those of the whole paragraph.
        """
        if not document.scanned:
            return ()
        if self._page is None or self._page.id != document.page:
            record = self._reader.page(document.page)
            if record is None:
                return ()
            self._page = record.page
        exact = marks and not document.corrected
        spans = list(locate_in_page(document, marks)) if exact else document.spans
        return find_regions(self._page.text, self._page.boxes, spans)


def locate_in_page(document: Document, marks: Sequence[Span]) -> Iterator[Span]:
    """Yield where marks in the text of a document are in the text of its page."""
    offsets = locate_spans(document.text, document.spans)
    for offset, span in zip(offsets, document.spans, strict=True):
        end = offset + span.end - span.start
        for mark in marks:
            first, last = max(mark.start, offset), min(mark.end, end)
            if first < last:
                yield Span(span.start + first - offset, span.start + last - offset)


def add_unsure_readings(plan: Plan, reader: Reader) -> Plan:
    """Add to a plan what its substrings may be where the engine was unsure, if any is indexed."""
    if not reader.frequencies([_UNSURE_TERM])[_UNSURE_TERM]:
        return plan
    forms = {
        substring: tuple(_find_forms(substring, reader)) for substring in plan.plain_substrings
    }
    forms = {substring: found for substring, found in forms.items() if found}
    if not forms:
        return plan
    stage = plan.strict
    marks = (one.nodes[0] for found in forms.values() for one in found)
    wider = replace(
        stage,
        match=Or((stage.match, _reread(stage.match, forms))),
        tiers=(*stage.tiers, (stage.last, stage.match)),
        last=Tier.UNSURE,
        marks=(*stage.marks, *marks),
    )
    return replace(plan, strict=wider)


def _find_forms(substring: str, reader: Reader) -> list[And[Node]]:
    """Return the forms of a substring whose pairs at the mark the index has."""
    forms = list(reread_substrings(substring))
    pairs = list({pair for form in forms for pair in form.pairs})
    held = {pair for pair, count in zip(pairs, reader.pair_counts(pairs), strict=True) if count}
    return [
        And(tuple(map(Literal, (form.form, *form.rest))))
        for form in forms
        if held.issuperset(form.pairs)
    ]


def _reread(node: Node, forms: Mapping[str, tuple[Node, ...]]) -> Node:
    """Return a tree whose substrings match as they may be misread, too; what is excluded stays."""
    match node:
        case Literal(text=text) if text in forms:
            return Or((node, *forms[text]))
        case And(nodes=nodes):
            return And(tuple(_reread(one, forms) for one in nodes))
        case Or(nodes=nodes):
            return Or(tuple(_reread(one, forms) for one in nodes))
    return node
