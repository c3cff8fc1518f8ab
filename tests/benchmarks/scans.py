"""Measure recognition on pages of invented news that a browser typesets in columns.

Run with `python -m tests.benchmarks.scans [PAGES]`; needs Chromium and the extra `ocr`. The browser
gives the place of each character, so that the truth is known.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from difflib import SequenceMatcher
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer.model import Page, PageMeta, Span, find_regions
from indexer.pages.formats import read_format
from indexer.reading import read_articles
from tests.web.browser import CHROMIUM, FLAGS

SCALE = 1.5
WHO = [
    "县里",
    "合作社",
    "中学",
    "医疗队",
    "邮电局",
    "铁路工地",
    "水库",
    "纺织厂",
    "文化馆",
    "青年们",
]
DID = ["昨日召开会议讨论", "已经完成", "正在扩建", "组织群众学习", "展出", "修复", "运到", "试验"]
WHAT = [
    "新式农具一百二十件",
    "春耕计划",
    "夜校课程",
    "下游堤坝",
    "二号机组",
    "图书三千册",
    "粮食仓库",
]
STYLE = """body{{margin:30px;width:1180px;font:17px/1.5 'Noto Serif CJK SC';column-count:{columns};
column-gap:26px;text-align:justify}}h2{{font-size:25px;line-height:1.3;margin:.4em 0}}
p{{margin:0;text-indent:2em}}"""
SCRIPT = """const out=[];const walk=document.createTreeWalker(document.body,NodeFilter.SHOW_TEXT);
while(walk.nextNode()){const n=walk.currentNode;if(n.parentNode.tagName=='SCRIPT')continue;
for(let i=0;i<n.length;i++){const r=document.createRange();
r.setStart(n,i);r.setEnd(n,i+1);const b=r.getBoundingClientRect();
out.push([n.data[i],b.x,b.y,b.width,b.height]);}}
const pre=document.createElement('pre');pre.textContent='@@'+JSON.stringify(out)+'@@';
document.documentElement.append(pre);"""

News = list[tuple[str, list[str]]]


def make_news(seed: int) -> News:
    """Invent articles: a title and paragraphs each."""
    pick = random.Random(seed)

    def clause() -> str:
        return pick.choice(WHO) + pick.choice(DID) + pick.choice(WHAT)

    def paragraph() -> str:
        return "".join(f"{clause()}，{clause()}。" for _ in range(pick.randint(2, 5)))

    return [(clause(), [paragraph() for _ in range(pick.randint(2, 4))]) for _ in range(6)]


def typeset(news: News, columns: int, folder: Path) -> list[list[float]]:
    """Print a page to `page.png`; return each character with its place in CSS pixels."""
    body = "".join(f"<h2>{t}</h2>" + "".join(f"<p>{p}</p>" for p in ps) for t, ps in news)
    style = STYLE.format(columns=columns)
    html = f"<meta charset=utf-8><style>{style}</style>{body}<script>{SCRIPT}</script>"
    html = html.replace("<script>", "<style>pre{display:none}</style><script>")
    (folder / "page.html").write_text(html, "utf-8")
    command = [str(CHROMIUM), *FLAGS.split(), "--hide-scrollbars", "--window-size=1240,1500"]
    command += [f"--force-device-scale-factor={SCALE}", f"--user-data-dir={folder / 'profile'}"]
    address = (folder / "page.html").as_uri()
    shot = [*command, f"--screenshot={folder / 'page.png'}", address]
    subprocess.run(shot, check=True, capture_output=True)
    dump = subprocess.run(
        [*command, "--dump-dom", address], check=True, capture_output=True, text=True
    )
    found = re.findall(r"@@(\[.*?\])@@", dump.stdout, re.S)
    return json.loads(unescape(found[-1]))  # type: ignore[no-any-return]


def place_errors(page: Page, truth: list[list[float]]) -> Iterator[tuple[bool, bool]]:
    """Yield, for each character found, whether its line and its place (half a type) are right."""
    at = [i for i, char in enumerate(page.text) if not char.isspace()]
    printed = "".join(str(char[0]) for char in truth)
    matcher = SequenceMatcher(None, printed, "".join(page.text[i] for i in at), autojunk=False)
    for start, found, size in matcher.get_matching_blocks():
        for k in range(size):
            _, x, y, w, h = truth[start + k]
            span = Span(at[found + k], at[found + k] + 1)
            for box in find_regions(page.text, page.boxes, [span])[:1]:
                middle = box.x + box.w / 2
                right_line = box.y <= (y + h / 2) * SCALE <= box.y + box.h
                yield right_line, right_line and abs(middle - (x + w / 2) * SCALE) <= w * SCALE / 2


def main(count: int) -> None:
    """Print a line for each page."""
    for seed in range(count):
        news, columns = make_news(seed), 3 + seed % 3
        with TemporaryDirectory() as name:
            truth = typeset(news, columns, Path(name))
            began = time.perf_counter()
            page = next(read_format(Path(name, "page.png"), "page", PageMeta(), print))
            seconds = time.perf_counter() - began
        marks = list(place_errors(page, truth))
        articles = read_articles(page)
        titles = {title for title, _ in news} & {article.title for article in articles}
        paragraphs = {p for _, ps in news for p in ps}
        read = {p.text for article in articles for p in article.paragraphs}
        print(
            f"{columns} columns, {len(truth)} characters: found {len(marks) / len(truth):.1%}, "
            f"right line {sum(a for a, _ in marks) / max(1, len(marks)):.1%}, "
            f"half a character {sum(b for _, b in marks) / max(1, len(marks)):.1%}, "
            f"titles {len(titles)}/{len(news)} of {len(articles)}, "
            f"paragraphs {len(paragraphs & read)}/{len(paragraphs)}, {seconds:.1f} s"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
