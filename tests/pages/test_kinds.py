"""Files of other kinds are counted and named with what helps; none is read as if it were a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer import build_index, check_index, inspect_page
from indexer.cli import main
from indexer.errors import SourceEmpty, WrongKind

TEXT = "支教队昨天到达。\n"


@pytest.fixture(autouse=True)
def _without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.pages.kinds.can_recognise", lambda: False)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return write(tmp_path / "pages", "a.txt", "b/c.MD").parent / "pages"


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT, "utf-8")
    return folder


def build(folder: Path, *words: str) -> Result:
    index = folder.with_name("index")
    return CliRunner().invoke(main, ["build", str(folder), "--index", str(index), *words])


def test_other_files_are_counted_by_suffix(pages: Path) -> None:
    write(pages, "x.png", "b/y.PNG", "z.xls", "README", "b/w.doc", ".hidden.png", ".git/v.png")
    report = build_index([pages], index=pages.with_name("index"))
    assert report.added == ("a", "b/c")
    assert report.problems == ()
    counts = {str(warning.facts["suffix"]): warning.facts["count"] for warning in report.warnings}
    assert counts == {"no suffix": 1, ".xls": 1, ".doc": 1, ".png": 2}
    assert any("OCR" in str(warning) for warning in report.warnings)
    assert any(".jsonl" in warning.sentence("zh") for warning in report.warnings)
    assert check_index(index=pages.with_name("index")).healthy


def test_an_index_among_its_pages_is_no_source_of_pages(pages: Path) -> None:
    for _ in range(2):
        report = build_index([pages], index=pages / "index")
        assert (report.warnings, len(report.added) + len(report.unchanged)) == ((), 2)


def test_warnings_do_not_fail(pages: Path) -> None:
    write(pages, "x.zip")
    result = build(pages)
    assert (result.exit_code, "* " in result.stdout) == (0, True)
    answer = json.loads(build(pages, "--json").stdout)
    assert [warning["code"] for warning in answer["warnings"]] == ["files_left_aside"]
    assert answer["problems"] == []


def test_many_warnings_of_a_kind_are_counted(pages: Path) -> None:
    lines = [json.dumps({"text": TEXT, "date": "不详"}) for _ in range(30)]
    (pages / "news.jsonl").write_text("\n".join(lines), "utf-8")
    output = build(pages).stdout
    assert output.count("date") < 8
    assert "25 more" in output


def test_what_belongs_to_a_page_is_not_counted(pages: Path) -> None:
    (pages / "pages.toml").write_text("newspaper = '晚报'\n")
    (pages / "a.toml").write_text("date = 2023\n")
    write(pages, "a.jpg", "a.pdf", "b/c.tif")
    assert build_index([pages], index=pages.with_name("index")).warnings == ()


def test_a_side_car_without_its_page_is_named(pages: Path) -> None:
    (pages / "d.toml").write_text("date = 2023\n")
    (warning,) = build_index([pages], index=pages.with_name("index")).warnings
    assert "name a file of metadata like its page" in str(warning)


@pytest.mark.parametrize("name", ["x.xls", "x.DOC", "x.zip", "x.mht", "x.png"])
def test_a_named_file_of_another_kind_is_not_read(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    with pytest.raises(WrongKind, match=name):
        build_index([tmp_path / name], index=tmp_path / "index")
    with pytest.raises(WrongKind):
        inspect_page(tmp_path / name)


@pytest.mark.parametrize("name", ["x.text", "x.markdown", "x.ocr", "x"])
def test_a_named_file_that_may_be_text_is_read(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    assert build_index([tmp_path / name], index=tmp_path / "index").added == ("x",)


def test_records_may_be_called_ndjson(tmp_path: Path) -> None:
    (tmp_path / "x.ndjson").write_text(f'{{"text": "{TEXT.strip()}"}}\n', "utf-8")
    assert build_index([tmp_path], index=tmp_path / "index").added == ("x/1",)


def test_a_folder_of_other_files_says_what_it_holds(tmp_path: Path) -> None:
    write(tmp_path / "pages", "x.png", "y.png")
    with pytest.raises(SourceEmpty, match=r"2 \.png: put images into a folder of their own"):
        build_index([tmp_path / "pages"], index=tmp_path / "index")


def test_a_link_out_of_the_folder_says_what_to_do(pages: Path) -> None:
    other = write(pages.with_name("other disk"), "d.txt")
    (pages / "link").symlink_to(other)
    (problem,) = build_index([pages], index=pages.with_name("index")).problems
    assert f"name its target as a source as well: {other}" in str(problem)
    report = build_index([pages, other], index=pages.with_name("index"))
    assert report.added == ("d",)


def test_inspect_shows_warnings(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode() + b"\xff")
    (warning,) = inspect_page(path).warnings
    assert "unreadable characters, shown as �: 1" in str(warning)
    result = CliRunner().invoke(main, ["--lang", "zh", "inspect", str(path)])
    assert "无法读取" in result.stderr
