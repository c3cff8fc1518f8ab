"""The Model Context Protocol: the official client, answers of a bounded size, bad requests."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import indexer
from indexer.mcp_server import MAX_ANSWER_BYTES, McpServer, list_tools

pytest.importorskip("mcp", reason="the official client is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    folder = tmp_path_factory.mktemp("mcp") / "index"
    indexer.build_index([seeds], index=folder)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> McpServer:
    return McpServer(indexer.open_index(folder))


def ask(server: McpServer, method: str, **parameters: Any) -> dict[str, Any]:
    request = {"jsonrpc": "2.0", "id": 7, "method": method, "params": parameters}
    answer = server.answer_line(json.dumps(request))
    assert answer is not None
    assert (answer["jsonrpc"], answer["id"]) == ("2.0", 7)
    return answer


def call(server: McpServer, tool: str, **arguments: Any) -> dict[str, Any]:
    result = ask(server, "tools/call", name=tool, arguments=arguments)["result"]
    text = result["content"][0]["text"]
    assert len(text.encode()) <= MAX_ANSWER_BYTES
    return {"error": text} if result["isError"] else json.loads(text)


def test_the_official_client_is_answered(folder: Path) -> None:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    command = ["-m", "indexer.cli", "mcp", "--index", str(folder)]
    parameters = StdioServerParameters(command=sys.executable, args=command)

    async def talk() -> tuple[list[str], list[str]]:
        async with (
            stdio_client(parameters) as (reader, writer),
            ClientSession(reader, writer) as session,
        ):
            await session.initialize()
            tools = [tool.name for tool in (await session.list_tools()).tools]
            answers = [
                await session.call_tool("search", {"query": "援疆", "size": 3}),
                await session.call_tool("check_quote", {"quote": "嘉兴援疆的企鹅"}),
            ]
            return tools, [answer.content[0].text for answer in answers]

    tools, (search, check) = asyncio.run(talk())
    assert tools == [tool["name"] for tool in list_tools()]
    assert len(json.loads(search)["rows"]) == 3
    assert json.loads(check)["verdict"] == "not_printed"


def test_every_tool_is_read_only_and_described(server: McpServer) -> None:
    tools = ask(server, "tools/list")["result"]["tools"]
    assert tools
    for tool in tools:
        assert tool["annotations"]["readOnlyHint"]
        assert tool["description"].endswith(".")
        assert set(tool["inputSchema"]["required"]) <= set(tool["inputSchema"]["properties"])


def test_hits_lead_to_lines_articles_and_quotations(server: McpServer) -> None:
    hit = call(server, "search", query="援疆 教育", size=1)["rows"][0]
    page, article, _ = hit["id"].rsplit(":", 2)
    first, last = hit["lines"]
    lines = call(server, "read_lines", page=page, first=first, last=last)
    assert len(lines["rows"]) == last - first + 1
    whole = call(server, "read_article", page=page, article=int(article))
    assert hit["id"] in {row["id"] for row in whole["rows"]}
    text = next(row["text"] for row in whole["rows"] if row["id"] == hit["id"])
    assert call(server, "check_quote", quote=text[5:30])["verdict"] != "not_printed"


def test_counts_places_and_suggestions(server: McpServer) -> None:
    counts = call(server, "count", query="援疆", by=["kind"])
    assert counts["total"]["paragraphs"] >= sum(row["paragraphs"] for row in counts["rows"]) > 0
    assert call(server, "places", query="援疆")["rows"][0]["paragraphs"] > 0
    assert call(server, "suggest", query="quzhou")["rows"][0]["text"] == "衢州"


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search", {"query": "", "size": 20}),
        ("read_lines", {"page": "000_486f398a4e6e35c8", "first": 1, "last": 10**6}),
        ("read_article", {"page": "000_486f398a4e6e35c8", "article": 1}),
        ("places", {}),
    ],
)
def test_no_answer_is_larger_than_stated(
    server: McpServer, tool: str, arguments: dict[str, Any]
) -> None:
    assert call(server, tool, **arguments)["rows"]


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("search", {}, "missing: query"),
        ("search", {"query": 5}, "query must be of type string"),
        ("search", {"query": "x", "size": True}, "size must be of type integer"),
        ("search", {"query": "x", "city": [1]}, "city must hold strings"),
        ("search", {"query": "x", "nope": 1}, "no argument 'nope'"),
        ("search", {"query": "援" * 999}, "at most"),
        ("read_lines", {"page": "nowhere"}, "no page 'nowhere'"),
        ("read_article", {"page": "nowhere", "article": 1}, "no article"),
        ("count", {"query": "援疆", "by": ["luck"]}, "luck"),
        ("check_quote", {"quote": "援" * 9999}, "at most"),
    ],
)
def test_what_cannot_be_answered_is_said(
    server: McpServer, tool: str, arguments: dict[str, Any], says: str
) -> None:
    assert says in call(server, tool, **arguments)["error"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("x", -32700), ("[" * 100_000, -32700), ("[]", -32600), ("1", -32600),
        ('{"id": 1}', -32600), ('{"id": 1, "method": "nope"}', -32601),
        ('{"id": 1, "method": "tools/call", "params": []}', -32602),
        ('{"id": 1, "method": "tools/call", "params": {"name": "nope"}}', -32602),
    ],
)  # fmt: skip
def test_bad_requests_have_the_codes_of_json_rpc(server: McpServer, line: str, code: int) -> None:
    answer = server.answer_line(line)
    assert answer
    assert answer["error"]["code"] == code


@pytest.mark.parametrize("locale", ["C", "zh_CN.GBK"])
def test_no_line_ends_the_server(folder: Path, locale: str) -> None:
    query = {"name": "search", "arguments": {"query": "\ud800援疆"}}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": query}
    lines = [
        json.dumps(asked).encode(),
        b'{"id": "\xff\xfe"',
        b"[" * 5_000,
        b'{"id": 2, "method": "ping"}',
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "indexer.cli", "mcp", "--index", str(folder)],
        input=b"\n".join(lines),
        env=os.environ
        | {"LC_ALL": locale, "PYTHONIOENCODING": locale.partition(".")[2] or "ascii"},
        capture_output=True,
        check=True,
    )
    answers = [json.loads(line) for line in ended.stdout.decode("utf-8").splitlines()]
    assert [one["id"] for one in answers] == [1, None, None, 2]
    assert "援疆" in answers[0]["result"]["content"][0]["text"]


def test_notifications_are_not_answered(server: McpServer) -> None:
    assert server.answer_line('{"jsonrpc": "2.0", "method": "notifications/initialized"}') is None
