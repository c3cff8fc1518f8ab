"""Counters for operators, and logs as JSON."""

from __future__ import annotations

import json
import logging
import os
import re

import pytest

from indexer import Settings
from webapp import WebSettings, create_app
from webapp.metrics import Metrics
from webapp.server import JsonLines


def test_requests_are_counted_by_route_and_status(seeds_settings: Settings) -> None:
    client = create_app(seeds_settings, web=WebSettings(metrics=True)).test_client()
    for path in ("/?q=援疆", "/?q=教育", "/?size=x", "/nowhere", "/healthz"):
        client.get(path)
    text = client.get("/metrics").text
    counts = dict(re.findall(r"^chaquan_requests_total(\S+) (\d+)$", text, re.MULTILINE))
    assert counts['{route="/",status="2xx"}'] == "2"
    assert counts['{route="/",status="4xx"}'] == "1"
    assert counts['{route="other",status="4xx"}'] == "1"
    assert 'chaquan_request_seconds_bucket{route="/",le="+Inf"} 3' in text
    assert "chaquan_index_pages 5\n" in text


def test_without_the_setting_there_are_no_counters(seeds_settings: Settings) -> None:
    client = create_app(seeds_settings, web=WebSettings()).test_client()
    assert client.get("/metrics").status_code == 404


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_processes_count_together() -> None:
    metrics = Metrics(["/", "/help"])
    metrics.count("/", 200, 0.001)
    for _ in range(3):
        if not (child := os.fork()):
            for _ in range(100):
                metrics.count("/", 200, 0.02)
            os._exit(0)
        os.waitpid(child, 0)
    metrics.count("/help", 503, 99)
    lines = list(metrics.lines())
    assert 'chaquan_requests_total{route="/",status="2xx"} 301' in lines
    assert 'chaquan_request_seconds_bucket{route="/",le="0.005"} 1' in lines
    assert 'chaquan_request_seconds_bucket{route="/",le="0.025"} 301' in lines
    assert 'chaquan_request_seconds_count{route="/help"} 1' in lines


def test_a_log_of_json_has_a_line_for_each_request(
    seeds_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    client = create_app(seeds_settings, web=WebSettings()).test_client()
    with caplog.at_level(logging.INFO, logger="webapp.access"):
        client.get("/?q=援疆")
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert (line["logger"], line["method"], line["status"]) == ("webapp.access", "GET", 200)
    assert line["milliseconds"] > 0


def test_a_failure_is_one_line_too() -> None:
    try:
        raise ValueError("a\nb")
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("webapp.trouble", logging.ERROR, "", 1, "unforeseen", (), trace)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "unforeseen"
