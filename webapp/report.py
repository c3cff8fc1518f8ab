"""The page that says what was read: files, what was passed over and why, what to review."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flask import Response, jsonify

from indexer import ReadingReport, ReportedFile, read_report
from webapp.addresses import Search
from webapp.context import AppContext, revalidated


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
