"""Complete the metadata of a page by what its own head says: newspaper, date and edition."""

from __future__ import annotations

from dataclasses import replace

from indexer.model import Page
from indexer.reading.lines import Line, simplify, split_lines
from indexer.reading.masthead import find_masthead
from indexer.reading.profile import spaced_characters

TOP_CHARS = 2_000
"""Characters of a page in which its head is looked for."""


def add_printed_meta(page: Page) -> Page:
    """Return a page with what its head says where no other source says it.

    `meta.printed` names the fields that come from print. A page whose source gives its parts has
    no head of its own.
    """
    if page.parts:
        return page
    text = simplify(page.text[:TOP_CHARS])
    spaced = spaced_characters(text)
    _, said = find_masthead(split_lines(text, spaced=spaced.value and spaced.sure))
    printed = {
        "newspaper": _print(page, said.newspaper) if said.newspaper else None,
        "date": said.date,
        "edition": said.edition,
    }
    new = {name: value for name, value in printed.items() if value and not getattr(page.meta, name)}
    return replace(page, meta=replace(page.meta, **new, printed=" ".join(new))) if new else page


def _print(page: Page, line: Line) -> str:
    """Return the characters of a line as they are printed, without blanks between them."""
    return "".join("".join(page.text[start:end] for start, end in line.spans).split())
