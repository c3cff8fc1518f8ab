"""`chaquan count` and `chaquan names`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import build_index, split_names
from indexer.cli import main

ARTICLES = (
    {"id": "1", "title": "援疆二十年", "text": "援疆干部在沙雅。\n沙雅的援疆教育。",
     "date": "2019-05-01"},
    {"id": "2", "title": "沙雅来信", "text": "=沙雅=，援疆医生来了。", "date": "2021-02-03"},
)  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small index of two dated articles."""
    folder = tmp_path_factory.mktemp("archive")
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in ARTICLES)
    (folder / "news.jsonl").write_text("".join(lines), encoding="utf-8")
    build_index([folder / "news.jsonl"], index=folder / "index")
    return str(folder / "index")


def _run(*words: str) -> str:
    answer = CliRunner().invoke(main, words, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_count_prints_a_table_csv_and_json(index: str) -> None:
    table = _run("count", "援疆", "--by", "year", "--index", index)
    assert [line.split()[:3] for line in table.splitlines()[1:3]] == [
        ["2019", "3", "3"],
        ["2021", "1", "1"],
    ]
    rows = list(
        csv.DictReader(
            _run("count", "援疆", "--by", "year", "--csv", "--index", index).splitlines()
        )
    )
    assert [(row["year"], row["occurrences"]) for row in rows] == [("2019", "3"), ("2021", "1")]
    answer = json.loads(_run("count", "援疆", "--json", "--index", index))
    assert answer["total"]["occurrences"] == 4
    assert (answer["by"], answer["rows"]) == ([], [])


def test_count_lists_neighbours_and_lines(index: str) -> None:
    found = json.loads(_run("count", "援疆", "--neighbours", "--json", "--index", index))
    assert "医生" in [one["text"] for one in found["right"]]
    one = json.loads(_run("count", "援疆", "--neighbours", "1", "--json", "--index", index))
    assert {len(row["text"]) for row in one["right"]} == {1}
    lines = _run("count", "援疆", "--lines", "right", "--json", "--index", index).splitlines()
    rights = [json.loads(line)["right"] for line in lines]
    assert rights == sorted(rights)


def test_filters_narrow_a_count(index: str) -> None:
    answer = json.loads(_run("count", "援疆", "--year", "2021", "--json", "--index", index))
    assert answer["total"]["occurrences"] == 1


def test_names_come_from_a_text_or_a_csv(index: str, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_bytes("姓名,注\n沙雅,县\n=援疆,\n".encode("gb18030"))
    rows = json.loads(_run("names", str(names), "--json", "--index", index))["names"]
    assert [(row["name"], row["occurrences"], row["first_date"]) for row in rows] == [
        ("沙雅", 4, "2019-05-01"),
        ("=援疆", 0, None),
    ]
    assert rows[0]["years"] == {"2019": 2, "2021": 2}
    table = _run("names", str(names), "--csv", "--bom", "--index", index)
    assert table.startswith("\ufeffname,")
    assert "\n'=援疆," in table  # no spreadsheet runs it


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王健\n李明\r\n", ["王健", "李明"]),
        ("王健、李明；张三\t李四", ["王健", "李明", "张三", "李四"]),
        ("姓名\n王健", ["王健"]),
        ("  \n", []),
    ],
)
def test_pasted_text_is_split_into_names(text: str, names: list[str]) -> None:
    assert split_names(text) == names
