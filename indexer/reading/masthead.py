"""Read the head of a page: the lines that name its date, edition, paper, price and the like.

They belong to no article. What they say of the page is printed metadata, kept as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from indexer.model.chinese_numbers import read_number
from indexer.model.dates import YEAR_BEFORE_REPUBLIC
from indexer.reading.fitted_weights import weights
from indexer.reading.lines import Line

MAX_MASTHEAD_CHARS = 60
"""Characters of a line of a page's head."""

MASTHEAD_WEIGHTS = weights("masthead")
"""`unexplained` is the share of such a line that may be what no form explains."""

MAX_BETWEEN_CHARS = 14
"""Characters of a line between those of a page's head that belongs to it, as a motto does."""

MAX_LINES_ABOVE_NAME = 3
"""Lines above a paper's name where nothing else marks a page's head."""

MAX_MASTHEAD_LINES = 12
"""Lines from the top of a page among which its head is looked for."""

_NUMERAL_OR_FIGURE = r"[\d〇○零一二三四五六七八九十廿卅百]"
_CHINESE_DATE = re.compile(
    rf"(?P<era>民国|中华民国|公元|西历|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]|农历|夏历|旧历|阴历)?\s*"
    rf"(?:(?P<year>{_NUMERAL_OR_FIGURE}{{1,4}}|元)?年)?\s*(?P<month>{_NUMERAL_OR_FIGURE}{{1,3}}|正|元|腊|冬|闰{_NUMERAL_OR_FIGURE}{{1,2}})月"
    rf"\s*(?P<day>初?{_NUMERAL_OR_FIGURE}{{1,3}})日?"
)
_NUMERIC_DATE = re.compile(r"(?P<year>(?:19|20)\d\d)[./-](?P<month>\d{1,2})[./-](?P<day>\d{1,2})")
_WEEKDAY = re.compile(r"(?:星期|礼拜|周)[一二三四五六日天]")
_EDITION_MARK = re.compile(
    rf"第?\s*(?P<edition>[A-Z]?\d{{1,3}}|{_NUMERAL_OR_FIGURE}{{1,4}})\s*[版页](?!本)|[A-D]\d{{1,3}}(?=\s|$)"
)
_ISSUE_NUMBER = re.compile(rf"(?:总)?第\s*{_NUMERAL_OR_FIGURE}{{1,8}}\s*[号期]")
_DATED_FORMS = (_NUMERIC_DATE, _CHINESE_DATE, _WEEKDAY, _EDITION_MARK, _ISSUE_NUMBER)
_IN_DATED_FORMS = re.compile(r"[\d月期拜周版页号]")
"""One of these is in whatever has a dated form; few lines have one, so few are looked at."""

_PRICE_LINE = re.compile(
    r"(?:零售|每份|定价|售价?|今日[^，。]{0,4}[张版])[^，。]{0,10}(?:元|角|分|文|枚|版|张)?"
)
_PAPER_NAME = re.compile(
    r"(?P<paper>[\u3400-\u9fff]{1,6}"
    r"(?:日报|晚报|早报|时报|商报|晨报|周报|快报|导报|新报|公报|民报|青年报|都市报|报))"
    r"(?![\u3400-\u9fff])"
)
_OTHER_FURNITURE = re.compile(
    r"社会定期日刊|国内统一刊号|邮发代号|代号|今日天气|[晴阴多云雨雪]{1,3}转?[晴阴多云雨雪]{0,3}|气温"
    r"|[-\d～~]+℃|农历|责任?编辑?[:：/].*|版式[:：/].*|CN\s?[\d-]+|https?://\S+|www\.\S+"
)
_NO_PAPERS = frozenset(
    "喜报 海报 情报 汇报 通报 简报 电报 举报 回报 预报 捷报 战报 画报 墙报 板报 天气预报".split()
)
_MIN_YEAR, _MAX_YEAR = 1800, 2100


@dataclass(frozen=True, slots=True)
class Masthead:
    """What the head of a page says of it; `None` where it says nothing."""

    newspaper: Line | None = None  # the part of a line that names it
    date: str | None = None  # ISO 8601
    edition: str | None = None


def find_masthead(lines: Iterable[Line]) -> tuple[set[int], Masthead]:
    """Return the numbers of the lines at a page's top that are its head, and what they say."""
    found: set[int] = set()
    papers: dict[int, Line] = {}
    said = Masthead()
    top = list(islice(lines, MAX_MASTHEAD_LINES))
    for number, line in enumerate(top):
        if _PAPER_NAME.fullmatch(line.text) and line.text not in _NO_PAPERS:
            papers[number] = line
        if is_masthead(line.text):
            found.add(number)
            said = _add(said, line)
    near = {
        number
        for number in papers
        if number < MAX_LINES_ABOVE_NAME or found & set(range(number - 3, number + 4))
    }
    newspaper = next((papers[number] for number in sorted(near)), said.newspaper)
    found |= near
    return found | _between(top, found), Masthead(newspaper, said.date, said.edition)


def _between(top: Sequence[Line], found: set[int]) -> set[int]:
    """Return the numbers of the short lines above the last one found, if all are short."""
    if not found or any(len(line.text) > MAX_BETWEEN_CHARS for line in top[: max(found)]):
        return set()
    between = {number for number in range(max(found)) if not top[number].level} - found
    return between if len(between) <= max(2, len(found)) else set()


def is_masthead(text: str) -> bool:
    """Return whether a line gives a page's date, edition, issue or price, and little else."""
    if len(text) > MAX_MASTHEAD_CHARS or not _IN_DATED_FORMS.search(text):
        return False
    if any(mark in text for mark in "，。；！？、"):
        return False
    left, sure = 0, False
    for part in text.split():
        rest = part
        for form in _DATED_FORMS:
            rest = form.sub("", rest)
        sure = sure or (rest != part and not any(map(str.isalnum, rest)))
        for form in (_PRICE_LINE, _PAPER_NAME, _OTHER_FURNITURE):
            rest = form.sub("", rest)
        left += sum(map(str.isalpha, rest))
    return sure and left <= max(4, MASTHEAD_WEIGHTS["unexplained"] * len(text))


def _add(said: Masthead, line: Line) -> Masthead:
    text = line.text
    paper = _PAPER_NAME.search(text)
    edition = next(
        (match.group("edition") or match.group() for match in _EDITION_MARK.finditer(text)), None
    )
    number = _number(edition) if edition and not edition[0].isascii() else None
    return Masthead(
        newspaper=said.newspaper or (line.cut(*paper.span("paper")) if paper else None),
        date=said.date or _read_date(text),
        edition=said.edition or (str(number) if number else edition and edition.lstrip("0")),
    )


def _read_date(text: str) -> str | None:
    """Return the first Gregorian or Republican date of a line as ISO 8601."""
    for match in (*_NUMERIC_DATE.finditer(text), *_CHINESE_DATE.finditer(text)):
        era = match.groupdict().get("era")
        year = _number(match.group("year") or "")
        if year is None or (era and era not in ("民国", "中华民国", "公元", "西历")):
            continue
        year += YEAR_BEFORE_REPUBLIC if era in ("民国", "中华民国") else 0
        month, day = _number(match.group("month")), _number(match.group("day"))
        if not (_MIN_YEAR <= year <= _MAX_YEAR) or month is None or day is None:
            continue
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            continue
    return None


def _number(text: str) -> int | None:
    """Return the number of a year, month, day or edition; 元 and 正 are 1, 初三 is 3."""
    return read_number(text.removeprefix("初").replace("元", "一").replace("正", "一"))
