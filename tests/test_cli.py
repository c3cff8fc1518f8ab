"""The command line: answers, JSON and exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.cli import COMMANDS, main, output

Run = Callable[..., Result]
HIT = {"id", "page", "article", "number", "kind", "title", "heading", "text", "cities", "score"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    index = tmp_path_factory.mktemp("cli") / "index"
    result = CliRunner().invoke(main, ["build", str(seeds), "--index", str(index), "--json"])
    assert result.exception is None, result.exc_info
    assert json.loads(result.stdout)["problems"] == []
    return index


@pytest.fixture
def run(built: Path) -> Run:
    def call(*words: str, index: Path = built) -> Result:
        runner = CliRunner()
        return runner.invoke(main, [*words, "--index", str(index)], catch_exceptions=False)

    return call


def test_search_json_is_the_contract(run: Run) -> None:
    answer = json.loads(run("search", "援疆", "--json").stdout)
    assert {"query", "total", "start", "size", "took_ms", "notes", "hits", "facets"} <= set(answer)
    assert len(answer["hits"]) == 10 < answer["total"]
    for hit in answer["hits"]:
        assert set(hit) >= {*HIT, "spans", "lines", "snippet", "url"}
        marks = hit["snippet"]["marks"]
        assert {hit["snippet"]["text"][start:end] for start, end in marks} == {"援疆"}
    assert {"value", "count", "selected"} <= set(answer["facets"]["city"][0])


def test_filters_narrow_and_leave_their_own_counts_aside(run: Run) -> None:
    free = json.loads(run("search", "援疆", "--json").stdout)
    narrow = json.loads(run("search", "援疆", "--city", "嘉兴", "--json").stdout)
    counts = {value["value"]: value["count"] for value in free["facets"]["city"]}
    assert narrow["total"] == counts["嘉兴"] < free["total"]
    assert {v["value"]: v["count"] for v in narrow["facets"]["city"]} == counts
    assert [v["value"] for v in narrow["facets"]["city"] if v["selected"]] == ["嘉兴"]


@pytest.mark.parametrize(
    "words", [("援疆 教育",), ("援疆", "教育"), ("援疆", "--size", "3", "教育"), ("援疆 教育", "")]
)
def test_words_of_a_query_need_no_quotes(run: Run, words: tuple[str, ...]) -> None:
    answer = json.loads(run("search", "--json", *words).stdout)
    assert (answer["query"].strip(), answer["total"] > 0) == ("援疆 教育", True)


def test_words_to_leave_out_may_follow(run: Run) -> None:
    answer = json.loads(run("search", "--json", "援疆", "-城市:嘉兴").stdout)
    assert answer["query"] == "援疆 -城市:嘉兴"
    assert not any("嘉兴" in hit["cities"] for hit in answer["hits"])


def test_search_for_people(run: Run) -> None:
    output = run("search", "援疆", "--size", "2").stdout
    assert "paragraphs in" in output
    assert "援疆" in output
    assert "--start 2" in output


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("渠州", "Did you mean: 衢州 (衢州 sounds like 渠州"),
        ("quzhou", "Did you mean: 衢州 (quzhou is the pinyin of 衢州"),
        ("燕山飞鸡", "Possible misreadings: 燕山飞鸟"),
        ("嘉兴 水饺", "Not printed on any page: 水饺\nTry: 嘉兴 (without 水饺"),
    ],
)
def test_search_suggests(run: Run, query: str, says: str) -> None:
    assert says in run("search", query, "--exact").stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("search", "援疆", "--kind", "poem"), 2, "poem"),
        (("search", "援疆", "--sort", "luck"), 2, "luck"),
        (("search", "援疆", "--start", "99999"), 2, "end at"),
        (("search", "援疆" * 500), 2, "at most"),
        (("search",), 2, "QUERY"),
    ],
)
def test_bad_requests_exit_with_two(run: Run, words: tuple[str, ...], code: int, says: str) -> None:
    result = run(*words)
    assert (result.exit_code, says in result.stderr) == (code, True), result.stderr


@pytest.mark.parametrize("words", [("-城市:嘉兴 援疆",), ("--size", "3", "-城市:嘉兴 援疆")])
def test_a_query_may_begin_with_minus(run: Run, words: tuple[str, ...]) -> None:
    answer = json.loads(run("search", "--json", *words).stdout)
    assert answer["query"] == "-城市:嘉兴 援疆"
    assert answer["hits"]
    assert not any("嘉兴" in hit["cities"] for hit in answer["hits"])


@pytest.mark.parametrize("query", ["", '"没有合上', "nofield:援疆", "((((", "*", "NOT"])
def test_any_query_is_answered(run: Run, query: str) -> None:
    assert run("search", query, "--json").exit_code == 0


def test_trouble_exits_with_one(run: Run, tmp_path: Path) -> None:
    missing = run("search", "援疆", index=tmp_path / "none")
    assert (missing.exit_code, "chaquan build" in missing.stderr) == (1, True)
    nowhere = CliRunner().invoke(main, ["build", str(tmp_path / "x"), "--index", str(tmp_path)])
    assert (nowhere.exit_code, "does not exist" in nowhere.stderr) == (1, True)


def test_a_setting_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAQUAN_MAX_QUERY", "many")
    result = CliRunner().invoke(main, ["stats"], catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (
        1,
        "chaquan: max_query must be a number, not 'many'.\n",
    )


def test_errors_in_chinese_on_request(tmp_path: Path) -> None:
    words = ["--lang", "zh", "stats", "--index", str(tmp_path / "none")]
    assert "还没有索引" in CliRunner().invoke(main, words).stderr


def test_inspect_reads_a_file_of_articles_as_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": "茶园采摘。"}\n{"text": "渔港开捕。"}\n{\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["inspect", str(path), "--json"])
    answer = json.loads(result.stdout)
    assert (answer["read"], len(answer["warnings"])) == (2, 1)


def test_inspect(seeds: Path) -> None:
    page = sorted(seeds.glob("000*.txt"))[0]
    answer = json.loads(CliRunner().invoke(main, ["inspect", str(page), "--json"]).stdout)
    assert {"page", "source", "articles"} <= set(answer)
    text = page.read_text(encoding="utf-8")
    for article in answer["articles"]:
        for block in article["blocks"]:
            printed = "".join(text[start:end] for start, end in block["spans"])
            assert printed.replace(" ", "") == block["text"].replace(" ", "")
    lines = CliRunner().invoke(main, ["inspect", str(page)]).stdout
    assert "truncated" in lines or "lost:" in lines


def test_inspect_explains_each_join(seeds: Path) -> None:
    page = str(sorted(seeds.glob("002*.txt"))[0])
    answer = json.loads(CliRunner().invoke(main, ["inspect", page, "--json"]).stdout)
    blocks = [block for article in answer["articles"] for block in article["blocks"]]
    joins = [(block, join) for block in blocks for join in block["joins"]]
    assert joins
    for block, join in joins:
        assert block["kind"] == "body"
        assert 0 < join["span"] < len(block["spans"])
        assert join["rule"] == "evidence"
        assert join["log_odds"] == pytest.approx(sum(join["evidence"].values()))
    shown = CliRunner().invoke(main, ["inspect", page, "--explain", "--lang=en"]).stdout
    assert shown.count("the evidence suffices, log-odds +") == len(joins)
    assert "log-odds" not in CliRunner().invoke(main, ["inspect", page, "--lang=en"]).stdout


def test_stats(run: Run) -> None:
    counts = json.loads(run("stats", "--json").stdout)
    assert counts["pages"] == 5
    assert str(counts["documents"]) in run("stats").stdout


def test_check(run: Run, seeds: Path, tmp_path: Path) -> None:
    assert run("check", str(seeds)).exit_code == 0
    (tmp_path / "z.txt").write_text("另一版。\n", encoding="utf-8")
    result = run("check", str(tmp_path), "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["missing"], len(answer["orphaned"])) == (1, ["z"], 5)


@pytest.mark.parametrize("words", [("search", "援疆"), ("export", "援疆"), ("stats",), ("--help",)])
def test_an_output_that_takes_no_more_is_one_sentence(built: Path, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "indexer.cli", "--lang=en", *words]
    command += [] if words == ("--help",) else ["--index", str(built)]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.stderr.decode() == "chaquan: the output was not written: the disk is full.\n"
    assert ended.returncode == 1


def test_the_text_of_a_page_does_not_control_the_terminal(tmp_path: Path) -> None:
    odd = "标\x1b]0;title\x07题\n\n" + "援疆干部到了沙雅。" * 60 + "\x1b[2J\x9b2J\u202e完。\r\n"
    (tmp_path / "p.txt").write_text(odd, "utf-8")
    options = ("--index", str(tmp_path / "index"))
    assert CliRunner().invoke(main, ["build", str(tmp_path / "p.txt"), *options]).exit_code == 0
    for words in (["search", "援疆", *options], ["inspect", str(tmp_path / "p.txt")]):
        said = CliRunner().invoke(main, words, color=True).output
        assert set(re.sub(r"\x1b\[\d+m", "", said)) & set("\x1b\x07\x9b\r\u202e") == set()


@pytest.mark.parametrize(("given", "colours"), [("", True), ("1", False)])
def test_colours_may_be_refused(
    built: Path, monkeypatch: pytest.MonkeyPatch, given: str, colours: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", given)
    answer = CliRunner().invoke(main, ["search", "援疆", "--index", str(built)], color=True)
    assert ("\x1b[" in answer.output) is colours


def test_export_is_complete(run: Run) -> None:
    total = json.loads(run("search", "援疆", "--json").stdout)["total"]
    lines = run("export", "援疆").stdout.splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == len(lines) == total
    table = run("export", "援疆", "--format", "csv").stdout.splitlines()
    assert len(table) > total


def test_progress_is_shown_a_few_times_a_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 0.0, 0.05, 0.2, 0.2, 0.25])
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("indexer.cli.output.monotonic", lambda: next(clock))
    with output.progress(True) as update:
        assert update
        for seen, page in enumerate("abcd", 1):
            update(page, seen)
    shown = capsys.readouterr().err.replace("\r\033[K", "\n").split()
    assert shown == ["1", "page", "…", "a", "3", "pages", "…", "c"]


def test_every_filter_of_the_page_is_an_option(run: Run) -> None:
    facets = json.loads(run("search", "援疆", "--json").stdout)["facets"]
    for name in ("pair", "author", "kind", "region", "city"):
        value = facets[name][0]
        narrow = json.loads(run("search", "援疆", f"--{name}", value["value"], "--json").stdout)
        assert narrow["total"] == value["count"]
    assert json.loads(run("search", "援疆", "--year", "1900", "--json").stdout)["total"] == 0
    assert json.loads(run("search", "援疆", "--newspaper", "没有", "--json").stdout)["total"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--lang", "zh", "search", "援疆"), ("search", "--lang", "zh", "援疆"),
        ("search", "援疆", "--lang=zh"), ("search", "--size", "2", "援疆", "--lang", "zh"),
    ],
)  # fmt: skip
def test_the_language_may_be_given_anywhere(run: Run, words: tuple[str, ...]) -> None:
    assert "个段落" in run(*words).stdout


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("LANG", "zh_CN.UTF-8", "个段落"), ("LC_ALL", "zh_TW.UTF-8", "個段落"),
        ("CHAQUAN_LANG", "zh", "个段落"), ("LANG", "de_DE.UTF-8", "paragraphs"),
    ],
)  # fmt: skip
def test_without_it_the_language_is_the_system_s(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv(variable, value)
    assert says in run("search", "援疆").stdout


def test_a_language_behind_two_dashes_is_part_of_the_query(built: Path) -> None:
    words = ["search", "--json", "--index", str(built), "--", "--lang", "zh"]
    assert json.loads(CliRunner().invoke(main, words).stdout)["query"] == "--lang zh"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_is_in_the_language_of_the_user(command: str) -> None:
    chinese = CliRunner().invoke(main, [command, "--help", "--lang", "zh"])
    english = CliRunner().invoke(main, [command, "--help"])
    assert (chinese.exit_code, english.exit_code) == (0, 0)
    assert chinese.stdout.startswith("用法")
    options = [line for line in chinese.stdout.splitlines() if line.startswith("  -")]
    assert options
    assert not any(line.isascii() and len(line.split()) > 3 for line in options)


WRONG_USES = [
    (
        "serach 援疆",
        "There is no command serach; similar: search.",
        "没有命令 serach，相近的有 search。",
    ),
    (
        "search --siez 3 x",
        "There is no option --siez; similar: --size",
        "没有选项 --siez，相近的有 --size",
    ),
    ("search", "Missing QUERY.\n", "缺少 QUERY。\n"),
    ("search x --size three", "--size must be a number from 0 on", "--size 应为不小于 0 的数字"),
    ("search x --start -1", "--start must be a number from 0 on", "--start 应为不小于 0 的数字"),
    ("serve --port 99999", "--port must be a number from 0 to 65535", "--port 应为从 0 到 65535"),
    ("search x --index", "--index needs a value", "--index 后面缺少值"),
    (
        "cite a:1:1 --style apa",
        "--style must be one of gbt7714, b",
        "--style 应为以下之一：gbt7714、",
    ),
    (
        "completion tcsh",
        "shell must be one of bash, zsh, fish",
        "shell 应为以下之一：bash、zsh、fish",
    ),
    ("export x -o .", "--output must be a file", "--output 应为文件"),
    (
        "compare nowhere",
        "nowhere is not the record of a search: no such file or folder",
        "：没有这个文件或文件夹",
    ),
    (
        "names nowhere",
        "nowhere was not read: no such file or folder",
        "nowhere 未能读取：没有这个文件或文件夹",
    ),
    (
        "export x -o /no/x",
        "/no/x was not written: no such file or folder",
        "未能写入：没有这个文件或文件夹",
    ),
    (
        "export x -o /dev/null/x",
        "/dev/null/x was not written: part of the path is not a folder",
        "未能写入：路径中有的部分不是文件夹",
    ),
    (
        "search x --size 999",
        "Too many hits at once (an export has no limit)",
        "导出不限）过多：999，最多 200",
    ),
    ("build no/where", "no/where does not exist", "no/where 不存在"),
    (
        "build --index /proc/x",
        "Cannot write to /proc/x (no such file or folder)",
        "无法写入 /proc/x（没有这个文件或文件夹）",
    ),
]


@pytest.mark.parametrize(("line", "english", "chinese"), WRONG_USES)
def test_a_wrong_use_gets_one_sentence_in_the_language_of_the_user(
    built: Path, seeds: Path, line: str, english: str, chinese: str
) -> None:
    words = line.replace("build --", f"build {seeds} --").split()
    words += [] if "--index" in line or words[0] == "completion" else ["--index", str(built)]
    for lang, says in (("en", english), ("zh", chinese)):
        result = CliRunner().invoke(main, ["--lang", lang, *words], catch_exceptions=False)
        assert (result.exit_code in (1, 2), says in result.stderr) == (True, True), result.stderr


@pytest.mark.parametrize("words", [("--lang=zh", "serach"), ("serach", "--lang=zh")])
def test_a_wrong_use_names_the_language_with_an_equals_sign(words: tuple[str, ...]) -> None:
    assert "没有命令 serach" in CliRunner().invoke(main, words).stderr


@pytest.mark.parametrize("words", [(), ("--lang", "zh")])
def test_without_a_command_the_help_is_printed(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, "chaquan [OPTIONS]" in result.stderr) == (2, True)
    assert ("启动检索网站" in result.stderr) == bool(words)


def test_hits_as_a_table(run: Run) -> None:
    head, *rows = (line.split("\t") for line in run("search", "援疆", "--tsv").stdout.splitlines())
    assert (head[:2], len(rows)) == (["id", "page"], 10)
    assert all(len(row) == len(head) for row in rows)
    assert run("stats", "--tsv").stdout.startswith("name\tvalue\n")


def test_a_citation(run: Run) -> None:
    hit = json.loads(run("search", "援疆", "--size", "1", "--json").stdout)["hits"][0]
    assert run("cite", hit["id"]).stdout.count("[N]") == 1
    assert json.loads(run("cite", hit["id"], "--style", "csl", "--json").stdout)["id"] == hit["id"]
    for id_ in ("nowhere:1:1", "nowhere", "a:b:c", hit["id"] + "9"):
        result = run("cite", id_)
        assert (result.exit_code, result.stderr[:17]) == (1, "chaquan: There is")


def test_config_lists_every_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAQUAN_MAX_SIZE", "50")
    monkeypatch.setenv("CHAQUAN_MAX_SIZ", "50")
    answer = json.loads(run("config", "--json").stdout)
    found = {one["name"]: one for one in answer["settings"]}
    assert found["max_size"] == {
        "name": "max_size", "value": "50", "origin": "environment", "variable": "CHAQUAN_MAX_SIZE"
    }  # fmt: skip
    assert (found["index"]["origin"], found["web.rate"]["value"]) == ("argument", "0")
    assert answer["unknown"] == ["CHAQUAN_MAX_SIZ"]
    assert "did you mean CHAQUAN_MAX_SIZE?" in run("config").stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    script = CliRunner().invoke(main, ["completion", shell]).stdout
    assert "_CHAQUAN_COMPLETE" in script


def test_commands_and_options_are_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_CHAQUAN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "chaquan search --cit")
    monkeypatch.setenv("COMP_CWORD", "2")
    result = CliRunner().invoke(main, [], prog_name="chaquan")
    assert result.stdout.split() == ["plain,--city"]
