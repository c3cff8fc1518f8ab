"""The fold, the words and the terms."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import ANALYSIS_VERSION, Analyzer, fold, normal_form, segment, tokenizers
from indexer.analysis.dictionary import open_dictionary
from indexer.analysis.fold import FOLD_TABLE_FILE, MIN_ARRAY_CHARS
from indexer.errors import SourceError
from indexer.model import Terms, imply_chars, imply_pairs
from indexer.settings import Settings

ANYTHING = st.text(st.characters(codec=None), max_size=40)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(Settings(cutter="jieba"))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("嘉興對口支援", "嘉兴对口支援"),
        ("ＡＢＣ１２３", "abc123"),
        ("95．51％，4.5亿", "95.51%,4.5亿"),
        ("“援疆”「援疆」『援疆』", '"援疆""援疆""援疆"'),
        ("阿卜杜拉・买买提•艾力·", "阿卜杜拉·买买提·艾力·"),
        ("《浙江日报》。", "《浙江日报》。"),
        ("援　疆\u00a0教\t育", "援 疆 教 育"),
        ("\ud800疆", "\ufffd疆"),
    ],
)
def test_fold_makes_alike_what_people_type_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_another_fold_is_another_version() -> None:
    digest = hashlib.sha256(FOLD_TABLE_FILE.read_bytes()).hexdigest()[:16]
    assert (ANALYSIS_VERSION, digest) == ("6", "59b19e234a9196d3")


@given(ANYTHING)
def test_fold_keeps_every_length_and_is_idempotent(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(ANYTHING, ANYTHING)
def test_fold_looks_at_one_character_at_a_time(one: str, two: str) -> None:
    assert fold(one + two) == fold(one) + fold(two)


@given(st.text(st.characters(codec=None), min_size=MIN_ARRAY_CHARS, max_size=2 * MIN_ARRAY_CHARS))
def test_long_texts_fold_as_short_ones_do(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))


@given(ANYTHING)
def test_any_text_has_terms(analyzer: Analyzer, text: str) -> None:
    terms = analyzer.terms(text, head=text)
    assert "".join(terms.chars) == "".join(normal_form(text).split())
    assert all(len(pair) == 2 and pair in normal_form(text) for pair in terms.pairs)


@given(ANYTHING)
def test_segments_are_the_text_in_pieces(text: str) -> None:
    assert "".join(segment(text)) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("嘉兴市对口支援沙雅县。", ("嘉兴市", "对口", "支援", "沙雅县")),
        ("投入6470万元，占95.51%", ("投入", "6470", "万元", "占", "95", "51")),
    ],
)
def test_words_leave_punctuation_out(analyzer: Analyzer, text: str, found: tuple[str, ...]) -> None:
    assert analyzer.words(fold(text)) == found


def test_pairs_and_chars_do_not_cross_blanks() -> None:
    assert imply_chars("援 疆,") == ("援", "疆", ",")
    assert imply_pairs("援疆 教育,") == ("援疆", "教育", "育,")


def test_implied_terms_are_those_that_are_spelt_out(analyzer: Analyzer) -> None:
    terms = analyzer.terms("in fact,", head="教育")
    plain = Terms(terms.words, imply_chars("in fact,"), imply_pairs("in fact,"), terms.head)
    assert terms == plain == terms.plain() == pickle.loads(pickle.dumps(terms))
    assert plain == terms
    assert hash(terms) == hash(plain)
    assert terms != analyzer.terms("infact,", head="教育")


def test_head_holds_words_chars_and_pairs(analyzer: Analyzer) -> None:
    assert set(analyzer.terms("", head="援疆").head) == {"援疆", "援", "疆"}


def test_the_users_words_are_cut_whole(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("衢烏號 5 n\n# 注\n", encoding="utf-8")
    analyzer = Analyzer(Settings(cutter="jieba", dictionary=path))
    assert "衢乌号" in analyzer.words("乘衢乌号列车")
    assert analyzer.dictionary != Analyzer(Settings(cutter="jieba")).dictionary == ""


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_dictionary_that_is_none_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "words.txt"
    if content:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=r"words\.txt"):
        assert Analyzer(Settings(cutter="jieba", dictionary=path)).dictionary


def test_an_analyzer_travels_to_another_process(analyzer: Analyzer) -> None:
    copy = pickle.loads(pickle.dumps(analyzer))
    assert copy.words("嘉兴市") == analyzer.words("嘉兴市")
    assert copy.cutter == analyzer.cutter


@pytest.fixture(scope="module")
def jieba_cut() -> Callable[[str], list[str]]:
    """Cut by jieba as it comes."""
    tokenizer = tokenizers.import_jieba().Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return lambda text: list(tokenizer.cut(text, HMM=False))


LOADED = cache(tokenizers.load_cut)
CUTTERS = [
    pytest.param(tokenizers.make_query_cut, id="query"),
    pytest.param(partial(LOADED, "jieba"), id="jieba"),
    pytest.param(
        partial(LOADED, "rjieba"),
        id="rjieba",
        marks=pytest.mark.skipif(not find_spec("rjieba"), reason="rjieba is not installed"),
    ),
]
NEWS = st.text("新疆维吾尔自治区对口援疆指挥部嘉兴市沙雅县abc129.%+# ，。·\n龘𠀀", max_size=60)


@pytest.mark.parametrize("make", CUTTERS)
def test_every_cutter_cuts_the_pages_as_jieba_does(
    seeds: Path, jieba_cut: Callable[[str], list[str]], make: Callable[[], tokenizers.Cut]
) -> None:
    cut = make()
    for page in seeds.glob("*.txt"):
        for line in fold(page.read_text(encoding="utf-8")).splitlines():
            assert list(cut(line)) == jieba_cut(line)


@pytest.mark.parametrize("make", CUTTERS)
@given(text=NEWS | ANYTHING)
def test_every_cutter_cuts_any_text_as_jieba_does(
    jieba_cut: Callable[[str], list[str]], make: Callable[[], tokenizers.Cut], text: str
) -> None:
    assert list(make()(fold(text))) == jieba_cut(fold(text))


def test_the_dictionary_is_loaded_when_there_is_much_to_cut() -> None:
    loaded: list[str] = []

    def load() -> tokenizers.Cut:
        loaded.append("now")
        return tokenizers.make_query_cut()

    cut = tokenizers.cut_until_loaded(tokenizers.make_query_cut(), load)
    for _ in range(tokenizers.RJIEBA_AFTER_CHARS // 10):
        cut("援疆教育和沙雅县小学")
    assert not loaded
    for _ in range(3):
        assert "".join(cut("援疆教育和沙雅县小学")) == "援疆教育和沙雅县小学"
    assert loaded == ["now"]


@pytest.mark.parametrize("cutter", ["jieba", "rjieba"])
def test_the_users_words_are_cut_alike_in_documents_and_queries(
    cutter: str, tmp_path: Path
) -> None:
    if not find_spec(cutter):
        pytest.skip(f"{cutter} is not installed")
    path = tmp_path / "words.txt"
    path.write_text("衢乌号\n指挥部长\n长穆\n", encoding="utf-8")
    analyzer = Analyzer(Settings(cutter=cutter, dictionary=path))
    text = "援疆指挥部长穆运安乘衢乌号列车到阿克苏"
    assert analyzer.words(text) == analyzer.terms(text).words


WORDS = {"援": 0, "援疆": 7, "𠀀": 3, "b": 1}


def test_a_dictionary_is_made_once_and_made_again_when_damaged(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> tuple[dict[str, int], int]:
        made.append(1)
        return dict(WORDS), 11

    for damage in (None, b"", b"x" * 300, b"flip"):
        for file in tmp_path.iterdir():
            if damage is not None:
                data = file.read_bytes()
                file.write_bytes(data[:-1] + b"?" if damage == b"flip" else damage)
        for _ in range(2):
            dictionary = open_dictionary(tmp_path, "key", make)
            assert dictionary.load() == WORDS
            assert [dictionary.get(word) for word in (*WORDS, "疆", "")] == [0, 7, 3, 1, None, None]
    assert len(made) == 4
    assert open_dictionary(None, "key", make).total == 11


WARNINGS = [  # errors, but for how jieba writes its expressions
    *("-W", "error"),
    *("-W", "ignore:invalid escape sequence:SyntaxWarning"),
    *("-W", "ignore:invalid escape sequence:DeprecationWarning"),
]


def test_importing_analysis_loads_no_dictionary_and_warns_of_nothing() -> None:
    code = (
        "import sys; from indexer.analysis import tokenizers; "
        "assert not {'jieba', 'rjieba', 'opencc'} & set(sys.modules); "
        "assert ''.join(tokenizers.make_query_cut()('援疆')) == '援疆'; "
        "jieba = sys.modules.get('jieba'); assert jieba is None or not jieba.dt.initialized; "
        "assert 'opencc' not in sys.modules"
    )
    run = subprocess.run(
        [sys.executable, *WARNINGS, "-c", code], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
