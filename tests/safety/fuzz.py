"""Fuzz the query parser and the page reader, guided by coverage.

    pip install atheris
    python tests/safety/fuzz.py query|page -max_total_time=600

Needs `atheris`, which is not among the test requirements: it has wheels for few Pythons. Anything
but our own errors stops the run with the input that led there.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

import atheris

with atheris.instrument_imports(include=["indexer"]):
    from indexer.errors import SourceError, TooLong
    from indexer.pages import read_page
    from indexer.query import parse
    from indexer.reading import read_articles


def query(data: bytes) -> None:
    """Parse any text."""
    with suppress(TooLong):
        parse(data.decode("utf-8", "surrogateescape"))


def page(data: bytes) -> None:
    """Read any bytes as a page."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.txt"
        path.write_bytes(data)
        with suppress(SourceError):
            read_articles(read_page(path))


if __name__ == "__main__":
    target = {"query": query, "page": page}[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
