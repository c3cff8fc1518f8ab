"""The forms of lines: what a line can be by its own characters, without its neighbours."""

from __future__ import annotations

import re

from indexer.reading.person_names import begin_like_names

CLOSING_SIGNS = "”’」』）)》】〉\"'］]﹂﹄〕｣︶"
ENDING_SIGNS = "。！？!?…．｡︒"
PAUSING_SIGNS = "，、；：,;:﹐﹑"
NEVER_FIRST = frozenset("”’》）)】」』〉，。、；：！？,.;:!?…%％·")
"""Marks that no text begins with."""
END_SIGNS = "■◆★●▲□◇▼◎※*＊①②③④⑤⑥⑦⑧⑨⑩"
"""Signs that papers set after the last word of an item."""

NAME_BRACKETS = "（(〔）)〕"
"""Either half opens a name: on a page that is set from right to left they are turned round."""

_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_PERSON = rf"(?:{_HAN}{{2,4}}|{_HAN}[ \u3000]{{1,3}}{_HAN}(?!{_HAN}))(?:·{_HAN}{{1,8}})*"
_PERSONS = rf"{_PERSON}(?:[\s、，,/]+{_PERSON})*"
_REPORTER_TITLE = (
    r"(?:(?:[\u3400-\u9fff]{0,16}(?:[报刊网社部院厅台署]|[全融]媒体|特约|见习|实习|首席))?(?:驻\S{1,4})?"
    r"(?:记者|通讯员|评论员|撰稿人?|撰文|文字|摄影|作者|编译|实习生|特派员))"
)
"""An employer and an office; one repetition only, as two within another take exponential time."""

_AUTHOR_LABEL = r"(?:[文图摄]|文字|摄影|图片|撰文|文图|图文|文[/／]图)\s*[:：/／]"
_BYLINE_LINE = re.compile(
    rf"(?:[■□●◆▪◎▲△]\s*(?:{_REPORTER_TITLE}|{_AUTHOR_LABEL})?|{_REPORTER_TITLE}|{_AUTHOR_LABEL}|[文图][/／][图文])\s*[:：/／]?\s*(?:{_PERSONS})"
    rf"(?:\s*(?>{_AUTHOR_LABEL}|{_REPORTER_TITLE})\s*[:：/／]?\s*{_PERSONS}){{0,3}}(?:\s*[（(]?(?:[文图摄]|[/／])+[）)]?)?"
)
_LEADING_SIGN = re.compile(r"^[■□●◆▪◎▲△]\s*")
_AUTHOR_WORD = re.compile("记者|通讯员|评论员|作者|撰|[文图]")
_CREDIT_LINE = re.compile(
    r"[（(]?(?:(?:本[版组报文]|以上|上|左|右|均|部分|资料)*(?:图片|照片|图|摄影|视频|供图)(?:均)?(?:[由:：/／]|来[自源]).{1,40}"
    r"|[（(](?:本[报版社])?(?:资料|网络|受访者|档案)\s*(?:供图|图片|照片|图)[）)]"
    r"|(?:数据|资料|图片|稿件|文章)来源\s*[:：].{1,40}|来源\s*[:：].{1,30}"
    r"|(?:制图|绘图|供图|摄影|插图|漫画|图表|视频)\s*[:：/／].{1,30}"
    r"|新华社发.{0,20}|作者(?:系|为|单位|是).{2,40}|.{2,30}(?:供图|提供图片|摄影报道|摄于\S{2,12}|图片提供))[）)。]?"
)
_PHOTO_BY = rf"(?:{_REPORTER_TITLE}\s*)?{_PERSON}(?:[\s、]+{_PERSON})*\s*摄"
_PHOTO_CREDIT = re.compile(rf"[（(]?{_PHOTO_BY}[）)]?")
_CREDIT_BEHIND = re.compile(
    rf"(?:[。！？!?…”」）)]|\s)\s*[（(]?(?:{_PHOTO_BY}"
    r"|(?:本[报版社刊]|网络|受访者?|档案|新华社)*\s*(?:资料|供)\s*(?:图片?|照片)"
    r"|[\u3400-\u9fff]{2,12}供图|(?:图片|照片|图)\s*(?:[:：/／]\s*[\u3400-\u9fff·、\s]{2,16}|由.{2,24}提供))[）)。]?$"
    r"|[（(](?:本[报版社刊]|网络|受访者?|档案)*(?:资料|供)(?:图片?|照片)[）)]$"
)
_TRAILING_GROUP = re.compile(r"[（(〔［\[【]([^（）()〔〕［］\[\]【】]{0,30})[）)〕］\]】]$")
_WHOLE_GROUP = re.compile(r"[（(〔［\[【][^（）()〔〕［］\[\]【】]{1,40}[）)〕］\]】]")
_END_OF_SERIES = re.compile(
    r"第?[一二三四五六七八九十百]*[回囘章]?完|全文完|未完|待续|未完待续|续完|且听下回分解"
    r"|(?:下转|转|续见?).{1,20}"
)
_JUMP_AWAY = re.compile(
    r"[（(〔［\[【→▶►⇨☞▷]?\s*(?:下转|转|续见?)[^（）()]{1,15}版.{0,10}[）)〕］\]】]?"
)
_CONTINUATION_LINE = re.compile(r"[（(〔［\[【](?:未完|待续|未完待续|完|续完)[）)〕］\]】]")
_JUMP_HERE = re.compile(r"[（(〔［\[【]?(?:上接|紧接|接)[^（）()]{1,15}版.{0,10}")
_SERIES_NUMERALS = frozenset("〇○一二三四五六七八九十廿卅百千上中下续完终前后")
_NO_NAME_CHARACTERS = re.compile(
    "见|图|续|完|转载|附|接|节|版|页|元|角|注|略|声|日$|月$|第|讯|资料|广告|电$"
)
_BRACKETED_NAME = re.compile(
    rf"[{NAME_BRACKETS}]{{1,2}}({_HAN}{{1,8}}(?:[\s\u3000·、]{{1,3}}{_HAN}{{1,6}}){{0,2}})[{NAME_BRACKETS}]{{1,2}}"
)
_SIGNED_NAME = rf"{_HAN}(?:[ \u3000]{{0,3}}{_HAN}){{1,3}}(?:·{_HAN}{{1,8}})*"
_SIGNED_GROUP = re.compile(
    r"[（(〔［\[【](?:本报|本刊|据|综合|新华社|见习|特约|通讯员|记者|作者|来源|文|图|电|讯|[:：\s/／])*"
    rf"{_SIGNED_NAME}(?:[\s、，/／]+(?:文|图|摄|{_SIGNED_NAME})){{0,4}}[）)〕］\]】]$"
)
_SIGNED_SHORT = re.compile(rf"[。！？!?…、，”』」][（(〔［\[【]{_HAN}{{1,6}}[）)〕］\]】]$")
_SIGNED_OPEN = re.compile(rf"[。！？!?…][”’」』）)]*[ \u3000]+{_HAN}(?:[ \u3000]?{_HAN}){{0,7}}$")
_DATELINE_START = re.compile(
    r"[【〔（(［\[◎●▲■]{0,2}\s*(?:本[报刊][^，。；：]{0,14}?(?:讯|电|报道|报导|消息)|本报[^，。]{1,8}\d+月\d+日"
    rf"|(?:据)?{_HAN}{{1,8}}?(?:报|社|网|台|央视)[^，。；：、]{{0,18}}?(?:[电讯]|报道|报导|消息)"
    rf"|{_HAN}{{0,8}}记者\s*{_HAN}[{_HAN[1:-1]}·、\s]{{1,14}}(?:[／/]\s*{_HAN}{{2,6}}(?:报导|报道|电)|报道|报导)"
    rf"|(?:{_HAN}{{2,6}})?[一二三四五六七八九十廿\d]{{1,3}}日(?:下午|上午|晚)?{_HAN}{{0,6}}[专急]?电"
    rf"|{_HAN}{{2,4}}[专急]电|央视)"
)
_ATTRIBUTION_START = re.compile("据[^，。；：]{1,20}(?:报道|报导)[，,]")
_DATELINE_ALONE = re.compile(rf"本报讯\s*[（(]{_REPORTER_TITLE}\s*{_PERSONS}[）)]")
_BRACKET_PAIR = re.compile(r"[［\[（(【〔](.{2,50})[］\]）)】〕]")
_REPORTS_FROM = re.compile(
    rf"{_HAN}{{0,8}}(?:记者|特派员)\s*{_PERSONS}\s*[／/]\s*{_HAN}{{1,6}}(?:报导|报道|电|讯)?"
)
_SAID_BEHIND = re.compile(rf"{_PERSONS}\s*[／/]\s*[文图摄撰](?:\s+{_PERSONS}\s*[／/]\s*[文图摄])*")
HEADING_MARK = re.compile(r"[ \t\u3000]{0,3}(#{1,6})(?:[ \t\u3000]+|(?=[^#\s\d])(?!.*#\s*$))(?=\S)")
"""The mark of a heading in Markdown; a hashtag (#援疆#) is none."""
_DASHED_LINE = re.compile(r"[—－–-]{1,3}\s*\S")
_PICTURE_POINTER = re.compile(
    r"[▲▼◀▶△▽◁▷↑↓←→]|[上下左右本]?图[①②③④⑤⑥\d一二三四]*(?:为|[:：])|(?:资料|效果)图"
)
_GIVEN_BY = re.compile(rf"[（(]{_HAN}{{1,6}}(?:摄|摄影|赠|赠刊|寄|供稿)[）)]$")
FRAME_SIGNS = "◘■●◆▲★◀▶"
_FRAMED_LINE = re.compile(r"([◘■●◆▲★])[^◘■●◆▲★]{2,40}\1|◀.{2,40}▶|▶.{2,40}◀")
_SMALL_WORDS = re.compile(
    "[了着过是的在就也都很还却并且与从把被我你他她它这那]|一个|已经|因为|所以"
)
_PARTED_IDEOGRAPHS = re.compile(r"[^\x00-\x7f]\s+[^\x00-\x7f]")
_DEPICTING_WORD = re.compile(
    "正在|现场|合影|留念|一角|全景|外景|夜景|美景|风光|航拍|俯瞰|剧照|画面|参观|展示|讲解|表演|选购"
)
_SPEAKER_LABEL = re.compile(r"(?:问|答|记者|主持人|嘉宾|[QA])\s*[:：]|[问答][、，,。]")
_QUOTATION_OPENING = re.compile(rf"{_HAN}{{1,4}}[说道曰问答云][:：、，,]?[“「『‘《]")
_CHAPTER_HEADING = re.compile(
    r"第[一二三四五六七八九十百〇○\d]{1,5}[章回囘][^，。；、,;!?！？]{2,40}"
)
_ITEM_NUMBER = re.compile(
    r"[一二三四五六七八九十\d]{1,3}[、.．)）]|[（(][一二三四五六七八九十\d]{1,3}[）)]|[①-⑳]|[●■◆▪•·]|[一二三四五六七八九十]是"
)
_NUMBERED_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[章节部][分]?\s)\s*\S"
)
_LABELLED_START = re.compile(
    r"(?:附记|附录|附言|编者按|编者的话|编后|按语|备注|链接|相关链接|新闻链接|背景|背景资料|资料|小资料|新闻背景|名词解释)[:：]"
    r"|第[一二三四五六七八九十百〇○\d]{1,6}条(?!件)"
)
_BRACKETED_LABEL = re.compile(r"[【〔［\[〖][^】〕］\]〗]{2,12}[】〕］\]〗]")
_PROSE_MARK = re.compile("[，。；,;!?！？]")
_CLAUSE_MARK = re.compile("[，。；、,;!?！？]")
_END_OF_SENTENCE = re.compile(rf"[{ENDING_SIGNS}]+[{re.escape(CLOSING_SIGNS)}]*")


_IN_BYLINES = re.compile("[记员撰文摄作译生图■□●◆▪◎▲△/／]")
_IN_CREDITS = re.compile("[摄供图照赠寄]")
_IN_CREDIT_LINES = re.compile("[摄供图照影频源画发作]")
_IN_DATELINES = re.compile("[讯电导道息视日]")
"""One of these is in every by-line, credit and dateline; few lines have one, so few are matched."""

MAX_TAIL_CHARS = 120
"""Characters from the end of a line in which a credit is looked for, so that time is linear."""


def is_closed(text: str) -> bool:
    """Return whether a text ends where a sentence can end.

    A signature, source or note in brackets, an end sign and a name after a blank may follow the
    sentence's own end; 完, 未完 and 下转第3版 close in any case.
    """
    tail = text[-80:].rstrip()
    if _SIGNED_OPEN.search(tail):
        return True
    while True:
        bare = tail.rstrip(END_SIGNS)
        group = _TRAILING_GROUP.search(bare)
        inner = group.group(1) if group else ""
        if group and (_END_OF_SERIES.fullmatch(inner) or (inner and inner[-1] in ENDING_SIGNS)):
            return True
        bare = bare[: group.start()].rstrip() if group else bare.rstrip(CLOSING_SIGNS)
        if not bare:
            return bool(tail) and not group
        if bare == tail:
            break
        tail = bare
    if tail[-1] in ENDING_SIGNS:
        return True
    return tail[-1] == "." and len(tail) > 1 and not tail[-2].isdigit()


def ends_with_mark(text: str) -> bool:
    """Return whether a text ends with a mark of any kind."""
    return (
        text[-1] in ENDING_SIGNS
        or text[-1] in PAUSING_SIGNS
        or text[-1] in CLOSING_SIGNS
        or text[-1] in ".—-"
    )


def is_jump_away(text: str) -> bool:
    """Return whether a line says that the text above continues elsewhere: （下转第3版）."""
    return len(text) <= 30 and "版" in text and bool(_JUMP_AWAY.fullmatch(text))


def is_unfinished(text: str) -> bool:
    """Return whether a line is nothing but （未完）, （待续） or （完）."""
    return len(text) <= 8 and bool(_CONTINUATION_LINE.fullmatch(text))


def is_final(text: str) -> bool:
    """Return whether a text ends with 完, 未完 or 待续 in brackets."""
    group = _TRAILING_GROUP.search(text[-60:].rstrip())
    return group is not None and bool(_END_OF_SERIES.fullmatch(group.group(1)))


def is_bracketed(text: str) -> bool:
    """Return whether a line is one pair of brackets with what they hold."""
    return text[0] in "（(〔［[【" and bool(_WHOLE_GROUP.fullmatch(text))


def leaves_bracket_open(text: str) -> bool:
    """Return whether the last round bracket of a text is not closed."""
    tail = text[-60:]
    opened = max(tail.rfind("（"), tail.rfind("("))
    return opened >= 0 and "）" not in tail[opened:] and ")" not in tail[opened:]


def is_jump_here(text: str) -> bool:
    """Return whether a line says that the text below began elsewhere: （上接第1版）."""
    return len(text) <= 30 and "版" in text and bool(_JUMP_HERE.fullmatch(text))


def is_bracketed_name(text: str) -> bool:
    """Return whether a line is a name in brackets and nothing else: （丹翁）, （马二先生）."""
    if len(text) > 24 or text[0] not in NAME_BRACKETS:
        return False
    match = _BRACKETED_NAME.fullmatch(text)
    name = match.group(1) if match else ""
    return (
        bool(name)
        and not _SERIES_NUMERALS.issuperset(name)
        and not _NO_NAME_CHARACTERS.search(name)
    )


def is_signed(text: str) -> bool:
    """Return whether a text ends with who wrote it, in brackets or after a blank."""
    tail = text[-60:].rstrip()
    group = _TRAILING_GROUP.search(tail)
    if not group:
        return bool(_SIGNED_OPEN.search(tail))
    if len(text) <= 24 or _SERIES_NUMERALS.issuperset(group.group(1)):
        return False
    if _SIGNED_SHORT.search(tail):
        return not _NO_NAME_CHARACTERS.search(group.group(1))
    return (
        is_closed(text)
        and bool(_SIGNED_GROUP.search(tail))
        and not _NO_NAME_CHARACTERS.search(group.group(1)[-1:])
    )


def ends_item(text: str) -> bool:
    """Return whether a text is the end of an item: signed, or to be continued elsewhere."""
    return is_signed(text) or is_final(text) or is_jump_away(text)


def is_dateline(text: str) -> bool:
    """Return whether a text opens with the source of its news: 本报讯, 路透社电."""
    return bool(_IN_DATELINES.search(text) and _DATELINE_START.match(text))


def opens_report(text: str) -> bool:
    """Return whether a paragraph with a dateline opens a report: it is not within another one.

    A sentence of another report may name its source (据路透社报道，), and a dateline alone in
    brackets closes the report above it.
    """
    if not is_dateline(text):
        return False
    return not (_ATTRIBUTION_START.match(text) or is_bracketed(text))


def is_head(text: str) -> bool:
    """Return whether a line can be a head line or a caption: short, no sentence in it."""
    if len(text) > 45 or text[-1] in "，、；：,;:" or text[0] in NEVER_FIRST or is_speech(text):
        return False
    if text[0] in "【〔［[（(" and is_dateline(text):
        return False
    bare = text.rstrip(CLOSING_SIGNS)
    if bare and (bare[-1] in "。；;" or (bare[-1] == "." and is_closed(bare))):
        return False
    return "。" not in text and sum(map(text.count, "，,；;")) <= 2


def depicts(text: str) -> bool:
    """Return whether a line describes a picture: people doing something, a view of a place."""
    return bool(_DEPICTING_WORD.search(text))


def is_prose(text: str) -> bool:
    """Return whether a text has a mark of running text; verses and items may have none."""
    return bool(_PROSE_MARK.search(text))


def has_marks(text: str) -> bool:
    """Return whether a text has any mark of a clause."""
    return bool(_CLAUSE_MARK.search(text))


def prose(text: str) -> float:
    """Weigh what headings seldom hold: a pause within, small words of running text."""
    pauses = "，" in text or "," in text
    return 1.5 * pauses + 0.7 * min(len(_SMALL_WORDS.findall(text)), 3)


def has_parts(text: str) -> bool:
    """Return whether a blank divides the Chinese characters of a line."""
    return bool(_PARTED_IDEOGRAPHS.search(text))


def sentences(text: str) -> int:
    """Count the sentences of a text; a rest without an end mark is one."""
    ends = list(_END_OF_SENTENCE.finditer(text))
    return len(ends) + (not ends or ends[-1].end() < len(text))


def is_byline(text: str) -> bool:
    """Return whether a line is a by-line by its form: ■ 张三, 本报记者 张　三, 张三/文."""
    if len(text) > 60 or not _IN_BYLINES.search(text):
        return False
    pair = _BRACKET_PAIR.fullmatch(text)
    if pair and (text[0] != "【" or " " in text or "\u3000" in text):
        return bool(_AUTHOR_WORD.search(pair.group(1))) and is_byline(pair.group(1))
    if _DATELINE_ALONE.fullmatch(text) or _REPORTS_FROM.fullmatch(text):
        return True
    if _SAID_BEHIND.fullmatch(text):
        return True
    if not _BYLINE_LINE.fullmatch(text):
        return False
    names = _LEADING_SIGN.sub("", text)
    return names == text or bool(_AUTHOR_WORD.search(names)) or begin_like_names(names)


def is_any_byline(text: str) -> bool:
    """Return whether a line is a by-line by its form, or a name in brackets."""
    return is_bracketed_name(text) or is_byline(text)


def is_squared(text: str) -> bool:
    """Return whether a line opens with a square or another sign."""
    return bool(_LEADING_SIGN.match(text))


def is_credit(text: str) -> bool:
    """Return whether a line names the source of a picture or a figure."""
    return (
        len(text) <= 60
        and bool(_IN_CREDIT_LINES.search(text))
        and "。" not in text[:-1]
        and bool(_CREDIT_LINE.fullmatch(text) or _PHOTO_CREDIT.fullmatch(text))
    )


def is_speech(text: str) -> bool:
    """Return whether a line is part of a conversation: 问：…, 答、…, 记者：…."""
    return bool(_SPEAKER_LABEL.match(text))


def is_turn(text: str) -> bool:
    """Return whether a line opens with who says the quotation that follows: 他说、『…."""
    return bool(_QUOTATION_OPENING.match(text))


def is_chapter(text: str) -> bool:
    """Return whether a line is the head of a chapter of a novel: 第四章 …."""
    return bool(_CHAPTER_HEADING.fullmatch(text))


def is_labelled(text: str) -> bool:
    """Return whether a text opens with the name of a note or the number of a law's article."""
    return bool(_LABELLED_START.match(text))


def is_item(text: str) -> bool:
    """Return whether a line is an item of a list and ends like a sentence or an item."""
    return bool(_ITEM_NUMBER.match(text)) and text[-1] in "。；;，,、："


def is_numbered(text: str) -> bool:
    """Return whether a heading carries its number: 一、…, （二）…, 第三章 …."""
    return bool(_NUMBERED_HEADING.match(text)) and is_head(text)


def is_label(text: str) -> bool:
    """Return whether a line is the name of a column or series in brackets: 【记者观察】."""
    return bool(_BRACKETED_LABEL.fullmatch(text))


def is_half_title(text: str) -> bool:
    """Return whether a line is the first one of a title that continues after its comma."""
    return 2 < len(text) <= 22 and text[-1] in "，," and is_head(text[:-1])


def is_dashed(text: str) -> bool:
    """Return whether a line opens with a dash, as subtitles do."""
    return bool(_DASHED_LINE.match(text))


def tells_picture(text: str) -> bool:
    """Return whether a line is a caption by its form: ▲ …, 图为 …, …。张三摄, …（资料图片）."""
    return points_to_picture(text) or ends_with_credit(text) or is_framed(text)


def points_to_picture(text: str) -> bool:
    """Return whether a line says which picture it belongs to: ▲ …, 图为 …, 左图: …."""
    return "图为" in text or bool(_PICTURE_POINTER.match(text))


def ends_with_credit(text: str) -> bool:
    """Return whether a line ends with the credit of a picture."""
    tail = text[-MAX_TAIL_CHARS:]
    return bool(_IN_CREDITS.search(tail)) and bool(
        _CREDIT_BEHIND.search(tail) or _GIVEN_BY.search(tail)
    )


def is_framed(text: str) -> bool:
    """Return whether a line has the same sign at both ends: ◘ … ◘, ◀ … ▶."""
    return text[:1] in FRAME_SIGNS and bool(_FRAMED_LINE.fullmatch(text))
