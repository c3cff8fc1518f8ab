"""Measure the face: `python tests/benchmarks/pages.py --index index 援疆 教育`.

Asks the application for every kind of page and prints CPU milliseconds of the answering thread
(the middle and the 95th percentile of 30 answers) and the size. The words given are searched for
alone and together, and what else is asked for follows from what they find. No socket, no second
thread, nothing asserted.

    --profile KIND   show where the time of one kind of page goes
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient

from indexer import make_settings
from webapp import create_app
from webapp.server import warm

ROUNDS = 30
WARMING = 40
"""Searches before anything is measured: the engine loads its compiled loops after 32."""


def measure(client: FlaskClient, address: str) -> tuple[float, float, int]:
    """Answer an address many times: the median, the 95th percentile, the bytes."""
    client.get(address)
    times = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        size = len(client.get(address).data)
        times.append((time.thread_time() - began) * 1000)
    times.sort()
    return times[ROUNDS // 2], times[ROUNDS * 95 // 100], size


def addresses(client: FlaskClient, words: Sequence[str]) -> Mapping[str, str]:
    """Name every kind of page with the address that is measured for it."""
    one, two, quoted = quote(words[0]), quote(" ".join(words[:2])), '"{}"'.format
    found = {
        "browse": "/",
        "browse, further on": "/?from=201",
        "one word": f"/?q={one}",
        "two words": f"/?q={two}",
        "question": f"/?q={quote('在'.join(words[:2]) + '方面投入了多少资金？')}",
        "quoted": f"/?q={quote(quoted(words[0]))}",
        "near": f"/?q={quote(quoted(' '.join(words[:2])) + '~10')}",
        "nothing found": f"/?q={quote('魑魅魍魉')}",
        "misspelt": f"/?q={quote('园疆')}",
        "page order": f"/?q={one}&sort=page",
        "second page": f"/?q={two}&start=10",
        "fifty results": f"/?q={two}&size=50",
        "explained": f"/?q={two}&explain=1",
        "concordance": f"/?q={one}&view=lines",
        "API search": f"/api/v1/search?q={two}",
        "API, no facets": f"/api/v1/search?q={two}&facets=",
        "suggest": f"/api/v1/suggest?q={one}",
        "complete": f"/api/v1/suggest?q={quote(words[0][:1])}&format=opensearch",
        "complete pinyin": "/api/v1/suggest?q=jia&format=opensearch",
        "atom": f"/export.atom?q={two}",
        "openapi": "/openapi.json",
        "help": "/help",
    }
    return {**found, **_that_follow(client, one, two)}


def _that_follow(client: FlaskClient, one: str, two: str) -> Mapping[str, str]:
    """Name the pages that only what was found leads to."""
    body = client.get(f"/api/v1/search?q={two}").get_json()
    facets, hit = body["facets"], body["hits"][0]
    below = f"{quote(hit['page'])}/{hit['article']}"
    found = {
        "article": f"/articles/{below}",
        "article, marked": f"/articles/{below}?q={two}&result=0",
        "article beside": f"/articles/{below}?q={two}&beside=1",
        "page": f"/pages/{quote(hit['page'])}",
        "citation": f"/cite/{below}/{hit['number']}",
        "API article": f"/api/v1/articles/{below}",
        "API page": f"/api/v1/pages/{quote(hit['page'])}",
        "values": f"/values/page?q={one}",
    }
    cities = "&".join(f"city={quote(one['value'])}" for one in facets["city"][:2])
    found |= {"faceted": f"/?q={one}&{cities}&kind=body"} if cities else {}
    pairs = facets["pair"][:1]
    return found | ({"pair": f"/?q={one}&pair={quote(pairs[0]['value'])}"} if pairs else {})


def main() -> None:
    """Print one row for each kind of page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--profile", metavar="KIND")
    parser.add_argument("words", nargs="*", default=["援疆", "教育"])
    options = parser.parse_args()
    app = create_app(make_settings(index=options.index))
    client = app.test_client()
    _warm(app, client)
    found = addresses(client, options.words)
    if options.profile:
        return _profile(client, found[options.profile])
    print(f"{'p50 ms':>8} {'p95 ms':>8} {'bytes':>8}")
    for name, address in found.items():
        middle, most, size = measure(client, address)
        print(f"{middle:8.1f} {most:8.1f} {size:8}  {name}")
    return None


def _warm(app: Flask, client: FlaskClient) -> None:
    """Bring the process where a server is after its first readers: numba loads meanwhile."""
    for number in range(WARMING):
        client.get(f"/?q={quote('查全')}&size={number + 1}")
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(timeout=120)
    warm(app)


def _profile(client: FlaskClient, address: str) -> None:
    client.get(address)
    with cProfile.Profile(time.thread_time) as profile:
        for _ in range(ROUNDS):
            client.get(address)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(60)


if __name__ == "__main__":
    main()
