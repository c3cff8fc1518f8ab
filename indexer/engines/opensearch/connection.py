"""Send requests to a cluster, retry them, and translate every error to one of our own.

No secret is ever shown: not in an error, not in a log, not in a repr. Every request has a time-out;
what a busy cluster rejects (429, 502, 503, 504) is retried with growing pauses.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from indexer.errors import BadSetting, EngineMissing, EngineUnreachable, TooLong
from indexer.messages import message
from indexer.settings import Settings

try:
    import opensearchpy
    from opensearchpy import exceptions
except ImportError as error:
    hint = message("hint.install_extra", extra="opensearch")
    raise EngineMissing(name="opensearch", hint=hint) from error

logging.getLogger("opensearch").addHandler(logging.NullHandler())  # 404 is an answer to us

CONNECTION_LOG = logging.getLogger(__name__)

Json = Mapping[str, Any]

BUSY_STATUSES = frozenset([429, 502, 503, 504])
LEAVING_NODE_ERRORS = frozenset(["node_not_connected_exception", "node_disconnected_exception"])
"""What a cluster says (with 500) until it has noticed that a node is gone."""

MAX_CLAUSES = 1024
"""Parts of a query that servers allow unless configured otherwise."""


class Connection:
    """Calls to one cluster; safe to share between threads."""

    def __init__(
        self, settings: Settings, *, client: Any = None, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.nodes = tuple(node_url(url) for url in settings.url.split())
        self.where = ", ".join(self.nodes)  # without anybody's password
        self.pause = pause
        self._client = client if client is not None else make_client(settings)

    def __repr__(self) -> str:
        return f"Connection({self.where})"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Any:
        """Send one request and return the answer; one that is not patient is given up sooner.

        Raises `MissingOnServer` for 404, `Conflict` for 409 and `EngineUnreachable` for any fault
        of the cluster or the network; a refused request (400) stays a traceback.
        """
        policy = BACKGROUND_RETRIES if patient else INTERACTIVE_RETRIES
        late = exceptions.ConnectionTimeout
        try:
            return policy.run(
                lambda: self._client.transport.perform_request(
                    method, path, params=dict(params or {}), body=body
                ),
                exceptions.OpenSearchException,
                self.pause,
                lambda error: is_busy(error) and (patient or not isinstance(error, late)),
            )
        except exceptions.OpenSearchException as error:
            raise translate(error, self.where) from error

    def search(self, index: str | None, body: Json, **params: str) -> Any:
        """Search an index, or the point in time that the body names."""
        path = f"/{index}/_search" if index else "/_search"
        return self.call("POST", path, body, params=params, patient=False)

    def search_many(self, index: str | None, searches: Sequence[Json], **header: str) -> list[Any]:
        """Search several times in one request; each must be answered."""
        if not searches:
            return []
        head = {**({"index": index} if index else {}), **header}
        lines = (json.dumps(line) + "\n" for body in searches for line in (head, body))
        answer = self.call("POST", "/_msearch", "".join(lines), patient=False)
        answers: list[Any] = answer["responses"]
        for answer in answers:
            if _is_too_wide(answer.get("error")):
                raise _too_wide()
            if "error" in answer:
                raise EngineUnreachable(url=self.where, reason=reason_of(answer))
        return answers

    def close(self) -> None:
        """Close the sockets."""
        self._client.close()


class MissingOnServer(LookupError):
    """What was asked for is not there (404)."""


class RequestTimedOut(EngineUnreachable):
    """No answer within the time that a request may take."""


class Conflict(Exception):
    """Somebody else was first (409)."""


def translate(error: Any, where: str) -> Exception:
    """Turn an error of opensearch-py into one of ours; a bug of ours is given back as it is."""
    if isinstance(error, exceptions.NotFoundError):
        return MissingOnServer(reason_of(error.info))
    taken = "resource_already_exists_exception"
    if isinstance(error, exceptions.ConflictError) or getattr(error, "error", None) == taken:
        return Conflict(reason_of(error.info))
    if isinstance(error, exceptions.TransportError) and _is_too_wide(error):
        return _too_wide()
    if isinstance(error, exceptions.SSLError):
        return EngineUnreachable(url=where, reason="its certificate is not trusted")
    if isinstance(error, exceptions.ConnectionTimeout):
        return RequestTimedOut(url=where, reason="no answer in time")
    if isinstance(error, exceptions.ConnectionError):
        return EngineUnreachable(url=where, reason="no connection")
    if isinstance(error, exceptions.AuthenticationException | exceptions.AuthorizationException):
        return EngineUnreachable(url=where, reason="it does not accept the name or the key given")
    if isinstance(error, exceptions.TransportError) and _status(error) >= 429:
        return EngineUnreachable(url=where, reason=f"{_status(error)}: {reason_of(error.info)}")
    return error if isinstance(error, Exception) else RuntimeError(error)


def _is_too_wide(info: Any) -> bool:
    """Return whether a query had more clauses than the servers allow."""
    said = str(info.info if isinstance(info, exceptions.TransportError) else info)
    return "too_many_clauses" in said or "too_many_nested_clauses" in said


def _too_wide() -> TooLong:
    return TooLong(actual=f">{MAX_CLAUSES}", limit=MAX_CLAUSES, unit=message("unit.parts"))


def _status(error: Any) -> int:
    return error.status_code if isinstance(error.status_code, int) else 0


def is_busy(error: Exception) -> bool:
    """Return whether the same request may well succeed a little later."""
    if isinstance(error, exceptions.SSLError):
        return False
    if isinstance(error, exceptions.ConnectionError):
        return True
    if not isinstance(error, exceptions.TransportError):
        return False
    return _status(error) in BUSY_STATUSES or reason_of(error.info) in LEAVING_NODE_ERRORS


def reason_of(info: Any) -> str:
    """Name the root of a cluster's complaint: its type and nothing that a user typed."""
    cause = info.get("error", info) if isinstance(info, Mapping) else {}
    if not isinstance(cause, Mapping):
        return str(cause)[:80]
    roots = cause.get("root_cause") or [cause]
    return str(roots[0].get("type") or cause.get("type") or "unknown")


def node_url(url: str) -> str:
    """Return an address without user, password and query; raises `BadSetting` where it is none."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}", scheme="http")
        port = parts.port or (443 if parts.scheme == "https" else 9200)
    except ValueError:
        port = None
    if port is None or not parts.hostname:  # not repeated in the message: it may hold a password
        raise BadSetting(name="url", given="…", wanted=message("wanted.web_address")) from None
    return f"{parts.scheme}://{parts.hostname}:{port}{parts.path.rstrip('/')}"


def make_client(settings: Settings) -> Any:
    """Make a client for the nodes that the settings name."""
    if not settings.url:
        raise EngineMissing(name="opensearch", hint=message("hint.name_url"))
    warn_of_open_credentials(settings)
    return opensearchpy.OpenSearch(hosts=settings.url.split(), **client_options(settings))


def warn_of_open_credentials(settings: Settings) -> None:
    """Log a warning when a password or key would travel unencrypted to another machine."""
    secret = bool(_credentials(settings))
    for url in settings.url.split() if secret else ():
        parts = urlsplit(url if "//" in url else f"//{url}", scheme="http")
        if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            warning = "%s is asked over http: the password travels unencrypted"
            CONNECTION_LOG.warning(warning, node_url(url))


def client_options(settings: Settings) -> dict[str, Any]:
    """Translate settings into options of opensearch-py."""
    options: dict[str, Any] = {
        "timeout": settings.remote_seconds,
        "max_retries": 2,  # on the other nodes, at once; `Connection.call` waits and tries again
        "retry_on_timeout": False,
        "http_compress": False,  # 5 MB a CPU second: five times what making the request costs
        "maxsize": 16,
    }
    if "https://" in settings.url:
        options |= _tls(settings)
    return options | _credentials(settings)


def _tls(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"verify_certs": settings.verify, "use_ssl": True}
    if not settings.verify:
        options |= {"ssl_show_warn": False, "ssl_assert_hostname": False}
    for option, path in (
        ("ca_certs", settings.authorities),
        ("client_cert", settings.certificate),
        ("client_key", settings.certificate_key),
    ):
        if path is not None:
            options[option] = str(path)
    return options


def _credentials(settings: Settings) -> dict[str, Any]:
    if settings.api_key:
        return {"headers": {"Authorization": f"ApiKey {settings.api_key}"}}
    if settings.user:
        return {"http_auth": (settings.user, settings.password)}
    parts = urlsplit(settings.url.split()[0])
    if parts.username:
        return {"http_auth": (unquote(parts.username), unquote(parts.password or ""))}
    return {}


# ---------------------------------------------------------------- how often something is tried


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Try so many times; wait after the first attempt, and twice as long after each one more."""

    attempts: int
    first_pause: float = 0.0  # seconds

    def run(
        self,
        operation: Callable[[], T],
        retryable: type[Exception],
        between: Callable[[float], None] = lambda _: None,
        passes: Callable[[Exception], bool] = lambda _: True,
    ) -> T:
        """Return what an operation returns, or raise the last error, or one that does not pass.

        `between` is called before each further attempt, with the seconds to wait.
        """
        for attempt in range(1, self.attempts):
            try:
                return operation()
            except retryable as error:
                if not passes(error):
                    raise
            between(self.pause(attempt))
        return operation()

    def pause(self, attempt: int) -> float:
        """Return how long to wait after an attempt, the first being 1; no two clients in step."""
        return self.first_pause * (1 << attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311


INTERACTIVE_RETRIES = RetryPolicy(4, 0.2)
"""For requests that a user waits for."""

BACKGROUND_RETRIES = RetryPolicy(6, 0.2)
"""For everything else: six attempts take 6 s at least."""

REOPENING_RETRIES = RetryPolicy(5)
"""For what is opened again after it was lost or replaced."""
