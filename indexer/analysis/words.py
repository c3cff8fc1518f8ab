"""Text in, words out: the one room where jieba lives.

Words are cut by jieba's default mode with its hidden Markov model off: guessed words hurt ranking
(a query and a document are seldom guessed alike). The tokenizer is our own, its dictionary is
read at the first cut, and its cache stands in a folder that only the user may enter.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from indexer.analysis.fold import fold
from indexer.errors import EngineMissing

Cut = Callable[[str], Iterable[str]]

CUTTERS = ("jieba", "rjieba")


def name_cutter(wanted: str) -> str:
    """Name a cutter with its version; `auto` is rjieba where it is installed.

    Raises `EngineMissing` for one that is not there.
    """
    name = wanted.partition("-")[0]
    if name == "auto":
        name = "rjieba" if find_spec("rjieba") else "jieba"
    if name not in CUTTERS or find_spec(name) is None:
        raise EngineMissing(name=name, hint="install it, or choose the cutter jieba or auto")
    return f"{name}-{version(name)}"


def make_cut(cutter: str, words: Iterable[str] = ()) -> Cut:
    """Return the function that cuts folded text into words; `words` are the user's own."""
    words = tuple(words)
    if cutter.startswith("rjieba"):
        return _rjieba_cut(words)
    return _jieba_cut(words) if words else plain_cut()


def segment(text: str) -> list[str]:
    """Cut raw text into words of the same length in all, as evidence of where words end."""
    pieces, start = [], 0
    for word in plain_cut()(fold(text)):
        pieces.append(text[start : start + len(word)])
        start += len(word)
    return pieces


@cache
def plain_cut() -> Cut:
    """Cut by jieba without anybody's own words: one dictionary for the whole process."""
    return _jieba_cut(())


def _jieba_cut(words: tuple[str, ...]) -> Cut:
    tokenizer = _make_tokenizer()
    lock = Lock()
    ready = False

    def cut(text: str) -> Iterable[str]:
        nonlocal ready
        with lock:
            if not ready:
                tokenizer.initialize()
                for word in words:
                    tokenizer.add_word(word)
                ready = True
        return list(map(str, tokenizer.cut(text, HMM=False)))

    return cut


def _rjieba_cut(words: tuple[str, ...]) -> Cut:
    import rjieba

    cutter: Any = rjieba.Jieba()
    for word in words:
        cutter.add_word(word, None, None)

    def cut(text: str) -> Iterable[str]:
        return list(map(str, cutter.cut(text, False)))

    return cut


def _make_tokenizer() -> Any:
    tokenizer = _import_jieba().Tokenizer()
    tokenizer.tmp_dir = str(_private_folder())
    return tokenizer


@cache
def _import_jieba() -> Any:
    """Import jieba without setuptools' pkg_resources: it warns, and costs 0.2 s at every start.

    jieba does without it where it is missing, so for the moment of the import it is missing.
    """
    kept = sys.modules.get("pkg_resources")
    sys.modules["pkg_resources"] = None  # type: ignore[assignment]
    try:
        import jieba
    finally:
        del sys.modules["pkg_resources"]
        if kept is not None:
            sys.modules["pkg_resources"] = kept
    jieba.setLogLevel(logging.ERROR)
    return jieba


def _private_folder() -> Path:
    """Return a folder that only this user may enter: jieba unmarshals whatever lies in its own."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    for folder in (Path(base) / "chaquan", Path(tempfile.mkdtemp(prefix="chaquan-"))):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        except OSError:
            continue
        return folder
    raise OSError("no private folder for the word cache")
