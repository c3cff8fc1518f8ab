"""Join the pieces of an article into paragraphs, in reading order, where the print cut them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indexer.model import Kind
from indexer.reading import patterns
from indexer.reading.captions import may_interrupt_text
from indexer.reading.column_scores import end_of, start_of
from indexer.reading.column_swaps import put_columns_back
from indexer.reading.continuation import Features, continuation_score, overlaps, starts_paragraph
from indexer.reading.fitted_weights import score, weights
from indexer.reading.heads import Piece
from indexer.reading.join_reasons import BY_RULE, Join, JoinRule, Joins
from indexer.reading.profile import OPENING_SIGNS, PROSE_CHARS, PageProfile
from indexer.reading.reading_order import MAX_MOVES, ReadingOrder, find_reading_order

JOIN_WEIGHTS = weights("joins")

PASSED_KINDS = frozenset({Kind.CAPTION, Kind.CREDIT, Kind.FURNITURE, Kind.HEADING})
"""What may separate the halves of a paragraph."""


def join_pieces(
    pieces: Sequence[Piece], profile: PageProfile, page: str, joins: Joins, *, cautious: bool
) -> list[list[Piece]]:
    """Group the pieces of an article into blocks, in reading order; only bodies are joined.

    Nothing is joined or moved where an open end is no sure evidence of a cut. `page` is the page's
    text in Simplified script, as the pieces are. A cautious reader moves no column and joins only
    what is nearly certain. Each join is added to `joins`.
    """
    if not profile.open_ends_are_cuts:
        return [[piece] for piece in pieces]
    continued = frozenset[int]()
    if not cautious:
        pieces, continued = put_columns_back(pieces, profile, page)
    moves = 0 if cautious or profile.is_broken else MAX_MOVES
    order = find_reading_order(pieces, profile, page, moves=moves)
    enough = JOIN_WEIGHTS["cautious" if cautious else "usual"]
    return _Joiner(pieces, continued, order, profile, page, enough).join(joins)


class _Joiner:
    """Joins the pieces of one article in reading order."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        continued: frozenset[int],
        order: ReadingOrder,
        profile: PageProfile,
        page: str,
        enough: float,
    ) -> None:
        self.pieces, self.continued = pieces, continued
        self.order, self.profile, self.page = order, profile, page
        self.enough = enough
        self.usual_gap = _usual_gap(self.pieces)
        self.next_bodies = _next_bodies(self.pieces, order.numbers)

    def join(self, joins: Joins) -> list[list[Piece]]:
        """Return the pieces of each block, and add why they were joined to `joins`."""
        groups: list[list[Piece]] = []
        above: list[Piece] = []  # the paragraph that may continue
        between: list[Piece] = []  # what is printed between it and the next text
        for position, number in enumerate(self.order.numbers):
            piece = self.pieces[number]
            if piece.kind is not Kind.BODY:
                between.append(piece)
                groups.append([piece])
                continue
            reason = self._reason(position, above[-1], between) if above else None
            if reason:
                joins[piece.lines[0].start] = reason
                above.append(piece)
            else:
                above = [piece]
                groups.append(above)
            between = []
        return groups

    def _reason(self, position: int, above: Piece, between: Sequence[Piece]) -> Join | None:
        """Return why the text at a position of the reading order continues the one above it."""
        number = self.order.numbers[position]
        piece, below = self.pieces[number], self.next_bodies[position]
        if number in self.continued and not between:
            return BY_RULE[JoinRule.COLUMN_BACK]
        over = self._passed(between, piece)
        if over == {} and _resumes_by_indent(above, piece, self.profile):
            return BY_RULE[JoinRule.NO_INDENT]
        start, gaps = start_of(below) if below else "", self.usual_gap > 0
        if may_interrupt_text(piece.lines[0].text, end_of(above), start, self.page, gaps=gaps):
            return None
        parted = patterns.is_labelled(start_of(piece)) or patterns.opens_report(start_of(piece))
        if parted or _is_head(above, self.profile):
            return None
        if over is None or not _is_open(above, piece):
            return None
        if overlaps(end_of(above), start_of(piece)):
            return BY_RULE[JoinRule.OVERLAP]
        if _are_listed(above.lines[-1].text, piece.lines[0].text):
            return None
        features = self.features(above, number, over)
        log_odds = score(JOIN_WEIGHTS, features)
        if log_odds < self.enough:
            return None
        evidence = {name: JOIN_WEIGHTS[name] * value for name, value in features.items() if value}
        return Join(JoinRule.EVIDENCE, log_odds, evidence)

    def features(self, above: Piece, number: int, over: Features) -> Features:
        """Return the features of a joint with the text above, named as in the model file."""
        piece = self.pieces[number]
        found: Features = {
            "bias": 1.0,
            "continues": continuation_score(end_of(above), start_of(piece), self.page),
            "cut prior": min(0.0, self.profile.cut_prior),
            "complete": float(_is_complete(piece)),
        }
        if self.profile.indents_paragraphs:
            found["indented" if piece.lines[0].indent > 0 else "flush"] = 1.0
        return self.order.doubts.get(number, {}) | over | found

    def _passed(self, between: Sequence[Piece], piece: Piece) -> Features | None:
        """Return what separates a piece from the text above it; None where that closes the text."""
        kinds = {one.kind for one in between}
        if not PASSED_KINDS.issuperset(kinds) or any(map(_is_jump, between)):
            return None
        wide = not between and piece.lines[0].gap > self.usual_gap
        found = {"over heading": Kind.HEADING in kinds, "over gap": wide}
        return {name: 1.0 for name, passed in found.items() if passed}


def _is_head(above: Piece, profile: PageProfile) -> bool:
    """Return whether an open text is a head or a field rather than the beginning of a paragraph."""
    text = above.lines[-1].text
    if profile.marked_up and patterns.is_head(text):
        return True
    return profile.is_well_closed and not patterns.has_marks(text)


def _is_complete(piece: Piece) -> bool:
    """Return whether a paragraph is whole: it begins and ends as paragraphs do."""
    return patterns.is_closed(end_of(piece)) and starts_paragraph(start_of(piece))


def _usual_gap(pieces: Sequence[Piece]) -> int:
    gaps = Counter(piece.lines[0].gap for piece in pieces if piece.kind is Kind.BODY)
    return gaps.most_common(1)[0][0] if gaps else 0


def _is_jump(piece: Piece) -> bool:
    """Return whether a text is a note of a jump: it closes what is above, opens what is below."""
    text = piece.lines[0].text
    return patterns.is_jump_away(text) or patterns.is_jump_here(text)


def _next_bodies(pieces: Sequence[Piece], order: Sequence[int]) -> list[Piece | None]:
    """Return for each piece the next one of running text."""
    after: Piece | None = None
    bodies: list[Piece | None] = []
    for number in reversed(order):
        bodies.append(after)
        after = pieces[number] if pieces[number].kind is Kind.BODY else after
    return bodies[::-1]


def _are_listed(text: str, after: str) -> bool:
    """Return whether two open lines are of a list or of verse: short, or without marks.

    Two short ones that end with marks and are equally long are verses, closed or not.
    """
    short = max(len(text), len(after)) < PROSE_CHARS
    if patterns.is_closed(after):
        return short and patterns.ends_with_mark(text) and len(text) == len(after)
    return short or not (patterns.has_marks(text) or patterns.has_marks(after))


def _resumes_by_indent(before: Piece, after: Piece, profile: PageProfile) -> bool:
    """Return whether only its missing indent shows that a piece continues after a whole sentence.

    A single printed line is not enough: it may be a caption.
    """
    if not profile.indents_paragraphs or after.lines[0].indent > 0:
        return False
    end, printed = end_of(before), sum(len(line.spans) for line in after.lines)
    whole = patterns.is_closed(end) or end[-1] in "：:；;"
    return whole and printed > 1 and not starts_paragraph(start_of(after))


def _is_open(before: Piece, after: Piece) -> bool:
    """Return whether a text may continue in another, by the marks of both."""
    if patterns.is_closed(end_of(before)) or start_of(after)[0] in OPENING_SIGNS:
        return False
    of_one_form = before.lines[-1].text[0] == start_of(after)[0]
    return not (before.lines[-1].text[-1] in "；;" and of_one_form)
