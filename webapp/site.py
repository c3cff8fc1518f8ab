"""The pages beside the archive: help, health, robots."""

from __future__ import annotations

from flask import Response, jsonify, request

from webapp.addresses import Search
from webapp.desk import Desk

EXAMPLES = (
    ("援疆 教育", "words"),
    ("援疆 OR 支援", "either"),
    ("援疆 -医疗", "without"),
    ('"产业援疆"', "literal"),
    ('"嘉兴 沙雅"~10', "near"),
    ('"嘉兴 沙雅"~句', "sentence"),
    ("标题:援疆 城市:沙雅", "fields"),
    ("援*疆", "wildcard"),
    ("嘉兴援疆投入了多少资金？", "question"),
)
"""One query for each thing the query language can say."""


def help_page(desk: Desk) -> Response:
    """Explain how to ask."""
    to = desk.addresses
    examples = [({"text": query, "url": to.search(Search(query))}, key) for query, key in EXAMPLES]
    origin = request.host_url.rstrip("/")
    return desk.show("help.html", canonical=to.to("/help"), origin=origin, examples=examples)


def healthz(desk: Desk) -> Response:
    """Say that the process answers; the index is not asked."""
    del desk
    return _plain({"status": "ok"})


def readyz(desk: Desk) -> Response:
    """Say that the index answers; raises `StoreError`, status 503, while it does not."""
    return _plain({"status": "ok", "generation": desk.index.generation})


def _plain(values: dict[str, object]) -> Response:
    response = jsonify(values)
    response.headers["Cache-Control"] = "no-store"
    return response


def robots(desk: Desk) -> Response:
    """Let crawlers read articles and pages; the space of all searches is endless."""
    root = desk.addresses.root
    rules = ("/api/", "/export.", "/compose", "/cite/", "/*?")
    lines = ["User-agent: *", *(f"Disallow: {root}{rule}" for rule in rules)]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def favicon(desk: Desk) -> Response:
    """Send browsers that ask for the old name to the icon."""
    response = Response(status=302)
    response.headers["Location"] = f"{desk.addresses.root}/static/icon.svg"
    return response
