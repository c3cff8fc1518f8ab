"""Suggestions: what was meant, what was misread, how it continues, what is too much."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.search_samples import fill, make_index

from indexer.analysis import Analyzer, normal_form
from indexer.engines.base import Reader
from indexer.engines.memory import MemoryEngine
from indexer.model import Document, Filter, Kind, Literal, Node, Page, PageRecord, Span, Stamp
from indexer.query import is_plain, parse, wanted_substrings
from indexer.search import Index
from indexer.settings import Settings
from indexer.suggest import Reason, Suggester, Suggestion
from indexer.suggest.lookalikes import load_lookalikes
from indexer.suggest.readings import begins, load_readings, plain, read_word, split_syllables

LINES = (
    "衢州援疆指挥部支援乌什县，衢州来的医疗队伍到了乌什。",
    "衢州市援疆干部在乌什开展工作。",
    "乌什县引进衢州“燕山飞鸟”项目。",
    "创新“燕山飞鸡”品牌，拾取“燕山飞鸡”鸡蛋。",
    "嘉兴援疆指挥部在沙雅建设产业园。",
    "嘉兴援疆教育，沙雅的教育有了提升。",
    "浙江援疆，阿克苏地区旅游产业发展。",
    "阿克苏的红枣和旅游。",
    "务实的干部，群众满意。",
    "重庆的银行支持产业援疆。",
    "群众参加长跑，六安的干部也来了。",
    "Rockwell 教授到了沙雅。",
)
NAMES = (
    "沃尔科夫访问了罗德岛船厂，沃尔科夫说船厂很大。",
    "罗德岛船厂造了三艘船。",
    "数学有很多公式，公式要记住。",
    "物理也有公式，数学的公式更多。",
    "部队发动攻势，攻势很猛。",
    "部队停止了攻势。",
)
"""Names that no dictionary has, and two words that are read alike."""

CITIES = ("衢州", "乌什", "嘉兴", "沙雅", "阿克苏", "六安", "重庆")
TITLE = "泱泱秀水润沙雅"


def make_documents() -> list[Document]:
    analyzer = Analyzer(Settings())
    texts = ((TITLE, Kind.TITLE), *((text, Kind.BODY) for text in LINES))
    return [
        Document(
            id=f"p:1:{number}",
            page="p",
            article=1,
            number=number,
            kind=kind,
            text=text,
            folded=normal_form(text),
            spans=(Span(0, len(text)),),
            lines=((number, number),),
            title=TITLE,
            facets={
                "kind": (str(kind),),
                "city": tuple(city for city in CITIES if city in text),
                "author": ("宋　彬彬" if number % 2 else "宋彬彬",),
            },
            terms=analyzer.terms(text),
        )
        for number, (text, kind) in enumerate(texts, 1)
    ]


@pytest.fixture(scope="module")
def engine() -> MemoryEngine:
    engine, analyzer = MemoryEngine(), Analyzer(Settings())
    with engine.writer(Stamp(1, analyzer.version, analyzer.cutter, "", "")) as writer:
        writer.put(PageRecord(Page("p", "p.txt", "", ""), ()), make_documents())
    return engine


@pytest.fixture(scope="module")
def reader(engine: MemoryEngine) -> Reader:
    return engine.reader()


@pytest.fixture(scope="module")
def suggester(reader: Reader) -> Suggester:
    return Suggester(reader)


def texts(suggestions: tuple[Suggestion, ...]) -> list[str]:
    return [suggestion.text for suggestion in suggestions]


def test_a_letter_spaced_name_is_the_name(suggester: Suggester) -> None:
    names = suggester.vocabulary.names
    assert names["宋彬彬"].text == "宋彬彬"
    assert not any(" " in folded for folded in names)


# ---------------------------------------------------------------- spelling


@pytest.mark.parametrize(
    ("query", "first", "reason"),
    [
        ("渠州", "衢州", Reason.HOMOPHONE),
        ("渠州援疆", "衢州援疆", Reason.HOMOPHONE),
        ("渠洲", "衢州", Reason.HOMOPHONE),
        ("渠州 教育", "衢州 教育", Reason.HOMOPHONE),
        ("“渠州”", "“衢州”", Reason.HOMOPHONE),
        ("渠州水饺", "衢州水饺", Reason.HOMOPHONE),
        ("原江", "援疆", Reason.HOMOPHONE),
        ("医疗队武", "医疗队伍", Reason.HOMOPHONE),
        ("缓疆", "援疆", Reason.LOOKALIKE),
        ("教肓", "教育", Reason.LOOKALIKE),
        ("阿苏克", "阿克苏", Reason.TYPO),
        ("阿克克苏", "阿克苏", Reason.TYPO),
        ("阿苏", "阿克苏", Reason.TYPO),
    ],
)
def test_a_misspelt_query_is_corrected(
    suggester: Suggester, query: str, first: str, reason: Reason
) -> None:
    found = suggester.suggest(query).corrections
    assert (found[0].text, found[0].reason) == (first, reason)
    assert found[0].count


@pytest.mark.parametrize(
    "query",
    [
        "援疆干部支援了乌什县",
        "沙雅的教育有了提升吗",
        "衢州医疗队伍在阿克苏旅游",
        "重庆的干部支援乌什",
    ],
)
def test_a_sentence_of_known_words_is_not_corrected(suggester: Suggester, query: str) -> None:
    assert suggester.suggest(query).corrections == ()


def test_a_misspelt_sentence_is_corrected(suggester: Suggester) -> None:
    assert texts(suggester.suggest("嘉兴缓疆指挥部在沙雅").corrections) == ["嘉兴援疆指挥部在沙雅"]


@pytest.mark.parametrize(
    "query", ["衢州", "援疆", "教育", "务实", "水饺", "", "-渠州", "城市:渠州", "Rockwell", "。。"]
)
def test_what_is_right_or_not_wanted_is_not_corrected(suggester: Suggester, query: str) -> None:
    assert texts(suggester.suggest(query).corrections) == []


def make_suggester(*texts: str) -> Suggester:
    engine = MemoryEngine()
    fill(engine, {"p": [(text, Kind.BODY, ()) for text in texts]})
    return Suggester(engine.reader())


@given(st.text("哈笑呵", min_size=1, max_size=5), st.text("哈笑呵", min_size=2, max_size=4))
@example("笑哈哈哈", "笑哈哈")
def test_a_word_of_one_repeated_character_is_no_trouble(printed: str, query: str) -> None:
    found = make_suggester(printed).suggest(query)
    assert all(one.text != query for one in found.corrections)


@pytest.mark.parametrize(
    ("query", "corrections"),
    [
        ("公部", ["公布", "公安部"]),  # a homophone before a character left out
        ("自茄", ["自家", "自驾"]),  # the commoner of two
        ("下坡", []),
        ("韧牲", ["韧性", "人生"]),  # one character written wrongly before both
    ],
)
def test_the_likeliest_slip_comes_first(query: str, corrections: list[str]) -> None:
    suggester = make_suggester(
        *["公安部公布了自家的结果。"] * 3,
        *["自驾的游客很有韧性，民间下功夫。"] * 2,
        *["人生的道路很长，人生需要努力。"] * 3,
    )
    assert texts(suggester.suggest(query, total=0).corrections) == corrections


@pytest.mark.parametrize(
    ("query", "misread"),
    [
        ("总指挥部", []),  # 应急指挥部
        ("演奏", []),  # 表演秦腔
        ("名民警", []),  # 各民警
        ("博斯坦镇", ["博斯担镇"]),
    ],
)
def test_what_is_printed_so_for_another_reason_is_not_misread(
    query: str, misread: list[str]
) -> None:
    suggester = make_suggester(
        "应急指挥部成立，总指挥部下令。", "表演秦腔，演奏乐曲。", "各民警到岗，两名民警受伤。",
        "博斯坦镇的羊，博斯担镇的路。", "各位到岗，各有各的事。", "应急和秦腔都是词。",
    )  # fmt: skip
    assert texts(suggester.suggest(query, total=1).misreadings) == misread


@pytest.mark.parametrize(
    ("query", "first"),
    [("渠州 援疆", "衢州 援疆"), ("渠州援疆", "衢州援疆"), ("yuan jiang", "援疆")],
)
def test_relaxed_hits_silence_no_correction(engine: MemoryEngine, query: str, first: str) -> None:
    with Index(engine) as index:
        results = index.search(query)
        assert results.suggestions is not None
        meant = (*results.suggestions.corrections, *results.suggestions.pinyin)
        assert meant[0].text == first


@pytest.mark.parametrize(
    ("query", "misread"),
    [
        ("燕山飞鸡", ["燕山飞鸟"]),
        ("燕山飞鸡 衢州", ["燕山飞鸟 衢州"]),
        ("燕山飞鸟", ["燕山飞鸡"]),
        ("援疆", []),
        ("渠州", []),
    ],
)
def test_misreadings_are_separate(suggester: Suggester, query: str, misread: list[str]) -> None:
    assert texts(suggester.suggest(query).misreadings) == misread


# ---------------------------------------------------------------- pinyin


@pytest.mark.parametrize(
    ("query", "first", "reason"),
    [
        ("quzhou", "衢州", Reason.PINYIN),
        ("Qúzhōu", "衢州", Reason.PINYIN),
        ("qu zhou", "衢州", Reason.PINYIN),
        ("qz", "衢州", Reason.INITIALS),
        ("qzhou", "衢州", Reason.PINYIN),
        ("wushi", "乌什", Reason.PINYIN),
        ("lu'an", "六安", Reason.PINYIN),
        ("chongqing", "重庆", Reason.PINYIN),
        ("yinhang", "银行", Reason.PINYIN),
        ("lvyou", "旅游", Reason.PINYIN),
        ("lüyou", "旅游", Reason.PINYIN),
        ("lyuyou", "旅游", Reason.PINYIN),
        ("aks", "阿克苏", Reason.INITIALS),
        ("akesu", "阿克苏", Reason.PINYIN),
        ("yuanjiang", "援疆", Reason.PINYIN),
        ("quzhouyuanjiang", "衢州援疆", Reason.PINYIN),
        ("quzhou 教育", "衢州 教育", Reason.PINYIN),
        ("quzhou shaya", "衢州 沙雅", Reason.PINYIN),
        ("songbinbin", "宋彬彬", Reason.PINYIN),
    ],
)
def test_pinyin_is_spelt_out(suggester: Suggester, query: str, first: str, reason: Reason) -> None:
    found = suggester.suggest(query).pinyin
    assert (found[0].text, found[0].reason) == (first, reason)


@pytest.mark.parametrize("query", ["zhongqing", "wushen", "x", "PPP", "1234", "q" * 300, "衢州"])
def test_what_is_not_pinyin_of_anything_is_not_spelt_out(suggester: Suggester, query: str) -> None:
    assert texts(suggester.suggest(query).pinyin) == []


@pytest.mark.parametrize(
    ("word", "reading"),
    [
        ("乌什", "wu shi"),
        ("乌什县", "wu shi xian"),
        ("六安", "lu an"),
        ("蚌埠", "beng bu"),
        ("亳州", "bo zhou"),
        ("台州", "tai zhou"),
        ("乐清", "yue qing"),
        ("丽水", "li shui"),
        ("喀什", "ka shi"),
        ("长兴", "chang xing"),
        ("库车", "ku che"),
        ("洪洞", "hong tong"),
        ("长清区", "chang qing qu"),
        ("南乐县", "nan le xian"),
        ("花都", "hua du"),
        ("阿图什", "a tu shi"),
        ("埇桥区", "yong qiao qu"),
        ("一〇二团", "yi ling er tuan"),
        ("绿", "lv"),
        ("ABC", ""),
    ],
)
def test_places_are_read_as_they_are_called(word: str, reading: str) -> None:
    assert " ".join(read_word(word)) == reading


@pytest.mark.parametrize(
    ("letters", "ways"),
    [
        ("xian", ["xian", "xi an", "xia n", "xi a n"][:2]),
        ("quzhou", ["qu zhou"]),
        ("canyu", ["ca nv", "can yu"]),
        ("zz", []),
        ("", []),
    ],
)
def test_letters_are_cut_into_syllables(letters: str, ways: list[str]) -> None:
    assert [" ".join(way) for way in split_syllables(letters)] == ways


def test_any_beginning_of_a_reading_begins_it() -> None:
    words = load_readings()[1]
    assert all(
        begins("".join(reading)[:end], reading)
        for reading in list(words.values())[::20]
        for end in range(1, 9)
    )


@given(st.text(max_size=30))
def test_any_text_is_made_plain_letters(text: str) -> None:
    letters = plain(text)
    assert plain(letters) == letters
    assert all("a" <= letter <= "z" for letter in letters)


# ---------------------------------------------------------------- completion


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("衢", "衢州"),
        ("援", "援疆"),
        ("嘉兴援", "嘉兴援疆"),
        ("嘉兴 教", "嘉兴 教育"),
        ("quz", "衢州"),
        ("yuanj", "援疆"),
        ("q", "衢州"),
        ("嘉兴 quz", "嘉兴 衢州"),
        ("宋", "宋彬彬"),
        ("rock", "rockwell"),
    ],
)
def test_typing_is_completed(suggester: Suggester, typed: str, first: str) -> None:
    assert texts(suggester.complete(typed))[0] == first


@pytest.mark.parametrize("typed", ["quz", "q"])
def test_completions_are_counted_in_one_request(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    asked: list[int] = []

    def count(nodes: Sequence[Node]) -> list[int]:
        asked.append(len(nodes))
        return match_counts(nodes)

    match_counts = reader.match_counts
    monkeypatch.setattr(reader, "match_counts", count)
    found = Suggester(reader).complete(typed)
    assert found
    assert len(asked) == 1
    assert all(one.count for one in found)


def test_titles_are_among_the_completions(suggester: Suggester) -> None:
    found = {one.text: one.reason for one in suggester.complete("泱泱秀")}
    assert found["泱泱秀水润沙雅"] is Reason.TITLE


@pytest.mark.parametrize("typed", ["", " ", "衢州 ", "-", "火箭", "“"])
def test_nothing_is_completed_where_nothing_is_typed_or_known(
    suggester: Suggester, typed: str
) -> None:
    assert suggester.complete(typed) == ()


@pytest.mark.parametrize("limit", [1, 3, 20])
def test_completions_are_limited_and_begin_with_what_was_typed(
    suggester: Suggester, limit: int
) -> None:
    found = texts(suggester.complete("沙", limit=limit))
    assert 0 < len(found) <= limit
    assert all("沙" in text for text in found)


# ---------------------------------------------------------------- nothing found


@pytest.mark.parametrize(
    ("query", "missing", "relaxed"),
    [
        ("嘉兴 水饺", ("水饺",), ["嘉兴"]),
        ("嘉兴 沙雅 水饺", ("水饺",), ["嘉兴 沙雅", "嘉兴 OR 沙雅", "嘉兴", "沙雅"]),
        ("“嘉兴火箭”", ("火箭",), ["嘉兴"]),
        ("水饺", ("水饺",), []),
        ("衢州 沙雅", (), ["衢州 OR 沙雅", "衢州", "沙雅"]),
        ("嘉兴沙雅", ("嘉兴沙雅",), ["嘉兴 沙雅", "嘉兴 OR 沙雅", "嘉兴", "沙雅"]),
        ("水饺 OR 火箭", ("水饺", "火箭"), []),
        ("援疆", (), []),
    ],
)
def test_a_query_without_hits_is_relaxed(
    suggester: Suggester, query: str, missing: tuple[str, ...], relaxed: list[str]
) -> None:
    found = suggester.suggest(query)
    assert found.missing == missing
    assert texts(found.relaxations) == relaxed
    assert all(suggestion.count for suggestion in found.relaxations)


def test_filters_can_be_what_is_too_much(suggester: Suggester) -> None:
    filters = (Filter("city", ("沙雅",)),)
    (suggestion,) = suggester.suggest("衢州", filters=filters).relaxations
    assert suggestion.unfiltered
    assert (suggestion.text, suggestion.count) == ("衢州", 3)


def test_a_query_with_hits_is_not_relaxed(suggester: Suggester) -> None:
    assert suggester.suggest("嘉兴 水饺", total=3).relaxations == ()


# ---------------------------------------------------------------- every query


QUERIES = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from([*'渠衢州援缓疆燕山飞鸡鸟阿克苏 “”"-:|()?*~', "quzhou", "OR", "NOT "]),
        max_size=12,
    ).map("".join),
)


@given(QUERIES)
def test_any_query_is_answered_with_other_queries(suggester: Suggester, query: str) -> None:
    found = suggester.suggest(query)
    suggested = (*found.corrections, *found.pinyin, *found.misreadings, *found.relaxations)
    assert all(one.text != query or one.unfiltered for one in suggested)
    assert all(one.sentence() and one.sentence("zh") for one in suggested)
    assert bool(found) == bool(suggested or found.missing)
    assert found.to_dict().keys() >= {"corrections", "missing"}
    assert all(one.text != query for one in suggester.complete(query))


@given(QUERIES)
def test_any_correction_is_in_the_index(suggester: Suggester, query: str) -> None:
    found = suggester.suggest(query)
    for one in (*found.corrections, *found.misreadings):
        assert any(one.instead in line for line in (*LINES, TITLE, "宋彬彬"))
        assert one.count


@given(QUERIES)
def test_any_part_is_at_its_span(query: str) -> None:
    read = parse(query, Settings(max_terms=99))
    parts = wanted_substrings(read)
    assert all(read.text[part.start : part.end] == part.text for part in parts)
    assert all(one.end <= two.start for one, two in pairwise(parts))


@pytest.mark.parametrize(
    ("query", "substrings", "simple"),
    [
        ("援疆 教育", ["援疆", "教育"], True),
        ("援疆　教育", ["援疆", "教育"], True),
        (" 援疆 ", ["援疆"], True),
        ("援疆 AND 教育", ["援疆", "教育"], True),
        ("援疆 与 教育", ["援疆", "教育"], True),
        ("“产业援疆” -医疗", ["产业援疆"], False),
        ("“ 产业援疆 ”", ["产业援疆"], True),
        ("「产业援疆", ["产业援疆"], True),
        ("城市:嘉兴 援疆", ["援疆"], False),
        ("标题:“援疆 十年” 教育", ["教育"], False),
        ("日期:2023 援疆", ["援疆"], False),
        ("援疆 NOT 医疗 OR 教育", ["援疆", "教育"], False),
        ("援疆NOT医疗", ["援疆"], False),
        ("援疆OR医疗AND教育", ["援疆", "医疗", "教育"], False),
        ("援疆 非 医疗", ["援疆"], False),
        ("援疆 -(医疗 | “教育 资金”)", ["援疆"], False),
        ("(援疆|教育)", ["援疆", "教育"], False),
        ("（援疆 或 教育） 资金", ["援疆", "教育", "资金"], False),
        ('"衢州 乌什"~10', ["衢州", "乌什"], False),
        ('"衢州 乌什"~句', ["衢州", "乌什"], False),
        ("“衢州 乌什”~段 援疆", ["衢州", "乌什", "援疆"], False),
        ("嘉兴投入了多少？", ["嘉兴投入了多少"], True),
        ("沙*", ["沙"], True),
        ("嘉*教育 援疆", ["援疆"], False),
        ("教育 OR", ["教育", "OR"], True),
        ("心情:好 援疆", ["心情:好", "援疆"], True),
        ("类型:诗歌", ["类型:诗歌"], True),
    ],
)
def test_the_wanted_substrings_of_a_query(query: str, substrings: list[str], simple: bool) -> None:
    read = parse(query)
    assert [substring.text for substring in wanted_substrings(read)] == substrings
    assert all(
        read.text[substring.start : substring.end] == substring.text
        for substring in wanted_substrings(read)
    )
    assert is_plain(read) == simple


@pytest.mark.parametrize(
    "query", ["渠州 乌示", "援疆干不", "quzhou", "jiaxing", "嘉星 教育", "燕山飞鸟"]
)
def test_counts_are_of_the_paragraphs_that_a_search_finds(suggester: Suggester, query: str) -> None:
    found = suggester.suggest(query, total=0)
    for one in (*found.corrections, *found.pinyin, *found.misreadings, *suggester.complete(query)):
        assert one.count == suggester.vocabulary.count(Literal(normal_form(one.instead)))


@pytest.mark.parametrize(
    ("query", "missing", "corrected"),
    [
        ("水饺盛宴NOT援疆", ("水饺盛宴",), []),
        ("渠州NOT援疆", ("渠州",), ["衢州NOT援疆"]),
        ('"渠州 乌什"~句', ("渠州",), ['"衢州 乌什"~句']),
        ('"渠州 乌什"~5', ("渠州",), ['"衢州 乌什"~5']),
        ("渠州 -乌示", ("渠州",), ["衢州 -乌示"]),
        ("(渠州 | 水饺) 城市:渠州", ("渠州", "水饺"), ["(衢州 | 水饺) 城市:渠州"]),
        ("“渠州”", ("渠州",), ["“衢州”"]),
        ("渠州 AND 援疆", ("渠州",), ["衢州 AND 援疆"]),
        ("标题:渠州", (), []),
        ("渠?州", (), []),
    ],
)
def test_suggestions_follow_the_grammar_of_queries(
    suggester: Suggester, query: str, missing: tuple[str, ...], corrected: list[str]
) -> None:
    found = suggester.suggest(query, total=0)
    assert found.missing == missing
    assert texts(found.corrections)[:1] == corrected
    assert not any("援疆" in one.text for one in found.relaxations if "NOT援疆" in query)


def test_no_character_looks_like_itself() -> None:
    table = load_lookalikes()
    assert len(table) > 6000
    assert all(char not in alike.tight + alike.loose for char, alike in table.items())


def test_of_two_characters_that_look_alike_each_is_in_the_row_of_the_other() -> None:
    table = load_lookalikes()
    assert all(char in table[other].tight for char in table for other in table[char].tight)
    assert all(char in table[other].loose for char in table for other in table[char].loose)


@pytest.mark.parametrize(
    ("query", "total", "suggested"),
    [("渠州", 0, "衢州"), ("燕山飞鸡", 1, "燕山飞鸟"), ("quzhou", 0, "衢州"), ("沙雅", 4, None)],
)
def test_a_search_with_few_hits_carries_suggestions(
    engine: MemoryEngine, query: str, total: int, suggested: str | None
) -> None:
    with Index(engine) as index:
        results = index.search(query)
    found = results.suggestions
    assert found is not None
    assert results.total == total
    first = (*found.corrections, *found.pinyin, *found.misreadings, None)[0]
    assert (first.text if first else None) == suggested
    assert results.to_dict()["suggestions"] == found.to_dict()


def test_an_index_completes_and_suggests_at_once(engine: MemoryEngine) -> None:
    with Index(engine) as index:
        assert texts(index.complete("衢"))[0] == "衢州"
        assert texts(index.suggest("quz").completions)[0] == "衢州"
        assert index.suggest("渠州").corrections


@pytest.fixture(scope="module")
def named() -> Suggester:
    engine = MemoryEngine()
    fill(engine, {f"n{n}": [(text, Kind.BODY, ())] for n, text in enumerate(NAMES)})
    return Suggester(engine.reader())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("沃尔夫", "沃尔科夫"),
        ("沃科夫", "沃尔科夫"),
        ("沃科尔夫", "沃尔科夫"),
        ("罗德船厂", "罗德岛船厂"),
        ("罗岛德船厂", "罗德岛船厂"),
        ("数学 攻式", "数学 公式"),
        ("部队 攻式", "部队 攻势"),
    ],
)
def test_names_are_mended_and_words_by_those_beside_them(
    named: Suggester, typed: str, meant: str
) -> None:
    assert [one.text for one in named.suggest(typed, total=0).corrections][:1] == [meant]


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("沿着河边", []),
        ("看着远方", []),
        ("二〇〇八年", []),
        ("2008年", ["二〇〇八年", "二零零八年"]),
    ],
)
def test_what_was_found_in_another_spelling_is_not_suggested(
    query: str, offered: list[str]
) -> None:
    texts = ("我們沿著河邊走，看著遠方。", "他在二零零八年来到这里。", "她在二〇〇八年离开。")
    found = make_index({"a": [(text, Kind.BODY, ()) for text in texts]}).search(query)
    assert bool(found.total) is not bool(offered)
    suggested = found.suggestions
    given = (
        (*suggested.corrections, *suggested.misreadings, *suggested.numerals) if suggested else ()
    )
    assert [one.text for one in given] == offered
