"""Read the structure of a page in Markdown, as people and OCR models write it.

Returns lines of what prints, each with its role and its spans in the source. Nothing is joined or
left out but marks: CommonMark's rules that drop or move text (link definitions, indented code,
headings underlined with dashes) are not followed, because OCR breaks them and each character that
prints must be found.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from indexer.model import Kind, Span, line_spans, locate_spans
from indexer.pages import markdown_marks as marks
from indexer.pages.front_matter import find_front_matter, is_markdown_file
from indexer.pages.markdown_marks import HIDDEN_MARK, Printed, find_printed
from indexer.reading import patterns
from indexer.reading.lines import EMPHASIS_LEVEL, Line
from indexer.reading.patterns import HEADING_MARK

ENOUGH_MARKS = 3
"""Lines with marks, not all of headings, from which a page that does not say so is Markdown: plain
text has headings marked with `#` too."""

MAX_BLOCK_LINES = 1000
"""Lines without a blank one between them that are read together, so that memory is bounded."""

ITEM_MAX_CHARS = 120
"""Characters of an item of a list; a longer one reads as a paragraph."""

_CLOSING_HASHES = re.compile(r"(?<![ \t])[ \t]++#++[ \t]*+$")
_SETEXT_UNDERLINE = re.compile(r"[ ]{0,3}={3,}[ \t]*$")
_MARK_ONLY = re.compile(
    r"[ ]{0,3}(?:(?:`{3,}|~{3,})[ \t]*[\w+-]*|={3,}"
    r"|(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}"
    r"|\{\d+\}-{10,}|\\(?:newpage|pagebreak)|\$\$|\\\[|\\\]"
    r"|\[[^\]\n]*\]:[ \t]*<?(?:https?://|data:|\.{0,2}/|\w+/)\S*>?)[ \t]*$"
)
_BOLD_LINE = re.compile(r"\s*(\*{2,3}|__)(?=\S)[^*_]+\1\s*$")
_ROW_BORDER = re.compile(r"</?tr\b|</?caption\b", re.IGNORECASE)
_BLOCK_QUOTE = re.compile(r"[ ]{0,3}(?:>[ ]?)+")
_BULLET_ITEM = re.compile(r"[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_NUMBERED_ITEM = re.compile(r"[ \t]*(?:\d{1,3}[.)](?=[ \t])|[•●▪◦‣·][ \t]*)(?=\s*\S)")
_DELIMITER_ROW = re.compile(
    r"[ \t]*+(?:\|[ \t]*+)?:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*(?:\|[ \t]*+)?$"
)
_TABLE_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
_PICTURE_MARK = re.compile(
    r"!\[[^\[\]\n]*\][(\[]|<img\b|<!--[ ]{0,4}image|<figure\b", re.IGNORECASE
)
_MATH_FENCE = re.compile(r"[ \t]*(?:\$\$|\\\[|\\\])[ \t]*$")
_TABLE_TAG = re.compile(r"<(/?)table\b[^<>]*>", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    r"<(/?)(p|div|li|ul|ol|br|hr|h[1-6]|header|footer|page_number|watermark|figure|figcaption|caption"
    r"|center|dt|dd|section|body|html)\b[^<>]*>",
    re.IGNORECASE,
)
_SURE_MARKDOWN = re.compile(
    r"(?<![^\r\n])(?:#{1,6}[ ]\S|!\[[^\]\n]*\]\(|<(?:table|img|div|html)\b|`{3}|\*\*\S"
    r"|\|[ ]*:?-{3,}|\{\d+\}-{10,})"
)
_KINDS_BY_TAG = {
    **dict.fromkeys(["header", "footer", "page_number", "watermark"], Kind.FURNITURE),
    **dict.fromkeys(["figcaption", "caption"], Kind.CAPTION),
    "li": Kind.LIST,
}
_NUMBERED = 1
"""The level of an item with a number, until it is known to be one of several."""


def is_markdown(source: str, text: str) -> bool:
    """Return whether a page is Markdown, by the name of its file or by its lines."""
    if marks.has_noncharacters(text):
        return False
    if is_markdown_file(source):
        return True
    found = [match[0][0] for match in _SURE_MARKDOWN.finditer(text)]
    return len(found) >= ENOUGH_MARKS and set(found) != {"#"}


def read_markdown(text: str) -> tuple[Line, ...]:
    """Return the printed lines of a page in Markdown, in the order of the file."""
    matter = find_front_matter(text)
    start = matter.end + len("---") if matter else 0
    lines = _settle_items(list(_MarkdownReader(marks.hide_unprinted(text), text).read(start)))
    for number, (line, after) in enumerate(pairwise(lines)):
        if after.picture_above:
            lines[number] = replace(line, picture_below=True)
    return tuple(lines)


def _settle_items(lines: list[Line]) -> list[Line]:
    """Take long items, and a single one with a number, for text."""
    listed = [line.kind is Kind.LIST and len(line.text) <= ITEM_MAX_CHARS for line in lines]
    settled = []
    for number, line in enumerate(lines):
        alone = not any(listed[max(number - 1, 0) : number] + listed[number + 1 : number + 2])
        if line.kind is Kind.LIST:
            long = not listed[number] or (alone and line.level == _NUMBERED)
            line = replace(line, kind=None if long else Kind.LIST, level=0)
        settled.append(line)
    return settled


@dataclass(slots=True)
class _MarkdownReader:
    """The state of reading: what was met since the last printed line."""

    masked: str  # the page without comments and base64
    text: str
    block: int = 0
    gap: int = 0
    picture: bool = False
    formula: bool = False

    def read(self, start: int) -> Iterator[Line]:
        for region, is_table in _find_regions(self.masked, start):
            yield from self._read_table(region) if is_table else self._read_text(region)

    def _read_text(self, region: Span) -> Iterator[Line]:
        block: list[Span] = []
        for start, end in line_spans(self.masked[slice(*region)]):
            line = Span(region.start + start, region.start + end)
            blank = not self.masked[slice(*line)].strip()
            if not blank:
                block.append(line)
            if blank or len(block) == MAX_BLOCK_LINES:
                yield from self._read_block(block)
                block = []
            self.gap += blank
        yield from self._read_block(block)

    def _read_block(self, lines: Sequence[Span]) -> Iterator[Line]:
        """Read the lines between two blank ones."""
        self.block += 1
        raws = [self.masked[slice(*line)] for line in lines]
        rows = _find_rows(raws)
        masks = marks.hide_inline("\n".join(raws)).split("\n")
        pictured = False
        for number, (line, raw) in enumerate(zip(lines, raws, strict=True)):
            pictured |= self._find_picture(line)
            if self._is_mark(raw) or (number in rows and not rows[number]):
                continue
            if number in rows:
                masked = marks.hide_borders(raw, masks[number])
                yield from self._emit(Kind.TABLE, masked, line.start)
                continue
            kind = Kind.CAPTION if pictured else None
            if number + 1 < len(raws) and _SETEXT_UNDERLINE.match(raws[number + 1]):
                kind = Kind.HEADING
            yield from self._read_line(line, raw, masks[number], kind)

    def _find_picture(self, line: Span) -> bool:
        """Return whether a line holds a picture."""
        found = bool(_PICTURE_MARK.search(self.text, *line))
        self.picture |= found
        return found

    def _is_mark(self, raw: str) -> bool:
        """Return whether nothing prints on a line, and remember what it says."""
        if _MATH_FENCE.match(raw):
            self.formula = raw.strip() != "\\]" and not self.formula
        return bool(_MARK_ONLY.match(raw))

    def _read_line(self, line: Span, raw: str, masked: str, kind: Kind | None) -> Iterator[Line]:
        """Read a line of text, which tags of HTML may part."""
        if self.formula:
            yield from self._emit(None, marks.hide_formula(raw), line.start)
            return
        at, own, level = 0, kind, int(kind is Kind.HEADING)
        for tag in _BLOCK_TAG.finditer(raw) if "<" in raw else ():
            yield from self._read_part(line.start, raw, masked, Span(at, tag.start()), own, level)
            at = tag.end()
            own, level = self._read_tag(tag, kind)
        yield from self._read_part(line.start, raw, masked, Span(at, len(raw)), own, level)

    def _read_tag(self, tag: re.Match[str], kind: Kind | None) -> tuple[Kind | None, int]:
        """Return the kind, and the level, of what follows a tag."""
        name = "" if tag.group(1) else tag.group(2).lower()
        if name[:1] == "h" and name[1:].isdigit():
            return Kind.HEADING, int(name[1:])
        if name and self.picture and "center" in tag.group().lower():
            return Kind.CAPTION, 0
        return _KINDS_BY_TAG.get(name, kind), 0

    def _read_part(
        self, start: int, raw: str, masked: str, part: Span, kind: Kind | None, level: int
    ) -> Iterator[Line]:
        raw, masked = raw[slice(*part)], masked[slice(*part)]
        at = len(masked) - len(masked.lstrip(HIDDEN_MARK)) if raw.startswith("<") else 0
        if quote := _BLOCK_QUOTE.match(raw, at):
            at = quote.end()
        if heading := HEADING_MARK.match(raw, at):
            kind, level, at = Kind.HEADING, len(heading.group(1)), heading.end()
            masked = _CLOSING_HASHES.sub(marks.hide, masked)
        elif bullet := _BULLET_ITEM.match(raw, at):
            kind, level, at = Kind.LIST, 0, bullet.end()
        elif kind is None and _NUMBERED_ITEM.match(raw, at):
            kind, level = Kind.LIST, _NUMBERED
        elif kind is None and _BOLD_LINE.match(raw, at):
            level = EMPHASIS_LEVEL
        yield from self._emit(kind, masked[at:], start + part.start + at, level)

    def _read_table(self, region: Span) -> Iterator[Line]:
        """Read a table of HTML: a line for each row, and one for its caption."""
        self.block += 1
        masked = marks.hide_inline(self.masked[slice(*region)])
        kind, at = Kind.TABLE, 0
        for part in _ROW_BORDER.finditer(self.masked, *region):
            end = part.start() - region.start
            yield from self._emit(kind, masked[at:end], region.start + at)
            at = end
            kind = Kind.CAPTION if part.group().lower() == "<caption" else Kind.TABLE
        yield from self._emit(kind, masked[at:], region.start + at)
        self.block += 1

    def _emit(self, kind: Kind | None, masked: str, start: int, level: int = 0) -> Iterator[Line]:
        printed = find_printed(masked, start)
        if not printed.spans:
            return
        if level == EMPHASIS_LEVEL and not _may_be_head(printed.text):
            level = 0
        yield Line(
            printed.text,
            printed.spans,
            self.gap,
            printed.spans[0].start - start,
            _find_offsets(printed),
            level,
            kind,
            block=self.block,
            picture_above=self.picture,
        )
        self.gap, self.picture = 0, False


def _may_be_head(text: str) -> bool:
    """Return whether a bold line can be a head."""
    return patterns.is_head(text) and not patterns.is_any_byline(text)


def _find_offsets(printed: Printed) -> array[int] | None:
    """Return the position of each character of a line among those of its spans, if they differ.

    A blank between two spans has the position of the character after it.
    """
    if len(printed.text) == sum(end - start for start, end in printed.spans):
        return None
    offsets, position = array("I"), 0
    starts = set(locate_spans(printed.text, printed.spans))
    for at, character in enumerate(printed.text, 1):
        offsets.append(position)
        position += at not in starts or not character.isspace()
    return offsets


def _find_regions(masked: str, start: int) -> Iterator[tuple[Span, bool]]:
    """Yield the parts of a page and whether each is a table of HTML."""
    depth, at = 0, start
    for tag in _TABLE_TAG.finditer(masked, start):
        if tag.group(1):
            depth -= 1
            if depth == 0:
                yield Span(at, tag.end()), True
                at = tag.end()
            depth = max(depth, 0)
        else:
            if not depth:
                yield Span(at, tag.start()), False
                at = tag.start()
            depth += 1
    yield Span(at, len(masked)), False


def _find_rows(raws: Sequence[str]) -> dict[int, bool]:
    """Return the lines of tables with pipes, and whether each prints (not the one of dashes)."""
    rows: dict[int, bool] = {}
    for number, raw in enumerate(raws):
        if "|" not in raw:
            continue
        if number - 1 in rows or _TABLE_ROW.match(raw):
            rows[number] = not _DELIMITER_ROW.match(raw)
        elif "|" in "".join(raws[number + 1 : number + 2]) and _DELIMITER_ROW.match(
            raws[number + 1]
        ):
            rows[number] = True
    return rows
