"""How papers of several decades and systems set an article: heads, by-lines, marks, lines.

Each style is one row of `STYLES`. The forms are those of the genre, the names and texts invented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

_NUMERALS = str.maketrans("0123456789%", "〇一二三四五六七八九成")
_WIDE = str.maketrans("0123456789%", "０１２３４５６７８９％")
_ONLY_COMMAS = str.maketrans("，。；：！？", "、、、、、、", "“”‘’《》")
_CORNERS = str.maketrans("“”‘’", "「」『』")


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def as_written(text: str) -> str:
    return text


def traditional(text: str) -> str:
    return str(_converter("s2t").convert(text)).translate(_CORNERS)


def taiwanese(text: str) -> str:
    return str(_converter("s2tw").convert(text)).translate(_CORNERS)


def republican(text: str) -> str:
    """Traditional script, 、 the only mark, numbers in characters."""
    return traditional(text.translate(_ONLY_COMMAS).translate(_NUMERALS))


def prewar(text: str) -> str:
    return traditional(text.translate(_NUMERALS))


def full_width(text: str) -> str:
    return text.translate(_WIDE)


@dataclass(frozen=True, slots=True)
class Style:
    """How a paper sets its pages; in the forms {name}, {other}, {spaced} are those of a by-line."""

    name: str
    text: Callable[[str], str] = as_written
    masthead: tuple[str, ...] = ()
    heads: tuple[str, ...] = ("{title}",)  # the lines of a head
    bylines: tuple[str, ...] = ("{byline}",)  # one is chosen, "" for none
    datelines: tuple[str, ...] = ("",)  # one opens the first paragraph
    sign_offs: tuple[str, ...] = ("",)  # one closes the last
    jump: str = ""  # is under an article that continues elsewhere
    jumps: float = 0.0  # how many do
    widths: tuple[int, ...] = ()  # characters of a printed line, one for each article; () unbroken
    indent: str = ""  # before the first line of a paragraph
    gap: int = 1  # blank lines behind a piece of text
    line_gap: int = 0  # and behind each of its printed lines
    spaced: bool = False  # a blank between any two characters
    head_mark: str = ""  # before a head line, as OCR models write
    caption_mark: str = ""  # before a caption
    brief: bool = False  # an article has one paragraph
    ordered: bool = False  # its columns are printed in order


STYLES = (
    Style("plain"),
    Style(
        "republican 1920",
        republican,
        masthead=("第二版　民國九年四月三日", "庚申年二月十五日　星期六"),
        bylines=("{pen}", "", "（{pen}）"),
        widths=(15, 22),
        gap=0,
    ),
    Style(
        "pre-war 1936",
        prewar,
        masthead=("中華民國二十五年六月五日　星期五　第三版",),
        heads=("{kicker}", "{title}", "{subtitle}"),
        bylines=("",),
        datelines=("【本報北平三日專電】", "【中央社南京五日電】", "（本報特訊）"),
        widths=(14,),
        indent="　　",
        gap=0,
    ),
    Style(
        "daily 1957",
        masthead=("１９５７年８月２１日　星期三",),
        heads=("{title}", "——{subtitle}"),
        bylines=("本报记者　{spaced}", "{spaced}", ""),
        datelines=("新华社北京二十日电　", "本报讯　", ""),
        jump="（下转第四版）",
        jumps=0.3,
        widths=(18, 13),
        indent="　　",
        gap=0,
    ),
    Style(
        "daily 1986",
        full_width,
        bylines=("本报记者　{spaced}　{other}", ""),
        datelines=(
            "本报讯　",
            "据新华社北京１月２日电　（记者{name}）",
            "本报沈阳１月２日电　记者{name}报道：",
        ),
        sign_offs=("", "（{name}）", "（据新华社）"),
        gap=0,
        ordered=True,
    ),
    Style(
        "daily 1998",
        full_width,
        masthead=("１９９８年１月１２日", "第４版"),
        bylines=("{name}　{other}", "本报记者　{spaced}"),
        datelines=(
            "本报北京１月１１日讯　记者{name}报道：",
            "新华社上海１月１１日电（记者{name}）",
            "",
        ),
        jump="（下转第３版）",
        jumps=0.2,
        widths=(16,),
        indent="　　",
        gap=0,
    ),
    Style(
        "mainland 2023",
        masthead=("03 要闻", "2023年8月8日 星期二"),
        heads=("{kicker}", "{title}"),
        bylines=("■ 本报记者 {name} 通讯员 {other}", "□ {name}", "记者 {name} 文/摄"),
        datelines=("", "本报讯（记者 {name}）", "新华社北京8月7日电"),
        sign_offs=("", "（完）", "■", "（来源：本报综合）"),
    ),
    Style(
        "Taiwan",
        taiwanese,
        bylines=("記者{name}／台北報導", "〔記者{name}／高雄報導〕", "文／{name}"),
        datelines=("", "（中央社記者{name}台北27日電）"),
        sign_offs=("", "（編輯：{other}）1120807"),
        caption_mark="圖／",
    ),
    Style(
        "Hong Kong",
        traditional,
        bylines=("", "文：{name}"),
        datelines=("【本報訊】", "【本報記者{name}報道】"),
        sign_offs=("", "﹒本報記者{name}"),
        caption_mark="▲",
        widths=(20,),
        indent="　　",
    ),
    Style(
        "briefs",
        bylines=("",),
        sign_offs=("（{name}）", "（{spaced}　{other}）", "（据新华社）"),
        gap=0,
        brief=True,
        ordered=True,
    ),
    Style("blank after each line", widths=(17,), line_gap=1, gap=1),
    Style("blanks between characters", widths=(18,), spaced=True, gap=0),
    Style("Markdown", head_mark="# ", caption_mark="![](images/1.jpg)\n\n"),
    Style("a paragraph a line", gap=0, ordered=True),
)
"""The first is the form of the five real pages; no weight was ever fitted on the others' pages."""

BY_NAME = {style.name: style for style in STYLES}
