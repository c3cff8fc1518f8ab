"""Question collections in, rank figures out: how often the right paragraph comes first.

    python tests/benchmarks/relevance.py FOLDER [--sample 500] [--stock] [--substrings 1500]

FOLDER holds collections in SQuAD form (`*.json`: `data[].paragraphs[].context` with
`qas[].question`); CMRC 2018 and DRCD are two that are free to have. All paragraphs together are
indexed without their titles (`--titles`: each below its own), every question is asked without
quotes, and the paragraph that it is under is the one right answer. `--stock` measures Whoosh
with jieba's ChineseAnalyzer on the same paragraphs and questions in the same run; `--substrings`
looks for random substrings.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from indexer.analysis import Analyzer, normal_form
from indexer.documents import DOCUMENT_FORMAT
from indexer.engines import open_engine
from indexer.model import Article, Document, Kind, Page, PageRecord, Span, Stamp
from indexer.query.spellings import spellings
from indexer.search import Index
from indexer.settings import Settings

DEEP = 100
"""How far down the right paragraph is looked for."""

Ask = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the id of the paragraph that answers it."""

    text: str
    right: str
    collection: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Paragraphs by id and the questions about them."""

    paragraphs: dict[str, str]
    questions: tuple[Question, ...]
    titles: dict[str, str]  # of the articles of the paragraphs


def read_collections(folder: Path) -> Collection:
    """Read every SQuAD file of a folder into one collection."""
    paragraphs: dict[str, str] = {}
    titles: dict[str, str] = {}
    questions: list[Question] = []
    for file in sorted(folder.glob("*.json")):
        for title, paragraph in _paragraphs(file):
            name = f"{file.stem}-{len(paragraphs):05d}:1:1"
            paragraphs[name], titles[name] = paragraph["context"], title
            questions += [Question(qa["question"], name, file.stem) for qa in paragraph["qas"]]
    return Collection(paragraphs, tuple(questions), titles)


def _paragraphs(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield article.get("title", ""), paragraph


# ---------------------------------------------------------------- what is measured


def fill_index(
    paragraphs: dict[str, str], settings: Settings, titles: dict[str, str] | None = None
) -> Index:
    """Index paragraphs, one a page: bare, or each below its title, which is a hit of its own."""
    analyzer = Analyzer(settings)
    stamp = Stamp(DOCUMENT_FORMAT, analyzer.version, analyzer.cutter, analyzer.dictionary, "")
    engine = open_engine(settings)
    with engine.writer(stamp, fresh=True) as writer:
        for name, text in paragraphs.items():
            page, title = name.partition(":")[0], (titles or {}).get(name, "")
            documents = [_make_document(name, text, Kind.BODY, title, analyzer)]
            if title:
                above = f"{page}:1:0"
                documents.insert(0, _make_document(above, title, Kind.TITLE, title, analyzer))
            record = PageRecord(Page(page, page, text, page), (Article(page, 1, title or None),))
            writer.put(record, documents)
    return Index(engine, settings)


def _make_document(name: str, text: str, kind: Kind, title: str, analyzer: Analyzer) -> Document:
    page, _, number = name.partition(":1:")
    return Document(
        id=name,
        page=page,
        article=1,
        number=int(number),
        kind=kind,
        text=text,
        folded=normal_form(text),
        spans=(Span(0, len(text)),),
        lines=((1, 1),),
        title=title or None,
        facets={"kind": (kind.value,), "page": (page,)},
        heads={"title": (normal_form(title),)} if title else {},
        terms=analyzer.terms(text, title) if title else analyzer.terms(text),
    )


def ask_index(index: Index) -> Ask:
    """Ask our index, with nothing counted beside."""

    def ask(text: str) -> list[str]:
        return [hit.id for hit in index.search(text, size=DEEP, facets=())]

    return ask


def ask_stock(paragraphs: dict[str, str], *, either: bool) -> Ask:
    """Ask Whoosh as it comes, with jieba's own analyzer for it."""
    from jieba.analyse import ChineseAnalyzer
    from whoosh.fields import ID, TEXT, Schema
    from whoosh.filedb.filestore import RamStorage
    from whoosh.qparser import AndGroup, OrGroup, QueryParser

    schema = Schema(name=ID(stored=True), text=TEXT(analyzer=ChineseAnalyzer()))
    storage = RamStorage().create_index(schema)
    writer = storage.writer()
    for name, text in paragraphs.items():
        writer.add_document(name=name, text=text)
    writer.commit()
    searcher = storage.searcher()
    parser = QueryParser("text", schema, group=OrGroup if either else AndGroup)

    def ask(text: str) -> list[str]:
        return [hit["name"] for hit in searcher.search(parser.parse(text), limit=DEEP)]

    return ask


def rank_questions(questions: Sequence[Question], ask: Ask) -> list[int]:
    """Return the rank of each right paragraph: 0 where nothing is found, DEEP + 1 where not it."""
    ranks = []
    for question in questions:
        found = ask(question.text)
        ranks.append(
            found.index(question.right) + 1
            if question.right in found
            else (DEEP + 1 if found else 0)
        )
    return ranks


def figures(ranks: Sequence[int]) -> dict[str, float]:
    """Sum ranks up."""
    number = max(1, len(ranks))
    return {
        "MRR@10": sum(1 / rank for rank in ranks if 1 <= rank <= 10) / number,
        **{f"R@{deep}": sum(1 <= rank <= deep for rank in ranks) / number for deep in (1, 10, 100)},
        "nothing": sum(rank == 0 for rank in ranks) / number,
    }


def find_substrings(index: Index, paragraphs: dict[str, str], number: int) -> dict[str, float]:
    """Look for substrings of 2 to 6 characters, quoted and not, and compare with brute force."""
    draw = random.Random(0)
    folded = {name: normal_form(text) for name, text in paragraphs.items()}
    wanted = found = quoted = right = 0
    for _ in range(number):
        substring = draw_substring(draw, draw.choice(list(folded.values())))
        spelt = spellings(substring)
        holders = {name for name, text in folded.items() if any(one in text for one in spelt)}
        plain = {hit.id for hit in index.scan(substring)}
        literal = {hit.id for hit in index.scan(f'"{substring}"')}
        wanted += len(holders)
        found += len(holders & plain)
        quoted += len(literal)
        right += len(holders & literal)
    return {
        "recall": found / wanted,
        "quoted recall": right / wanted,
        "quoted precision": right / max(1, quoted),
    }


def draw_substring(draw: random.Random, text: str) -> str:
    """Draw a substring without quotation marks and blanks at its ends."""
    while True:
        start = draw.randrange(len(text))
        substring = text[start : start + draw.randint(2, 6)]
        if len(substring) > 1 and '"' not in substring and substring == substring.strip():
            return substring


# ---------------------------------------------------------------- the command


def measure(name: str, questions: Sequence[Question], ask: Ask) -> None:
    """Print the figures of one way to ask, all questions together and by collection."""
    began = time.process_time()
    ranks = rank_questions(questions, ask)
    spent = (time.process_time() - began) * 1000 / max(1, len(questions))
    parts = sorted({question.collection for question in questions})
    _print(f"{name}, all {len(questions)}", ranks, f"{spent:.1f} ms CPU a question")
    for part in parts if len(parts) > 1 else ():
        both = zip(ranks, questions, strict=True)
        _print(f"  {part}", [rank for rank, question in both if question.collection == part])


def _print(name: str, ranks: Sequence[int], rest: str = "") -> None:
    shown = "  ".join(f"{key} {value:.4f}" for key, value in figures(ranks).items())
    print(f"{name:34} {shown}  {rest}", flush=True)


def main() -> int:
    """Run the benchmark."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("folder", type=Path)
    reader.add_argument("--sample", type=int, help="so many questions, drawn with a fixed seed")
    reader.add_argument("--engine", default="whoosh")
    reader.add_argument("--cutter", default="auto")
    reader.add_argument("--stock", action="store_true")
    reader.add_argument("--titles", action="store_true", help="each paragraph below its title")
    reader.add_argument(
        "--substrings", type=int, default=0, help="so many random runs are looked for"
    )
    options = reader.parse_args()
    if not list(options.folder.glob("*.json")):
        print(f"Skipped: {options.folder} holds no collections (*.json in SQuAD form).")
        return 0
    collection = read_collections(options.folder)
    questions: Sequence[Question] = collection.questions
    if options.sample:
        questions = random.Random(0).sample(questions, min(options.sample, len(questions)))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(index=Path(folder), engine=options.engine, cutter=options.cutter)
        titles = collection.titles if options.titles else None
        with fill_index(collection.paragraphs, settings, titles) as index:
            measure(f"chaquan ({Analyzer(settings).cutter})", questions, ask_index(index))
            if options.substrings:
                rates = find_substrings(index, collection.paragraphs, options.substrings)
                print(f"{options.substrings} random substrings:", rates, flush=True)
    if options.stock:
        for name, either in (("OR", True), ("AND", False)):
            ask = ask_stock(collection.paragraphs, either=either)
            measure(f"Whoosh + ChineseAnalyzer, {name}", questions, ask)
    return 0


if __name__ == "__main__":
    sys.exit(main())
