"""Misspell the words of a collection, and measure how often the right one is suggested first.

    python tests/benchmarks/suggestions.py NEWS.jsonl [--half report] [--each 60]

NEWS.jsonl holds one article a line with its `text`. All of it is indexed; words of two to four
characters that several paragraphs print are drawn from every second article: from one half while
something is tuned, from the other to report. A misspelling that is itself printed is not counted.
Look-alikes are drawn from the table that corrections are made from, so they measure how well a
known confusion is undone.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from relevance import fill_index
from support.characters import gb2312

from indexer.analysis import Analyzer, normal_form
from indexer.search import Index, Results
from indexer.settings import Settings
from indexer.suggest.lookalikes import look_alikes
from indexer.suggest.readings import read_character, read_word

LEAST_PARAGRAPHS = 4
"""Paragraphs that print a word that is drawn: rarer ones may be misspellings themselves."""

Misspell = Callable[[random.Random, str], str]


def read_texts(file: Path) -> list[str]:
    """Read the texts of a collection."""
    return [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]


def count_words(texts: Sequence[str]) -> Counter[str]:
    """Count the texts that print each word of ideographs."""
    cut = Analyzer(Settings()).words
    counts = Counter(word for text in texts for word in set(cut(normal_form(text))))
    return Counter({word: count for word, count in counts.items() if read_word(word)})


def draw_words(counts: Counter[str], rng: random.Random, number: int, length: range) -> list[str]:
    """Draw words that several texts print."""
    often = (word for word, count in counts.items() if count >= LEAST_PARAGRAPHS)
    words = sorted(word for word in often if len(word) in length)
    return rng.sample(words, min(number, len(words)))


# ---------------------------------------------------------------- misspelling


def _same_sound() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for char in gb2312()[:3755]:
        found.setdefault(read_character(char)[0], []).append(char)
    return found


SAME_SOUND = _same_sound()


def homophone(rng: random.Random, word: str) -> str:
    """Write one character as another that is read alike."""
    position = rng.randrange(len(word))
    chars = SAME_SOUND.get(read_character(word[position])[0], [word[position]])
    return word[:position] + rng.choice(chars) + word[position + 1 :]


def lookalike(rng: random.Random, word: str) -> str:
    """Write one character as another that looks like it."""
    position = rng.randrange(len(word))
    alike = look_alikes(word[position])
    return (
        word[:position]
        + rng.choice(alike.tight + alike.loose or word[position])
        + word[position + 1 :]
    )


def drop(rng: random.Random, word: str) -> str:
    """Leave one character out."""
    position = rng.randrange(len(word))
    return word[:position] + word[position + 1 :]


def swap(rng: random.Random, word: str) -> str:
    """Exchange two neighbours."""
    position = rng.randrange(len(word) - 1)
    return word[:position] + word[position + 1] + word[position] + word[position + 2 :]


def pinyin(rng: random.Random, word: str) -> str:
    """Write the pinyin, now and then with a blank between two syllables."""
    return rng.choice(("", "", " ")).join(read_word(word))


def initials(rng: random.Random, word: str) -> str:
    """Write the first letters of the syllables."""
    del rng
    return "".join(syllable[0] for syllable in read_word(word))


KINDS: dict[str, tuple[Misspell, range]] = {
    "homophone": (homophone, range(2, 5)),
    "lookalike": (lookalike, range(2, 5)),
    "dropped": (drop, range(3, 6)),
    "swapped": (swap, range(3, 6)),
    "pinyin": (pinyin, range(2, 5)),
    "initials": (initials, range(3, 5)),
}


def misspell(
    kind: str, words: Sequence[str], rng: random.Random, printed: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """Yield a query and what was meant for each word that can be misspelt so."""
    for word in words:
        tried = (KINDS[kind][0](rng, word) for _ in range(5))
        query = next((one for one in tried if one != word and not printed(one)), None)
        if query:
            yield query, word


# ---------------------------------------------------------------- what is measured


def first_suggestion(results: Results) -> str | None:
    """Return what is suggested first as having been meant."""
    suggestions = results.suggestions
    meant = (*suggestions.corrections, *suggestions.pinyin) if suggestions else ()
    return meant[0].text if meant else None


def share(
    index: Index, cases: Sequence[tuple[str, str]], wrong: list[tuple[str, str, str | None]]
) -> float:
    """Return the share of queries whose first suggestion is what was meant."""
    right = 0
    for query, meant in cases:
        found = first_suggestion(index.search(query, facets=()))
        right += found == meant
        if found != meant:
            wrong.append((query, meant, found))
    return right / max(1, len(cases))


def draw_phrases(texts: Sequence[str], rng: random.Random, number: int) -> list[str]:
    """Draw two words that are neighbours somewhere: correct, and no word of any dictionary."""
    cut = Analyzer(Settings()).words
    found = []
    for text in rng.sample(list(texts), number):
        substring = normal_form(text)
        words = cut(substring)
        joined = (a + b for a, b in pairwise(words) if a + b in substring)
        found += rng.sample([one for one in joined if len(one) in range(2, 6)], 1)
    return [phrase for phrase in found if read_word(phrase)]


def measure(
    index: Index, texts: Sequence[str], printed: str, each: int, *, verbose: bool
) -> dict[str, float]:
    """Measure every kind of misspelling, and how many correct queries are changed."""
    rng = random.Random(0)
    counts = count_words(texts)
    figures: dict[str, float] = {}
    homophones: list[tuple[str, str]] = []
    for kind, (_, length) in KINDS.items():
        words = draw_words(counts, rng, each, length)
        cases = list(misspell(kind, words, rng, printed.__contains__))
        homophones += cases if kind == "homophone" else []
        wrong: list[tuple[str, str, str | None]] = []
        figures[kind] = share(index, cases, wrong)
        if verbose:
            print(kind, len(cases), wrong, flush=True)
    right = draw_words(counts, rng, each, range(2, 5))
    beside = [(f"{w} {q}", f"{w} {m}") for w, (q, m) in zip(right, homophones, strict=False)]
    wrong = []
    figures["beside a right word"] = share(index, beside, wrong)
    if verbose:
        print("beside", wrong, flush=True)
    beside_each_other = (f"{one} {two}" for one, two in pairwise(right))
    correct = [*right, *beside_each_other, *draw_phrases(texts, rng, 2 * each)]
    answers = {query: index.search(query, facets=()) for query in correct}
    figures["ms of CPU, misspelt"] = _spent(index, [query for query, _ in homophones])
    corrected = {q: first_suggestion(r) for q, r in answers.items() if first_suggestion(r)}
    misread = [q for q, r in answers.items() if r.suggestions and r.suggestions.misreadings]
    if verbose:
        print("corrected though right", corrected, "misread", misread, flush=True)
    figures["correct ones corrected"] = len(corrected) / len(correct)
    figures["correct ones called misread"] = len(misread) / len(correct)
    return figures


def _spent(index: Index, queries: Sequence[str]) -> float:
    """Return the milliseconds of CPU that suggestions for a query take."""
    began = time.process_time()
    for query in queries:
        index.suggest(query, total=0)
    return (time.process_time() - began) * 1000 / max(1, len(queries))


def main() -> int:
    """Run the benchmark."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("news", type=Path)
    reader.add_argument("--half", choices=("tune", "report"), default="report")
    reader.add_argument("--each", type=int, default=60, help="words of each kind")
    reader.add_argument("--index", type=Path, help="an index of the collection, kept")
    reader.add_argument("--verbose", action="store_true", help="name what went wrong")
    options = reader.parse_args()
    texts = read_texts(options.news)
    half = texts[options.half == "report" :: 2]
    printed = "\n".join(map(normal_form, texts))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(index=options.index or Path(folder))
        if options.index is None or not options.index.exists():
            fill_index({f"n{n:06d}:1:1": text for n, text in enumerate(texts)}, settings).close()
        from indexer import open_index

        with open_index(settings=settings) as index:
            index.search("预热", facets=())
            figures = measure(index, half, printed, options.each, verbose=options.verbose)
    for name, value in figures.items():
        print(f"{name:28} {value:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
