"""Who supports whom: the sentences that say so, counted, listed and exported."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest

import indexer

PAGE = """# 山海情深

本报记者　王小明

2023年，金华市对口支援新疆阿克苏地区温宿县，投入援疆资金1.2亿元，建成“石榴籽”学校等12个项目。来自金华的游客走进温宿县，看胡杨，品瓜果，赞不绝口。

温宿县的老人说，日子一天比一天好。金华的援疆医生又来了，他们每周三坐诊。

“十四五”期间，由金华援建的温宿县人民医院新楼投入使用，总投资8600万元。
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("relations")
    (folder / "pages").mkdir()
    (folder / "pages" / "page.md").write_text(PAGE, encoding="utf-8")
    indexer.build_index([folder / "pages"], index=folder / "index")
    with indexer.open_index(folder / "index") as opened:
        yield opened


def test_a_sentence_that_says_so_is_kept_with_its_figures(index):
    first, second = indexer.find_relations(index.scan(""))
    assert first.statement.giver == second.statement.giver == "金华"
    assert first.statement.receiver == second.statement.receiver == "温宿"
    assert first.sentence.startswith("2023年，金华市对口支援")
    assert first.sentence.endswith("12个项目。")
    assert first.statement.sums == ("1.2亿元",)
    assert first.statement.years == ("2023年",)
    assert first.statement.projects == ("“石榴籽”学校", "12个项目")
    assert second.statement.sums == ("8600万元",)
    assert second.statement.years == ("“十四五”",)


def test_the_facet_counts_paragraphs_that_say_so(index):
    (pair,) = index.search("").facets["pair"]
    assert (pair.value, pair.count) == ("金华→温宿", 2)


def test_hits_carry_their_statements(index):
    hits = index.search("", pair=["金华→温宿"]).hits
    assert hits
    for hit in hits:
        (one,) = hit.to_dict()["statements"]
        start, end = one["span"]
        assert hit.text[start:end] == one["sentence"]
        assert one["giver"] == "金华"


def test_inspection_names_the_sentences(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    (article,) = indexer.inspect_page(page).to_dict()["articles"]
    assert article["pairs"] == [["金华", "温宿"]]
    texts = {block["number"]: block["text"] for block in article["blocks"]}
    for one in article["statements"]:
        start, end = one["span"]
        assert texts[one["paragraph"]][start:end] == one["sentence"]
    assert len(article["statements"]) == 2


def test_a_table_of_relations(index):
    rows = list(csv.DictReader(io.StringIO("".join(indexer.to_relations_csv(index.scan(""))))))
    assert [row["giver"] + row["receiver"] for row in rows] == ["金华温宿"] * 2
    assert rows[0]["projects"] == "“石榴籽”学校；12个项目"
    assert rows[0]["page"] == "page"


def test_a_graph_of_relations(index):
    root = ElementTree.fromstring(indexer.to_gexf(index.scan("")))
    spaces = {"g": "http://gexf.net/1.3"}
    assert [node.get("id") for node in root.findall(".//g:node", spaces)] == ["温宿", "金华"]
    (edge,) = root.findall(".//g:edge", spaces)
    assert (edge.get("source"), edge.get("target"), edge.get("weight")) == ("金华", "温宿", "2")


def test_no_relations_make_an_empty_graph_and_a_head_line():
    assert len(list(indexer.to_relations_csv([]))) == 1
    assert ElementTree.fromstring(indexer.to_gexf([])).tag.endswith("gexf")


@pytest.mark.parametrize(
    "text",
    [
        "丰台区某街道与内蒙古扎赉特旗开展结对帮扶，帮助销售大米。",
        "杭州市一家医院和贵州省三穗县结对帮扶。",
    ],
)
def test_whoever_is_named_first_acts_together_with_the_other(tmp_path, text):
    (tmp_path / "page.md").write_text(f"# 牵手\n\n{text}\n", encoding="utf-8")
    (article,) = indexer.inspect_page(tmp_path / "page.md").articles
    (pair,) = article.pairs
    assert (pair.giver, pair.receiver) in [("丰台", "扎赉特"), ("杭州", "三穗")]
