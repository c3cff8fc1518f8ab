from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from web.conftest import build
from webapp import create_app


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.text
    return response.text


def test_results_are_the_api_s(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?q=援疆").get_json()
    page = text_of(client, "/?q=援疆")
    assert f"{answer['total']} 个段落" in page
    assert f"{answer['articles']} 篇文章" in page
    for hit in answer["hits"]:
        assert f"/articles/{hit['page']}/{hit['article']}?q=援疆&amp;result=" in page
        assert f"#p{hit['number']}" in page


def test_a_result_shows_title_heading_marks_cities_and_lines(client: FlaskClient) -> None:
    page = text_of(client, '/?q="校园操场多是三合土地面"')
    assert "泱泱秀水润沙雅" in page
    assert "旧貌换新颜" in page
    assert "<mark>校园操场多是三合土地面</mark>" in page
    assert '&amp;lines=22,28#L22"' in page
    assert re.search(r'<a class="city"[^>]*>沙雅</a>', page)


def test_hits_are_grouped_by_article(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?q=援疆&size=50").get_json()
    page = text_of(client, "/?q=援疆&size=50")
    articles = {(hit["page"], hit["article"]) for hit in answer["hits"]}
    assert page.count('<article class="group">') == len(articles)
    assert f"{answer['total']} 个段落，{len(articles)} 篇文章" in page


def test_near_duplicates_unfold_below_the_best(tmp_path: Path) -> None:
    report = "全国防汛总指挥部召开会议，部署长江流域防汛工作，要求各地加强堤坝巡查，确保水库安全。"
    for name in ("甲报", "乙报", "丙报"):
        (tmp_path / f"{name}.txt").write_text(f"{name}的标题\n\n{report}\n", "utf-8")
    other = "长江流域的防汛工作今年开始得很早，老王每天走三十公里，手里只有一盏灯。"
    (tmp_path / "丁报.txt").write_text(f"堤坝上的一天\n\n{other}\n", "utf-8")
    client = create_app(build(tmp_path, "web-near-duplicates")).test_client()
    page = text_of(client, "/?q=长江流域 防汛工作")
    gathered = page.partition("另有 2 篇相近文章</summary>")[2].partition("</details>")[0]
    assert gathered.count('<article class="group">') == 2
    assert page.count('<article class="group">') == 4
    assert "4 个段落，4 篇文章" in page
    assert "相近文章" not in text_of(client, '/?q="长江流域" "防汛工作"')


def test_several_cities_at_once(client: FlaskClient) -> None:
    one = client.get("/api/v1/search?q=援疆&city=沙雅").get_json()["total"]
    both = client.get("/api/v1/search?q=援疆&city=沙雅&city=乌什").get_json()
    page = text_of(client, "/?q=援疆&city=沙雅&city=乌什")
    assert both["total"] > one
    assert f"{both['total']} 个段落" in page
    assert {v["value"] for v in both["facets"]["city"] if v["selected"]} == {"沙雅", "乌什"}
    assert "every_city=1" in page


def test_counts_of_a_facet_leave_its_own_filter_aside(client: FlaskClient) -> None:
    def counts(address: str) -> dict[str, int]:
        facets = client.get(address).get_json()["facets"]["city"]
        return {value["value"]: value["count"] for value in facets}

    free, filtered = counts("/api/v1/search?q=援疆"), counts("/api/v1/search?q=援疆&city=沙雅")
    assert filtered == free


def test_every_facet_link_leads_to_its_count(client: FlaskClient) -> None:
    facets = client.get("/api/v1/search?q=教育").get_json()["facets"]
    for name in ("city", "kind", "article_city"):
        for value in facets[name]:
            assert client.get(value["toggle_url"]).get_json()["total"] == value["count"]


def test_paging_reaches_every_article_once(client: FlaskClient) -> None:
    address, seen = "/?q=援疆&size=2", []
    while address:
        page = text_of(client, address)
        seen += re.findall(r'<h3 lang="zh"><a href="([^"?]+)\?', page)
        following = re.search(r'<a rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    articles = client.get("/api/v1/search?q=援疆").get_json()["articles"]
    assert len(seen) == len(set(seen)) == articles > 4


def test_further_paragraphs_of_an_article_unfold_in_place(client: FlaskClient) -> None:
    page = text_of(client, "/?q=援疆")
    groups = re.findall(r'<article class="group">.*?</article>', page, re.S)
    assert groups
    for group in groups:
        shown, _, folded = group.partition("<details")
        assert 1 <= shown.count('<li class="hit') <= 3
        assert ("本文另有" in folded) == bool(folded)


def test_an_empty_query_browses(client: FlaskClient) -> None:
    page = text_of(client, "/")
    assert "5 个版面" in page
    assert "泱泱秀水润沙雅" in page
    assert "city=嘉兴" in page


def test_nothing_found_offers_a_way_on(client: FlaskClient) -> None:
    page = text_of(client, "/?q=饕餮盛宴&city=嘉兴&exact=1")
    assert "未找到相关内容" in page
    assert 'href="/?q=饕餮盛宴&amp;exact=1"' in page
    assert 'href="/?q=饕餮盛宴&amp;city=嘉兴"' in page


def test_the_address_carries_the_whole_state_in_one_form(client: FlaskClient) -> None:
    page = text_of(client, "/?size=5&city=沙雅&q=援疆&city=嘉兴&start=0&sort=relevance&kind=")
    assert '<link rel="canonical" href="/?q=援疆&amp;city=嘉兴&amp;city=沙雅&amp;size=5">' in page


def test_the_concordance_aligns_every_mark(client: FlaskClient) -> None:
    page = text_of(client, "/?q=足球&view=lines&size=50")
    hits = client.get("/api/v1/search?q=足球&size=50").get_json()["hits"]
    assert page.count("<mark>足球</mark>") == sum(hit["text"].count("足球") for hit in hits)


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/?q=援疆&start=-1", 400, "start 须是不小于 0 的整数"),
        ("/?q=援疆&start=一", 400, "start 须是不小于 0 的整数"),
        ("/?q=援疆&size=0", 400, "size 须是不小于 1 的整数"),
        ("/?q=援疆&size=100000", 400, "过多：100000，最多 200"),
        ("/?q=援疆&exact=maybe", 400, "exact 只能是 1 或 0"),
        ("/?q=援疆&sort=upwards", 400, "没有“upwards”"),
        ("/?q=援疆&kind=nothing", 400, "没有“nothing”"),
        ("/?q=" + "援" * 300, 400, "字数过多：300，最多 256"),
        ("/?q=援疆&start=999", 404, "之后没有内容"),
        ("/?q=" + "x" * 9000, 414, "网址过长"),
        ("/pages/nobody", 404, "索引里没有版面“nobody”"),
        ("/articles/000_486f398a4e6e35c8/99", 404, "索引里没有文章"),
        ("/cite/000_486f398a4e6e35c8/1/999", 404, "索引里没有段落"),
        ("/cite/000_486f398a4e6e35c8/1/1?style=mla", 400, "没有“mla”"),
        ("/nowhere", 404, "找不到该页面"),
    ],
)
def test_bad_input_gets_one_clear_sentence(
    client: FlaskClient, address: str, status: int, sentence: str
) -> None:
    page = html.unescape(text_of(client, address, status))
    assert sentence in page
    assert "Traceback" not in page


@pytest.mark.parametrize("query", ["", "   ", '"', "“没有关上", "((((", "NOT", "-", "城市:", "*"])
def test_any_query_is_answered(client: FlaskClient, query: str) -> None:
    assert client.get("/", query_string={"q": query}).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?q=援疆",
        "/?q=的",
        "/?q=援疆&view=lines",
        "/?q=援疆&city=嘉兴&city=沙雅",
        "/?q=援疆&size=200",
        "/?q=的&size=100",
        "/?size=200",
        "/?q=援疆&view=lines&size=200",
    ],
)
def test_a_page_of_results_is_light(client: FlaskClient, address: str) -> None:
    page = text_of(client, address)
    assert len(page.encode()) < 100_000
    assert len(re.findall(r"<script", page)) == 1
    assert len(re.findall(r'<link rel="stylesheet"', page)) == 1


def test_every_value_of_a_facet_is_shown_somewhere(client: FlaskClient) -> None:
    values = client.get("/api/v1/search?q=援疆").get_json()["facets"]["city"]
    page = text_of(client, "/values/city?q=援疆")
    shown = re.findall(r'<span class="name" lang="zh">([^<]+)</span>', page)
    assert sorted(shown) == sorted(value["value"] for value in values)
    text_of(client, "/values/colour?q=援疆", 404)


@pytest.mark.parametrize("size", [1, 3, 5, 50])
def test_a_group_counts_the_further_hits_of_its_article(client: FlaskClient, size: int) -> None:
    held = Counter(
        (hit["page"], hit["article"])
        for hit in client.get("/api/v1/search?q=援疆&size=200").get_json()["hits"]
    )
    page = text_of(client, f"/?q=援疆&size={size}")
    groups = re.findall(r'<article class="group">.*?</article>', page, re.S)
    found = []
    for group in groups:
        open_ = group.split("<details")[0].count('<li class="hit')
        more = re.search(r"本文另有 (\d+) 段", group)
        found.append(open_ + int(more[1]) if more else open_)
    shown = client.get(f"/api/v1/search?q=援疆&group=article&size={size}").get_json()["groups"]
    assert found == [held[one["page"], one["article"]] for one in shown]


def test_no_mark_turns_the_direction_of_a_page(client: FlaskClient) -> None:
    page = text_of(client, "/?q=援疆\u202e教育\u2066")
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page)
    assert "教育" in page


def test_every_page_is_browsed(dated: FlaskClient) -> None:
    seen: list[str] = []
    address: str | None = "/"
    while address:
        page = text_of(dated, address)
        seen += re.findall(r'<section class="page-list" aria-label="([^"]+)"', page)
        following = re.search(r'<a rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else None
    assert seen == [f"archive/d{year}" for year in range(1984, 2024)]


def test_every_value_is_listed(dated: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.search_page.VALUES_PER_PAGE", 7)
    seen: list[str] = []
    address: str | None = "/values/author?q=援疆"
    while address:
        page = text_of(dated, address)
        assert "共 40 项" in page
        seen += re.findall(r'<span class="name" lang="zh">([^<]+)</span>', page)
        following = re.search(r'<a rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else None
    assert len(seen) == len(set(seen)) == 40


def test_all_years_are_in_the_timeline(dated: FlaskClient) -> None:
    page = text_of(dated, "/?q=援疆").split('<ol class="timeline">')[1].split("</ol>")[0]
    assert re.findall(r"<span>(\d+)</span>", page) == list(map(str, range(1984, 2024)))


@pytest.mark.parametrize(
    ("named", "names"), [("沙", ["沙雅"]), ("shay", ["沙雅"]), ("sy", ["沙雅"]), ("甲乙", [])]
)
def test_values_are_found_by_name_and_pinyin(
    client: FlaskClient, named: str, names: list[str]
) -> None:
    page = text_of(client, f"/values/city?q=援疆&named={named}")
    assert re.findall(r'<span class="name" lang="zh">([^<]+)</span>', page) == names


@pytest.mark.parametrize(
    ("address", "chip"),
    [
        ("/?q=援疆&city=沙雅", '<span lang="zh">沙雅</span>'),
        ("/?q=援疆&not_city=沙雅", '排除 <span lang="zh">沙雅</span>'),
        ("/?q=援疆&article_city=沙雅", '文章主题城市：<span lang="zh">沙雅</span>'),
    ],
)
def test_a_chip_says_what_it_filters(client: FlaskClient, address: str, chip: str) -> None:
    assert chip in text_of(client, address).split('<ul class="chips"')[1].split("</ul>")[0]


def test_a_city_shows_the_characters_that_name_it(client: FlaskClient) -> None:
    page = text_of(client, "/?q=兵团第一师")
    assert re.search(r'title="原文写作：[^"]*第一师[^"]*"[^>]*>阿拉尔<', page)


def test_the_order_is_explained_on_request(client: FlaskClient) -> None:
    assert 'class="explanation"' not in text_of(client, "/?q=援疆")
    page = text_of(client, "/?q=援疆&explain=1")
    assert page.count('class="explanation"') == page.count('<li class="hit')


def test_a_relation_shows_the_sentence_that_states_it(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?facets=pair").get_json()
    pair = answer["facets"]["pair"][0]["value"]
    page = client.get("/", query_string={"pair": pair}).text
    sentences = re.findall(r'<q lang="zh">(.+?)</q>', page)
    assert sentences
    giver, _ = pair.split("→")
    assert any(giver in sentence for sentence in sentences)
    assert "/export.relations?" in page
    assert '<q lang="zh">' not in client.get("/?q=援疆").text


@pytest.mark.parametrize("size", [10, 20, 50, 200])
@pytest.mark.parametrize(
    "view",
    ["", "&view=lines", "&explain=1", "&not_city=<script>alert(1)</script>", "&lang=zh-Hant"],
)
def test_a_page_of_many_results_is_light(dated: FlaskClient, size: int, view: str) -> None:
    page = text_of(dated, f"/?q=支援沙雅&size={size}{view}")
    assert len(page.encode()) < 100_000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Forty paragraphs, each with thousands of hits."""
    folder = tmp_path_factory.mktemp("crowded")
    for number in range(40):
        text = f"标题{number}\n\n" + f"援疆干部到了沙雅县，{number}年援疆。" * 400
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    return create_app(build(folder, "web-crowded")).test_client()


@pytest.mark.parametrize("view", ["", "&view=lines", "&explain=1"])
@pytest.mark.parametrize(
    "query",
    ["援疆", "援", "援疆 沙雅 干部", '"援疆"&city=沙雅', "援疆干部到了沙雅县，" * 20, "援*部"],
)
def test_paragraphs_full_of_hits_make_no_heavy_page(
    crowded: FlaskClient, query: str, view: str
) -> None:
    for size in (10, 200):
        page = text_of(crowded, f"/?q={query}&size={size}{view}")
        assert page.count("<mark>") >= 10
        assert len(page.encode()) < 100_000


@pytest.mark.parametrize(
    "query",
    ["产业 沙雅", "干部 绍兴", "投资 沙雅", "足球 沙雅", "产业 -沙雅", "援疆", '"产业" 沙雅'],
)
def test_a_topic_is_offered_with_the_count_it_leads_to(client: FlaskClient, query: str) -> None:
    total = client.get("/api/v1/search", query_string={"q": query, "exact": 1}).get_json()["total"]
    page = html.unescape(client.get("/", query_string={"q": query, "exact": 1}).text)
    found = re.findall(r'href="([^"]+)"[^>]*>另有 (\d+) 段在主题为(.+?)的文章中', page)
    for address, count, place in found:
        wider = client.get("/api/v1" + address.replace("/?", "/search?")).get_json()
        assert wider["total"] == int(count) > 0
        assert all(place not in hit["text"] for hit in wider["hits"])
    assert bool(found) == (total < 10 and query in OFFERED)


OFFERED = ("产业 沙雅", "干部 绍兴", "投资 沙雅")
