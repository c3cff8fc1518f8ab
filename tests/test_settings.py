"""Settings: arguments before environment before file before defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import BadSetting, UnknownField
from indexer.settings import (
    Settings,
    find_config,
    find_unknown_settings,
    make_settings,
    trace_settings,
)
from webapp.web_settings import WebSettings, make_web_settings


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
    with pytest.raises(UnknownField, match="There is no setting 'colour'; choose one of index, "):
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


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An index folder with a file of settings beside it."""
    (tmp_path / "chaquan.toml").write_text(
        'max_query = 99\nplaces = "own/places.toml"\nverify = false\n[web]\nrate = 30\n'
    )
    return tmp_path / "index"


def test_a_file_beside_the_index_holds_settings(archive: Path) -> None:
    settings = make_settings({}, index=archive)
    assert (settings.max_query, settings.verify) == (99, False)
    assert settings.places == archive.parent / "own/places.toml"
    assert make_web_settings({}, index=archive).rate == 30


def test_arguments_and_environment_outweigh_the_file(archive: Path) -> None:
    environment = {"CHAQUAN_MAX_QUERY": "50"}
    assert make_settings(environment, index=archive).max_query == 50
    assert make_settings(environment, index=archive, max_query=7).max_query == 7
    assert make_web_settings({"CHAQUAN_WEB_RATE": "9"}, index=archive).rate == 9


def test_the_file_may_be_named(archive: Path, tmp_path: Path) -> None:
    environment = {"CHAQUAN_CONFIG": str(archive.parent / "chaquan.toml")}
    assert make_settings(environment, index=tmp_path / "elsewhere/index").max_query == 99


@pytest.mark.parametrize("content", ["max_query = ", "max_query = 'many'", "verify = 'perhaps'"])
def test_a_file_that_is_wrong_is_refused(archive: Path, content: str) -> None:
    (archive.parent / "chaquan.toml").write_text(content)
    with pytest.raises(BadSetting):
        make_settings({}, index=archive)


def test_every_value_says_where_it_comes_from(archive: Path) -> None:
    environment = {"CHAQUAN_PASSWORD": "geheim", "CHAQUAN_MAX_TERMS": "5"}
    arguments = {"index": archive}
    config = find_config(environment, arguments)
    found = {o.name: o for o in trace_settings(Settings, config, environment, arguments)}
    assert {
        name: str(found[name].origin) for name in ("index", "max_terms", "places", "shards")
    } == {"index": "argument", "max_terms": "environment", "places": "file", "shards": "default"}
    assert (found["password"].value, found["max_terms"].variable) == ("…", "CHAQUAN_MAX_TERMS")


def test_unknown_names_are_found_with_what_may_be_meant(archive: Path) -> None:
    (archive.parent / "chaquan.toml").write_text("max_querry = 1\nindex = 'x'\n[web]\nhots = 'a'\n")
    environment = {"CHAQUAN_INDX": "a", "CHAQUAN_WEB_RATES": "1", "CHAQUAN_LANG": "zh"}
    config = find_config(environment, {"index": archive})
    groups = {"": Settings, "web": WebSettings}
    unknown = find_unknown_settings(groups, config, environment)
    assert [(one.name, one.similar) for one in unknown] == [
        ("CHAQUAN_INDX", "CHAQUAN_INDEX"),
        ("CHAQUAN_WEB_RATES", "CHAQUAN_WEB_RATE"),
        ("max_querry", "max_query"),
        ("index", "index"),
        ("web.hots", "web.hosts"),
    ]
