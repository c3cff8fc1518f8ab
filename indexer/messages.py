"""The catalogue of sentences written for people, by key and language.

A row of a catalogue holds one sentence in every language, with the `{names}` of the facts to fill
in; `one` is the English sentence for `count=1`. Code holds keys and facts only: adding a language
is adding a column.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LANGUAGES = ("en", "zh", "zh-Hant")
"""The columns of the catalogues."""

_LANGUAGE_PREFIXES = {
    "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zh-hant": "zh-Hant",
    "zh": "zh", "en": "en",
}  # fmt: skip
_LIST_SEPARATORS = {"en": ", ", "zh": "、", "zh-Hant": "、"}


def match_language(tag: str) -> str | None:
    """Return the column for a language tag or locale (`zh-TW`, `zh_CN.UTF-8`), `None` without."""
    tag = tag.partition(".")[0].replace("_", "-").lower()
    for prefix, language in _LANGUAGE_PREFIXES.items():
        if tag == prefix or tag.startswith(f"{prefix}-"):
            return language
    return None


class Catalogue:
    """The rows of one file of sentences, read when the first is needed."""

    def __init__(self, file: Path, *, to_traditional: Callable[[str], str] | None = None) -> None:
        """Make the catalogue of a file in JSON.

        With `to_traditional` sentences that have no column `zh-Hant` are converted from `zh`.
        """
        self._file = file
        self._to_traditional = to_traditional
        self._columns: dict[str, dict[str, str]] = {}

    @cached_property
    def rows(self) -> Mapping[str, Mapping[str, str]]:
        """Map keys (`group.name`) to rows, which map columns to sentences."""
        rows: dict[str, dict[str, str]] = json.loads(self._file.read_bytes())
        return rows

    def column(self, language: str) -> Mapping[str, str]:
        """Map the keys to the sentences of one of `LANGUAGES`, singulars to `KEY.one`."""
        if language not in self._columns:
            self._columns[language] = dict(self._read_column(language))
        return self._columns[language]

    def _read_column(self, language: str) -> Iterator[tuple[str, str]]:
        for key, row in self.rows.items():
            if language == "en" and "one" in row:
                yield f"{key}.one", row["one"]
            if language == "zh-Hant" and language not in row and self._to_traditional:
                yield key, self._to_traditional(row["zh"])
            else:
                yield key, row[language]

    def sentence(self, key: str, language: str, facts: Mapping[str, object]) -> str:
        """Return a sentence with its facts filled in, for a language tag; English if unknown.

        Raises `KeyError` for a key that is not there.
        """
        language = match_language(language) or "en"
        sentences = self.column(language)
        if facts.get("count") == 1:
            key = f"{key}.one" if f"{key}.one" in sentences else key
        filled = {name: _write_fact(fact, language) for name, fact in facts.items()}
        return sentences[key].format(**filled)


MESSAGES = Catalogue(Path(__file__).with_name("messages.json"))


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence or phrase of the catalogue with its facts; as text it is English.

    A fact may be a message itself, or a tuple, which is written as a list.
    """

    key: str
    facts: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, language: str = "en") -> str:
        """Return the sentence in a language: `en`, `zh`, `zh-Hant` or a tag like `zh-TW`."""
        return MESSAGES.sentence(self.key, language, dict(self.facts))


def message(key: str, /, **facts: object) -> Message:
    """Make a message of a row of the catalogue."""
    return Message(key, tuple(facts.items()))


def _write_fact(fact: object, language: str) -> object:
    if isinstance(fact, Message):
        return fact.sentence(language)
    if isinstance(fact, tuple):
        return _LIST_SEPARATORS[language].join(str(_write_fact(one, language)) for one in fact)
    return fact
