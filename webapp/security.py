"""Guard the application: headers, limits, proxies, and the access log.

The site only reads: no route accepts anything but GET and HEAD, and nothing is ever written.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import time
from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, MethodNotAllowed, RequestURITooLarge, TooManyRequests

from webapp.server_workers import make_shared_table

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACCESS_LOG = logging.getLogger("webapp.access")

MAX_ADDRESS_CHARS = 8192
"""Characters of path and query: 256 Chinese characters are 2,304 encoded, the rest is filters."""

WARM_UP_KEY = "chaquan.warm_up"
"""What the environment of a request holds that warms a process up: no visitor, so neither logged,
counted nor limited. No header of a client can set it."""

SECURITY_HEADERS = {
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


MAX_BUCKETS = 65_536


class RateLimit:
    """A token bucket for each client: `per_minute` requests, refilled steadily.

    The buckets are a table in shared memory, so that worker processes forked after this was made
    count together. A client's bucket is chosen by a keyed hash of its address; the chance that a
    client shares it with one certain other is 1 in `MAX_BUCKETS`. Processes do not lock one another
    out: when two of them charge a client in the same instant, one charge can be lost.
    """

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._key = secrets.token_bytes(16)
        self._buckets = make_shared_table(MAX_BUCKETS, 2)  # tokens spent, time of the last request
        self._lock = Lock()

    def allows(self, client: str, now: float) -> bool:
        """Take one request from the client's bucket; `now` are seconds of a monotonic clock > 0."""
        digest = hashlib.blake2b(client.encode(), digest_size=8, key=self._key).digest()
        bucket = self._buckets[int.from_bytes(digest) % MAX_BUCKETS]
        with self._lock:
            spent, then = bucket.tolist()
            spent = max(0.0, spent - (now - then) * self.per_minute / 60)
            allowed = spent <= self.per_minute - 1
            bucket[:] = spent + allowed, now
        return bool(allowed)


class Mounted:
    """An application under a path, whether the proxy before it strips the path or not."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self.app = app
        self.prefix = prefix.encode().decode("latin-1")  # as WSGI writes it

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Move the path from where the request points to where the application is mounted."""
        path = environ.get("PATH_INFO", "")
        if path == self.prefix or path.startswith(self.prefix + "/"):
            environ["PATH_INFO"] = path[len(self.prefix) :]
        environ["SCRIPT_NAME"] = self.prefix
        return self.app(environ, start)


_FORWARDED_HEADERS = {
    "HTTP_X_FORWARDED_FOR": re.compile(r"[0-9A-Fa-f:.\[\]]+"),
    "HTTP_X_FORWARDED_HOST": re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?"),
    "HTTP_X_FORWARDED_PROTO": re.compile(r"https?"),
    "HTTP_X_FORWARDED_PREFIX": re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?"),
}
"""What a forwarded value may look like, each in a comma-separated list. A prefix never begins with
two slashes: `//evil.example` would make every link lead to another site."""

VARY_HEADERS = ("X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Proto")


class ForwardedHeaders:
    """An application that never sees a forwarded header with an impossible value."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Drop each forwarded header of which any value is malformed."""
        for name, pattern in _FORWARDED_HEADERS.items():
            values = environ.get(name, "").split(",")
            if name in environ and not all(pattern.fullmatch(value.strip()) for value in values):
                del environ[name]
        return self.app(environ, start)


def is_warm_up() -> bool:
    """Return whether this request is one of our own that warms a process up."""
    return WARM_UP_KEY in request.environ


def guard(app: Flask, *, rate: int = 0, log: bool = True) -> None:
    """Put limits before every request, and headers and a log line after it."""
    limit = RateLimit(rate) if rate else None

    @app.before_request
    def refuse() -> None:
        g.began = time.perf_counter()
        _require_host()
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            raise MethodNotAllowed(["GET", "HEAD"])
        if len(request.full_path) > MAX_ADDRESS_CHARS:
            raise RequestURITooLarge
        if (
            limit
            and not is_warm_up()
            and not limit.allows(request.remote_addr or "", time.monotonic())
        ):
            raise TooManyRequests(retry_after=60)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config.get("TRUSTED_PROXIES"):
            response.vary.update(VARY_HEADERS)
        if log and not is_warm_up():
            _log(response)
        return response


def _require_host() -> None:
    """Raise `BadRequest` for a request of HTTP/1.1 without a host, and for a malformed host."""
    given = request.environ.get("HTTP_HOST")
    try:
        is_malformed = given and not (request.host and request.host_url)
    except UnicodeError:  # of `xn--a`, which encodes nothing
        is_malformed = True
    if is_malformed or (given is None and request.environ["SERVER_PROTOCOL"] == "HTTP/1.1"):
        raise BadRequest


def _log(response: Response) -> None:
    spent = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
    facts = {
        "client": _escaped(request.remote_addr or "-"),
        "method": request.method,
        "path": _escaped(request.full_path.rstrip("?")),
        "status": response.status_code,
        "bytes": response.content_length,
        "milliseconds": round(spent, 1),
    }
    size = "-" if facts["bytes"] is None else facts["bytes"]
    shown = (facts["client"], facts["method"], facts["path"], facts["status"], size, spent)
    ACCESS_LOG.info('%s "%s %s" %s %s %.1fms', *shown, extra={"facts": facts})


def _escaped(value: str) -> str:
    return value.encode("unicode_escape").decode("ascii")
