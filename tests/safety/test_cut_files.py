"""A mapped file cut short under a running server: a sentence, no wrong answer, and it lives on."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from support.crash_archive import NEW, read, write

from indexer import build_index
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.mapped_file import map_file
from indexer.errors import IndexCorrupt
from indexer.model import Every, Request

ROOT = Path(__file__).parents[2]
SERVER = """
import socket, sys
from indexer import make_settings
from webapp import WebSettings, create_app
from webapp.server import serve
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
app = create_app(make_settings({}, index=sys.argv[1]), web=WebSettings(access_log=0))
app.test_client().get("/?q=warm")
print(port, flush=True)
serve(app, port=port, threads=4)
"""
ASKED = count()
CUTS = {"all": 0.0, "half": 0.5, "the end": -10}


def cut(path: Path, how: str) -> None:
    """Cut a file short in place, as a copy over it or a failing disk would."""
    size = path.stat().st_size
    os.truncate(path, int(size * CUTS[how]) if how != "the end" else size - 10)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cut") / "pages"
    folder.mkdir()
    for number in range(30):
        text = f"第{number}版标题\n\n" + f"嘉兴援疆教育在沙雅县，第{number}所学校建成。\n\n" * 20
        (folder / f"p{number}.txt").write_text(text, "utf-8")
    return folder


class Server:
    """A real server in a process of its own."""

    def __init__(self, index: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(index)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())

    def get(self, address: str) -> tuple[int, dict[str, Any]]:
        while True:
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}"
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                connection.request("GET", address)
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read())
            except ConnectionRefusedError:  # not listening yet
                continue
            finally:
                connection.close()


_EVERY = Request(Every(), size=100)
SEARCH = "/api/v1/search?q=%E6%8F%B4%E7%96%86&size=50"


@pytest.fixture(scope="module")
def server(pages: Path) -> Iterator[Server]:
    build_index([pages], index=pages.parent / "index")
    server = Server(pages.parent / "index")
    yield server
    server.process.kill()
    server.process.communicate()


def search(server: Server) -> tuple[int, object]:
    """Ask for the same again at an address of its own: answers are kept by address."""
    status, answer = server.get(f"{SEARCH}&asked={next(ASKED)}")
    answer.pop("took_ms", None)
    return status, answer


@pytest.mark.parametrize("how", CUTS)
def test_a_file_cut_under_a_server(server: Server, pages: Path, how: str) -> None:
    index = pages.parent / "index"
    truth = search(server)
    assert truth[0] == 200
    for path in index.glob("*.seg"):
        cut(path, how)
    for _ in range(3):
        status, answer = search(server)
        assert status == 503
        assert answer["error"]["code"] == "index_corrupt"  # type: ignore[index]
        assert "chaquan build --full" in answer["error"]["message"]  # type: ignore[index]
    assert server.get("/healthz")[0] == 200
    build_index([pages], index=index, full=True)
    assert search(server) == truth  # repaired, and no one had to start it again


def test_files_cut_while_many_ask(server: Server, pages: Path) -> None:
    index = pages.parent / "index"
    truth = search(server)
    with ThreadPoolExecutor(4) as pool:
        for how in CUTS:
            asking = [pool.submit(search, server) for _ in range(24)]
            asking[3].result()
            for path in index.glob("*.seg"):
                cut(path, how)
            for one in asking:
                status, answer = one.result()
                assert status == 503 or answer == truth[1]
            build_index([pages], index=index, full=True)
    assert search(server) == truth


@pytest.mark.parametrize("bytes_left", [-1, -10])
def test_an_end_cut_off_within_a_block_gives_no_wrong_answer(
    tmp_path: Path, bytes_left: int
) -> None:
    """The system puts zeros there and raises nothing."""
    engine = WhooshEngine(tmp_path)
    write(engine, {}, NEW)
    reader = engine.reader()
    (path,) = tmp_path.glob("*.seg")
    os.truncate(path, path.stat().st_size + bytes_left)
    with pytest.raises(IndexCorrupt, match=r"was cut short while it was in use.*build --full"):
        reader.find(_EVERY)
    with pytest.raises(IndexCorrupt):
        list(reader.scan(_EVERY))
    with pytest.raises(IndexCorrupt):
        list(reader.vocabulary("words"))
    reader.close()
    write(engine, {}, NEW, fresh=True)
    assert read(engine)[0].keys() == NEW.keys()


def test_a_map_that_grows_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    held = map_file(path)
    assert held.is_intact
    path.write_bytes(b"1234567")
    assert held.is_intact
    os.truncate(path, 4)
    assert not held.is_intact
