"""Load the gazetteer: every place, every form it is written in, and what is no place.

Three kinds of file are merged: the nationwide table (`data/gazetteer.tsv`), the curated files
(`data/places.toml` for the country, `data/archive.toml` for this archive) and the user's own file,
which has the form of the curated ones (see `_merge`).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from indexer.analysis import fold
from indexer.errors import SourceMissing
from indexer.files import DATA_FOLDER, read_own_file
from indexer.model.chinese_numbers import spell_digits, write_in_tens

GAZETTEER_FILE = DATA_FOLDER / "gazetteer.tsv"
FORMER_PLACES_FILE = DATA_FOLDER / "former_places.tsv"
CURATED_FILES = (DATA_FOLDER / "places.toml", DATA_FOLDER / "archive.toml")

FORMER_NAME_YEARS = 3

MUNICIPALITY_CODES = ("11", "12", "31", "50", "81", "82")


class Ambiguity(IntEnum):
    """How much a form needs beside itself before it counts as a place."""

    PLAIN = 0  # nothing
    WARY = 1  # also common as ordinary text: some evidence
    COMMON = 2  # an everyday word: strong evidence


class FormKind(IntEnum):
    """What a form of a name is."""

    FULL = 0  # with its suffix: 沙雅县
    SHORT = 1
    ALIAS = 2  # old, common or curated
    PROVINCE = 3  # no city, but evidence, and it uses up its characters
    STOP = 4  # text in which no name counts as a place


@dataclass(frozen=True, slots=True)
class Place:
    """A city, prefecture, county or district; `parents` are canonical, the province first."""

    name: str
    short: str
    level: int  # 2 or 3
    parents: tuple[str, ...]
    suffix: str = ""  # 市, 县, 区, 州 …

    @property
    def above(self) -> tuple[str, ...]:
        """The city or prefecture that contains it: 杭州 of 余杭, 北京 of 海淀, none of 杭州."""
        return self.parents[-1:] if self.level == 3 else ()


class Form(NamedTuple):
    """A folded way to write places: rivals for it, or (`joint`) all of them at once."""

    text: str
    sort: FormKind
    places: tuple[str, ...] = ()
    ambiguity: Ambiguity = Ambiguity.PLAIN
    joint: bool = False
    loose: bool = False  # so sure that it need not begin and end where words do
    suffixes: str = ""  # with which it may continue: 市 of 海安市
    everyday_parts: bool = False  # a full name of everyday parts: 路南区
    famous: bool = False  # a county that needs no evidence: 敦煌


class Former(NamedTuple):
    """A name that was used for some years, and the place of today that it was or is part of."""

    text: str  # as printed then, not folded
    place: str
    first: int
    last: int

    def covers(self, year: int) -> bool:
        """Return whether the name was in use; papers keep one for some years after its end."""
        return self.first <= year <= self.last + FORMER_NAME_YEARS


@dataclass(slots=True)
class Gazetteer:
    """All places and forms.

    `starts` matches where the first two characters may be those of a form; `lengths` maps these two
    to the lengths of forms, longest first. `plain_lengths` leaves the regiments out that begin with
    a figure.
    """

    places: dict[str, Place] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    plain_lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    starts: re.Pattern[str] = field(default_factory=lambda: re.compile("(?!)"))
    letters: dict[str, str] = field(default_factory=dict)  # 甬 to 宁波
    former: dict[str, tuple[Former, ...]] = field(default_factory=dict)  # by form
    digest: str = ""


@dataclass(slots=True)
class _GazetteerDraft:
    """A gazetteer in the making, its forms not folded yet."""

    places: dict[str, Place] = field(default_factory=dict)
    rivals: dict[str, list[str]] = field(default_factory=dict)
    sorts: dict[str, FormKind] = field(default_factory=dict)
    ambiguities: dict[str, Ambiguity] = field(default_factory=dict)
    joint: set[str] = field(default_factory=set)
    famous: set[str] = field(default_factory=set)
    letters: dict[str, str] = field(default_factory=dict)
    former: dict[str, list[Former]] = field(default_factory=dict)

    def add(self, text: str, sort: FormKind, place: str | None = None) -> None:
        """Note a form; a place is added to its rivals, and the surest sort stays."""
        rivals = self.rivals.setdefault(text, [])
        if place and place not in rivals:
            rivals.append(place)
        self.sorts[text] = max(sort, self.sorts.get(text, sort), key=_precedence)


_SUREST_LAST = (FormKind.ALIAS, FormKind.SHORT, FormKind.FULL, FormKind.PROVINCE, FormKind.STOP)
_precedence = {sort: place for place, sort in enumerate(_SUREST_LAST)}.__getitem__


def load_gazetteer(user: Path | None = None) -> Gazetteer:
    """Read and merge the files, again when the user's own has changed.

    Raises `SourceMissing` for a user file that is not there, `BadMetadata` for one that cannot be
    understood.
    """
    if user is None:
        return _load(None, 0, 0)
    try:
        state = user.stat()
    except OSError as error:
        raise SourceMissing(path=user) from error
    return _load(user, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _load(user: Path | None, changed: int, size: int) -> Gazetteer:  # noqa: ARG001
    draft = _GazetteerDraft()
    tables = [GAZETTEER_FILE.read_bytes(), FORMER_PLACES_FILE.read_bytes()]
    _add_table(draft, tables[0].decode("utf-8"))
    _add_former(draft, tables[1].decode("utf-8"))
    lists = (*CURATED_FILES, *([user] if user else []))
    merged = [read_own_file(path, partial(_merge, draft), "reason.not_places") for path in lists]
    digest = hashlib.sha256(b"\0".join(tables + merged)).hexdigest()
    return _finish(draft, digest)


def _add_table(draft: _GazetteerDraft, table: str) -> None:
    towns: dict[str, str] = {}
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    for code, full, short, name, ambiguity in sorted(rows, key=_height):
        if code.endswith("00"):
            towns[code] = name
        _add_row(draft, towns, code, (full, short, name))
        draft.ambiguities.setdefault(
            short, Ambiguity(int(ambiguity))
        )  # the highest bearer comes first


def _add_former(draft: _GazetteerDraft, table: str) -> None:
    """Add the names that are no longer used; no other place loses a name of its own to them."""
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    for full, short, first, last, successors, ambiguity in rows:
        sort = FormKind.ALIAS if full == short else FormKind.FULL
        names = successors.split("+")
        for text, kind in ((full, sort), (short, min(sort, FormKind.SHORT, key=_precedence))):
            for name in names if text else ():
                draft.add(text, kind, name)
                draft.former.setdefault(text, []).append(Former(text, name, int(first), int(last)))
        if len(names) > 1:
            draft.joint.add(full)
        if short or ambiguity != "0":
            draft.ambiguities.setdefault(short or full, Ambiguity(int(ambiguity)))


def _height(row: list[str]) -> tuple[int, str]:
    """Order rows from province to county: the code of a higher level ends in zeros."""
    code = row[0]
    below = not code.endswith("00") and code[2:4] != "90"  # 90: directly below the province
    return (len(code.rstrip("0")) > 2) + below, code


def _add_row(
    draft: _GazetteerDraft, towns: Mapping[str, str], code: str, names: tuple[str, str, str]
) -> None:
    full, short, name = names
    province = towns[code[:2] + "0000"]
    if code.endswith("0000") and code[:2] not in MUNICIPALITY_CODES:
        draft.add(full, FormKind.PROVINCE, name)
        draft.add(short, FormKind.PROVINCE, name)
        return
    between = towns.get(code[:4] + "00")
    parents = (province,) if between in (None, name) else (province, str(between))
    if name not in draft.places:
        level = (
            3
            if len(parents) == 2 or (code[:2] in MUNICIPALITY_CODES and not code.endswith("0000"))
            else 2
        )
        draft.places[name] = Place(name, short or full, level, parents, full[-1])
    for text in _full_forms(full, short):
        draft.add(text, FormKind.FULL, name)
    if not short and parents[-1] == full[:-1]:  # 阿克苏市 counts for 阿克苏 as well
        draft.add(full, FormKind.FULL, parents[-1])
        draft.joint.add(full)
    if short:
        draft.add(short, FormKind.SHORT, name)


def _full_forms(full: str, short: str) -> Iterator[str]:
    """Yield the full name and, where peoples are named in it, the usual shorter one (延边州)."""
    yield full
    if "自治" in full and short:
        yield short + full[-1]


def _merge(draft: _GazetteerDraft, content: bytes) -> bytes:
    """Merge a TOML file of places, and return its content.

    Lists: `plain`, `wary`, `common`, `famous`, `province`, `stop`; tables: `place`, `alias`,
    `regiments`.

    A place has a name, perhaps a parent and forms; an alias has forms and what they mean: one
    place, or several that it names together.
    """
    _add_curated(draft, tomllib.loads(content.decode("utf-8-sig")))
    return content


def _add_curated(draft: _GazetteerDraft, table: Mapping[str, Any]) -> None:
    for entry in table.get("place", ()):
        _add_place(draft, entry)
    for entry in table.get("alias", ()):
        _add_alias(draft, entry)
    for city, numbers in table.get("regiments", {}).items():
        _add_regiments(draft, city, numbers)
    draft.letters.update(table.get("letters", {}))
    draft.famous.update(_words(_listed(table.get("famous", []))))
    for text in _words(_listed(table.get("province", []))):
        draft.add(text, FormKind.PROVINCE, text)
    for text in _words(_listed(table.get("stop", []))):
        draft.add(text, FormKind.STOP)
    for ambiguity in Ambiguity:
        for text in _words(_listed(table.get(ambiguity.name.lower(), []))):
            draft.ambiguities[text] = ambiguity


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _words(listed: Iterable[str]) -> Iterator[str]:
    """Yield the words of strings that may each hold many, separated by blanks."""
    for text in listed:
        yield from text.split()


def _add_place(draft: _GazetteerDraft, entry: Mapping[str, Any]) -> None:
    name, parent = entry["name"], entry.get("parent")
    above = draft.places.get(parent) if parent else None
    parents = (*above.parents, above.name) if above else (parent,) if parent else ()
    draft.places[name] = Place(name, name, 3 if above else 2, parents)
    draft.add(name, FormKind.SHORT, name)
    for text in _listed(entry.get("forms", [])):
        draft.add(text, FormKind.FULL, name)


def _add_regiments(draft: _GazetteerDraft, city: str, numbers: str) -> None:
    """Add the regiments of a division (`1-16 223`), which are towns of the city that it runs."""
    for part in numbers.split():
        first, _, last = part.partition("-")
        for number in range(int(first), int(last or first) + 1):
            name = f"{_numeral(number)}团"
            draft.places[name] = Place(name, name, 3, (draft.places[city].parents[0], city), "团")
            for text in (name, f"{number}团"):
                draft.add(text, FormKind.FULL, name)
                draft.ambiguities[text] = Ambiguity.COMMON


def _numeral(number: int) -> str:
    """Write a regiment's number as its town does: 四, 四十七, 一四八."""
    return spell_digits(number) if number > 99 else write_in_tens(number)


def _add_alias(draft: _GazetteerDraft, entry: Mapping[str, Any]) -> None:
    means = entry["means"]
    names = _listed(means)
    unknown = [name for name in names if name not in draft.places]
    if unknown:
        raise ValueError(f"unknown place {unknown[0]}")
    for text in _words(_listed(entry["forms"])):
        for name in names:
            draft.add(text, FormKind.ALIAS, name)
        if len(names) > 1:
            draft.joint.add(text)
        if "trust" in entry:
            draft.ambiguities[text] = Ambiguity[entry["trust"].upper()]


def _finish(draft: _GazetteerDraft, digest: str) -> Gazetteer:
    gazetteer = Gazetteer(places=draft.places, letters=draft.letters, digest=digest)
    texts = list(draft.rivals)
    lengths: dict[str, set[int]] = {}
    for text, folded in zip(texts, fold("\n".join(texts)).split("\n"), strict=True):
        gazetteer.forms[folded] = _make_form(draft, text, folded)
        if text in draft.former:
            gazetteer.former[folded] = tuple(dict.fromkeys(draft.former[text]))
        lengths.setdefault(folded[:2], set()).add(len(folded))
    gazetteer.lengths = {pair: tuple(sorted(found)[::-1]) for pair, found in lengths.items()}
    gazetteer.plain_lengths = {
        pair: sizes for pair, sizes in gazetteer.lengths.items() if not pair[0].isdigit()
    }
    firsts, seconds = ("".join(map(re.escape, set(chars))) for chars in zip(*lengths, strict=True))
    gazetteer.starts = re.compile(f"[{firsts}](?=[{seconds}])")
    return gazetteer


def _make_form(draft: _GazetteerDraft, text: str, folded: str) -> Form:
    sort, places = draft.sorts[text], tuple(draft.rivals[text])
    ambiguity = draft.ambiguities.get(text, Ambiguity.PLAIN)
    return Form(
        text=folded,
        sort=sort,
        places=places,
        ambiguity=ambiguity,
        joint=text in draft.joint,
        famous=text in draft.famous or text[-1] == "州",
        loose=_is_loose(text, sort, draft.ambiguities),
        everyday_parts=sort is FormKind.FULL
        and draft.ambiguities.get(text[:-1]) is Ambiguity.COMMON,
        suffixes=_suffixes([draft.places[name].suffix for name in places], ambiguity)
        if sort is FormKind.SHORT
        else "",
    )


def _suffixes(own: Iterable[str], ambiguity: Ambiguity) -> str:
    """Return the suffixes a short name may continue with; a district was mostly a county before."""
    found = "".join(own)
    return found + "县市" if "区" in found and ambiguity < Ambiguity.COMMON else found


def _is_loose(text: str, sort: FormKind, ambiguities: Mapping[str, Ambiguity]) -> bool:
    if sort is FormKind.FULL:
        short = ambiguities.get(text[:-1], Ambiguity.PLAIN)
        return len(text) > 3 or (
            len(text) == 3 and short is Ambiguity.PLAIN and text not in ambiguities
        )
    return (
        sort is FormKind.SHORT
        and len(text) > 2
        and ambiguities.get(text, Ambiguity.PLAIN) is Ambiguity.PLAIN
    )


def ancestors(city: str, user: Path | None = None) -> tuple[str, ...]:
    """Return the paths a city rolls up to: 新疆 and 新疆/阿克苏 for 沙雅 and for 阿克苏 itself.

    A city directly below a province is its own second level; 北京 has one level.
    """
    place = load_gazetteer(user).places.get(city)
    if place is None:
        return ()
    province = place.parents[0] if place.parents else city
    second = place.parents[1] if len(place.parents) > 1 else city
    if second == province or (place.level == 3 and len(place.parents) == 1):
        return (province,)
    return (province, f"{province}/{second}")
