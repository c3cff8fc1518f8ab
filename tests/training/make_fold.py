"""Make `indexer/data/fold.txt` from OpenCC's and Unicode's tables: run once, committed.

python tests/training/make_fold.py /usr/share/unicode      (Debian's package unicode-data, unpacked)

Where several tables know a character the first of these decides:

1. Unicode's compatibility mappings and case folding, Latin letters without their accents, and
   `ALIKE` for punctuation;
2. OpenCC's t2s, one character for one;
3. for what is no character of today's standards (GB 2312, Table of General Standard Characters of
   2013): OpenCC's tw2t, hk2t and jp2t, and Unihan's kZVariant and kSemanticVariant, each read in
   both directions, if they name exactly one character of the standards; then characters of the same
   code in another layer of CCCII or EACC (kCCCII, kEACC) and of the same reading (kMandarin);
4. EquivalentUnifiedIdeograph for radicals, `OLD_FORMS` for what all of these lack.

A character of the standards is never mapped by step 3: 著, 覆, 瞭 and 祇 are words of their own.
"""

from __future__ import annotations

import bz2
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import opencc

from indexer.analysis.fold import FOLD_TABLE_FILE

ALIKE = {
    '"': "“”„‟«»「」『』〝〞〟",
    "'": "‘’‚‛`´′",
    "·": "•・‧⋅∙●⸱‧・᛫",
    "-": "‐‑‒–—―−﹘─━",
    "~": "〜∼～",
    ":": "∶",
    "/": "⁄∕",
    "°": "˚",
    "〇": "○◯",
    " ": "\t\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029",
    "...": "⋯",
}
"""Punctuation that people type for one another. Book marks 《》 stay: they are text. The full stop
stays as well: an ASCII one ends no sentence (95.51)."""

_OLD_FORM_PAIRS = """
𠮷吉 尙尚 屛屏 姸妍 寕宁 寗宁 彞彝 厯历 鎗枪 嘅慨 朖朗 妳你 汚污 瓌瑰 歛敛 悮误 愙恪 眤昵 讐仇
廼乃 弌一 弍二 偺咱 袴裤 燿耀 餧喂 嵜崎 㟁岸 粺稗 岅坂 髈膀 牓榜 誖悖 逩奔 獘毙 啚鄙 盋钵 倸睬
跴踩 葠参 蓡参 薓参 㕘参 筴策 椉乘 勑敕 舩船 牎窗 剏创 剙创 醕醇 䛐词 剉锉 㠀岛 蔕蒂 跕踮 疉叠
椗碇 矴碇 墪墩 灋法 疿痱 俛俯 坿附 灨赣 疘肛 罣挂 槼规 銲焊 猂悍 皜皓 暠皓 獋嗥 咊和 痐蛔 㦸戟
椷缄 勦剿 踁胫 逈迥 捄救 跼局 㩀据 睠眷 勌倦 栞刊 偘侃 粇糠 匟炕 㓂寇 琍璃 燐磷 粦磷 蔆菱 壠垄
剹戮 戼卯 蝱虻 謩谟 饝馍 畒亩 柟楠 嫰嫩 褭袅 辳农 挵弄 㬉暖 鑤刨 礟炮 珮佩 諐愆 琹琴 劵券 搉榷
髥髯 餁饪 羢绒 毧绒 橤蕊 㪚散 虵蛇 慴慑 㴱深 柹柿 眡视 佀似 禩祀 璅琐 峝峒 筩筒 臋臀 盌碗 脗吻
摀捂 厀膝 凞熙 煕熙 尠鲜 啣衔 傚效 恊协 衺邪 擕携 藼萱 枒丫 巗岩 嵒岩 醼宴 敭扬 壄野 毉医 㕥以
慇殷 簮簪 蹔暂 蹧糟 牐闸 琖盏 淛浙 塼砖 槕桌 斵斫 鬉鬃 冣最 㝡最 夲本 㐧第 㑹会 澚澳 躭耽 貎貌
窴填 㑺俊 崋华 蕐华 厐庞 懮忧 褏袖 聼听 䘮丧 㽞留 𢫶拜 幚帮 穪称 𢚩慈 𠔙冬 囶国 寜宁 舎舍 㪽所 巿市
"""
OLD_FORMS = {pair[0]: pair[1] for pair in _OLD_FORM_PAIRS.split()}
"""Forms with today's that the tables lack, leave open or mistake: the same characters in another
design, and after the First List of Variant Characters of 1955; 妳 is a form of 你 today, of 奶 long
ago."""

PLAIN_LETTERS = {
    "a": "ɑ",
    "d": "đð",
    "g": "ɡ",
    "h": "ħ",
    "i": "ı",
    "l": "ł",
    "o": "ø",
    "t": "ŧ",
    "ae": "æ",
    "oe": "œ",
    "th": "þ",
}
"""Latin letters with a stroke or of two, which Unicode does not decompose, and those of pinyin."""

SURROGATES = range(0xD800, 0xE000)
VISIBLE_FORMAT = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
"""Format characters that print something."""

FILLERS = (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0)
"""Letters and marks that print nothing."""

SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D, 0x180F)

IDEOGRAPHS = [(0x2E80, 0x2FDF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)]

Mapping = dict[str, str]


def main(folder: Path) -> None:
    """Write the table, a character a line."""
    mapping, marks = make_mapping(folder), make_marks()
    lines = [" ".join(f"{ord(one):x}" for one in (source, *new)) for source, new in mapping.items()]
    lines += [" ".join(("+", *(f"{ord(mark):x}" for mark in marks)))]
    head = (
        f"# Made by tests/training/make_fold.py from OpenCC {opencc.__version__} (Apache-2.0),\n"
        f"# Unicode {unicodedata.unidata_version} and Unihan {_unihan_version(folder)} (Unicode"
        " License v3).\n"
        "# A character and what it becomes, nothing if it is dropped; + before the marks that\n"
        "# belong to the character before them. Hexadecimal code points.\n"
    )
    FOLD_TABLE_FILE.write_text(head + "\n".join(lines) + "\n", encoding="ascii")


def make_mapping(folder: Path) -> Mapping:
    """Map every character that does not stay as it is to its final form."""
    steps = [_compatibility() | _circled(), _alike(), _radicals(folder), make_forms(folder)]
    dropped = _dropped()
    mapping = dict.fromkeys(dropped, "")
    for source in sorted(set().union(*steps) - set(dropped)):
        target = _follow(source, steps)
        if target != source:
            mapping[source] = target
    return dict(sorted(mapping.items()))


def _follow(text: str, steps: Iterable[Mapping]) -> str:
    """Apply the steps over and over until nothing changes, so that folding is idempotent."""
    for _ in range(8):
        before = text
        for step in steps:
            text = "".join(step.get(char, char) for char in text)
        if text == before:
            return text
    raise ValueError(f"{text!r} folds in a circle")


def _compatibility() -> Mapping:
    """Normalise (NFKC) and casefold; what would become a blank and more stays as it is."""
    mapping = {}
    for char in map(chr, range(sys.maxunicode + 1)):
        if ord(char) in SURROGATES:
            continue
        new = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
        new = "".join(map(_without_accents, new))
        if new != char and new and (len(new) == 1 or not any(map(str.isspace, new))):
            mapping[char] = new
    return mapping


def _without_accents(char: str) -> str:
    """Return a Latin letter without its accents, as it is often typed; others unchanged."""
    parts = unicodedata.normalize("NFD", char)
    base, marks = parts[:1], parts[1:]
    return base if marks and base.isascii() and base.isalpha() else char


def _circled() -> Mapping:
    """Expand the circled numbers that Unicode does not decompose: ❶ ➀ ⓫."""
    ranges = (range(0x24EB, 0x2500), range(0x2776, 0x2794))
    chars = map(chr, chain(*ranges))
    return {char: str(int(unicodedata.numeric(char))) for char in chars}


def _alike() -> Mapping:
    groups = (*ALIKE.items(), *PLAIN_LETTERS.items())
    return {source: target for target, sources in groups for source in sources}


def _dropped() -> list[str]:
    """List what prints nothing: control and format characters, selectors, fillers."""
    chars = map(chr, range(sys.maxunicode + 1))
    hidden = [char for char in chars if unicodedata.category(char) in ("Cc", "Cf")]
    kept = set(map(chr, VISIBLE_FORMAT)) | set(_alike())
    hidden += map(chr, (*SELECTORS, *FILLERS))
    return sorted(char for char in set(hidden) if char not in kept and not char.isspace())


def make_marks() -> str:
    """List what is composed with the character before it, and variation selectors."""
    composing = set()
    for char in map(chr, range(sys.maxunicode + 1)):
        parts = unicodedata.normalize("NFD", char) if ord(char) not in SURROGATES else char
        if len(parts) > 1 and unicodedata.normalize("NFC", parts) == char:
            composing |= set(parts[1:])
        if unicodedata.combining(char):
            composing.add(char)
    halfwidth = "\uff9e\uff9f"  # the voicing marks of half-width kana
    return "".join(sorted(composing | set(map(chr, SELECTORS)) | set(halfwidth)))


# ---------------------------------------------------------------- forms of characters


def make_forms(folder: Path) -> Mapping:
    """Map Traditional, regional, Japanese and old forms to Simplified ones."""
    simplified = _convert("t2s")
    standard = _standard(folder)
    certain, likely = _variants(folder), _layers(folder)
    mapping = {one: two for one, two in simplified.items() if len(two) == 1 and one != two}
    for char in _ideographs():
        simple = simplified[char]
        if simple in standard:
            continue
        sources = {char, simple}
        found = {simplified.get(one, one) for source in sources for one in certain[source]}
        alike = {simplified.get(one, one) for source in sources for one in likely[source]}
        found, alike = found & standard, alike & standard
        chosen = found if len(found) == 1 else (found & alike) if found else alike
        if len(chosen) == 1:
            mapping[char] = chosen.pop()
    return mapping | OLD_FORMS


def _ideographs() -> list[str]:
    return [chr(point) for first, last in IDEOGRAPHS for point in range(first, last + 1)]


def _convert(name: str) -> Mapping:
    chars = _ideographs()
    return dict(zip(chars, opencc.OpenCC(name).convert("\n".join(chars)).split("\n"), strict=True))


def _standard(folder: Path) -> set[str]:
    fields = _read_unihan(folder, "OtherMappings", ("kGB0", "kTGH"))
    return {char for char, _, _ in fields}


def _variants(folder: Path) -> dict[str, set[str]]:
    """Collect which characters are given as forms of one another."""
    found: dict[str, set[str]] = defaultdict(set)
    pairs = [pair for name in ("tw2t", "hk2t", "jp2t") for pair in _convert(name).items()]
    for char, _, value in _read_unihan(folder, "Variants", ("kZVariant", "kSemanticVariant")):
        pairs += [(char, chr(int(code.split("<")[0][2:], 16))) for code in value.split()]
    for one, two in pairs:
        if one != two and len(two) == 1:
            found[one].add(two)
            found[two].add(one)
    return found


def _layers(folder: Path) -> dict[str, set[str]]:
    """Collect characters of one code in the layers of CCCII and EACC, if they are read alike.

    Layers are six planes apart and hold the simplified and variant forms of the first.
    """
    readings = {char: value for char, _, value in _read_unihan(folder, "Readings", ("kMandarin",))}
    groups: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for char, field, value in _read_unihan(folder, "OtherMappings", ("kCCCII", "kEACC")):
        for code in value.split():
            groups[field, (int(code[:2], 16) - 0x21) % 6, code[2:]].add(char)
    found: dict[str, set[str]] = defaultdict(set)
    for group in groups.values():
        for one in group:
            found[one] |= {two for two in group - {one} if readings.get(one) == readings.get(two)}
    return found


def _radicals(folder: Path) -> Mapping:
    """Read which ideograph a radical means."""
    mapping = {}
    for line in (folder / "EquivalentUnifiedIdeograph.txt").read_text("utf-8").splitlines():
        codes, _, target = line.partition("#")[0].partition(";")
        if target:
            first, _, last = codes.strip().partition("..")
            for point in range(int(first, 16), int(last or first, 16) + 1):
                mapping[chr(point)] = chr(int(target, 16))
    return mapping


def _read_unihan(
    folder: Path, name: str, fields: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    for line in _read_text(folder, name).splitlines():
        if line.startswith("U+"):
            code, field, value = line.split("\t")
            if field in fields:
                yield chr(int(code[2:], 16)), field, value


def _read_text(folder: Path, name: str) -> str:
    with bz2.open(folder / f"Unihan_{name}.txt.bz2", "rt", encoding="utf-8") as file:
        return file.read()


def _unihan_version(folder: Path) -> str:
    lines = _read_text(folder, "Variants").splitlines()
    return next(line.rpartition(" ")[2] for line in lines if "Unicode version:" in line)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
