from __future__ import annotations

import pytest

from indexer import to_traditional


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("检索", "檢索"),
        ("按相关度", "按相關度"),
        ("头发与发现", "頭髮與發現"),
        ("{count} 项", "{count} 項"),
        ("检\ud800索", "檢?索"),
    ],
)
def test_writes_our_words_in_traditional_characters(simplified: str, traditional: str) -> None:
    assert to_traditional(simplified) == traditional
