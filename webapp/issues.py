"""Browse the archive as it was printed: newspaper, year, date, and the editions of a day."""

from __future__ import annotations

from bisect import bisect_left
from calendar import Calendar
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import Response, request

from indexer import Article, Edition, NotFound, PageMeta, message, say_edition
from webapp.addresses import Addresses, Search
from webapp.context import AppContext, revalidated
from webapp.parameters import MAX_VALUE_CHARS
from webapp.search_trail import find
from webapp.site_texts import Texts

DATE_CHARS = len("2023-10-27")

MAX_EDITIONS = 100
"""Editions of a day that are listed with their articles."""


Day = tuple[int, int, str]
"""A day of the calendar: its number, 0 outside the month, its editions and their address."""


AdjacentIssues = tuple[str, str, str, str]
"""The day of a page, its address, and those of the editions before and after it, "" without."""


@revalidated()
def issues_page(context: AppContext) -> Response:
    """List newspapers and years, the calendar of a year, or the editions of a day."""
    newspaper, year, date = (
        request.args.get(name, "").strip()[:MAX_VALUE_CHARS]
        for name in ("newspaper", "year", "date")
    )
    year, to = year or date[:4], context.addresses
    values: dict[str, Any] = {
        "newspaper": newspaper,
        "year": year,
        "date": date,
        "canonical": to.issues(newspaper, year if not date else "", date),
        "crumbs": _crumbs(newspaper, year, date, to, context.texts),
    }
    if not year:
        return context.show("issues.html", **values, **_newspapers(context, newspaper))
    editions = _editions(context, newspaper, year)
    if not editions:
        raise NotFound(what=message("what.issue"), value=" ".join((newspaper, date or year)))
    shown = _day(context, editions, date) if date else _year(context, editions, newspaper)
    return context.show("issues.html", **values, **shown)


def _editions(context: AppContext, newspaper: str, year: str) -> tuple[Edition, ...]:
    filters = {"newspaper": newspaper} if newspaper else {}
    return context.index.editions(year=year, **filters)


def _crumbs(
    newspaper: str, year: str, date: str, to: Addresses, texts: Texts
) -> list[tuple[str, str]]:
    """List the way down to what is shown, the last without an address."""
    steps = [(texts("issues.title"), to.issues())]
    steps += [(newspaper, to.issues(newspaper))] if newspaper else []
    steps += [(year, to.issues(newspaper, year))] if year else []
    steps += [(date, "")] if date else []
    return [*steps[:-1], (steps[-1][0], "")]


def _newspapers(context: AppContext, newspaper: str) -> dict[str, Any]:
    search = Search().having("newspaper", [newspaper] if newspaper else [])
    facets = find(context, search, facets=("newspaper", "year"), most_values=1000).facets
    to = context.addresses
    years = sorted(one.value for one in facets["year"])
    names = () if newspaper else sorted(one.value for one in facets["newspaper"])
    return {
        "newspapers": [(name, to.issues(name)) for name in names],
        "years": [(year, to.issues(newspaper, year)) for year in years],
    }


def _year(context: AppContext, editions: Sequence[Edition], newspaper: str) -> dict[str, Any]:
    """Make the calendar of a year; dates that are not known to the day come apart."""
    to = context.addresses
    counts = Counter(one.date for one in editions)
    whole = {date: count for date, count in counts.items() if len(date) == DATE_CHARS}
    months = sorted({date[:7] for date in whole})
    return {
        "months": [_month(month, whole, newspaper, to) for month in months],
        "weekdays": context.texts("issues.weekdays").split(),
        "partial": [
            (date, count, to.issues(newspaper, date=date))
            for date, count in sorted(counts.items())
            if date not in whole
        ],
    }


def _month(
    month: str, counts: Mapping[str, int], newspaper: str, to: Addresses
) -> tuple[str, list[list[Day]]]:
    """Return a month that has an issue with its weeks."""

    def day(number: int) -> Day:
        date = f"{month}-{number:02}"
        count = counts.get(date, 0)
        return number, count, to.issues(newspaper, date=date) if count else ""

    weeks = Calendar().monthdayscalendar(int(month[:4]), int(month[5:]))
    return month, [list(map(day, week)) for week in weeks]


def _day(context: AppContext, editions: Sequence[Edition], date: str) -> dict[str, Any]:
    """List the editions of a day by newspaper, and the days before and after it."""
    to = context.addresses
    chosen = [one for one in editions if one.date == date]
    if not chosen:
        raise NotFound(what=message("what.issue"), value=date)
    dates = sorted({one.date for one in editions})
    at = dates.index(date)
    newspaper = request.args.get("newspaper", "").strip()[:MAX_VALUE_CHARS]
    around = [to.issues(newspaper, date=one) for one in dates]
    return {
        "issues": [
            (name, [_edition(context, one) for one in pages])
            for name, pages in groupby(chosen[:MAX_EDITIONS], key=lambda one: one.newspaper)
        ],
        "more": max(0, len(chosen) - MAX_EDITIONS),
        "previous": around[at - 1] if at else "",
        "following": around[at + 1] if at + 1 < len(dates) else "",
    }


def _edition(context: AppContext, one: Edition) -> tuple[str, str, Contents]:
    """Return the name of a page of an issue, its address, and its articles."""
    to, articles = context.addresses, context.index.page(one.page).articles
    name = say_edition(one.edition, context.texts.language) if one.edition else one.page
    return name, to.page(one.page), list_contents(articles, to)


Contents = list[tuple[str | None, str]]
"""The titles of articles with their addresses."""


def list_contents(articles: Iterable[Article], to: Addresses) -> Contents:
    """Return the titles of articles with their addresses."""
    return [(one.title, to.article(one.page, one.number)) for one in articles]


def find_adjacent_issues(context: AppContext, page: str, meta: PageMeta) -> AdjacentIssues:
    """Find the editions before and after a page in the year of its newspaper."""
    if not meta.date:
        return "", "", "", ""
    to, newspaper = context.addresses, meta.newspaper or ""
    editions = _editions(context, newspaper, meta.date[:4])
    day = " ".join(filter(None, (newspaper, meta.date)))
    first = bisect_left(editions, (newspaper, meta.date), key=attrgetter("newspaper", "date"))
    at = next((n for n in range(first, len(editions)) if editions[n].page == page), None)
    if at is None:
        return day, "", "", ""
    before, after = editions[max(0, at - 1) : at], editions[at + 1 : at + 2]
    previous, following = (
        next((to.page(one.page) for one in beside if one.newspaper == newspaper), "")
        for beside in (before, after)
    )
    return day, to.issues(newspaper, date=meta.date), previous, following
