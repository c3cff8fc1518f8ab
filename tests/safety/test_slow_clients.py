"""Clients that are slow on purpose keep nobody else from being answered."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import waitress
from waitress.server import BaseWSGIServer

from indexer import build_index, make_settings
from webapp import WebSettings, create_app
from webapp.desk import MOST_EXPORTS
from webapp.serving import CONNECTIONS, limits, lose_patience

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Answer with a word, or with 64 MB below `/large`."""
    start("200 OK", [("Content-Type", "text/plain")])
    return (b"x" * 65_536 for _ in range(1_000)) if environ["PATH_INFO"] == "/large" else [b"ok"]


@contextmanager
def serving(threads: int) -> Iterator[int]:
    server = waitress.create_server(answer, host="127.0.0.1", port=0, threads=threads, **limits())
    stopped = threading.Event()

    def run() -> None:
        while not stopped.is_set():
            server.asyncore.loop(timeout=0.05, map=server._map, count=1)
        server.task_dispatcher.shutdown()
        for connection in list(server._map.values()):
            connection.handle_close()  # and what was to be sent

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        stopped.set()
        thread.join(timeout=20)


@pytest.fixture
def patience() -> Iterator[None]:
    known = BaseWSGIServer.channel_class
    lose_patience(0.2)
    yield
    BaseWSGIServer.channel_class = known


def connect(port: int, asked: bytes) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(30)
    made.connect(("127.0.0.1", port))
    made.sendall(asked)
    return made


def is_answered(port: int) -> bool:
    with connect(port, b"GET / HTTP/1.0\r\n\r\n") as asking:
        return b"200 OK" in asking.recv(4096)


@pytest.mark.usefixtures("patience")
def test_readers_who_do_not_read_keep_no_thread() -> None:
    with serving(threads=2) as port, ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(connect(port, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n"))
        assert is_answered(port)


def test_half_requests_keep_nobody_out() -> None:
    with serving(threads=2) as port, ExitStack() as stack:
        for _ in range(150):
            stack.enter_context(connect(port, b"GET / HT"))
        assert is_answered(port)
    assert CONNECTIONS > 150


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_exports_leave_threads_for_others(seeds: Path, tmp_path: Path, form: str) -> None:
    settings = make_settings({}, index=tmp_path / "index")
    build_index([seeds], settings=settings)
    client = create_app(settings, web=WebSettings(access_log=0)).test_client()
    exports = [client.get(f"/export.{form}?q=援疆") for _ in range(MOST_EXPORTS)]
    refused = client.get(f"/export.{form}?q=援疆")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert client.get("/?q=援疆").status_code == 200
    exports[0].close()  # its reader went away
    assert len(exports[1].data) > 1000
    for _ in range(3 * MOST_EXPORTS):
        assert client.head(f"/export.{form}").status_code == 200
        assert client.get(f"/export.{form}?sort=none").status_code == 400
        assert client.get(f"/export.{form}?q=" + "援" * 300).status_code == 400
    assert client.get(f"/export.{form}?q=援疆").status_code == 200
