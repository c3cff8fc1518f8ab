"""Serve an archive with waitress under a sustained load while commits are made.

    python tests/benchmarks/load.py [--paragraphs 121000] [--seconds 300] [--clients 8] [--builds 8]

With `--folder FOLDER` the archive is kept there and used again.

The server and each build are processes of their own; clients keep their connections on loopback
and send one request after another, without growing in number; a build changes three pages, and the
builds are spread over the time. The run lasts until the last of them has ended. Prints requests,
statuses, latencies, and the server's memory (all, and what is its own rather than a mapped file),
file handles and threads after each build as JSON. Ends with 1 when a request or a build failed, or
when its own memory or its handles still grow in the last third.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from urllib.parse import quote

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from hostile_queries import write_pages  # noqa: E402

QUERIES = (
    "援疆", "援疆 教育", '"新疆维吾尔自治区"', "嘉兴 -沙雅", "医院 OR 学校", "援*教", "的", "棉花",
    '"阿克苏 教育"~句', "怎样帮助当地的孩子上学", "城市:嘉兴 产业", "没有这样的词语",
)  # fmt: skip
SERVER = """
import sys
from indexer import make_settings
from webapp import WebSettings, create_app
from webapp.server import serve
serve(create_app(make_settings({}, index=sys.argv[1]), web=WebSettings(access_log=0)),
      port=int(sys.argv[2]), threads=4)
"""
BUILD = "import sys; from indexer.cli import main; main(sys.argv[1:])"
GROWTH = 1.10  # what memory and handles may differ by when they do not grow


@dataclass(slots=True)
class Measured:
    """What a run found."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)  # kB, pages of mapped files included
    own: list[int] = field(default_factory=list)  # kB
    threads: list[int] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)
    commits: int = 0


@contextmanager
def serving(index: Path, port: int) -> Iterator[int]:
    """Serve an index in a process of its own; give its number."""
    command = [sys.executable, "-c", SERVER, str(index), str(port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(600):
                time.sleep(0.1)
                if server.poll() is not None or get(port, "/readyz")[0] == "200":
                    break
            if server.poll() is not None:
                raise SystemExit(f"the server ended; is port {port} taken?")
            yield server.pid
        finally:
            server.terminate()


def get(port: int, address: str) -> tuple[str, float]:
    """Ask once over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        return ask(connection, address)
    finally:
        connection.close()


def ask(connection: http.client.HTTPConnection, address: str) -> tuple[str, float]:
    """Return the status, or the name of what went wrong, and the seconds it took."""
    began = time.perf_counter()
    try:
        connection.request("GET", address)
        response = connection.getresponse()
        response.read()
        return str(response.status), time.perf_counter() - began
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return type(error).__name__, time.perf_counter() - began


def keep_asking(port: int, seed: int, done: Event, measured: Measured) -> None:
    """Ask one thing after another until it is enough."""
    chance = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while not done.is_set():
        query = quote(chance.choice(QUERIES))
        way = chance.choice(("/?q={}", "/api/v1/search?q={}", "/?q={}&sort=page&size=50"))
        status, seconds = ask(connection, way.format(query))
        measured.statuses[status] += 1
        measured.seconds.append(seconds)
    connection.close()


def watch(server: int, measured: Measured) -> None:
    """Measure memory, file handles and threads of the server and its workers together."""
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    processes = [server, *map(int, workers)]
    known = list(map(read_status, processes))
    measured.memory.append(sum(int(one["VmRSS"][0]) for one in known))
    measured.own.append(sum(int(one["RssAnon"][0]) for one in known))
    measured.threads.append(sum(int(one["Threads"][0]) for one in known))
    handles = (Path(f"/proc/{process}/fd").iterdir() for process in processes)
    measured.handles.append(sum(len(list(one)) for one in handles))


def read_status(process: int) -> dict[str, list[str]]:
    """Return what the system says of a process, by name."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return {name: value.split() for name, _, value in (line.partition(":") for line in lines)}


def change(pages: Path, index: Path, number: int) -> None:
    """Change three pages and build, in a process of its own."""
    for page in sorted(pages.iterdir())[number * 3 % 90 :][:3]:
        with page.open("a", encoding="utf-8") as file:
            file.write(f"\n\n第{number}次提交时加上的一段，说的还是援疆教育。\n")
    build(pages, index)


def build(pages: Path, index: Path) -> None:
    """Build in a process of its own, so that clients do not wait for this one's interpreter."""
    command = [sys.executable, "-c", BUILD, "build", str(pages), "--index", str(index)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def run(folder: Path, given: argparse.Namespace) -> Measured:
    """Build, serve, load and watch."""
    pages, index = folder / "pages", folder / "index"
    if not pages.exists():
        pages.mkdir(parents=True)
        write_pages(pages, given.paragraphs)
    build(pages, index)
    measured, done = Measured(), Event()
    with serving(index, given.port) as server, ThreadPoolExecutor(given.clients) as pool:
        asking = [
            pool.submit(keep_asking, given.port, seed, done, measured)
            for seed in range(given.clients)
        ]
        began = time.monotonic()
        try:
            for number in range(1, given.builds + 1):
                due = began + given.seconds * number / (given.builds + 1)
                time.sleep(max(0.0, due - time.monotonic()))
                change(pages, index, number)
                measured.commits += 1
                watch(server, measured)
            time.sleep(max(0.0, began + given.seconds - time.monotonic()))
            watch(server, measured)
        finally:
            done.set()
        for one in asking:
            one.result()
    return measured


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--paragraphs", type=int, default=121_000)
    options.add_argument("--seconds", type=float, default=300.0)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--builds", type=int, default=8)
    options.add_argument("--port", type=int, default=8765)
    options.add_argument("--folder", type=Path)
    given = options.parse_args()
    with nullcontext(given.folder) if given.folder else TemporaryDirectory() as folder:
        found = run(Path(folder), given)
    ordered = sorted(found.seconds)
    report = {
        "paragraphs": given.paragraphs,
        "requests": len(ordered),
        "commits": found.commits,
        "statuses": dict(found.statuses),
        **{f"p{n}_ms": round(1000 * ordered[len(ordered) * n // 100], 1) for n in (50, 95, 99)},
        "memory_kb": found.memory,
        "own_kb": found.own,
        "threads": found.threads,
        "handles": found.handles,
    }
    print(json.dumps(report))
    sys.exit(set(found.statuses) != {"200"} or grows(found.own) or grows(found.handles))


def grows(values: Sequence[int]) -> bool:
    """Return whether the last third is above what the two thirds before it reached."""
    before = len(values) * 2 // 3
    return max(values[before:]) > GROWTH * max(values[:before], default=0)


if __name__ == "__main__":
    main()
