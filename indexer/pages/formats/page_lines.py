"""The one type that every format is read into, and how it becomes a page.

A format's module yields a `PrintedPage` for each page of its file: lines of text with what the
file says of them. Nothing is interpreted here but white space.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from indexer.errors import SourceError
from indexer.messages import Message
from indexer.model import Box, Kind, LineHint, Page, PageMeta, Part, Sheet, Span, SpanBox, Unsure
from indexer.pages.fields import make_meta

MAX_COORDINATE = 1_000_000
"""Pixels beyond which a coordinate is an error; boxes and sheets are cut there."""

Warn = Callable[[SourceError], None]

_NOT_PRINTED = re.compile("[\x00-\x1f\x7f\u2028\u2029\x85]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class BadFormat(ValueError):
    """A file whose content is not what its format asks."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A printed line, or a paragraph where the format does not separate its lines.

    `words` are the boxes of its parts, `unsure` what the OCR engine was unsure of, their spans
    counted in `text`. Lines of one paragraph have one `block`; None where the format does not say.
    `article` is the name that the format has for its article; `opens` says that one begins. `kind`
    is None for running text.
    """

    text: str
    box: Box | None = None
    words: tuple[SpanBox, ...] = ()
    kind: Kind | None = None
    level: int = 0
    block: int | None = None
    article: str | None = None
    opens: bool = False
    unsure: tuple[Unsure, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page of a file: its lines in reading order, and what the file says of the page.

    `name` distinguishes the pages of a file; it is empty where the file is one page. `fields` are
    metadata under the names of `PageMeta`. With `is_article` the page is one article whose blocks
    are certain, so that nothing is guessed. `ordered` says that the lines are in reading order.
    """

    lines: tuple[PrintedLine, ...]
    sheet: Sheet | None = None
    name: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    is_article: bool = False
    ordered: bool = True


def make_box(left: float, top: float, right: float, bottom: float) -> Box | None:
    """Return the box of two corners in whole pixels, None where it has no area."""
    numbers = (left, top, right, bottom)
    if not all(-MAX_COORDINATE <= number <= MAX_COORDINATE for number in numbers):  # nor NaN
        return None
    x, y, end_x, end_y = (round(max(0, number)) for number in numbers)
    return Box(x, y, end_x - x, end_y - y) if end_x > x and end_y > y else None


def base_name(path: str) -> str:
    """Return the name of a file that is given with folders, by whatever system."""
    return re.split(r"[/\\]", path.strip())[-1]


def clean_line(text: str) -> str:
    """Return a text as one line of the same length: control characters are blanks."""
    return _LONE_SURROGATE.sub("\ufffd", _NOT_PRINTED.sub(" ", text))


class Word(NamedTuple):
    """A word of a line; `apart` says that a blank separates it from the word before."""

    text: str
    box: Box | None
    apart: bool = True
    unsure: tuple[Unsure, ...] = ()


class JoinedWords(NamedTuple):
    """The text of a line, the boxes of its words, and what of it is unsure."""

    text: str
    boxes: tuple[SpanBox, ...]
    unsure: tuple[Unsure, ...]


def join_words(words: Iterable[Word]) -> JoinedWords:
    """Join the words of a line.

    Engines separate Chinese words by blanks that are not printed: beside a wide character there is
    none. A word without a box belongs to the word before.
    """
    text = ""
    boxes: list[SpanBox] = []
    unsure: list[Unsure] = []
    for given, box, apart, doubts in words:
        word = clean_line(given)
        if not word.strip():
            continue
        if text and apart and not (_is_wide(text[-1]) or _is_wide(word[0])):
            text += " "
        start, text = len(text), text + word
        unsure += shift_unsure(doubts, start, len(text))
        if box:
            boxes.append(SpanBox(Span(start, len(text)), box))
        elif boxes:
            boxes[-1] = SpanBox(Span(boxes[-1].span.start, len(text)), boxes[-1].box)
    is_boxed = bool(boxes) and boxes[0].span.start == 0
    return JoinedWords(text, tuple(boxes) if is_boxed else (), tuple(unsure))


def shift_unsure(unsure: Iterable[Unsure], by: int, end: int) -> Iterator[Unsure]:
    """Yield what is unsure moved by some characters and cut at 0 and at `end`."""
    for span, others in unsure:
        start, stop = max(0, span.start + by), min(end, span.end + by)
        if start < stop:
            yield Unsure(Span(start, stop), others)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def make_page(printed: PrintedPage, path: Path, name: str, meta: PageMeta, warn: Warn) -> Page:
    """Return the page of printed lines: a line each, a blank line between paragraphs.

    What a side-car file says (`meta`) comes before what the file says.
    """
    lines = [line for line in map(_trim, printed.lines) if line.text]
    own = {key: value for key, value in printed.fields.items() if getattr(meta, key, None) is None}
    meta = make_meta(own, path, meta, warn=warn)
    starts, text = _lay_out(lines)
    page = Page(
        id=f"{name}/{printed.name}" if printed.name else name,
        source=f"{path}#{printed.name}" if printed.name else str(path),
        text=text,
        digest="",
        meta=meta,
        parts=tuple(
            Part(line.kind or Kind.BODY, Span(start, start + len(line.text)))
            for line, start in zip(lines, starts, strict=True)
            if printed.is_article
        ),
        sheet=printed.sheet,
        boxes=tuple(box for one in zip(lines, starts, strict=True) for box in _boxes(*one)),
        hints=() if printed.is_article else _hints(lines),
        unsure=tuple(
            one
            for line, start in zip(lines, starts, strict=True)
            for one in shift_unsure(line.unsure, start, len(text))
        ),
    )
    return replace(page, digest=_digest(page))


def _trim(line: PrintedLine) -> PrintedLine:
    """Take the blanks around a line away."""
    text = clean_line(line.text)
    bare = text.strip()
    shift = len(text) - len(text.lstrip())
    words = line.words
    if shift or len(bare) < len(text):
        words = tuple(
            SpanBox(Span(start, end), box)
            for span, box in words
            if (start := max(0, span.start - shift)) < (end := min(len(bare), span.end - shift))
        )
    return replace(
        line, text=bare, words=words, unsure=tuple(shift_unsure(line.unsure, -shift, len(bare)))
    )


def _is_apart(line: PrintedLine, above: PrintedLine) -> bool:
    """Return whether a blank line separates two lines: only of one paragraph it does not."""
    return line.block is None or line.block != above.block or line.article != above.article


def _lay_out(lines: Sequence[PrintedLine]) -> tuple[list[int], str]:
    """Return where each line starts in the text, and the text."""
    starts, parts, length = [], [], 0
    for number, line in enumerate(lines):
        if number:
            end = "\n\n" if _is_apart(line, lines[number - 1]) else "\n"
            parts.append(end)
            length += len(end)
        starts.append(length)
        parts.append(line.text)
        length += len(line.text)
    return starts, "".join(parts)


def _boxes(line: PrintedLine, start: int) -> tuple[SpanBox, ...]:
    if line.words:
        return tuple(
            SpanBox(Span(span.start + start, span.end + start), box) for span, box in line.words
        )
    return (SpanBox(Span(start, start + len(line.text)), line.box),) if line.box else ()


def _hints(lines: Sequence[PrintedLine]) -> tuple[LineHint, ...]:
    """Return the hints of lines, numbered as the lines of the text; none where nothing is said."""
    if not any(line.block is not None or line.kind or line.article for line in lines):
        return ()
    hints, number, unnamed = [], 0, -1
    for at, line in enumerate(lines):
        number += (1 + _is_apart(line, lines[at - 1])) if at else 0
        unnamed -= 1
        block = unnamed if line.block is None else line.block
        hints.append(LineHint(number, line.kind, line.level, block, line.article, line.opens))
    return tuple(hints)


def _digest(page: Page) -> str:
    """Return the digest of all that decides how a page is read."""
    sides = repr(
        (page.id, page.meta, page.parts, page.sheet, page.boxes, page.hints, page.text, page.unsure)
    )
    return hashlib.sha256(sides.encode("utf-8", "backslashreplace")).hexdigest()
