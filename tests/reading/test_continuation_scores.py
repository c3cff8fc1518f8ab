"""What the dictionary, the tagger's model and the network say of an end and a beginning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reading.dictionary_score import dictionary_log_ratio
from indexer.reading.hmm_score import (
    dangling_probability,
    hmm_log_ratio,
    sentence_start_log_ratio,
    word_end_log_odds,
    word_start_log_odds,
)
from indexer.reading.network_score import NETWORK_CONTEXT_CHARS, network_log_odds, start_side

ANYTHING = st.text(st.characters(codec=None), max_size=40)


@pytest.mark.parametrize(
    ("before", "better", "worse"),
    [
        ("他非常", "高兴地", "的高兴"),
        ("今年一共修了2", "00公里", "的公里"),
        ("站在山坡的", "台阶上", "了一天"),
    ],
)
def test_what_follows_better_flows_better(before: str, better: str, worse: str) -> None:
    assert hmm_log_ratio(before, better) > hmm_log_ratio(before, worse)


@given(ANYTHING, ANYTHING)
def test_the_hmm_score_is_bounded_and_zero_beside_a_mark(before: str, after: str) -> None:
    assert -4.0 <= hmm_log_ratio(before, after) <= 4.0
    assert -4.0 <= sentence_start_log_ratio(after) <= 4.0
    assert 0.0 <= dangling_probability(before) <= 1.0
    assert hmm_log_ratio(before, f"，{after}") == 0.0


def test_a_text_that_ends_with_a_small_word_dangles() -> None:
    assert dangling_probability("站在山坡的") > 0.5 > dangling_probability("援疆项目建设")


@pytest.mark.parametrize(
    ("before", "after", "likely"),
    [
        ("产业援疆的重点项", "目已经开工", True),
        ("当地蔬菜首次出", "口到邻国", True),
        ("学校里来了", "三位老师", False),
        ("今年一共修了2", "00公里", False),
        ("", "目已经开工", False),
    ],
)
def test_a_cut_word_is_likelier_whole(before: str, after: str, likely: bool) -> None:
    assert (dictionary_log_ratio(before, after) > 2.0) is likely


@given(ANYTHING, ANYTHING)
def test_the_score_of_words_at_a_joint_is_bounded(before: str, after: str) -> None:
    assert 0.0 <= dictionary_log_ratio(before, after) <= 8.0
    assert -3.0 <= word_end_log_odds(before) <= 3.0
    assert -3.0 <= word_start_log_odds(after) <= 3.0


def test_words_end_and_begin_where_they_do() -> None:
    assert word_end_log_odds("学校里来了三位老师") > word_end_log_odds("学校里来了三位老")
    assert word_start_log_odds("孩子们都很高兴") > word_start_log_odds("子们都很高兴")


@pytest.mark.parametrize(
    ("before", "after", "other"),
    [
        ("他们把浙江的教育经验", "带到了阿克苏，", "据了解，"),
        ("全市共投入援助资金3", ".5亿元", "的孩子们"),
        ("走进沙雅县人民医", "院的大厅", "时，天已经黑了"),
        ("老人说：“我在这里住了", "四十年，哪儿也不去。”", "近日，记者从县教育局获悉"),
    ],
)
def test_what_follows_is_distinguished_from_what_does_not(
    before: str, after: str, other: str
) -> None:
    assert network_log_odds(before, after) > network_log_odds(before, other)


@given(st.lists(st.tuples(ANYTHING, ANYTHING), max_size=6))
def test_ends_are_read_alike_alone_and_together(joints: list[tuple[str, str]]) -> None:
    side = start_side()
    texts = [after[:NETWORK_CONTEXT_CHARS] for _, after in joints if after]
    alone = [side.units.read(side.number_rows([text]))[0] for text in texts]
    together = side.read(texts)
    for text, row in zip(texts, alone, strict=True):
        assert together[text] == pytest.approx(row, abs=1e-4)
    for before, after in joints:
        assert abs(network_log_odds(before, after)) < 100


def test_what_was_read_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    side = start_side()
    texts = [f"{number}号馆" for number in range(12)]
    expected = side.read(texts)
    monkeypatch.setattr("indexer.reading.network_score.CACHED_ENDS", 5)
    monkeypatch.setattr(side, "known", {})
    for start in range(0, 12, 3):
        found = side.read(texts[start : start + 4])
        assert all(found[text] == pytest.approx(expected[text], abs=1e-4) for text in found)
        assert len(side.known) <= 5


def test_nothing_follows_nothing() -> None:
    assert network_log_odds("", "开学") == network_log_odds("开学", "") == 0.0
