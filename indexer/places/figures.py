"""Find the figures and names in a sentence: sums of money, years, projects, as printed."""

from __future__ import annotations

import re

_AMOUNT = r"(?:\d[\d,，]*(?:\.\d+)?|[一二三四五六七八九十百千两]+)"
SUM_OF_MONEY = re.compile(
    rf"{_AMOUNT}(?:余|多)?[百千]?[万亿]*(?:余|多)?(?:元人民币|美元|欧元|港元|元)"
)
YEAR_OR_PLAN = re.compile(
    r"(?:19|20)\d\d(?:[-—至到](?:19|20)?\d\d)?年|[一二][九〇○零][一二三四五六七八九〇○零]{2}年|“十[一二三四五]五”"
)
_PROJECT_NOUNS = "项目|工程|计划|行动|学校|医院|园区|产业园|中心|基地|车间"
NAMED_PROJECT = re.compile(
    rf"[“《][^”》，。]{{2,24}}[”》](?:{_PROJECT_NOUNS})?|\d+个[^，。、；]{{0,10}}?(?:项目|工程)"
)
PROJECT_MARK = re.compile(_PROJECT_NOUNS)


def find_sums(sentence: str) -> tuple[str, ...]:
    """Return the sums of money of a sentence: 5.2亿元."""
    return _unique(SUM_OF_MONEY, sentence)


def find_years(sentence: str) -> tuple[str, ...]:
    """Return the years and plan periods of a sentence: 2023年, “十四五”."""
    return _unique(YEAR_OR_PLAN, sentence)


def find_projects(sentence: str) -> tuple[str, ...]:
    """Return the projects of a sentence: names in marks that are called so, and counts of them."""
    return tuple(
        dict.fromkeys(
            match[0] for match in NAMED_PROJECT.finditer(sentence) if PROJECT_MARK.search(match[0])
        )
    )


def _unique(pattern: re.Pattern[str], sentence: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match[0] for match in pattern.finditer(sentence)))
