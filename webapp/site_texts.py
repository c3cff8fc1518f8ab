"""The sentences of the interface, by key and language.

The printed text itself is never translated. Chinese is the first language; the Traditional one is
made from it by conversion where the catalogue has no sentence of its own; English is the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from indexer import FACETS, Catalogue, match_language, to_traditional

LANGUAGE_NAMES = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
DEFAULT_LANGUAGE = "zh-Hans"
SITE_TEXTS = Catalogue(Path(__file__).with_name("texts.json"), to_traditional=to_traditional)


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language."""

    language: str
    sentences: Mapping[str, str]

    def __call__(self, key: str, **facts: object) -> str:
        """Return a sentence with its facts; with `count=1` its singular, where it has one."""
        if facts.get("count") == 1 and f"{key}.one" in self.sentences:
            key = f"{key}.one"
        return self.sentences[key].format(**facts)

    def name(self, group: str, value: str) -> str:
        """Name a value of ours (a kind, a sort order); a value without a name is itself."""
        return self.sentences.get(f"{group}.{value}", value)


@cache
def texts(language: str) -> Texts:
    """Return the sentences of a language in `LANGUAGE_NAMES`."""
    headings = {f"facet.{spec.name}": spec.heading.sentence(language) for spec in FACETS.values()}
    return Texts(language, {**SITE_TEXTS.column(match_language(language) or "en"), **headings})


def choose_language(given: str, accepted: Iterable[str] = ()) -> str:
    """Return the language of an answer: the one the address asks for, else the reader's.

    `accepted` are the language tags of an `Accept-Language` header, the preferred one first. A
    reader whose languages are none of ours gets English; one who names none gets the default.
    """
    if given in LANGUAGE_NAMES:
        return given
    for tag in (named := [tag.lower() for tag in accepted if tag != "*"]):
        if language := match_language(tag):
            return "zh-Hans" if language == "zh" else language
    return "en" if named else DEFAULT_LANGUAGE
