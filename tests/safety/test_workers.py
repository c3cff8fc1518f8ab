"""Worker processes: one address, replaced when killed, drained when stopped."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer import build_index, make_settings, open_index
from indexer.errors import IndexClosed
from webapp import WebSettings, create_app
from webapp.context import INDEX_EXTENSION
from webapp.server import preload
from webapp.server_workers import default_workers

SCRIPT = """
import os, sys, time
from pathlib import Path
from flask import Flask
from webapp.server import serve
port, workers, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
app = Flask("served")
app.add_url_rule("/pid", "pid", lambda: str(os.getpid()))
@app.get("/slow")
def slow():
    (folder / "began").touch()
    while not (folder / "go on").exists():
        time.sleep(0.01)
    return "whole"
serve(app, "127.0.0.1", port, workers=workers)
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> str:
    """Return the body of an answer over a connection of its own; empty where there is none."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as asking:
            asking.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            answer = b"".join(iter(lambda: asking.recv(4096), b""))
    except OSError:
        return ""
    return answer.partition(b"\r\n\r\n")[2].decode()


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


@contextmanager
def running(command: list[str], port: int, ready: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, *command], stderr=subprocess.PIPE) as server:
        try:
            wait_until(lambda: bool(get(port, ready)))
            yield server
        finally:
            server.terminate()
            server.wait(30)


@contextmanager
def serving(workers: int, folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    with running(["-c", SCRIPT, str(port), str(workers), str(folder)], port, "/pid") as server:
        yield port, server


def children(process: int) -> set[int]:
    """Return the processes that a process has started and that have not ended."""
    listed = subprocess.run(["pgrep", "-P", str(process)], stdout=subprocess.PIPE, check=False)
    return set(map(int, listed.stdout.split()))


def worker_ids(port: int) -> set[int]:
    return {int(body) for body in (get(port, "/pid") for _ in range(20)) if body}


def test_workers_share_one_address_and_a_killed_one_is_replaced(tmp_path: Path) -> None:
    with serving(2, tmp_path) as (port, server):
        seen: set[int] = set()
        wait_until(lambda: len(seen.update(worker_ids(port)) or seen) == 2)  # type: ignore[func-returns-value]
        assert server.pid not in seen
        killed = min(seen)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: bool(worker_ids(port) - seen))
        assert killed not in worker_ids(port)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_server_finishes_its_answers(
    tmp_path: Path, workers: int, number: signal.Signals
) -> None:
    with serving(workers, tmp_path) as (port, server):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as asking:
            asking.sendall(b"GET /slow HTTP/1.0\r\n\r\n")
            wait_until((tmp_path / "began").exists)
            server.send_signal(number)
            wait_until(lambda: get(port, "/pid") == "")
            (tmp_path / "go on").touch()
            answer = b"".join(iter(lambda: asking.recv(4096), b""))
        assert answer.endswith(b"whole")
        assert server.wait(30) == 0
    assert get(port, "/pid") == ""


def test_workers_end_with_their_supervisor(tmp_path: Path) -> None:
    with serving(2, tmp_path) as (port, server):
        server.kill()
        wait_until(lambda: get(port, "/pid") == "")


def test_every_worker_answers_from_the_newest_commit(seeds: Path, tmp_path: Path) -> None:
    index, port = tmp_path / "index", free_port()
    build_index([seeds], index=index)
    command = ["-m", "indexer.cli", "serve", "--index", str(index), "--port", str(port)]
    with running([*command, "--workers", "2"], port, "/readyz") as server:
        build_index([seeds], index=index, full=True)
        answers = {get(port, "/readyz") for _ in range(20)}
        before = children(server.pid)
        os.kill(min(before), signal.SIGKILL)
        wait_until(lambda: len(children(server.pid) - before) == 1)
        answers |= {get(port, "/readyz") for _ in range(20)}
    generations = {json.loads(answer)["generation"] for answer in answers - {""}}
    assert len(generations) == 1


def test_what_is_loaded_before_the_fork_is_released_where_it_is_not_used(
    seeds: Path, tmp_path: Path
) -> None:
    build_index([seeds], index=tmp_path)
    app = create_app(index=tmp_path)
    context = app.extensions[INDEX_EXTENSION]
    close_index = preload(app)
    opened = context.shared_index()
    close_index()
    with pytest.raises(IndexClosed):
        opened.search("援疆")
    assert context.shared_index().search("援疆").total


@pytest.mark.parametrize("hosts", ["", ".example.org"])
def test_warm_up_loads_whatever_the_limits_of_visitors(
    seeds: Path, tmp_path: Path, hosts: str
) -> None:
    build_index([seeds], index=tmp_path)
    app = create_app(index=tmp_path, web=WebSettings(rate=2, hosts=hosts))
    preload(app)
    assert app.extensions[INDEX_EXTENSION].is_open
    base = f"http://{hosts.strip('.') or 'localhost'}"
    client = app.test_client()
    found = [client.get("/healthz", base_url=base).status_code for _ in range(3)]
    assert found == [200, 200, 429]


def test_an_index_that_was_passed_in_stays_open(seeds: Path, tmp_path: Path) -> None:
    build_index([seeds], index=tmp_path)
    with open_index(tmp_path) as index:
        preload(create_app(index=index))()
        assert index.search("援疆").total


def test_nothing_is_loaded_before_the_fork_over_a_remote_engine() -> None:
    settings = make_settings(engine="opensearch", url="https://127.0.0.1:1")
    preload(app := create_app(settings))()
    assert not app.extensions[INDEX_EXTENSION].is_open


def test_the_log_names_each_visitor_once_and_no_warm_up(seeds: Path, tmp_path: Path) -> None:
    index, port = tmp_path / "index", free_port()
    build_index([seeds], index=index)
    command = ["-m", "indexer.cli", "serve", "--index", str(index), "--port", str(port)]
    with running([*command, "--workers", "1"], port, "/readyz") as server:
        get(port, "/?q=one")
        server.terminate()
        _, log = server.communicate(timeout=30)
    assert len(re.findall(rb"GET /\?q=", log)) == 1


def test_one_worker_a_core_is_the_default() -> None:
    assert 1 <= default_workers() <= (os.cpu_count() or 1)
