"""Ask hostile queries of a site over 10,000 paragraphs and measure the CPU each one takes.

    python tests/benchmarks/hostile_queries.py [--paragraphs 10000] [--random 10000]

Every crafted query goes to every way of asking, random strings to the search page and the API in
turn. Prints the slowest and ends with 1 when an answer is a 500 or takes over half a second.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from flask.testing import FlaskClient  # noqa: E402
from speed_collection import make_pages, read_sentences  # noqa: E402
from support.hostile import CRAFTED, random_queries  # noqa: E402

from indexer import build_index, make_settings  # noqa: E402
from webapp import WebSettings, create_app  # noqa: E402

MOST_SECONDS = 0.5

WAYS = (
    "/?q={}",
    "/?q={}&exact=1",
    "/?q={}&view=lines",
    "/?q={}&sort=page&size=200",
    "/api/v1/search?q={}&explain=1",
    "/api/v1/suggest?q={}",
    "/compose?all={0}&phrase={0}&none={0}",
    "/articles/0000000/1?q={}",
    "/?city={0}&author={0}&year={0}",
)


def write_pages(folder: Path, size: int) -> None:
    """Write pages of sentences of the five real ones."""
    for page in make_pages(read_sentences(sorted((ROOT / "seeds").glob("*.txt"))), size, seed=1):
        paragraphs = "\n\n".join(text.replace("\n", "") for text, _ in page.paragraphs)
        (folder / f"{page.id}.txt").write_text(f"第{page.id}号标题\n\n{paragraphs}\n", "utf-8")


def ask(client: FlaskClient, ways: Iterable[str]) -> Iterator[tuple[float, int, str]]:
    """Yield CPU seconds, status and address of each request."""
    for address in ways:
        began = time.process_time()
        status = client.get(address).status_code
        seconds = time.process_time() - began
        if seconds > MOST_SECONDS or status >= 500:
            print(f"{seconds:.3f} s  {status}  {address[:160]}", flush=True)
        yield seconds, status, address


def addresses(number: int) -> Iterator[str]:
    """Yield every address to ask."""
    for query in CRAFTED:
        for way in WAYS:
            yield way.format(quote(query, errors="surrogatepass"))
    for count, query in enumerate(random_queries(number, seed=1)):
        yield WAYS[(0, 4)[count % 2]].format(quote(query, errors="surrogatepass"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--paragraphs", type=int, default=10_000)
    options.add_argument("--random", type=int, default=10_000)
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        pages.mkdir()
        write_pages(pages, given.paragraphs)
        settings = make_settings({}, index=Path(folder) / "index")
        report = build_index([pages], settings=settings)
        client = create_app(settings, web=WebSettings(access_log=0)).test_client()
        client.get("/?q=warm")
        found = sorted(ask(client, addresses(given.random)), reverse=True)
    statuses = Counter(status for _, status, _ in found)
    print(f"{report.documents} paragraphs, {len(found)} requests, by status {dict(statuses)}")
    print(f"p50 {found[len(found) // 2][0]:.3f} s, p99 {found[len(found) // 100][0]:.3f} s of CPU")
    print("slowest:", *(f"{seconds:.3f} s" for seconds, _, _ in found[:12]))
    sys.exit(found[0][0] > MOST_SECONDS or any(status >= 500 for _, status, _ in found))


if __name__ == "__main__":
    main()
