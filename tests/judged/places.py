"""Judged places in, precision and recall out: shared by the tests and the benchmark."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from indexer.model import Paragraph
from indexer.pages import read_page
from indexer.places import Tagger, tag_article
from indexer.reading import read_articles

HERE = Path(__file__).parent


class Judgement(NamedTuple):
    """A text with the places that must and that may be found in it."""

    text: str
    must: frozenset[str]
    may: frozenset[str]


@dataclass
class Tally:
    """What was found, and what went wrong."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, judgement: Judgement, found: Collection[str]) -> None:
        """Count one text: a place that may be found counts neither way."""
        self.right += len(judgement.must.intersection(found))
        false = sorted(set(found) - judgement.must - judgement.may)
        self.wrong += [f"{city}: {judgement.text}" for city in false]
        self.missed += [f"{city}: {judgement.text}" for city in sorted(judgement.must - {*found})]

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """The share of what must be found that was found."""
        return self.right / (self.right + len(self.missed))

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.3f}, recall {self.recall:.3f} "
            f"({self.right} right, {len(self.wrong)} wrong, {len(self.missed)} missed)"
        )


def read_judgements(path: Path) -> Iterator[Judgement]:
    """Yield the judgements of a file whose lines are: text, must, may."""
    for line in _lines(path):
        text, must, may = line.split("\t")
        yield Judgement(text, frozenset(must.split()), frozenset(may.split()))


def judge_texts(judgements: Iterable[Judgement], tagger: Tagger) -> Tally:
    """Tag every text by itself."""
    tally = Tally()
    for judgement in judgements:
        tally.add(judgement, {mention.city for mention in tagger(judgement.text)})
    return tally


def judge_pages(seeds: Path, tagger: Tagger) -> tuple[Tally, int]:
    """Tag the articles of the five pages; return the tally and how many judgements it used."""
    judged: dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]] = {}
    for line in _lines(HERE / "places_pages.tsv"):
        page, key, must, may = line.split("\t")
        judged[page, key] = (frozenset(must.split()), frozenset(may.split()))
    tally, used = Tally(), 0
    for path in sorted(seeds.glob("*.txt")):
        for paragraph in _tagged(path, tagger):
            sets = judged.get((path.name[:3], key_of(paragraph.text)))
            if sets:
                used += 1
                tally.add(Judgement(paragraph.text[:20], *sets), paragraph.cities)
    return tally, used


def key_of(text: str) -> str:
    """Return the beginning and the end of a paragraph, or all of a short one."""
    text = text.strip()
    return text if len(text) <= 20 else f"{text[:9]}…{text[-9:]}"


def _tagged(path: Path, tagger: Tagger) -> Iterator[Paragraph]:
    for article in read_articles(read_page(path)):
        yield from tag_article(article, tagger).paragraphs


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line
