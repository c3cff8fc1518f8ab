"""What every view needs: the index, and the reader's language and addresses.

A request comes in; a `AppContext` opens the index when it is first needed, so that a server started
before its index answers with a sentence, and with the index as soon as there is one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any

from flask import Response, g, make_response, render_template, request

from indexer import Index
from webapp.addresses import Addresses, Search
from webapp.site_texts import LANGUAGE_NAMES, SITE_TEXTS, Texts, choose_language, texts

MAX_EXPORTS = 2
"""Exports at once: a slow reader keeps a thread, and the command serves with four of them."""


MAX_FRONT_PAGES_KEPT = 50
"""Pages that do not depend on a query and are kept: 50 kB each, of the archive's front mostly."""

_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
_BIDI_MARKS = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")  # U+202A-2E, U+2066-69


def encode_page(page: str) -> bytes:
    """Encode a page without control characters and marks that turn the direction of text.

    They are no print; the plain text, the exports and the API carry them. Of bytes both are dropped
    in a sixth of the time that the text takes.
    """
    return _BIDI_MARKS.sub(b"", page.encode().translate(None, _CONTROL_BYTES))


class AppContext:
    """The index, opened when first needed and shared by all threads."""

    def __init__(self, open_: Callable[[], Index], *, version: str = "") -> None:
        self._open = open_
        self._index: Index | None = None
        self._kept: dict[tuple[str, str], bytes] = {}
        self._lock = Lock()
        self.exports = BoundedSemaphore(MAX_EXPORTS)
        self.version = version  # of the code, templates and texts, part of every ETag

    @property
    def shared_index(self) -> Index:
        """Return the index, which follows new commits; for streams that outlive their request.

        Raises `StoreError` while there is none that can be read.
        """
        with self._lock:
            if self._index is None:
                self._index = self._open()
            return self._index

    @property
    def index(self) -> Index:
        """Return the index pinned to one commit for the whole request.

        ETag, hits, counts and suggestions of an answer are so of one commit, which is looked up
        once. Raises `StoreError` while there is none that can be read.
        """
        if "snapshot" not in g:
            stack = ExitStack()
            g.snapshot = stack.enter_context(self.shared_index.snapshot())
            g.close_snapshot = stack
        snapshot: Index = g.snapshot
        return snapshot

    def release(self, error: BaseException | None = None) -> None:
        """Release the commit of this request; with an error, as one that may be damaged."""
        g.pop("snapshot", None)
        stack = g.pop("close_snapshot", None)
        if stack is not None and error is None:
            stack.close()
        elif stack is not None and error is not None:
            with suppress(type(error)):
                stack.__exit__(type(error), error, error.__traceback__)

    @property
    def language(self) -> str:
        """Return the language of this request."""
        return choose_language(request.args.get("lang", ""), request.accept_languages.values())

    @property
    def texts(self) -> Texts:
        """Return the interface in the language of this request."""
        return texts(self.language)

    @property
    def addresses(self) -> Addresses:
        """Return the writer of addresses for this request: they keep a language that was chosen."""
        given = request.args.get("lang", "")
        return Addresses(request.script_root, given if given in LANGUAGE_NAMES else "")

    @property
    def encoded_addresses(self) -> Addresses:
        """Return the writer of addresses that programs request as they are."""
        return replace(self.addresses, encoded=True)

    def languages(self) -> list[tuple[str, str, str]]:
        """List the languages with the address of this very page in each."""
        path = request.path
        pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
        return [
            (code, name, Addresses(request.script_root, code).same(path, pairs))
            for code, name in LANGUAGE_NAMES.items()
        ]

    def sentence(self, key: str, language: str) -> str:
        """Return a sentence of the interface in a language of the catalogue."""
        return SITE_TEXTS.sentence(key, language, {})

    @property
    def _address(self) -> str:
        """What of a request an answer depends on."""
        return f"{self.language}{request.host_url}{request.script_root}{request.full_path}"

    def keep(self, answer: Callable[[], Response]) -> Response:
        """Return a page that was made before for this commit and address, or make it."""
        key = self.index.identity, self._address
        page = self._kept.get(key)
        if page is None:
            page = answer().get_data()
            if len(self._kept) >= MAX_FRONT_PAGES_KEPT:
                self._kept.clear()
            self._kept[key] = page
        return _page_response(page)

    def etag(self) -> str:
        """Name the answer to this request: it changes with the index and with the software."""
        address = zlib.crc32(self._address.encode("utf-8", "replace"))
        return f"{self.index.identity[:16]}-{self.version}-{address:08x}"

    def show(self, template: str, *, search: Search | None = None, **values: Any) -> Response:
        """Render a page."""
        addresses = self.addresses
        language = [("lang", addresses.lang)] if addresses.lang else []
        state = search.at(0).parameters() if search else []
        kept = [pair for pair in state if pair[0] != "q"]
        page = render_template(
            template,
            t=self.texts,
            to=addresses,
            search=search,
            state=state + language,
            kept=kept + language,
            languages=self.languages(),
            **values,
        )
        return _page_response(encode_page(page))


def _page_response(page: bytes) -> Response:
    response = make_response(page)
    response.vary.add("Accept-Language")
    return response


def public_path(path: str) -> str:
    """Return the path of a file without the folders of the server that it is in."""
    return Path(path).name if Path(path).is_absolute() else path


def revalidated(
    context: AppContext, answer: Callable[[], Response], *, keep: bool = False
) -> Response:
    """Answer 304 when the reader already holds this answer, otherwise make it.

    With `keep` a page is made once for a commit, address and language, and kept with a few others.
    """
    etag = context.etag()
    known = request.if_none_match
    held = not known.star_tag and known.contains_weak(etag)  # `*` holds of what exists, not of all
    response = Response(status=304) if held else context.keep(answer) if keep else answer()
    if response.status_code in (200, 304):
        response.set_etag(etag, weak=True)
        response.headers.setdefault("Cache-Control", "no-cache")
    return response
