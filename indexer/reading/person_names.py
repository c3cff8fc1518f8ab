"""Recognise lines of nothing but persons' names: by-lines without a word around them."""

from __future__ import annotations

import re

from indexer.analysis import segment
from indexer.files import read_data_lines

SURNAMES = frozenset("".join(read_data_lines("surnames.txt")))
DOUBLE_SURNAMES = tuple("欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯".split())

_SHORT_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
_FULL_NAME = re.compile(r"[\u3400-\u9fff]{1,8}(?:·[\u3400-\u9fff]{1,8})+")


def are_names(text: str) -> bool:
    """Return whether a line holds one to six names and nothing else."""
    names = text.replace("、", " ").split()
    return 0 < len(names) <= 6 and all(_is_name(name, alone=len(names) == 1) for name in names)


def may_be_name(text: str) -> bool:
    """Return whether a line is two to four characters that begin with a surname: 张　三, 王小明."""
    name = "".join(text.split())
    return bool(_SHORT_NAME.fullmatch(name)) and _is_surnamed(name)


def begin_like_names(text: str) -> bool:
    """Return whether every word of a line begins with a surname, or is none that others use."""
    words = text.replace("、", " ").split()
    return all(word[0] in SURNAMES or len(segment(word)) > 1 for word in words)


def _is_surnamed(text: str) -> bool:
    return text[0] in SURNAMES or text.startswith(DOUBLE_SURNAMES)


def _is_name(text: str, *, alone: bool) -> bool:
    if _FULL_NAME.fullmatch(text):
        return True
    if not _SHORT_NAME.fullmatch(text) or (len(text) == 4 and not text.startswith(DOUBLE_SURNAMES)):
        return False
    if not _is_surnamed(text):
        return False
    if alone and len(text) == 2:
        return False
    return max(map(len, segment(text))) < len(text)
