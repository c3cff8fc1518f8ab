"""Writes on a condition: a repeated one that meets itself is no conflict, another writer is."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("opensearchpy", reason="pip install 'chaquan[opensearch]'")

from opensearchpy import exceptions

from indexer.engines.opensearch import state
from indexer.engines.opensearch.connection import Conflict, Connection
from indexer.engines.opensearch.mapping import MAPPING_FORMAT
from indexer.engines.opensearch.state import (
    Names,
    State,
    WriteLease,
    load_latest,
    load_state,
    save_state,
)
from indexer.errors import IndexLocked, IndexOutdated
from indexer.model import Stamp
from indexer.settings import Settings

NAMES = Names("chaquan-x")
STATE = State(
    2, "chaquan-x.000001", Stamp(1, "a", "c", "", "p"), 10, 1, {"words": 30}, {"words": 120}
)
BEFORE = State(1, "chaquan-x.000001", Stamp(1, "a", "c", "", "p"), 9, 0, write_stamp=(4, 1))


class Server:
    """Keeps documents by path; `lost` answers get lost on the way back."""

    def __init__(self, *, lost: int = 0) -> None:
        self.kept: dict[str, tuple[int, Any]] = {}
        self.lost = lost
        self.transport = self

    def perform_request(self, method: str, path: str, params: dict[str, str], body: Any) -> Any:
        number, held = self.kept.get(path, (0, None))
        if method == "GET":
            if held is None:
                raise exceptions.NotFoundError(404, "", {})
            return {"_source": held, "_seq_no": number, "_primary_term": 1}
        wanted = params.get("if_seq_no")
        taken = params.get("op_type") == "create" and held is not None
        if taken or (wanted is not None and int(wanted) != number):
            raise exceptions.ConflictError(409, "", {})
        self.kept[path] = (number + 1, None if method == "DELETE" else body)
        if self.lost:
            self.lost -= 1
            raise exceptions.ConnectionError("N/A", "", Exception())
        return {"_seq_no": number + 1, "_primary_term": 1}


def connect(server: Server) -> Connection:
    return Connection(Settings(url="http://a"), client=server, pause=lambda _: None)


def path(names: Names) -> str:
    return f"/{names.pages_alias}/_doc/state"


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_commit_whose_answer_was_lost_is_made_once(lost: int) -> None:
    server = Server(lost=lost)
    server.kept["/chaquan-x.000001.pages/_doc/state"] = (4, {"state": "before"})
    save_state(connect(server), STATE, BEFORE)
    assert server.kept["/chaquan-x.000001.pages/_doc/state"][0] == 5


def test_a_commit_after_that_of_another_writer_is_refused() -> None:
    server = Server()
    server.kept["/chaquan-x.000001.pages/_doc/state"] = (5, {"state": "other"})
    with pytest.raises(Conflict):
        save_state(connect(server), STATE, BEFORE)


def test_a_state_comes_back() -> None:
    server = Server()
    connection = connect(server)
    assert load_state(connection, NAMES) is None
    assert load_latest(connection, NAMES)[0] == 0
    save_state(connection, STATE, None)
    server.kept[path(NAMES)] = server.kept["/chaquan-x.000001.pages/_doc/state"]
    again = load_state(connection, NAMES)
    assert again is not None
    assert (again.generation, again.stamp, again.write_stamp) == (2, STATE.stamp, (1, 1))
    assert again.averages() == {"words": 4.0}
    assert load_latest(connection, NAMES)[0] == 2


def test_a_state_of_another_mapping_is_outdated(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    connection = connect(server)
    save_state(connection, STATE, None)
    server.kept[path(NAMES)] = server.kept["/chaquan-x.000001.pages/_doc/state"]
    monkeypatch.setattr(state, "MAPPING_FORMAT", MAPPING_FORMAT + 1)
    with pytest.raises(IndexOutdated, match="mapping"):
        load_state(connection, NAMES)


@pytest.mark.parametrize("lost", [0, 1])
def test_a_lease_is_held_by_one_at_a_time(lost: int) -> None:
    server = Server(lost=lost)
    one, two = (WriteLease(connect(server), NAMES) for _ in range(2))
    one.take(0)
    with pytest.raises(IndexLocked, match="process"):
        two.take(0)
    server.lost = lost
    one.renew()
    one.ensure()
    one.release()
    two.take(0)
    with pytest.raises(IndexLocked):
        one.renew()


def test_a_lease_that_ran_out_may_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    one, two = (WriteLease(connect(server), NAMES) for _ in range(2))
    one.take(0)
    monkeypatch.setattr(state.time, "time", lambda: 1e12)
    two.take(0)
    with pytest.raises(IndexLocked):
        one.renew()


def test_a_lease_that_was_not_renewed_lets_nothing_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    lease = WriteLease(connect(Server()), NAMES)
    lease.take(0)
    monkeypatch.setattr(state.time, "monotonic", lambda: 1e12)
    with pytest.raises(IndexLocked):
        lease.ensure()


def test_the_lease_of_a_dead_process_of_this_machine_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server()
    one, two = (WriteLease(connect(server), NAMES) for _ in range(2))
    one.take(0)
    monkeypatch.setattr(state, "_alive", lambda _: False)
    two.take(0)
