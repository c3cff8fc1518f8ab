"""One tree of errors, in the order of who can correct them; each says what happened and what to do.

A class carries a code, an error its facts; the sentences are rows `error.CODE` of the catalogue.
`str(error)` is English, `error.sentence("zh")` Chinese.
"""

from __future__ import annotations

import shlex
from typing import ClassVar

from indexer.messages import MESSAGES, Catalogue, Message, message


class ChaquanError(Exception):
    """The base of everything Chaquan raises on purpose."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1  # of the command line: 1 trouble, 2 asked wrongly
    catalogue: ClassVar[Catalogue] = MESSAGES

    def __init__(self, **facts: object) -> None:
        self.facts = {name: _printable(value) for name, value in facts.items()}
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


def _printable(value: object) -> object:
    """Escape control characters in text: facts come from files, clusters and readers."""
    if isinstance(value, str) and not value.isprintable():
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
    if isinstance(value, Message):
        return message(value.key, **{name: _printable(fact) for name, fact in value.facts})
    return value


def _rebuild(cls: type[ChaquanError], facts: dict[str, object]) -> ChaquanError:
    return cls(**facts)


# ---------------------------------------------------------------- the reader can correct these


class QueryError(ChaquanError, ValueError):
    """A request that cannot be answered as it is."""

    code = "bad_query"
    exit_code = 2


class TooLong(QueryError):
    """A query beyond a limit."""

    code = "too_long"


class NotAnswerable(QueryError):
    """A query that this engine cannot answer exactly."""

    code = "not_answerable"


class TooSlow(QueryError):
    """A query that takes longer than it may."""

    code = "too_slow"


class UnknownField(QueryError):
    """A facet, kind or sort order that does not exist."""

    code = "unknown_value"


class BadSearchRecord(QueryError):
    """A file that is no record of a search, or not a whole one."""

    code = "bad_search_record"


class PastTheEnd(QueryError):
    """A page of results after the last one."""

    code = "past_the_end"


class NotFound(ChaquanError, LookupError):
    """A page, article or paragraph that the index does not hold."""

    code = "not_found"


# ---------------------------------------------------------------- the one who sets it up can


class BadSetting(ChaquanError, ValueError):
    """A setting that is not what it must be."""

    code = "bad_setting"


# ---------------------------------------------------------------- whoever supplies the pages can


class SourceError(ChaquanError):
    """A source that cannot be read."""

    code = "bad_source"


class SourceMissing(SourceError, FileNotFoundError):
    """A path that does not exist."""

    code = "source_missing"


class SourceEmpty(SourceError):
    """A folder without a single page."""

    code = "source_empty"


class WrongKind(SourceError):
    """A file that was named and is of a kind that holds no page."""

    code = "wrong_kind"


class NotText(SourceError):
    """A file that is not text or whose encoding cannot be detected."""

    code = "not_text"


class Unreadable(SourceError):
    """A file that cannot be opened, is no plain file of the folder, or does not hold still."""

    code = "unreadable"


def cannot_read(path: object, error: OSError) -> Unreadable:
    """Return the error for a file that the system does not give."""
    return Unreadable(path=path, reason=error.strerror or type(error).__name__)


class ExtraMissing(SourceError):
    """A file of a format whose package is not installed."""

    code = "extra_missing"


class BadRecord(SourceError):
    """A line of a .jsonl file that is not an article."""

    code = "bad_record"


class BadMetadata(SourceError):
    """A side-car file that says something impossible."""

    code = "bad_metadata"


class SourceWarning(SourceError):
    """A remark on a source that was read all the same."""

    code = "source_warning"


class TextRepaired(SourceWarning):
    """Bytes of a file that are no text."""

    code = "text_repaired"


class CorrectionLeftOut(SourceWarning):
    """A row of a corrections file that does not fit its page."""

    code = "correction_left_out"


class PageAsPrinted(SourceWarning):
    """A page of too many lines for its articles to be separated; all of it is indexed."""

    code = "page_as_printed"


class LooksWrong(SourceWarning):
    """Text that is hardly what was printed."""

    code = "looks_wrong"


class FieldLeftOut(SourceWarning):
    """A field beside a page's text that could not be taken as it is; the page is there."""

    code = "field_left_out"


class FieldChanged(SourceWarning):
    """A field of a record that was taken otherwise than it says."""

    code = "field_changed"


class PagesLeftOut(SourceWarning):
    """Pages of a file that are images, or beyond the number that is read."""

    code = "pages_left_out"


class NothingPrinted(SourceWarning):
    """A file of a known format without any text, as of a blank page."""

    code = "nothing_printed"


class UnknownFormat(SourceWarning):
    """A file of JSON or XML that is of none of the formats that are read."""

    code = "unknown_format"


class MetaContradicted(SourceWarning):
    """A field of a page of which its printed head says something else."""

    code = "meta_contradicted"


class FilesLeftAside(SourceWarning):
    """Files in a source that are no pages."""

    code = "files_left_aside"


class BuiltWithMore(SourceWarning):
    """A list of the user's or a word cutter that the last build had and this one has not."""

    code = "built_with_more"


class PageTwice(SourceError):
    """Two files that would become the same page."""

    code = "page_twice"


class SourceUnknown(SourceError):
    """A source to remove that the index was not built from."""

    code = "source_unknown"
    exit_code = 2


class SourcesForgotten(SourceError):
    """An index that does not say what it was built from, where no source is named."""

    code = "sources_forgotten"
    exit_code = 2


class PagesWouldGo(SourceError):
    """A build that would drop pages of a source that was not named."""

    code = "pages_would_go"
    exit_code = 2


# ---------------------------------------------------------------- whoever runs the machine can


class StoreError(ChaquanError):
    """An index that cannot be used as it is."""

    code = "index_error"


class _ToBuild(StoreError):
    """An index that a build makes or makes again.

    `options` name the index on the command line; without them it is the folder `path`.
    """

    words: ClassVar[str] = "chaquan build --full"

    def derived(self) -> dict[str, object]:
        """Return the command to run."""
        options = self.facts.get("options") or f"--index {shlex.quote(str(self.facts.get('path')))}"
        return {"command": f"{self.words} {options}"}


class IndexMissing(_ToBuild):
    """No index where one was expected."""

    code = "index_missing"
    words = "chaquan build"


class IndexOutdated(_ToBuild):
    """An index of another version."""

    code = "index_outdated"


class IndexCorrupt(_ToBuild):
    """An index that is damaged."""

    code = "index_corrupt"


class IndexUnreadable(StoreError):
    """An index whose files the system does not let be read."""

    code = "index_unreadable"


class IndexClosed(StoreError, ValueError):
    """An index that was closed and is used again."""

    code = "index_closed"


class IndexLocked(StoreError):
    """An index that another writer is changing."""

    code = "index_locked"


class StorageFull(StoreError):
    """A full disk, or no permission to write."""

    code = "storage"


class EngineUnreachable(StoreError):
    """A remote engine that does not answer."""

    code = "engine_unreachable"


class DocumentsRefused(StoreError):
    """Documents that a remote engine would not take."""

    code = "documents_refused"


class EngineMissing(StoreError):
    """An engine whose optional packages are not installed, or that does not exist."""

    code = "engine_missing"
