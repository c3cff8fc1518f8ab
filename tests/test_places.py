"""Places: what is found in a text, what is left alone, and what an article is about."""

from __future__ import annotations

import re
import tomllib
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged.places import judge_pages, judge_texts, read_judgements
from support.place_sentences import make_sentences

from indexer.errors import BadMetadata, SourceMissing
from indexer.model import Article, Kind, Pair, Paragraph, Span
from indexer.pages import read_page
from indexer.places import ancestors, find_cities, load_tagger, name_then, pairs, tag_article
from indexer.places.gazetteer import FormKind, load_gazetteer
from indexer.reading import read_articles
from indexer.suggest.readings import read_word

TESTS = Path(__file__).parent
FLOORS = tomllib.loads((TESTS / "floors.toml").read_text(encoding="utf-8"))["places"]


@pytest.fixture(scope="module")
def tagger():
    return load_tagger()


def cities(tagger, text, known=()):
    return list(dict.fromkeys(mention.city for mention in tagger(text, known=known)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("浙江嘉兴与新疆沙雅，东西相隔4000多公里", ["嘉兴", "沙雅"]),
        ("杭州市余杭区仓前街道", ["杭州", "余杭"]),
        ("浙阿基础教育大联盟", ["阿克苏"]),
        ("绍阿同心绘新卷", ["绍兴", "阿瓦提"]),
        ("在阿克苏地区和兵团第一师全面推广", ["阿克苏", "阿拉尔"]),
        ("在阿克苏地区新和县", ["阿克苏", "新和"]),
        ("科技创新和人才培养", []),
        ("创新和县域经济", []),
        ("开创浙新合作新局面，我爱浙疆", []),
        ("温宿县金华新村", ["温宿"]),
        ("嘉泰纺织、友盛新材料", []),
    ],
)
def test_tagger_finds(tagger, text, found):
    assert cities(tagger, text) == found


def test_a_mention_carries_its_evidence(tagger):
    (mention,) = tagger("走进沙雅县莫买力镇")
    assert (mention.city, mention.evidence, mention.span) == ("沙雅", "沙雅县", Span(2, 5))


@pytest.mark.parametrize(
    ("city", "paths"),
    [
        ("沙雅", ("新疆", "新疆/阿克苏")),
        ("阿克苏", ("新疆", "新疆/阿克苏")),
        ("余杭", ("浙江", "浙江/杭州")),
        ("阿拉尔", ("新疆", "新疆/阿拉尔")),
        ("朝阳（北京）", ("北京",)),
        ("nowhere", ()),
    ],
)
def test_ancestors(city, paths):
    assert ancestors(city) == paths


def make_article(*blocks: tuple[Kind, str]) -> Article:
    paragraphs = tuple(
        Paragraph("page", 1, number, kind, text, (Span(0, len(text)),))
        for number, (kind, text) in enumerate(blocks, start=1)
    )
    return Article("page", 1, paragraphs=paragraphs)


@pytest.mark.parametrize(
    ("blocks", "found"),
    [
        (
            ((Kind.KICKER, "杭州市余杭区仓前街道"), (Kind.BODY, "余杭区大力推进社区治理。")),
            ("余杭", "杭州"),
        ),
        (((Kind.TITLE, "走进沙雅"), *((Kind.BODY, "嘉兴来客。"),) * 4), ("嘉兴", "沙雅")),
        (
            ((Kind.TITLE, "嘉兴援疆"), *((Kind.BODY, "沙雅县来客。"),) * 30, (Kind.BODY, "北京")),
            ("沙雅",),
        ),
        (((Kind.TITLE, "春天的故事"), (Kind.BODY, "万物生长。")), ()),
    ],
)
def test_an_article_is_about_its_heaviest_cities(tagger, blocks, found):
    assert tag_article(make_article(*blocks), tagger).cities == found


def test_an_article_has_its_cities_and_pairs(tagger):
    article = tag_article(
        make_article(
            (Kind.TITLE, "泱泱秀水润沙雅"),
            (Kind.BYLINE, "■ 南华"),
            (Kind.BODY, "三年来，嘉兴市援疆指挥部紧紧围绕沙雅县产业布局，助力受援地。"),
        ),
        tagger,
    )
    assert article.cities == ("沙雅", "嘉兴")
    assert article.pairs == (Pair("嘉兴", "沙雅"),)
    assert article.paragraphs[1].mentions == ()


# ---------------------------------------------------------------- judged texts


def test_the_five_pages_are_tagged_as_judged(tagger, seeds):
    tally, used = judge_pages(seeds, tagger)
    assert used >= FLOORS["pages_used"]
    assert tally.precision >= FLOORS["pages_precision"], tally.wrong
    assert tally.recall >= FLOORS["pages_recall"], tally.missed


def test_the_traps_are_seen_through(tagger):
    tally = judge_texts(read_judgements(TESTS / "judged" / "places_traps.tsv"), tagger)
    assert tally.precision >= FLOORS["traps_precision"], tally.wrong
    assert tally.recall >= FLOORS["traps_recall"], tally.missed


def test_unseen_news_is_tagged(tagger):
    tally = judge_texts(read_judgements(TESTS / "judged" / "places_unseen.tsv"), tagger)
    assert tally.precision >= FLOORS["unseen_precision"], tally.wrong
    assert tally.recall >= FLOORS["unseen_recall"], tally.missed


@pytest.mark.parametrize(
    ("page", "pairs"),
    [
        ("000", {"嘉兴→沙雅", "绍兴→阿瓦提"}),
        ("001", {"嘉兴→沙雅"}),
        ("002", {"衢州→乌什"}),
        ("003", {"杭州→阿克苏", "湖州→柯坪"}),
        ("004", {"衢州→乌什", "衢州→阿拉尔"}),
    ],
)
def test_the_five_pages_say_who_helps_whom(tagger, seeds, page, pairs):
    (path,) = seeds.glob(f"{page}_*.txt")
    articles = [tag_article(article, tagger) for article in read_articles(read_page(path))]
    found = {f"{pair.giver}→{pair.receiver}" for article in articles for pair in article.pairs}
    assert found == pairs


def test_a_prefecture_is_found_before_any_common_word(tagger):
    parents = load_gazetteer().places
    lost, false = [], []
    for sentence in islice(make_sentences(), 0, None, 7):
        found = set(cities(tagger, sentence.text))
        if not any(sentence.city in (city, *parents[city].parents) for city in found):
            lost.append(sentence.text)
        near = {sentence.city, *parents[sentence.city].parents}
        false += [
            sentence.text for city in found - near if sentence.city not in parents[city].parents
        ]
    assert len(lost) <= FLOORS["boundaries_lost"], lost
    assert len(false) <= FLOORS["boundaries_false"], false


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("眉山海关与文山海关签署备忘录。", ["眉山", "文山"]),
        ("巴中北部、汉中南部有中雨，湘西南部晴。", ["巴中", "汉中", "湘西"]),
        ("海东城区与晋中城区改造老旧小区。", ["海东", "晋中"]),
        ("台州湾区、温州湾区加快建设。", ["台州", "温州"]),
        ("她的至孝感人肺腑。", []),
        ("地图上海拔最高的一段公路。", []),
        ("陕西汉中等地发布预警。", ["汉中"]),
        ("唐山大地震，舟山大桥，鞍山大雪。", ["唐山", "舟山", "鞍山"]),
        ("乐山大佛与佛山大道。", ["乐山"]),
    ],
)
def test_names_and_words_compete_for_their_characters(tagger, text, found):
    assert cities(tagger, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("韩国大邱市与韩国光州市、韩国丽水港签约。", []),
        ("日本松江的城下町与日本三原市。", []),
        ("河内以北的越南太原省遭遇暴雨。", []),
        ("剧团巡演到韩国首尔、丽水和安阳。", []),
        ("剧团巡演到日本长崎县、松江。", []),
        ("剧团从日本回到丽水、安阳。", ["丽水", "安阳"]),
        ("剧团巡演到日本大阪、上海和安阳。", ["上海", "安阳"]),
        ("日本驻上海总领事到访。", ["上海"]),
        ("美国代表团到杭州考察。", ["杭州"]),
        ("松江省在一九五四年撤销，并入黑龙江省。", []),
        ("英德两国首脑通话，法英德外长会晤。", []),
        ("广东英德的红茶上市。", ["英德"]),
        ("巴中两国友谊深厚。", []),
        ("四川巴中的银耳丰收。", ["巴中"]),
        ("苏州河沿岸步道贯通。", []),
        ("紫阳先生讲学于此，左权将军的家信。", []),
        ("嫩江水位上涨，穆棱河、绥芬河、汤旺河超警戒。", []),
        ("嫩江部分支流水势平稳。", []),
        ("苏州河口的旧仓库改成了展馆。", []),
        ("黑龙江嫩江的大豆，江苏吴江、浙江嘉善的丝绸。", ["嫩江", "吴江", "嘉善"]),
        ("南京航空航天大学开学。", ["南京"]),
        ("陕西紫阳的富硒茶。", ["紫阳"]),
        ("绍兴三年来新建学校二十所。", ["绍兴"]),
        ("南宋绍兴三年，词人避居江南。", []),
        ("台州十年建成三条高速。", ["台州"]),
        ("永嘉元年，天下大乱。", []),
        ("扬州一科技公司获奖，镇江一家公司停产。", ["扬州", "镇江"]),
        ("海淀警方通报，武侯公安辟谣，鄞州法院开庭。", ["海淀", "鄞州"]),
        ("西安市公安局未央分局破案。", ["西安", "未央"]),
        ("德州达拉斯的球队，休斯敦与德州其他城市停电。", []),
        ("德州州长竞选连任，共和党占优。", []),
        ("山东德州与美国得克萨斯的企业签约。", ["德州"]),
        ("德州市商务局长赴美国招商。", ["德州"]),
        ("德州扒鸡走进美国市场。", ["德州"]),
        ("特斯拉在德州新开一家门店，比亚迪紧随其后。", ["德州"]),
        ("特斯拉在德州奥斯汀的工厂扩建。", []),
        ("美国媒体报道，德州一所学校停课。", []),
        ("发扬大庆精神，学习延安精神、井冈山精神。", []),
        ("佛山精神文明办和济宁精神卫生中心。", ["佛山", "济宁"]),
        ("绍兴精神专科医院，温州精神残疾人，北京精神损害赔偿案。", ["绍兴", "温州", "北京"]),
        ("汶川地震与西安事变。", ["汶川", "西安"]),
        ("青海海南州的牧场，海南省的渔港。", ["海南州"]),
    ],
)
def test_names_of_other_things_are_left_alone(tagger, text, found):
    assert cities(tagger, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("导演申玉环、歌手栗桂平同台。", []),
        ("商场里的南丰城新开了书店。", []),
        ("小安溪、淮远河水位回落，列车改走贵南高铁。", []),
        ("安溪县的茶园，安溪茶农忙采摘。", ["安溪"]),
        ("福建的安溪铁观音上市。", ["安溪"]),
        ("祁阳与东安的稻田。", ["祁阳", "东安"]),
        ("泗水警方破案，莒南交警上路，松潘大队巡山。", ["泗水", "莒南", "松潘"]),
        ("泗水一女子获救，兴和一工厂停产。", ["泗水", "兴和"]),
        ("东营市河口区委部署防汛。", ["东营", "河口（东营）"]),
        ("沅江水喷涌而出，嫩江右岸的堤坝。", []),
        ("多地升温，其中山西北部最明显。", []),
        ("援疆干部走遍了轮台的村庄。", ["轮台"]),
        ("敦煌的壁画，涿州的稻米。", ["敦煌", "涿州"]),
        ("广东南部、四川北部和湖北公安部门发布预警。", []),
        ("南充市南部县，荆州的公安县。", ["南充", "南部", "荆州", "公安"]),
    ],
)
def test_the_bare_name_of_a_county_needs_evidence(tagger, text, found):
    assert cities(tagger, text) == found


def test_a_province_in_another_paragraph_is_evidence():
    blocks = ((Kind.TITLE, "江西乡村见闻"), (Kind.BODY, "黎川的麻鸡卖到了城里。"))
    paragraphs = tuple(
        Paragraph("page", 1, number, kind, text, (Span(0, len(text)),))
        for number, (kind, text) in enumerate(blocks, start=1)
    )
    assert tag_article(Article("page", 1, paragraphs=paragraphs), load_tagger()).cities == ("黎川",)
    alone = Article("page", 1, paragraphs=paragraphs[1:])
    assert tag_article(alone, load_tagger()).cities == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("襄樊市召开计划会议。", ["襄阳"]),
        ("崇文区与宣武区的老字号。", ["东城", "西城"]),
        ("川沙县和南汇县的渔民。", ["浦东"]),
        ("吴县与太仓县的丝厂。", ["苏州", "太仓"]),
        ("太原市北郊区的煤矿。", ["太原"]),
        ("奉天、归绥、迪化三地来电。", ["沈阳", "呼和浩特", "乌鲁木齐"]),
        ("热河与察哈尔两省。", ["热河", "察哈尔"]),
        ("平津学生南下。", ["北京", "天津"]),
        ("华北平原的小麦。", []),
        ("第一师四团与四营。", ["阿拉尔", "四团"]),
        ("某军四团的战士。", []),
        ("阿克苏市的夜市。", ["阿克苏市", "阿克苏"]),
        ("阿克苏地区的果园。", ["阿克苏"]),
    ],
)
def test_former_names_and_the_smallest_places(tagger, text, found):
    assert cities(tagger, text) == found


def test_former_divisions_are_found_by_their_full_names():
    tagger = load_tagger()
    former = {one.text: one.place for found in load_gazetteer().former.values() for one in found}
    divisions = [text for text in former if re.search("[市县区旗盟]$", text)]
    missed = [text for text in divisions if not tagger(f"一九八五年，{text}召开代表大会。")]
    assert len(missed) <= (1 - FLOORS["former_recall"]) * len(divisions), missed


def test_a_name_means_what_had_it_in_the_year_of_the_page(tagger):
    ambiguous = "江东区的工厂。"
    assert tagger.prepare(ambiguous, year=None).tag(()) == ()
    weak = "三山的码头。"
    assert [one.city for one in tagger.prepare(weak, year=2010).tag(())] == ["芜湖"]
    assert tagger.prepare(weak, year=2023).tag(()) == ()


@pytest.mark.parametrize(
    ("city", "evidence", "shown"),
    [
        ("襄阳", "襄樊", "襄樊 · 今襄阳"),
        ("东城", "崇文区", "崇文区 · 今东城"),
        ("襄阳", "襄阳市", None),
        ("嘉兴", "嘉兴", None),
    ],
)
def test_a_former_name_is_shown_with_today_s(city, evidence, shown):
    assert name_then(city, evidence) == shown


# ---------------------------------------------------------------- what `known` changes


@pytest.mark.parametrize(
    ("text", "known", "found"),
    [
        ("和平的街头，人们在散步", (), []),
        ("南孔文化润疆", (), []),
        ("南孔文化润疆", ("衢州",), ["衢州"]),
        ("朝阳区的居民", (), []),
        ("朝阳区的居民", ("北京",), ["朝阳（北京）"]),
        ("朝阳区的居民", ("长春", "吉林"), ["朝阳（长春）"]),
        ("沙雅钵施然智能农机公司建立工作站", (), []),
        ("湖柯两地一家亲", (), []),
        ("湖柯两地一家亲", ("湖州", "柯坪", "阿克苏"), ["湖州", "柯坪"]),
        ("甬库情深", ("宁波", "库车"), ["宁波", "库车"]),
        ("甬库情况通报", ("宁波", "库车"), []),
        ("台阿携手", ("台州", "阿拉尔", "阿克苏"), []),
        ("沙雅钵施然智能农机公司建立工作站", ("沙雅",), ["沙雅"]),
        ("去年来沙投资的企业有六家", (), []),
        ("去年来沙投资的企业有六家", ("沙雅", "新疆"), ["沙雅"]),
        ("去年来沙投资的企业有六家", ("沙雅", "沙湾"), []),
        ("远处飘来沙子", ("沙雅",), []),
    ],
)
def test_known_places_are_evidence(tagger, text, known, found):
    assert cities(tagger, text, known) == found


def test_traditional_characters_name_the_same_places(tagger):
    assert cities(tagger, "嘉興與烏魯木齊簽約") == ["嘉兴", "乌鲁木齐"]


# ---------------------------------------------------------------- promises about any text


@given(
    st.text(
        alphabet="嘉兴沙雅县市区新和阿克苏第一师团、·，。北京朝阳路村公司a1 \n\ud800", max_size=60
    )
)
def test_any_mention_is_at_its_span(text):
    start = 0
    for mention in load_tagger()(text):
        assert text[mention.span.start : mention.span.end] == mention.evidence
        assert mention.span.start >= start
        start = mention.span.start
        assert len(mention.evidence) > 1


@given(st.text(max_size=80), st.lists(st.sampled_from(["嘉兴", "朝阳", "nowhere"])))
def test_any_text_can_be_tagged(text, known):
    tagger = load_tagger()
    assert tagger(text, known=known) == tagger(text, known=known)


# ---------------------------------------------------------------- the user's own file


def test_a_user_adds_places_aliases_and_stops(tmp_path):
    own = tmp_path / "places.toml"
    own.write_text(
        """
        stop = "沙雅牌"
        plain = "和平"
        [[place]]
        name = "乌镇"
        parent = "桐乡"
        forms = ["乌镇镇"]
        [[alias]]
        forms = ["湖柯", "柯湖"]
        means = ["湖州", "柯坪"]
        """,
        encoding="utf-8",
    )
    tagger = load_tagger(own)
    assert cities(tagger, "在乌镇举办推介会") == ["乌镇"]
    assert cities(tagger, "湖柯两地结亲") == ["湖州", "柯坪"]
    assert cities(tagger, "沙雅牌红枣") == []
    assert ancestors("乌镇", own) == ("浙江", "浙江/嘉兴")
    assert tagger.digest != load_tagger().digest


def test_a_changed_user_file_is_read_again(tmp_path):
    own = tmp_path / "places.toml"
    own.write_text('stop = "嘉兴号"', encoding="utf-8")
    before = load_tagger(own)
    own.write_text('stop = "嘉兴号列车"', encoding="utf-8")
    assert load_tagger(own).digest != before.digest


def test_a_missing_user_file_is_named(tmp_path):
    with pytest.raises(SourceMissing, match="nowhere"):
        load_tagger(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    "content",
    [
        "not toml",
        '[[alias]]\nforms = "甲"',
        '[[alias]]\nforms = "甲"\nmeans = "无此地"',
        "plain = 3",
    ],
)
def test_a_bad_user_file_is_named(tmp_path, content):
    own = tmp_path / "places.toml"
    own.write_text(content, encoding="utf-8")
    with pytest.raises(BadMetadata, match=r"places\.toml"):
        load_tagger(own)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("沙雅县", ("沙雅",)),
        ("西湖", ("西湖（杭州）", "西湖（南昌）")),
        ("嘉沙", ("嘉兴", "沙雅")),
        ("新疆", ()),
        ("创新和", ()),
    ],
)
def test_a_name_means_cities(typed, found):
    assert find_cities(typed) == found


# ---------------------------------------------------------------- givers and receivers


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("温州市承担了拜城县的对口支援任务。", ["温州→拜城"]),
        ("民建苏州市委在铜仁市开展各种帮扶工作。", ["苏州→铜仁"]),
        ("合肥市选派医生赴皮山县开展对口支援。", ["合肥→皮山"]),
        ("沙雅县党政代表团赴嘉兴市开展对口支援对接工作。", ["嘉兴→沙雅"]),
        ("拜城县干部在温州市开展对口支援学习考察。", ["温州→拜城"]),
        ("和田地区教师走进天津市，开展援疆培训。", ["天津→和田"]),
        ("凉山州与宁波市结对，开展协作。", ["宁波→凉山"]),
        ("金华市与温宿县、乌什县结对帮扶。", ["金华→温宿", "金华→乌什"]),
        ("绍兴市的结对县阿瓦提，红枣丰收。", ["绍兴→阿瓦提"]),
        ("乌什县得到衢州市的对口支援。", ["衢州→乌什"]),
        ("福州市、定西市东西部协作推进会召开。", ["福州→定西"]),
        ("丽水、温州分别对口支援新和县、拜城县。", ["丽水→新和", "温州→拜城"]),
        ("金华市、衢州市分别对口支援阿克苏地区温宿县、乌什县。", ["金华→温宿", "衢州→乌什"]),
        ("上海市分别对口支援喀什地区、克拉玛依市。", ["上海→喀什", "上海→克拉玛依"]),
        ("温州市从没有停止对口支援拜城县。", ["温州→拜城"]),
        ("温州市已停止对口支援拜城县。", []),
        ("苏州市不再对口帮扶铜仁市。", []),
        ("苏州市并非对口帮扶铜仁市。", []),
        ("苏州市不是第一次对口帮扶铜仁市。", ["苏州→铜仁"]),
        ("衢州市对口支援新疆阿克苏地区乌什县和兵团第一师四团。", ["衢州→乌什", "衢州→阿拉尔"]),
        ("绍兴援疆赋能阿克苏地区阿瓦提县乡村振兴", ["绍兴→阿瓦提"]),
        ("浙江嘉兴与新疆沙雅，因对口援疆紧密相连。", ["嘉兴→沙雅"]),
        ("嘉沙两地共叙援疆情。", ["嘉兴→沙雅"]),
        ("湖州·柯坪湖羊产业园是援疆项目。", ["湖州→柯坪"]),
        ("嘉兴市自2011年起对口支援新疆阿克苏地区沙雅县。", ["嘉兴→沙雅"]),
        ("湖州市按照省里的统一部署对口支援柯坪县。", ["湖州→柯坪"]),
        ("嘉興市對口幫扶沙雅縣已有十年。", ["嘉兴→沙雅"]),
        ("金华市第十一批援疆教师到温宿县的三所中学任教。", ["金华→温宿"]),
        ("温州市在拜城县六个乡镇实施了十二个帮扶项目。", ["温州→拜城"]),
        ("丽水市选派的医生到新和县挂职帮扶一年。", ["丽水→新和"]),
        ("青岛市与安顺市、定西市开展对口扶贫协作。", ["青岛→安顺", "青岛→定西"]),
        ("沙雅县干部到嘉兴市挂职帮扶办学习。", ["嘉兴→沙雅"]),
        ("从上海出发的专列经过兰州开往和田，旅客支援了受困的列车。", []),
        ("在厦门市对口帮扶下，临夏州面貌一新。", ["厦门→临夏"]),
        ("福州市与定西市深化东西部协作。", ["福州→定西"]),
        ("济南对口支援西藏日喀则市白朗县。", ["济南→白朗"]),
        ("杭州市和衢州市签署合作协议。", []),
        (
            "天津帮扶甘肃和河北承德，大连帮扶贵州六盘水，宁波帮扶吉林延边和贵州黔西南。",
            ["天津→承德", "大连→六盘水", "宁波→延边", "宁波→黔西南"],
        ),
        ("鹿城区对口帮扶泰顺县，山海协作结硕果。", ["鹿城→泰顺"]),
        ("嘉兴、沙雅两地医疗机构援疆结对。", ["嘉兴→沙雅"]),
        ("上海援疆的莎车闵行中学揭牌。", ["上海→莎车"]),
        ("重庆对口支援西藏昌都。重庆还对口援助察雅县。", ["重庆→昌都", "重庆→察雅"]),
        ("泰州援疆助力昭苏百姓乐享新居。", ["泰州→昭苏"]),
        (
            "广东湛江对口帮扶广西柳州。由湛江市对口帮扶建设的融安县车间投产，湛江援建融安县小学。",
            ["湛江→柳州", "湛江→融安"],
        ),
        ("嘉兴的游客来到沙雅。", []),
        ("杭州、宁波、温州的援疆干部会师。", []),
    ],
)
def test_pairs_are_what_the_article_says(tagger, text, pairs):
    article = tag_article(make_article((Kind.BODY, text)), tagger)
    assert [f"{pair.giver}→{pair.receiver}" for pair in article.pairs] == pairs


@pytest.mark.parametrize(
    ("text", "name", "most"),
    [
        ("嘉兴对口支援沙雅，宁波对口支援库车，", "evidence_strength", 800 * pairs.MAX_PARTNERS),
        ("嘉兴、宁波分别对口支援沙雅、库车，", "without_prefixes", 1),
    ],
)
def test_the_work_for_pairs_grows_with_the_text_not_with_its_square(
    tagger, monkeypatch, text, name, most
):
    calls = []
    function = getattr(pairs, name)
    monkeypatch.setattr(
        pairs, name, lambda *args, **more: calls.append(1) or function(*args, **more)
    )
    tag_article(make_article((Kind.BODY, text * 200)), tagger)
    assert 0 < len(calls) <= most


# ---------------------------------------------------------------- the whole country


def full_names():
    """Map every place to its longest full name."""
    names = {}
    for form in load_gazetteer().forms.values():
        if form.sort is FormKind.FULL:
            for city in form.places:
                names[city] = max(names.get(city, ""), form.text, key=len)
    return names


def test_every_division_is_found_by_its_full_name_behind_its_parents(tagger):
    names, missed = full_names(), []
    for place in load_gazetteer().places.values():
        above = "".join(
            names.get(parent, parent) for parent in place.parents if parent != place.name
        )
        text = f"记者走进{above}{names[place.name]}的合作社。"
        wanted = {place.name, *place.parents} & set(names)
        if set(cities(tagger, text)) != wanted:
            missed.append(text)
    assert missed == []


def test_every_prefecture_is_found_by_its_full_name_alone(tagger):
    names, places = full_names(), load_gazetteer().places.values()
    texts = {
        place.name: f"{names[place.name]}推出惠企举措。" for place in places if place.level == 2
    }
    assert [city for city, text in texts.items() if cities(tagger, text) != [city]] == []


def test_no_two_places_share_a_name_and_every_one_has_a_region():
    gazetteer = load_gazetteer()
    assert all(ancestors(city) for city in gazetteer.places)
    assert [name for name in gazetteer.places if not read_word(name.split("（")[0])] == []
    assert sum(place.level == 2 for place in gazetteer.places.values()) > 380
    assert len(gazetteer.places) > 3100
