"""Wrong arguments of the library get one sentence of its own, whatever their type."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import indexer
from indexer import ChaquanError, Index, QueryError, build_index, open_index
from indexer.errors import BadArgument, SourceError, UnknownField
from indexer.model import Sheet
from webapp import create_app

ODD_VALUES = (
    None,
    0,
    7,
    -1,
    1.5,
    True,
    b"x",
    "x",
    "x" * 300,
    "\0",
    "\ud800",
    (),
    [5],
    {"a": 1},
    object(),
)


@pytest.fixture(scope="module")
def index(seeds: Path) -> Iterator[Index]:
    build_index(seeds, index="memory/arguments", engine="memory")
    with open_index("memory/arguments", engine="memory") as opened:
        yield opened


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda index: index.search(5), "query must be str, not int."),
        (lambda index: index.search(None), "query must be str, not None."),
        (lambda index: index.search("x", size="3"), "size must be int, not str."),
        (lambda index: index.search("x", start=-1), "start must be a number from 0 to "),
        (lambda index: index.search("x", exact="no"), "exact must be bool, not str."),
        (lambda index: index.search("x", city=[5]), "city must be str | Iterable[str], not list."),
        (lambda index: index.count("x", by=5), "by must be str | Sequence[str], not int."),
        (lambda index: index.neighbours("x", limit=10**30), "limit must be a number from 0 to"),
        (lambda index: index.record("x", kind=5), "kind must be str | Iterable[str], not int."),
        (lambda index: index.page(b"x"), "page must be str, not bytes."),
        (lambda index: index.mark("x", ["x"]), "documents must be Iterable[Document], not list."),
        (lambda index: index.compare({}), "record must be SearchRecord, not dict."),
        (lambda index: index.lookup_names("援疆"), "names must be Iterable[str], not str."),
        (lambda index: index.search("x", facets="city"), "facets must be Iterable[str] | None"),
        (lambda index: index.search("x", size=np.array([1, 2])), "size must be int, not ndarray."),
        (lambda index: index.search("x", start=np.int64(-1)), "start must be a number from 0 to "),
        (lambda index: indexer.inspect_page(1.5), "path must be str | Path, not float."),
        (lambda index: indexer.describe_query(["x"]), "text must be str, not list."),
    ],
)  # fmt: skip
def test_an_argument_of_a_wrong_type_is_named(
    index: Index, call: Callable[[Index], object], says: str
) -> None:
    with pytest.raises(BadArgument, match="^" + re.escape(says)) as raised:
        call(index)
    assert isinstance(raised.value, QueryError | TypeError)
    assert raised.value.sentence("zh") != str(raised.value)


def test_numbers_of_numpy_and_lists_of_any_kind_are_taken(index: Index) -> None:
    found = index.search("援疆", size=np.int64(2), exact=np.True_, kind=np.array(["body"]))  # type: ignore[arg-type]
    assert len(found.hits) == 2
    for several in ({"body"}, {"body": 1}, iter(["body"]), ("body",)):
        assert index.search("援疆", exact=True, kind=several).total == found.total


def test_none_of_the_neighbours_may_be_asked_for(index: Index) -> None:
    assert index.neighbours("援疆", limit=0).left == ()


def test_a_wrong_number_of_arguments_is_python_s_own_error(index: Index) -> None:
    with pytest.raises(TypeError, match=r"Index\.search\(\) takes from 1 to 2 positional"):
        index.search("a", "b")  # type: ignore[misc]


METHODS = tuple(
    name for name in dir(Index) if not name.startswith("_") and callable(getattr(Index, name))
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from([name for name in METHODS if name not in ("close", "snapshot", "check")]),
    values=st.lists(st.sampled_from(ODD_VALUES), max_size=2),
    named=st.dictionaries(
        st.sampled_from(["city", "kind", "start", "size", "sort", "by", "chars", "limit", "exact"]),
        st.sampled_from(ODD_VALUES),
        max_size=2,
    ),
)
def test_odd_arguments_raise_nothing_but_our_errors(
    index: Index, name: str, values: list[Any], named: dict[str, Any]
) -> None:
    try:
        answer = getattr(index, name)(*values, **named)
        list(zip(answer, range(3), strict=False)) if isinstance(answer, Iterator) else repr(answer)
        return
    except ChaquanError as error:
        said, whole = str(error), len(str(error)) < 400 and str(error).isprintable()
    except TypeError as error:  # too many arguments, or unknown ones
        said, whole = str(error), "argument" in str(error)
    assert whole, said


@pytest.mark.parametrize("name", ["x" * 300, "b/" * 3000 + "c", "x\ny", "."])
@pytest.mark.parametrize(
    "read", [indexer.inspect_page, indexer.read_record, open_index, indexer.add_sources]
)
def test_odd_paths_get_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, read: Callable[[str], object], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ChaquanError) as raised:
        read(name)
    assert str(raised.value).isprintable()


def test_what_is_no_file_is_named_as_such(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(SourceError, match="neither a file nor a folder"):
        indexer.inspect_page(tmp_path / "pipe.txt")
    with pytest.raises(SourceError, match="it is a folder"):
        indexer.inspect_page(tmp_path)


@pytest.mark.parametrize("image", ["x" * 300, "a\0b", "../" * 900, "页\n面.jpg"])
def test_a_page_may_name_any_image(seeds: Path, tmp_path: Path, image: str) -> None:
    page = indexer.inspect_page(next(seeds.glob("000*.txt"))).page
    named = replace(page, sheet=Sheet(100, 100, image))
    build_index(seeds, index=tmp_path / "index")
    assert indexer.find_sheet(named, indexer.make_settings(index=tmp_path / "index")) is None


@pytest.mark.parametrize(
    "write", [indexer.write_export, lambda hits, name: [*indexer.write_citations(hits, name)]]
)
def test_an_unknown_format_is_named(write: Callable[[list[Any], str], object]) -> None:
    with pytest.raises(UnknownField, match="'xls'"):
        write([], "xls")


def test_arguments_outrank_the_settings_beside_them(seeds: Path, tmp_path: Path) -> None:
    elsewhere = indexer.make_settings({}, index=tmp_path / "elsewhere", max_size=7)
    build_index(seeds, index=tmp_path / "index", settings=elsewhere)
    assert not (tmp_path / "elsewhere").exists()
    with open_index(tmp_path / "index", settings=elsewhere, lock_seconds=1) as index:
        assert index.settings.index == tmp_path / "index"
        assert (index.settings.max_size, index.settings.lock_seconds) == (7, 1)
    with pytest.raises(UnknownField, match="'colour'"):
        open_index(tmp_path / "index", settings=elsewhere, colour="red")
    client = create_app(elsewhere, index=tmp_path / "index").test_client()
    assert client.get("/readyz").status_code == 200
