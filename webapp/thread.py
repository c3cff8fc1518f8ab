"""The thread of a reader: the search that led here and the way back to its results.

Every link between article, source lines and citation carries the search and the number of the
result that is read, so that query, marks and the way back are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer import PastTheEnd
from webapp.addresses import Addresses, Search
from webapp.context import AppContext
from webapp.find_results import find_shown, read_shown
from webapp.parameters import Arguments, read_number


@dataclass(frozen=True, slots=True)
class Thread:
    """The search a reader comes from, and which of its results is read."""

    to: Addresses
    search: Search
    result: int | None = None

    def article(
        self, page: str, article: int, paragraph: int | None = None, *, beside: bool = False
    ) -> str:
        """Write the address of an article or of a paragraph in it."""
        return self.to.article(
            page, article, paragraph, search=self.search, result=self.result, beside=beside
        )

    def page(self, page: str, lines: Sequence[tuple[int, int]] = ()) -> str:
        """Write the address of a page's numbered lines."""
        return self.to.page(page, lines, self.search, self.result)

    def sheet(self, page: str, *, zoom: int = 1) -> str:
        """Write the address of a page's scan."""
        return self.to.sheet(page, self.search, self.result, zoom)

    def lines_from(self, page: str, first: int) -> str:
        """Write the address of a long page's lines from one on."""
        return self.to.page(page, (), self.search, self.result, first)

    def cite(self, page: str, article: int, paragraph: int) -> str:
        """Write the address of a citation."""
        return self.to.cite(page, article, paragraph, search=self.search, result=self.result)


@dataclass(frozen=True, slots=True)
class Trail:
    """The links back to the results and to those before and after the one that is read."""

    back: str = ""
    previous: str = ""
    following: str = ""
    number: int = 0  # of this result, from 1; 0 when it is not known
    total: int = 0


def read_thread(context: AppContext, arguments: Arguments) -> Thread:
    """Read from an address which search a reader comes from."""
    shown = read_shown(arguments, context.index.settings.max_size)
    search = replace(shown, start=0, explain=False)
    here = read_number(arguments, "result", -1, least=0)
    return Thread(context.addresses, search, here if here >= 0 and search.asked else None)


def make_trail(context: AppContext, thread: Thread) -> Trail:
    """Find the results before and after the one that is read, in the order of the results page."""
    search, here = thread.search, thread.result
    if not search.asked:
        return Trail()
    if here is None:
        return Trail(thread.to.search(search))
    first = max(0, here - 1)
    try:
        results = find_shown(
            context, replace(search, start=first, size=3), per_article=1, facets=()
        )
    except PastTheEnd:  # an old link into results that have become fewer
        return Trail(thread.to.search(search))
    if here >= results.length:
        return Trail(thread.to.search(search))
    shown = [group[0] for group in results.groups] if results.group else results.hits
    urls = {
        number: replace(thread, result=number).article(hit.page, hit.article, hit.number)
        for number, hit in enumerate(shown, first)
    }
    back = thread.to.search(search.at(here - here % search.size))
    return Trail(
        back, urls.get(here - 1, ""), urls.get(here + 1, ""), here + 1, total=results.length
    )
