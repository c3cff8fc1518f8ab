"""The address that the server says it is reached at."""

from __future__ import annotations

import re
import socket

import pytest
from flask import Flask

from webapp import serve, server
from webapp.server import NoAddress, listen


def no_server(app: Flask, listener: socket.socket, threads: int) -> None:
    """Stand in for the loop that answers."""
    listener.close()


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "run_server", no_server)
    monkeypatch.setattr(server, "start_log", str)


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
@pytest.mark.parametrize("prefix", ["", "/archive"])
def test_the_address_names_the_port_that_was_found(host: str, shown: str, prefix: str) -> None:
    app, said = Flask("site"), list[str]()
    app.config["URL_PREFIX"] = prefix
    serve(app, host, 0, workers=1, listening=said.append)
    assert re.fullmatch(f"http://{re.escape(shown)}:[1-9]\\d*{prefix}/", said[0])


def test_nothing_is_said_of_an_address_that_is_taken() -> None:
    said: list[str] = []
    with listen("127.0.0.1", 0) as taken, pytest.raises(NoAddress):
        serve(Flask("site"), port=taken.getsockname()[1], workers=1, listening=said.append)
    assert said == []
