from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.test import create_environ
from werkzeug.wrappers import Request

from webapp.addresses import FILTER_PARAMETERS, Addresses, Search, line_mark, readable
from webapp.parameters import read_search
from webapp.reading_views import read_lines

TO = Addresses()


def parse(address: str) -> MultiDict[str, str]:
    return Request(create_environ(address)).args


@pytest.mark.parametrize(
    ("search", "address"),
    [
        (Search(), "/"),
        (Search("援疆 教育"), "/?q=援疆+教育"),
        (Search('"产业 援疆"~5'), "/?q=%22产业+援疆%22~5"),
        (Search("a&b=c#d%+e"), "/?q=a%26b%3Dc%23d%25%2Be"),
        (
            Search("援疆", filters={"city": ("嘉兴", "沙雅")}, every_city=True),
            "/?q=援疆&city=嘉兴&city=沙雅&every_city=1",
        ),
        (Search("援疆", filters={"city": ("嘉兴",)}, every_city=True), "/?q=援疆&city=嘉兴"),
        (
            Search("援疆", filters={"pair": ("嘉兴→沙雅",)}, start=20),
            "/?q=援疆&pair=嘉兴→沙雅&start=20",
        ),
        (Search("援疆", exact=True, sort="page", size=50), "/?q=援疆&exact=1&sort=page&size=50"),
        (Search("<b>\"'"), "/?q=%3Cb%3E%22%27"),
    ],
)
def test_one_state_has_one_readable_address(search: Search, address: str) -> None:
    assert TO.search(search) == address


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("/?start=0&size=10&q=援疆&exact=0&sort=relevance&city=", "/?q=援疆"),
        ("/?city=沙雅&city=嘉兴&city=沙雅", "/?city=嘉兴&city=沙雅"),
        ("/?q=%20援疆%20&unknown=1", "/?q=援疆"),
        ("/?q=援疆&start=007", "/?q=援疆&start=7"),
    ],
)
def test_other_spellings_become_it(written: str, canonical: str) -> None:
    assert TO.search(read_search(parse(written))) == canonical


values = st.sets(
    st.text(min_size=1, max_size=12).map(str.strip).filter(bool), min_size=1, max_size=3
).map(lambda texts: tuple(sorted(texts)))
searches = st.builds(
    Search,
    query=st.text(max_size=40).map(str.strip),
    exact=st.booleans(),
    aliases=st.booleans(),
    sort=st.sampled_from(["relevance", "page", "date", "newest"]),
    start=st.integers(0, 10**6),
    size=st.integers(1, 200),
    view=st.sampled_from(["", "lines"]),
    explain=st.booleans(),
    filters=st.fixed_dictionaries({}, optional=dict.fromkeys(FILTER_PARAMETERS, values)),
)


@given(searches)
def test_any_state_is_read_back_from_its_address(search: Search) -> None:
    assert read_search(parse(TO.search(search))) == search


@given(searches, st.sampled_from(FILTER_PARAMETERS), st.text(min_size=1, max_size=9).map(str.strip))
def test_toggling_any_value_twice_comes_back(search: Search, name: str, value: str) -> None:
    once = search.toggle(name, value)
    opposite = {"city": "not_city", "not_city": "city"}.get(name)
    if opposite is None or value not in search.values(opposite):
        assert once.toggle(name, value) == dataclasses.replace(search, start=0)
    assert (value in once.values(name)) is not (value in search.values(name))


@given(searches, st.sampled_from(FILTER_PARAMETERS), st.text(min_size=1, max_size=9))
def test_many_toggles_are_written_like_one(search: Search, name: str, value: str) -> None:
    toggled = search.toggle(name, value)
    assert TO.toggles(search, name)(value) == TO.search(toggled)
    for to in (Addresses("/root", "en"), Addresses("/root", "en", encoded=True)):
        assert to.toggles(search, name, "/api/v1/search")(value) == to.api(toggled)


def test_a_city_is_never_wanted_and_excluded_at_once() -> None:
    search = Search("援疆", filters={"city": ("嘉兴",)}).toggle("not_city", "嘉兴")
    assert search.filters == {"not_city": ("嘉兴",)}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (TO.page("a/b.c 一?#%"), "/pages/a/b.c%20一%3F%23%25"),
        (TO.page("p", [(12, 18), (40, 40)]), "/pages/p?lines=12-18,40#L12-L18"),
        (TO.page("p", [(12, 12)]), "/pages/p?lines=12#L12"),
        (TO.article("p", 2, 3), "/articles/p/2#p3"),
        (Addresses("/root", "en").article("p", 2, 3), "/root/articles/p/2?lang=en#p3"),
        (Addresses("/root", "en").search(), "/root/?lang=en"),
        (TO.cite("p", 1, 2, "ris"), "/cite/p/1/2?style=ris"),
    ],
)
def test_pages_articles_and_paragraphs_have_stable_addresses(address: str, expected: str) -> None:
    assert address == expected


@pytest.mark.parametrize(
    ("given", "ranges"),
    [
        ("12-18", ((12, 18),)),
        ("L12-L18", ((12, 18),)),
        ("18-12,40,41", ((12, 18), (40, 41))),
        ("", ()),
        ("nothing", ()),
        ("5-", ((5, 5),)),
        ("1-99999999999999999999", ((1, 999999999), (99999999999, 99999999999))),
    ],
)
def test_ranges_of_lines_are_read_leniently(
    given: str, ranges: tuple[tuple[int, int], ...]
) -> None:
    assert read_lines(given)[:1] == ranges[:1]


def test_a_range_has_a_name() -> None:
    assert (line_mark((12, 12)), line_mark((12, 18))) == ("L12", "L12-L18")


@given(st.text(max_size=30))
def test_any_text_can_be_in_an_address(text: str) -> None:
    written = readable(text)
    assert not set(written) & set(" \t\r\n\"'<>&#?%") - {"%"}
