"""What is said about how a query was answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.engines.base import Reader
from indexer.model import Literal, Matches, Request
from indexer.query import Note
from indexer.search.relax import Relaxed, Soft

TOLD = 12
LONG = 40
"""Words that a note names, and characters of each run: it is one sentence, not a second page."""

FEW = 8
"""More runs than this are not looked up one by one to say which of them is not printed."""


def relaxed_notes(reader: Reader, soft: Soft, relaxed: Relaxed) -> Iterator[Note]:
    """Say what is not printed as typed, by which words it is answered, and which are nowhere."""
    if relaxed.stage is not None:
        yield _answered_note(_missing(reader, soft.runs), relaxed.printed)
    if relaxed.missing:
        words, words_zh = _list(relaxed.missing, ", "), _list(relaxed.missing, "、")
        yield Note("missing", f"Printed nowhere: {words}.", f"没有印出的词：{words_zh}。")


def following_note(total: int, relaxed: Relaxed) -> Note:
    """Say how many paragraphs hold all that was asked for, and what stands behind them."""
    words, words_zh = _list(relaxed.printed, ", "), _list(relaxed.printed, "、")
    return Note(
        "following",
        f"Only {total} hold all that was asked for; behind them is what holds some of {words}.",
        f"包含所查全部内容的只有 {total} 段，其后是包含部分词语（{words_zh}）的段落。",
    )


def _answered_note(missing: Sequence[str], printed: Sequence[str]) -> Note:
    words, words_zh = _list(printed, ", "), _list(printed, "、")
    if missing:
        runs, runs_zh = _list(missing, ", "), _list(missing, "、")
        return Note(
            "relaxed",
            f"“{runs}” is not printed as it stands; answered by its words {words}.",
            f"没有原样印出的“{runs_zh}”，按其中的词检索：{words_zh}。",
        )
    return Note(
        "relaxed",
        f"No paragraph holds all of it; answered by the words {words}.",
        f"没有同时包含全部内容的段落，按其中的词检索：{words_zh}。",
    )


def _list(names: Sequence[str], mark: str) -> str:
    told = [name if len(name) <= LONG else f"{name[:LONG]}…" for name in names[:TOLD]]
    return mark.join(told) + (" …" if len(names) > TOLD else "")


def _missing(reader: Reader, runs: tuple[str, ...]) -> list[str]:
    if len(runs) < 2 or len(runs) > FEW:
        return list(runs)[:FEW]
    return [run for run in runs if not reader.find(Request(Literal(run), size=0)).total]


def partial_notes(matches: Matches) -> tuple[Note, ...]:
    """Say that part of a remote index was down when it was asked."""
    down = matches.partial
    if not down:
        return ()
    return (
        Note(
            "partial",
            f"{down} parts of the index did not answer: hits and counts are of the others alone.",
            f"有 {down} 个索引分片没有应答：结果和计数只包含其余部分。",
        ),
    )
