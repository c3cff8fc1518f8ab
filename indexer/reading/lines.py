"""A page in, its lines out: without the blanks around them, with the gaps between them.

Text that was broken at a fixed width is set into whole lines again; notes of where an article
goes on are set on lines of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from indexer.analysis import fold
from indexer.model import Span, line_spans
from indexer.reading import patterns
from indexer.reading.continuation import starts_paragraph

WIDEST = 60
"""Characters of the widest printed column: a longer line was not broken at a width."""

FEWEST = 10
"""Lines below which no width is told."""

FULL = 0.5
"""How many lines of a page must be full for it to be broken at a width; on the five pages, which
are not, 19 % at most have the same length within two characters."""

OPEN = 0.6
"""How many of the full lines must end within a sentence: 98 % do when the five pages' text is
broken at 20 characters."""

STANZA = 4
LONGEST_VERSE = 16
"""Lines of a stanza at least, and the characters of a verse at most."""

_JUMP = re.compile(
    r"^[（(](?:上接|紧接|接)[^（）()]{1,15}版[^（）()]{0,10}[）)]|[（(](?:下转|转)[^（）()]{1,15}版[^（）()]{0,10}[）)]$"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its text, its spans in the page, the blank lines above it."""

    text: str
    spans: tuple[Span, ...]
    gap: int
    indent: int = 0  # blanks before the first character

    @property
    def start(self) -> int:
        """The place of its first character in the page."""
        return self.spans[0].start

    def cut(self, start: int, end: int) -> Line:
        """Return the line of a range of its characters, without the blanks around it."""
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip())
        text = self.text[start:end].strip()
        spans = tuple(_slice_spans(self.spans, start, start + len(text)))
        return Line(text, spans, self.gap if start == 0 else 0)


def _slice_spans(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """Yield the parts of spans that hold a range of their joined characters."""
    place = 0
    for span in spans:
        length = span.end - span.start
        first, last = max(start - place, 0), min(end - place, length)
        if first < last:
            yield Span(span.start + first, span.start + last)
        place += length


def simplify(text: str) -> str:
    """Return a text in Simplified script, character for character: the rules speak no other."""
    changed = {
        ord(character): folded
        for character, folded in set(zip(text, fold(text), strict=True))
        if character != folded and "\u3400" <= character <= "\u9fff"
    }
    return text.translate(changed) if changed else text


def split_lines(text: str) -> list[Line]:
    """Split the text of a page into its lines that are not blank."""
    lines, gap = [], 0
    for span in line_spans(text):
        raw = text[span.start : span.end]
        bare = raw.strip()
        if not bare:
            gap += 1
            continue
        indent = len(raw) - len(raw.lstrip())
        start = span.start + indent
        lines.append(Line(bare, (Span(start, start + len(bare)),), gap, indent))
        gap = 0
    return [part for line in _set_verses(_unbreak(lines)) for part in _split_jumps(line)]


def picture_gap(lines: Sequence[Line]) -> int:
    """Tell how many blank lines a picture leaves: two more than a paragraph does.

    On the five pages paragraphs stand one blank line apart and pictures leave three.
    """
    gaps = Counter(line.gap for line in lines[1:])
    return max(2, (gaps.most_common(1)[0][0] if gaps else 0) + 2)


def _split_jumps(line: Line) -> list[Line]:
    """Set 上接第1版 and 下转第3版 on lines of their own."""
    jump = _JUMP.search(line.text)
    if not jump:
        return [line]
    cuts = [0, *jump.span(), len(line.text)]
    parts = [line.cut(start, end) for start, end in pairwise(cuts)]
    return [part for part in parts if part.text]


# ---------------------------------------------------------------- lines broken at a width


def _unbreak(lines: list[Line]) -> list[Line]:
    """Join printed lines into whole ones where a page was broken at the width of its columns."""
    width = _width(lines)
    if not width:
        return lines
    indented = sum(line.indent > 0 for line in lines) >= len(lines) / 50
    joined: list[list[Line]] = []
    for line in lines:
        if joined and _goes_on(joined[-1][-1], line, width, indented=indented):
            joined[-1].append(line)
        else:
            joined.append([line])
    return [_whole(parts) for parts in joined]


def _whole(parts: Sequence[Line]) -> Line:
    if len(parts) == 1:
        return parts[0]
    text = "".join(line.text for line in parts)
    return replace(parts[0], text=text, spans=tuple(span for line in parts for span in line.spans))


def _width(lines: Sequence[Line]) -> float:
    """Return the width at which lines were broken, 0 if they were not."""
    widths = [_measure(line.text) for line in lines]
    long = sorted(width for width in widths if width > 6)
    if len(long) < FEWEST or long[-1] > 2 * WIDEST:
        return 0
    width = Counter(round(one) for one in long).most_common(1)[0][0]
    if width < 0.8 * long[-len(long) // 10]:
        return 0
    full = [line for line, one in zip(lines, widths, strict=True) if abs(one - width) <= 2]
    opened = sum(not patterns.is_closed(line.text) for line in full)
    if width > WIDEST or len(full) < FULL * len(lines) or opened < OPEN * len(full):
        return 0
    return width


def _measure(text: str) -> float:
    """Measure a text in Chinese characters; two Latin ones are as wide."""
    return sum(0.5 if character < "\u0300" else 1.0 for character in text)


def _set_verses(lines: list[Line]) -> list[Line]:
    """Set the lines of a stanza into one: they stand close together and are equally long."""
    stanzas: list[list[Line]] = []
    for line in lines:
        if stanzas and _is_next_verse(stanzas[-1][-1], line):
            stanzas[-1].append(line)
        else:
            stanzas.append([line])
    return [
        whole
        for stanza in stanzas
        for whole in ([_whole(stanza)] if len(stanza) >= STANZA else stanza)
    ]


def _is_next_verse(line: Line, after: Line) -> bool:
    if after.gap or max(len(line.text), len(after.text)) > LONGEST_VERSE:
        return False
    lengths = {len(one.text.rstrip("，。；！？,.;!?")) for one in (line, after)}
    return len(lengths) == 1 and min(lengths) >= 4 and not patterns.mark_level(after.text)


def _goes_on(line: Line, after: Line, width: float, *, indented: bool) -> bool:
    """Tell whether a full line goes on in the next one."""
    if after.gap or _measure(line.text) < width - 2 or after.indent > line.indent:
        return False
    if not patterns.is_closed(line.text) or indented:
        return True
    return not starts_paragraph(after.text)
