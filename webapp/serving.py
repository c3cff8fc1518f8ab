"""The command line's server: an application comes in and is served until it is stopped."""

from __future__ import annotations

import gc
import logging
import threading
from typing import Any

from flask import Flask

from indexer import BadSetting, survive_cuts

HEADER_BYTES = 16_384
"""Request line and headers together: an address of 8 kB, cookies of a neighbour, nothing more."""


class NoAddress(BadSetting):
    """An address that nobody can listen on, or somebody else listens on."""

    code = "no_address"
    english = "Cannot serve at {given} ({reason}); choose another --host or --port."
    chinese = "无法在 {given} 提供服务（{reason}），请换一个 --host 或 --port。"


CONNECTIONS = 500
IDLE = 30
"""Connections at once, and seconds until one that asks nothing is closed. With 100 for 120 s, as
waitress has it, a hundred half requests kept everybody out for two minutes."""

STALLED = 60.0
"""Seconds that a reader may leave 16 MB of an answer lying."""


def serve(app: Flask, host: str = "127.0.0.1", port: int = 8000, threads: int = 8) -> None:
    """Serve an application with waitress until it is interrupted; the log goes to stderr."""
    import waitress

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    survive_cuts()
    lose_patience(STALLED)
    threading.Thread(target=warm, args=(app,), daemon=True).start()
    try:
        server = waitress.create_server(app, host=host, port=port, threads=threads, **limits())
    except (OSError, ValueError) as error:
        raise NoAddress(
            given=f"{host}:{port}", reason=getattr(error, "strerror", None) or error
        ) from error
    server.run()


def warm(app: Flask) -> None:
    """Ask once before the first reader does: dictionaries load at the first question.

    What is loaded by then stays for good, so the garbage collector need not look through it
    again and again: over 100,000 paragraphs that made an answer now and then .1 to .2 s longer.
    """
    client = app.test_client()
    for address in ("/?q=查全", "/", "/api/v1/suggest?q=查"):
        client.get(address)
    gc.collect()
    gc.freeze()


def limits() -> dict[str, object]:
    """Return what the server refuses before the application sees it."""
    return {
        "max_request_header_size": HEADER_BYTES,
        "max_request_body_size": 0,
        "clear_untrusted_proxy_headers": False,  # `ProxyFix` believes as many as are set
        "ident": None,
        "connection_limit": CONNECTIONS,
        "channel_timeout": IDLE,
        "cleanup_interval": IDLE // 2,
        "asyncore_use_poll": True,  # `select` ends at 1,024 files
    }


def lose_patience(seconds: float) -> None:
    """Let no reader who leaves an answer lying keep a thread for longer than so many seconds.

    waitress waits for ever as soon as 16 MB lie unread: four exports that nobody reads would
    silence a server of four threads. What is cut off so is no whole answer, and its reader sees it.
    """
    from waitress.channel import ClientDisconnected, HTTPChannel
    from waitress.server import BaseWSGIServer

    class Patience(threading.Condition):
        def wait(self, timeout: float | None = None) -> bool:
            if not super().wait(seconds if timeout is None else timeout):
                raise ClientDisconnected
            return True

    class Channel(HTTPChannel):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.outbuf_lock = Patience()

    BaseWSGIServer.channel_class = Channel
