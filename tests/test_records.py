"""Searches that are recorded, and what is new and gone since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import indexer
from indexer.cli import main
from indexer.errors import BadSearchRecord, ChaquanError
from indexer.export import to_json_lines, write_export

FIRST = "嘉兴市援疆指挥部支援沙雅县建设新学校。"
SECOND = "湖州市援疆干部来到柯坪县的果园里劳动。"
THIRD = "沙雅县的棉花今年获得了很好的收成。"


def write(folder: Path, name: str, *paragraphs: str) -> None:
    (folder / f"{name}.txt").write_text("\n\n".join(["各地新闻", *paragraphs]), "utf-8")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    write(folder, "a", FIRST, THIRD)
    write(folder, "b", SECOND)
    return folder


def rebuild(pages: Path) -> Path:
    index = pages.parent / "index"
    indexer.build_index([pages], index=index)
    return index


def compare(pages: Path, record: indexer.SearchRecord) -> tuple[list[str], list[str], list[str]]:
    with indexer.open_index(rebuild(pages)) as index:
        found = index.compare(record)
    return (
        [hit.text for hit in found.new],
        [hit.text for hit in found.changed],
        [hit.id for hit in found.gone],
    )


def record(pages: Path, query: str, **options: object) -> indexer.SearchRecord:
    with indexer.open_index(rebuild(pages)) as index:
        return index.record(query, **options)


def test_nothing_has_changed(pages: Path) -> None:
    assert compare(pages, record(pages, "援疆")) == ([], [], [])


def test_what_is_new_and_gone(pages: Path) -> None:
    then = record(pages, "援疆")
    write(pages, "c", "杭州市的援疆教师在阿克苏上课。")
    (pages / "b.txt").unlink()
    assert compare(pages, then) == (["杭州市的援疆教师在阿克苏上课。"], [], [then.hits[-1].id])


def test_changed_text_is_changed_not_new(pages: Path) -> None:
    then = record(pages, "援疆")
    write(pages, "b", SECOND.replace("劳动", "参加劳动"))
    assert compare(pages, then) == ([], [SECOND.replace("劳动", "参加劳动")], [])


def test_another_number_on_the_page_is_the_same(pages: Path) -> None:
    then = record(pages, "援疆", kind=["body"])
    write(pages, "a", THIRD, "本报讯记者从会上了解到一些情况。", FIRST)
    assert compare(pages, then) == ([], [], [])


def test_filters_are_repeated(pages: Path) -> None:
    then = record(pages, "援疆", city="嘉兴", exact=True, aliases=True, not_city=())
    assert dict(then.options) == {"city": "嘉兴", "exact": True}
    write(pages, "c", SECOND, FIRST.replace("新学校", "新医院"))
    assert compare(pages, then)[0] == [FIRST.replace("新学校", "新医院")]


@pytest.mark.parametrize("form", ["record", "jsonl", "csv", "kwic-csv"])
def test_an_export_that_says_its_search_is_a_record(pages: Path, form: str) -> None:
    path = pages.parent / "hits"
    with indexer.open_index(rebuild(pages)) as index:
        facts = index.describe("援疆", kind=["body"])
        pieces = write_export(
            index.scan("援疆", kind=["body"]), form, bom=form == "csv", record=facts
        )
        path.write_text("".join(pieces), "utf-8")
    then = indexer.read_record(path)
    assert (then.query, dict(then.options)) == ("援疆", {"kind": ["body"]})
    assert (then.generation, then.made) == (facts.generation, facts.made)
    assert {hit.id for hit in then.hits} == {hit.id for hit in record(pages, "援疆").hits}
    assert compare(pages, then) == ([], [], [])
    (pages / "b.txt").unlink()
    assert len(compare(pages, then)[2]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"search": {}}',
        '{"search": {"query": 1, "options": {}, "generation": 1, "made": ""}}',
        '{"search": {"query": "", "options": {"city": [1]}, "generation": 1, "made": ""}}',
        '{"search": {"query": "", "options": {}, "generation": 1, "made": ""}}\n{"id": "x"}',
        '{"search": {"query": "", "options": {}, "generation": 1, "made": ""}}\n[]',
        "id,page\r\na:1:2,a\r\n",
        "[" * 100_000,
    ],
)
def test_other_files_are_no_records(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file"
    path.write_text(text, "utf-8")
    with pytest.raises(BadSearchRecord):
        indexer.read_record(path)


def test_a_record_with_an_unknown_filter_is_refused(pages: Path) -> None:
    then = indexer.SearchRecord("援疆", {"colour": ["red"]}, 1, "")
    with pytest.raises(ChaquanError, match="colour"):
        compare(pages, then)


def test_part_of_an_export_is_no_record(pages: Path) -> None:
    def broken():
        with indexer.open_index(rebuild(pages)) as index:
            yield next(index.scan("援疆"))
        raise indexer.TooLong(actual=1, limit=0, unit="")

    path = pages.parent / "hits"
    lines: list[str] = []
    facts = {"search": {"query": "援疆", "options": {}, "generation": 1, "made": ""}}
    with pytest.raises(indexer.TooLong):
        lines.extend(to_json_lines(broken()))
    path.write_text("\n".join([json.dumps(facts), *lines]), "utf-8")
    with pytest.raises(BadSearchRecord, match="broke off"):
        indexer.read_record(path)


def run(*words: str) -> str:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command(pages: Path) -> None:
    index, path = str(rebuild(pages)), str(pages.parent / "援疆.jsonl")
    run("export", "援疆", "--format", "record", "-o", path, "--index", index)
    assert "没有变化" in run("compare", path, "--lang", "zh", "--index", index)
    write(pages, "c", "杭州市的援疆教师在阿克苏上课。")
    rebuild(pages)
    printed = run("compare", path, "--lang", "zh", "--index", index)
    assert "新增 1 段" in printed
    assert "杭州市的援疆教师" in printed
    answer = json.loads(run("compare", path, "--json", "--index", index))
    assert [hit["page"] for hit in answer["new"]] == ["c"]
    assert (answer["same"], answer["gone"], answer["search"]["query"]) == (2, [], "援疆")
