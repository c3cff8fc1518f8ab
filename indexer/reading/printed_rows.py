"""Cut the running text of an article into rows: its printed lines, and the headings among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.model import Kind
from indexer.reading import patterns
from indexer.reading.column_scores import COLUMN_END_CHARS, RUNNING_KINDS
from indexer.reading.heads import Piece
from indexer.reading.lines import Line
from indexer.reading.profile import PageProfile


@dataclass(frozen=True, slots=True)
class Row:
    """A printed line of running text, or a heading, with the text of its piece around it."""

    piece: int
    start: int  # in the text of the piece
    end: int
    before: str  # the text up to its end
    after: str  # the text from its start
    heading: bool = False
    begins: bool = False  # a paragraph, by its form
    closed: bool = False  # it ends with its sentence
    apart: bool = False  # something separates it from the line above within its paragraph


def split_rows(pieces: Sequence[Piece], profile: PageProfile) -> Iterator[Row]:
    """Yield the printed lines of running text, and the headings among them."""
    for number, piece in enumerate(pieces):
        if piece.kind in RUNNING_KINDS:
            passed = number > 0 and pieces[number - 1].kind not in RUNNING_KINDS
            yield from _piece_rows(number, piece, profile, passed=passed)


def _piece_rows(number: int, piece: Piece, profile: PageProfile, *, passed: bool) -> Iterator[Row]:
    line = piece.lines[0]
    text = "".join(one.text for one in piece.lines)
    heading = piece.kind is Kind.HEADING
    whole = heading or len(piece.lines) > 1 or bool(line.separator)
    ends = [len(text)] if whole else [*_line_ends(line), len(text)]
    begins = not profile.indents_paragraphs or line.indent > 0
    apart = passed or (line.gap > profile.line_gap and not (begins or heading))
    start = 0
    for end in ends:
        before = text[max(0, end - COLUMN_END_CHARS) : end]
        after = text[start : start + COLUMN_END_CHARS]
        closed = heading or patterns.is_closed(before)
        yield Row(
            number,
            start,
            end,
            before,
            after,
            heading=heading,
            begins=begins and start == 0,
            closed=closed,
            apart=apart and start == 0,
        )
        start = end


def _line_ends(line: Line) -> Iterator[int]:
    """Yield the offsets in a line's text at which its printed lines end, without the last."""
    printed = 0
    for span in line.spans[:-1]:
        printed += span.end - span.start
        if line.offsets is None:
            yield printed
        else:
            yield next(n for n, offset in enumerate(line.offsets) if offset >= printed)
