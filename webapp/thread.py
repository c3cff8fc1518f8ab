"""The thread of a reader: the search that led here and the way back to its results.

Every link between article, source lines and citation carries the search and the number of the
result that is read, so that query, marks and the way back are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer import PastTheEnd
from webapp.addresses import Addresses
from webapp.context import AppContext
from webapp.find_results import find_shown, read_shown
from webapp.parameters import Arguments, read_number


@dataclass(frozen=True, slots=True)
class Trail:
    """The links back to the results and to those before and after the one that is read."""

    back: str = ""
    previous: str = ""
    following: str = ""
    number: int = 0  # of this result, from 1; 0 when it is not known
    total: int = 0


def read_thread(context: AppContext, arguments: Arguments) -> Addresses:
    """Return the writer of addresses that follow the search a reader comes from."""
    shown = read_shown(arguments, context.index.settings.max_size)
    here = read_number(arguments, "result", -1, least=0)
    search = replace(shown, start=0, explain=False)
    result = here if here >= 0 and search.asked else None
    return replace(context.addresses, followed=search, result=result)


def make_trail(context: AppContext, thread: Addresses) -> Trail:
    """Find the results before and after the one that is read, in the order of the results page."""
    search, here = thread.followed, thread.result
    if not search.asked:
        return Trail()
    if here is None:
        return Trail(thread.search(search))
    first = max(0, here - 1)
    try:
        results = find_shown(
            context, replace(search, start=first, size=3), per_article=1, facets=()
        )
    except PastTheEnd:  # an old link into results that have become fewer
        return Trail(thread.search(search))
    if here >= results.length:
        return Trail(thread.search(search))
    shown = [group[0] for group in results.groups] if results.group else results.hits
    urls = {
        number: replace(thread, result=number).article(hit.page, hit.article, hit.number)
        for number, hit in enumerate(shown, first)
    }
    back = thread.search(search.at(here - here % search.size))
    return Trail(
        back, urls.get(here - 1, ""), urls.get(here + 1, ""), here + 1, total=results.length
    )
