"""One tree of errors, in the order of who can correct them; each says what happened and what to do.

A class carries a code, an error its facts; the sentences are rows `error.CODE` of the catalogue.
`str(error)` is English, `error.sentence("zh")` Chinese.
"""

from __future__ import annotations

import errno
import shlex
from collections.abc import Sequence
from pathlib import PurePath
from typing import ClassVar

from indexer.messages import MESSAGES, Catalogue, Message, message


class ChaquanError(Exception):
    """The base of everything Chaquan raises on purpose."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1  # of the command line: 1 trouble, 2 asked wrongly
    catalogue: ClassVar[Catalogue] = MESSAGES

    def __init_subclass__(cls, *, code: str = "") -> None:
        """Set the code of a class of errors."""
        super().__init_subclass__()
        if code:
            cls.code = code

    def __init__(self, **facts: object) -> None:
        self.facts = {name: _printable(_cut(name, value)) for name, value in facts.items()}
        super().__init__(self.sentence())

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.facts)

    def sentence(self, language: str = "en") -> str:
        """Return what happened and what to do, in `en`, `zh`, `zh-Hant` or for a tag like zh-TW."""
        return self.catalogue.sentence(self._key(), language, {**self.derived(), **self.facts})

    def _key(self) -> str:
        """Return the row of the class, or of the nearest class above that has one."""
        keys = (f"error.{getattr(cls, 'code', '')}" for cls in type(self).__mro__)
        return next(key for key in keys if key in self.catalogue.rows)

    def derived(self) -> dict[str, object]:
        """Return what the sentences say that follows from the facts."""
        return {}

    def to_dict(self) -> dict[str, str]:
        """Make the JSON of the error."""
        both = {"message": self.sentence("en"), "message_zh": self.sentence("zh")}
        return {"code": self.code, **both}


ECHOED_FACTS = ("value", "given", "text", "name")
"""Facts that repeat what a caller gave, of any length."""

MAX_ECHOED_CHARS = 100


def _cut(name: str, value: object) -> object:
    """Cut what a caller gave, so that the sentence around it is seen."""
    if name in ECHOED_FACTS and isinstance(value, str) and len(value) > MAX_ECHOED_CHARS:
        return f"{value[: MAX_ECHOED_CHARS - 1]}…"
    return value


def _printable(value: object) -> object:
    """Escape control characters in text: facts come from files, clusters and readers."""
    if isinstance(value, PurePath):
        value = str(value)
    if isinstance(value, str) and not value.isprintable():
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
    if isinstance(value, Message):
        return message(value.key, **{name: _printable(fact) for name, fact in value.facts})
    return value


def _rebuild(cls: type[ChaquanError], facts: dict[str, object]) -> ChaquanError:
    return cls(**facts)


# ---------------------------------------------------------------- the reader can correct these


class QueryError(ChaquanError, ValueError, code="bad_query"):
    """A request that cannot be answered as it is."""

    exit_code = 2


class BadArgument(QueryError, TypeError, code="bad_argument"):
    """An argument of another type than a function takes, or a number out of range."""


class TooLong(QueryError, code="too_long"):
    """A query beyond a limit."""


class NotAnswerable(QueryError, code="not_answerable"):
    """A query that this engine cannot answer exactly."""


class TooSlow(QueryError, code="too_slow"):
    """A query that takes longer than it may."""


class UnknownField(QueryError, code="unknown_value"):
    """A facet, kind or sort order that does not exist."""


class BadSearchRecord(QueryError, code="bad_search_record"):
    """A file that is no record of a search, or not a whole one."""


class PastTheEnd(QueryError, code="past_the_end"):
    """A page of results after the last one."""


class NotFound(ChaquanError, LookupError, code="not_found"):
    """A page, article or paragraph that the index does not hold."""


# ---------------------------------------------------------------- the one who sets it up can


class BadSetting(ChaquanError, ValueError, code="bad_setting"):
    """A setting that is not what it must be."""


# ---------------------------------------------------------------- whoever supplies the pages can


class SourceError(ChaquanError, code="bad_source"):
    """A source that cannot be read."""


class SourceMissing(SourceError, FileNotFoundError, code="source_missing"):
    """A path that does not exist."""


class SourceEmpty(SourceError, code="source_empty"):
    """A folder without a single page."""


class WrongKind(SourceError, code="wrong_kind"):
    """A file that was named and is of a kind that holds no page."""


class NotText(SourceError, code="not_text"):
    """A file that is not text or whose encoding cannot be detected."""


class Unreadable(SourceError, code="unreadable"):
    """A file that cannot be opened, is no plain file of the folder, or does not hold still."""


def system_reason(error: OSError) -> object:
    """Return why the system refused: a message for the common errors, else its own words."""
    key = f"reason.{errno.errorcode.get(error.errno or 0)}"
    return message(key) if key in MESSAGES.rows else error.strerror or type(error).__name__


def cannot_read(path: object, error: OSError) -> Unreadable:
    """Return the error for a file that the system does not give."""
    return Unreadable(path=path, reason=system_reason(error))


class NotWritten(ChaquanError, code="not_written"):
    """A file that cannot be written."""


class ExtraMissing(SourceError, code="extra_missing"):
    """A file of a format whose package is not installed."""


class BadRecord(SourceError, code="bad_record"):
    """A line of a .jsonl file that is not an article."""


class BadMetadata(SourceError, code="bad_metadata"):
    """A side-car file that says something impossible."""


class SourceWarning(SourceError, code="source_warning"):
    """A remark on a source that was read all the same."""


def split_errors(
    errors: Sequence[SourceError],
) -> tuple[tuple[SourceError, ...], tuple[SourceError, ...]]:
    """Return the problems, which cost a page, and the warnings, which cost less."""
    warnings = tuple(error for error in errors if isinstance(error, SourceWarning))
    return tuple(error for error in errors if not isinstance(error, SourceWarning)), warnings


class TextRepaired(SourceWarning, code="text_repaired"):
    """Bytes of a file that are no text."""


class CorrectionLeftOut(SourceWarning, code="correction_left_out"):
    """A row of a corrections file that does not fit its page."""


class PageAsPrinted(SourceWarning, code="page_as_printed"):
    """A page of too many lines for its articles to be separated; all of it is indexed."""


class LooksWrong(SourceWarning, code="looks_wrong"):
    """Text that is hardly what was printed."""


class FieldLeftOut(SourceWarning, code="field_left_out"):
    """A field beside a page's text that could not be taken as it is; the page is there."""


class FieldChanged(SourceWarning, code="field_changed"):
    """A field of a record that was taken otherwise than it says."""


class PagesLeftOut(SourceWarning, code="pages_left_out"):
    """Pages of a file that are images, or beyond the number that is read."""


class NothingPrinted(SourceWarning, code="nothing_printed"):
    """A file of a known format without any text, as of a blank page."""


class UnknownFormat(SourceWarning, code="unknown_format"):
    """A file of JSON or XML that is of none of the formats that are read."""


class MetaContradicted(SourceWarning, code="meta_contradicted"):
    """A field of a page of which its printed head says something else."""


class FilesLeftAside(SourceWarning, code="files_left_aside"):
    """Files in a source that are no pages."""


class BuiltWithMore(SourceWarning, code="built_with_more"):
    """A list of the user's or a word cutter that the last build had and this one has not."""


class PageTwice(SourceError, code="page_twice"):
    """Two files that would become the same page."""


class SourceUnknown(SourceError, code="source_unknown"):
    """A source to remove that the index was not built from."""

    exit_code = 2


class SourcesForgotten(SourceError, code="sources_forgotten"):
    """An index that does not say what it was built from, where no source is named."""

    exit_code = 2


class PagesWouldGo(SourceError, code="pages_would_go"):
    """A build that would drop pages of a source that was not named."""

    exit_code = 2


# ---------------------------------------------------------------- whoever runs the machine can


class StoreError(ChaquanError, code="index_error"):
    """An index that cannot be used as it is."""


class _ToBuild(StoreError):
    """An index that a build makes or makes again.

    `options` name the index on the command line; without them it is the folder `path`.
    """

    words: ClassVar[str] = "chaquan build --full"

    def derived(self) -> dict[str, object]:
        """Return the command to run."""
        options = self.facts.get("options") or f"--index {shlex.quote(str(self.facts.get('path')))}"
        return {"command": f"{self.words} {options}"}


class IndexMissing(_ToBuild, code="index_missing"):
    """No index where one was expected."""

    words = "chaquan build"


class IndexOutdated(_ToBuild, code="index_outdated"):
    """An index of another version."""


class IndexCorrupt(_ToBuild, code="index_corrupt"):
    """An index that is damaged."""


class IndexUnreadable(StoreError, code="index_unreadable"):
    """An index whose files the system does not let be read."""


class IndexClosed(StoreError, ValueError, code="index_closed"):
    """An index that was closed and is used again."""


class IndexLocked(StoreError, code="index_locked"):
    """An index that another writer is changing."""


class StorageFull(StoreError, code="storage"):
    """A full disk, or no permission to write."""


class EngineUnreachable(StoreError, code="engine_unreachable"):
    """A remote engine that does not answer."""


class DocumentsRefused(StoreError, code="documents_refused"):
    """Documents that a remote engine would not take."""


class EngineMissing(StoreError, code="engine_missing"):
    """An engine whose optional packages are not installed, or that does not exist."""
