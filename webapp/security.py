"""What protects the readers and the server: an application comes in, a guarded one goes out.

The face only reads: no route accepts anything but GET and HEAD, and nothing is ever written.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from werkzeug.exceptions import MethodNotAllowed, RequestURITooLarge, TooManyRequests

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACCESS = logging.getLogger("webapp.access")

MAX_ADDRESS = 8192
"""Characters of path and query: 256 Chinese characters are 2,304 encoded, the rest is filters."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class RateLimit:
    """So many requests a minute for each client, remembered for the latest clients only."""

    def __init__(self, per_minute: int, clients: int = 10_000) -> None:
        self.per_minute = per_minute
        self.clients = clients
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, client: str, now: float) -> bool:
        """Take one request from the client's bucket, which refills steadily."""
        with self._lock:
            left, then = self._buckets.pop(client, (float(self.per_minute), now))
            left = min(self.per_minute, left + (now - then) * self.per_minute / 60)
            self._buckets[client] = (left - 1 if left >= 1 else left, now)
            while len(self._buckets) > self.clients:
                self._buckets.popitem(last=False)
            return left >= 1


class Mounted:
    """An application under a path, whether the proxy before it strips the path or not."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self.app = app
        self.prefix = "/" + prefix.strip("/")

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Move the path from where the request points to where the application is mounted."""
        path = environ.get("PATH_INFO", "")
        if path == self.prefix or path.startswith(self.prefix + "/"):
            environ["PATH_INFO"] = path[len(self.prefix) :]
        environ["SCRIPT_NAME"] = self.prefix
        return self.app(environ, start)


def guard(app: Flask, *, rate: int = 0, log: bool = True) -> None:
    """Put limits before every request, and headers and a log line behind it."""
    limit = RateLimit(rate) if rate else None

    @app.before_request
    def refuse() -> None:
        g.began = time.perf_counter()
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            raise MethodNotAllowed(["GET", "HEAD"])
        if len(request.full_path) > MAX_ADDRESS:
            raise RequestURITooLarge
        if limit and not limit.allows(request.remote_addr or "", time.monotonic()):
            raise TooManyRequests(retry_after=60)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if log:
            _log(response)
        return response


def _log(response: Response) -> None:
    spent = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
    ACCESS.info(
        '%s "%s %s" %s %s %.1fms',
        request.remote_addr or "-",
        request.method,
        request.full_path.rstrip("?").encode("unicode_escape").decode("ascii"),
        response.status_code,
        response.content_length if response.content_length is not None else "-",
        spent,
    )
