"""Store which generation is the newest, in one small document, and the lock of the writer.

The state is written last, in one operation, on the condition that it was not written in between: a
reader sees the commit before it or the commit after it. The lock is a lease that its holder
renews; the lease of a holder that died on this machine is taken over at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from indexer.engines.base import average_length
from indexer.engines.opensearch.connection import Conflict, Connection, MissingOnServer
from indexer.engines.opensearch.mapping import MAPPING_FORMAT, lock_body
from indexer.errors import ChaquanError, IndexLocked, IndexOutdated
from indexer.model import Stamp

LEASE_SECONDS = 30.0
"""Seconds after which the lease of a writer on another machine that died is free again."""

STATE_PATH = "_doc/state"


@dataclass(frozen=True, slots=True)
class Names:
    """What an archive is called on the cluster."""

    alias: str
    options: str = ""  # that name the archive on the command line

    @property
    def pages_alias(self) -> str:
        """The alias of the index that holds pages and state."""
        return f"{self.alias}.pages"

    @property
    def lock(self) -> str:
        """The index that holds the lock."""
        return f"{self.alias}.lock"

    def index(self, generation: int) -> str:
        """Name the index of the documents that a fresh build of this generation fills."""
        return f"{self.alias}.{generation:06}"


WriteStamp = tuple[int, int]
"""The sequence number and the primary term of a document on the cluster."""


def _unchanged(stamp: WriteStamp) -> dict[str, str]:
    """Make a write fail with `Conflict` when the document was written since."""
    return {"if_seq_no": str(stamp[0]), "if_primary_term": str(stamp[1])}


def pages_of(index: str) -> str:
    """Name the index of the pages beside one of documents."""
    return f"{index}.pages"


@dataclass(frozen=True, slots=True)
class State:
    """A commit: which documents are seen, how many, and what scores need of them."""

    generation: int
    index: str
    stamp: Stamp
    documents: int
    repeats: int
    lengths: Mapping[str, int] = field(default_factory=dict)  # of each term field, summed
    squares: Mapping[str, int] = field(default_factory=dict)  # of those lengths, summed
    oldest: int = 0  # the first generation that is still whole
    made: float = 0.0  # seconds since 1970
    data: Mapping[str, str] = field(default_factory=dict)
    identity: str = ""  # a digest of all this, known once it is written
    write_stamp: WriteStamp = (0, 0)  # for the next write

    def averages(self) -> dict[str, float]:
        """Return the average length of each term field."""
        squares = self.squares
        return {name: average_length(total, squares[name]) for name, total in self.lengths.items()}


def load_state(connection: Connection, names: Names) -> State | None:
    """Read the newest commit; `None` when there is none.

    Raises `IndexOutdated` for one of another mapping.
    """
    answer = _read(connection, names)
    if answer is None:
        return None
    facts = json.loads(answer["_source"]["state"])
    found = facts.pop("format")
    if found != MAPPING_FORMAT:
        raise IndexOutdated(
            path=names.alias,
            options=names.options,
            found=f"mapping {found}",
            wanted=f"mapping {MAPPING_FORMAT}",
        )
    facts["stamp"] = Stamp(**facts["stamp"])
    facts["identity"] = _digest(answer["_source"]["state"])
    facts["write_stamp"] = (answer["_seq_no"], answer["_primary_term"])
    return State(**facts)


def load_latest(connection: Connection, names: Names) -> tuple[int, str]:
    """Read generation and identity of the newest commit; 0 and nothing when there is none."""
    answer = _read(connection, names)
    if answer is None:
        return 0, ""
    return int(answer["_source"]["generation"]), _digest(answer["_source"]["state"])


def _read(connection: Connection, names: Names) -> Any:
    """Return the document that holds the state, `None` where there is none."""
    with suppress(MissingOnServer):
        return connection.call("GET", f"/{names.pages_alias}/{STATE_PATH}", patient=False)
    return None


def _digest(state: str) -> str:
    """Return what identifies a commit: its state holds the time at which it was made."""
    return hashlib.sha256(state.encode()).hexdigest()


def save_state(connection: Connection, state: State, before: State | None) -> None:
    """Write a commit, provided that the one before is still the newest.

    Raises `Conflict` when it is not. A write whose answer was lost and that was sent again meets
    itself, which is none.
    """
    facts = {**asdict(state), "format": MAPPING_FORMAT}
    del facts["write_stamp"], facts["identity"]
    body = {"state": json.dumps(facts), "generation": state.generation}
    params = {"refresh": "true"}
    if before is not None and before.index == state.index:
        params |= _unchanged(before.write_stamp)
    path = f"/{pages_of(state.index)}/{STATE_PATH}"
    try:
        connection.call("PUT", path, body, params=params)
    except Conflict:
        if connection.call("GET", path)["_source"] != body:
            raise


# ---------------------------------------------------------------- the lock


class WriteLease:
    """The right to write, renewed in the background while it is held."""

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection = connection
        self._path = f"/{names.lock}/_doc/writer"
        self._alias = names.alias
        self._token = uuid.uuid4().hex
        self._write_stamp = (0, 0)
        self._renewed = 0.0
        self._guard = threading.Lock()
        self._done = threading.Event()

    def take(self, seconds: float) -> None:
        """Take the lease; raises `IndexLocked` when another holder has it for so many seconds."""
        end = time.monotonic() + seconds
        while (holder := self._try()) is not None:
            if time.monotonic() >= end:
                raise IndexLocked(path=self._alias, holder=holder, seconds=seconds)
            self._connection.pause(min(0.2, max(0.0, end - time.monotonic())))

    def renew(self) -> None:
        """Hold the lease a while longer; raises `IndexLocked` when another holder has it."""
        with self._guard:
            try:
                self._write(_unchanged(self._write_stamp))
            except Conflict as error:
                if self._take_over() is None:  # a renewal whose answer was lost met itself
                    return
                holder = "another writer"
                raise IndexLocked(path=self._alias, holder=holder, seconds=LEASE_SECONDS) from error

    def ensure(self) -> None:
        """Raise `IndexLocked` when the lease was not renewed in time: another may hold it."""
        if time.monotonic() > self._renewed + 0.8 * LEASE_SECONDS:
            raise IndexLocked(path=self._alias, holder="another writer", seconds=LEASE_SECONDS)

    def keep(self) -> None:
        """Renew until `release`; what goes wrong is found at the next `renew` of the writer."""
        while not self._done.wait(LEASE_SECONDS / 3):
            with suppress(ChaquanError):
                self.renew()

    def release(self) -> None:
        """Release the lease, if it is still ours."""
        self._done.set()
        with self._guard, suppress(MissingOnServer, Conflict, ChaquanError):
            self._connection.call("DELETE", self._path, params=_unchanged(self._write_stamp))

    def _try(self) -> str | None:
        """Take the lease or name its holder."""
        try:
            self._write({"op_type": "create"})
        except Conflict:
            return self._take_over()
        return None

    def _take_over(self) -> str | None:
        try:
            found = self._connection.call("GET", self._path)
        except MissingOnServer:
            return "a writer that has just gone"
        held = found["_source"]
        if held["token"] != self._token and not _abandoned(held):
            return str(held["holder"])
        self._write_stamp = (found["_seq_no"], found["_primary_term"])
        try:
            self._write(_unchanged(self._write_stamp))
        except Conflict:
            return "another writer"
        return None

    def _write(self, params: Mapping[str, str]) -> None:
        body = {"holder": _me(), "token": self._token, "expires": time.time() + LEASE_SECONDS}
        begun = time.monotonic()
        answer = self._connection.call("PUT", self._path, body, params=params)
        self._renewed = begun
        self._write_stamp = (answer["_seq_no"], answer["_primary_term"])


WAIT_FOR_COPIES = "wait_for_active_shards=all&timeout=10s"
"""In the path, for the client takes a `timeout` for its own. Where there are not enough nodes for
all copies, the index is made all the same after that time."""


@contextmanager
def hold_lease(connection: Connection, names: Names, seconds: float) -> Iterator[WriteLease]:
    """Hold the lease for the length of a block."""
    make_index(connection, names.lock, lock_body())
    lease = WriteLease(connection, names)
    lease.take(seconds)
    keeper = threading.Thread(target=lease.keep, name="chaquan-lease", daemon=True)
    keeper.start()
    try:
        yield lease
    finally:
        lease.release()
        keeper.join()


def make_index(connection: Connection, index: str, body: Mapping[str, Any]) -> None:
    """Create an index unless it is there, and wait a little for its copies.

    A node that dies before the first copy exists takes the index with it.
    """
    if connection.call("HEAD", f"/{index}"):
        return
    with suppress(Conflict):  # another writer made it in between
        connection.call("PUT", f"/{index}?{WAIT_FOR_COPIES}", body)


def _me() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _abandoned(held: Mapping[str, Any]) -> bool:
    if held["expires"] < time.time():
        return True
    words = str(held["holder"]).split()
    return words[-1] == socket.gethostname() and not _alive(int(words[1]))


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
