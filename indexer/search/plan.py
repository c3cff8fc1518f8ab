"""A query in, what an engine is asked out: strictly first, by the words when that finds nothing.

Strictly, every run must stand in the paragraph as it was typed (or under an alias). By the words,
a paragraph must hold most of the words of the runs, those with all of them first. Quotes, fields,
negations and nearness stay as strict as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

from indexer.analysis import Analyzer, fold, pairs
from indexer.engines.base import solid
from indexer.model import (
    And,
    Contains,
    Dates,
    Every,
    Keyword,
    Literal,
    Near,
    Node,
    Not,
    Or,
    Term,
    Weighted,
    Wildcard,
)
from indexer.query import (
    AllOf,
    AnyOf,
    Close,
    Dated,
    Head,
    Note,
    Pattern,
    Query,
    QueryNode,
    Quote,
    Reach,
    Tag,
    Without,
    Words,
    wanted_leaves,
)
from indexer.search.wordlists import Aliases, expand, function_words, question_words

MOST = 0.4
"""The part of the words that a paragraph must hold once a run is answered by its words."""

WEIGHTS = {"words": 0.75, "pairs": 0.5, "chars": 0.75}
"""Measured on question sets in both scripts, see `tests/benchmarks/relevance.py`."""

HEAD_WEIGHT = 0.3
"""What a word in the title or the section heading counts for the paragraphs below."""

EDGE = ",。、;:!?.…~\"'·-—"
"""Folded punctuation that people type around a word and do not look for."""

Resolve = Callable[[Tag], Node]
"""Says which documents carry a value that a reader gave by any of its names."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One way to ask: who matches, who stands first, what is marked."""

    match: Node
    tiers: tuple[Node, ...] = ()
    marks: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query is asked, and what is said about it."""

    strict: Stage
    relaxed: Stage | None = None
    scores: tuple[Weighted, ...] = ()
    whole: tuple[Literal, ...] = ()  # the text as typed: where it stands, only it is marked
    runs: tuple[str, ...] = ()  # the runs that can be relaxed
    units: tuple[str, ...] = ()  # the words they are answered by
    notes: tuple[Note, ...] = ()


def make_plan(
    query: Query,
    analyzer: Analyzer,
    *,
    aliases: Aliases = (),
    exact: bool = False,
    resolve: Resolve | None = None,
) -> Plan:
    """Plan how a query is asked; `exact` switches aliases and relaxation off."""
    if query.node is None:
        return Plan(Stage(Every()), notes=query.notes)
    planner = _Planner(analyzer, () if exact else aliases, exact, resolve or _as_given)
    return planner.plan(query)


def _as_given(tag: Tag) -> Node:
    return Keyword(tag.facet, tag.value)


@dataclass(slots=True)
class _Planner:
    analyzer: Analyzer
    aliases: Aliases
    exact: bool
    resolve: Resolve
    notes: dict[str, Note] = field(default_factory=dict)

    def plan(self, query: Query) -> Plan:
        node = query.node
        assert node is not None  # noqa: S101 - the caller browses instead
        whole = _whole(query)
        tree = self.strict(node)
        literal = _Planner(self.analyzer, (), True, self.resolve).strict(node)
        units = self.units(node)
        runs = tuple(_runs(node))
        strict = Stage(
            match=_any((*whole, tree)),
            tiers=_tiers(_any((*whole, *_joined(node))), literal, tree),
            marks=(tree,),
        )
        return Plan(
            strict=strict,
            relaxed=None if self.exact or not runs else self.relaxed(node, units),
            scores=tuple(self.scores(node)),
            whole=whole,
            runs=runs,
            units=tuple(units),
            notes=(*query.notes, *self.notes.values()),
        )

    # ------------------------------------------------------------ strictly

    def strict(self, node: QueryNode) -> Node:
        """Every run as it was typed."""
        match node:
            case AllOf(nodes=nodes):
                return And(tuple(map(self.strict, nodes)))
            case AnyOf(nodes=nodes):
                return Or(tuple(map(self.strict, nodes)))
            case Without(node=child):
                return Not(self.strict(child))
            case Words():
                return self._words(node)
        return self._leaf(node)

    def _leaf(self, node: QueryNode) -> Node:
        match node:
            case Quote(text=text):
                return Literal(fold(text))
            case Pattern(text=text):
                return Wildcard(fold(text))
            case Head(field=name, text=text):
                return Contains(name, fold(text))
            case Dated(first=first, last=last):
                return Dates(first, last)
            case Tag():
                return self.resolve(node)
            case Close():
                return _near(node)
        raise TypeError(node)

    def _words(self, words: Words) -> Node:
        run = words.folded
        others = []
        for written, typed, other in expand(run, self.aliases):
            others.append(Literal(written))
            self.notes[other] = _alias_note(typed, other)
        if self.exact:
            return Literal(run)
        return _any((Literal(trim(run)), *others))

    # ------------------------------------------------------------ by the words

    def units(self, node: QueryNode) -> list[str]:
        """List the words that the runs are answered by, each once."""
        found: dict[str, None] = {}
        for leaf in wanted_leaves(node):
            if isinstance(leaf, Words | Pattern):
                found.update(dict.fromkeys(self._units(fold(leaf.text))))
        units = list(found)
        telling = [unit for unit in units if unit not in function_words()]
        return telling or units

    def _units(self, run: str) -> Iterator[str]:
        """Yield longer words, and each run of single characters as its pairs."""
        single = ""
        for word in (*self.content(run), ""):
            if len(word) == 1 and word not in function_words():
                single += word
                continue
            yield from pairs(single) if len(single) > 1 else filter(None, [single])
            single = ""
            if word:
                yield word

    def content(self, run: str) -> list[str]:
        """Cut a run into words, without those that ask (unless it has no others)."""
        words = self.analyzer.words(run)
        kept = [word for word in words if word not in question_words()]
        return kept or list(words)

    def relaxed(self, node: QueryNode, units: Sequence[str]) -> Stage | None:
        """Most of the words, and everything else as strictly as before."""
        hard = self._hard(node)
        if hard is None or not units or (len(units) == 1 and [*units] == _runs(node)):
            return None
        soft = tuple(_holds(unit) for unit in units)
        least = max(1, ceil(MOST * len(soft)))
        every = And((*hard, *soft))
        return Stage(
            match=And((*hard, Or(soft, at_least=least))) if hard else Or(soft, at_least=least),
            tiers=(every,),
            marks=tuple(Literal(unit) for unit in units),
        )

    def _hard(self, node: QueryNode) -> tuple[Node, ...] | None:
        """Collect what is not relaxed; `None` when nothing can be."""
        nodes = node.nodes if isinstance(node, AllOf) else (node,)
        soft = [child for child in nodes if isinstance(child, Words | Pattern)]
        if not soft:
            return None
        return tuple(self.strict(child) for child in nodes if child not in soft)

    # ------------------------------------------------------------ scores

    def scores(self, node: QueryNode) -> Iterator[Weighted]:
        """Weigh the words, pairs and characters of everything that is wanted."""
        found: dict[Weighted, None] = {}
        for run in _texts(node):
            found.update(dict.fromkeys(self._weighted(run)))
        return iter(found)

    def _weighted(self, run: str) -> Iterator[Weighted]:
        words = self.content(run)
        for word in words:
            yield Weighted("words", word, WEIGHTS["words"])
            if len(word) > 1:
                yield Weighted("head", word, HEAD_WEIGHT)
        for stretch in _stretches(run, words):
            for pair in pairs(stretch):
                if solid(pair[0]) and solid(pair[1]):
                    yield Weighted("pairs", pair, WEIGHTS["pairs"])
            for char in filter(solid, stretch):
                yield Weighted("chars", char, WEIGHTS["chars"])


def trim(run: str) -> str:
    """Leave out the punctuation around a folded run, unless there is nothing else."""
    return run.strip(EDGE) or run


def _whole(query: Query) -> tuple[Literal, ...]:
    """Return the text as typed, which is always looked for; a quote stands for its inside."""
    return () if isinstance(query.node, Quote | Close) else (Literal(query.folded),)


def _joined(node: QueryNode) -> tuple[Literal, ...]:
    """Return the runs typed apart as they are printed together."""
    if isinstance(node, AllOf) and all(isinstance(child, Words) for child in node.nodes):
        return (
            Literal("".join(fold(child.text) for child in node.nodes if isinstance(child, Words))),
        )
    return ()


def _any(nodes: Sequence[Node]) -> Node:
    """Any of the nodes, each named once."""
    nodes = tuple(dict.fromkeys(nodes))
    return nodes[0] if len(nodes) == 1 else Or(nodes)


def _tiers(*nodes: Node) -> tuple[Node, ...]:
    """Tiers that differ; the last one, which all matches reach, says nothing."""
    return tuple(dict.fromkeys(nodes))[:-1]


def _near(node: Close) -> Node:
    texts = [fold(text) for text in node.texts]
    if node.reach is Reach.PARAGRAPH:
        return And(tuple(map(Literal, texts)))
    sentence = node.reach is Reach.SENTENCE
    nodes = [Near(one, two, node.distance, sentence) for one, two in pairwise(texts)]
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def _holds(unit: str) -> Node:
    """Documents that hold a word, however they were cut: through its pairs, in text or head."""
    if len(unit) < 3:
        name = "chars" if len(unit) == 1 else "pairs"
        return Or((Term(name, unit), Term("head", unit)))
    return Or(
        (And(tuple(Term("pairs", pair) for pair in dict.fromkeys(pairs(unit)))), Term("head", unit))
    )


def _runs(node: QueryNode) -> list[str]:
    return [trim(leaf.folded) for leaf in wanted_leaves(node) if isinstance(leaf, Words)]


def _texts(node: QueryNode) -> Iterator[str]:
    for leaf in wanted_leaves(node):
        match leaf:
            case Words(text=text) | Quote(text=text) | Pattern(text=text):
                yield fold(text)
            case Close(texts=texts):
                yield from map(fold, texts)


def _stretches(run: str, words: Iterable[str]) -> Iterator[str]:
    """Yield the longest parts of a run that consist of the words, in order."""
    stretch, place = "", 0
    for word in words:
        at = run.find(word, place)
        if at > place and stretch:
            yield stretch
            stretch = ""
        stretch += word
        place = at + len(word)
    if stretch:
        yield stretch


def _alias_note(typed: str, other: str) -> Note:
    return Note(
        "alias", f"“{other}” was looked for as well as “{typed}”.", f"“{typed}”也按“{other}”检索。"
    )
