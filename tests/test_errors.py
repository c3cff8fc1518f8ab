"""Errors: sentences in every language, codes, facts."""

from __future__ import annotations

import pickle
from string import Formatter

import pytest

from indexer.errors import ChaquanError, IndexLocked, IndexMissing, QueryError, TooLong
from indexer.messages import message


def tree(cls: type[ChaquanError]) -> list[type[ChaquanError]]:
    return [cls, *(below for child in cls.__subclasses__() for below in tree(child))]


def facts(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("cls", tree(ChaquanError))
def test_every_error_has_a_sentence_in_every_language(cls: type[ChaquanError]) -> None:
    key = f"error.{cls.code}"
    rows = cls.catalogue.rows
    wanted = facts(rows[key]["en"]) if key in rows else {"reason"}
    error = cls(**dict.fromkeys(wanted, "7"))
    assert str(error) == error.sentence() == error.sentence("en-GB")
    assert error.sentence("zh") != error.sentence("en")
    assert not error.sentence("zh-Hans").isascii()


def test_codes_are_unique() -> None:
    codes = [cls.code for cls in tree(ChaquanError) if "code" in vars(cls)]
    assert len(set(codes)) == len(codes)


def test_an_error_crosses_a_process_with_its_facts() -> None:
    error = pickle.loads(pickle.dumps(IndexMissing(path="there")))
    assert (type(error), error.facts) == (IndexMissing, {"path": "there"})


def test_a_bad_query_is_a_value_error() -> None:
    assert issubclass(QueryError, ValueError)
    error = TooLong(actual=300, limit=256, unit=message("unit.characters"))
    assert str(error) == "Too many characters: 300, at most 256 are allowed."
    assert error.sentence("zh") == "字数过多：300，最多 256。"


def test_control_characters_in_facts_are_escaped() -> None:
    error = IndexLocked(path="index", holder="\x1b[2Jme\n", seconds=3)
    assert str(error).isprintable()
    assert "\\x1b[2Jme\\n" in error.sentence("zh")
