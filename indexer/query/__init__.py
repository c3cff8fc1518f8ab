"""Parse the text of a query into a frozen tree with notes; any text can be parsed.

Words side by side are all wanted; `OR` `|` 或, `NOT` `-` 非, `AND` 与, brackets, quotes,
fields (`城市:嘉兴`), nearness (`"衢州 乌什"~10`, `~句`, `~段`, in this order with `~>`), what may
not be beside it (`[!创]新和`, `舍利[!弗|子]`), `*` and `?` inside a word. What cannot be an
operator is taken literally and said so in the notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from indexer.analysis import drop_hidden, fold
from indexer.errors import TooLong
from indexer.messages import message
from indexer.model import HEAD_FIELDS, And, Contains, Keyword, LookAround, Not, Or, Span, Wildcard
from indexer.query.date_ranges import read_dates
from indexer.query.lexer import OPERAND_SIGNS, Scan, Sign, Token, literal_note
from indexer.query.literal_spans import Substring as Substring
from indexer.query.literal_spans import is_plain as is_plain
from indexer.query.literal_spans import wanted_substrings as wanted_substrings
from indexer.query.tree import KIND_NAMES as KIND_NAMES
from indexer.query.tree import Note as Note
from indexer.query.tree import Proximity as Proximity
from indexer.query.tree import Query as Query
from indexer.query.tree import QueryNode as QueryNode
from indexer.query.tree import Quote as Quote
from indexer.query.tree import Reach as Reach
from indexer.query.tree import Words as Words
from indexer.query.tree import all_wanted as all_wanted
from indexer.query.tree import normal_text as normal_text
from indexer.query.tree import wanted_leaves as wanted_leaves
from indexer.settings import Settings

MAX_WILDCARDS = 4
"""Stars in one query. Four common patterns joined by OR, with 200 hits shown, take 0.25 s of CPU
over 10,700 paragraphs, six 0.45 s; the time budget would stop a query only after 5 s."""

MAX_NEAR_WORDS = 5
"""Words near each other; ten of the commonest took 0.8 s over 9,240 paragraphs, five 0.3 s."""

MAX_NEAR_DISTANCE = 10_000
"""No paragraph is longer in characters, so a greater distance says nothing more."""

_REACHES_BY_NAME = {
    **dict.fromkeys(("句", "s", "sentence"), Reach.SENTENCE),
    **dict.fromkeys(("段", "p", "paragraph"), Reach.PARAGRAPH),
}
_NARROW_WILDCARDS = {ord("＊"): "*", ord("？"): "?"}


def parse(text: str, settings: Settings | None = None) -> Query:
    """Read a query.

    Raises `TooLong` for one beyond the limits of the settings, and nothing else.
    """
    settings = settings or Settings()
    return parse_within(text, settings.max_query, settings.max_terms, settings.max_depth)


@lru_cache(maxsize=256)
def parse_within(text: str, max_chars: int, max_terms: int, max_depth: int) -> Query:
    """Read a query; one page needs it for its hits, its form, its description and suggestions."""
    text = drop_hidden(text).strip()
    _check(len(text), max_chars, "characters")
    if not normal_text(text):
        return Query("")
    scan = Scan(text)
    tokens = scan.tokens()
    if len(tokens) > max_terms and all(token.sign is Sign.TEXT for token in tokens):
        tokens = [Token(Sign.TEXT, text, text)]  # a passage that was pasted
    _check(sum(token.sign in OPERAND_SIGNS for token in tokens), max_terms, "terms")
    parser = _Parser(tokens, scan.notes, max_depth)
    node = parser.either() if tokens else None
    stars = sum(
        leaf.pattern.count("*") for leaf in wanted_leaves(node) if isinstance(leaf, Wildcard)
    )
    _check(stars, MAX_WILDCARDS, "wildcards")
    return Query(text, node, tuple(dict.fromkeys(scan.notes)))


def _check(actual: int, limit: int, unit: str) -> None:
    if actual > limit:
        raise TooLong(actual=actual, limit=limit, unit=message(f"unit.{unit}"))


@dataclass(slots=True)
class _Parser:
    """Reads tokens by recursive descent; only brackets make it go deeper."""

    tokens: list[Token]
    notes: list[Note]
    max_depth: int
    position: int = 0
    depth: int = field(default=0)

    def either(self) -> QueryNode:
        """Read alternatives."""
        nodes = [self.both()]
        while self._take(Sign.OR):
            nodes.append(self.both())
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def both(self) -> QueryNode:
        """Read operands that are side by side."""
        nodes = [self.single()]
        while self._peek() not in (None, Sign.OR, Sign.CLOSE):
            self._take(Sign.AND)
            nodes.append(self.single())
        flat = [inner for node in nodes for inner in all_wanted(node)]
        return flat[0] if len(flat) == 1 else And(tuple(flat))

    def single(self) -> QueryNode:
        """Read an operand, with what negates it."""
        negated = False
        while self._take(Sign.NOT):
            negated = not negated
        start = self.position
        node = self._bracket() if self._peek() is Sign.OPEN else self._leaf()
        if not negated:
            return node
        self.notes.append(_excluded_note(self.tokens[start : self.position]))
        return Not(node)

    def _bracket(self) -> QueryNode:
        self._take(Sign.OPEN)
        self.depth += 1
        _check(self.depth, self.max_depth, "levels_of_brackets")
        node = self.either()
        self._take(Sign.CLOSE)
        self.depth -= 1
        return node

    def _leaf(self) -> QueryNode:
        token = self.tokens[self.position]
        self.position += 1
        if token.sign is Sign.QUOTE:
            return _read_quote(token)
        if token.sign is Sign.LOOK_AROUND:
            return _read_look_around(token)
        if token.sign is Sign.FIELD:
            node = (
                _FIELD_READERS[token.extra](token)
                if token.extra in _FIELD_READERS
                else _read_tag(token)
            )
            if node is not None:
                return node
            self.notes.append(literal_note(token.printed))
            return Words(token.printed, Span(token.start, token.start + len(token.printed)))
        return _read_text(token)

    def _peek(self) -> Sign | None:
        return self.tokens[self.position].sign if self.position < len(self.tokens) else None

    def _take(self, sign: Sign) -> bool:
        taken = self._peek() is sign
        self.position += taken
        return taken


# ---------------------------------------------------------------- leaves


def _read_text(token: Token) -> QueryNode:
    """Read text; a `*` or `?` is a wildcard only between characters."""
    inside = token.text.translate(_NARROW_WILDCARDS).strip("*?")
    if "*" in inside or "?" in inside:
        return Wildcard(inside)
    text = token.text.strip("*＊") or token.text  # stars at the ends add nothing
    return Words(text, replace(token, text=text).span)


def _read_quote(token: Token) -> QueryNode:
    texts = tuple(token.text.split())
    if not token.extra or len(texts) < 2:
        return Quote(token.text, token.glued, token.span)
    _check(len(texts), MAX_NEAR_WORDS, "words_near_each_other")
    if token.extra.isdigit():
        distance = min(int(token.extra[:6]), MAX_NEAR_DISTANCE)
        return Proximity(texts, distance=distance, ordered=token.ordered, span=token.span)
    reach = _REACHES_BY_NAME.get(token.extra)
    if reach is None:
        return Quote(token.text, span=token.span)
    return Proximity(texts, reach=reach, ordered=token.ordered, span=token.span)


def _read_look_around(token: Token) -> QueryNode:
    before, after = (
        tuple(dict.fromkeys(filter(None, re.split(r"[|,、]", text))))
        for text in (token.not_before, token.not_after)
    )
    return LookAround(token.text, before, after)


def _read_tag(token: Token) -> QueryNode:
    values = [value for value in re.split(r"[,，、]", token.text) if value]
    nodes = tuple(Keyword(token.extra, value) for value in values or [token.text])
    return nodes[0] if len(nodes) == 1 else Or(nodes)


def _read_kind(token: Token) -> QueryNode | None:
    kinds = [KIND_NAMES.get(fold(name)) for name in re.split(r"[,，、]", token.text) if name]
    if not kinds or None in kinds:
        return None
    nodes = tuple(Keyword("kind", kind) for kind in kinds if kind)
    return nodes[0] if len(nodes) == 1 else Or(nodes)


def _excluded_note(tokens: list[Token]) -> Note:
    """Return the note on what is excluded: a dash or 非 may be typed without meaning it."""
    printed = " ".join(token.printed for token in tokens)
    return Note("excluded", message("note.excluded", text=printed))


_FIELD_READERS: dict[str, Callable[[Token], QueryNode | None]] = {
    **dict.fromkeys(HEAD_FIELDS, lambda token: Contains(token.extra, token.text)),
    "kind": _read_kind,
    "date": lambda token: read_dates(token.text),
}
