"""Match the runs of a query where an OCR engine was unsure and may have misread a character.

Such matches come last, in a tier of their own. A quoted run matches only as it was read, and
statistics count only what was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from indexer.analysis import reread_runs
from indexer.model import And, Literal, Node, Or, Term
from indexer.search.plan import Plan, Tier
from indexer.search.query_terms import DocumentCounts


def add_unsure_readings(plan: Plan, counts: DocumentCounts) -> Plan:
    """Add to a plan what its runs may be where the engine was unsure, if any is indexed."""
    forms = {run: tuple(_find_forms(run, counts)) for run in plan.plain_runs}
    forms = {run: found for run, found in forms.items() if found}
    if not forms:
        return plan
    stage = plan.strict
    marks = (one.nodes[0] for found in forms.values() for one in found)
    wider = replace(
        stage,
        match=Or((stage.match, _reread(stage.match, forms))),
        tiers=(*stage.tiers, (stage.last, stage.match)),
        last=Tier.UNSURE,
        marks=(*stage.marks, *marks),
    )
    return replace(plan, strict=wider)


def _find_forms(run: str, counts: DocumentCounts) -> list[And[Node]]:
    """Return the forms of a run whose pairs at the mark the index has."""
    forms = list(reread_runs(run))
    held = counts.of([Term("pairs", pair) for form in forms for pair in form.pairs])
    return [
        And(tuple(map(Literal, (form.form, *form.rest))))
        for form in forms
        if all(held[Term("pairs", pair)] for pair in form.pairs)
    ]


def _reread(node: Node, forms: Mapping[str, tuple[Node, ...]]) -> Node:
    """Return a tree whose runs match as they may be misread, too; what is excluded stays."""
    match node:
        case Literal(text=text) if text in forms:
            return Or((node, *forms[text]))
        case And(nodes=nodes):
            return And(tuple(_reread(one, forms) for one in nodes))
        case Or(nodes=nodes):
            return Or(tuple(_reread(one, forms) for one in nodes))
    return node
