"""Read `NAME.corrections.tsv`: readings that correct what a page's file says, line by line.

A row gives a line, what is printed there by the file, how it reads, and who said so and when. The
file itself is never changed; a row whose line no longer fits is reported and not applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from indexer.errors import CorrectionLeftOut, SourceError, Unreadable
from indexer.messages import Message, message
from indexer.model import Correction, Span, line_spans
from indexer.pages.sidecar import read_text

CORRECTIONS_SUFFIX = ".corrections.tsv"
CORRECTION_COLUMNS = ("line", "printed", "read", "who", "when")

MAX_CORRECTED_CHARS = 200
"""Characters of what is printed and of how it reads: a correction is of words, not of a page."""


def read_corrections(
    path: Path, text: str, warn: Callable[[SourceError], None]
) -> tuple[Correction, ...]:
    """Return the corrections of a page by their place in its text; what is wrong goes to `warn`."""
    try:
        rows = read_text(path).splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        warn(Unreadable(path=path, reason=message("reason.cannot_read", error=str(error))))
        return ()
    except Unreadable as error:
        warn(error)
        return ()
    found: list[Correction] = []
    lines = line_spans(text)
    for number, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row.split("\t")]
        if not row.strip() or row.startswith("#") or cells[0] == CORRECTION_COLUMNS[0]:
            continue
        made = _locate(text, lines, cells)
        if isinstance(made, Correction) and not _overlaps(made, found):
            found.append(made)
        else:
            reason = made if isinstance(made, Message) else message("reason.correction_overlaps")
            warn(CorrectionLeftOut(path=path, row=number, reason=reason))
    return tuple(sorted(found))


def _locate(text: str, lines: Sequence[Span], cells: Sequence[str]) -> Correction | Message:
    """Find what a row corrects, or say why it cannot be applied."""
    line, printed, read, who, when = (
        *cells[: len(CORRECTION_COLUMNS)],
        *[""] * (len(CORRECTION_COLUMNS) - len(cells)),
    )
    if not (
        line.isascii()
        and line.isdigit()
        and printed
        and read
        and len(cells) <= len(CORRECTION_COLUMNS)
    ):
        return message("reason.correction_columns", columns=CORRECTION_COLUMNS)
    if max(len(printed), len(read)) > MAX_CORRECTED_CHARS:
        return message("reason.correction_long", limit=MAX_CORRECTED_CHARS)
    number = int(line[:9])
    places = list(_find(text, lines[number - 1], printed)) if 0 < number <= len(lines) else []
    if not places:
        return message("reason.correction_not_there", line=number, printed=printed)
    if len(places) > 1:
        return message("reason.correction_unclear", line=number, printed=printed)
    return Correction(Span(places[0], places[0] + len(printed)), printed, read, who, when)


def _find(text: str, line: Span, printed: str) -> Iterator[int]:
    at = text.find(printed, *line)
    while at >= 0:
        yield at
        at = text.find(printed, at + 1, line.end)


def _overlaps(one: Correction, others: Sequence[Correction]) -> bool:
    return any(one.span.start < o.span.end and o.span.start < one.span.end for o in others)
