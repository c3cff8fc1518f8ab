"""A line in, what it can be by its form alone out: no neighbour is asked here."""

from __future__ import annotations

import re

from indexer.reading.person_names import begin_like_names

CLOSERS = "”’」』）)》】〉\"'］]"
ENDS = "。！？!?…"
_NAME = r"[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{1,8})*"
_NAMES = rf"{_NAME}(?:[\s、，,/]+{_NAME})*"
_ROLE = (
    r"(?:(?:本报|本刊|本网|新华社|中新社|全媒体|融媒体|特约|见习|实习|驻\S{2,4}|首席|[\u3400-\u9fff]{2,6}(?:日报|晚报|报|网))*"
    r"(?:记者|通讯员|评论员|撰稿人?|撰文|文字|摄影|作者|编译|实习生|特派员))"
)
_AUTHORED = r"(?:[文图摄]|文字|摄影|图片|撰文|文图|图文|文[/／]图)\s*[:：/／]"
_BYLINE = re.compile(
    rf"(?:[■□●◆▪◎▲△]\s*(?:{_ROLE}|{_AUTHORED})?|{_ROLE}|{_AUTHORED})\s*[:：/／]?\s*(?:{_NAMES})"
    rf"(?:\s*(?:{_AUTHORED}|{_ROLE})\s*[:：/／]?\s*{_NAMES})*(?:\s*[（(]?(?:[文图摄]|[/／])+[）)]?)?"
)
_SQUARE = re.compile(r"^[■□●◆▪◎▲△]\s*")
_SAYS = re.compile("记者|通讯员|评论员|作者|撰|[文图]")
_CREDIT = re.compile(
    r"[（(]?(?:(?:本[版组报文]|以上|上|左|右|均|部分|资料)*(?:图片|照片|图|摄影|视频|供图)(?:均)?(?:[由:：/／]|来[自源]).{1,40}"
    r"|[（(](?:本[报版社])?(?:资料|网络|受访者|档案)\s*(?:供图|图片|照片|图)[）)]"
    r"|(?:数据|资料|图片|稿件|文章)来源\s*[:：].{1,40}|来源\s*[:：].{1,30}"
    r"|(?:制图|绘图|供图|摄影|插图|漫画|图表|视频)\s*[:：/／].{1,30}"
    r"|新华社发.{0,20}|作者(?:系|为|单位|是).{2,40}|.{2,30}(?:供图|提供图片|摄影报道|摄于\S{2,12}|图片提供))[）)。]?"
)
_TAKEN = rf"(?:{_ROLE}\s*)?{_NAME}(?:[\s、]+{_NAME})*\s*摄"
_SHOT = re.compile(rf"[（(]?{_TAKEN}[）)]?")
_CREDIT_BEHIND = re.compile(
    rf"(?:[。！？!?…”」）)]|\s)\s*[（(]?(?:{_TAKEN}"
    r"|(?:本[报版社刊]|网络|受访者?|档案|新华社)*\s*(?:资料|供)\s*(?:图片?|照片)"
    r"|[\u3400-\u9fff]{2,12}供图|(?:图片|照片|图)\s*(?:[:：/／]\s*[\u3400-\u9fff·、\s]{2,16}|由.{2,24}提供))[）)。]?$"
    r"|[（(](?:本[报版社刊]|网络|受访者?|档案)*(?:资料|供)(?:图片?|照片)[）)]$"
)
_DATE = r"(?:19|20)\d\d\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?"
_FURNITURE = re.compile(
    rf"(?:{_DATE}[^，。；]{{0,20}}|.{{0,12}}{_DATE}.{{0,12}}星期.{{0,10}}"
    r"|第?\s*[A-Z]?\d{1,3}\s*版.{0,10}|.{0,10}\s第?\s*[A-Z]?\d{1,3}\s*版"
    r"|[A-Z]?\d{1,3}"
    r"|(?:[■□●◆]\s*)?(?:责任编辑|责编|值班\S{0,4}|版式\S{0,2}|美编|校对|检校|组版|审读|主编"
    r"|视觉\S{0,2}|设计|本版编辑|编辑|统筹)\s*[:：/／ ].*"
    r"|(?:联系)?电话\s*[:：]?\s*[(（\d].*|(?:电子)?(?:邮箱|信箱)\s*[:：].*|E-?mail\s*[:：].*|(?:网址|热线|地址|邮编|国内统一\S*)\s*[:：].*"
    r"|[（(]?(?:上接|下转|紧接|转|接)第?\s*\S{1,6}\s*版.{0,8}[）)]?"
    r"|[\u3400-\u9fff]{2,6}(?:日报|晚报|早报|时报|商报|快报|周报|周末|晨报|都市报|青年报|工人报)(?:\s.{0,20})?"
    r"|专版|专题|广告|要闻|综合|副刊|公益广告|特刊|分类\s*(?:信息|广告))",
    re.IGNORECASE,
)
_SECTION = re.compile(r"[A-Z]?\d{1,3}\s*(?:[\u3400-\u9fff]{2,4}[·・/|\s]?){1,2}")
_NOTICE = re.compile(
    r"\S{0,12}(?:遗失声明|遗失启事|公告|通告|启事|声明|讣告|更正|通知|公示)(?:\s*[（(].{1,20}[）)])?"
)
_NOTICE_TEXT = re.compile(r"声明作废|特此(?:公告|声明|通知|启事)|遗失.{0,40}(?:作废|挂失)")
_CLASSIFIED = re.compile(r"分类\s*(?:信息|广告)|信息(?:超市|广场)|便民信息")
_MARK = re.compile(r"#{1,6}\s*(?=\S)")
_DASH = re.compile(r"[—－–-]{1,3}\s*\S")
_PICTURE = re.compile(
    r"[▲▼◀▶△▽◁▷↑↓←→]|[上下左右本]?图[①②③④⑤⑥\d一二三四]*(?:为|[:：])|(?:资料|效果)图"
)
_SMALL_WORDS = re.compile(
    "[了着过是的在就也都很还却并且与从把被我你他她它这那]|一个|已经|因为|所以"
)
_PARTED = re.compile(r"[^\x00-\x7f]\s+[^\x00-\x7f]")
_DEPICTS = re.compile(
    "正在|现场|合影|留念|一角|全景|外景|夜景|美景|风光|航拍|俯瞰|剧照|画面|参观|展示|讲解|表演|选购"
)
_SPEAKER = re.compile(r"(?:问|答|记者|主持人|嘉宾|[QA])\s*[:：]")
_ITEM = re.compile(
    r"[一二三四五六七八九十\d]{1,3}[、.．)）]|[（(][一二三四五六七八九十\d]{1,3}[）)]|[①-⑳]|[●■◆▪•·]|[一二三四五六七八九十]是"
)
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[章节部][分]?\s)\s*\S"
)
_LABEL = re.compile(r"[【〔［\[〖][^】〕］\]〗]{2,12}[】〕］\]〗]")
_SENTENCE = re.compile(rf"[{ENDS}]+[{CLOSERS}]*")


def is_closed(text: str) -> bool:
    """Tell whether a text ends where a sentence can end."""
    bare = text.rstrip(CLOSERS)
    if not bare:
        return False
    if bare[-1] in ENDS:
        return True
    return bare[-1] == "." and len(bare) > 1 and not bare[-2].isdigit()


def is_head(text: str) -> bool:
    """Tell whether a line can be a head line or a caption: short, no sentence in it."""
    if len(text) > 45 or text[-1] in "，、；：,;:" or is_speech(text):
        return False
    bare = text.rstrip(CLOSERS)
    if bare and (bare[-1] in "。；;" or (bare[-1] == "." and is_closed(bare))):
        return False
    return "。" not in text and len(re.findall("[，,；;]", text)) <= 2


def depicts(text: str) -> bool:
    """Tell a line that says what a picture shows: people doing something, a view of a place."""
    return bool(_DEPICTS.search(text))


def is_prose(text: str) -> bool:
    """Tell running text by a mark within it; a verse or an item of a list may have none."""
    return bool(re.search("[，。；,;!?！？]", text))


def prose(text: str) -> float:
    """Weigh what headings seldom hold: a pause within, small words of running text."""
    pauses = len(re.findall("[，,]", text))
    return 1.5 * min(pauses, 1) + 0.7 * min(len(_SMALL_WORDS.findall(text)), 3)


def has_parts(text: str) -> bool:
    """Tell a line that a blank between Chinese characters or marks parts in two."""
    return bool(_PARTED.search(text))


def sentences(text: str) -> int:
    """Count the sentences of a text; a rest without an end mark is one."""
    ends = list(_SENTENCE.finditer(text))
    return len(ends) + (not ends or ends[-1].end() < len(text))


def is_byline(text: str) -> bool:
    """Tell a by-line that says it is one: ■ 张三, 本报记者 张三, 文/张三."""
    if len(text) > 60 or not _BYLINE.fullmatch(text):
        return False
    names = _SQUARE.sub("", text)
    return names == text or bool(_SAYS.search(names)) or begin_like_names(names)


def is_squared(text: str) -> bool:
    """Tell a line that a square or another sign opens."""
    return bool(_SQUARE.match(text))


def is_credit(text: str) -> bool:
    """Tell who gave a picture or a figure."""
    return len(text) <= 60 and bool(_CREDIT.fullmatch(text) or _SHOT.fullmatch(text))


def is_speech(text: str) -> bool:
    """Tell a line of a conversation: 问：…, 答：…, 记者：…."""
    return bool(_SPEAKER.match(text))


def is_item(text: str) -> bool:
    """Tell an item of a list that ends like a sentence or an item."""
    return bool(_ITEM.match(text)) and text[-1] in "。；;，,、："


def is_numbered(text: str) -> bool:
    """Tell a heading that carries its number: 一、…, （二）…, 第三章 …."""
    return bool(_NUMBERED.match(text)) and is_head(text)


def is_label(text: str) -> bool:
    """Tell the name of a column or series in its brackets: 【记者观察】."""
    return bool(_LABEL.fullmatch(text))


def is_furniture(text: str) -> bool:
    """Tell what belongs to the newspaper and to no article."""
    return len(text) <= 80 and bool(_FURNITURE.fullmatch(text))


def is_half_title(text: str) -> bool:
    """Tell the first line of a title that goes on behind its comma."""
    return 2 < len(text) <= 22 and text[-1] in "，," and is_head(text[:-1])


def is_section(text: str) -> bool:
    """Tell what is the name of a section at the top of a page, and a heading within it: 03 要闻."""
    return bool(_SECTION.fullmatch(text))


def is_notice(text: str) -> bool:
    """Tell the head of a notice."""
    return len(text) <= 20 and bool(_NOTICE.fullmatch(text))


def is_notice_text(text: str) -> bool:
    """Tell the text of a classified notice."""
    return len(text) <= 300 and bool(_NOTICE_TEXT.search(text))


def is_classified(text: str) -> bool:
    """Tell the name of the classified corner."""
    return len(text) <= 12 and bool(_CLASSIFIED.fullmatch(text))


def mark_level(text: str) -> int:
    """Return how many # a head line is marked with, 0 without."""
    mark = _MARK.match(text)
    return mark.group().count("#") if mark else 0


def is_dashed(text: str) -> bool:
    """Tell a line that a dash opens, as it opens subtitles."""
    return bool(_DASH.match(text))


def tells_picture(text: str) -> bool:
    """Tell a caption that says it is one: ▲ …, 图为 …, 资料图 …, …。张三摄, …（资料图片）."""
    return "图为" in text or bool(_PICTURE.match(text) or _CREDIT_BEHIND.search(text))


def clean(text: str) -> str:
    """Return a head line without its marks."""
    return _MARK.sub("", text, count=1).strip()
