"""Plan a query: the strict request to an engine, and that by words for when it finds nothing.

Strictly, the paragraph must contain every substring as it was typed (or under an alias). By the
words, a paragraph must hold enough of the words of the substrings. Quotes, fields, negations and
nearness stay as strict as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import pairwise, product
from typing import TypeGuard

from indexer.analysis import Analyzer, cut_forms
from indexer.messages import message
from indexer.model import (
    And,
    Contains,
    Dates,
    Every,
    Keyword,
    Literal,
    LookAround,
    Near,
    Node,
    Not,
    Or,
    Term,
    Weighted,
    Wildcard,
)
from indexer.query import (
    Note,
    Proximity,
    Query,
    QueryNode,
    Quote,
    Reach,
    Words,
    all_wanted,
    normal_text,
    wanted_leaves,
)
from indexer.query.spellings import Aliases, expand, other_ordinals, spellings
from indexer.search.query_terms import (
    Cut,
    make_pairs,
    make_scores,
    make_units,
    make_whole_words,
    marked_names,
    trim,
    years,
)


class Tier(StrEnum):
    """What the hits of a tier have in common; sentences `tier.NAME` of the catalogue."""

    TYPED = "typed"
    PARTS = "parts"
    ALL = "all"
    WORDS = "words"
    NAMES_AND_YEARS = "names_and_years"
    NAMES = "names"
    YEARS = "years"
    SOME = "some"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Stage:
    """What matches, in which order and why, and what is marked and counted in it.

    What matches none of the `tiers` is in the `last` one.
    """

    match: Node
    tiers: tuple[tuple[Tier, Node], ...] = ()
    last: Tier = Tier.TYPED
    marks: tuple[Node, ...] = ()
    counted: tuple[Node, ...] = ()  # whose occurrences statistics count

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes of the tiers, best first."""
        return tuple(node for _, node in self.tiers)

    @property
    def sure(self) -> Node:
        """What matches as it was read, also where an OCR engine was unsure."""
        return self.tiers[-1][1] if self.last is Tier.UNSURE else self.match

    def tier(self, number: int) -> Tier:
        """Return what the hits of a tier have in common."""
        return self.tiers[number][0] if number < len(self.tiers) else self.last


MIN_QUESTION_CHARS = 4
MIN_SENTENCE_CHARS = 12
"""Characters before a `?`, or of the whole pattern, that make it look like a sentence's mark."""

MAX_NEAR_SPELLINGS = 3
"""Spellings that a wildcard or a word near another is looked for in: three is every single one."""

_ANY_DISTANCE = 1 << 30  # characters: more than any paragraph has

Resolve = Callable[[Keyword], Node]
"""Finds the documents that carry a value that a reader gave by any of its names."""


@dataclass(frozen=True, slots=True)
class RelaxablePart:
    """The part of a query that can be answered by words, and the part that stays strict."""

    substrings: tuple[str, ...]
    units: tuple[str, ...]
    pairs: tuple[str, ...]
    required: tuple[Node, ...] = ()
    names: tuple[str, ...] = ()  # in marks: 《光学》
    years: tuple[str, ...] = ()

    @property
    def is_useful(self) -> bool:
        """Return whether the words ask for anything else than the substrings do."""
        return bool(self.units) and (len(self.units) > 1 or self.units != self.substrings)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query is asked, and what is said about it."""

    strict: Stage
    relaxable: RelaxablePart | None = None
    scores: tuple[Weighted, ...] = ()
    units: tuple[str, ...] = ()  # the words of all that is wanted
    whole: tuple[Node, ...] = ()  # the text as typed: where it is found, only it is marked
    notes: tuple[Note, ...] = ()
    gathers: bool = False  # near-duplicates are gathered: nothing is wanted to the letter
    plain_substrings: tuple[str, ...] = ()  # which match where an OCR engine was unsure, too


def make_plan(
    query: Query,
    analyzer: Analyzer,
    *,
    aliases: Aliases = (),
    exact: bool = False,
    resolve: Resolve | None = None,
) -> Plan:
    """Plan how a query is asked; `exact` switches aliases and relaxation off."""
    node = query.node
    if node is None:
        return Plan(Stage(Every()), notes=query.notes)
    cut = cache(analyzer.words)  # a substring is cut once, however often its words are asked for
    compiler = _Compiler(() if exact else aliases, exact, resolve or _as_given)
    substrings = tuple(_substrings(node))
    whole = _whole(query)
    quoted = (isinstance(leaf, Quote) and not leaf.glued for leaf in wanted_leaves(node))
    return Plan(
        strict=_strict(node, whole, compiler, make_whole_words(_side_by_side(node), cut)),
        relaxable=None if exact else _relaxable(node, compiler, cut),
        scores=make_scores(
            [
                other
                for substring in substrings
                for other in (substring, *other_ordinals(substring))
            ],
            cut,
        ),
        units=make_units(substrings, cut),
        whole=whole,
        notes=(*query.notes, *compiler.notes.values()),
        gathers=not exact and not any(quoted),
        plain_substrings=() if exact else tuple(_plain_substrings(node)),
    )


def _plain_substrings(node: QueryNode) -> Iterator[str]:
    """Yield the normalised substrings that are wanted and not quoted."""
    for leaf in wanted_leaves(node):
        if isinstance(leaf, Words):
            yield trim(leaf.folded)


def _as_given(tag: Keyword) -> Node:
    return Keyword(tag.facet, tag.value)


def _side_by_side(node: QueryNode) -> Iterator[str]:
    """Yield the normalised substrings and quotes that every matching paragraph contains."""
    for one in all_wanted(node):
        if isinstance(one, Words | Quote):
            yield normal_text(one.text)


def _strict(
    node: QueryNode, whole: tuple[Literal, ...], compiler: _Compiler, words: tuple[Term, ...]
) -> Stage:
    tree = literal = compiler.compile(node)
    if compiler.exact or compiler.notes:
        literal = _Compiler((), exact=False, resolve=compiler.resolve).compile(node)
    plain = _holds_all(whole, node)
    apart = plain and isinstance(node, And)  # words that happen to be printed joined gain nothing
    first = literal if apart or not whole else _any(whole)
    tiers: dict[Node, Tier] = {And((first, *words)): Tier.TYPED} if words else {}
    tiers.setdefault(first, Tier.PARTS if words else Tier.TYPED)
    tiers.setdefault(literal, Tier.TYPED)
    tiers.setdefault(tree, Tier.ALL)
    *better, (_, last) = tiers.items()
    counted = (tree,) if plain else (*whole, tree)
    rows = tuple((tier, node) for node, tier in better)
    return Stage(_any(counted), rows, last, marks=(tree,), counted=counted)


def _holds_all(whole: tuple[Literal, ...], node: QueryNode) -> bool:
    """Return whether the text as typed always matches the tree, which has nothing else."""
    nodes = all_wanted(node)
    substrings = [one.folded for one in nodes if isinstance(one, Words)]
    return len(substrings) == len(nodes) and all(
        trim(substring) in one.text for one in whole for substring in substrings
    )


def _relaxable(node: QueryNode, compiler: _Compiler, cut: Cut) -> RelaxablePart | None:
    """Separate what can be relaxed from what cannot: only text that is wanted beside other text."""
    nodes = all_wanted(node)
    substrings = tuple(
        substring for one in nodes if _is_relaxable(one) for substring in _substrings(one)
    )
    quoted = (normal_text(one.text) for one in nodes if isinstance(one, Quote) and one.glued)
    relaxable = RelaxablePart(
        substrings=tuple(map(trim, substrings)),
        units=make_units(substrings, cut),
        pairs=make_pairs(substrings, cut),
        required=tuple(compiler.compile(one) for one in nodes if not _is_relaxable(one)),
        names=(*quoted, *(name for substring in substrings for name in marked_names(substring))),
        years=tuple(year for substring in substrings for year in years(substring)),
    )
    return relaxable if relaxable.units else None


def _is_relaxable(node: QueryNode) -> TypeGuard[Words | Wildcard | Quote]:
    """Separate text, with the quotes and the `?` of a typed sentence, from what stays strict."""
    if isinstance(node, Quote):
        return node.glued
    if isinstance(node, Wildcard):
        mark = node.pattern.find("?")
        return "*" not in node.pattern and (
            mark >= MIN_QUESTION_CHARS or len(node.pattern) >= MIN_SENTENCE_CHARS
        )
    return isinstance(node, Words)


@dataclass(slots=True)
class _Compiler:
    """Turns a query's tree into an engine's, every substring as it was typed or under an alias."""

    aliases: Aliases
    exact: bool
    resolve: Resolve
    notes: dict[str, Note] = field(default_factory=dict)

    def compile(self, node: QueryNode) -> Node:
        """Compile a node and all below it."""
        match node:
            case And(nodes=nodes):
                return And(tuple(dict.fromkeys(map(self.compile, nodes))))
            case Or(nodes=nodes):
                return Or(tuple(dict.fromkeys(map(self.compile, nodes))))
            case Not(node=child):
                return Not(self.compile(child))
            case Words():
                return self._words(node)
            case Keyword():
                return self.resolve(node)
        return _leaf(node)

    def _words(self, words: Words) -> Node:
        if self.exact:
            return _printed(words.text)
        forms = cut_forms(words.text, words.folded)
        spelt = [Literal(trim(one)) for form in forms for one in spellings(form)]
        for written, typed, other in expand(words.folded, self.aliases):
            spelt.append(Literal(trim(written)))
            self.notes[other] = Note("alias", message("note.alias", typed=typed, other=other))
        return _any(spelt)


def _leaf(node: QueryNode) -> Node:
    match node:
        case Quote(text=text):
            return _printed(text)
        case LookAround(text=text):
            before, after = map(_normal_texts, (node.not_before, node.not_after))
            return _any([LookAround(one, before, after) for one in spellings(normal_text(text))])
        case Wildcard(pattern=text):
            return _any([Wildcard(one) for one in _some_spellings(text)])
        case Contains(field=name, text=text):
            return _any([Contains(name, one) for one in spellings(normal_text(text))])
        case Dates():
            return node
        case Proximity():
            return _near(node)
    raise TypeError(node)


def _normal_texts(texts: Sequence[str]) -> tuple[str, ...]:
    """Normalise what may not be beside text; what holds no visible character excludes nothing."""
    return tuple(filter(None, map(normal_text, texts)))


def _near(node: Proximity) -> Node:
    if node.reach is Reach.PARAGRAPH and not node.ordered:
        return And(tuple(map(_printed, node.texts)))
    sentence = node.reach is Reach.SENTENCE
    distance = _ANY_DISTANCE if node.reach is Reach.PARAGRAPH else node.distance
    neighbours = pairwise(map(_some_spellings, node.texts))
    nodes = dict.fromkeys(
        _any([Near(*pair, distance, sentence, node.ordered) for pair in product(*both)])
        for both in neighbours
    )
    return next(iter(nodes)) if len(nodes) == 1 else And(tuple(nodes))


def _printed(text: str) -> Node:
    """Look for a text in all of its spellings; one without a visible character is anywhere."""
    forms = filter(None, cut_forms(text, normal_text(text)))
    return _any([Literal(one) for form in forms for one in spellings(form)] or [Every()])


def _some_spellings(text: str) -> tuple[str, ...]:
    """Return a few spellings of a text where each costs more than a look-up."""
    return spellings(normal_text(text))[:MAX_NEAR_SPELLINGS]


def _whole(query: Query) -> tuple[Literal, ...]:
    """Return the text as typed, which is always looked for; a quote means its inside."""
    return (
        () if isinstance(query.node, Quote | Proximity | LookAround) else (Literal(query.folded),)
    )


def _any(nodes: Sequence[Node]) -> Node:
    """Any of the nodes, each named once."""
    nodes = tuple(dict.fromkeys(nodes))
    return nodes[0] if len(nodes) == 1 else Or(nodes)


def _substrings(node: QueryNode) -> Iterator[str]:
    """Yield the folded substrings of everything that is wanted in the text."""
    for leaf in wanted_leaves(node):
        match leaf:
            case (
                Words(text=text) | Quote(text=text) | Wildcard(pattern=text) | LookAround(text=text)
            ):
                yield normal_text(text)
            case Proximity(texts=texts):
                yield from map(normal_text, texts)
