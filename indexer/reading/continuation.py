"""Score how well one text continues another, in log-odds.

The evidence is within a few characters of the joint: a word across it by segmentation, a quotation
left open, a number and its measure, a way to begin that only a paragraph has, the scores of the
hidden Markov model, the dictionary and the network. The weights are in `model.json`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from indexer.analysis import segment
from indexer.reading.dictionary_score import dictionary_log_ratio
from indexer.reading.fitted_weights import score, weights
from indexer.reading.hmm_score import (
    hmm_log_ratio,
    sentence_start_log_ratio,
    word_end_log_odds,
    word_start_log_odds,
)
from indexer.reading.network_score import network_log_odds
from indexer.reading.patterns import NEVER_FIRST

LOST_BEGINNING = 2.5
"""Log-odds of a beginning within a sentence from which the text above it is taken for lost."""

WORD_CONTEXT_CHARS = 8
"""Characters on each side of a joint that are cut into words: the longest words have eight."""

NO_PAGE = " "
"""Replaces a page that is too long to be searched."""

MAX_SEARCHED_CHARS = 50_000
"""Characters of a page in which substrings are looked up: seven times the longest of the five."""

MAX_SCRAP_CHARS = 6
"""Characters of a scrap: what is left of a line when the column beside it was read across it."""

MIN_LOG_ODDS, MAX_LOG_ODDS = -3.0, 4.0
"""Log-odds of a joint below and beyond which it is clipped where it is one of several
features of a line's kind."""

QUOTE_CONTEXT_CHARS = 120
"""Characters on each side that are searched for quotation marks."""

OPENING_MARKS, CLOSING_MARKS = "“‘《（(【「『〈", "”’》）)】」』〉"
_CLOSING_OF = dict(zip(OPENING_MARKS, "”’》））】」』〉", strict=True))
_WIDE_FORMS = {")": "）"}
_PAIRED_MARK = re.compile(f"[{re.escape(OPENING_MARKS + CLOSING_MARKS)}]")

CLAUSE_LENGTHS = {"clause of few": (0, 4), "clause": (7, 22), "clause of many": (30, 999)}
SENTENCE_LENGTHS = {
    "sentence of few": (0, 10),
    "sentence": (20, 60),
    "sentence of many": (120, 999),
}
"""Characters of a clause and of a sentence across a joint, where they distinguish true joints."""

SINGLE_CHARACTER_WORDS = frozenset(
    "的了着过是在有和与及或而但因为从对向把被让由以到于之其这那此每各某该本我你他她它们自己"
    "不没无未也都就才又再还更最很太极仅只已曾将正能会可要应须需想敢肯便则却即若如虽既并且"
    "一二三四五六七八九十百千万亿两几多半个名位次年月日时分秒天岁元里米斤吨亩户家人件条项批台辆座"
    "上下中内外前后左右东西南北间旁里说看听问答讲写读走来去进出回起落开关做办建种养吃喝住用给带送"
    "拿买卖找等见叫使令比按据照沿随同跟像似大小多少高低长短新老好坏美快慢早晚远近真全总共约近超达占逾"
    "省市县区乡镇村州师团校院所馆厂店站队组室局厅部委会社路街江河湖海山城县桥门水火土地书画歌诗"
    "树花草鸟鱼鸡牛羊马米面油盐茶酒菜果瓜豆枣药布线纸车船飞第初"
)
"""Characters that are words of their own; a single one that is not here, beside a joint, is
what a cut has left of a word."""

_SENTENCE_STARTER = re.compile(
    r"近[日年来期几]|日前|昨[日天]|今[年天日]|去年|前[年不]|如今|目前|当前|此外|另外|同时|与此|据|随着|面对|针对|作为|通过|接下来|下一步"
    r"|[一二三四五六七八九十两几数\d]+年[来前]|(?:19|20)\d\d年|\d+月|[“‘「]|——|[在从为][^，,。；？！]{2,12}[，,]|不仅|不过|当然|然而|但|然后|首先|其次"
    r"|最后|[一二三四五六七八九十]是|记者|本报|新华社|这|那|走进|来到|说起|谈[到及]|每|一[位名大个走到进早]|自[^，,。；？！]{2,12}[，,起]|截至|早在|曾经|过去|以[^，,。；？！]{2,12}[，,]"
)
_NEWS_STARTER = re.compile(r"近日|日前|昨[日天]|据悉|据了解|据介绍|本报|新华社")
_PAUSE_MARKS = frozenset("，、,；：;:")
_NEVER_FIRST_MARKS = NEVER_FIRST - frozenset(CLOSING_MARKS)
_GOES_ON = frozenset("的了地得着过是也都就才还又再却则并和与及或等中里上下后们者性化所被于而以")
_LIST_ITEM = re.compile(
    r"[一二三四五六七八九十]是|[一二三四五六七八九十\d]+[、.．)）]|[（(][一二三四五六七八九十\d]+[）)]|其[一二三四五]"
    r"|第[一二三四五六七八九十]|[^，。；：！？,;:]{1,8}[:：]|[①-⑳●■◆▪•·—]|首先|其次|再次|最后"
)
_PAUSE_OR_END = re.compile("[，,。、；;：:！？!?…]")
_FULL_STOP_MARK = re.compile("[。！？!?…]")
_PAUSE_BACK = re.compile(f".*{_PAUSE_OR_END.pattern}", re.DOTALL)
_END_BACK = re.compile(f".*{_FULL_STOP_MARK.pattern}", re.DOTALL)
_TRAILING_NUMBER = re.compile(r"\d[.．]?$")
_MEASURE_WORD = re.compile(
    r"[\d.．,，:%％‰℃年月日时分秒个名位次岁元里米斤吨亩户家人件条项批台辆座多余万亿千百十级届度平公套场所间只头篇册张份期师团层栋棵株种倍"
    r"版号路支对双双步~—～-]"
)


CONTINUATION_WEIGHTS, START_WEIGHTS = weights("continuation"), weights("starts")

Features = dict[str, float]


def continuation_score(before: str, after: str, page: str = "") -> float:
    """Return the log-odds that `after` continues `before`, against any two ends of a page.

    `page` is the text that contains the two ends, as evidence of what is written together.
    """
    known = page if len(page) <= MAX_SEARCHED_CHARS else NO_PAGE
    return _score(before[-QUOTE_CONTEXT_CHARS:], after[:QUOTE_CONTEXT_CHARS], known)


def bounded_continuation_score(before: str, after: str, page: str) -> float:
    """Return the log-odds that `after` continues `before`, within MIN_LOG_ODDS and MAX_LOG_ODDS."""
    return max(MIN_LOG_ODDS, min(MAX_LOG_ODDS, continuation_score(before, after, page)))


@lru_cache(maxsize=2048)
def _score(before: str, after: str, page: str) -> float:
    return score(CONTINUATION_WEIGHTS, continuation_features(before, after, page))


def continuation_features(before: str, after: str, page: str = "") -> Features:
    """Return the features of a joint, named as in the model file."""
    named = evidence(before, after, page)
    return dict.fromkeys(named, 1.0) | {
        "bias": 1.0,
        "hmm": hmm_log_ratio(before, after),
        "dictionary": dictionary_log_ratio(before, after),
        "word ends": word_end_log_odds(before),
        "word starts": word_start_log_odds(after),
        "sentence starts": max(0.0, sentence_start_log_ratio(after)),
        # items of a list continue in any text
        "network": 0.0 if "item" in named else network_log_odds(before, after),
    }


def start_weight(after: str) -> float:
    """Return the log-odds that a text begins within a sentence, by its own beginning alone."""
    return _start_weight(after[:QUOTE_CONTEXT_CHARS])


@lru_cache(maxsize=1024)
def _start_weight(after: str) -> float:
    return score(START_WEIGHTS, start_features(after))


def start_features(after: str) -> Features:
    """Return the features of the beginning of a paragraph, named as in the model file."""
    return dict.fromkeys(_start_evidence(after), 1.0)


def begins_within(text: str) -> bool:
    """Return whether a beginning is lost: within a sentence, or with half a word."""
    return start_weight(text) + _begins_with_rest(text) >= LOST_BEGINNING


def starts_paragraph(text: str) -> bool:
    """Return whether a text begins as paragraphs often do."""
    return bool(_SENTENCE_STARTER.match(text))


def overlaps(before: str, after: str) -> bool:
    """Return whether a piece of a line repeats the end of the text above: 组织沙雅 | 沙雅洲."""
    return len(after) <= MAX_SCRAP_CHARS and before[-2:].isalpha() and after.startswith(before[-2:])


def evidence(before: str, after: str, page: str = "") -> list[str]:
    """Yield the features of a joint."""
    found = _word_evidence(before, after)
    if page and "no word" in found:
        found.append(_substring_evidence(before, after, page))
    found += _quote_evidence(before[-QUOTE_CONTEXT_CHARS:], after[:QUOTE_CONTEXT_CHARS])
    found += _colon_evidence(before, after) or _start_evidence(after)
    if _TRAILING_NUMBER.search(before[-QUOTE_CONTEXT_CHARS:]):
        found.append("number" if _MEASURE_WORD.match(after) else "no number")
    if before[-1:] in _PAUSE_MARKS:
        found.append("mark after mark" if after[:1] in _NEVER_FIRST_MARKS else "pause")
    return found + _length_evidence(before[-QUOTE_CONTEXT_CHARS:], after[:QUOTE_CONTEXT_CHARS])


def _substring_evidence(before: str, after: str, page: str) -> str:
    """Name the longest substring across the joint that the page holds elsewhere."""
    if len(page) > MAX_SEARCHED_CHARS or before[-1:] in NEVER_FIRST:
        return "new pair"
    if before[-1:] + after[:1] not in page:
        return "new pair"
    if before[-2:] + after[:2] in page:
        return "same four"
    longer = before[-2:] + after[:1] in page or before[-1:] + after[:2] in page
    return "same three" if longer else "pair"


def crossing(before: str, after: str) -> str:
    """Return the word across a joint, nothing where a word ends there."""
    left, right = before[-WORD_CONTEXT_CHARS:], after[:WORD_CONTEXT_CHARS]
    start = 0
    for word in segment(left + right):
        if start < len(left) < start + len(word):
            return word
        start += len(word)
    return ""


def _word_evidence(before: str, after: str) -> list[str]:
    word = crossing(before, after)
    if word:
        return [
            "long word"
            if len(word) > 2
            else "small word"
            if SINGLE_CHARACTER_WORDS.issuperset(word)
            else "word"
        ]
    found = ["no word"]
    if _begins_with_rest(after):
        found.append("rest after")
    if ends_with_rest(before):
        found.append("rest before")
    return found


def _begins_with_rest(text: str) -> bool:
    """Return whether a text begins with what a cut has left of a word."""
    return _is_rest([_first_word(text[:WORD_CONTEXT_CHARS])])


@lru_cache(maxsize=4096)
def _first_word(text: str) -> str:
    return next(iter(segment(text)), "")


def ends_with_rest(text: str) -> bool:
    """Return whether a text ends with what a cut has left of a word."""
    return _is_rest([_last_word(text[-WORD_CONTEXT_CHARS:])])


@lru_cache(maxsize=4096)
def _last_word(text: str) -> str:
    return next(reversed(segment(text)), "")


def _is_rest(words: list[str]) -> bool:
    """Return whether a character is no word of its own."""
    return len(words[0]) == 1 and words[0] not in SINGLE_CHARACTER_WORDS and words[0].isalpha()


def leaves_open(text: str) -> bool:
    """Return whether a text leaves a quotation or a bracket open."""
    return bool(_left_open(text[-QUOTE_CONTEXT_CHARS:]))


def _quote_evidence(before: str, after: str) -> list[str]:
    opened, closed = _left_open(before), _first_close(after)
    if opened and closed:
        return ["quote" if opened == closed else "quote of another kind"]
    return ["quote left open"] if opened else ["quote from nowhere"] if closed else []


def _left_open(text: str) -> str:
    """Return the mark that would close what a text leaves open, nothing if all is closed."""
    closers: list[str] = []
    for mark in _PAIRED_MARK.findall(text):
        if mark in _CLOSING_OF:
            closers.append(_CLOSING_OF[mark])
        elif closers:
            closers.pop()
    return closers[-1] if closers else ""


def _first_close(text: str) -> str:
    """Return the first mark that closes what a text has not opened, nothing if there is none."""
    level = 0
    marks: list[str] = _PAIRED_MARK.findall(text)
    for mark in marks:
        if mark in _CLOSING_OF:
            level += 1
        elif level:
            level -= 1
        else:
            return _WIDE_FORMS.get(mark, mark)
    return ""


def _length_evidence(before: str, after: str) -> list[str]:
    """Name how long the clause and the sentence across a joint are, where that is evidence."""
    clause = _since(_PAUSE_BACK, before) + _until(_PAUSE_OR_END, after)
    sentence = _since(_END_BACK, before) + _until(_FULL_STOP_MARK, after)
    found = [name for name, (low, high) in CLAUSE_LENGTHS.items() if low <= clause < high]
    return found + [
        name for name, (low, high) in SENTENCE_LENGTHS.items() if low <= sentence < high
    ]


def _until(mark: re.Pattern[str], text: str) -> int:
    found = mark.search(text)
    return found.start() if found else len(text)


def _since(mark: re.Pattern[str], text: str) -> int:
    found = mark.match(text)
    return len(text) - found.end() if found else len(text)


def _colon_evidence(before: str, after: str) -> list[str]:
    """Name what a colon or a semicolon before the joint leads to: speech, or an item of a list."""
    if before[-1:] in ":：":
        return ["speech"] if after[:1] in '“‘「『"' else ["item"]
    if before[-1:] in ";；" and _LIST_ITEM.match(after):
        return ["item"]
    return []


def _start_evidence(after: str) -> list[str]:
    """Yield the features of a paragraph's beginning against a position within a sentence."""
    if after[:1] in NEVER_FIRST:
        return ["mark first"]
    if _SENTENCE_STARTER.match(after):
        return ["starter", "news"] if _NEWS_STARTER.match(after) else ["starter"]
    found = ["goes on"] if _first_word(after[:WORD_CONTEXT_CHARS]) in _GOES_ON else []
    pause = _PAUSE_OR_END.search(after)
    if pause is None:
        return found
    mark, position = pause.group(), pause.start()
    if mark in "。！？!?…":
        found.append("tiny sentence" if position < 4 else "short sentence" if position < 12 else "")
    elif mark == "、" and position < 10:
        found.append("list first")
    elif position < 4:
        found.append("tiny clause" if position < 3 else "short clause")
    return [name for name in found if name]
