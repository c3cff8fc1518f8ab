"""Score whether a short line begins a cut paragraph rather than being a heading.

A column that ends after the first words of a paragraph leaves a line that looks like a heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.analysis import segment
from indexer.reading import patterns
from indexer.reading.continuation import (
    MIN_LOG_ODDS,
    bounded_continuation_score,
    ends_with_rest,
    leaves_open,
    start_weight,
)
from indexer.reading.fitted_weights import score, weights
from indexer.reading.hmm_score import dangling_probability

FIRST_PIECE_WEIGHTS = weights("first pieces")

_PROSE_OPENER_LIST = """
由于 因为 虽然 尽管 但 但是 而 此外 另外 例如 比如 其中 其 随后 于是 因此 所以 因而 然而
不过 并 并且 该 此 此次 同时 据 根据 按照 作为 除了 目前 当时 后来 近年来 如今 现在 另
此后 之后 当 当年 同年 次年 期间 经过 通过 直到 直至 至于 对于 关于 我 这种 有些 则 曾经
若 许多 一些 大部分 部分 所有 及 以及 包括 主要
"""
PROSE_OPENERS = frozenset(_PROSE_OPENER_LIST.split())
"""Words that open a sentence of running text and no heading."""

_PROSE_WORD_LIST = """
因此 因为 因而 因 由于 由 虽然 虽 尽管 如果 若 但 但是 而 而是 曾 曾经 已 已经 将 会 并
并且 及 以及 其 其他 其中 此 此后 该 即 即是 则 被 所 等 等等 于 是 都 也 他 她 它 他们
她们 它们 我们 你们 所有 许多 很多 多数 大多数 大部分 部分 一些 一般 有些 有的 有时 可
可能 可以 能够 必须 需要 包括 除了 随后 又 或
或者 或是 仅 只 比 较 这 那 这个 这些 那些 却 对于 关于 根据 按照 据 认为 表示 指出 称
"""
PROSE_WORDS = frozenset(_PROSE_WORD_LIST.split())
"""Words of running text that headings do without."""

MAX_PROSE_WORDS = 3
"""How many of them count."""

FIRST_PIECE_LIMITS = weights("first pieces limits")
"""How much it counts against a text below that another one, maybe a caption, precedes it; the
weight at most of a line whose text below begins like a paragraph; the characters above which a line
is less and less a heading."""

MAX_HALF_DIFFERENCE, MAX_PAIR_CHARS, SHORT_PAIR_CHARS = 3, 18, 9
"""By how many characters the halves of a heading differ at most, how long both are together, and
up to which length any pause is one of a heading."""

_DATE_START = re.compile(r"\d[年月]|\d{4}")
_PIECE_FEATURES_BY_LENGTH = {1: "one or two", 2: "one or two", 3: "three", 4: "four"}


def first_piece_odds(text: str, below: Sequence[str], page: str) -> float:
    """Return the log-odds that a short line is a first piece rather than a heading.

    `below` are the texts that may continue with it, the nearest first.
    """
    return score(FIRST_PIECE_WEIGHTS, first_piece_features(text, below, page))


def first_piece_features(text: str, below: Sequence[str], page: str) -> dict[str, float]:
    """Return the features of a first piece against a heading, named as in the model file."""
    words = segment(text)
    fits = [bounded_continuation_score(text, one, page) for one in below]
    goes_on = max(
        (one - FIRST_PIECE_LIMITS["passed text"] * number for number, one in enumerate(fits)),
        default=MIN_LOG_ODDS,
    )
    few = (
        {_PIECE_FEATURES_BY_LENGTH[len(text)]: 1.0}
        if len(text) in _PIECE_FEATURES_BY_LENGTH
        else {}
    )
    return few | {
        "bias": 1.0,
        "parts": patterns.has_parts(text),
        "sign": patterns.is_squared(text),
        **_pauses(text),
        "opener": words[0] in PROSE_OPENERS,
        "words of prose": min(MAX_PROSE_WORDS, sum(word in PROSE_WORDS for word in words[1:])),
        "date": bool(_DATE_START.search(text)),
        "dangles": dangling_probability(text),
        "rest of a word": ends_with_rest(text),
        "quote left open": leaves_open(text),
        "long": max(0, len(text) - FIRST_PIECE_LIMITS["long heading chars"]),
        "goes on": goes_on,
        "goes on ill": min(0.0, goes_on),
        "below begins within": max(FIRST_PIECE_LIMITS["least start"], start_weight(below[0]))
        if below
        else 0.0,
    }


def _pauses(text: str) -> dict[str, bool]:
    """Return whether a text is a heading of two equal halves: 稳就业，保民生."""
    parts = re.split("[，,]", text)
    equal = (
        abs(len(parts[0]) - len(parts[-1])) <= MAX_HALF_DIFFERENCE and len(text) <= MAX_PAIR_CHARS
    )
    single, middle = len(parts) == 2, equal or len(text) <= SHORT_PAIR_CHARS
    return {
        "pause in the middle": single and middle,
        "pause": single and not middle,
        "pauses": len(parts) > 2,
    }
