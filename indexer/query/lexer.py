"""Split the text of a query into tokens: words, quotes, fields, brackets and operators.

What cannot be an operator where it is typed is read as text, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from indexer.analysis import fold
from indexer.analysis.numerals import PHONE_NUMBER
from indexer.messages import message
from indexer.model import FACETS, Span
from indexer.query.tree import Note

MIN_SPACED = 3
"""Single characters with blanks between them that are taken for one substring, as OCR and
letter-spacing set them; with an operator such as 或 among them one more is wanted."""

CLOSING_QUOTES = {'"': '"', "＂": "＂", "“": "”", "「": "」", "『": "』"}
CLOSING_BRACKETS = {"(": ")", "（": "）"}

FIELD_NAMES_IN_QUERY = {
    **dict.fromkeys(("标题", "title"), "title"),
    **dict.fromkeys(("小标题", "heading"), "heading"),
    **dict.fromkeys(("日期", "date"), "date"),
    **{name: spec.name for spec in FACETS.values() for name in spec.query_names},
}
"""Fields by their Chinese and English names."""


class Sign(Enum):
    """What a token is."""

    TEXT = auto()
    QUOTE = auto()
    FIELD = auto()
    LOOK_AROUND = auto()
    OPEN = auto()
    CLOSE = auto()
    OR = auto()
    AND = auto()
    NOT = auto()


OPERAND_SIGNS = (Sign.TEXT, Sign.QUOTE, Sign.FIELD, Sign.LOOK_AROUND)

_OPERATOR_WORDS = {
    "OR": Sign.OR,
    "或": Sign.OR,
    "AND": Sign.AND,
    "与": Sign.AND,
    "與": Sign.AND,
    "&&": Sign.AND,
    "NOT": Sign.NOT,
    "非": Sign.NOT,
}
_SPACED_CHARACTER = r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff，。、；：！？]"
_SPACED_FIGURE = rf"(?!AND\s|OR\s|NOT\s)[A-Za-z0-9.%]+(?=\s+{_SPACED_CHARACTER}(?!\S))"
_SPACED_SUBSTRING = re.compile(
    rf"{_SPACED_CHARACTER}(?:\s+(?:{_SPACED_CHARACTER}|{_SPACED_FIGURE}))*\s+{_SPACED_CHARACTER}(?!\S)"
)
_SPACED_NUMBER = re.compile(rf"(?:{PHONE_NUMBER}|(?:gb|[A-Z]{{2}})/?[Tt] \d{{2,5}}(?:-\d+)?)(?!\S)")
"""Match a phone number or the number of a standard (GB/T 7714) as one token, spaces included."""

_NARROW_LETTERS = {ord(wide): narrow for wide, narrow in zip("ＡＤＮＯＲＴ", "ADNORT", strict=True)}
_LATIN_OPERATOR = re.compile(r"(?<![A-Za-z0-9_])(AND|OR|NOT)(?![A-Za-z0-9_])")
_OR_MARK = re.compile(r"[|｜]{1,2}")
_FIELD_PREFIX = re.compile(
    rf"({'|'.join(sorted(FIELD_NAMES_IN_QUERY, key=len, reverse=True))}):\s*(?=\S)"
)
_NEAR_OPERATOR = re.compile(r"~>?(\d+|[A-Za-z]+|句|段)")
_LOOK_AROUND = re.compile(r"\[!([^\s\[\]]+)\]")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; `text` is its content, `printed` all of it as typed."""

    sign: Sign
    text: str
    printed: str
    extra: str = ""  # the name of a field, or what follows the ~ of a quote
    glued: bool = False  # a quote with text directly beside it
    start: int = 0  # where it was printed in the query
    ordered: bool = False  # a quote whose words are wanted in their order
    not_before: str = ""  # text that must not come before, alternatives separated by marks
    not_after: str = ""

    @property
    def span(self) -> Span:
        """The span of its text in the query, all of it as typed where the text was changed."""
        inside = self.printed.find(self.text)
        if inside < 0 or self.sign is Sign.FIELD:
            return Span(self.start, self.start + len(self.printed))
        return Span(self.start + inside, self.start + inside + len(self.text))


@dataclass(slots=True)
class Scan:
    """One pass over a query."""

    text: str
    notes: list[Note] = field(default_factory=list)
    folded: str = field(init=False)
    brackets: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        plain = "".join(self.text.split()).isalnum()  # every operator but the words is a mark
        self.folded = self.text if plain else fold(self.text)
        self.brackets = dict(_match_brackets(self.text))

    def tokens(self) -> list[Token]:
        """Cut the text into tokens, operators only where they have something to work on."""
        found: list[Token] = []
        position = 0
        while position < len(self.text):
            if self.text[position].isspace():
                position += 1
                continue
            token = self._token(position)
            glued = self._glued(token, position, found)
            found.append(replace(token, glued=glued, start=position))
            position += len(token.printed)
        return _settle([piece for token in found for piece in self._split(token)], self.notes)

    def _glued(self, token: Token, position: int, before: list[Token]) -> bool:
        if token.sign is not Sign.QUOTE or token.extra:
            return False
        after = self.text[position + len(token.printed) :][:1]
        follows = bool(after) and self._token(position + len(token.printed)).sign is Sign.TEXT
        leads = (
            position > 0 and not self.text[position - 1].isspace() and before[-1].sign is Sign.TEXT
        )
        return leads or (follows and not after.isspace())

    def _token(self, position: int) -> Token:
        char = self.text[position]
        if position in self.brackets:
            return Token(Sign.OPEN if char in CLOSING_BRACKETS else Sign.CLOSE, char, char)
        if found := _OR_MARK.match(self.text, position):
            return Token(Sign.OR, found[0], found[0])
        if char in "-－" and self._starts(position) and not self._is_minus(position):
            return Token(Sign.NOT, char, char)
        operand = self._look_around(position) or self._quote(position) or self._field(position)
        return operand or self._spaced(position) or self._text(position)

    def _is_minus(self, position: int) -> bool:
        """Return whether a `-` is no operator: between blanks, or the sign of a figure (-5℃)."""
        after = self.text[position + 1 : position + 2]
        return not after or after.isspace() or after.isdigit()

    def _spaced(self, position: int) -> Token | None:
        """Take a number, or single characters with blanks between them, for one substring."""
        if not self._starts(position):
            return None
        if number := _SPACED_NUMBER.match(self.text, position):
            return Token(Sign.TEXT, number[0], number[0])
        found = _SPACED_SUBSTRING.match(self.text, position)
        if found is None:
            return None
        singles = re.findall(_SPACED_CHARACTER, found[0])
        operators = sum(single in _OPERATOR_WORDS for single in singles)
        if len(singles) - operators < MIN_SPACED + bool(operators):
            return None
        return Token(Sign.TEXT, found[0], found[0])

    def _starts(self, position: int) -> bool:
        """Return whether a token may begin here: after a blank or an opening bracket."""
        before = position - 1
        return (
            position == 0
            or self.text[before].isspace()
            or (before in self.brackets and self.text[before] in CLOSING_BRACKETS)
        )

    def _quote(self, position: int) -> Token | None:
        end = _closing(self.text, position)
        if end is None:
            return None
        inside = self.text[position + 1 : end].strip()
        near = _NEAR_OPERATOR.match(self.folded, end + 1)
        stop = near.end() if near else end + 1
        return Token(
            Sign.QUOTE,
            inside,
            self.text[position:stop],
            extra=near[1].lower() if near else "",
            ordered=bool(near) and self.folded[end + 2] == ">",
        )

    def _look_around(self, position: int) -> Token | None:
        """Read text or a quote with `[!…]` before or after it, or both."""
        if "[!" not in self.folded:
            return None
        before = _LOOK_AROUND.match(self.folded, position)
        start = before.end() if before else position
        if start == len(self.text) or (before and self._stops(start) and not self._opens(start)):
            return None
        operand = self._quote(start) or self._text(start)
        after = _LOOK_AROUND.match(self.folded, start + len(operand.printed))
        if operand.extra or not (before or after):
            return None
        stop = after.end() if after else start + len(operand.printed)
        return Token(
            Sign.LOOK_AROUND,
            operand.text,
            self.text[position:stop],
            not_before=before[1] if before else "",
            not_after=after[1] if after else "",
        )

    def _opens(self, position: int) -> bool:
        return _closing(self.text, position) is not None

    def _field(self, position: int) -> Token | None:
        if position and self.text[position - 1].isalnum():
            return None
        name = _FIELD_PREFIX.match(self.folded, position)
        if name is None or name.end() in self.brackets:
            return None
        value = self._quote(name.end()) or self._value(name.end())
        if not value.text:
            return None
        printed = self.text[position : name.end()] + value.printed
        return Token(Sign.FIELD, value.text, printed, extra=FIELD_NAMES_IN_QUERY[name.group(1)])

    def _value(self, position: int) -> Token:
        """Take a field's value, with a bracket that belongs to it: 朝阳（北京）."""
        value = self._text(position)
        end = position + len(value.printed)
        close = self.brackets.get(end, 0)
        if close < end or re.search(r"[\s|｜]", self.text[end:close]):
            return value
        whole = self.text[position : close + 1]
        return Token(Sign.TEXT, whole, whole)

    def _text(self, position: int) -> Token:
        end = position + 1
        while end < len(self.text) and not self._stops(end):
            end += 1
        return Token(Sign.TEXT, self.text[position:end], self.text[position:end])

    def _stops(self, position: int) -> bool:
        char = self.text[position]
        return (
            char.isspace()
            or char in "|｜"
            or position in self.brackets
            or self._opens(position)
            or _LOOK_AROUND.match(self.folded, position) is not None
        )

    def _split(self, token: Token) -> Iterator[Token]:
        """Find operators glued to Chinese: 援疆NOT医疗."""
        if token.sign is not Sign.TEXT:
            yield token
            return
        narrow, at = token.text.translate(_NARROW_LETTERS), token.start
        if narrow in _OPERATOR_WORDS:
            yield replace(token, sign=_OPERATOR_WORDS[narrow])
            return
        start = 0
        for found in (*_LATIN_OPERATOR.finditer(narrow), None):
            end = found.start() if found else len(narrow)
            if substring := token.text[start:end]:
                yield Token(Sign.TEXT, substring, substring, start=at + start)
            if found:
                start, printed = found.end(), token.text[slice(*found.span())]
                yield Token(_OPERATOR_WORDS[found[0]], printed, printed, start=at + found.start())


def _closing(text: str, position: int) -> int | None:
    """Find where the quote that opens here ends; an empty or open one is no quote."""
    closer = CLOSING_QUOTES.get(text[position])
    if closer is None:
        return None
    end = text.find(closer, position + 1)
    return end if end > position and text[position + 1 : end].strip() else None


def _match_brackets(text: str) -> Iterator[tuple[int, int]]:
    """Pair the brackets that are outside quotes and not empty."""
    opened: list[int] = []
    position = 0
    while position < len(text):
        end = _closing(text, position)
        if end is not None:
            position = end + 1
            continue
        if text[position] in CLOSING_BRACKETS:
            opened.append(position)
        elif text[position] in CLOSING_BRACKETS.values() and opened:
            start = opened.pop()
            if text[start + 1 : position].strip(" ()（）\u3000"):
                yield start, position
                yield position, start
        position += 1


def _settle(tokens: list[Token], notes: list[Note]) -> list[Token]:
    """Turn operators that have nothing to work on into text."""
    settled: list[Token] = []
    for number, token in enumerate(tokens):
        if not _works(token, settled, tokens[number + 1 :]):
            notes.append(literal_note(token.printed))
            token = Token(Sign.TEXT, token.text, token.printed, start=token.start)
        settled.append(token)
    return settled


def _works(token: Token, before: list[Token], after: list[Token]) -> bool:
    if token.sign not in (Sign.OR, Sign.AND, Sign.NOT):
        return True
    follows = bool(after) and after[0].sign in (*OPERAND_SIGNS, Sign.OPEN)
    negated = bool(after) and after[0].sign is Sign.NOT and _works(after[0], [token], after[1:])
    if token.sign is Sign.NOT:
        return follows or negated
    leads = bool(before) and before[-1].sign in (*OPERAND_SIGNS, Sign.CLOSE)
    return leads and (follows or negated)


def literal_note(printed: str) -> Note:
    """Return the note that something which looks like an operator was taken literally."""
    return Note("taken_literally", message("note.taken_literally", text=printed))
