"""The catalogue of sentences: complete in every language, and exactly what the code uses."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import indexer
import webapp
from indexer.messages import LANGUAGES, MESSAGES, match_language, message
from webapp.site_texts import SITE_TEXTS as SITE

KEYS = sorted(MESSAGES.rows)
CODE = "\n".join(
    path.read_text("utf-8")
    for package in (indexer, webapp)
    for path in sorted(Path(str(package.__file__)).parent.rglob("*.py"))
)
USED = set(re.findall(r"""message\(\s*f?["']([a-z_]+\.[a-z_{][^"']*)["']""", CODE))


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("key", KEYS)
def test_a_row_has_every_language_with_the_same_facts(key: str) -> None:
    row = MESSAGES.rows[key]
    assert set(row) - {"one"} == set(LANGUAGES)
    assert len({frozenset(names(row[language])) for language in LANGUAGES}) == 1


def test_every_key_in_the_code_has_a_row() -> None:
    assert len(USED) > 60
    assert {key for key in USED if "{" not in key} - {*KEYS, *SITE.rows} == set()


def test_every_row_is_used() -> None:
    groups = {key.partition("{")[0] for key in USED if "{" in key} | {"error.", "reason.", "hint."}
    assert [k for k in KEYS if k not in USED and not k.startswith(tuple(groups))] == []


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"), ("en_GB.UTF-8", "en"), ("zh", "zh"), ("zh_CN.UTF-8", "zh"), ("zh-Hans", "zh"),
        ("zh-TW", "zh-Hant"), ("zh_HK", "zh-Hant"), ("zh-Hant-TW", "zh-Hant"), ("de", None),
        ("C", None), ("", None), ("english", None),
    ],
)  # fmt: skip
def test_language_tags_and_locales(tag: str, language: str | None) -> None:
    assert match_language(tag) == language


def test_facts_are_written_in_the_language_of_the_sentence() -> None:
    said = message("hint.choose", choices=(message("what.page"), "x"))
    assert [said.sentence(language) for language in LANGUAGES] == [
        "choose one of page, x",
        "可选：版面、x",
        "可選：版面、x",
    ]


def test_one_has_a_sentence_of_its_own_in_english() -> None:
    assert str(message("note.partial", count=1)).startswith("1 part of")
    assert str(message("note.partial", count=2)).startswith("2 parts of")
