"""Tokenizers: jieba and rjieba, which are imported here only.

Words are cut by jieba's default mode with its hidden Markov model off: guessed words hurt ranking
(a query and a document are seldom guessed alike). So cut, rjieba (the same in Rust, eighteen times
as fast) gives the very same words. The tokenizers are our own, and nothing is read before the
first cut.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from indexer.analysis.cutting import Cutter, weigh_all, weigh_each
from indexer.analysis.dictionary import Dictionary, open_dictionary
from indexer.analysis.fold import fold
from indexer.errors import EngineMissing
from indexer.messages import message

Cut = Callable[[str], Sequence[str]]

TOKENIZER_NAMES = ("jieba", "rjieba")

MAX_CACHED_TEXTS = 256
MAX_CACHED_TEXT_CHARS = 4_000
"""Texts whose words are remembered, and their characters at the most: the paragraphs of a page are
cut for the places they name and again for their terms. Of usual ones 256 take 3 MB."""

RJIEBA_AFTER_CHARS = 10_000
"""Characters that are cut, 8 ms a thousand, before rjieba's dictionary is loaded, 200 ms: who
changes a page or two need not wait for it."""


def name_cutter(wanted: str) -> str:
    """Name a cutter with its version; `auto` is rjieba where it is installed.

    Raises `EngineMissing` for one that is not there.
    """
    name = wanted.partition("-")[0]
    if name == "auto":
        name = _fastest()
    if name not in TOKENIZER_NAMES or find_spec(name) is None:
        raise EngineMissing(name=name, hint=message("hint.install_cutter"))
    return f"{name}-{_find_version(name)}"


def make_cut(cutter: str, words: Iterable[str] = ()) -> Cut:
    """Return the function that cuts documents; `words` are the user's own."""
    name, own = cutter.partition("-")[0], tuple(words)
    return load_cut(name, own) if own else _shared(name)


def make_query_cut(words: Iterable[str] = ()) -> Cut:
    """Return a function that cuts the same and is ready at once, for texts as short as queries."""
    return _query_cut(tuple(words))


def find_in_jieba(name: str) -> Path:
    """Return the path of a file of jieba's package; nothing is imported."""
    return _find_package("jieba") / name


def _find_package(name: str) -> Path:
    """Return the folder of an installed package; nothing is imported."""
    spec = find_spec(name)
    (folder,) = (spec and spec.submodule_search_locations) or [name]
    return Path(folder)


def _find_version(package: str) -> str:
    """Return the version of an installed package, by the name of the folder that describes it."""
    for found in _find_package(package).parent.glob(f"{package}-*.dist-info"):
        return found.name.removeprefix(f"{package}-").removesuffix(".dist-info")
    from importlib.metadata import version  # .04 s of CPU at every start

    return version(package)


def segment(text: str) -> list[str]:
    """Cut raw text into words of the same length in all, as evidence of where words end."""
    folded = fold(text)
    words = _shared(_fastest())(folded)
    if folded == text:
        return list(words)
    ends = list(accumulate(map(len, words), initial=0))
    return [text[start:end] for start, end in pairwise(ends)]


@cache
def _fastest() -> str:
    return "rjieba" if find_spec("rjieba") else "jieba"


@cache
def _shared(name: str) -> Cut:
    """Share one dictionary in the whole process, and what was cut last: see `MAX_CACHED_TEXTS`."""
    cut = cut_until_loaded(_query_cut(()), lambda: load_cut(name))
    remembered = lru_cache(maxsize=MAX_CACHED_TEXTS)(cut)
    return lambda text: remembered(text) if len(text) <= MAX_CACHED_TEXT_CHARS else cut(text)


def cut_until_loaded(ready: Cut, load: Callable[[], Cut]) -> Cut:
    """Cut with what is ready until enough was cut for loading the fast cutter to pay."""
    left, fast = RJIEBA_AFTER_CHARS, cache(load)

    def cut(text: str) -> Sequence[str]:
        nonlocal left
        if left < len(text):
            return fast()(text)
        left -= len(text)
        return ready(text)

    return cut


@lru_cache(maxsize=8)
def _query_cut(words: tuple[str, ...]) -> Cut:
    """Cut with the dictionary in its file, which is never loaded."""
    return _own_cut(words, in_memory=False)


def load_cut(name: str, words: tuple[str, ...] = ()) -> Cut:
    """Return what cuts fast and takes a while to load."""
    return _rjieba_cut(words) if name == "rjieba" else _own_cut(words, in_memory=True)


def _own_cut(words: tuple[str, ...], *, in_memory: bool) -> Cut:
    """Cut as jieba does; with the dictionary in memory in a third of the time a word.

    Nothing is opened or loaded before the first cut.
    """

    @cache
    def cutter() -> Cutter:
        dictionary = _open_dictionary()
        loaded = dictionary.load() if in_memory else dictionary
        total = _add_words(loaded, dictionary.total, words)
        weigh = (
            weigh_all(loaded, total) if isinstance(loaded, dict) else weigh_each(loaded.get, total)
        )
        return Cutter(weigh, total)

    return lambda text: cutter()(text)


def _rjieba_cut(words: tuple[str, ...]) -> Cut:
    import rjieba

    cutter: Any = rjieba.Jieba()
    for word in words:
        cutter.add_word(word, None, None)

    def cut(text: str) -> Sequence[str]:
        found: list[str] = cutter.cut(text, False)
        return found

    return cut


@cache
def frequencies() -> Dictionary:
    """Return how often jieba's dictionary says that words are met, looked up in place."""
    return _open_dictionary()


def _add_words(frequencies: Dictionary | dict[str, int], total: int, words: tuple[str, ...]) -> int:
    """Add the user's own words with the frequencies jieba gives them; return the new total."""
    if not words:
        return total
    tokenizer = import_jieba().Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies, total, True
    for word in words:
        tokenizer.add_word(word)
    return int(tokenizer.total)


def _open_dictionary() -> Dictionary:
    def make() -> tuple[dict[str, int], int]:
        tokenizer = import_jieba().Tokenizer()
        return tokenizer.gen_pfdict(tokenizer.get_dict_file())  # type: ignore[no-any-return]

    return open_dictionary(private_folder(), f"jieba-{_find_version('jieba')}", make)


@cache
def import_jieba() -> Any:
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


def private_folder() -> Path | None:
    """Return the user's own cache folder, closed to others; `None` where there can be none.

    A link, or a folder of another user, is not used: what is loaded from there is trusted.
    """
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base) / "chaquan"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            return None
        folder.chmod(0o700)
    except (OSError, RuntimeError):  # a user without a home, as in many containers
        return None
    return folder
