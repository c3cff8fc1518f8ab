"""The page that says what was read: files, what was passed over and why, what to review."""

from __future__ import annotations

from flask import Response, jsonify

from indexer import ReadingReport, read_report
from webapp.addresses import Search
from webapp.context import AppContext, revalidated


def report_page(context: AppContext) -> Response:
    """Show what was read."""
    return revalidated(context, lambda: _show(context, read_report(context.index)))


def _show(context: AppContext, report: ReadingReport) -> Response:
    to, texts = context.addresses, context.texts
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


def report_json(context: AppContext) -> Response:
    """Answer what was read, for programs."""
    return revalidated(context, lambda: jsonify(read_report(context.index).to_dict()))
