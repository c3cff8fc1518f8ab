"""Hostile pages: lines with exponentially many readings, and shapes of pages."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest
import shapes

from indexer.reading import patterns, sections

FORMS = [
    form
    for _, form in inspect.getmembers(patterns, inspect.isfunction)
    if form.__module__ == patterns.__name__ and len(inspect.signature(form).parameters) == 1
]
UNITS = (
    "本报",
    "日报",
    "报社",
    "记者 ",
    "本报记者",
    "日报记者 王明 ",
    "王小明 ",
    "王 ",
    "、王明",
    "（援）",
    "，",
    "文/王明 ",
    "摄影/",
    "\u3000",
    "  ",
    "1日",
    "图：",
    "。（",
    "驻沙雅",
    "特约见习",
    "■ 王",
    "王·明",
    "a.",
    "供图",
    "第1版",
    "【援】",
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_lines_of_one_unit_are_classified_at_once(form: Callable[[str], object]) -> None:
    for unit in UNITS:
        for before in ("", "援", "。（"):
            for behind in ("", "援x", "）", "摄"):
                for chars in (20, 60, 100, 20_000):  # twice as long is 2^20 steps where it is bad
                    form(before + unit * (chars // len(unit)) + behind)


@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_reading_takes_linear_work(shape: str) -> None:
    shapes.count_calls(shape, 1_000)  # what is loaded once
    small, large = (shapes.count_calls(shape, size) for size in (2_000, 8_000))
    assert large <= 2 * 4 * small


@pytest.mark.parametrize("shape", ["titles with by-lines", "closed paragraphs"])
def test_memory_grows_by_less_than_twenty_times_the_text(
    shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "MAX_SECTION_LINES", 400)
    shapes.measure_peak(shape, 10_000)  # fills the caches
    (text, peak), (longer_text, longer_peak) = (
        shapes.measure_peak(shape, size) for size in (15_000, 45_000)
    )
    assert longer_peak - peak < 20 * (longer_text - text)
