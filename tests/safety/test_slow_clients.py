"""Clients that are slow, many or gone do not keep others from being answered."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer import build_index, make_settings
from webapp import WebSettings, create_app
from webapp.connection_limits import EXPORT_THREADS, Limits
from webapp.context import INDEX_EXTENSION, MAX_COMPUTED_EXPORTS
from webapp.server import Server, listen

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

QUICK = Limits(idle_seconds=1, head_seconds=0.3, stalled_seconds=0.2)


class Application:
    """Answers `ok`, 64 MB for `…large`, and `…wait` only when it is released."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.waiting = threading.Semaphore(0)
        self.paths: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.paths.append(path)
        if path.endswith("wait"):
            self.waiting.release()
            self.released.wait(20)
        start("200 OK", [("Content-Type", "text/plain")])
        return (b"x" * 65_536 for _ in range(1_000)) if path.endswith("large") else [b"ok"]


@contextmanager
def serving(
    app: Application, limits: Limits = QUICK, threads: int = 2
) -> Iterator[tuple[int, Server]]:
    server = Server(app, listen("127.0.0.1", 0), threads, limits)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.port, server
    finally:
        app.released.set()
        server.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()


def connect(port: int, asked: bytes) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(20)
    made.connect(("127.0.0.1", port))
    made.sendall(asked)
    return made


def get(port: int, path: str = "/") -> bytes:
    try:
        with connect(port, f"GET {path} HTTP/1.0\r\n\r\n".encode()) as asking:
            return asking.recv(4096)
    except ConnectionError:
        return b""


def is_answered(port: int, path: str = "/") -> bool:
    return b"200 OK" in get(port, path)


def wait_until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends
        threading.Event().wait(0.01)


def is_closed(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1)
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "head",
    [
        b"GET /?q=a b HTTP/1.1\r\nHost: a",
        b"get / HTTP/1.1\r\nHost: a",
        b"GET / HTTP/1.1\r\nHost: a\nX: b",
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1",
        b"GET http://[ HTTP/1.1\r\nHost: a",
    ],
)
def test_a_malformed_request_is_answered_and_nothing_fails(
    head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(Application()) as (port, _), connect(port, head + b"\r\n\r\n") as asking:
        assert b" 400 Bad Request\r\n" in asking.recv(4096)
    assert not caplog.records


def test_readers_who_do_not_read_keep_no_thread() -> None:
    with serving(Application()) as (port, _), ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(connect(port, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n"))
        assert is_answered(port)


def test_one_address_cannot_take_every_connection() -> None:
    limits = replace(QUICK, connections=60, per_address=20, idle_seconds=30)
    with serving(Application(), limits) as (port, server), ExitStack() as stack:
        held = [stack.enter_context(connect(port, b"")) for _ in range(70)]
        assert all(map(is_closed, held[:50]))  # the oldest gave way to the newest
        wait_until(lambda: server.connection_count() == 20)
        assert is_answered(port)


def test_many_addresses_cannot_take_every_connection() -> None:
    limits = replace(QUICK, connections=60, per_address=0, idle_seconds=30, head_seconds=30)
    with serving(Application(), limits) as (port, server), ExitStack() as stack:
        for number in range(150):
            head = b"GET / HTTP/1.1\r\n" if number % 2 else b""
            stack.enter_context(connect(port, head))
        wait_until(lambda: server.connection_count() < 60)
        assert is_answered(port)


def test_a_running_request_is_not_closed_for_a_new_connection() -> None:
    app = Application()
    limits = replace(QUICK, per_address=2, idle_seconds=30)
    with serving(app, limits) as (port, _), ExitStack() as stack:
        asking = stack.enter_context(connect(port, b"GET /wait HTTP/1.0\r\n\r\n"))
        app.waiting.acquire(timeout=20)
        for _ in range(10):
            stack.enter_context(connect(port, b""))
        assert is_answered(port)
        app.released.set()
        assert b"200 OK" in asking.recv(4096)


@pytest.mark.parametrize("dripped", [b"GET / HT", b"GET / HTTP/1.1\r\nX-A: b\r\nX-C: d"])
def test_a_head_that_trickles_in_is_cut_off(dripped: bytes) -> None:
    with serving(Application()) as (port, _), connect(port, dripped) as slow:
        slow.settimeout(0.05)
        ends = time.monotonic() + 15
        while time.monotonic() < ends:  # a byte now and then, for longer than the limit
            try:
                slow.sendall(b"x")
                if not slow.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("the connection was kept open")
        assert is_answered(port)


def test_a_connection_that_asks_nothing_is_closed() -> None:
    with serving(Application()) as (port, _), connect(port, b"") as idle:
        assert is_closed(idle)


def test_health_and_static_files_never_wait_behind_searches() -> None:
    app = Application()
    with serving(app, threads=1) as (port, _), ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(connect(port, b"GET /wait HTTP/1.0\r\n\r\n"))
        app.waiting.acquire(timeout=20)
        assert is_answered(port, "/healthz")
        assert is_answered(port, "/static/chaquan.css")


def test_exports_take_no_thread_from_searches() -> None:
    app = Application()
    with serving(app, threads=1) as (port, _), ExitStack() as stack:
        for _ in range(EXPORT_THREADS + 2):
            stack.enter_context(connect(port, b"GET /export.wait HTTP/1.0\r\n\r\n"))
        for _ in range(EXPORT_THREADS):
            app.waiting.acquire(timeout=20)
        assert is_answered(port)


@pytest.mark.parametrize("path", ["/large", "/export.large", "/tables/large"])
def test_a_request_is_answered_however_many_slow_readers_were_before(path: str) -> None:
    """Each reads some bytes now and then, so that none of them stalls for good."""
    patient, app = replace(QUICK, stalled_seconds=60), Application()
    with serving(app, patient, threads=2) as (port, _), ExitStack() as stack:
        readers = []
        for number in range(1, EXPORT_THREADS + 8):
            readers.append(
                stack.enter_context(connect(port, f"GET {path} HTTP/1.0\r\n\r\n".encode()))
            )
            wait_until(lambda: len(app.paths) == number)  # noqa: B023
            assert b"200 OK" in readers[-1].recv(400)
        for reader in readers[-2:]:
            assert reader.recv(400)  # those who came last still read


def test_a_slow_reader_reads_on_while_threads_are_free() -> None:
    with serving(Application(), threads=1) as (port, _):
        with connect(port, b"GET /export.large HTTP/1.0\r\n\r\n") as reading:
            assert is_answered(port, "/export.csv")
            read = sum(map(len, iter(lambda: reading.recv(1 << 20), b"")))
        assert read > 64_000_000


@pytest.mark.parametrize("path", ["/wait", "/export.wait"])
def test_a_full_queue_is_answered_at_once(path: str) -> None:
    app = Application()
    threads = EXPORT_THREADS if path.startswith("/export") else 1
    with serving(app, replace(QUICK, queued=2), threads=1) as (port, _), ExitStack() as stack:
        for _ in range(threads):
            stack.enter_context(connect(port, f"GET {path} HTTP/1.0\r\n\r\n".encode()))
            app.waiting.acquire(timeout=20)
        for _ in range(2):
            stack.enter_context(connect(port, f"GET {path} HTTP/1.0\r\n\r\n".encode()))
        answers = []
        wait_until(lambda: answers.append(get(port, path)) or b"503" in answers[-1])  # type: ignore[func-returns-value]
        assert b"Retry-After: 5" in answers[-1]


@pytest.mark.parametrize("length", ["", "Content-Length: 0\r\n", "Content-Length: 5\r\n"])
def test_a_request_that_expects_a_continue_is_answered(length: str) -> None:
    head = f"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n{length}\r\n"
    with serving(Application()) as (port, _), connect(port, head.encode()) as asking:
        assert asking.recv(4096).startswith(b"HTTP/1.1 413" if "5" in length else b"HTTP/1.1 200")


def test_requests_whose_client_has_gone_are_dropped() -> None:
    app = Application()
    with serving(app, threads=1) as (port, server), ExitStack() as stack:
        stack.enter_context(connect(port, b"GET /wait HTTP/1.0\r\n\r\n"))
        app.waiting.acquire(timeout=20)
        abandoned = [connect(port, b"GET /abandoned HTTP/1.0\r\n\r\n") for _ in range(20)]
        wait_until(lambda: server.connection_count() == 21)
        for connection in abandoned:
            connection.close()
        wait_until(lambda: server.connection_count() == 1)
        app.released.set()
        assert is_answered(port, "/last")
        assert "/abandoned" not in app.paths


def test_a_stopping_server_finishes_what_it_has_accepted() -> None:
    app = Application()
    with serving(app) as (port, server), connect(port, b"GET /wait HTTP/1.0\r\n\r\n") as asking:
        app.waiting.acquire(timeout=20)
        server.stop()
        wait_until(lambda: not is_listening(port))
        app.released.set()
        assert b"200 OK" in asking.recv(4096)


def test_a_server_may_be_stopped_again_after_its_end() -> None:
    server = Server(Application(), listen("127.0.0.1", 0), 1, QUICK)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    server.stop()
    thread.join(timeout=20)
    assert not thread.is_alive()
    server.stop()


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_few_exports_compute_at_once_and_slow_readers_are_none_of_them(
    seeds: Path, tmp_path: Path, form: str
) -> None:
    settings = make_settings({}, index=tmp_path / "index")
    build_index([seeds], settings=settings)
    app = create_app(settings, web=WebSettings(access_log=0))
    client, slots = app.test_client(), app.extensions[INDEX_EXTENSION].exports
    unread = [client.get(f"/export.{form}?q=援疆") for _ in range(5 * MAX_COMPUTED_EXPORTS)]
    assert len(client.get(f"/export.{form}?q=援疆").data) > 1000
    for _ in range(3 * MAX_COMPUTED_EXPORTS):
        assert client.head(f"/export.{form}").status_code == 200
        assert client.get(f"/export.{form}?sort=none").status_code == 400
        assert client.get(f"/export.{form}?q=" + "援" * 300).status_code == 400
    for _ in range(MAX_COMPUTED_EXPORTS):
        slots.acquire()
    reading = threading.Thread(target=lambda: unread[0].data)
    reading.start()
    reading.join(0.05)
    assert reading.is_alive()
    slots.release()
    reading.join(20)
    assert not reading.is_alive()
