"""The site and its API, as a WSGI application; uses only what `indexer` exports."""

from __future__ import annotations

from webapp.app import create_app
from webapp.server import serve
from webapp.web_settings import WebSettings

__all__ = ["WebSettings", "create_app", "serve"]
