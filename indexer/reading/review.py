"""What an archivist may want to check of a page that was read."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.errors import PageAsPrinted, SourceWarning
from indexer.model import Article, Page
from indexer.reading.page_meta import find_contradictions
from indexer.reading.sections import MAX_PAGE_LINES, count_lines, is_read_as_printed

REVIEW_REASONS = ("without_headlines", "cut", "as_printed", "contradicted")
"""Values of the facet `review`, in the order in which they are shown."""


def find_page_warnings(page: Page) -> list[SourceWarning]:
    """Return the warnings of a page: declared fields that its head contradicts, too many lines."""
    warnings: list[SourceWarning] = list(find_contradictions(page))
    if is_read_as_printed(page):
        warnings.append(
            PageAsPrinted(path=page.source, lines=count_lines(page), most=MAX_PAGE_LINES)
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
