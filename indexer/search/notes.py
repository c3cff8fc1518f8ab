"""What is said about how a query was answered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from indexer.engines.base import Reader
from indexer.messages import message
from indexer.model import FACETS, Dates, Filter, Keyword, Literal, Matches, Request
from indexer.query import Note, QueryNode, wanted_leaves
from indexer.search.relax import Relaxed, Soft

MAX_WORDS_LISTED = 12
MAX_LISTED_RUN_CHARS = 40
"""Words that a note names, and characters of each run: it is one sentence, not a second page."""

MAX_RUNS_LOOKED_UP = 8
"""More runs than this are not looked up one by one to say which of them is not printed."""


def relaxed_notes(reader: Reader, soft: Soft, relaxed: Relaxed) -> Iterator[Note]:
    """Yield what is not printed as typed, by which words it is answered, and which are nowhere."""
    if relaxed.stage is not None:
        yield _answered_note(_missing(reader, soft.runs), relaxed.printed)
    if relaxed.missing:
        yield Note("missing", message("note.missing", words=_list(relaxed.missing)))


def following_note(total: int, relaxed: Relaxed) -> Note:
    """Return how many paragraphs hold all that was asked for, and what follows them."""
    return Note("following", message("note.following", count=total, words=_list(relaxed.printed)))


def _answered_note(missing: Sequence[str], printed: Sequence[str]) -> Note:
    words = _list(printed)
    if missing:
        return Note("relaxed", message("note.not_printed", runs=_list(missing), words=words))
    return Note("relaxed", message("note.relaxed", words=words))


def _list(names: Sequence[str]) -> tuple[str, ...]:
    told = [
        name if len(name) <= MAX_LISTED_RUN_CHARS else f"{name[:MAX_LISTED_RUN_CHARS]}…"
        for name in names[:MAX_WORDS_LISTED]
    ]
    return (*told, "…") if len(names) > MAX_WORDS_LISTED else tuple(told)


def _missing(reader: Reader, runs: tuple[str, ...]) -> list[str]:
    if len(runs) < 2 or len(runs) > MAX_RUNS_LOOKED_UP:
        return list(runs)[:MAX_RUNS_LOOKED_UP]
    return [run for run in runs if not reader.find(Request(Literal(run), size=0)).total]


METADATA_EXAMPLES = {
    "newspaper": 'newspaper = "浙江日报"',
    "year": 'date = "2023-10-27"',
    "edition": 'edition = "3"',
}
"""The facets that a page has from its metadata alone, each with a line of a side-car as example."""


def metadata_notes(
    node: QueryNode | None, filters: Sequence[Filter], values: Callable[[str], Collection[str]]
) -> Iterator[Note]:
    """Return notes on facets that were asked for and that no page has how pages are given them."""
    asked = {one.facet for one in filters}
    for leaf in wanted_leaves(node):
        asked |= {"year"} if isinstance(leaf, Dates) else set()
        asked |= {leaf.facet} if isinstance(leaf, Keyword) else set()
    for name, example in METADATA_EXAMPLES.items():
        if name in asked and not values(name):
            noun = FACETS[name].noun
            yield Note("no_metadata", message("note.no_metadata", facet=noun, example=example))


def partial_notes(matches: Matches) -> tuple[Note, ...]:
    """Return a note when part of a remote index was down."""
    down = matches.partial
    if not down:
        return ()
    return (Note("partial", message("note.partial", count=down)),)
