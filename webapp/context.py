"""What every view needs: the index, and the reader's language and addresses.

An `AppContext` opens the index when it is first needed, so that a server started before its index
answers with a sentence, and with the index as soon as there is one.
"""

from __future__ import annotations

import re
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from threading import Lock, Semaphore
from typing import Any

from flask import Response, g, request

from indexer import Index
from webapp.addresses import Addresses, Search
from webapp.site_texts import LANGUAGE_NAMES, SITE_TEXTS, Texts, choose_language, texts
from webapp.templating import PageEnvironment

INDEX_EXTENSION = "chaquan"
"""Names the context of an application among its `extensions`."""

MAX_COMPUTED_EXPORTS = 2
"""Exports that compute at once; while its reader receives what is ready, an export is not one."""


MAX_CACHED_BYTES = 16_000_000
"""Answers that a process keeps: some 300 pages of results."""

MAX_CACHED_ANSWER_BYTES = 200_000

_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
_BIDI_MARKS = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")  # U+202A-2E, U+2066-69


def encode_page(page: str) -> bytes:
    """Encode a page without control characters and marks that turn the direction of text.

    They are no print; the plain text, the exports and the API carry them. Of bytes both are dropped
    in a sixth of the time that the text takes.
    """
    return _BIDI_MARKS.sub(b"", page.encode().translate(None, _CONTROL_BYTES))


class AnswerCache:
    """The answers that were asked for last; thread-safe."""

    def __init__(self) -> None:
        self._answers = OrderedDict[tuple[str, str], tuple[bytes, list[tuple[str, str]]]]()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: tuple[str, str]) -> Response | None:
        """Return a copy of an answer."""
        with self._lock:
            if key not in self._answers:
                return None
            self._answers.move_to_end(key)
            body, headers = self._answers[key]
        return Response(body, headers=headers)

    def put(self, key: tuple[str, str], answer: Response) -> None:
        """Keep a copy of an answer; evict those that were asked for least recently."""
        body = answer.get_data()
        if len(body) > MAX_CACHED_ANSWER_BYTES:
            return
        with self._lock:
            self._bytes += len(body) - len(self._answers.pop(key, (b"",))[0])
            self._answers[key] = body, list(answer.headers)
            while self._bytes > MAX_CACHED_BYTES:
                self._bytes -= len(self._answers.popitem(last=False)[1][0])


class AppContext:
    """The index, opened when first needed and shared by all threads."""

    def __init__(
        self,
        open_: Callable[[], Index],
        templates: Mapping[str, PageEnvironment],
        *,
        version: str = "",
        is_remote: bool = False,
        owns_index: bool = True,
    ) -> None:
        self._open, self._templates = open_, templates
        self.is_remote, self._owns_index = is_remote, owns_index
        self._index: Index | None = None
        self.cache = AnswerCache()
        self._lock = Lock()
        self.exports = Semaphore(MAX_COMPUTED_EXPORTS)
        self.version = version  # of the code, templates and texts, part of every ETag

    def shared_index(self) -> Index:
        """Return the index, which follows new commits."""
        with self._lock:
            if self._index is None:
                self._index = self._open()
            return self._index

    @property
    def is_open(self) -> bool:
        """Whether the index has been opened."""
        return self._index is not None

    def close_index(self) -> None:
        """Close the index and forget answers; one that was not passed in is opened when needed."""
        with self._lock:
            if self._index is not None and self._owns_index:
                self._index.close()
                self._index, self.cache = None, AnswerCache()

    def load_templates(self) -> None:
        """Compile every page in every language."""
        for templates in self._templates.values():
            for name in templates.list_templates():
                templates.get_template(name)

    @property
    def index(self) -> Index:
        """Return the index pinned to one commit for the whole request.

        ETag, hits, counts and suggestions of an answer are so of one commit, which is looked up
        once. Raises `StoreError` while there is none that can be read.
        """
        if "snapshot" not in g:
            stack = ExitStack()
            g.snapshot = stack.enter_context(self.shared_index().snapshot())
            g.close_snapshot = stack
        snapshot: Index = g.snapshot
        return snapshot

    @contextmanager
    def streamed_index(self) -> Iterator[Index]:
        """Provide the index of this request to a stream that may outlive it."""
        index = self.index
        with g.pop("close_snapshot"):
            yield index

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
    def partial(self) -> bool:
        """Whether parts of a remote index were down, which may answer the next time."""
        return bool(g.get("partial"))

    @partial.setter
    def partial(self, down: bool) -> None:
        g.partial = self.partial or down

    @property
    def language(self) -> str:
        """Return the language of this request."""
        if "language" not in g:
            given = request.args.get("lang", "")
            g.language = choose_language(given, request.accept_languages.values())
        language: str = g.language
        return language

    @property
    def texts(self) -> Texts:
        """Return the interface in the language of this request."""
        return texts(self.language)

    @property
    def addresses(self) -> Addresses:
        """Return the writer of addresses for this request: they keep a language that was chosen."""
        if "addresses" not in g:
            given = request.args.get("lang", "")
            g.addresses = Addresses(request.script_root, given if given in LANGUAGE_NAMES else "")
        addresses: Addresses = g.addresses
        return addresses

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
        if "address" not in g:
            mounted = f"{request.host_url} {request.script_root}"
            g.address = f"{self.language} {mounted} {request.full_path}"
        address: str = g.address
        return address

    def cached(self, answer: Callable[[], Response]) -> Response:
        """Return the answer that was made before for this commit and address, or make it."""
        key = self.index.identity, self._address
        response = self.cache.get(key)
        if response is None:
            response = answer()
            if response.status_code == 200 and not self.partial:
                self.cache.put(key, response)
        return response

    def etag(self) -> str:
        """Name the answer to this request: it changes with the index and with the software."""
        address = zlib.crc32(self._address.encode("utf-8", "replace"))
        return f"{self.index.identity[:16]}-{self.version}-{address:08x}"

    def show(self, template: str, *, search: Search | None = None, **values: Any) -> Response:
        """Render a page."""
        addresses = self.addresses
        language = [("lang", addresses.lang)] if addresses.lang else []
        state = search.first_page.parameters() if search else []
        kept = [pair for pair in state if pair[0] != "q"]
        page = (
            self._templates[self.language]
            .get_template(template)
            .render(
                t=self.texts,
                to=addresses,
                search=search,
                state=state + language,
                kept=kept + language,
                languages=self.languages(),
                **values,
            )
        )
        return Response(
            encode_page(page), mimetype="text/html", headers={"Vary": "Accept-Language"}
        )


def public_path(path: str) -> str:
    """Return the path of a file without the folders of the server that it is in."""
    return Path(path).name if Path(path).is_absolute() else path


View = Callable[..., Response]
"""Answers a request: called with an `AppContext` and the values in the path of the address."""


def revalidated(*, cached: bool = True) -> Callable[[View], View]:
    """Make a view answer 304 when the reader already holds the answer, else from the cache.

    `cached=False` is for answers that depend on more than the commit and the address.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(context: AppContext, **values: Any) -> Response:
            etag = context.etag()
            tags = request.if_none_match  # `*` is true of what exists, not of everything
            is_unchanged = not tags.star_tag and tags.contains_weak(etag)
            make = partial(view, context, **values)
            if is_unchanged:
                response = Response(status=304)
            else:
                response = context.cached(make) if cached else make()
            if response.status_code in (200, 304) and not context.partial:
                response.set_etag(etag, weak=True)
                response.headers.setdefault("Cache-Control", "no-cache")
            return response

        return answer

    return decorate
