"""Counters of the server in the text format of Prometheus, over all worker processes.

Counters are numbers in shared memory: each process adds to a row of its own, `/metrics` sums the
rows, so nothing is lost to another process. A row outlives its process: counters never go back.
"""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from threading import Lock

import numpy as np
from flask import Flask, Response, g, request

from webapp.context import AppContext
from webapp.security import is_warm_up
from webapp.server_workers import make_shared_table

BUCKET_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STATUS_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
MAX_PROCESSES = 256
"""Rows of the table; processes that were replaced keep theirs. The last is shared by the rest."""

OTHER_ROUTES = "other"
"""The route of requests that no rule matches."""


class Metrics:
    """Requests by route and status, and how long they took, for all processes forked from here."""

    def __init__(self, routes: Sequence[str]) -> None:
        self.routes = (*sorted({*routes}), OTHER_ROUTES)
        self._numbers = {name: number for number, name in enumerate(self.routes)}
        width = len(STATUS_CLASSES) + len(BUCKET_SECONDS) + 2  # and beyond the last, and the sum
        self._owners = make_shared_table(MAX_PROCESSES)
        self._table = make_shared_table(MAX_PROCESSES, len(self.routes), width)
        self._row = 0
        self._lock = Lock()

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        with self._lock:
            counters = self._table[self._own_row(), self._numbers.get(route, len(self.routes) - 1)]
            counters[status // 100 - 1] += 1
            counters[len(STATUS_CLASSES) + bisect_left(BUCKET_SECONDS, seconds)] += 1
            counters[-1] += seconds

    def _own_row(self) -> int:
        """Return the row of this process, which it takes with its first request."""
        process = os.getpid()
        while self._owners[self._row] != process and self._row < MAX_PROCESSES - 1:
            free = np.flatnonzero(self._owners == 0)
            self._row = int(free[0]) if len(free) else MAX_PROCESSES - 1
            self._owners[self._row] = process  # of two that take one row the later keeps it
        return self._row

    def lines(self) -> Iterator[str]:
        """Yield the lines of the counters."""
        table = self._table.sum(axis=0)
        yield "# HELP chaquan_requests_total Requests answered."
        yield "# TYPE chaquan_requests_total counter"
        for route, counters in zip(self.routes, table, strict=True):
            for status, count in zip(STATUS_CLASSES, counters, strict=False):
                if count:
                    labels = f'route="{route}",status="{status}"'
                    yield f"chaquan_requests_total{{{labels}}} {int(count)}"
        yield "# HELP chaquan_request_seconds Time until an answer began."
        yield "# TYPE chaquan_request_seconds histogram"
        for route, counters in zip(self.routes, table, strict=True):
            if counters.any():
                yield from _histogram(route, counters[len(STATUS_CLASSES) :])


def _histogram(route: str, counters: np.ndarray) -> Iterator[str]:
    name, total = "chaquan_request_seconds", 0
    for limit, count in zip((*map(str, BUCKET_SECONDS), "+Inf"), counters, strict=False):
        total += int(count)
        yield f'{name}_bucket{{route="{route}",le="{limit}"}} {total}'
    yield f'{name}_sum{{route="{route}"}} {counters[-1]:.6f}'
    yield f'{name}_count{{route="{route}"}} {total}'


def count_requests(app: Flask, context: AppContext) -> None:
    """Count every request of an application, and answer `/metrics`."""
    metrics = Metrics([rule.rule for rule in app.url_map.iter_rules()])

    @app.after_request
    def count(response: Response) -> Response:
        if is_warm_up():
            return response
        route = request.url_rule.rule if request.url_rule else OTHER_ROUTES
        began = g.get("began", time.perf_counter())
        metrics.count(route, response.status_code, time.perf_counter() - began)
        return response

    @app.get("/metrics")
    def show() -> Response:
        text = "\n".join((*metrics.lines(), *_index_lines(context), ""))
        response = Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
        return response


def _index_lines(context: AppContext) -> Iterator[str]:
    """Yield the lines of what the index holds."""
    index = context.index
    for name, help_, value in (
        ("generation", "Number of the newest commit.", index.generation),
        ("made_timestamp_seconds", "When the newest commit was made.", index.made.timestamp()),
        ("pages", "Pages in the index.", index.page_count),
    ):
        yield f"# HELP chaquan_index_{name} {help_}"
        yield f"# TYPE chaquan_index_{name} gauge"
        yield f"chaquan_index_{name} {value:.15g}"
