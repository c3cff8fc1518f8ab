"""The pages beside the archive: help, health, robots, sitemap, and what was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path

from flask import Response, jsonify, request
from markupsafe import escape
from werkzeug.urls import iri_to_uri

from indexer import NotFound, ReadingReport, ReportedFile, message, read_report
from webapp.addresses import Search
from webapp.context import AppContext, revalidated
from webapp.openapi import list_endpoints

QUERY_EXAMPLES = (
    ("援疆 教育", "words"),
    ("援疆 OR 支援", "either"),
    ("援疆 -医疗", "without"),
    ('"产业援疆"', "literal"),
    ('"嘉兴 沙雅"~10', "near"),
    ('"嘉兴 沙雅"~句', "sentence"),
    ('"嘉兴 沙雅"~>10', "order"),
    ("援疆[!干部]", "not_after"),
    ("[!创]新和", "not_before"),
    ("标题:援疆 城市:沙雅", "fields"),
    ("援*疆", "wildcard"),
    ("嘉兴援疆投入了多少资金？", "question"),
)
"""One query for each thing the query language can say."""


def help_page(context: AppContext) -> Response:
    """Explain how to ask."""
    to = context.addresses
    examples = [(query, to.search(Search(query)), key) for query, key in QUERY_EXAMPLES]
    return context.show(
        "help.html",
        canonical=to.to("/help"),
        origin=_origin(),
        examples=examples,
        endpoints=list_endpoints(),
    )


def healthz(context: AppContext) -> Response:
    """Answer that the process is alive; the index is not used."""
    del context
    return _plain({"status": "ok"})


def readyz(context: AppContext) -> Response:
    """Answer that the index can be searched; raises `StoreError`, status 503, while it does not."""
    return _plain({"status": "ok", "generation": context.index.generation})


def _plain(values: dict[str, object]) -> Response:
    response = jsonify(values)
    response.headers["Cache-Control"] = "no-store"
    return response


def robots(context: AppContext) -> Response:
    """Answer robots.txt: crawlers may read pages and articles, not the endless searches."""
    root = context.addresses.root
    closed = (
        *("/api/", "/export.", "/compose", "/values/", "/cite/", "/raw/", "/count", "/tables/"),
        "/*?",
    )
    lines = [
        "User-agent: *",
        f"Allow: {root}/?from=",  # the list of pages continues there; longer than `/*?`, so it wins
        *(f"Disallow: {root}{rule}" for rule in closed),
        f"Sitemap: {_origin()}{root}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


PAGES_PER_SITEMAP = 1_000
"""Newspaper pages in one sitemap file: with all their articles far below the protocol's 50,000."""

SITEMAP_XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap_index(context: AppContext) -> Response:
    """List the sitemap files, so that search engines find every page and article."""
    count = -(-context.index.page_count // PAGES_PER_SITEMAP)
    files = (f"/sitemaps/{number}.xml" for number in range(1, count + 1))
    return _sitemap("sitemapindex", "sitemap", map(context.addresses.to, files))


def sitemap(context: AppContext, number: int) -> Response:
    """List some newspaper pages with their articles; raises `NotFound` past the last file."""
    start = (number - 1) * PAGES_PER_SITEMAP
    pages = context.index.pages(start, PAGES_PER_SITEMAP) if start >= 0 else ()
    if not pages:
        raise NotFound(what=message("what.sitemap"), value=str(number))
    to = context.addresses
    articles = (to.article(page.id, article.number) for page in pages for article in page.articles)
    return _sitemap("urlset", "url", chain((to.page(page.id) for page in pages), articles))


def _sitemap(root: str, entry: str, paths: Iterable[str]) -> Response:
    origin = _origin()
    entries = (
        f"<{entry}><loc>{escape(iri_to_uri(origin + path))}</loc></{entry}>\n" for path in paths
    )
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="{SITEMAP_XMLNS}">\n'
    return Response(f"{head}{''.join(entries)}</{root}>\n", mimetype="application/xml")


def _origin() -> str:
    return request.host_url.rstrip("/")


def favicon(context: AppContext) -> Response:
    """Send browsers that ask for the old name to the icon."""
    icon = f"{context.addresses.root}/static/icon.svg"
    return Response(status=302, headers={"Location": icon})


# ---------------------------------------------------------------- what was read


def public_report(context: AppContext) -> ReadingReport:
    """Return the report without the folders of the server that its sources are in."""
    report = read_report(context.index)
    sources = [Path(one.source) for one in report.sources]
    folders = sorted(
        {f"{source.parent}/" for source in sources if source.is_absolute()} - {"//"}, key=len
    )

    def shorten(text: str) -> str:
        for folder in reversed(folders):
            text = text.replace(folder, "")
        return text

    def shown(listed: tuple[ReportedFile, ...]) -> tuple[ReportedFile, ...]:
        return tuple(
            replace(one, message=shorten(one.message), message_zh=shorten(one.message_zh))
            for one in listed
        )

    return replace(
        report,
        sources=tuple(replace(one, source=shorten(one.source)) for one in report.sources),
        problems=shown(report.problems),
        warnings=shown(report.warnings),
    )


@revalidated()
def report_page(context: AppContext) -> Response:
    """Show what was read."""
    to, texts, report = context.addresses, context.texts, public_report(context)
    reviews = [
        (one, texts.name("review", one.name), to.search(Search().having("review", [one.name])))
        for one in report.reviews
    ]
    return context.show(
        "report.html",
        canonical=to.to("/report"),
        report=report,
        reviews=reviews,
        is_english=texts.language == "en",
    )


@revalidated()
def report_json(context: AppContext) -> Response:
    """Answer what was read, for programs."""
    return jsonify(public_report(context).to_dict())
