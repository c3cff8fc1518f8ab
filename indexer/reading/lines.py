"""Split a page into its printed lines: without the blanks around them, with the gaps above them.

A line keeps its spans, so that whatever is made of it leads back to the characters of the file.
Notes of where an article continues are set on lines of their own.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from indexer.analysis import drop_hidden
from indexer.model import Kind, Span, line_spans, text_width
from indexer.reading.patterns import HEADING_MARK

STRIPPED_CHARACTERS = (
    "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\ufeff\u200b\u200e\u200f\u2060"
)
"""What a line neither begins nor ends with: blanks, byte order marks of joined files, characters
without a width that come from web pages."""

WIDTH_TOLERANCE = 1.0
"""Characters by which lines of a column differ: marks hang over, two Latin letters count one."""

EMPHASIS_LEVEL = 7
"""The level of a head that is set bold and has no other mark: below those of Markdown."""

_JUMP_LINE = re.compile(
    r"^[（(](?:上接|紧接|接)[^（）()]{1,15}版[^（）()]{0,10}[）)]|[（(〔［\[【](?:下转|转|续见?)[^（）()]{1,15}版[^（）()]{0,10}[）)〕］\]】]$"
    r"|[→▶►⇨☞▷][ \u3000]*(?:下转|转|续见?)[^，。；：（）()]{1,8}版$"
)
_BLANK_BETWEEN_IDEOGRAPHS = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank.

    `text` is what the rules read; it lacks the blanks between characters that some OCR writes, and
    then `offsets` holds the position of each of its characters among those of `spans`. `gap` is the
    number of blank lines above it, `indent` the width of the blanks before its first character.
    """

    text: str
    spans: tuple[Span, ...]
    gap: int
    indent: float = 0
    offsets: array[int] | None = None
    level: int = 0  # of a heading, as the source marks it; 0 where it does not
    kind: Kind | None = None  # what the source says that the line is
    separator: str = ""  # between the printed lines that it was set of: verses keep theirs
    block: int = 0  # of the source, which its lines share
    picture_above: bool = False
    picture_below: bool = False
    opens: bool | None = None  # an article, as the source says; None where it does not say
    width: float = field(init=False, compare=False)  # in Chinese characters; Latin ones have half
    extent: float = field(init=False, compare=False)  # from the left edge of its column
    count: float = field(init=False, compare=False)  # its extent if each character has one width

    def __post_init__(self) -> None:
        width = text_width(self.text)
        object.__setattr__(self, "width", width)
        object.__setattr__(self, "extent", self.indent + width if self.indent else width)
        object.__setattr__(self, "count", self.indent + len(self.text))

    @property
    def start(self) -> int:
        """The position of its first character in the page."""
        return self.spans[0].start

    def is_as_wide_as(self, other: Line) -> bool:
        """Whether two lines end at one edge, by their width or by the number of their characters.

        Some files were broken by counting characters, whatever their width.
        """
        if -WIDTH_TOLERANCE <= self.extent - other.extent <= WIDTH_TOLERANCE:
            return True
        return -WIDTH_TOLERANCE <= self.count - other.count <= WIDTH_TOLERANCE

    def cut(self, start: int, end: int) -> Line:
        """Return the line of a range of its characters, without the blanks around it."""
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip())
        text = share_text(self.text[start:end].strip())
        first, last = start, start + len(text)
        offsets = None
        if self.offsets is not None and text:
            first, last = self.offsets[start], self.offsets[last - 1] + 1
            kept = self.offsets[start : start + len(text)]
            offsets = array("I", (offset - first for offset in kept))
        spans = tuple(_slice_spans(self.spans, first, last))
        gap = self.gap if start == 0 else 0
        indent = self.indent if start == 0 else 0
        return replace(self, text=text, spans=spans, gap=gap, indent=indent, offsets=offsets)


@lru_cache(maxsize=256)
def share_text(text: str) -> str:
    """Return a text, as the same object if it was printed before: notes of jumps, by-lines."""
    return text


def join_lines(lines: Sequence[Line], separator: str = "") -> Line:
    """Return the line that several lines make, one after the other.

    Its `text` never has the separator, which is for what is printed of it.
    """
    if len(lines) == 1:
        return lines[0]
    text = "".join(line.text for line in lines)
    spans = tuple(span for line in lines for span in line.spans)
    offsets = _join_offsets(lines)
    return replace(lines[0], text=text, spans=spans, offsets=offsets, separator=separator)


def _join_offsets(lines: Sequence[Line]) -> array[int] | None:
    if all(line.offsets is None for line in lines):
        return None
    offsets, position = array("I"), 0
    for line in lines:
        own = range(len(line.text)) if line.offsets is None else line.offsets
        offsets.extend(position + offset for offset in own)
        position += sum(span.end - span.start for span in line.spans)
    return offsets


def _slice_spans(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """Yield the parts of spans that hold a range of their joined characters."""
    position = 0
    for span in spans:
        length = span.end - span.start
        first, last = max(start - position, 0), min(end - position, length)
        if first < last:
            yield Span(span.start + first, span.start + last)
        position += length


def split_lines(text: str, *, spaced: bool = False) -> list[Line]:
    """Split the text of a page into its printed lines; `spaced` has a blank between characters."""
    return list(iterate_lines(text, spaced=spaced))


def iterate_lines(text: str, *, spaced: bool = False) -> Iterator[Line]:
    """Yield the printed lines of a text, as `split_lines` returns them."""
    gap = 0
    for span in line_spans(text):
        raw = text[span.start : span.end]
        bare = raw.strip(STRIPPED_CHARACTERS)
        if not bare:
            gap += 1
            continue
        lead = 0 if raw[0] == bare[0] else raw.index(bare)
        indent = text_width(drop_hidden(raw[:lead])) if lead else 0
        start, level = span.start + lead, 0
        if bare[0] == "#" and (mark := HEADING_MARK.match(bare)):
            start, level = start + mark.end(), len(mark.group(1))
            bare = bare[mark.end() :]
        spans = (Span(start, start + len(bare)),)
        line = Line(
            share_text(bare), spans, gap, indent, None, level, Kind.HEADING if level else None
        )
        line = _squeeze(line) if spaced else line
        yield from _split_jumps(line) if "版" in line.text else (line,)
        gap = 0


def _squeeze(line: Line) -> Line:
    """Leave out the blanks between characters."""
    blanks = {blank.start() for blank in _BLANK_BETWEEN_IDEOGRAPHS.finditer(line.text)}
    offsets = array("I", (position for position in range(len(line.text)) if position not in blanks))
    return replace(line, text=_BLANK_BETWEEN_IDEOGRAPHS.sub("", line.text), offsets=offsets)


def picture_gap(lines: Sequence[Line]) -> int:
    """Return how many blank lines a picture leaves: two more than a paragraph does.

    On the five pages one blank line separates paragraphs and pictures leave three.
    """
    gaps = Counter(line.gap for line in lines[1:])
    return max(2, (gaps.most_common(1)[0][0] if gaps else 0) + 2)


def _split_jumps(line: Line) -> list[Line]:
    """Set 上接第1版 and 下转第3版 on lines of their own."""
    jump = _JUMP_LINE.search(line.text)
    if not jump:
        return [line]
    cuts = [0, *jump.span(), len(line.text)]
    parts = [line.cut(start, end) for start, end in pairwise(cuts)]
    return [part for part in parts if part.text]
