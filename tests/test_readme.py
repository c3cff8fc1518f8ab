"""The README's commands and its Python do what they say."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import indexer
from indexer.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(name: str, text: str = README) -> str:
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found, f"README has no block {name}"
    return found[1]


@pytest.fixture
def folder(tmp_path: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(seeds, tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_shell_block(folder: Path) -> None:
    for line in block("shell").splitlines():
        command = shlex.split(line, comments=True)
        assert command[0] == "chaquan"
        result = CliRunner().invoke(main, command[1:], catch_exceptions=False)
        assert result.exit_code == 0, result.output
    assert (folder / "hits.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_python_block(folder: Path) -> None:
    names: dict[str, object] = {}
    exec(compile(block("python"), "README.md", "exec"), names)
    assert names["everything"]
    assert len(names["table"]) == len(names["results"])
    assert names["report"].documents > 100
    assert len(names["page"].articles) >= 4


def test_the_notebook(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "indexer" / "README.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    exec(compile(block("notebook", text), "indexer/README.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "undated ████" in printed
    assert "unknown_value 没有“upwards”这个排序方式" in printed


def test_what_the_page_of_python_names_exists() -> None:
    text = (ROOT / "indexer" / "README.md").read_text(encoding="utf-8")
    table = text.split("## Python, in one page")[1].split("A notebook")[0]
    of_index = re.findall(r"index\.(\w+)\(", table)
    assert len(of_index) > 7
    assert [name for name in of_index if not hasattr(indexer.Index, name)] == []
    called = re.findall(r"(?<![.\w])(\w+)\(", table)
    assert {"build_index", "inspect_page"} <= set(called)
    methods = {"rows", "to_dict", "cite", "sentence"}
    assert [name for name in called if not hasattr(indexer, name) and name not in methods] == []


def test_both_readmes_show_the_same() -> None:
    chinese = (ROOT / ".github" / "README.zh.md").read_text(encoding="utf-8")
    assert len(README.splitlines()) <= 150
    for fence in ("```sh", "```toml", "```python"):
        assert README.count(fence) == chinese.count(fence), fence
    named = re.compile(r"`chaquan (\w+)|^chaquan (\w+)|^\| (`[^|]*`) ", re.MULTILINE)
    english = README.replace("`, `", "`、`")
    assert set(named.findall(english)) - set(named.findall(chinese)) == set()
    assert README.count("\n## ") == chinese.count("\n## ")


def test_what_a_query_can_say(folder: Path) -> None:
    indexer.build_index(["seeds"], index="index")
    table = README.split("## What a query can say")[1].split("\n\n")[2]
    queries = re.findall(r"`([^`]+)`", "".join(row.split(" | ")[0] for row in table.splitlines()))
    assert len(queries) > 15
    with indexer.open_index("index") as index:
        silent = [query for query in queries if not index.search(query.replace("\\|", "|")).total]
    assert silent == ["日期:2023-01..2023-06"]  # the five pages carry no date


def test_set_up_is_two_commands() -> None:
    assert block("serve").strip().endswith("chaquan serve")
    assert block("test").strip().endswith("pytest -n auto --dist loadfile")
