"""Make the plain values that a search page shows from results.

Templates show these values and decide nothing; every address is made here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer import FACETS, HITS_PER_ARTICLE, Hit, PageMeta, Results, merge_ranges, say_edition
from webapp.addresses import Addresses, Search, Toggle
from webapp.marked_text import MarkedText, cut_pieces
from webapp.sheet_page import make_strip
from webapp.site_texts import Texts


@dataclass(frozen=True, slots=True)
class SearchView:
    """What the links and texts of a page are made with."""

    search: Search
    to: Addresses
    texts: Texts


@dataclass(frozen=True, slots=True)
class HitView:
    """A paragraph among the results."""

    hit: Hit
    pieces: tuple[MarkedText, ...]
    cut_before: bool  # the snippet does not begin where the paragraph does
    cut_after: bool
    lines: str  # 12–18
    article_url: str
    lines_url: str
    cite_url: str
    explanation: tuple[str, ...]  # of its rank, when that was asked
    cities: tuple[tuple[str, str, str], ...]  # the name, what names it, the search in that city
    strip_url: str = ""  # the first mark on the scan of the page
    sheet_url: str = ""
    statements: tuple[str, ...] = ()  # sentences that say who supports whom, when that is asked


@dataclass(frozen=True, slots=True)
class ArticleGroup:
    """An article with its best paragraphs."""

    printed: str  # newspaper, date and edition, as far as the page carries them
    url: str
    page_url: str
    hits: tuple[HitView, ...]
    in_article: int  # matches in the article, those that are not listed included
    near_duplicates: tuple[ArticleGroup, ...] = ()  # which unfold below it

    @property
    def shown(self) -> tuple[HitView, ...]:
        """The paragraphs that are shown."""
        return self.hits[:HITS_PER_ARTICLE]

    @property
    def folded(self) -> tuple[HitView, ...]:
        """The paragraphs that unfold."""
        return self.hits[HITS_PER_ARTICLE:]

    @property
    def more(self) -> int:
        """How many paragraphs of the article match beside those that are shown."""
        return self.in_article - len(self.shown)

    @property
    def relaxed(self) -> bool:
        """Whether its best paragraph holds only some of the words."""
        return self.hits[0].hit.relaxed

    @property
    def elsewhere(self) -> int:
        """How many paragraphs of the article match that these results do not hold."""
        return self.in_article - len(self.hits)


@dataclass(frozen=True, slots=True)
class Step:
    """A link of the paging: a number, a gap when it has no address, or where one is."""

    number: int
    url: str | None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """The links to the other pages of a list."""

    steps: tuple[Step, ...]
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, with the address without it."""

    name: str
    excluded: bool
    url: str
    facet: str = ""  # where the value alone does not say what it is


def group_hits(results: Results, view: SearchView) -> tuple[ArticleGroup, ...]:
    """Make the groups of the hits, each with the number of its result and its near-duplicates."""
    kept, toggle = (
        replace(view.search, start=0, explain=False),
        view.to.toggles(view.search, "city"),
    )
    gathered: dict[str | None, list[ArticleGroup]] = {None: []}
    for number, hits in enumerate(results.groups, results.start):
        onward = replace(view, to=replace(view.to, followed=kept, result=number))
        group = _group(hits, toggle, onward)
        gathered.setdefault(hits[0].near_duplicate_of, []).append(group)
    return tuple(
        replace(group, near_duplicates=tuple(gathered.get(group.hits[0].hit.id, ())))
        for group in gathered[None]
    )


def _group(hits: Sequence[Hit], toggle: Toggle, view: SearchView) -> ArticleGroup:
    first = hits[0]
    return ArticleGroup(
        printed=print_facts(first.meta, view.texts),
        url=view.to.article(first.page, first.article),
        page_url=view.to.page(first.page),
        hits=tuple(_view(hit, toggle, view) for hit in hits),
        in_article=max(first.in_article, len(hits)),
    )


def make_views(hits: Sequence[Hit], view: SearchView) -> tuple[HitView, ...]:
    """Make the views of hits that are shown outside their page of results."""
    toggle = view.to.toggles(view.search, "city")
    onward = replace(view, to=replace(view.to, followed=view.search))
    return tuple(_view(hit, toggle, onward) for hit in hits)


def print_facts(meta: PageMeta, texts: Texts) -> str:
    """Write newspaper, date and edition, as far as the page carries them."""
    edition = meta.edition and say_edition(meta.edition, texts.language)
    return " ".join(filter(None, (meta.newspaper, meta.date, edition)))


def _view(hit: Hit, toggle: Toggle, view: SearchView) -> HitView:
    snippet, onward, ranges = hit.snippet, view.to, merge_ranges(hit.line_ranges)
    strip = onward.image(hit.page, make_strip(hit.regions[0])) if hit.regions else ""
    cut_after = snippet.start + len(snippet.text) < len(hit.text)
    return HitView(
        strip_url=strip,
        sheet_url=onward.sheet(hit.page) if strip else "",
        hit=hit,
        pieces=tuple(
            cut_pieces(snippet.text, snippet.marks, unsure=hit.unsure, offset=snippet.start)
        ),
        cut_before=snippet.start > 0 and snippet.text[:1] != "…",
        cut_after=cut_after and snippet.text[-1:] != "…",
        lines=show_lines(ranges, view.texts),
        article_url=onward.article(hit.page, hit.article, hit.number),
        lines_url=onward.page(hit.page, ranges),
        cite_url=onward.cite(hit.page, hit.article, hit.number),
        explanation=tuple(note.sentence(view.texts.language) for note in hit.explanation),
        cities=tuple(_cities(hit, toggle)),
        statements=tuple(_statements(hit, view.search.values("pair"))),
    )


def _statements(hit: Hit, pairs: Sequence[str]) -> Iterator[str]:
    """Yield the sentences of a hit that state one of the pairs."""
    for one in hit.statements if pairs else ():
        if f"{one.giver}→{one.receiver}" in pairs:
            yield hit.text[one.span.start : one.span.end]


def _cities(hit: Hit, toggle: Toggle) -> Iterator[tuple[str, str, str]]:
    evidence: dict[str, list[str]] = {}
    for place in hit.places:
        evidence.setdefault(place.city, []).append(place.evidence)
    for city in hit.cities:
        yield city, "、".join(dict.fromkeys(evidence.get(city, ()))), toggle(city)


def show_lines(ranges: Sequence[tuple[int, int]], texts: Texts) -> str:
    """Write ranges of lines for display: 12–18、40."""
    return texts("hit.and").join(str(a) if a == b else f"{a}–{b}" for a, b in ranges)


def make_paging(start: int, size: int, total: int, write: Callable[[int], str]) -> Paging:
    """Make the links to other pages of a list: the first, the last and those around where one is.

    `write` returns the address of the page that begins with an item.
    """
    last = max(0, (total - 1) // size)
    here = start // size
    wanted = sorted({0, last, *range(max(0, here - 2), min(last, here + 2) + 1)})
    steps: list[Step] = []
    for number in wanted:
        if steps and number > steps[-1].number:
            steps.append(Step(number, None))
        steps.append(Step(number + 1, write(number * size), number == here))
    previous = write(max(0, start - size)) if start else None
    return Paging(tuple(steps), previous, write(start + size) if start + size < total else None)


def make_chips(view: SearchView) -> tuple[Chip, ...]:
    """List the filters in force, each with the address without it."""
    search = view.search
    return tuple(
        Chip(
            name=name_of(view.texts, spec.name, value),
            excluded=name != spec.name,
            url=view.to.search(search.toggle(name, value)),
            facet=spec.name if spec.named_in_chips else "",
        )
        for spec in FACETS.values()
        for name in spec.parameters
        for value in search.values(name)
    )


def name_of(texts: Texts, facet: str, value: str) -> str:
    """Name a facet value for the reader: kinds in words, regions without their parents."""
    write = _VALUE_NAMES.get(facet)
    return write(value, texts) if write else value


_VALUE_NAMES: Mapping[str, Callable[[str, Texts], str]] = {
    "kind": lambda kind, texts: texts.name("kind", kind),
    "region": lambda path, _: path.rsplit("/", 1)[-1],
    "edition": lambda edition, texts: say_edition(edition, texts.language),
    "review": lambda name, texts: texts.name("review", name),
}
"""How the values of a facet are written for the reader, where not as they are."""
