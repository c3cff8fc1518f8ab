"""Measure the face: `python tests/benchmarks/pages.py --index index 援疆 教育 "援疆 教育"`.

Asks the application for the home page, for each query as a page of results and as JSON, and for
the first hit's article and source, and prints CPU milliseconds of the answering thread (the
middle and the 95th percentile) and the size. No socket, no second thread, nothing asserted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from flask.testing import FlaskClient

from indexer import make_settings
from webapp import create_app

ROUNDS = 30


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


def addresses(client: FlaskClient, queries: Sequence[str]) -> list[str]:
    """List what is asked for."""
    found = ["/"]
    for query in queries:
        found += [f"/?q={quote(query)}", f"/api/v1/search?q={quote(query)}"]
    hits = client.get(found[-1]).get_json()["hits"]
    for hit in hits[:1]:
        found.append(f"/articles/{hit['page']}/{hit['article']}?q={quote(queries[-1])}")
        found.append(f"/pages/{hit['page']}")
    return found


def main() -> None:
    """Print one row for each address."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("queries", nargs="*", default=["援疆", "教育", "援疆 教育"])
    options = parser.parse_args()
    client = create_app(make_settings(index=options.index)).test_client()
    print(f"{'p50 ms':>8} {'p95 ms':>8} {'bytes':>8}")
    for address in addresses(client, options.queries):
        middle, most, size = measure(client, address)
        print(f"{middle:8.1f} {most:8.1f} {size:8}  {address}")


if __name__ == "__main__":
    main()
