"""Articles as they were written: what the typesetter prints.

Reads our own collections, and external ones that are only measured with: news as JSON lines,
questions in SQuAD format, and text ground truth of pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JUDGED = Path(__file__).parent.parent / "judged"
CLEAN_NEWS, UNSEEN_NEWS = JUDGED / "clean_news.txt", JUDGED / "unseen_news.txt"

PARAGRAPH_CHARS = 70
"""Characters from which sentences of a text without paragraphs make one."""

MAX_PARAGRAPHS, MAX_HEAD_CHARS = 14, 45

_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”」』）]*|[^。！？]+$")
_WEB = re.compile(r"^原标题[:：]\S{0,40}?(?=\s)|返回搜狐.*$|责任编辑[:：].*$|举报/反馈.*$")
_ROLES = re.compile("本报|记者|通讯员|实习生|特约|见习")


@dataclass(frozen=True, slots=True)
class Clean:
    """An article as it was written."""

    title: str
    byline: str
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the by-line."""
        return tuple(_ROLES.sub(" ", self.byline).split()) or ("林若溪",)


def read_clean(path: Path = CLEAN_NEWS) -> list[Clean]:
    """Read articles set apart by blank lines: title, by-line, paragraphs, captions after >."""
    articles = []
    for part in path.read_text("utf-8").strip().split("\n\n"):
        title, byline, *lines = part.split("\n")
        captions = tuple(line[2:] for line in lines if line.startswith("> "))
        paragraphs = tuple(line for line in lines if not line.startswith("> "))
        articles.append(Clean(title, byline, paragraphs, captions))
    return articles


def read_external(path: Path, captions: Sequence[str]) -> list[Clean]:
    """Read articles of a collection in JSON or JSON lines; captions come from elsewhere."""
    text = path.read_text("utf-8")
    if path.suffix == ".jsonl":
        found = [_from_news(json.loads(line)) for line in text.splitlines()]
    else:
        data = json.loads(text)
        found = [*_from_questions(data["data"])] if "data" in data else [*_from_pages(data)]
    useful = [one for one in found if len(one.paragraphs) > 1]
    return [
        Clean(one.title, one.byline, one.paragraphs, _choose(captions, number))
        for number, one in enumerate(useful)
    ]


def _choose(captions: Sequence[str], number: int) -> tuple[str, ...]:
    return tuple(captions[(4 * number + one) % len(captions)] for one in range(4))


def _from_news(row: dict[str, Any]) -> Clean:
    text = _WEB.sub("", " ".join(row["text"].split())).strip()
    title = row.get("title") or re.split(r"[，。！？：:,\s]", text)[0][:20]
    return Clean(title, "", tuple(split_context(text))[:MAX_PARAGRAPHS])


def _from_questions(articles: Sequence[Any]) -> Iterator[Clean]:
    for group in group_articles(articles):
        contexts = [one["context"] for article in group for one in article["paragraphs"][:3]]
        paragraphs = tuple(part for context in contexts for part in split_context(context))
        yield Clean(group[0]["title"][:14], "本报记者 林若溪", paragraphs)


def group_articles(articles: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Group articles of one paragraph by two: first, third; second, fourth of every four."""
    if len(articles[0]["paragraphs"]) > 1:
        return [(article,) for article in articles]
    starts = [start + one for start in range(0, len(articles) - 3, 4) for one in (0, 1)]
    return [(articles[start], articles[start + 2]) for start in starts]


def _from_pages(pages: Iterable[Any]) -> Iterator[Clean]:
    """Yield articles of ground truth: `units` with paragraphs of lines, or bare paragraphs."""
    for page in pages:
        for unit in page["units"]:
            whole = ["".join("".join(lines).split()) for lines in unit["paragraphs"]]
            if unit["type"] == "article" and whole and len(whole[0]) <= MAX_HEAD_CHARS:
                yield Clean(whole[0], "", tuple(filter(None, whole[1:])))
            elif unit["type"] == "article":
                for start in range(0, len(whole), MAX_PARAGRAPHS):
                    some = tuple(filter(None, whole[start : start + MAX_PARAGRAPHS]))
                    yield Clean("本報特稿", "", some)


def split_context(context: str, shortest: int = PARAGRAPH_CHARS) -> Iterator[str]:
    """Cut a long paragraph into some of a newspaper's length."""
    paragraph = ""
    for sentence in _SENTENCE.findall("".join(context.split())):
        paragraph += sentence
        if len(paragraph) >= shortest:
            yield paragraph
            paragraph = ""
    if paragraph:
        yield paragraph if paragraph[-1] in "。！？”」』）" else paragraph + "。"
