"""Where an OCR engine was unsure, words are found with the character that it may have misread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.formats import alto_of_glyphs, write_file

from indexer import Index, Sort, build_index, make_settings, open_index
from indexer.analysis import normalize
from indexer.settings import Settings

READ = "入冬以后，两人把手悟热了才出门，逢家的老人坐在门口盹着。"
SURE = "几个孩子也把手焐热了，老师说再过一会就开饭，大家都坐好。"
UNSURE = {"悟": "焐晤", "逢": "逄", "盹": "吨"}


@pytest.fixture(scope="module", params=["memory", "whoosh"])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("unsure")
    where = folder / "index" if request.param == "whoosh" else f"memory/{folder.name}"
    settings = make_settings({}, engine=request.param, index=where)
    write_file(folder / "pages", "scan.xml", alto_of_glyphs(READ, UNSURE))
    write_file(folder / "pages", "sure.txt", f"冬天的一天\n\n{SURE}\n\n这里写的是别的事情。\n")
    build(folder / "pages", settings)
    with open_index(settings=settings) as opened:
        yield opened


def build(folder: Path, settings: Settings) -> None:
    report = build_index([folder], index=settings.index, settings=settings)
    assert not report.problems


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("焐热", [("sure", False, "焐热"), ("scan", True, "悟热")]),
        ("把手焐热了", [("sure", False, "把手焐热了"), ("scan", True, "把手悟热了")]),
        ("悟热", [("scan", False, "悟热")]),
        ("逄家", [("scan", True, "逢家")]),
        ("出门,逄家的老人", [("scan", True, "出门，逢家的老")]),
        ("门口吨着", [("scan", True, "门口盹着")]),
        ("焐热 逄家", [("scan", True, "悟热逢家")]),
        ("逄家 出门", [("scan", True, "出门逢家")]),
        ("逄家 OR 开饭", [("sure", False, "开饭"), ("scan", True, "逢家")]),
        ("焐热 NOT 逄家", [("sure", False, "焐热"), ("scan", True, "悟热")]),
        ("晤热", [("scan", True, "悟热")]),
    ],
)
def test_a_misread_word_is_found_behind_what_was_read(
    index: Index, query: str, found: list[tuple[str, bool, str]]
) -> None:
    results = index.search(query)
    hits = [hit for hit in results if not hit.relaxed]
    marked = ["".join(hit.text[slice(*mark)] for mark in hit.marks) for hit in hits]
    assert [(hit.page, hit.uncertain) for hit in hits] == [one[:2] for one in found]
    assert marked == [one[2] for one in found]
    assert results.total == len(found)


MISREAD = {"悟": "晤焐", "熟": "势热", "逢": "逄", "吨": "盹"}


@pytest.mark.parametrize(
    ("printed", "query", "marked"),
    [
        ("两人把手悟熟了才出门", "焐热", "悟熟"),
        ("两人把手悟熟了才出门", "把手焐热了", "把手悟熟了"),
        ("老人坐在逢村口吨着", "逄村口盹着", "逢村口吨"),
        ("老人走过逢家吨里", "逄家盹里", "逢家吨里"),
        ("悟熟", "焐热", "悟熟"),
    ],
)
@pytest.mark.parametrize("engine", ["memory", "whoosh"])
def test_two_misread_characters_of_a_word_are_found(
    tmp_path: Path, engine: str, printed: str, query: str, marked: str
) -> None:
    where = tmp_path / "index" if engine == "whoosh" else f"memory/{tmp_path.name}"
    settings = make_settings({}, engine=engine, index=where)
    write_file(tmp_path / "pages", "p.xml", alto_of_glyphs(printed, MISREAD))
    build(tmp_path / "pages", settings)
    with open_index(settings=settings) as index:
        (hit,) = index.search(query)
    assert hit.uncertain
    assert "".join(hit.text[slice(*mark)] for mark in hit.marks) == marked


@pytest.mark.parametrize("query", ['"焐热"', '"逄家"', "逸家", "把手焐热得很", "焐"])
def test_a_quotation_and_other_characters_match_only_what_was_read(
    index: Index, query: str
) -> None:
    assert not [hit for hit in index.search(query) if hit.uncertain]


@pytest.mark.parametrize(("word", "printed"), [("焐热", 1), ("逄家", 0), ("悟热", 1), ("出门", 1)])
def test_an_exact_search_and_statistics_count_what_was_read(
    index: Index, word: str, printed: int
) -> None:
    assert index.search(word, exact=True).total == printed
    counted = index.count(word).total
    assert (counted.occurrences, counted.paragraphs) == (printed, printed)


@pytest.mark.parametrize("sort", list(Sort))
def test_hits_say_whether_they_are_sure_in_any_order(index: Index, sort: Sort) -> None:
    hits = {hit.page: hit.uncertain for hit in index.search("焐热", sort=sort)}
    assert hits == {"sure": False, "scan": True}


def test_a_note_counts_uncertain_hits_and_their_json_names_the_characters(index: Index) -> None:
    results = index.search("焐热")
    assert [note.code for note in results.notes] == ["unsure"]
    sure, unsure = results.to_dict()["hits"]
    assert ("uncertain" in sure, "unsure" in sure) == (False, False)
    assert unsure["uncertain"] is True
    assert unsure["unsure"] == [
        {"span": [READ.index(char), READ.index(char) + 1], "others": others}
        for char, others in UNSURE.items()
    ]
    assert unsure["regions"] == [[100 + 30 * READ.index("悟"), 100, 60, 30]]


def test_the_read_text_is_what_it_is_without_marks(index: Index) -> None:
    (document,) = index.documents("scan")
    length = len(normalize(document.text).text)
    assert document.text == READ
    assert document.folded[:length] == normalize(READ).text
    (sure,) = (one for one in index.documents("sure") if one.text == SURE)
    assert sure.folded == normalize(SURE).text
    assert sure.unsure == ()


@pytest.mark.parametrize("engine", ["memory", "whoosh"])
def test_what_is_unsure_changes_no_score(tmp_path: Path, engine: str) -> None:
    where = tmp_path / "index" if engine == "whoosh" else f"memory/{tmp_path.name}"
    settings = make_settings({}, engine=engine, index=where)
    write_file(tmp_path / "pages", "doubtful.xml", alto_of_glyphs(READ, UNSURE))
    write_file(tmp_path / "pages", "sure.xml", alto_of_glyphs(READ, {}))
    build(tmp_path / "pages", settings)
    with open_index(settings=settings) as index:
        for query in ("出门", "老人坐在门口", "入冬 老人"):
            first, second = index.search(query)
            assert first.score == pytest.approx(second.score)


def test_the_likeliest_characters_are_searched_for_where_much_is_unsure(tmp_path: Path) -> None:
    text = "山水田林路村校老师生读书写字画" * 3
    settings = make_settings({}, engine="memory", index=f"memory/{tmp_path.name}")
    write_file(tmp_path / "pages", "p.xml", alto_of_glyphs(text, dict.fromkeys(text, "甲乙丙")))
    build(tmp_path / "pages", settings)
    with open_index(settings=settings) as index:
        (document,) = index.documents("p")
        assert [len(one.others) for one in document.unsure] == [1] * 15 + [0] * 30
        assert len(document.folded) < 7 * len(text)
        assert [hit.uncertain for hit in index.search("甲水田")] == [True]
        assert not any(hit.uncertain for hit in index.search("乙水田"))
