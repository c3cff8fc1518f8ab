"""Answer errors with one clear sentence and the right status.

Readers get a page, programs the one error shape of the API; a stack trace is never shown.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import partial

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, InternalServerError

from indexer import ChaquanError, NotFound, PastTheEnd, QueryError
from webapp.context import AppContext

TROUBLE_LOG = logging.getLogger("webapp.trouble")

STATUS_BY_ERROR: tuple[tuple[type[ChaquanError], int], ...] = (
    (PastTheEnd, 404),
    (QueryError, 400),
    (NotFound, 404),
    (ChaquanError, 503),
)
"""The status of each branch of the error tree, the first that fits; what is left is the index."""

_SERVER_PLACES = re.compile(r"https?://[^\s;,，；。）)]+|(?<![\w/:.])/(?:[^\s/'\"“”]+/)+")
"""Addresses and folders of the server: the log names them, an answer does not."""

EXPLAINED_STATUSES = (400, 404, 405, 414, 429)
"""Statuses with sentences of their own in the catalogue; others share one."""


def status_of(error: ChaquanError) -> int:
    """Return the status of an error."""
    return next(status for branch, status in STATUS_BY_ERROR if isinstance(error, branch))


def _hide_places(error: ChaquanError, language: str) -> str:
    """Write an error without where on the server, or on which one, something is."""
    sentence = error.sentence(language)
    for folder, slash, _ in (str(fact).rpartition("/") for fact in error.facts.values()):
        if folder.startswith("/"):  # also one with blanks in its name
            sentence = sentence.replace(folder + slash, "")
    return _SERVER_PLACES.sub(lambda found: "" if found[0][0] == "/" else "…", sentence)


def register(app: Flask, context: AppContext) -> None:
    """Answer every error of ours and of Werkzeug, and the unforeseen ones."""

    @app.errorhandler(ChaquanError)
    def ours(error: ChaquanError) -> Response:
        context.release(error)
        status = status_of(error)
        if status != 503:
            return answer(context, status, error.code, error.sentence)
        TROUBLE_LOG.error("%s", error)
        return answer(context, status, error.code, partial(_hide_places, error))

    @app.errorhandler(HTTPException)
    def theirs(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400 and error.response is not None:
            return error.get_response()  # type: ignore[return-value]
        key = f"status.{status if status in EXPLAINED_STATUSES else 'other'}"
        response = answer(
            context, status, error.name.lower().replace(" ", "_"), partial(context.sentence, key)
        )
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        TROUBLE_LOG.exception("unforeseen: %s", request.path)
        return theirs(InternalServerError(original_exception=error))


def answer(context: AppContext, status: int, code: str, sentence: Callable[[str], str]) -> Response:
    """Answer an error, as JSON below `/api/` and `/iiif/` and as a page elsewhere.

    `sentence` returns what happened in the language it is given.
    """
    if request.path.startswith(("/api/", "/iiif/", "/openapi", "/readyz")):
        error = {"code": code, "message": sentence("en"), "message_zh": sentence("zh")}
        response = jsonify({"error": error})
    else:
        title = context.texts("status.not_found" if status == 404 else f"status.{status // 100}xx")
        said = sentence(context.texts.language)
        response = context.show("error.html", title=title, sentence=said, status=status)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
