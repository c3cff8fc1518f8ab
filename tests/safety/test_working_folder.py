"""An untrusted folder of pages: whatever modules are in it, no process of ours imports one."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from indexer import build_index

COMMAND = Path(sys.executable).with_name("chaquan")
PAGES = 70  # enough that pages are made in processes of their own
NAMES = {
    *sys.stdlib_module_names,
    *packages_distributions(),
    *("indexer", "webapp", "chaquan", "sitecustomize", "usercustomize", "numba", "rjieba"),
}
SCRIPT = "import indexer; indexer.build_index(['.'], index='index', workers=2)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with pages, an index of them, and a trap for every module that could be wanted."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(PAGES):
        (folder / f"{number:03}.txt").write_text(f"嘉兴援疆教育第{number}号。\n", "utf-8")
    for name in NAMES:
        trap = f"open({str(tmp_path / 'imported')!r}, 'a').write(__name__ + ' ')\n"
        (folder / f"{name}.py").write_text(trap)
    return folder


def imported(folder: Path) -> str:
    marks = folder.with_name("imported")
    return marks.read_text() if marks.exists() else ""


def run(folder: Path, *words: str) -> None:
    found = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120)
    assert (imported(folder), found.returncode, found.stderr) == ("", 0, "")


def test_the_traps_would_be_noticed(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", "import random"], cwd=folder)
    assert imported(folder)  # of Python 3.13 already linecache, which it wants for `-c`


def test_no_command_imports_from_the_working_folder(folder: Path) -> None:
    run(folder, str(COMMAND), "build", ".", "--workers", "2")
    for words in (
        ("search", "圆疆"),
        ("inspect", "001.txt"),
        ("check", "."),
        ("stats",),
        ("add", ".", "--workers", "2"),
        ("remove", ".", "--dry-run"),
        ("export", "援疆", "--format", "ris"),
    ):
        run(folder, str(COMMAND), *words)


def test_neither_does_the_server_that_builds_first(folder: Path) -> None:
    words = [str(COMMAND), "serve", "--port", "0", "--source", "."]
    environment = os.environ | {"CHAQUAN_WORKERS": "2"}
    with subprocess.Popen(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert any("http://" in line for line in server.stdout)
        server.terminate()
    assert imported(folder) == ""


def test_nor_a_script_of_the_library(folder: Path) -> None:
    script = folder.with_name("script.py")
    script.write_text(SCRIPT)
    run(folder, sys.executable, str(script))


@pytest.mark.parametrize("entry", ["", "."])
def test_nor_do_building_processes_where_the_caller_itself_would(
    folder: Path, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -c` and an empty entry in PYTHONPATH put the working folder on the module path."""
    monkeypatch.chdir(folder)
    build_index(["."], index="index", workers=2)  # this process has imported all it needs
    monkeypatch.setenv("PYTHONPATH", f"{entry}:/nowhere")
    monkeypatch.setattr(sys, "path", [entry, *sys.path])
    build_index(["."], index="index", workers=2, full=True)
    assert imported(folder) == ""
