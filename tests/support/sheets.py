"""Pages of invented news that a browser typesets, with the position of each character known.

`DESIGNS` are ways to set a page; half of them are held back, so that nothing is tuned on them. The
browser breaks lines and columns; what it did is read from it afterwards.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

from .clean_articles import UNSEEN_NEWS, Clean, read_clean

SCALE = 1.5
"""Pixels of an image for one of the style sheet: type of 17 pixels is scanned at 26."""


class TruthChar(NamedTuple):
    """A printed character, its box in pixels of the style sheet, and the number of its block."""

    text: str
    x: float
    y: float
    w: float
    h: float
    block: int


class TruthBlock(NamedTuple):
    """A printed block: what it is, and the number of its article, -1 for furniture."""

    kind: str
    article: int


@dataclass(frozen=True, slots=True)
class Truth:
    """What is printed on a page; the characters are in reading order."""

    width: float
    height: float
    chars: tuple[TruthChar, ...]
    blocks: tuple[TruthBlock, ...]

    def dump(self) -> str:
        """Return the page as JSON."""
        return json.dumps([self.width, self.height, self.chars, self.blocks], ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Truth:
        """Return the page that `dump` wrote."""
        width, height, chars, blocks = json.loads(text)
        return cls(
            width,
            height,
            tuple(TruthChar(*one) for one in chars),
            tuple(TruthBlock(*one) for one in blocks),
        )


@dataclass(frozen=True, slots=True)
class Design:
    """A way to set a page.

    `bands` go from top to bottom; a band is stacks side by side, `(width, articles)`; an article is
    its number of columns, with `b` boxed, `l` a lead with kicker and subtitle, `p` a picture,
    `s` section headings, `n` a notice. Without bands the articles flow through `columns`.
    """

    name: str
    style: str
    columns: int = 0
    bands: tuple[tuple[tuple[int, str], ...], ...] = ()
    upright: bool = False
    flow: str = "1 1p 1 1s 1"
    furniture: bool = False
    byline: bool = False
    held: bool = False


BASE = """*{box-sizing:border-box}html{background:#fff}
body{margin:36px;width:1328px;font:17px/1.45 'Noto Serif CJK SC';text-align:justify;color:#000}
div{overflow-wrap:anywhere}.band,.stack{display:flex}.band{gap:28px;margin-bottom:22px}
.stack{flex-direction:column;gap:20px;min-width:0}.cols{column-gap:22px}
.body{text-indent:2em}.title{font-weight:bold;font-size:28px;line-height:1.3}
.kicker,.subtitle{font-size:20px;line-height:1.4}.heading{font-weight:bold;text-indent:2em}
.caption{font:14px/1.4 'Noto Sans CJK SC'}.picture{background:#bbb;height:150px;margin:6px 0}
.figure{break-inside:avoid}.boxed{border:2px solid #000;padding:12px}
.furniture{display:inline-block;margin-right:60px;font-size:15px}
.top{border-bottom:1px solid #000;margin-bottom:16px}.notice{border:1px solid #000;padding:8px}
.byline{font-family:'Noto Sans CJK SC'}
"""

DESIGNS = (
    Design("four columns", ".title{font-size:25px;margin:.4em 0}.cols{column-gap:26px}", columns=4),
    Design(
        "modular of five",
        ".lead .title{font-size:50px;text-align:center}.lead .kicker,"
        ".lead .subtitle{font-size:24px;text-align:center}"
        ".cols{column-rule:1px solid #888}.title{font-size:32px}",
        bands=(((3, "3lp"), (2, "2 1")), ((2, "2p"), (1, "1 1"), (2, "2s"))),
        furniture=True,
        byline=True,
    ),
    Design(
        "upright tiers",
        "body{height:1500px}.title{font-size:30px;margin:0 .5em}.heading{text-indent:0}",
        columns=4,
        upright=True,
        flow="1 1 1s 1 1 1",
    ),
    Design(
        "small heads",
        "body{font:16px/1.5 'Noto Serif CJK SC'}.title{font:bold 19px/1.4 'Noto Sans CJK SC';"
        "text-align:center;margin:1em 0 .5em}.cols{column-gap:24px;column-rule:1px solid #666}",
        columns=5,
        flow="1 1 1 1p 1 1",
        byline=True,
    ),
    Design(
        "boxes",
        ".boxed{background:#f0f0f0;font-family:'Noto Sans CJK SC'}.title{font-size:30px;"
        "text-align:center;margin-bottom:.4em}.heading{text-align:center;text-indent:0;margin:.5em}",
        bands=(((3, "3s"), (1, "1b 1b")), ((1, "1b"), (3, "2p 3"))),
        furniture=True,
    ),
    Design(
        "ragged with gaps",
        "body{text-align:left;font:17px/1.4 'Noto Sans CJK SC'}"
        ".body{text-indent:0;margin-bottom:.8em}"
        ".title{font-size:26px;margin:.8em 0 .3em}.cols{column-gap:34px}",
        columns=3,
        flow="1 1p 1 1s 1",
        held=True,
    ),
    Design(
        "daily of four",
        ".title{font-size:36px;text-align:left}.subtitle{font-size:21px}.cols{column-gap:24px}"
        ".lead .title{font-size:54px}.picture{height:190px}.byline{text-align:right}",
        bands=(((4, "4l"),), ((2, "2p 2"), (2, "2s")), ((1, "1"), (1, "1"), (2, "2lp"))),
        furniture=True,
        byline=True,
        held=True,
    ),
    Design(
        "upright under heads",
        ".title{font-size:40px;text-align:center;margin:4px 0 10px}"
        ".cols{height:430px;column-count:2;column-gap:20px}.stack{flex:none!important}.kicker,.subtitle{text-align:center}",
        bands=(((3, "3l"), (2, "2")), ((2, "2"), (3, "3s")), ((5, "5"),)),
        upright=True,
        held=True,
    ),
    Design(
        "magazine",
        "body{font:19px/1.6 'Noto Serif CJK SC'}.title{font-size:44px;margin-bottom:.5em}"
        ".heading{font:bold 21px/1.6 'Noto Sans CJK SC';text-indent:0;margin-top:.6em}"
        ".cols{column-gap:40px}",
        bands=(((2, "2lps"),), ((2, "2s"),)),
        furniture=True,
        held=True,
    ),
    Design(
        "six narrow columns",
        "body{font:15px/1.4 'Noto Serif CJK SC'}.title{font:bold 24px/1.25 'Noto Sans CJK SC'}"
        ".lead .title{font-size:46px}.cols{column-gap:18px}.boxed .title{text-align:center}"
        ".picture{height:120px}",
        bands=(((4, "4lp"), (2, "2b 1n")), ((1, "1 1"), (2, "2s"), (3, "3p 2b")), ((6, "5"),)),
        furniture=True,
        byline=True,
        held=True,
    ),
    Design(
        "lead over all columns",
        "body{font:16px/1.5 'Noto Serif CJK SC'}.title{font:bold 30px/1.3 'Noto Sans CJK SC'}"
        ".lead .title{font-size:60px;text-align:center}.kicker,.subtitle{text-align:center}"
        ".picture{height:170px}.cols{column-gap:20px}",
        bands=(((5, "5lp"),), ((1, "1 1"), (3, "3s"), (1, "1p")), ((3, "3"), (2, "2p 1"))),
        furniture=True,
        byline=True,
    ),
    Design(
        "upright articles",
        "body{font:18px/1.5 'Noto Serif CJK SC'}.title{font-size:34px;text-align:center;margin:8px}"
        ".cols{height:560px;column-count:3;column-gap:26px}.stack{flex:none!important}"
        ".kicker,.subtitle{text-align:center}",
        bands=(((2, "4"), (2, "3l")), ((5, "5s"), (1, "1"))),
        upright=True,
    ),
)

_SECTIONS = ("先把水引上山", "二十年的老账本", "让年轻人留下来", "冬天也有新菜", "一封没有寄出的信")
_KICKERS = ("全县秋收工作会议提出", "从三个村子看一条路", "记者沿江走访之二")
_SUBTITLES = ("今年已完成工程量过半，明年五月全部通水", "两千名群众参加义务劳动")
_FURNITURE = ("江川日报", "2023年10月27日　星期五", "第3版　要闻", "责任编辑：林若溪　版式：田小满")
_NOTICE = "遗失声明：本人不慎遗失营业执照副本一份，编号三三零二一八，特此声明作废。"


@dataclass(slots=True)
class _Composer:
    """Makes the HTML of a page, numbering its blocks and articles."""

    design: Design
    pick: random.Random
    stories: Iterator[Clean]
    blocks: list[TruthBlock] = field(default_factory=list)
    articles: int = 0

    def element(self, kind: str, text: str, *, article: int | None = None) -> str:
        number = self.articles - 1 if article is None else article
        self.blocks.append(TruthBlock(kind, number))
        return f"<div class='{kind}' data-b='{len(self.blocks) - 1}'>{escape(text)}</div>"

    def page(self) -> str:
        top = ""
        if self.design.furniture:
            lines = (self.element("furniture", text, article=-1) for text in _FURNITURE)
            top = f"<div class=top>{''.join(lines)}</div>"
        body = "".join(map(self.band, self.design.bands)) or self.flow()
        return f"<body{' class=upright' * self.design.upright}>{top}{body}"

    def flow(self) -> str:
        parts = [self.story(spec, self.pick.randint(2, 4)) for spec in self.design.flow.split()]
        mode = "writing-mode:vertical-rl;height:100%;" * self.design.upright
        style = f"{mode}column-count:{self.design.columns}"
        return f"<div class=cols style='{style}'>{''.join(h + b for h, b in parts)}</div>"

    def band(self, stacks: Sequence[tuple[int, str]]) -> str:
        made = []
        for width, specs in stacks:
            parts = specs.split()
            cells = "".join(self.cell(spec, len(parts)) for spec in parts)
            made.append(f"<div class=stack style='flex:{width} 1 0'>{cells}</div>")
        return f"<div class=band>{''.join(made)}</div>"

    def cell(self, spec: str, beside: int) -> str:
        """Return an article in a frame of its own; `beside` articles share the stack."""
        columns = int(spec[0])
        if "n" in spec:
            self.articles += 1
            return self.element("notice", _NOTICE)
        head, body = self.story(spec, max(2, (1 + 2 * columns) // beside))
        mode = "writing-mode:vertical-rl;" * self.design.upright
        style = mode or f"column-count:{columns}"
        names = " lead" * ("l" in spec) + " boxed" * ("b" in spec)
        return f"<div class='cell{names}'>{head}<div class=cols style='{style}'>{body}</div></div>"

    def story(self, spec: str, most: int) -> tuple[str, str]:
        """Return the HTML of an article's head and of its body."""
        story = next(self.stories)
        self.articles += 1
        head = [self.element("title", story.title)]
        if "l" in spec:
            self.blocks.pop()
            head = [
                self.element("kicker", self.pick.choice(_KICKERS)),
                self.element("title", story.title),
                self.element("subtitle", self.pick.choice(_SUBTITLES)),
            ]
        if self.design.byline and story.byline:
            head.append(self.element("byline", story.byline))
        body = []
        for number, text in enumerate(story.paragraphs[:most]):
            if "s" in spec and number in (1, 3):
                body.append(self.element("heading", self.pick.choice(_SECTIONS)))
            body.append(self.element("body", text))
            if "p" in spec and number == 1:
                caption = self.element("caption", self.pick.choice(story.captions or (_CAPTION,)))
                body.append(f"<div class=figure><div class=picture></div>{caption}</div>")
        return "".join(head), "".join(body)


_CAPTION = "图为村民在新修的水渠边洗菜。田小满 摄"

_READ_CHARS = """const out=[];for(const e of document.querySelectorAll('[data-b]')){
const walk=document.createTreeWalker(e,NodeFilter.SHOW_TEXT);while(walk.nextNode()){
const n=walk.currentNode;for(let i=0;i<n.length;i++){const r=document.createRange();
r.setStart(n,i);r.setEnd(n,i+1);const b=r.getBoundingClientRect();if(n.data[i].trim())
out.push([n.data[i],b.x+scrollX,b.y+scrollY,b.width,b.height,+e.dataset.b]);}}}
return [document.documentElement.scrollWidth,document.documentElement.scrollHeight,out];"""


def compose(design: Design, seed: int) -> tuple[str, tuple[TruthBlock, ...]]:
    """Return the HTML of a page and its blocks, numbered in reading order."""
    pick = random.Random(f"{design.name} {seed}")
    stories = [*read_clean(), *read_clean(UNSEEN_NEWS)]
    pick.shuffle(stories)
    composer = _Composer(design, pick, cycle(stories))
    body = composer.page()
    html = f"<!DOCTYPE html><meta charset=utf-8><style>{BASE}{design.style}</style>{body}"
    return html, tuple(composer.blocks)


def typeset(browser: Any, design: Design, seed: int, folder: Path) -> Truth:
    """Print a page to `page.png` and `page.pdf` in a folder, and return what is printed."""
    html, blocks = compose(design, seed)
    (folder / "page.html").write_text(html, "utf-8")
    browser.get((folder / "page.html").as_uri())
    width, height, chars = browser.execute_script(_READ_CHARS)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": SCALE}
    asked = {"clip": clip, "captureBeyondViewport": True}
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", asked)
    (folder / "page.png").write_bytes(base64.b64decode(shot["data"]))
    paper = {"paperWidth": width / 96, "paperHeight": height / 96, "printBackground": True}
    margins = dict.fromkeys(("marginTop", "marginBottom", "marginLeft", "marginRight"), 0)
    printed = browser.execute_cdp_cmd("Page.printToPDF", {**paper, **margins})
    (folder / "page.pdf").write_bytes(base64.b64decode(printed["data"]))
    truth = Truth(width, height, tuple(TruthChar(*one) for one in chars), blocks)
    (folder / "truth.json").write_text(truth.dump(), "utf-8")
    return truth
