"""The same collection embedded and on a cluster: build rate, size and latency by class of query.

python tests/benchmarks/cluster_speed.py TEXTS… --size 100000 [--shards 2] [--nodes 2] [--heap 1g]

TEXTS are question sets (SQuAD's form) or plain text. Every answer of the cluster is compared with
the embedded one before it is timed. Times are CPU milliseconds, of the client and of all nodes
together, and wall milliseconds; building counts what the engine does, not the cutting of words.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "benchmarks")]

from speed_collection import MakePage, make_pages, read_sentences  # noqa: E402
from support import cluster as nodes  # noqa: E402

from indexer.analysis import Analyzer  # noqa: E402
from indexer.engines import open_engine  # noqa: E402
from indexer.engines.base import Engine, Reader  # noqa: E402
from indexer.engines.whoosh import kernels  # noqa: E402
from indexer.model import (  # noqa: E402
    And,
    Document,
    Filter,
    Literal,
    Near,
    Node,
    Or,
    PageRecord,
    Request,
    Stamp,
    Term,
    Weighted,
    Wildcard,
)
from indexer.settings import Settings  # noqa: E402

STAMP = Stamp(1, "benchmark", "", "", "")
TICKS = os.sysconf("SC_CLK_TCK")
Pages = Callable[[], Iterator[tuple[PageRecord, list[Document]]]]


@dataclass
class Clock:
    """Counts wall and CPU seconds, of this process and of the nodes."""

    processes: list[int] = field(default_factory=list)

    def now(self) -> tuple[float, float, float]:
        """Tell wall time, own CPU time and the nodes' CPU time."""
        ticks = 0
        for process in self.processes:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        helped = resource.getrusage(resource.RUSAGE_CHILDREN)  # workers, once they have ended
        own = time.process_time() + helped.ru_utime + helped.ru_stime
        return time.perf_counter(), own, ticks / TICKS


def main() -> None:
    """Build both, compare, and print a table."""
    options = read_options()
    sentences = read_sentences(options.texts)
    make = MakePage(Analyzer(Settings(cutter=options.cutter)))

    def pages() -> Iterator[tuple[PageRecord, list[Document]]]:
        return map(make, make_pages(sentences, options.size, 7))

    nodes.HEAP = options.heap
    with (
        tempfile.TemporaryDirectory() as folder,
        nodes.Cluster(options.nodes, on_disk=True) as made,
    ):
        url = made.url
        remote = Settings(
            index=Path("speed"), engine="opensearch", url=url, shards=options.shards, replicas=0
        )
        embedded = Settings(index=Path(folder, "index"), engine="whoosh")
        clock = Clock([node.process for node in made.nodes])
        readers = []
        for settings in (embedded, remote):
            engine = open_engine(settings)
            build(engine, pages, clock, settings.engine, options.size)
            readers.append(engine.reader())
        print(f"size on disk: embedded {folder_size(Path(folder)) / 1e6:.0f} MB, cluster", end=" ")
        stats = nodes.ask(f"{url.split()[0]}/chaquan-speed.*/_stats/store")
        print(f"{stats['_all']['primaries']['store']['size_in_bytes'] / 1e6:.0f} MB")
        kernels.load()
        measure(readers, clock, options.rounds)


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--heap", default="1g")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--cutter", default="auto")
    return parser.parse_args()


def build(engine: Engine, pages: Pages, clock: Clock, name: str, size: int) -> None:
    """Build an index and print its rate, without what making the documents takes."""
    making_wall = making_own = 0.0
    making = pages()
    whole = clock.now()
    with engine.writer(STAMP, fresh=True) as writer:
        while True:
            begun = clock.now()
            page = next(making, None)
            made = clock.now()
            making_wall, making_own = (
                making_wall + made[0] - begun[0],
                making_own + made[1] - begun[1],
            )
            if page is None:
                break
            writer.put(*page)
    wall, own, servers = (b - a for a, b in zip(whole, clock.now(), strict=True))
    wall, own = wall - making_wall, own - making_own
    cpu = f"{own:.1f} s client, {servers:.1f} s nodes"
    rate = f"{size / wall:.0f} paragraphs/s, {size / (own + servers):.0f} a CPU second"
    print(f"{name}: {size} paragraphs in {wall:.1f} s ({cpu}): {rate}", flush=True)


def folder_size(folder: Path) -> int:
    """Sum the sizes of all files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def classes(reader: Reader) -> dict[str, list[Request]]:
    """Draw words from the vocabulary and make requests of each class."""
    number = reader.count()
    words = [(word, count) for word, count in reader.vocabulary("words") if len(word) > 1]
    chance = random.Random(5)
    rare = [word for word, count in words if 2 <= count <= max(5, number // 5000)]
    common = [word for word, count in words if count > number / 20]
    middle = [word for word, count in words if number / 200 < count <= number / 20]

    def some(held: list[str], size: int) -> list[list[str]]:
        return [chance.sample(held, min(size, len(held))) for _ in range(8)]

    substrings = [" ".join(one) for one in some(middle, 1)]
    city = (Filter("city", ("嘉兴",)),)
    return {
        "rare word": [ask(And, one) for one in some(rare, 1)],
        "common word": [ask(And, one) for one in some(common, 1)],
        "two words, AND": [ask(And, one) for one in some(common, 2)],
        "five words, OR": [ask(Or, one) for one in some(middle, 5)],
        "literal text": [literal(substring) for substring in phrases(reader, substrings)],
        "word + city + counts": [
            ask(And, one, filters=city, facets=("city", "kind")) for one in some(common, 1)
        ],
        "near": [match(Near(one[0], one[1], 20)) for one in some(middle, 2)],
        "wildcard": [match(Wildcard(f"{one[0][0]}*{one[0][-1]}")) for one in some(middle, 1)],
    }


def ask(how: type[And[Node]] | type[Or[Node]], words: list[str], **options: object) -> Request:
    """Ask for words as the way out does: with tiers and scores."""
    terms = tuple(Term("words", word) for word in words)
    scores = [Weighted("words", word, 0.75) for word in words]
    scores += [Weighted("chars", char, 0.75) for word in words for char in word]
    tiers = (And(tuple(Literal(word) for word in words)),)
    return Request(how(terms), tiers=tiers, scores=tuple(scores), **options)  # type: ignore[arg-type]


def literal(substring: str) -> Request:
    """Ask for a substring."""
    return Request(
        Literal(substring), scores=tuple(Weighted("chars", char, 0.75) for char in substring)
    )


def match(node: Node) -> Request:
    """Ask for what matches, in page order."""
    return Request(node)


def phrases(reader: Reader, words: list[str]) -> list[str]:
    """Take substrings of six characters around words."""
    found = []
    for word in words:
        (hit, *_) = reader.find(Request(Literal(word), size=1)).hits
        position = max(0, hit.document.folded.find(word) - 2)
        found.append(hit.document.folded[position : position + 6])
    return found


def measure(readers: list[Reader], clock: Clock, rounds: int) -> None:
    """Compare the answers, then print how long each class takes on each engine."""
    print("class | embedded CPU ms | wall ms | cluster CPU ms (client + nodes) | wall ms | hits")
    asked = classes(readers[0])
    for _ in range(rounds):  # the servers compile what is asked for often
        for request in (one for requests in asked.values() for one in requests):
            readers[1].find(request)
    for name, requests in asked.items():
        answers = [[reader.find(one) for one in requests] for reader in readers]
        for one, two in zip(*answers, strict=True):
            assert (one.total, one.articles, one.facets) == (two.total, two.articles, two.facets)
            assert [hit.document.id for hit in one.hits] == [hit.document.id for hit in two.hits]
        cells = [name]
        for reader in readers:
            cells += time_requests(reader, requests, clock, rounds)
        hits = statistics.median(one.total for one in answers[0])
        print(" | ".join([*cells, f"{hits:.0f}"]), flush=True)


def time_requests(
    reader: Reader, requests: list[Request], clock: Clock, rounds: int
) -> tuple[str, str]:
    """Return mean CPU milliseconds and the median of wall milliseconds."""
    walls = []
    begun = clock.now()
    for _ in range(rounds):
        for request in requests:
            start = time.perf_counter()
            reader.find(request)
            walls.append(time.perf_counter() - start)
    _, own, servers = (b - a for a, b in zip(begun, clock.now(), strict=True))
    each = 1000 / (rounds * len(requests))
    cpu = f"{own * each:.1f}"
    if "opensearch" in type(reader).__module__:
        cpu += f" + {servers * each:.1f}"
    return cpu, f"{statistics.median(walls) * 1000:.1f}"


if __name__ == "__main__":
    main()
