"""Limits on connections: what a client may hold open, and which threads answer which requests.

waitress reads requests and writes answers in one event loop and runs the application in threads.
This module subclasses the two places where it decides: the channel of a connection and the
dispatcher that gives requests to threads. It is independent of Flask and of the index.
"""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error

from webapp.site_texts import SITE_TEXTS

MAX_HEADER_BYTES = 16_384
"""Request line and headers together: an address of 8 kB, a neighbour's cookies, nothing more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process accepts; the defaults suit a small server without a proxy before it."""

    connections: int = 500  # open at once
    per_address: int = 128  # of these, from one client address; 0 is any number
    idle_seconds: int = 30  # until a connection without a request is closed
    head_seconds: float = 10.0  # for the whole head of a request, however it trickles in
    stalled_seconds: float = 20.0  # an answer's thread waits so long for its reader
    queued: int = 64  # requests that wait for a thread; one more is answered 503


def server_options(limits: Limits) -> dict[str, object]:
    """Return the settings of waitress for these limits."""
    return {
        "max_request_header_size": MAX_HEADER_BYTES,
        "max_request_body_size": 0,
        "clear_untrusted_proxy_headers": False,  # `ProxyFix` believes as many as are set
        "ident": None,
        "connection_limit": limits.connections,
        "channel_timeout": limits.idle_seconds,
        "cleanup_interval": min(5, limits.idle_seconds),
        "channel_request_lookahead": 1,  # reads on, so that it notices a client who has gone
        "asyncore_use_poll": True,  # `select` ends at 1,024 files
    }


CROWDED_SHARE = 0.9
"""Of the connections a process accepts: with more, one that waits for nothing is closed."""

_NOT_ASCII_BYTE = re.compile(rb"[\x80-\xff]")


class RequestParser(HTTPRequestParser):  # type: ignore[misc]
    """A parser that percent-encodes the bytes of the request line that are not ASCII.

    To those waitress answers 400; `curl 'http://…/?q=援疆'` sends UTF-8 as it is.
    """

    path = ""  # until a request line is parsed: one that cannot be has none

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the request line and the headers after it."""
        line, end, headers = header_plus.partition(b"\r\n")
        try:
            super().parse_header(_NOT_ASCII_BYTE.sub(_encode, line) + end + headers)
        except ValueError as error:  # of `urlsplit`, as for `http://[`
            raise ParsingError("Bad URI") from error
        self.expect_continue = False  # no body is taken: the answer follows without one


def _encode(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]


class _StallingCondition(threading.Condition):
    """A condition whose wait without a time-out ends the request after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.began = 0.0  # of the wait that has not ended
        self.waited = 0.0  # in all, seconds

    def wait(self, timeout: float | None = None) -> bool:
        self.began = time.monotonic()
        try:
            if not super().wait(self.seconds if timeout is None else timeout):
                raise ClientDisconnected
        finally:
            self.waited += time.monotonic() - self.began
            self.began = 0.0
        return True


class LimitedChannel(HTTPChannel):  # type: ignore[misc]
    """A connection with the limits that waitress has not.

    waitress alone closes a connection that sends nothing for a while, but one byte now and then
    keeps it open for ever; it lets one address take every connection; and it waits without end
    for a reader who does not read on. Here an address that has all it may have
    loses its oldest connection that waits for nothing, so that a new request is still answered;
    so does the process when it has nearly as many as it accepts.
    """

    limits: Limits
    open_channels: defaultdict[str, dict[LimitedChannel, None]]  # of each address, oldest first
    parser_class = RequestParser
    head_began = 0.0
    pool: ThreadPool | None = None  # that answers its request
    written = 0  # bytes

    def __init__(self, server: Any, sock: Any, addr: Any, *rest: Any, **options: Any) -> None:
        self.address = str(addr[0])
        super().__init__(server, sock, addr, *rest, **options)
        self.outbuf_lock = _StallingCondition(self.limits.stalled_seconds)
        channels, limits = self.open_channels[self.address], self.limits
        if 0 < limits.per_address <= len(channels):
            self._close_idle(channels, otherwise=self)
        elif len(server.active_channels) > limits.connections * CROWDED_SHARE:
            self._close_idle(server.active_channels.values(), otherwise=None)
        channels[self] = None

    @staticmethod
    def _close_idle(channels: Iterable[HTTPChannel], otherwise: HTTPChannel | None) -> None:
        """Close the first of some channels that waits for nothing."""
        idle = (one for one in channels if not one.requests and not one.total_outbufs_len)
        closed = next((one for one in idle if not one.will_close), otherwise)
        if closed is not None:
            closed.will_close = True

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.head_began = time.monotonic()
        return bool(super().received(data))

    def write_soon(self, data: Any) -> int:
        self.written += len(data)
        return int(super().write_soon(data))

    def _flush_outbufs_below_high_watermark(self) -> None:
        """Wait until the reader has left no more unread than the pool allows."""
        most = self.pool.max_unread_bytes if self.pool else 0
        with self.outbuf_lock:
            while self.connected and self.total_outbufs_len > most:
                self.server.pull_trigger()
                self.outbuf_lock.wait()

    def reading_speed(self) -> float | None:
        """Return the bytes that are read a second; `None` if no thread waits for the reader."""
        began = self.outbuf_lock.began  # read once: the thread changes it
        seconds = self.outbuf_lock.waited + time.monotonic() - began if began else 0.0
        return self.written / seconds if seconds > SLOW_SECONDS else None

    def readable(self) -> bool:
        if self.request and time.monotonic() - self.head_began > self.limits.head_seconds:
            self.will_close = True
        return bool(super().readable())

    def del_channel(self, map: Any = None) -> None:  # noqa: A002
        channels = self.open_channels.get(self.address, {})
        channels.pop(self, None)
        if not channels:
            self.open_channels.pop(self.address, None)
        super().del_channel(map)


def make_channel_class(limits: Limits) -> type[LimitedChannel]:
    """Return a class of channels that share these limits."""
    shared = {"limits": limits, "open_channels": defaultdict(dict)}
    return type("Channel", (LimitedChannel,), shared)


class _Overloaded(Error):  # type: ignore[misc]
    """The answer to a request that would have to wait too long."""

    code = 503
    reason = "Service Unavailable"

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        del ident
        said = (SITE_TEXTS.sentence("status.overloaded", one, {}) for one in ("zh", "en"))
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "5")]
        return f"{self.code} {self.reason}", headers, "\n".join((*said, "")).encode()


LIGHT_PATHS = ("/static/", "/healthz", "/readyz", "/metrics", "/robots.txt", "/favicon.ico")
LIGHT_THREADS = 4
EXPORT_PATHS = ("/export.", "/tables/")
EXPORT_THREADS = 16
MAX_UNREAD_BYTES = 16_000_000
MAX_UNREAD_EXPORT_BYTES = 1_000_000
"""What is made of an answer before its reader has read it: of an export little, as slow readers
of many would have as much computed in vain."""
SLOW_SECONDS = 1.0
"""How long an answer has waited for its reader before it may end for another request."""


class ThreadPool(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Threads that answer requests; does not log the length of its queue, as waitress does."""

    def __init__(self, threads: int, max_unread_bytes: int = MAX_UNREAD_BYTES) -> None:
        super().__init__()
        self.max_unread_bytes = max_unread_bytes
        self.set_thread_count(threads)
        self._closed: HTTPChannel | None = None

    def add_task(self, task: HTTPChannel) -> None:
        """Queue the next request of a channel."""
        task.pool = self
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()

    def make_room(self, channels: Iterable[HTTPChannel]) -> None:
        """Close the channel whose client reads slowest, if a request waits for a thread."""
        is_ending = self._closed is not None and self._closed.requests
        if not self.queue or self.active_count < len(self.threads) or is_ending:
            return
        speeds = {one: one.reading_speed() for one in channels if one.pool is self}
        slow = {one: speed for one, speed in speeds.items() if speed is not None}
        self._closed = min(slow, key=slow.__getitem__, default=None)
        if self._closed is not None:
            self._closed.handle_close()


class Dispatcher:
    """Three pools of threads: light requests, exports, and everything else.

    Health checks and static files never wait behind searches, and an export that a slow client
    reads takes no thread from searches. When all threads of a pool are taken, the answer that is
    read slowest ends. The queues are bounded: a request beyond is answered 503 at once. A request
    whose client has closed the connection is dropped unanswered when its turn comes, which is
    waitress's own rule once it looks ahead.
    """

    def __init__(self, threads: int, *, queued: int, prefix: str = "") -> None:
        self.queued = queued
        self.prefix = prefix.rstrip("/")
        self.light = ThreadPool(LIGHT_THREADS)
        self.exports = ThreadPool(EXPORT_THREADS, MAX_UNREAD_EXPORT_BYTES)
        self.pages = ThreadPool(threads)
        self._pools = (self.light, self.exports, self.pages)

    def add_task(self, channel: HTTPChannel) -> None:
        """Queue a channel's next request in the pool of its path."""
        request = channel.requests[0]
        path = (request.path or "").removeprefix(self.prefix)
        pool = self.exports if path.startswith(EXPORT_PATHS) else self.pages
        if request.error or path.startswith(LIGHT_PATHS):
            pool = self.light
        elif len(pool.queue) >= self.queued:
            request.error, pool = _Overloaded(""), self.light
        pool.add_task(channel)

    def make_room(self, channels: Collection[HTTPChannel]) -> None:
        """Free a thread from a slow reader in each pool that has none left for a request.

        To be called in the thread of the event loop, with all open channels.
        """
        for pool in self._pools:
            pool.make_room(channels)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """End the threads; running requests get so many seconds. Return whether all ended."""
        ended = [pool.shutdown(cancel_pending, timeout) for pool in self._pools]
        return all(ended)
