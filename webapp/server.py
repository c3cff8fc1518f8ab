"""The server of `chaquan serve`: listens, answers until asked to stop, and drains.

One process runs waitress; with several workers each runs it on a socket of the same address.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType
from typing import Any

from flask import Flask

from indexer import BadSetting, survive_cuts
from webapp.connection_limits import Dispatcher, Limits, make_channel_class, server_options
from webapp.context import INDEX_EXTENSION
from webapp.security import WARM_UP_KEY
from webapp.server_workers import STOP_SIGNALS, default_workers, run_workers
from webapp.site_texts import SITE_TEXTS

SERVER_LOG = logging.getLogger("webapp.server")

DRAIN_SECONDS = 30.0
"""How long a stopping server continues to answer requests it has accepted."""

LISTEN_BACKLOG = 1024

GC_NEW_OBJECTS = 20_000
"""New objects at which the garbage collector looks for cycles among them; Python has 700."""

GIL_SECONDS = 0.001
"""How long a thread computes while others wait; Python has .005. While sixteen clients sent heavy
searches, health was answered in .13 s in the median and .55 s at the 99th percentile with that, in
.04 and .18 s with this."""

WARM_UP_ADDRESSES = ("/?q=查全", "/", "/?q=chaquan", "/api/v1/suggest?q=cha", "/?q=地区:江苏")
"""Requests that load what most others need: postings, counts, words by pinyin, the gazetteer."""

LOG_LINE_FORMAT = "%(asctime)s %(message)s"


class NoAddress(BadSetting, code="no_address"):
    """An address that cannot be listened on, or that another program listens on."""

    catalogue = SITE_TEXTS


def serve(
    app: Flask,
    host: str = "127.0.0.1",
    port: int = 8000,
    threads: int = 4,
    workers: int | None = None,
    listening: Callable[[str], object] = lambda address: None,  # noqa: ARG005
) -> None:
    """Serve an application until SIGTERM or SIGINT, then finish what is being answered.

    `threads` answer requests in each of `workers` processes, by default one a core. `listening` is
    called with the address of the site once it is reached there. The log goes to stderr. Raises
    `NoAddress` when the address cannot be listened on.
    """
    start_log(app.config.get("LOG_FORMAT", "text"))
    workers = workers or default_workers()
    listeners = [listen(host, port)] if workers == 1 else listen_together(host, port, workers)
    shown = f"[{host}]" if ":" in host else host
    listening(f"http://{shown}:{listeners[0].getsockname()[1]}{app.config.get('URL_PREFIX', '')}/")
    if workers == 1:
        run_server(app, listeners[0], threads)
        return
    works = [
        partial(run_server, app, listener, threads, supervisor=os.getpid())
        for listener in listeners
    ]
    on_start = preload(app)
    grace = DRAIN_SECONDS + 5
    run_workers(works, on_start=on_start, on_stop=partial(_close, listeners), grace_seconds=grace)


def preload(app: Flask) -> Callable[[], None]:
    """Warm up before workers are forked from this process; they share what that loads.

    Returns what closes the index here once they have it: an old commit would keep its disk space.
    Over a remote engine nothing is loaded, as processes cannot share its connections.
    """
    context = app.extensions.get(INDEX_EXTENSION)
    if context is None or context.is_remote:
        return lambda: None
    survive_cuts()
    warm(app)
    close_index: Callable[[], None] = context.close_index
    return close_index


def start_log(form: str) -> None:
    """Log to stderr, as text or with a line of JSON for each event."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(LOG_LINE_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


class JsonLines(logging.Formatter):
    """Writes each event as a JSON object; requests with their facts as members."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        event = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        facts = getattr(record, "facts", None) or {"message": record.getMessage()}
        if record.exc_info:
            event["trace"] = self.formatException(record.exc_info)
        return json.dumps({**event, **facts}, ensure_ascii=False)


def listen_together(host: str, port: int, count: int) -> list[socket.socket]:
    """Return sockets that listen on one address, between which the system shares connections.

    On one shared socket whichever process wakes first takes every connection of a burst. Raises
    `NoAddress`, also where another program listens there already.
    """
    listen(host, port).close()
    first = listen(host, port, reuse_port=True)
    port = first.getsockname()[1]
    return [first, *(listen(host, port, reuse_port=True) for _ in range(count - 1))]


def _close(listeners: Sequence[socket.socket]) -> None:
    for listener in listeners:
        listener.close()


def listen(host: str, port: int, *, reuse_port: bool = False) -> socket.socket:
    """Return a listening socket; raises `NoAddress`."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(
            address[:2], family=family, backlog=LISTEN_BACKLOG, reuse_port=reuse_port
        )
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise NoAddress(given=f"{host}:{port}", reason=reason) from error


def run_server(
    app: Flask, listener: socket.socket, threads: int = 4, *, supervisor: int | None = None
) -> None:
    """Answer requests on a listening socket until the process is asked to stop, then drain.

    A worker also stops when its parent is no longer the process `supervisor`.
    """
    survive_cuts()
    sys.setswitchinterval(GIL_SECONDS)
    threading.Thread(target=warm, args=(app,), daemon=True).start()
    server = Server(app, listener, threads, supervisor=supervisor)
    if threading.current_thread() is threading.main_thread():
        server.stop_on_signals()
    server.run()


class Server:
    """waitress with the limits of `connection_limits`, and an end that cuts no answer short."""

    def __init__(
        self,
        app: Any,
        listener: socket.socket,
        threads: int = 4,
        limits: Limits | None = None,
        *,
        supervisor: int | None = None,
    ) -> None:
        import waitress

        config = getattr(app, "config", {})
        if limits is None:  # behind proxies every client has the proxy's address
            limits = Limits(per_address=0) if config.get("TRUSTED_PROXIES") else Limits()
        self._dispatcher = Dispatcher(
            threads, queued=limits.queued, prefix=config.get("URL_PREFIX", "")
        )
        self._map: dict[int, Any] = {}
        self._server = waitress.create_server(
            app,
            map=self._map,
            sockets=[listener],
            _dispatcher=self._dispatcher,
            **server_options(limits),
        )
        self._server.channel_class = make_channel_class(limits)
        self.port = int(self._server.effective_port)
        self._supervisor = supervisor or os.getppid()
        self._stopping = False

    def run(self) -> None:
        """Answer until `stop`; then answer what has been accepted, and close."""
        while not self._stopping and os.getppid() == self._supervisor:
            self._poll(1.0)
        self._drain()

    def stop(self) -> None:
        """Make `run` end; safe to call again, from a signal handler or another thread."""
        if self._stopping:  # the trigger may be closed, and its descriptor be another file's
            return
        self._stopping = True
        self._server.pull_trigger()

    def connection_count(self) -> int:
        """Return how many connections are open."""
        return len(self._server.active_channels)

    def stop_on_signals(self) -> None:
        """Stop on the first SIGTERM or SIGINT; a second one ends the process at once."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        signal.signal(number, signal.SIG_DFL)
        self.stop()

    def _poll(self, seconds: float) -> None:
        self._server.asyncore.loop(timeout=seconds, map=self._map, use_poll=True, count=1)
        self._dispatcher.make_room(self._server.active_channels.values())

    def _drain(self) -> None:
        """Accept nothing more, and wait for the answers that are being made or sent."""
        self._stopping = True
        self._server.del_channel(self._map)
        self._server.socket.close()
        ends = time.monotonic() + DRAIN_SECONDS
        while self._busy() and time.monotonic() < ends:
            self._poll(0.1)
        for channel in self._busy():
            SERVER_LOG.warning(
                "cut short: %s", channel.requests[0].path if channel.requests else "-"
            )
        self._dispatcher.shutdown(timeout=1)
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.trigger.close()

    def _busy(self) -> list[Any]:
        channels = list(self._server.active_channels.values())
        return [channel for channel in channels if channel.requests or channel.total_outbufs_len]


def warm(app: Flask) -> None:
    """Compile the templates and send first requests, so that no reader waits while tables load.

    What is loaded by then stays loaded, so the garbage collector need not look through it
    again and again: over 100,000 paragraphs that made an answer now and then .1 to .2 s longer.
    What is made for an answer is mostly freed with it: looking for cycles at every 700th new
    object took one twentieth of the CPU of a page.
    """
    if context := app.extensions.get(INDEX_EXTENSION):
        context.load_templates()
    client, (host, *_) = app.test_client(), app.config.get("TRUSTED_HOSTS") or ("localhost",)
    for address in WARM_UP_ADDRESSES:
        to = f"http://{host.removeprefix('.')}"
        answer = client.get(address, base_url=to, environ_overrides={WARM_UP_KEY: True})
        if answer.status_code >= 500:  # the log says why; others would fail alike
            break
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_NEW_OBJECTS)
