"""Complete the metadata of a page by what its own head says, and find what is to be reviewed.

A page's head gives newspaper, date and edition; an archivist may want to check what it contradicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from indexer.analysis import simplify
from indexer.errors import MetaContradicted, PageAsPrinted, SourceWarning
from indexer.model import Article, Page
from indexer.reading.lines import Line, iterate_lines
from indexer.reading.masthead import find_masthead
from indexer.reading.profile import spaced_characters
from indexer.reading.sections import count_lines, is_read_as_printed, max_lines

REVIEW_REASONS = ("without_headlines", "cut", "as_printed", "contradicted")
"""Values of the facet `review`, in the order in which they are shown."""

TOP_CHARS = 2_000
"""Characters of a page in which its head is looked for."""


def add_printed_meta(page: Page) -> Page:
    """Return a page with what its head says where no other source says it.

    `meta.printed` names the fields that come from print. A page whose source gives its parts has
    no head of its own.
    """
    if page.parts:
        return page
    printed = _find_printed(page.text[:TOP_CHARS])
    new = {name: value for name, value in printed.items() if value and not getattr(page.meta, name)}
    return replace(page, meta=replace(page.meta, **new, printed=" ".join(new))) if new else page


def find_contradictions(page: Page) -> Iterator[MetaContradicted]:
    """Yield an error for each field of which the page's head says something else.

    A date that only goes further (2023-10 and 2023-10-27) is no contradiction.
    """
    for name, printed in ({} if page.parts else _find_printed(page.text[:TOP_CHARS])).items():
        given = getattr(page.meta, name)
        if not printed or not given or name in (page.meta.printed or "").split():
            continue
        ours, theirs = _bare(given), _bare(printed)
        if not (ours in theirs or theirs in ours):
            yield MetaContradicted(path=page.source, field=name, given=given, printed=printed)


def _bare(value: str) -> str:
    return simplify(value).casefold().strip("第版 ").lstrip("0")


@lru_cache(maxsize=16)
def _find_printed(top: str) -> Mapping[str, str | None]:
    """Return what the top of a page's text says, by the names of `PageMeta`."""
    text = simplify(top)
    spaced = spaced_characters(text)
    _, said = find_masthead(iterate_lines(text, spaced=spaced.value and spaced.sure))
    return {
        "newspaper": _print(top, said.newspaper) if said.newspaper else None,
        "date": said.date,
        "edition": said.edition,
    }


def _print(top: str, line: Line) -> str:
    """Return the characters of a line as they are printed, without blanks between them."""
    return "".join("".join(top[start:end] for start, end in line.spans).split())


def find_page_warnings(page: Page) -> list[SourceWarning]:
    """Return the warnings of a page: declared fields that its head contradicts, too many lines."""
    warnings: list[SourceWarning] = list(find_contradictions(page))
    if is_read_as_printed(page):
        warnings.append(
            PageAsPrinted(path=page.source, lines=count_lines(page), most=max_lines(page))
        )
    return warnings


def find_reviews(page: Page, articles: Iterable[Article]) -> tuple[str, ...]:
    """Return what is to be reviewed of a page, but for paragraphs that are cut off."""
    found = [
        "as_printed" if isinstance(warning, PageAsPrinted) else "contradicted"
        for warning in find_page_warnings(page)
    ]
    found += [] if any(article.title for article in articles) else ["without_headlines"]
    return tuple(dict.fromkeys(found))
