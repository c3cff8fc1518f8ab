"""The words of the interface: a key comes in, a sentence in the reader's language goes out.

The printed text itself is never translated. Chinese is the first language; the Traditional one is
made from it by conversion; English is the second.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from indexer import to_traditional

LANGUAGES = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
DEFAULT = "zh-Hans"


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language."""

    language: str
    sentences: Mapping[str, str]

    def __call__(self, key: str, **facts: object) -> str:
        """Say a sentence with its facts; with `count=1` its singular, where it has one."""
        if facts.get("count") == 1 and f"{key}.one" in self.sentences:
            key = f"{key}.one"
        return self.sentences[key].format(**facts)

    def choose(self, english: str, chinese: str) -> str:
        """Choose between the two sentences in which the library says a thing."""
        return english if self.language == "en" else self.convert(chinese)

    def convert(self, chinese: str) -> str:
        """Write a sentence of the interface in the script of this language."""
        return to_traditional(chinese) if self.language == "zh-Hant" else chinese

    def name(self, group: str, value: str) -> str:
        """Name a value of ours (a kind, a sort order); a value without a name is itself."""
        return self.sentences.get(f"{group}.{value}", value)


@cache
def texts(language: str) -> Texts:
    """Return the sentences of a language in `LANGUAGES`."""
    column = "en" if language == "en" else "zh"
    sentences = {key: row[column] for key, row in _table().items() if column in row}
    if language == "zh-Hant":
        sentences = {key: to_traditional(sentence) for key, sentence in sentences.items()}
    return Texts(language, sentences)


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    """Read the catalogue and give each singular a key of its own."""
    rows = tomllib.loads(files("webapp").joinpath("texts.toml").read_text("utf-8"))
    table: dict[str, Mapping[str, str]] = {}
    for group, members in rows.items():
        for name, row in members.items():
            table[f"{group}.{name}"] = row
            if "one" in row:
                table[f"{group}.{name}.one"] = {"en": row["one"]}
    return table


def choose_language(given: str, accepted: Iterable[str] = ()) -> str:
    """Return the language of an answer: the one the address asks for, else the reader's.

    `accepted` are the language tags of an `Accept-Language` header, the preferred one first. A
    reader whose languages are none of ours gets English; one who names none gets the default.
    """
    if given in LANGUAGES:
        return given
    for tag in (named := [tag.lower() for tag in accepted if tag != "*"]):
        for prefix, language in _PREFIXES.items():
            if tag == prefix or tag.startswith(f"{prefix}-"):
                return language
    return "en" if named else DEFAULT


_PREFIXES = {
    "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zh-hant": "zh-Hant",
    "zh": "zh-Hans", "en": "en",
}  # fmt: skip
