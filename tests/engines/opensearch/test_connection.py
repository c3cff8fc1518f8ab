"""The wire: every foreign error has one of ours, secrets stay unseen, the busy are asked again."""

from __future__ import annotations

import inspect
import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("opensearchpy", reason="pip install 'chaquan[opensearch]'")

from opensearchpy import exceptions

from indexer.engines.opensearch.connection import (
    BACKGROUND_RETRIES,
    Conflict,
    Connection,
    MissingOnServer,
    RequestTimedOut,
    client_options,
    make_client,
    node_url,
    translate,
)
from indexer.errors import BadSetting, EngineMissing, EngineUnreachable
from indexer.settings import Settings, make_settings

INFO = {"error": {"root_cause": [{"type": "some_exception", "reason": "my secret text"}]}}


def error(kind: type[Exception], status: Any = 503) -> Exception:
    return kind(status, "what", INFO)


OURS: dict[type[Exception], tuple[Any, type[Exception] | None]] = {
    exceptions.NotFoundError: (404, MissingOnServer),
    exceptions.ConflictError: (409, Conflict),
    exceptions.ConnectionError: ("N/A", EngineUnreachable),
    exceptions.ConnectionTimeout: ("TIMEOUT", RequestTimedOut),
    exceptions.SSLError: ("N/A", EngineUnreachable),
    exceptions.AuthenticationException: (401, EngineUnreachable),
    exceptions.AuthorizationException: (403, EngineUnreachable),
    exceptions.TransportError: (503, EngineUnreachable),
    # What only a mistake of ours can bring about stays what it is.
    exceptions.RequestError: (400, None),
    exceptions.ImproperlyConfigured: (0, None),
    exceptions.SerializationError: (0, None),
    exceptions.OpenSearchException: (0, None),
    exceptions.UnknownDslObject: (0, None),
    exceptions.ValidationException: (0, None),
    exceptions.IllegalOperation: (0, None),
}


def foreign() -> list[type[Exception]]:
    return [
        cls
        for _, cls in inspect.getmembers(exceptions, inspect.isclass)
        if issubclass(cls, exceptions.OpenSearchException) and not issubclass(cls, Warning)
    ]


@pytest.mark.parametrize("kind", foreign())
def test_every_foreign_error_is_translated(kind: type[Exception]) -> None:
    status, ours = OURS[kind]
    given = translate(error(kind, status), "where")
    assert type(given) is (ours or kind)
    if ours:
        assert "secret" not in str(given)


SETTINGS = Settings(
    url="https://me:hush@one.example:9999/search https://two.example",
    password="hush",
    api_key="hush",
)


class Client:
    """Answers like a transport: each call with the next of these."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[str, str, Any]] = []
        self.transport = self

    def perform_request(self, method: str, path: str, params: Any, body: Any) -> Any:
        self.calls.append((method, path, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def connect(*answers: Any) -> tuple[Connection, list[float]]:
    pauses: list[float] = []
    return Connection(SETTINGS, client=Client(*answers), pause=pauses.append), pauses


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_cluster_is_retried_with_growing_delays(status: int) -> None:
    busy = [error(exceptions.TransportError, status)] * 4
    connection, pauses = connect(*busy, {"fine": True})
    assert connection.call("GET", "/") == {"fine": True}
    assert len(pauses) == 4
    assert all(later > 1.1 * before for before, later in pairwise(pauses))


def test_a_cluster_that_stays_busy_is_an_error() -> None:
    connection, pauses = connect(*[error(exceptions.TransportError)] * BACKGROUND_RETRIES.attempts)
    with pytest.raises(EngineUnreachable, match="503: some_exception"):
        connection.call("GET", "/")
    assert len(pauses) == BACKGROUND_RETRIES.attempts - 1


@pytest.mark.parametrize(
    ("foreign", "status", "ours"),
    [
        (exceptions.NotFoundError, 404, MissingOnServer),
        (exceptions.ConflictError, 409, Conflict),
        (exceptions.AuthenticationException, 401, EngineUnreachable),
        (exceptions.SSLError, "N/A", EngineUnreachable),
    ],
)
def test_what_will_not_change_is_not_retried(
    foreign: type[Exception], status: Any, ours: type[Exception]
) -> None:
    connection, pauses = connect(error(foreign, status))
    with pytest.raises(ours):
        connection.call("GET", "/")
    assert pauses == []


def test_a_reader_who_waits_is_not_kept_waiting_twice() -> None:
    connection, pauses = connect(error(exceptions.ConnectionTimeout, "TIMEOUT"))
    with pytest.raises(RequestTimedOut):
        connection.search("index", {})
    assert pauses == []


def test_one_search_of_many_that_fails_is_an_error() -> None:
    connection, _ = connect({"responses": [{"hits": {}}, INFO]})
    with pytest.raises(EngineUnreachable, match="some_exception"):
        connection.search_many("index", [{}, {}])


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:hush@host.example:9999/below/", "https://host.example:9999/below"),
        ("https://host.example?key=hush", "https://host.example:443"),
        ("host:9201", "http://host:9201"),
        ("http://host", "http://host:9200"),
    ],
)
def test_an_address_is_shown_without_secrets(url: str, shown: str) -> None:
    assert node_url(url) == shown


@pytest.mark.parametrize(
    "url", ["http://me:secret@host:port", "https://me:secret@:99x/", "me:secret@[::1", "//"]
)
def test_a_malformed_address_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(BadSetting, match="must be a web address") as caught:
        node_url(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("http://me:secret@search.example:9200", True),
        ("https://me:secret@search.example:9200", False),
        ("http://me:secret@localhost:9200", False),
        ("http://search.example:9200", False),
    ],
)
def test_a_password_over_plain_http_is_warned_of(
    caplog: pytest.LogCaptureFixture, url: str, warned: bool
) -> None:
    make_client(make_settings({}, url=url)).close()
    assert ("unencrypted" in caplog.text) is warned
    assert "secret" not in caplog.text


def test_no_secret_is_ever_shown() -> None:
    connection, _ = connect(error(exceptions.ConnectionError, "N/A"))
    with pytest.raises(EngineUnreachable) as caught:
        Connection(SETTINGS, client=Client(error(exceptions.SSLError, "N/A"))).call("GET", "/")
    for shown in (repr(SETTINGS), repr(connection), str(caught.value), str(caught.value.facts)):
        assert "hush" not in shown


def test_an_engine_without_an_address_says_how_to_give_one() -> None:
    with pytest.raises(EngineMissing, match="--url or CHAQUAN_URL"):
        Connection(Settings(engine="opensearch"))


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        (Settings(url="http://a:1"), {}),
        (Settings(url="http://a:1", user="me", password="p"), {"http_auth": ("me", "p")}),
        (Settings(url="http://me:p%40@a:1"), {"http_auth": ("me", "p@")}),
        (Settings(url="http://a", api_key="k"), {"headers": {"Authorization": "ApiKey k"}}),
        (Settings(url="https://a"), {"verify_certs": True, "use_ssl": True}),
        (Settings(url="https://a", authorities=Path("ca.pem")), {"ca_certs": "ca.pem"}),
        (
            Settings(url="https://a", certificate=Path("c.pem"), certificate_key=Path("k.pem")),
            {"client_cert": "c.pem", "client_key": "k.pem"},
        ),
        (Settings(url="https://a", verify=False), {"verify_certs": False}),
        (Settings(url="http://a", remote_seconds=3), {"timeout": 3}),
    ],
)
def test_settings_become_options(settings: Settings, options: dict[str, Any]) -> None:
    made = client_options(settings)
    assert {name: made[name] for name in options} == options
    assert "verify_certs" in options or "https" in settings.url or "verify_certs" not in made


# ---------------------------------------------------------------- a real handshake


class Answer(BaseHTTPRequestHandler):
    """Answers every request with what it was sent to prove who asks."""

    def do_GET(self) -> None:
        body = json.dumps({"who": self.headers.get("Authorization")}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server with a certificate of its own making."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    try:
        subprocess.run(
            [*command, "-keyout", str(key), "-out", str(certificate), *subject],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate with")
    server = HTTPServer(("127.0.0.1", 0), Answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}", certificate
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_untrusted_certificate_is_refused(secure: tuple[str, Path]) -> None:
    connection = Connection(Settings(url=secure[0]))
    with pytest.raises(EngineUnreachable, match="certificate is not trusted"):
        connection.call("GET", "/")
    connection.close()


@pytest.mark.parametrize(
    ("options", "who"),
    [
        ({}, None),
        ({"api_key": "key"}, "ApiKey key"),
        ({"user": "me", "password": "hush"}, "Basic bWU6aHVzaA=="),
    ],
)
def test_a_certificate_of_ones_own_may_be_trusted(
    secure: tuple[str, Path], options: dict[str, Any], who: str | None
) -> None:
    connection = Connection(Settings(url=secure[0], authorities=secure[1], **options))
    assert connection.call("GET", "/") == {"who": who}
    connection.close()
