"""Export who supports whom: each sentence that says so as a row, or all of them as a graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from indexer.export import to_table_csv

if TYPE_CHECKING:
    from indexer.model import Statement
    from indexer.search import Hit

RELATION_COLUMNS = (
    "giver", "receiver", "sentence", "sums", "years", "projects",
    "id", "page", "article", "number", "lines", "title", "newspaper", "date",
)  # fmt: skip
"""The columns of the table; columns may be added at the end, none is renamed or moved."""

GEXF_XMLNS = "http://gexf.net/1.3"


class Relation(NamedTuple):
    """A sentence that says who supports whom, and the hit in whose paragraph it is."""

    statement: Statement
    hit: Hit

    @property
    def sentence(self) -> str:
        """The sentence as printed."""
        start, end = self.statement.span
        return self.hit.text[start:end]


def find_relations(hits: Iterable[Hit]) -> Iterator[Relation]:
    """Yield the sentences of hits that say who supports whom."""
    return (Relation(statement, hit) for hit in hits for statement in hit.statements)


def to_relations_csv(hits: Iterable[Hit], *, bom: bool = False) -> Iterator[str]:
    """Yield CSV (RFC 4180), the head line first, then one piece for each sentence."""
    return to_table_csv(RELATION_COLUMNS, map(_make_row, find_relations(hits)), bom=bom)


def _make_row(relation: Relation) -> dict[str, object]:
    statement, hit = relation
    lines = "—".join(map(str, hit.lines))
    return {**hit.to_row(), **statement.to_dict(hit.text), "lines": lines}


def to_gexf(hits: Iterable[Hit]) -> str:
    """Return a directed graph (GEXF 1.3): cities, and for each pair the number of its sentences."""
    counts = Counter((one.statement.giver, one.statement.receiver) for one in find_relations(hits))
    root = ElementTree.Element("gexf", xmlns=GEXF_XMLNS, version="1.3")
    graph = ElementTree.SubElement(root, "graph", defaultedgetype="directed", mode="static")
    nodes, edges = (ElementTree.SubElement(graph, name) for name in ("nodes", "edges"))
    for city in sorted({city for pair in counts for city in pair}):
        ElementTree.SubElement(nodes, "node", id=city, label=city)
    for number, ((giver, receiver), count) in enumerate(sorted(counts.items())):
        ElementTree.SubElement(
            edges, "edge", id=str(number), source=giver, target=receiver, weight=str(count)
        )
    ElementTree.indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ElementTree.tostring(root, encoding="unicode") + "\n"
