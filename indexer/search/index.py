"""`Index`: one open index that is searched, shared by many threads."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from indexer.arguments import check_arguments, check_methods
from indexer.engines import open_engine
from indexer.engines.base import Engine
from indexer.engines.budget import budget, each_within
from indexer.errors import NotFound, QueryError
from indexer.messages import message
from indexer.model import FACETS, Document, Every, PageRecord, Request, Sort, Span
from indexer.query import parse
from indexer.query.spellings import load_aliases
from indexer.search.filters import (
    MAX_FACET_VALUES,
    Selection,
    Values,
    check_grouping,
    check_size,
    make_resolver,
    make_selection,
    make_selection_without,
    name_cities,
    resolve_cities,
)
from indexer.search.hit_builder import (
    add_synonyms,
    make_hit,
    make_hits,
    make_plain_hit,
    make_results,
    make_suggestions,
)
from indexer.search.marks import RegionFinder
from indexer.search.plan import make_plan
from indexer.search.query_execution import HitsFound, QueryExecution
from indexer.search.query_relaxation import empty_notes
from indexer.search.reader_pool import (
    ArticleView,
    Edition,
    OpenReader,
    PageSummary,
    PinnedReader,
    ReaderPool,
)
from indexer.search.results import Hit, Results
from indexer.search.search_records import RecordMethods
from indexer.search.similar_articles import find_similar
from indexer.search.statistics_methods import StatisticsMethods
from indexer.settings import Settings, override_settings

if TYPE_CHECKING:
    from indexer.search.quotes import QuoteCheck
    from indexer.suggest import Suggestion, Suggestions

HITS_PER_ARTICLE = 3
"""Hits of each article, where hits are grouped and nothing else is said."""


@check_arguments
def open_index(
    index: str | Path | None = None, *, settings: Settings | None = None, **options: Any
) -> Index:
    """Open an index for searching; `options` are fields of `Settings`.

    Raises `IndexMissing`, `IndexOutdated` or `IndexCorrupt` here, not at the first search.
    """
    settings = override_settings(settings, index=index, **options)
    opened = Index(open_engine(settings), settings)
    opened.check()
    return opened


@check_methods
class Index(StatisticsMethods, RecordMethods):
    """An index that is searched; it follows new commits by itself and is safe to share."""

    def __init__(self, engine: Engine, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._readers: ReaderPool | PinnedReader = ReaderPool(engine, self.settings)

    def __repr__(self) -> str:
        return f"<Index {str(self.settings.index)[-150:]} ({self.settings.engine})>"

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; what is used afterwards raises `IndexClosed`."""
        self._readers.close()

    @contextmanager
    def snapshot(self) -> Iterator[Index]:
        """Pin the newest commit for as long as the block lasts.

        The index that is given answers everything from that commit, looks for no newer one, and
        is not to be used after the block.
        """
        with self._readers.acquire() as opened:
            pinned = copy(self)
            pinned._readers = PinnedReader(opened)
            yield pinned

    def check(self) -> None:
        """Open the newest commit, or say why that cannot be."""
        with self._readers.acquire():
            pass

    @property
    def generation(self) -> int:
        """The number of the newest commit."""
        with self._readers.acquire() as opened:
            return opened.reader.generation

    @property
    def identity(self) -> str:
        """Return a text that no other commit has, not even one of another index copied here."""
        with self._readers.acquire() as opened:
            return opened.reader.identity

    @property
    def made(self) -> datetime:
        """When the newest commit was made."""
        with self._readers.acquire() as opened:
            return opened.reader.made

    # ------------------------------------------------------------ searching

    def search(
        self,
        query: str = "",
        *,
        not_city: Values = (),
        every_city: bool = False,
        start: int = 0,
        size: int = 10,
        sort: str = Sort.RELEVANCE,
        exact: bool = False,
        aliases: bool = True,
        explain: bool = False,
        facets: Iterable[str] | None = None,
        most_values: int | Mapping[str, int] = MAX_FACET_VALUES,
        group: str | None = None,
        per_article: int = HITS_PER_ARTICLE,
        most_hits: int | None = None,
        **filters: Values,
    ) -> Results:
        """Find paragraphs and return one page of them, with exact totals and facet counts.

        With `group="article"`, `start` and `size` count articles, in the order of their best hits;
        the hits come article by article, at most `per_article` of each (see `Results.groups`) and
        about `most_hits` in all, at least one of each.

        Where fewer than a page match a query as typed, those that hold some of its words
        follow (`Hit.relaxed`); `total` and facet counts leave them aside, `following` counts them.
        By relevance, a hit that nearly repeats a better one of the same page, printed in another
        article, names it (`Hit.near_duplicate_of`), unless the query is quoted or `exact`.

        `filters` are facets with one value or several, of which any will do (`every_city`: all of
        the cities). `exact` switches aliases and relaxation off, `aliases=False` the aliases
        alone. An empty query browses. Of a facet the `most_values` commonest values (one number, or
        one by facet) are returned, and those chosen. Raises a `QueryError` for what cannot be
        answered.
        """
        began = time.perf_counter()
        check_size(size, self.settings.max_size)
        most = check_grouping(group, per_article, self.settings.max_size)
        selection = make_selection(
            not_city=not_city,
            every_city=every_city,
            facets=facets,
            sort=sort,
            exact=exact,
            aliases=aliases,
            **filters,
        )
        with budget(self.settings.query_seconds), self._readers.acquire() as opened:
            browsing = not query.strip() and not selection.filters
            counted = replace(selection, facets=()) if browsing else selection
            asked = self._ask(opened, query, counted)
            everything = opened.everything if browsing and not size else None
            found = HitsFound(everything, ()) if everything else asked.find(start, size, most)
            counts = opened.everything.facets if browsing else found.matches.facets
            shown = {name: counts[name] for name in selection.facets}
            results = make_results(
                asked, found, shown, most_values, query=query, start=start, size=size, group=group
            )
            if not results.total:
                node = parse(query, self.settings).node
                why = empty_notes(query, node, selection.filters, opened.values)
                results = replace(results, notes=(*results.notes, *why))
            grouped = bool(most)
            hits = tuple(
                make_hits(asked, found, opened, explain=explain, grouped=grouped, most=most_hits)
            )
            suggestions = None if start else make_suggestions(opened, asked, query, results.total)
            if self.settings.synonyms and not start:
                strict = 0 if asked.relaxed else results.total
                count = partial(self._count, opened, replace(counted, facets=()))
                own = self.settings.synonyms
                suggestions = add_synonyms(suggestions, own, query, strict, count)
            took_ms = (time.perf_counter() - began) * 1000
            return replace(results, hits=hits, suggestions=suggestions, took_ms=took_ms)

    def _count(self, opened: OpenReader, selection: Selection, query: str) -> int:
        """Count the paragraphs that match a query as typed, 0 for one that is too long."""
        try:
            asked = self._ask(opened, query, selection)
        except QueryError:
            return 0
        return 0 if asked.relaxed else asked.find(0, 0).matches.total

    def scan(self, query: str = "", **selection: Any) -> Iterator[Hit]:
        """Yield the hits that `total` counts in the order of `search`, with no ceiling.

        `selection` is what of `search` chooses, orders and reads: `sort`, `exact`, `aliases`,
        `not_city`, `every_city` and filters. All hits are of one commit; what follows a few strict
        hits is not among them. Each step may take as long as a search; one that takes longer
        raises `TooSlow`.
        """
        selected = make_selection_without({"facets"}, selection)
        with self._readers.acquire() as opened:
            hits = self._scan(opened, query, selected)
            yield from each_within(self.settings.query_seconds, hits)

    def _scan(self, opened: OpenReader, query: str, selection: Selection) -> Iterator[Hit]:
        asked, finder = self._ask(opened, query, selection), RegionFinder(opened.reader)
        for match in asked.scan():
            yield make_hit(asked, match, opened, finder)

    def mark(
        self, query: str, documents: Iterable[Document], *, exact: bool = False
    ) -> Mapping[str, tuple[Span, ...]]:
        """Find what of a query documents contain, by id: the marks of a reading view."""
        with self._asking(query, exact=exact) as (_, asked):
            return asked.marks_of_all(tuple(documents))

    def check_quote(self, quote: str) -> QuoteCheck:
        """Return whether a quotation is printed: to the letter, across a join, changed, or not.

        Raises `TooLong` for one of more than 2,000 characters.
        """
        from indexer.search.quotes import check_quote  # .01 s of CPU that no search needs

        with budget(self.settings.query_seconds), self._readers.acquire() as opened:
            return check_quote(opened.reader, quote)

    def suggest(self, text: str, limit: int = 10, *, total: int | None = None) -> Suggestions:
        """Suggest what was meant or misread, how a query may continue, and wider ones at no hits.

        `total` is what a search for it found; without it the substrings of the query are counted.
        """
        with budget(self.settings.query_seconds), self._readers.acquire() as opened:
            found = opened.suggester.suggest(text, limit=limit, total=total)
            return replace(found, completions=opened.suggester.complete(text, limit=limit))

    def complete(self, text: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Complete a query that is still being typed."""
        with budget(self.settings.query_seconds), self._readers.acquire() as opened:
            return opened.suggester.complete(text, limit=limit)

    # ------------------------------------------------------------ reading

    def article(self, page: str, number: int) -> ArticleView:
        """Return an article with its paragraphs; raises `NotFound`."""
        with self._readers.acquire() as opened:
            record = opened.page(page)
            for article in record.articles if record else ():
                if record and article.number == number:
                    documents = opened.reader.article(page, number)
                    return ArticleView(article, record.page.meta, documents)
        raise NotFound(what=message("what.article"), value=f"{page}:{number}")

    def paragraph(self, id_: str) -> Document:
        """Return a paragraph by its id, `page:article:number`; raises `NotFound`."""
        with self._readers.acquire() as opened:
            found = opened.reader.documents([id_])
        if id_ in found:
            return found[id_]
        raise NotFound(what=message("what.paragraph"), value=id_)

    def page(self, page: str) -> PageRecord:
        """Return a page as it was read; raises `NotFound`."""
        with self._readers.acquire() as opened:
            record = opened.page(page)
        if record is None:
            raise NotFound(what=message("what.page"), value=page)
        return record

    def documents(self, page: str) -> tuple[Document, ...]:
        """Return everything that is printed on a page in reading order; raises `NotFound`."""
        with self.snapshot() as index:
            record = index.page(page)
            held = (index.article(page, one.number).documents for one in record.articles)
            return tuple(chain.from_iterable(held))

    def similar(self, view: ArticleView, size: int = 5) -> tuple[Hit, ...]:
        """Find other articles that use the same telling words: the best paragraph of each."""
        with budget(self.settings.query_seconds), self._readers.acquire() as opened:
            return tuple(map(make_plain_hit, find_similar(opened.reader, view, size)))

    def editions(self, **filters: Any) -> tuple[Edition, ...]:
        """Return the pages that filters keep as editions, by newspaper, date and number.

        `filters` are facets with one value or several, as in `search`. A list is made once for a
        commit and its filters.
        """
        selection = make_selection_without(filters.keys() - FACETS.keys(), filters)
        with budget(self.settings.query_seconds), self._readers.acquire() as opened:
            return opened.editions(selection.filters)

    def find_cities(self, name: str, facet: str = "city") -> tuple[str, ...]:
        """Return the values of a facet of places that a name means, as a filter by it would."""
        with self._readers.acquire() as opened:
            known = opened.values(facet)
            named = resolve_cities(name, known, self.settings.places)
        return tuple(city for city in named if city in known)

    @property
    def page_count(self) -> int:
        """How many pages the index holds."""
        with self._readers.acquire() as opened:
            return len(opened.pages)

    def pages(self, start: int = 0, size: int | None = None) -> tuple[PageSummary, ...]:
        """Return pages in page order, without their text: all of them, or `size` from one on."""
        with self._readers.acquire() as opened:
            stop = None if size is None else start + size
            records = map(opened.reader.page, opened.pages[start:stop])
            return tuple(PageSummary.of(record) for record in records if record is not None)

    def stats(self) -> dict[str, object]:
        """Count what the index holds."""
        with self._readers.acquire() as opened:
            reader = opened.reader
            matches = reader.find(Request(Every(), size=0, facets=("kind", "city")))
            return {
                "generation": reader.generation,
                "pages": len(opened.pages),
                "articles": matches.articles,
                "documents": reader.count(),
                "repeats": reader.count() - matches.total,
                "cities": len(matches.facets["city"]),
                "kinds": dict(sorted(matches.facets["kind"].items())),
                "cutter": reader.stamp.cutter,
            }

    # ------------------------------------------------------------ inside

    @contextmanager
    def _asking(self, query: str, **selection: Any) -> Iterator[tuple[OpenReader, QueryExecution]]:
        """Provide what answers a query, within the time that a query may take."""
        selected = make_selection_without({"facets", "sort"}, selection)
        with budget(self.settings.query_seconds), self._readers.acquire() as opened:
            yield opened, self._ask(opened, query, selected)

    def _ask(self, opened: OpenReader, query: str, selection: Selection) -> QueryExecution:
        exact, settings = selection.exact, self.settings
        filters = name_cities(selection.filters, opened.values, settings.places)
        plan = make_plan(
            parse(query, settings),
            opened.analyzer,
            aliases=load_aliases(settings.aliases) if selection.aliases else (),
            exact=exact,
            resolve=make_resolver(opened.reader, opened.values, settings),
        )
        return QueryExecution(opened.reader, plan, replace(selection, filters=filters))
