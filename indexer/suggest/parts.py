"""A query as typed in, the runs of text in it that are wanted out.

This is not the query language: it only finds what can be replaced, and leaves alone whatever is
negated, a field's value, or an operator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
    (?P<negated> (?<!\S) (?:[-－]|NOT[ ]|非[ ]) \s* (?: [“"「『][^”"」』]*[”"」』]? | \S+ ) )
  | (?P<field> [^\s:："“”「」『』()（）|]+ [:：] (?: [“"「『][^”"」』]*[”"」』]? | \S+ ) )
  | [“"「『] (?P<quoted> [^”"」』]+ ) [”"」』]? (?P<near> ~\d+ )?
  | (?P<operator> [()（）|｜] | (?<!\S)(?:AND|OR|NOT|或|非)(?!\S) | ~\d+ )
  | (?P<plain> [^\s"“”「」『』()（）|｜]+ )
    """,
    re.VERBOSE,
)

ENDS = "？?！!。.,，、；;：:"
"""What ends a question or a list and is not looked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """A wanted run of a query and where it stands in it, its quotes left out."""

    text: str
    start: int
    end: int
    quoted: bool = False

    def replace(self, query: str, instead: str) -> str:
        """Put something else where the part stands."""
        return query[: self.start] + instead + query[self.end :]


def split_parts(query: str) -> tuple[Part, ...]:
    """Return the wanted runs of a query in order."""
    return tuple(_find_parts(query))


def is_plain(query: str) -> bool:
    """Tell whether a query is runs and quoted runs alone, without operators or fields."""
    return all(found.lastgroup in ("quoted", "plain") for found in TOKEN.finditer(query))


def _find_parts(query: str) -> Iterator[Part]:
    for found in TOKEN.finditer(query):
        if found["near"]:
            start = found.start("quoted")
            for word in re.finditer(r"\S+", found["quoted"]):
                yield Part(word[0], start + word.start(), start + word.end())
        elif found["quoted"]:
            yield Part(found["quoted"], *found.span("quoted"), quoted=True)
        elif found.lastgroup == "plain" and "*" not in found[0]:
            start = found.start()
            text = found[0].rstrip(ENDS)
            if text:
                yield Part(text, start, start + len(text))
