"""The face: requests in, pages out; it knows only the door of `indexer`."""

from __future__ import annotations

from webapp.app import create_app
from webapp.serving import serve
from webapp.settings import WebSettings

__all__ = ["WebSettings", "create_app", "serve"]
