"""Record what a search found, and compare a record with what the search finds now.

A record is a text file. Its first line is `{"search": {…}}`: query, options, number and time of the
commit. Each further line is a hit with its id and a digest of its text; the lines of a JSON or CSV
export, which begin the same way where that is asked for, are read as well.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from inspect import signature
from io import StringIO
from pathlib import Path
from typing import Any

from indexer.arguments import check_arguments, check_methods
from indexer.errors import BadSearchRecord, system_reason
from indexer.messages import message
from indexer.model.json_form import fields_to_json
from indexer.model.spans import shorten
from indexer.search.filters import Values, make_selection
from indexer.search.results import Hit

DIGEST_CHARS = 16
INCOMPLETE_MARKER = "!!"
"""What the last line of an export begins with that broke off (see `export.incomplete_marker`)."""


@dataclass(frozen=True, slots=True)
class RecordedHit:
    """A hit of a record; `digest` is of its text, or the beginning of that, "" where unknown."""

    id: str
    digest: str = ""
    title: str | None = None

    @classmethod
    def of(cls, hit: Hit) -> RecordedHit:
        """Record a hit."""
        return cls(hit.id, make_digest(hit.text), hit.title)

    @property
    def page(self) -> str:
        """The id of its page."""
        return self.id.rsplit(":", 2)[0]

    def to_dict(self) -> dict[str, Any]:
        """Make the JSON of the hit."""
        return fields_to_json(self)


@dataclass(frozen=True, slots=True)
class SearchRecord:
    """A search that can be cited and repeated: what was asked, of which commit, what was found.

    `options` are keyword arguments of `Index.scan`, defaults left out.
    """

    query: str
    options: Mapping[str, Any]
    generation: int
    made: str  # ISO 8601
    hits: tuple[RecordedHit, ...] = ()

    def __repr__(self) -> str:
        return f"<SearchRecord {shorten(self.query, 60)!r}: {len(self.hits)} hits>"

    def facts(self) -> dict[str, Any]:
        """Return the first line of a file of hits of this search."""
        facts = {"query": self.query, "options": dict(self.options)}
        return {"search": facts | {"generation": self.generation, "made": self.made}}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a search finds now beside what a record holds; `changed` have other text by now."""

    record: SearchRecord
    generation: int
    made: str
    new: tuple[Hit, ...]
    changed: tuple[Hit, ...]
    gone: tuple[RecordedHit, ...]
    same: int

    def __repr__(self) -> str:
        counts = f"{len(self.new)} new, {len(self.changed)} changed, {len(self.gone)} gone"
        return f"<Comparison {shorten(self.record.query, 60)!r}: {counts}, {self.same} the same>"

    def to_dict(self) -> dict[str, Any]:
        """Make the JSON of the comparison."""
        return {
            **self.record.facts(),
            "now": {"generation": self.generation, "made": self.made},
            **fields_to_json(self, "record", "generation", "made"),
        }


@check_methods
class RecordMethods:
    """Recording a search and comparing with a record, as `Index` has them."""

    @property
    def generation(self) -> int:
        """The number of the newest commit."""
        raise NotImplementedError

    @property
    def made(self) -> datetime:
        """When the newest commit was made."""
        raise NotImplementedError

    def scan(self, query: str = "", **options: Any) -> Iterator[Hit]:
        """Yield every hit of a search (see `Index.scan`)."""
        raise NotImplementedError

    def snapshot(self) -> AbstractContextManager[RecordMethods]:
        """Pin the newest commit (see `Index.snapshot`)."""
        raise NotImplementedError

    def describe(self, query: str = "", **options: Values | bool) -> SearchRecord:
        """Return the record of a search without its hits; `options` are those of `scan`."""
        made = self.made.isoformat(timespec="seconds")
        return SearchRecord(query, drop_defaults(options), self.generation, made)

    def record(self, query: str = "", **options: Values | bool) -> SearchRecord:
        """Return the record of a search with every hit, to be compared with later."""
        with self.snapshot() as index:
            record = index.describe(query, **options)
            return replace(record, hits=tuple(map(RecordedHit.of, index.scan(query, **options))))

    def compare(self, record: SearchRecord) -> Comparison:
        """Return what the search of a record finds now that it did not find then, and what is gone.

        A paragraph that only has another number on its page by now is the same.
        """
        with self.snapshot() as index:
            now = index.describe(record.query, **record.options)
            new, changed, gone, same = _compare(record, index.scan(record.query, **record.options))
            return Comparison(record, now.generation, now.made, new, changed, gone, same)


def make_digest(text: str) -> str:
    """Return a short digest of the text of a hit."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_CHARS]


@check_arguments
def read_record(path: str | Path) -> SearchRecord:
    """Read a record, or an export that begins like one; raises `BadSearchRecord`."""
    try:
        text = Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise BadSearchRecord(path=str(path), reason=system_reason(error)) from error
    except ValueError as error:
        raise _bad(path, "unreadable") from error
    try:
        return _parse(text, path)
    except BadSearchRecord:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _bad(path, "form") from error


def _bad(path: str | Path, reason: str) -> BadSearchRecord:
    return BadSearchRecord(path=str(path), reason=message(f"search_record.{reason}"))


def drop_defaults(options: Mapping[str, object]) -> dict[str, Any]:
    """Return the options of a search that are not the defaults, as JSON has them."""
    defaults = _scan_defaults()
    pairs = ((name, _plain(value), defaults.get(name, [])) for name, value in options.items())
    return {
        name: value for name, value, default in pairs if value != default and (value or default)
    }


@cache
def _scan_defaults() -> dict[str, object]:
    parameters = signature(make_selection).parameters.values()
    return {one.name: _plain(one.default) for one in parameters if one.kind is one.KEYWORD_ONLY}


def _plain(value: object) -> object:
    """Return an option as JSON has it; of a filter, all values in a list."""
    return value if isinstance(value, str | int | None) else list(value)  # type: ignore[call-overload]


# ---------------------------------------------------------------- comparing


def _compare(
    record: SearchRecord, found: Iterable[Hit]
) -> tuple[tuple[Hit, ...], tuple[Hit, ...], tuple[RecordedHit, ...], int]:
    size = len(record.hits[0].digest) if record.hits else 0
    texts = Counter((hit.page, hit.digest) for hit in record.hits if hit.digest)
    kept: Counter[tuple[str, str]] = Counter()
    fresh: list[Hit] = []
    same = 0
    for hit in found:
        key = (hit.page, make_digest(hit.text)[:size])
        if kept[key] < texts[key]:
            kept[key] += 1
            same += 1
        else:
            fresh.append(hit)
    left: dict[str, RecordedHit] = {}
    for one in record.hits:
        if kept[one.page, one.digest]:
            kept[one.page, one.digest] -= 1
        else:
            left[one.id] = one
    changed = tuple(hit for hit in fresh if hit.id in left)
    new = tuple(hit for hit in fresh if hit.id not in left)
    for hit in changed:
        same += not left.pop(hit.id).digest
    changed = changed if size else ()
    return new, changed, tuple(left.values()), same


# ---------------------------------------------------------------- reading


def _parse(text: str, path: str | Path) -> SearchRecord:
    first, _, rest = text.partition("\n")
    is_csv = first.startswith(("#", '"#'))
    if is_csv:
        first = next(csv.reader([first]))[0].removeprefix("#")
    facts = json.loads(first)["search"]
    lines = filter(str.strip, rest.split("\n"))
    rows = csv.DictReader(StringIO(rest, newline="")) if is_csv else map(json.loads, lines)
    hits = tuple(_read_hit(row, path) for row in rows)
    query, options = facts["query"], facts["options"]
    if not isinstance(query, str) or not all(map(_is_option, options.values())):
        raise ValueError
    return SearchRecord(query, options, int(facts["generation"]), str(facts["made"]), hits)


def _read_hit(row: Mapping[str, Any], path: str | Path) -> RecordedHit:
    if "error" in row or str(row["id"]).startswith(INCOMPLETE_MARKER):
        raise _bad(path, "incomplete")
    id_, title = row["id"], row.get("title")
    digest = row.get("digest")
    if digest is None and "spans" in row:  # JSON: a CSV may hold text made harmless
        digest = make_digest(row["text"])
    if not isinstance(id_, str) or id_.count(":") < 2:
        raise ValueError
    return RecordedHit(id_, str(digest or ""), str(title) if title else None)


def _is_option(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str | bool)
