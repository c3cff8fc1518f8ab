"""Ask for runs across uncertain line ends as well, and lead what is found there to its lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from indexer.analysis import crossing_runs, find_crossed, normalize
from indexer.model import And, CrossedLines, Document, Literal, Node, Not, Or, Span
from indexer.search.plan import Plan
from indexer.snippets import merge_spans


def cross(node: Node) -> Node:
    """Let each run of a tree also match where it crosses the end of a line.

    Of several spellings of a run only the first does.
    """
    match node:
        case Literal(text=text):
            runs = crossing_runs(text)
            return Or((node, *map(Literal, runs))) if runs else node
        case And(nodes=nodes):
            return And(tuple(map(cross, nodes)))
        case Or(nodes=nodes):
            spelt = [one for one in nodes if isinstance(one, Literal)]
            return Or(tuple(one if one in spelt[1:] else cross(one) for one in nodes))
        case Not(node=child):
            return Not(cross(child))
    return node


def cross_lines(plan: Plan) -> Plan:
    """Let the runs of a plan match across line ends, and the query as typed, words and all."""
    whole = tuple(map(cross, plan.whole))
    strict = plan.strict
    stage = replace(
        strict,
        match=Or((*whole, cross(strict.match))) if whole else cross(strict.match),
        tiers=tuple((tier, cross(node)) for tier, node in strict.tiers),
        marks=(*whole, *map(cross, strict.marks)),
    )
    return replace(plan, strict=stage, whole=whole)


def to_printed(marks: Iterable[Span], document: Document) -> tuple[Span, ...]:
    """Map marks in the form in which a document is matched to its printed characters.

    Of a match across a line end the part that the document prints is marked.
    """
    normal = normalize(document.text)
    length = len(normal.text)
    spans = []
    for mark in marks:
        crossed = find_crossed(document.folded, length, mark)
        if crossed:
            end = length
            if mark.start >= length:
                end = len(normalize(document.text[: document.crossings[crossed.number].end]).text)
            mark = Span(end - crossed.chars, end)
        spans.append(normal.offsets.to_printed(mark) if normal.offsets else mark)
    return merge_spans(spans)


def crossed_lines(marks: Iterable[Span], document: Document) -> tuple[CrossedLines, ...]:
    """Return the lines on which the matches of a document go on that cross the end of its own."""
    if not document.crossings:
        return ()
    length = len(normalize(document.text).text)
    found = (find_crossed(document.folded, length, mark) for mark in marks)
    numbers = dict.fromkeys(crossed.number for crossed in found if crossed)
    return tuple(document.crossings[number] for number in numbers)
