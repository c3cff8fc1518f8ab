"""Hostile queries: long, deep, many-headed, malformed, and random ones."""

# ruff: noqa: E501 - the queries are side by side

from __future__ import annotations

import random
from collections.abc import Iterator

CRAFTED: tuple[str, ...] = (
    # long
    "援" * 256, "援" * 257, "援" * 16_000, "a" * 256, " ".join("援" * 128), "援疆" * 128, "\u3000" * 300,
    " ".join(["援疆"] * 33), " ".join(f"词{n}" for n in range(60)), "1" * 256, "，。" * 128,
    # deep and unbalanced
    "(" * 256, ")" * 256, "(" * 100 + "援" + ")" * 100, "(" * 16 + "援" + ")" * 16,
    "(" * 17 + "援" + ")" * 17, "（援(疆）", "()()()", "((((援疆", "援疆))))", '"' * 255, '"援疆', '援"疆"援"',
    "“”" * 100, "「『「『援』」』」", "\"\"\"援疆\"\"\"~5", "(援 OR (疆 OR (教 OR (育 OR (沙 OR (雅))))))",
    # operators
    "NOT", "NOT NOT NOT 援", "-" * 255, "- - - -", "--援疆", "-援疆", "非" * 100, "NOT 援 NOT 疆 NOT 教",
    " ".join(f"-{c}" for c in "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出"), "OR", "OR OR OR", "援 OR",
    "OR 援", "AND AND", "与与与", "或|或|或", "|" * 255, "援" + "|疆" * 31, "援" + "|疆" * 120,
    " OR ".join("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出"),
    "(的 OR 一) (是 OR 在) (不 OR 了) (有 OR 和) (人 OR 这) (中 OR 大) (为 OR 上) (个 OR 国)",
    # wildcards
    "*", "?", "*" * 255, "?" * 255, "的*的*的*的*的*的*的*的*的", "的*一*是*在*不*了*有*和*人", "的?" * 60 + "了",
    "*的*", "?的?一?是?", "的" + "*" * 8 + "疆", "的" + "?" * 200 + "疆", "a*b*c*d*e*f*g*h*i", "人*人*人*人*人*人*人*的的",
    " ".join(f"*{c}*" for c in "的一是在不了有和人这"), " OR ".join(f"的*{c}*的" for c in "一是在"), "的?*?*?*?*?*?*?*?疆",
    "发*发*发*发*发*发*发*发展?", "的*，*的*。*的",
    # nearness
    '"的 的"~10000', '"的 一 是 在 不 了 有 和 人 这"~10000', '"的 的 的 的 的 的 的 的"~句', '"的 一"~99999999999999999999',
    '"的 一"~段', '"的 的"~0', '"援疆"~-1', '"援疆 教育"~~~', '"a b"~p "c d"~s "e f"~9', ' '.join(['"的 一"~9999'] * 8),
    # fields
    "城市:", "城市:(援 OR 疆)", "不存在:援疆", "title:*", "标题:" * 40, "日期:9999-99-99", "日期:0000..9999",
    "日期:..", "日期:" + "9" * 200, "类型:正文,标题,无", "年份:" + ",".join(map(str, range(60))), "页面:../../etc/passwd",
    "来源:%", "城市:" + "嘉" * 200, "city:嘉兴 city:沙雅 -city:嘉兴", "作者:'; DROP TABLE documents; --",
    # characters
    "\0", "援\0疆", "\ud800", "援\udfff疆", "\u202e援疆", "\ufeff援疆", "e\u0301" * 100, "ﷺ" * 100, "㍿" * 100, "𠀀" * 100,
    "👩‍👩‍👧‍👦" * 20, "\x1b[31m援", "\r\n\r\n援", "援\n疆", "%s%n%x", "{援}", "{{7*7}}", "${jndi:ldap://x}", "\\", "\\" * 255,
    "援\\", "/援疆.*/", "[援疆]{1,99}", "(?R)", "<script>alert(1)</script>", "' OR '1'='1", "香港~2", "援疆^99999", "援疆~", "TO",
    "[援 TO 疆]", "{* TO *}", "+援 +疆", "!援", "&&", "||", "@", "#", "İ" * 200, "ß" * 200, "\u0e33" * 200, "ﬃ" * 200,
)  # fmt: skip

_PIECES = (
    *"的一是在不了有和人援疆教育嘉兴沙雅 \u3000\t()（）\"“”「」『』*?＊？-－|｜~:：，。,.^/\\[]{}<>&%#@!+='\0",
    "AND", "OR", "NOT", "与", "或", "非", "城市:", "标题:", "日期:", "title:", "2023..", "~10", "~句", "~段", "\ud83d", "𠀀",
)  # fmt: skip


def random_queries(number: int, seed: int) -> Iterator[str]:
    """Yield strings of syntax, of Chinese and of anything at all."""
    chance = random.Random(seed)
    for count in range(number):
        size = chance.choice((1, 3, 10, 40, 120, 250))
        if count % 3:
            yield "".join(chance.choice(_PIECES) for _ in range(size))[:256]
        else:
            top = chance.choice((0x80, 0x3100, 0xA000, 0x110000))
            yield "".join(chr(chance.randrange(top)) for _ in range(size))
