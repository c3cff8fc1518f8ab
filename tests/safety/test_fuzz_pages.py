"""Any bytes are a page or a named problem, and of any page every printed character is kept."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import rounds
from support.formats import read_pages

from indexer.errors import SourceError
from indexer.reading import read_articles

PRINT = st.text("援疆嘉兴沙雅的，。！？“”（）■□●▲　 \n\n\nabc1234/:-", max_size=300)
BYTES = st.binary(max_size=200) | PRINT.map(str.encode) | PRINT.map(lambda text: text.encode("gbk"))
NAMES = st.sampled_from(["page.txt", "page.md", "page.jsonl"])


@settings(max_examples=rounds(80, 5000))
@given(NAMES, BYTES, st.none() | st.binary(max_size=60))
def test_any_bytes_are_pages_or_problems(name: str, data: bytes, side: bytes | None) -> None:
    problems: list[SourceError] = []
    with TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        if side is not None:
            (Path(folder) / "page.toml").write_bytes(side)
        for page in read_pages([Path(folder)], problem=problems.append):
            read_articles(page)
            page.text.encode()
    assert all(str(problem) for problem in problems)


@settings(max_examples=rounds(80, 5000))
@given(PRINT)
def test_every_character_is_in_exactly_one_block(text: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "page.txt").write_text(text, "utf-8")
        for page in read_pages([Path(folder)], problem=lambda _error: None):
            blocks = [block for article in read_articles(page) for block in article.paragraphs]
            held = Counter(
                position for block in blocks for span in block.spans for position in range(*span)
            )
            printed = {n for n, char in enumerate(page.text) if not char.isspace()}
            assert printed <= held.keys()
            assert all(held[position] == 1 for position in printed)
