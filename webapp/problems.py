"""What goes wrong comes in, one clear sentence with the right status goes out.

Readers get a page, programs the one error shape of the API; nobody gets a stack trace.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, InternalServerError

from indexer import ChaquanError, NotFound, PastTheEnd, QueryError
from webapp.desk import Desk

TROUBLE = logging.getLogger("webapp.trouble")

STATUS: tuple[tuple[type[ChaquanError], int], ...] = (
    (PastTheEnd, 404),
    (QueryError, 400),
    (NotFound, 404),
    (ChaquanError, 503),
)
"""The status of each branch of the error tree, the first that fits; what is left is the index."""

NAMED = (400, 404, 405, 414, 429)
"""Statuses with sentences of their own in the catalogue; others share one."""


def status_of(error: ChaquanError) -> int:
    """Return the status of an error."""
    return next(status for branch, status in STATUS if isinstance(error, branch))


def register(app: Flask, desk: Desk) -> None:
    """Answer every error of ours and of Werkzeug, and the unforeseen ones."""

    @app.errorhandler(ChaquanError)
    def ours(error: ChaquanError) -> Response:
        desk.release(error)
        status = status_of(error)
        if status == 503:
            TROUBLE.error("%s", error)
        both = (error.sentence("en"), error.sentence("zh"))
        return answer(desk, status, error.code, *both)

    @app.errorhandler(HTTPException)
    def theirs(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400 and error.response is not None:
            return error.get_response()  # type: ignore[return-value]
        key = f"status.{status if status in NAMED else 'other'}"
        response = answer(desk, status, error.name.lower().replace(" ", "_"), *desk.both(key))
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        TROUBLE.exception("unforeseen: %s", request.path)
        return theirs(InternalServerError(original_exception=error))


def answer(desk: Desk, status: int, code: str, english: str, chinese: str) -> Response:
    """Say what happened, as JSON below `/api/` and as a page elsewhere."""
    if request.path.startswith(("/api/", "/openapi", "/readyz")):
        error = {"code": code, "message": english, "message_zh": chinese}
        response = jsonify({"error": error})
    else:
        texts = desk.texts
        sentence = texts.choose(english, chinese)
        title = texts(f"status.{status // 100}xx")
        response = desk.show("error.html", title=title, sentence=sentence, status=status)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
