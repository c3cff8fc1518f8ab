"""Settings: arguments before environment before defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.settings import Settings, make_settings


@pytest.mark.parametrize(
    ("environment", "arguments", "index", "max_query"),
    [
        ({}, {}, Path("index"), 256),
        ({"CHAQUAN_INDEX": "there"}, {}, Path("there"), 256),
        ({"CHAQUAN_INDEX": "there"}, {"index": "here"}, Path("here"), 256),
        ({"CHAQUAN_MAX_QUERY": "9"}, {"index": None}, Path("index"), 9),
    ],
)
def test_who_decides(
    environment: dict[str, str], arguments: dict[str, object], index: Path, max_query: int
) -> None:
    settings = make_settings(environment, **arguments)
    assert (settings.index, settings.max_query) == (index, max_query)


def test_defaults_need_no_environment() -> None:
    assert make_settings({}) == Settings()


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="max_query must be a number"):
        make_settings({"CHAQUAN_MAX_QUERY": "many"})


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        make_settings({}, colour="red")


@pytest.mark.parametrize(("given", "value"), [("yes", True), ("0", False), ("False", False)])
def test_truth(given: str, value: bool) -> None:
    assert make_settings({"CHAQUAN_VERIFY": given}).verify is value


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(ValueError, match="verify must be one of yes, no"):
        make_settings({"CHAQUAN_VERIFY": "perhaps"})


def test_secrets_are_not_shown() -> None:
    secrets = {"url": "https://me:hush@host", "password": "hush", "api_key": "hush"}
    assert "hush" not in repr(make_settings({}, **secrets))


def test_a_reader_is_usual_or_cautious() -> None:
    assert make_settings({"CHAQUAN_READING": "cautious"}).reading == "cautious"
    with pytest.raises(ValueError, match="one of usual, cautious"):
        make_settings({}, reading="bold")
