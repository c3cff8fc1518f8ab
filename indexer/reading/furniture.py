"""The forms of lines that belong to the page and to no article: furniture, borders, notices."""

from __future__ import annotations

import re

from indexer.reading.masthead import is_masthead

MAX_BORDER_CHARS = 120
"""Characters of a ruler."""

_WESTERN_DATE = (
    r"(?:19|20)\d\d\s*(?:年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[./-]\s*\d{1,2}\s*[./-]\s*\d{1,2}日?)"
)
_FURNITURE_LINE = re.compile(
    rf"(?:{_WESTERN_DATE}[^，。；]{{0,20}}|.{{0,12}}{_WESTERN_DATE}.{{0,12}}星期.{{0,10}}"
    r"|第?\s*[A-Z]?\d{1,3}\s*版.{0,10}|.{0,10}\s第?\s*[A-Z]?\d{1,3}\s*版"
    r"|[A-Z]?\d{1,3}"
    r"|(?:[■□●◆]\s*)?(?:责任编辑|责编|值班\S{0,4}|版式\S{0,2}|美编|校对|检校|组版|审读|主编"
    r"|视觉\S{0,2}|设计|本版编辑|编辑|统筹)\s*[:：/／ ].*"
    r"|(?:联系)?电话\s*[:：]?\s*[(（\d].*|(?:电子)?(?:邮箱|信箱)\s*[:：].*|E-?mail\s*[:：].*|(?:网址|热线|地址|邮编|国内统一\S*)\s*[:：].*"
    r"|[（(〔［\[【→▶►⇨☞▷]?\s*(?:上接|下转|紧接|转|接)第?\s*\S{1,6}\s*版.{0,8}[）)]?"
    r"|[\u3400-\u9fff]{2,6}(?:日报|晚报|早报|时报|商报|快报|周报|周末|晨报|都市报|青年报|工人报)(?:\s.{0,20})?"
    r"|专版|专题|广告|要闻|综合|副刊|公益广告|特刊|分类\s*(?:信息|广告))",
    re.IGNORECASE,
)
_RULER = re.compile(r"(?:[-－—–─━═=_＿~～*＊·•※☆★◆◇○●□■#＃+＋]\s*){3,}")
_PAGE_NUMBER = re.compile(
    r"[-－—–─·•~～\s]+[\d〇一二三四五六七八九十]{1,4}[-－—–─·•~～\s]+|第\s*\d{1,4}\s*页(?:\s*[，,/／]?\s*共\s*\d{1,4}\s*页)?"
    r"|\d{1,4}\s*[/／]\s*\d{1,4}"
)
_SECTION_NAME = re.compile(r"[A-Z]?\d{1,3}\s*(?:[\u3400-\u9fff]{2,4}[·・/|\s]?){1,2}")
_NOTICE_HEAD = re.compile(
    r"\S{0,12}(?:遗失声明|遗失启事|公告|通告|启事|声明|讣告|更正|通知|公示)(?:\s*[（(].{1,20}[）)])?"
)
_NOTICE_TEXT = re.compile(r"声明作废|特此(?:公告|声明|通知|启事)|遗失.{0,40}(?:作废|挂失)")
_CLASSIFIED_HEAD = re.compile(r"分类\s*(?:信息|广告)|信息(?:超市|广场)|便民信息")


def is_furniture(text: str) -> bool:
    """Return whether a line belongs to the newspaper and to no article."""
    return is_page_border(text) or (len(text) <= 80 and bool(_FURNITURE_LINE.fullmatch(text)))


def is_page_border(text: str) -> bool:
    """Return whether a line is a ruler or the number of a page: — 3 —, ＊＊＊, 第3页."""
    if len(text) > MAX_BORDER_CHARS or (text[0].isalpha() and text[0] != "第"):
        return False
    return bool(_RULER.fullmatch(text) or _PAGE_NUMBER.fullmatch(text))


def is_section(text: str) -> bool:
    """Return whether a line has the form of a section's name at the top of a page: 03 要闻."""
    return bool(_SECTION_NAME.fullmatch(text))


def is_notice(text: str) -> bool:
    """Return whether a line is the head of a notice."""
    return len(text) <= 20 and bool(_NOTICE_HEAD.fullmatch(text))


def is_notice_text(text: str) -> bool:
    """Return whether a text is that of a classified notice."""
    return len(text) <= 300 and bool(_NOTICE_TEXT.search(text))


def is_classified(text: str) -> bool:
    """Return whether a line is the name of the section of classified notices."""
    return len(text) <= 12 and bool(_CLASSIFIED_HEAD.fullmatch(text))


def is_border(text: str) -> bool:
    """Return whether a line parts items or pages."""
    return is_page_border(text) or is_masthead(text)
