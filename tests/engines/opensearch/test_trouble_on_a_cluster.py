"""Nodes die, hang and come back, writers are killed: nothing is lost, nothing is silently short."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from support.cluster import Cluster, Node, ask
from support.engine_samples import STAMP, document, fill, ids, record
from support.engine_samples import ask as find

from indexer.engines import open_engine
from indexer.engines.memory import MemoryEngine
from indexer.engines.opensearch import OpenSearchEngine
from indexer.engines.opensearch.connection import Connection
from indexer.errors import DocumentsRefused, EngineUnreachable, IndexLocked, TooLong
from indexer.model import And, Document, Literal, Request, Sort, Weighted, Wildcard
from indexer.settings import Settings

pytestmark = pytest.mark.opensearch

FOUND = Request(Literal("援疆"), scores=(Weighted("words", "援疆", 1.0),), facets=("page",))


def some_pages(number: int, text: str = "援疆教育") -> list[Document]:
    return [
        document(f"{text}{n}" * (1 + n % 7), page=f"p{n:04}", number=m)
        for n in range(number)
        for m in (1, 2)
    ]


@pytest.fixture
def nodes(cluster: Cluster) -> Iterator[Sequence[Node]]:
    """The nodes, for a test that may end some; all of them run again afterwards."""
    yield cluster.nodes
    heal(cluster)


def heal(cluster: Cluster) -> None:
    for node in cluster.nodes:
        node.resume()
        if not node.running:
            cluster.start(node)
    cluster.wait(len(cluster.nodes))


def holders(cluster: Cluster, index: str) -> set[str]:
    """The names of the nodes that hold shards of an index."""
    shards = ask(f"{cluster.nodes[0].url}/_cat/shards/{index}?format=json")
    return {shard["node"] for shard in shards}


def impatient(settings: Settings) -> OpenSearchEngine:
    """An engine that does not pause between attempts for as long as it would."""
    settings = replace(settings, remote_seconds=10, lock_seconds=5)
    return OpenSearchEngine(settings)


# ---------------------------------------------------------------- writers

KILLED = """
    import os, signal, sys
    sys.path.insert(0, {tests!r})
    from pathlib import Path
    from support.engine_samples import STAMP, document, record
    from indexer.engines import open_engine
    from indexer.settings import Settings

    engine = open_engine(Settings(index=Path({index!r}), engine="opensearch", url={url!r}))
    with engine.writer(STAMP, fresh={fresh}) as writer:
        for n in range(3000):
            if n == 2000:
                os.kill(os.getpid(), signal.SIGKILL)
            page = f"q{{n:04}}"
            writer.put(record(page), [document(f"援疆{{n}}", page=page)])
"""


@pytest.mark.parametrize("fresh", [True, False])
def test_a_killed_build_is_taken_up_where_it_ended(remote: Settings, fresh: bool) -> None:
    engine = open_engine(replace(remote, lock_seconds=5))
    before = fill(engine, [document("援疆", page="old")])
    tests = str(Path(__file__).parents[2])
    facts = {"tests": tests, "index": str(remote.index), "url": remote.url, "fresh": fresh}
    code = textwrap.dedent(KILLED.format(**facts))
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert ids(find(before)) == ids(find(engine.reader())) == ["old:1:1"]

    sent = 0

    def documents(page: str, number: int) -> Iterator[Document]:
        nonlocal sent
        sent += 1
        yield document(f"援疆{number}", page=page)

    with engine.writer(STAMP, fresh=fresh) as writer:
        for n in range(2500):
            writer.put(record(f"q{n:04}"), [*documents(f"q{n:04}", n)])
    reader = engine.reader()
    kept = [] if fresh else ["old"]
    assert list(reader.pages()) == [*kept, *(f"q{n:04}" for n in range(2500))]
    assert reader.find(FOUND).total == reader.count() == 2500 + len(kept)
    assert engine.check() > 0


def interrupt(engine: OpenSearchEngine) -> None:
    with engine.writer(STAMP) as writer:
        writer.put(record("whole"), [document("whole", page="whole")])
        writer.put(record("gone"), [document("gone", page="gone")])
        writer.send_all()
        raise KeyboardInterrupt


def test_what_a_killed_writer_left_whole_is_not_sent_again(remote: Settings) -> None:
    engine = OpenSearchEngine(remote)
    connection = Connection(remote)
    fill(engine, [document("old", page="old")])
    with pytest.raises(KeyboardInterrupt):
        interrupt(engine)
    with engine.writer(STAMP) as writer:
        writer.put_lazily("whole", record("whole").page, pytest.fail)
    assert list(engine.reader().pages()) == ["old", "whole"]
    assert ids(find(engine.reader(), Literal("never"))) == []
    left = connection.search(f"chaquan-{remote.index}.000001", {"query": {"match_all": {}}})
    assert left["hits"]["total"]["value"] == 2


def test_readers_see_one_commit_while_the_next_is_made(remote: Settings) -> None:
    engine = OpenSearchEngine(replace(remote, shards=2))
    first = fill(engine, some_pages(20))
    with engine.writer(STAMP) as writer:
        for n in range(10):
            writer.put(record(f"p{n:04}", "2"), [document("援疆新", page=f"p{n:04}")])
        writer.remove("p0015")
        writer.finish(STAMP, None)
        for reader in (first, engine.reader()):
            assert (reader.find(FOUND).total, reader.generation) == (40, 1)
    assert first.find(FOUND).total == 40
    assert engine.reader().find(FOUND).total == 28


def lose(engine: OpenSearchEngine, lock: str) -> None:
    with engine.writer(STAMP) as writer:
        writer.put(record("late"), [document("late", page="late")])
        ask(lock, "DELETE")
        with engine.writer(STAMP) as other:
            other.put(record("other"), [document("other", page="other")])


def test_a_writer_that_lost_its_lease_commits_nothing(remote: Settings) -> None:
    engine = OpenSearchEngine(remote)
    fill(engine, some_pages(2))
    lock = f"{remote.url.split()[0]}/chaquan-{remote.index}.lock/_doc/writer"
    with pytest.raises(IndexLocked):
        lose(engine, lock)
    assert list(engine.reader().pages()) == ["other", "p0000", "p0001"]


def test_each_refused_document_is_named(remote: Settings) -> None:
    engine = OpenSearchEngine(remote)
    reader = fill(engine, some_pages(1))
    wrong = [document("x", page="w", number=2**40), document("y", page="w", number=2**40 + 1)]
    with (
        pytest.raises(DocumentsRefused, match=r"2 documents .w:1:1099511627776, w:1:1099511627777"),
        engine.writer(STAMP) as writer,
    ):
        writer.put(record("w"), wrong)
    assert engine.latest() == reader.identity


# ---------------------------------------------------------------- nodes


def test_a_node_may_die_while_pages_are_written(
    cluster: Cluster, remote: Settings, nodes: Sequence[Node]
) -> None:
    engine = impatient(replace(remote, shards=3, replicas=1))
    made = some_pages(1500)
    with engine.writer(STAMP, fresh=True) as writer:
        for n in range(1500):
            if n == 700:
                nodes[2].kill()
            writer.put(record(f"p{n:04}"), made[2 * n : 2 * n + 2])
    assert engine.reader().find(FOUND).total == 3000
    heal(cluster)
    with engine.writer(STAMP) as writer:
        writer.put(record("z"), [document("援疆", page="z")])
    assert engine.reader().find(FOUND).total == 3001
    assert engine.check() == 3


def test_a_node_may_die_while_people_search(
    cluster: Cluster, remote: Settings, nodes: Sequence[Node]
) -> None:
    engine = impatient(replace(remote, shards=3, replicas=1))
    fill(engine, some_pages(400), fresh=True).close()
    cluster.wait(3, status="green")
    reader = engine.reader()
    expected = list(reader.scan(FOUND))
    stream = reader.scan(replace(FOUND, sort=Sort.PAGE))
    begun = [next(stream) for _ in range(3)]
    nodes[1].kill()
    assert list(reader.scan(FOUND)) == expected
    found = reader.find(replace(FOUND, size=5))
    first = [replace(one, in_article=2) for one in expected[:5]]  # a scan does not count articles
    assert (found.total, list(found.hits), found.partial) == (800, first, 0)
    rest = [*begun, *stream]
    assert sorted(match.document.id for match in rest) == [m.document.id for m in rest]
    assert len(rest) == 800


def test_shards_without_copies_are_missed_loudly(
    cluster: Cluster, remote: Settings, nodes: Sequence[Node]
) -> None:
    settings = replace(remote, shards=3, replicas=0)
    engine = impatient(settings)
    reader = fill(engine, some_pages(100), fresh=True)
    relaxed = impatient(replace(settings, partial=True))
    whole = relaxed.reader()
    assert whole.find(FOUND).partial == 0
    index = f"chaquan-{remote.index}.000001"
    only = holders(cluster, index) - holders(cluster, f"{index}.pages")
    next(node for node in nodes if node.name in only).kill()
    with pytest.raises(EngineUnreachable):
        reader.find(FOUND)
    some = whole.find(FOUND)
    assert (some.partial, some.total < 200) == (1, True)
    assert [match.document.id for match in whole.scan(replace(FOUND, size=9))]
    heal(cluster)
    found = engine.reader().find(FOUND)
    assert (found.total, found.partial) == (200, 0)


def test_a_cluster_that_hangs_is_an_error_in_time(remote: Settings, nodes: Sequence[Node]) -> None:
    reader = fill(open_engine(remote), some_pages(3))
    engine = OpenSearchEngine(replace(remote, remote_seconds=1))
    for node in nodes:
        node.pause()
    with pytest.raises(EngineUnreachable, match="no answer in time"):
        engine.reader()
    for node in nodes:
        node.resume()
    assert reader.find(FOUND).total == 6


# ---------------------------------------------------------------- wide queries

GAPS = (
    "甲一乙二丙",
    "甲一二三四五六七八乙丙",
    "甲一二三四五六七八九乙丙",
    "甲乙，丙",
    "甲一乙一丁乙二二丙",
)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("甲*乙", [0, 1, 3, 4]),
        ("甲*乙*丙", [0, 1, 4]),
        ("甲?乙*丙", [0, 4]),
        ("甲*，*丙", [3]),
        ("乙*，*丙", [3]),
        ("，*丙", [3]),
        ("甲*，丙", [3]),
        ("甲?*乙?丙", [0]),
        ("乙??丙", [4]),
        ("甲*丁乙?*丙", [4]),
    ],
)
def test_stars(remote: Settings, pattern: str, found: list[int]) -> None:
    made = [document(text, number=n + 1) for n, text in enumerate(GAPS)]
    expected = [made[n].id for n in found]
    assert ids(find(fill(MemoryEngine(), made), Wildcard(pattern))) == expected
    assert ids(find(fill(open_engine(remote), made), Wildcard(pattern))) == expected


def test_a_query_wider_than_the_servers_allow_is_a_bad_query(remote: Settings) -> None:
    reader = fill(open_engine(remote), some_pages(1))
    with pytest.raises(TooLong):
        find(reader, And(tuple(Wildcard(f"{n}a*b*c") for n in range(99))))
    with pytest.raises(TooLong):
        find(reader, And(tuple(Literal(f"{n}abc") for n in range(1100))))
