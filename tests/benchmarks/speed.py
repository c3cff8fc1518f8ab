"""Measure speed: `python tests/benchmarks/speed.py --text FOLDER --sizes 10000,100000`.

Builds collections from the given texts (question sets in SQuAD's form, plain text) with a fixed
seed, asks every engine the same questions over the same words in one substring, interleaved, and
prints percentiles, ratios, sizes, build rates, memory and cold starts. Queries are timed in CPU
milliseconds of the asking thread, which a busy machine disturbs least, or with `--wall` by the
clock. Nothing is asserted but that totals agree; people read the figures. Needs the extra `bench`,
and `fast` for ours at its best. The rival `lucene` needs Java 17 and the variable LUCENE: a folder
with the jars lucene-core and lucene-analysis-common, version 9, of Maven Central.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from speed_building import Build, time_update, timed
from speed_collection import CITIES, MakePage, RawPage, make_pages, read_questions, read_sentences
from speed_rivals import (
    STAMP,
    Answer,
    Bm25s,
    Lucene,
    Ours,
    Paragraph,
    Question,
    Rival,
    Sqlite,
    StockWhoosh,
    Tantivy,
)

from indexer.analysis import Analyzer, fold
from indexer.engines.occurrences import OccurrenceRequest
from indexer.engines.whoosh import WhooshEngine, kernels
from indexer.model import Every, Literal, Near, Node, Request, Span, Term, Weighted, Wildcard
from indexer.settings import Settings

SLOWEST = 0.5
"""Seconds after which an engine is asked fewer questions of a class."""

QUOTED = 2000
"""Paragraphs from which quoted substrings are drawn where no rival needs them all."""


def main() -> None:
    """Run the benchmark from the command line."""
    options = _parse()
    results = [_substring(options, size) for size in map(int, options.sizes.split(","))]
    machine = {
        "machine": platform.machine(),
        "python": platform.python_version(),
        "cores": _cores(),
    }
    if options.output:
        text = json.dumps({**machine, "results": results}, ensure_ascii=False, indent=1)
        options.output.write_text(text, encoding="utf-8")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, required=True, help="folder of .json and .txt files")
    parser.add_argument("--sizes", default="10000", help="paragraphs, separated by commas")
    parser.add_argument("--queries", type=int, default=100, help="questions of each class")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rivals", default="tantivy,sqlite,bm25s,whoosh")
    parser.add_argument("--cutter", default="auto", help="jieba, rjieba or auto")
    parser.add_argument("--plain", action="store_true", help="without compiled loops")
    parser.add_argument("--wall", action="store_true", help="time by the clock")
    parser.add_argument("--keep", type=Path, help="keep indexes here, use those that are there")
    parser.add_argument("--output", type=Path, help="write the figures as JSON")
    return parser.parse_args()


def _cores() -> int:
    return len(__import__("os").sched_getaffinity(0))


def _substring(options: argparse.Namespace, size: int) -> dict[str, object]:
    paths = sorted(options.text.glob("*.json")) + sorted(options.text.glob("*.txt"))
    analyzer = Analyzer(Settings(cutter=options.cutter))
    sentences, rivals = read_sentences(paths), list(filter(None, options.rivals.split(",")))
    make = MakePage(analyzer)

    def pages(most: int = size) -> Iterator[RawPage]:
        return make_pages(sentences, most, options.seed)

    with tempfile.TemporaryDirectory() as name:
        folder = options.keep / str(size) if options.keep else Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        builds = {"chaquan": _build_ours(folder / "chaquan", pages(), size, make)}
        update = time_update(folder / "chaquan", next(pages()), make)
        print(f"built: {builds['chaquan']}\none page changed: {update}", flush=True)
        # Without rivals only the quoted substrings are drawn from paragraphs: some will do.
        paragraphs = _analyse(pages(size if rivals else min(size, QUOTED)), analyzer)
        engines = _build_rivals(folder, paragraphs, rivals, builds)
        ours = Ours(folder / "chaquan")
        fast = not options.plain and kernels.load()
        kernels.WARMUP_REQUESTS = 0  # or requests would have them loaded
        classes = make_questions(ours, analyzer, read_questions(paths), paragraphs, options)
        clock = time.perf_counter if options.wall else time.thread_time
        times = _ask_all([ours, *engines], classes, options.seed, clock)
        cold = _cold_start(folder / "chaquan", analyzer)
        _print(size, times, builds, cold, fast=fast)
        return {
            "size": size,
            "fast": fast,
            "times_ms": times,
            "builds": {name: asdict(build) for name, build in builds.items()},
            "update": asdict(update),
            "cold_start_s": cold,
        }


def _analyse(pages: Iterable[RawPage], analyzer: Analyzer) -> list[Paragraph]:
    return [
        Paragraph(text, analyzer.terms(text).words, cities)
        for page in pages
        for text, cities in page.paragraphs
    ]


def _build_ours(folder: Path, pages: Iterable[RawPage], size: int, make: MakePage) -> Build:
    def build() -> None:
        if WhooshEngine(folder).exists():
            return
        with WhooshEngine(folder).writer(STAMP) as writer:
            for page in pages:
                writer.put_lazily(page.id, page, make)

    return timed(build, folder, size)[1]


def _build_rivals(
    folder: Path, paragraphs: Sequence[Paragraph], names: Sequence[str], builds: dict[str, Build]
) -> list[Rival]:
    makers: Mapping[str, Callable[[Path], Rival]] = {
        "tantivy": lambda path: Tantivy(path, () if path.exists() else paragraphs),
        "lucene": lambda path: Lucene(path, () if path.exists() else paragraphs),
        "sqlite": lambda path: Sqlite(path, () if path.exists() else paragraphs),
        "bm25s": lambda _path: Bm25s(paragraphs),
        "whoosh": lambda path: StockWhoosh(path, () if path.exists() else paragraphs),
    }
    rivals: list[Rival] = []
    for name in names:
        path = folder / name
        made, builds[name] = timed(lambda: makers[name](path), path, len(paragraphs))  # noqa: B023
        rivals.append(made)  # type: ignore[arg-type]
    return rivals


# ---------------------------------------------------------------- questions


def make_questions(
    ours: Ours,
    analyzer: Analyzer,
    asked: Sequence[str],
    paragraphs: Sequence[Paragraph],
    options: argparse.Namespace,
) -> dict[str, list[Question]]:
    """Draw questions of each class, the same ones for the same seed."""
    chance = random.Random(options.seed)
    number, size = options.queries, ours.reader.count()
    counts = [(text, held) for text, held in ours.reader.vocabulary("words") if len(text) > 1]
    rare = [text for text, held in counts if 2 <= held <= max(2, size / 1000)]
    common = [text for text, held in counts if held > size / 20]
    middle = [text for text, held in counts if size / 200 < held <= size / 20]
    five = [words for text in asked if len(words := _words(analyzer, text)) == 5]

    def draw(make: Callable[[], Question]) -> list[Question]:
        return [make() for _ in range(number)]

    def any_of_five(*, page: bool = False) -> Question:
        return Question(chance.choice(five), every=False, page=page)

    return {
        "rare word": draw(lambda: Question((chance.choice(rare),))),
        "common word": draw(lambda: Question((chance.choice(common),))),
        "two words, AND": draw(lambda: Question(tuple(chance.sample(common + middle, 2)))),
        "five words, OR": draw(any_of_five),
        "quoted text": draw(lambda: _quote(chance, paragraphs)),
        "word + city + counts": draw(
            lambda: Question((chance.choice(common),), city=chance.choice(CITIES))
        ),
        "whole search page": draw(lambda: any_of_five(page=True)),
        **_make_own(chance, common, middle, draw),
    }


def _make_own(
    chance: random.Random,
    common: Sequence[str],
    middle: Sequence[str],
    draw: Callable[[Callable[[], Question]], list[Question]],
) -> dict[str, list[Question]]:
    """Draw questions that only this engine is asked."""

    def ask(match: Node, *, export: bool = False, **options: Any) -> Question:
        scores = (Weighted("words", chance.choice(middle), 1.0),)
        request = Request(match, scores=options.pop("scores", scores), **options)
        return Question((), request=request, export=export)

    def word(among: Sequence[str]) -> str:
        return chance.choice([text for text in among if len(text) == 2])

    def scored(text: str, **options: Any) -> Question:
        return ask(Term("words", text), scores=(Weighted("words", text, 1.0),), **options)

    return {
        "prefix": draw(lambda: ask(Wildcard(word(middle) + "*"))),
        "wildcard, one character each": draw(
            lambda: ask(Wildcard(word(common)[0] + "*" + word(common)[0]))
        ),
        "wildcard, two words": draw(lambda: ask(Wildcard(word(common) + "*" + word(common)))),
        "near": draw(lambda: ask(Near(word(common), word(common), 10))),
        "one character": draw(lambda: ask(Literal(word(common)[0]))),
        "page 900": draw(lambda: ask(Every(), start=8990, size=10)),
        "facet of every page": draw(lambda: scored(word(common), facets=("page",))),
        "occurrences by city, 10 neighbours": draw(
            lambda: _count(word(common), facets=("city",), before=10, after=10)
        )[:20],
        "export of all hits": draw(lambda: scored(word(middle), export=True))[:10],
    }


def _count(substring: str, **options: Any) -> Question:
    """Ask for every occurrence of a substring, as statistics do."""
    literal = Literal(substring)
    return Question((), occurrences=OccurrenceRequest(literal, (literal,), **options))


def _words(analyzer: Analyzer, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(analyzer.words(fold(text))))[:5]


def _quote(chance: random.Random, paragraphs: Sequence[Paragraph]) -> Question:
    """Draw two or three neighbouring words, without punctuation between them."""
    while True:
        one = chance.choice(paragraphs)
        start, count = chance.randrange(len(one.words)), chance.choice((2, 2, 3))
        words = one.words[start : start + count]
        if (
            len(words) == count
            and (substring := "".join(words)) in fold(one.text)
            and substring.isalpha()
        ):
            return Question(words, substring=substring)


# ---------------------------------------------------------------- asking


Times = dict[str, dict[str, list[float]]]


def _ask_all(
    rivals: Sequence[Rival],
    classes: Mapping[str, Sequence[Question]],
    seed: int,
    clock: Callable[[], float],
) -> Times:
    """Ask everything of everyone, in turns, so that all share the machine's moods."""
    times: Times = {}
    chance = random.Random(seed)
    for name, questions in classes.items():
        times[name] = {rival.name: [] for rival in rivals}
        for rival in rivals:
            _show_page(rival, questions[0])
        for question in questions:
            turn = [rival for rival in rivals if _has_time(times[name][rival.name])]
            answers = {}
            for rival in chance.sample(turn, len(turn)):
                start = clock()
                answer = answers[rival.name] = _show_page(rival, question)
                spent = 1000 * (clock() - start)
                if answer is not None:
                    times[name][rival.name].append(answer.spent_ms or spent)
            _compare(question, answers)
    return times


def _has_time(spent: Sequence[float]) -> bool:
    return sum(spent) < 1000 * SLOWEST * 20 or len(spent) < 5


def _show_page(rival: Rival, question: Question) -> Answer | None:
    """Ask, and make the snippets of a whole page, which is the same work for everyone."""
    own = question.request is not None or question.occurrences is not None
    if own and rival.name != "chaquan":
        return None
    answer = rival.ask(question)
    if answer is not None and question.page:
        for text in answer.texts:
            list(_marks(text, question.words))
    return answer


def _marks(text: str, words: Sequence[str]) -> Iterator[Span]:
    folded = fold(text)
    for word in words:
        position = folded.find(word)
        while position >= 0:
            yield Span(position, position + len(word))
            position = folded.find(word, position + 1)


def _compare(question: Question, answers: Mapping[str, Answer | None]) -> None:
    """Totals and counts must be the rivals', whose phrases are of words, over any punctuation."""
    ours = answers.get("chaquan")
    for name in ("tantivy", "lucene"):
        other = answers.get(name)
        if ours is None or other is None or question.substring or not question.words:
            continue
        if ours.total != other.total:
            raise SystemExit(f"totals differ for {question}: {ours.total}, {name} {other.total}")
        if question.city and dict(ours.counts) != other.counts:
            raise SystemExit(f"counts differ for {question}")


def _cold_start(folder: Path, analyzer: Analyzer) -> float:
    """Time a new process that opens the index, cuts a query and answers it."""
    code = (
        "import sys; from pathlib import Path; from indexer.analysis import Analyzer;"
        "from indexer.engines.whoosh import WhooshEngine; from indexer.settings import Settings;"
        "from indexer.model import *; reader = WhooshEngine(Path(sys.argv[1])).reader();"
        "words = Analyzer(Settings(cutter=sys.argv[2])).words('杭州援疆教育');"
        "reader.find(Request(Or(tuple(Term('words', word) for word in words))))"
    )
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code, str(folder), analyzer.cutter],
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return time.perf_counter() - start


# ---------------------------------------------------------------- printing


def _print(
    size: int, times: Times, builds: Mapping[str, Build], cold: float, *, fast: bool
) -> None:
    print(f"\n{size} paragraphs, {'compiled' if fast else 'numpy'} loops; ms at p50 / p95 / p99")
    for name, by_rival in times.items():
        ours: list[float] = np.percentile(by_rival["chaquan"], (50, 95, 99)).tolist()
        print(f"  {name:22s} chaquan {_format(ours)}")
        for rival, spent in by_rival.items():
            if rival != "chaquan" and spent:
                theirs: list[float] = np.percentile(spent, (50, 95, 99)).tolist()
                ratio = " / ".join(
                    f"{one / own:.2f}" for one, own in zip(theirs[:2], ours[:2], strict=True)
                )
                print(f"  {'':22s} {rival:8s}{_format(theirs)}   {ratio} of ours")
    for rival, build in builds.items():
        rate = (
            f"{build.per_second:8.0f}/s by the clock, {size / build.cpu_seconds:8.0f}/CPU s"
            if build.per_second
            else "  kept"
        )
        print(
            f"  built {rival:8s} {rate}, {build.megabytes:8.1f} MB; memory: largest process "
            f"{build.largest_process:.0f} MB, all together {build.all_processes:.0f} MB"
        )
    print(f"  cold start {cold:.2f} s")


def _format(values: Sequence[float]) -> str:
    return " / ".join(f"{value:8.3f}" for value in values)


if __name__ == "__main__":
    main()
