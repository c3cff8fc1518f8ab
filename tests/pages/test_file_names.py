"""Dates, papers and editions come from the names of files, by a declared pattern or a full date."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from support.formats import read_pages

from indexer import build_index, inspect_folder, open_index
from indexer.cli import main
from indexer.pages.file_names import BadPattern, find_date, read_name, suggest_pattern

TEXT = "支教队昨天到达山村小学。\n"


def write(folder: Path, *names: str, text: str = TEXT) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("pattern", "name", "wanted"),
    [
        ("{newspaper}_{date}_第{edition}版", "江渡日报_1998年1月1日_第5版",
         {"newspaper": "江渡日报", "date": "1998-01-01", "edition": "5"}),
        ("{newspaper}{date}_{edition}", "江渡日报19980101_A03",
         {"newspaper": "江渡日报", "date": "1998-01-01", "edition": "A03"}),
        ("{year}/{month}/{day}/第{edition}版", "archive/1946/5/15/第三版",
         {"date": "1946-05-15", "edition": "三"}),
        ("{date}_{*}_{title}", "2003.4.9_x17_春耕", {"date": "2003-04-09", "title": "春耕"}),
        ("{date}_{title}", "1946-13-45_春耕", {}),
        ("{date}_{title}", "春耕", {}),
    ],
)  # fmt: skip
def test_a_pattern_reads_a_name(pattern: str, name: str, wanted: dict[str, str]) -> None:
    assert read_name(pattern, name) == wanted


@pytest.mark.parametrize("pattern", ["{paper}", "{date}_{date}", "x", "{title}" * 99])
def test_bad_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        read_name(pattern, "x")


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("1946-05-15_标题", "1946-05-15"),
        ("晚报1946年5月15日", "1946-05-15"),
        ("晚报_2003_04_09", "2003-04-09"),
        ("L'Echo_17.12.1918_2", "1918-12-17"),
        ("03.04.1918", "1918-04-03"),
        ("1946-05-15至1946-05-16", None),
        ("17.13.1918", None),
        ("19460515", None),
        ("1946-15-15", None),
        ("11946-05-15", None),
        ("第5版", None),
    ],
)
def test_only_a_full_date_is_read_without_a_pattern(name: str, date: str | None) -> None:
    assert find_date(name) == date


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["江渡日报_2003-04-09_第1版", "江渡日报_2003-04-09_第2版"],
         "{newspaper}_{date}_第{edition}版"),
        (["1946-05-15_春耕", "1946-05-16_夏收"], "{date}_{title}"),
        (["20030409-01", "20030409-02", "20030410-01"], "{date}-{edition}"),
        (["春耕", "夏收"], None),
        (["000_48", "001_32"], None),
    ],
)  # fmt: skip
def test_the_pattern_of_a_folder_is_found(names: list[str], pattern: str | None) -> None:
    assert suggest_pattern(names) == pattern


def test_dates_are_filters_after_the_first_build(tmp_path: Path) -> None:
    names = ["1946年05月/1946-05-15_春耕.md", "1946年06月/1946-06-02_夏收.md"]
    write(tmp_path / "rmrb", *names)
    build_index([tmp_path / "rmrb"], index=tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        hits = index.search("支教 日期:1946-06")
        assert [hit.page for hit in hits] == ["1946年06月/1946-06-02_夏收"]
        assert hits[0].meta.named == "date"


def test_a_folder_declares_for_those_below_and_nearer_files_count(tmp_path: Path) -> None:
    pages = write(tmp_path, "a/江渡日报_2003-04-09_第1版.txt", "a/江渡日报_2003-04-09_第2版.txt")
    (pages / "pages.toml").write_text('name = "{newspaper}_{date}_第{edition}版"\n', "utf-8")
    (pages / "a" / "江渡日报_2003-04-09_第2版.toml").write_text("edition = 4\n", "utf-8")
    first, second = (page.meta for page in read_pages([pages], problem=pytest.fail))
    assert (first.newspaper, first.date, first.edition) == ("江渡日报", "2003-04-09", "1")
    assert (second.edition, second.named) == ("4", "newspaper date")


def test_a_change_of_the_pattern_is_seen_in_the_folders_below(tmp_path: Path) -> None:
    pages = write(tmp_path / "pages", "a/b/2003-04-09_1.txt")
    build_index([pages], index=tmp_path / "index")
    assert build_index([pages], index=tmp_path / "index").changed == ()
    (pages / "pages.toml").write_text('name = "{date}_{edition}"\n', "utf-8")
    assert build_index([pages], index=tmp_path / "index").changed == ("a/b/2003-04-09_1",)


def test_what_the_page_says_otherwise_is_named(tmp_path: Path) -> None:
    head = "江渡日报　2003年4月8日　星期二　第3版\n\n山村小学迎来新老师\n\n"
    write(tmp_path / "pages", "2003-04-09_x.txt", text=head + TEXT)
    (warning,) = build_index([tmp_path / "pages"], index=tmp_path / "index").warnings
    assert "2003-04-09" in str(warning)
    assert "2003-04-08 is printed" in str(warning)


def test_inspect_offers_the_pattern_of_a_folder(tmp_path: Path) -> None:
    write(tmp_path, "江渡日报_2003-04-09_第1版.txt", "江渡日报_2003-04-09_第2版.txt", "x.zip")
    found = inspect_folder(tmp_path)
    assert (found.files, len(found.warnings)) == (2, 1)
    shown = CliRunner().invoke(main, ["inspect", str(tmp_path)])
    assert 'name = "{newspaper}_{date}_第{edition}版"' in shown.output
    assert "date: 2003-04-09" in shown.output
    (tmp_path / "pages.toml").write_text('name = "{newspaper}_{date}_第{edition}版"\n', "utf-8")
    shown = CliRunner().invoke(main, ["inspect", str(tmp_path), "--lang", "en"])
    assert "put this into" not in shown.output
    assert "are read by the pattern of pages.toml: {newspaper}_{date}" in shown.output


def test_a_bad_pattern_is_named_and_costs_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "pages", "a.txt")
    (tmp_path / "pages" / "pages.toml").write_text('name = "{paper}"\n', "utf-8")
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert (report.added, len(report.warnings)) == (("a",), 1)
