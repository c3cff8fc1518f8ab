"""The table of facets, and the facet of editions from a page's metadata to every way of asking."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from indexer import FACETS, FacetSpec, Index, build_index, open_index
from indexer.cli import main
from indexer.engines.counted_values import CountedValues, most_common
from indexer.model.facets import canonical_edition, list_editions
from webapp.openapi import describe_api
from webapp.site_texts import texts

EDITIONS = {"a": "3", "b": "第03版", "c": "三版", "d": "A03", "e": "要闻版", "f": None}
"""The edition as the side-car file of each page declares it."""


@pytest.fixture(scope="module")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("editions")
    pages = folder / "pages"
    pages.mkdir()
    for name, edition in EDITIONS.items():
        (pages / f"{name}.txt").write_text("嘉兴援疆指挥部支援沙雅县教育。\n", "utf-8")
        if edition:
            (pages / f"{name}.toml").write_text(f'edition = "{edition}"\n', "utf-8")
    build_index([pages], index=folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def index(index_folder: Path) -> Iterator[Index]:
    with open_index(index_folder) as opened:
        yield opened


def test_editions_are_counted_however_they_are_written(index: Index) -> None:
    counts = {one.value: one.count for one in index.search("援疆").facets["edition"]}
    assert counts == {"3": 3, "A3": 1, "要闻版": 1}


@pytest.mark.parametrize(
    ("typed", "pages"),
    [("3", "abc"), ("第3版", "abc"), ("０３", "abc"), ("a3", "d"), ("要闻版", "e"), ("4", "")],
)
def test_an_edition_is_found_by_field_and_by_filter(index: Index, typed: str, pages: str) -> None:
    for results in (
        index.search("援疆", edition=typed),
        index.search(f"援疆 版次:{typed}"),
        index.search(f"edition:{typed}"),
    ):
        assert "".join(sorted(hit.page for hit in results)) == pages


def test_the_command_line_filters_by_edition(index_folder: Path) -> None:
    asked = ["search", "援疆", "--edition", "A3", "--json", "--index", str(index_folder)]
    assert json.loads(CliRunner().invoke(main, asked).stdout)["total"] == 1


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("1", "1"),
        ("001", "1"),
        ("第 12 版", "12"),
        ("第十版", "10"),
        ("二十三版", "23"),
        ("二十页", "20"),
        ("B02", "B2"),
        ("b12", "B12"),
        ("0", "0"),
        ("第版", "第版"),
        ("头版", "头版"),
        ("T1-2", "T1-2"),
        ("二三", "二三"),
        ("Sport", "Sport"),
    ],
)
def test_editions_have_one_form(given: str, canonical: str) -> None:
    assert canonical_edition(given) == canonical
    assert canonical_edition(canonical) == canonical


@pytest.mark.parametrize(
    ("given", "editions"),
    [("B3、B4", ("B3", "B4")), ("第5，6版", ("第5", "6版")), ("要闻版", ("要闻版",)), ("", ())],
)
def test_a_list_of_editions_is_several(given: str, editions: tuple[str, ...]) -> None:
    assert list_editions(given) == editions


@pytest.mark.parametrize("spec", FACETS.values(), ids=list(FACETS))
def test_every_facet_is_named_everywhere(spec: FacetSpec) -> None:
    assert spec.name in spec.query_names
    assert any(re.fullmatch("[一-鿿]+", name) for name in spec.query_names)
    help_text = CliRunner().invoke(main, ["search", "--help"]).stdout
    parameters = json.loads(describe_api())["paths"]["/api/v1/search"]["get"]["parameters"]
    for name in spec.parameters:
        assert f"--{name.replace('_', '-')}" in help_text
        assert name in {one["name"] for one in parameters}
    headings = {texts(language)(f"facet.{spec.name}") for language in ("en", "zh-Hans")}
    assert headings == {spec.heading.sentence(language) for language in ("en", "zh")}


def test_no_two_facets_share_a_field_name() -> None:
    names = [name for spec in FACETS.values() for name in spec.query_names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("most", [0, 1, 2, 5])
def test_counts_in_an_array_read_like_those_in_a_dictionary(most: int) -> None:
    numbers = {"a": 2, "b": 0, "c": 5, "d": 2}
    counted = CountedValues(list(numbers), np.array(list(numbers.values())))
    plain = {"a": 2, "c": 5, "d": 2}
    assert counted == plain
    assert len(counted) == len(plain)
    assert list(most_common(counted, most).items()) == list(most_common(plain, most).items())
