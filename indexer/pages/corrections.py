"""Read `NAME.corrections.tsv`: readings that correct what a file's pages say, line by line.

A row gives a line of the text that the site shows, what is printed there by the file, how it reads,
and who said so and when. In a file of several pages the line begins with the page: `3#12`, or the
id of a record. The file itself is never changed; a row that no longer fits is reported and not
applied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from indexer.errors import CorrectionLeftOut, SourceError, Unreadable
from indexer.messages import Message, message
from indexer.model import Correction, Page, Span, find_starts, line_spans
from indexer.pages.kinds import PAGE_SUFFIXES, page_stem, split_suffix
from indexer.pages.sidecar import read_text

CORRECTIONS_SUFFIX = ".corrections.tsv"
CORRECTION_COLUMNS = ("line", "printed", "read", "who", "when")

MAX_CORRECTED_CHARS = 200
"""Characters of what is printed and of how it reads: a correction is of words, not of a page."""

ONLY_PAGE = ""
"""The name of the page in a file that is one page."""


class CorrectionFile:
    """The rows of a file of corrections by the page that they name."""

    def __init__(
        self,
        path: Path,
        rows: Mapping[str, Sequence[tuple[int, Sequence[str]]]],
        warn: Callable[[SourceError], None],
    ) -> None:
        self._path, self._rows, self._warn = path, dict(rows), warn
        self._example = ""

    def apply(self, page: Page, *names: str) -> Page:
        """Return a page with its corrections; `names` are what rows may call it."""
        self._example = names[0]
        rows = sorted(row for name in names for row in self._rows.pop(name, ()))
        found = tuple(self._locate(page.text, rows)) if rows else ()
        if not found:
            return page
        signed = f"{page.digest}\0{found!r}".encode("utf-8", "backslashreplace")
        digest = hashlib.sha256(signed).hexdigest()
        return replace(page, corrections=tuple(sorted(found)), digest=digest)

    def report_rest(self) -> None:
        """Report the rows that name no page of the file."""
        for name, rows in self._rows.items():
            for number, cells in rows:
                reason = message("reason.correction_no_page", page=name)
                if name == ONLY_PAGE:
                    example = f"{self._example}#{cells[0]}"
                    reason = message("reason.correction_which_page", example=example)
                self._leave_out(number, reason)

    def _locate(self, text: str, rows: Sequence[tuple[int, Sequence[str]]]) -> list[Correction]:
        found: list[Correction] = []
        lines = line_spans(text)
        for number, cells in rows:
            made = _locate(text, lines, cells)
            if isinstance(made, Message):
                self._leave_out(number, made)
            elif any(made.span.start < o.span.end and o.span.start < made.span.end for o in found):
                self._leave_out(number, message("reason.correction_overlaps"))
            else:
                found.append(made)
        return found

    def _leave_out(self, number: int, reason: Message) -> None:
        self._warn(CorrectionLeftOut(path=self._path, row=number, reason=reason))


def locate_corrections(page: Page) -> tuple[str, str]:
    """Return the name of the file for corrections of a page, and what comes before lines in it."""
    file, _, name = page.source.rpartition("#")
    if split_suffix(Path(file).name)[1] not in PAGE_SUFFIXES:
        file, name = page.source, ""
    stem = page_stem(Path(file).name)
    key = f"/{page.id}".rpartition(f"/{stem}/")[2] or name
    return f"{stem}{CORRECTIONS_SUFFIX}", f"{key}#" if name else ""


def read_corrections(path: Path, warn: Callable[[SourceError], None]) -> CorrectionFile:
    """Return the corrections beside a file of pages, none where there are none.

    What is wrong with the file goes to `warn`.
    """
    rows: dict[str, list[tuple[int, Sequence[str]]]] = {}
    given: list[str] = []
    try:
        given = read_text(path).splitlines()
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        warn(Unreadable(path=path, reason=message("reason.cannot_read", error=str(error))))
    except Unreadable as error:
        warn(error)
    for number, row in enumerate(given, 1):
        cells = [cell.strip() for cell in row.split("\t")]
        if row.strip() and not row.startswith("#") and cells[0] != CORRECTION_COLUMNS[0]:
            page, _, line = cells[0].rpartition("#")
            rows.setdefault(page, []).append((number, (line, *cells[1:])))
    return CorrectionFile(path, rows, warn)


def _locate(text: str, lines: Sequence[Span], cells: Sequence[str]) -> Correction | Message:
    """Find what a row corrects, or say why it cannot be applied."""
    spare = len(CORRECTION_COLUMNS) - len(cells)
    line, printed, read, who, when, *more = *cells, *[""] * spare
    if more or not (line.isascii() and line.isdigit() and printed and read):
        return message("reason.correction_columns", columns=CORRECTION_COLUMNS)
    if max(len(printed), len(read)) > MAX_CORRECTED_CHARS:
        return message("reason.correction_long", limit=MAX_CORRECTED_CHARS)
    number = int(line[:9])
    line_span = lines[number - 1] if 0 < number <= len(lines) else Span(0, 0)
    positions = list(find_starts(text, printed, *line_span))
    if not positions:
        return message("reason.correction_not_there", line=number, printed=printed)
    if len(positions) > 1:
        return message("reason.correction_unclear", line=number, printed=printed)
    return Correction(Span(positions[0], positions[0] + len(printed)), printed, read, who, when)
