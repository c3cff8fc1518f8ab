"""Hide the marks of Markdown, HTML and LaTeX, which are not printed, at unchanged length.

Every function takes a text and returns one of the same length in which each hidden character is
`HIDDEN_MARK`, `ESCAPE_MARK` (a hidden backslash) or `BORDER_MARK` (the end of a cell or line, which
becomes a blank), so an offset in the result is an offset in the source. What is not certainly a
mark is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from unicodedata import category

from indexer.model import Span

HIDDEN_MARK = "\ufdd0"
ESCAPE_MARK = "\ufdd1"
BORDER_MARK = "\ufdd2"
"""Unicode noncharacters: a text that holds one is not read as Markdown."""

_SPECIAL_CHARACTER = re.compile(r"[*_~`\\$\[<&]")
_PRINTED_TEXT = re.compile(f"[^{HIDDEN_MARK}{ESCAPE_MARK}{BORDER_MARK}\r\n]+")
_AT_BORDER = re.compile(f"[{BORDER_MARK}\r\n]")
_DATA_URL = re.compile(r"data:[\w.+/-]{1,80};base64,[A-Za-z0-9+/=]*")
_IMAGE_MARK = re.compile(r"!\[[^\[\]\n]*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\[\]\n]*\])")
_LINK_BRACKETS = re.compile(
    r"\[|\](?:\(\s*<?(?:[a-zA-Z][a-zA-Z+.-]*:|[#/.]|[\w%-]+[./])[^()\s]*"
    r"(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"\n]*\")?\s*\))?"
)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_FOOTNOTE_MARK = re.compile(r"\[\^(\w{1,20})\]:?")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|body|br|center|caption|code|col|colgroup|dd|del|div|dl|dt|em"
    r"|figcaption|figure|font|footer|h[1-6]|head|header|hr|html|i|img|ins|kbd|li|mark|meta|nobr|ol"
    r"|p|page_number|pre|q|rp|rt|ruby|s|section|signature|small|span|strike|strong|sub|sup|table"
    r"|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|watermark)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BORDER_TAG = re.compile(r"</?(?:br|td|th|tr|p|div|li)\b", re.IGNORECASE)
_ESCAPED_MARK = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_BLANK_ENTITY = re.compile(r"&(?:nbsp|emsp|ensp|thinsp|#160|#12288|#x3000|#xa0);", re.IGNORECASE)
_AMPERSAND_ENTITY = re.compile("(?<=&)amp;")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_CODE_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)([^\n]{1,200}?)(?<!`)\1(?!`)")
_EMPHASIS_MARKS = re.compile(rf"(?<!{ESCAPE_MARK})(?:\*+|_+|~~)")
_MATH_SPAN = re.compile(
    r"\$\$(?P<display>[^$\n]+)\$\$|\\\((?P<round>[^\n]{1,300}?)\\\)"
    r"|\\\[(?P<square>[^\n]{1,300}?)\\\]"
    r"|(?<![\\$])\$(?P<inline>[^$\n]{1,300})\$(?!\$)"
)
_TEX_COMMAND = re.compile(
    r"\\(?:math(?:rm|bf|it|sf|tt|bb|cal|scr|frak)|text(?:rm|bf|it|sf|tt|normal|circled)?"
    r"|boldsymbol|operatorname|overline|underline|underset|overset|left|right|displaystyle|quad"
    r"|qquad|d?frac|sqrt|limits|begin\s*\{\w*\*?\}(?:\s*\{[lcr| ]*\})?|end\s*\{\w*\*?\}|tag)"
    r"(?![a-zA-Z])"
    r"|\\\\|\\[,;:!> ]|\\(?=[%$&#_{}])|(?<!\\)[{}^_&]|\s"
)
_TEX_SIGNS = {"circ": "°", "times": "×", "sim": "~", "cdot": "·", "pm": "±", "leq": "≤", "geq": "≥"}
_TEX_SIGN = re.compile(rf"\\({'|'.join(_TEX_SIGNS)})(?![a-zA-Z])")
_HIDDEN = re.compile(f"[{HIDDEN_MARK}{ESCAPE_MARK}]+")
_REAL_FORMULA = re.compile(r"[\^_{}=]|^[\d\s.,%+×/<>~-]+$")
_OPENING_CATEGORIES = frozenset(["Ps", "Pi", "Lm", "Mn"])
_CLOSING_CATEGORIES = frozenset(["Pe", "Pf", "Po", "Lm", "Mn"])
_HAN_OR_MARK = re.compile("[\u3400-\u9fff，。、；：！？“”]")


class Printed(NamedTuple):
    """What is left of a masked text: its characters, and where they are in the source.

    A span neither begins nor ends with a blank; where blanks separate two spans, the text
    has one.
    """

    text: str
    spans: tuple[Span, ...]


def hide(match: re.Match[str]) -> str:
    """Return `HIDDEN_MARK` for every character of a match but line ends."""
    found = match.group()
    return (
        HIDDEN_MARK * len(found) if "\n" not in found and "\r" not in found else _hide_lines(found)
    )


def _hide_lines(text: str) -> str:
    return re.sub(r"[^\r\n]", HIDDEN_MARK, text)


def hide_unprinted(text: str) -> str:
    """Hide what can be longer than a line: comments, style sheets, scripts, pictures in base64."""
    for opening, closing in (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>")):
        text = "".join(_without(text, opening, closing)) if opening in text else text
    return _DATA_URL.sub(hide, text) if ";base64," in text else text


def _without(text: str, opening: str, closing: str) -> Iterator[str]:
    at = 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start)
        if end < 0:
            break
        end += len(closing)
        yield text[at:start]
        yield _hide_lines(text[start:end])
        at = end
    yield text[at:]


def hide_tags(text: str) -> str:
    """Hide the tags of HTML; those of cells and lines leave a border."""
    return _INLINE_TAG.sub(_hide_tag, text) if "<" in text else text


def _hide_tag(match: re.Match[str]) -> str:
    hidden = hide(match)
    return BORDER_MARK + hidden[1:] if _BORDER_TAG.match(match.group()) else hidden


def hide_images(text: str) -> str:
    """Hide pictures with their alternative texts."""
    return _IMAGE_MARK.sub(hide, text) if "![" in text else text


def hide_inline(text: str) -> str:
    """Hide every mark within the lines of one block."""
    if not _SPECIAL_CHARACTER.search(text):
        return text
    text = hide_tags(hide_images(text))
    if "$" in text or "\\" in text:
        text = _ESCAPED_MARK.sub(ESCAPE_MARK, _MATH_SPAN.sub(_hide_formula, text))
    if "[" in text:
        text = _hide_links(_FOOTNOTE_MARK.sub(_hide_footnote, text))
    if "<" in text:
        text = _AUTOLINK.sub(rf"{HIDDEN_MARK}\1{HIDDEN_MARK}", text)
    if "&" in text:
        text = _AMPERSAND_ENTITY.sub(
            hide, _BLANK_ENTITY.sub(lambda one: BORDER_MARK + hide(one)[1:], text)
        )
    if "`" in text:
        text = _CODE_SPAN.sub(_hide_ticks, text)
    return _hide_emphasis(text)


def hide_borders(raw: str, masked: str) -> str:
    """Make a border of each pipe of a table's row."""
    cells = list(masked)
    for pipe in _CELL_BORDER.finditer(raw):
        cells[pipe.start()] = BORDER_MARK
    return "".join(cells)


def has_noncharacters(text: str) -> bool:
    """Return whether a text holds what a masked one uses."""
    return any(char in text for char in (HIDDEN_MARK, ESCAPE_MARK, BORDER_MARK))


def hide_formula(text: str) -> str:
    """Hide the commands of LaTeX that set type, and the blanks; signs written as names stay."""
    return _TEX_COMMAND.sub(hide, text)


def print_formulas(text: str) -> str:
    r"""Return a text with its formulas of LaTeX as they print: `$3 0 \%$` is 30%."""
    if "$" not in text and "\\" not in text:
        return text
    signed = _TEX_SIGN.sub(lambda sign: _TEX_SIGNS[sign[1]], _MATH_SPAN.sub(_hide_formula, text))
    return _HIDDEN.sub("", _ESCAPED_MARK.sub(ESCAPE_MARK, signed))


def find_printed(masked: str, start: int = 0) -> Printed:
    """Return what prints of a masked text, which begins at `start` in the source."""
    spans: list[Span] = []
    text, blank, at = "", False, 0
    for match in _PRINTED_TEXT.finditer(masked):
        piece = match.group()
        bare = piece.strip()
        blank = blank or bool(_AT_BORDER.search(masked, at, match.start())) or piece[0].isspace()
        at = match.end()
        if not bare:
            continue
        begin = start + match.start() + len(piece) - len(piece.lstrip())
        text += (" " if spans and blank else "") + bare
        spans.append(Span(begin, begin + len(bare)))
        blank = piece[-1].isspace()
    return Printed(text, tuple(spans))


def _hide_formula(match: re.Match[str]) -> str:
    kind = match.lastgroup or "inline"
    content = match.group(kind)
    if not _is_formula(content):
        return match.group()
    before, after = match.start(kind) - match.start(), match.end() - match.end(kind)
    return HIDDEN_MARK * before + hide_formula(content) + HIDDEN_MARK * after


def _is_formula(content: str) -> bool:
    """Return whether the text between two dollar signs is a formula, not two prices."""
    if "\\" in content:
        return True
    if _HAN_OR_MARK.search(content):
        return False
    bare = content.strip()
    return bool(_REAL_FORMULA.search(content)) or bare.isalpha() or len(bare) == 1


def _hide_footnote(match: re.Match[str]) -> str:
    name = match.group(1)
    return HIDDEN_MARK * 2 + name + HIDDEN_MARK * (len(match.group()) - 2 - len(name))


def _hide_links(text: str) -> str:
    """Hide the brackets and the address of each link, and keep its words."""
    openings: list[int] = []
    found: list[tuple[int, int]] = []
    for match in _LINK_BRACKETS.finditer(text):
        if match.group() == "[":
            openings.append(match.start())
        elif openings:
            opening = openings.pop()
            if match.end() - match.start() > 1:
                found += [(opening, opening + 1), match.span()]
    return _hide_spans(text, found)


def _hide_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Hide ranges that do not overlap."""
    parts, at = [], 0
    for start, end in sorted(spans):
        parts += [text[at:start], HIDDEN_MARK * (end - start)]
        at = end
    return "".join([*parts, text[at:]]) if parts else text


def _hide_ticks(match: re.Match[str]) -> str:
    ticks = len(match.group(1))
    return HIDDEN_MARK * ticks + match.group(2) + HIDDEN_MARK * ticks


def _hide_emphasis(text: str) -> str:
    """Hide pairs of `*`, `**`, `_`, `__`, `~~` around a part of a text.

    CommonMark's rule of flanking, but an opening bracket or quotation mark may follow the first
    and a closing one or the end of a sentence may precede the second: Chinese sets no blanks there.
    """
    found: list[tuple[int, int]] = []
    opened: dict[str, re.Match[str]] = {}
    for marks in _EMPHASIS_MARKS.finditer(text):
        before = text[marks.start() - 1 : marks.start()]
        after = text[marks.end() : marks.end() + 1]
        mark = marks.group()
        if mark in opened and _closes(mark, before, after):
            found += [opened.pop(mark).span(), marks.span()]
        elif _opens(mark, before, after):
            opened[mark] = marks
    return _hide_spans(text, found)


def _opens(mark: str, before: str, after: str) -> bool:
    if not after or after.isspace() or (before.isdigit() and after.isdigit()):
        return False
    if mark[0] == "_" and (before.isalnum() or before == "_"):
        return False
    return (
        _is_border(before)
        or category(after) in _OPENING_CATEGORIES
        or after in "\"'"
        or after.isalnum()
    )


def _closes(mark: str, before: str, after: str) -> bool:
    if not before or before.isspace() or (before.isdigit() and after.isdigit()):
        return False
    if mark[0] == "_" and (after.isalnum() or after == "_"):
        return False
    return _is_border(after) or category(before) in _CLOSING_CATEGORIES or before.isalnum()


def _is_border(char: str) -> bool:
    return (
        not char
        or char.isspace()
        or char in (HIDDEN_MARK, BORDER_MARK)
        or category(char)[0] in "PS"
    )
