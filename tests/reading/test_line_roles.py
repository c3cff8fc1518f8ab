"""Tiny pages, one trouble each: every line of a page carries the kind it should be read as.

The pages are in `judged/troubles.txt`, each under a line with its trouble.

`kind|text` is a line, `=` between lines says that an article begins, `+body|` continues the
body above. The rest is the page as it is, blank lines and all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.model import Page
from indexer.reading import read_articles

TROUBLES = Path(__file__).parent.parent / "judged" / "troubles.txt"
PAGES = dict(
    part.split("\n", 1) for part in TROUBLES.read_text("utf-8").removeprefix("@@ ").split("\n@@ ")
)


def split_page(marked: str) -> tuple[str, list[tuple[str, int, str]]]:
    """Take the marks from a page; return the kind, the article and the text of each line."""
    lines, expected, article = [], [], 1
    for row in marked.strip("\n").split("\n"):
        if row == "=":
            article += 1
            continue
        kind, bar, text = row.rpartition("|")
        lines.append(text if bar else row)
        if text:
            expected.append((kind or guess(row), article, text.strip().lstrip("# ")))
    return "\n".join(lines), expected


def guess(row: str) -> str:
    """Name the kind of rows that begin with a mark of their own."""
    return "title" if row.startswith("# ") else "heading" if row.startswith("#") else "byline"


@pytest.mark.parametrize("trouble", PAGES)
def test_lines_are_read_as_what_they_are(trouble: str) -> None:
    text, expected = split_page(PAGES[trouble])
    articles = read_articles(Page("page", "page.txt", text, ""))
    found = {}
    for article in articles:
        for block in article.paragraphs:
            for number, (start, end) in enumerate(block.spans):
                joined = "+" if number and block.kind == "body" else ""
                found[text[start:end]] = (joined + block.kind.value, article.number)
    assert [(*found.get(line, ("lost", 0)), line) for _, _, line in expected] == expected
