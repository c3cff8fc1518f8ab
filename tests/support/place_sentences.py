"""Make sentences in which a prefecture's name substrings into a common word: 佛山海关, 定西城区.

Every prefecture is set before every word of `WORDS`; the word may hold characters with which the
name's last ones make another place (山海关, 西城区).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from indexer.analysis import fold
from indexer.places.gazetteer import Ambiguity, FormKind, Place, load_gazetteer

_WORDS = """
海关 城区 山区 湾区 新区 园区 城南 城北 城东 城西 市区 郊区 港区 景区 林区 牧区 灾区 库区
老区 东部 西部 南部 北部 中部 东北部 西南部 东南部 西北部 东方 南方 北方 西郊 东郊 江北 江南
河东 河西 康养 养老 医院 大学 中学 机场 港口 车站 高铁 地铁 公路 口岸 海滨 海域 海岸 海洋
海事 海鲜 湖泊 河流 人民 市民 农民 居民 群众 干部 企业 政府 法院 公安 消防 警方 检方 税务
商务 外贸 交通 水利 水库 电力 气象 经济 文化 教育 旅游 卫生 体育 科技 农业 工业 林业 渔业
牧业 商业 民营 民俗 民政 民生 和平 和谐 平安 安全 安置 兴农 兴业 化工 化肥 明星 名城 名胜
州府 阳光 阳台 门户 门店 口碑 关口 山水 水乡 水产 水稻 江豚 源头 东西 南北 中心 中医 春节
夏粮 秋收 冬小麦 大桥 大会 大米 大豆 大学生 新城 新农村 高新区 高考 高地 高温 长江 长城 长期
清洁 清明 平原 平均 宁静 安宁 定位 定点 义工 义务 乐园 乐器 吉祥 吉利 利民 利用 德育 德政
"""
WORDS = _WORDS.split()

TEMPLATES = (
    "记者从{0}{1}获悉，今年一季度有了新变化。",
    "近年来，{0}{1}面貌一新。",
    "这项工作在{0}{1}率先试行。",
)


class Sentence(NamedTuple):
    """A sentence with the one prefecture that it names."""

    text: str
    city: str
    short: str
    word: str


def make_sentences(words: list[str] = WORDS) -> Iterator[Sentence]:
    """Yield each prefecture before each word, the templates in turn."""
    cities = list(_prefectures())
    number = 0
    for word in words:
        for place in cities:
            text = TEMPLATES[number % len(TEMPLATES)].format(place.short, word)
            yield Sentence(text, place.name, place.short, word)
            number += 1


def _prefectures() -> Iterator[Place]:
    """Yield those whose short name means one place and is no word besides."""
    gazetteer = load_gazetteer()
    for place in gazetteer.places.values():
        form = gazetteer.forms[fold(place.short)]
        sure = form.ambiguity is Ambiguity.PLAIN and form.sort is not FormKind.PROVINCE
        if place.level == 2 and sure and form.places == (place.name,):
            yield place
