"""What may not be beside a substring, and substrings in their order."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest
from support.search_samples import make_index

from indexer.engines import open_engine
from indexer.model import Kind, LookAround
from indexer.query import Proximity, Quote, Reach, Words, parse
from indexer.settings import Settings

PAGES = {
    "a": [
        ("新和县的援疆工作", Kind.BODY, ()),
        ("创新和发展，常新和", Kind.BODY, ()),
        ("创新和新和县", Kind.BODY, ()),
        ("取舍利弗，得舍利子", Kind.BODY, ()),
        ("衢州支援乌什", Kind.BODY, ()),
        ("乌什感谢衢州", Kind.BODY, ()),
    ]
}


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("舍利[!弗]", LookAround("舍利", (), ("弗",))),
        ("舍利［！弗］", LookAround("舍利", (), ("弗",))),
        ("[!创]新和", LookAround("新和", ("创",), ())),
        ("[!创|常]新和[!县、社]", LookAround("新和", ("创", "常"), ("县", "社"))),
        ('[!创]"新和 县"', LookAround("新和 县", ("创",), ())),
        ("「舍利」[!弗]", LookAround("舍利", (), ("弗",))),
        ('"衢州 乌什"~>10', Proximity(("衢州", "乌什"), distance=10, ordered=True)),
        ("“衢州 乌什”～＞１０", Proximity(("衢州", "乌什"), distance=10, ordered=True)),
        ('"衢州 乌什"~>句', Proximity(("衢州", "乌什"), Reach.SENTENCE, ordered=True)),
        ("[!创]", Words("[!创]")),
        ("舍利[!]", Words("舍利[!]")),
        ("舍利[弗]", Words("舍利[弗]")),
        ('"舍利[!弗]"', Quote("舍利[!弗]")),
    ],
)
def test_a_query_says_what_may_not_be_beside_a_substring(text: str, node: object) -> None:
    assert parse(text).node == node


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("[!创]新和", ["|新和|县的援疆工作", "创新和发展，常|新和|", "创新和|新和|县"]),
        ("[!创|常]新和", ["|新和|县的援疆工作", "创新和|新和|县"]),
        ("新和[!县]", ["创|新和|发展，常|新和|", "创|新和|新和县"]),
        ("舍利[!弗]", ["取舍利弗，得|舍利|子"]),
        ("舍利[!弗] -子", []),
        ("援疆 [!创]新和", ["|新和|县的|援疆|工作"]),
        ('"衢州 乌什"~>2', ["|衢州|支援|乌什|"]),
        ('"衢州 乌什"~>句', ["|衢州|支援|乌什|"]),
        ('"衢州 乌什"~>段', ["|衢州|支援|乌什|"]),
        ('"乌什 衢州"~>1', []),
    ],
)
def test_only_the_occurrences_that_count_are_marked(query: str, marked: list[str]) -> None:
    hits = make_index(PAGES).search(query, sort="page").hits
    assert [_marked(hit.text, hit.marks) for hit in hits] == marked


def _marked(text: str, marks: tuple[tuple[int, int], ...]) -> str:
    for start, end in reversed(marks):
        text = f"{text[:start]}|{text[start:end]}|{text[end:]}"
    return text


CASES = int(os.environ.get("CHAQUAN_LOOK_AROUND_CASES", "150"))
"""Set it to 10,000 for the long run, which `tests/benchmarks/README.md` reports."""


@pytest.mark.parametrize("engine", ["memory", "whoosh"])
def test_look_around_agrees_with_regular_expressions(engine: str, tmp_path: Path) -> None:
    chance = random.Random(17)
    letters = "甲乙丙丁，"

    def some(least: int, most: int) -> str:
        return "".join(chance.choices(letters[:4], k=chance.randint(least, most)))

    texts = ["".join(chance.choices(letters, k=chance.randint(3, 30))) for _ in range(60)]
    opened = open_engine(Settings(index=tmp_path / "index", engine=engine))
    index = make_index({"a": [(text, Kind.BODY, ()) for text in texts]}, opened)
    for _ in range(CASES):
        substring = some(1, 2)
        before = [some(1, 2) for _ in range(chance.randint(0, 2))]
        after = [some(1, 2) for _ in range(chance.randint(0 if before else 1, 2))]
        query = (f"[!{'|'.join(before)}]" * bool(before)) + substring
        query += f"[!{'|'.join(after)}]" * bool(after)
        sides = "".join(f"(?<!{text})" for text in before), "".join(f"(?!{text})" for text in after)
        pattern = re.compile(f"(?={sides[0]}{substring}{sides[1]})")
        found = {hit.number: hit.marks for hit in index.scan(query)}
        places = {n: [m.start() for m in pattern.finditer(t)] for n, t in enumerate(texts, 1)}
        assert found.keys() == {number for number, starts in places.items() if starts}, query
        for number, marks in found.items():
            inside = {at for start in places[number] for at in range(start, start + len(substring))}
            assert {at for start, end in marks for at in range(start, end)} == inside, query
