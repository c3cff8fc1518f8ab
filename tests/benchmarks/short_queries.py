"""Measure short queries over news against judgements made by reading, beside two peers.

    python tests/benchmarks/short_queries.py NEWS.jsonl

NEWS.jsonl holds one article a line with its `text`: the 5,000 of CRUD-RAG (Apache-2.0) that the
queries of `judged/` were judged on, those that weights were chosen by and those held out. Every
article is indexed as one paragraph, as the peers have it: tantivy with jieba's words (extra
`bench`), and single characters with pairs of neighbours under BM25 with Xapian's parameters.
Queries without a relevant article are left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import re
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from relevance import fill_index
from support.ndcg import ndcg

from indexer.analysis import Analyzer, normal_form
from indexer.settings import Settings

TESTS = Path(__file__).parent.parent
DEPTH = 5
JUDGED = ("news_queries", "news_queries_held_out")
RESAMPLED = 5_000
"""How often the queries are drawn again for the intervals of the differences."""

Ask = Callable[[str], list[str]]
Grades = Mapping[str, Mapping[str, int]]


def read_judged(name: str) -> dict[str, dict[str, int]]:
    """Read the grades of each query by the digests of articles."""
    lines = (TESTS / "judged" / f"{name}.tsv").read_text("utf-8").splitlines()
    judged = {}
    for line in lines:
        if not line.startswith("#"):
            query, _, grades = line.partition("\t")
            pairs = (grade.split(":") for grade in grades.split())
            judged[query] = {digest: int(grade) for digest, grade in pairs}
    return judged


def read_articles(file: Path) -> dict[str, str]:
    """Read the texts of a collection by their digests."""
    texts = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
    return {hashlib.sha256(text.encode()).hexdigest()[:12]: text for text in texts}


# ---------------------------------------------------------------- peers


def ask_tantivy(articles: Mapping[str, str]) -> Ask:
    """Index jieba's words with tantivy and ask for any of them."""
    import tantivy

    cut = Analyzer(Settings()).words
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("name", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name="whitespace")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer()
    for name, text in articles.items():
        words = " ".join(cut(normal_form(text)))
        writer.add_document(tantivy.Document(name=name, text=words))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def ask(query: str) -> list[str]:
        words = [word for substring in query.split() for word in cut(normal_form(substring))]
        terms = [tantivy.Query.term_query(schema, "text", word) for word in words]
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        return [
            searcher.doc(position)["name"][0] for _, position in searcher.search(asked, DEPTH).hits
        ]

    return ask


def ask_grams(articles: Mapping[str, str]) -> Ask:
    """Rank by single characters and pairs of neighbours under BM25, k1 1 and b .5."""
    postings: defaultdict[str, dict[str, int]] = defaultdict(dict)
    lengths = {}
    for name, text in articles.items():
        counts = Counter(_grams(text))
        lengths[name] = counts.total()
        for gram, count in counts.items():
            postings[gram][name] = count
    average = sum(lengths.values()) / len(lengths)

    def ask(query: str) -> list[str]:
        scores: defaultdict[str, float] = defaultdict(float)
        for gram in dict.fromkeys(_grams(query)):
            held = postings.get(gram, {})
            rarity = math.log((len(lengths) - len(held) + 0.5) / (len(held) + 0.5))
            rarity = rarity if rarity > 2 else rarity / 2 + 1
            for name, count in held.items():
                length = max(lengths[name] / average, 0.5)
                scores[name] += rarity * count * 2 / (count + 0.5 * length + 0.5)
        return sorted(scores, key=scores.__getitem__, reverse=True)[:DEPTH]

    return ask


def _grams(text: str) -> list[str]:
    substrings = re.findall(r"[\u3400-\u9fff]+|[a-z0-9]+", normal_form(text))
    return [gram for substring in substrings for gram in _cut_substring(substring)]


def _cut_substring(substring: str) -> Sequence[str]:
    if substring.isascii():
        return [substring]
    return [
        *substring,
        *(substring[position : position + 2] for position in range(len(substring) - 1)),
    ]


# ---------------------------------------------------------------- the command


def score(judged: Grades, ask: Ask) -> tuple[dict[str, float], int]:
    """Return the nDCG of each query, and how many of the hits were not judged."""
    scores, unjudged = {}, 0
    for query, grades in judged.items():
        if any(grades.values()):
            found = ask(query)[:DEPTH]
            scores[query] = ndcg(found, grades, DEPTH)
            unjudged += sum(name not in grades for name in found)
    return scores, unjudged


def interval(ours: Mapping[str, float], theirs: Mapping[str, float]) -> tuple[float, float]:
    """Return the 95 % interval of the mean difference, queries drawn again."""
    rng = random.Random(0)
    differences = [ours[query] - theirs[query] for query in ours]
    number = len(differences)
    means = sorted(sum(rng.choices(differences, k=number)) / number for _ in range(RESAMPLED))
    return means[RESAMPLED // 40], means[-RESAMPLED // 40]


def main() -> int:
    """Run the benchmark."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("news", type=Path)
    options = reader.parse_args()
    if not options.news.exists():
        print(f"Skipped: there is no {options.news}.")
        return 0
    articles = read_articles(options.news)
    floors = tomllib.loads((TESTS / "floors.toml").read_text("utf-8"))
    peers = dict(make_peers(articles))
    with tempfile.TemporaryDirectory() as folder:
        named = {f"{name}:1:1": text for name, text in articles.items()}
        with fill_index(named, Settings(index=Path(folder))) as index:

            def ask(query: str) -> list[str]:
                return [hit.page for hit in index.search(query, facets=())]

            low = [name for name in JUDGED if not compare(name, ask, peers, floors[name])]
    return 1 if low else 0


def make_peers(articles: Mapping[str, str]) -> Iterator[tuple[str, Ask]]:
    """Yield the peers that are installed."""
    for name, make in (("tantivy", ask_tantivy), ("n-grams", ask_grams)):
        try:
            yield name, make(articles)
        except ImportError as error:
            print(f"{name} skipped: {error}")


def compare(name: str, ask: Ask, peers: Mapping[str, Ask], floor: Mapping[str, float]) -> bool:
    """Print how well a set of queries is answered; return whether that reaches the floor."""
    judged = read_judged(name)
    ours, missing = score(judged, ask)
    reached = sum(ours.values()) / len(ours)
    print(f"{name}: chaquan {reached:.4f} over {len(ours)} queries, {missing} hits not judged")
    for peer, ask_peer in peers.items():
        theirs, missing = score(judged, ask_peer)
        mean, (low, high) = sum(theirs.values()) / len(theirs), interval(ours, theirs)
        print(f"  {peer} {mean:.4f}, {missing} not judged; we lead by [{low:.4f}, {high:.4f}]")
    if reached >= floor["ndcg"] and len(ours) >= floor["queries"]:
        return True
    print(f"Below the floor of {floor['ndcg']} over {floor['queries']} queries.")
    return False


if __name__ == "__main__":
    sys.exit(main())
