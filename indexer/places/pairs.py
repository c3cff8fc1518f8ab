"""Extract who gives to whom from the sentences of tagged paragraphs.

There is no table of who supports whom. A pair needs a sentence about aid (对口支援, 援疆,
东西部协作 …) and names both; who receives follows from the kind of aid (援疆: the place in
新疆), from east and west, or from the order of the words (A 对口支援 B).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from indexer.analysis import fold, simplify
from indexer.model import Document, Kind, Mention, Pair, Paragraph, Span, Statement
from indexer.places import rules
from indexer.places.gazetteer import ancestors, load_gazetteer

_AMOUNT = r"(?:\d[\d,，]*(?:\.\d+)?|[一二三四五六七八九十百千两]+)"
SUM_OF_MONEY = re.compile(
    rf"{_AMOUNT}(?:余|多)?[百千]?[万亿]*(?:余|多)?(?:元人民币|美元|欧元|港元|元)"
)
YEAR_OR_PLAN = re.compile(
    r"(?:19|20)\d\d(?:[-—至到](?:19|20)?\d\d)?年|[一二][九〇○零][一二三四五六七八九〇○零]{2}年|“十[一二三四五]五”"
)
_PROJECT_NOUNS = "项目|工程|计划|行动|学校|医院|园区|产业园|中心|基地|车间"
NAMED_PROJECT = re.compile(
    rf"[“《][^”》，。]{{2,24}}[”》](?:{_PROJECT_NOUNS})?|\d+个[^，。、；]{{0,10}}?(?:项目|工程)"
)
PROJECT_MARK = re.compile(_PROJECT_NOUNS)

AID_WORDS = re.compile(
    r"援[疆藏青滇黔川桂甘宁蒙渝鄂]|润疆|对口(?:支援|帮扶|协作|合作|援建|援助)|东西部(?:扶贫)?协作|对口扶贫|山海协作|结对|结成对子|援建|受援|"
    r"支援|帮扶"
)
AID_VERBS = (
    r"(?:对口(?:支援|帮扶|援建|援助|协作)|结对帮扶|援建"
    r"|(?:支援|帮扶)(?!队|力量|组|人员|中心|保障|车|服务|工作队|单位|干部|对象|责任|政策))"
)
_ADVERBIAL = "(?:(?:从|自|按照|根据|依据)[^，。、；！？]{2,20}?)?"
GIVER_TO_RECEIVER = re.compile(
    rf"^[市县区州省]?{_ADVERBIAL}[^，。、；！？]{{0,6}}?{AID_VERBS}[^，。；]{{0,12}}$"
)
"""A (从某年起) 对口支援(新疆) B: between the two names."""

GIVER_SUFFIX = re.compile(
    rf"[市县区州省]?(?:第[一二三四五六七八九十\d]+[批期轮])*[^，。、；：！？“”]{{0,5}}?(?:援[疆藏青滇黔川桂甘宁蒙渝鄂]|{AID_VERBS})"
)
"""嘉兴市援疆指挥部, 由嘉兴援建: right after the name of who gives."""

_REGION = "(?:新疆|西藏|青海|兵团)?"
BETWEEN_PARTNERS = (
    (
        r"^[市县区州旗]?[^，。、；]{0,8}?(?:与|和|同)[一-龥、]{0,14}$",
        r"[市县区州旗]?(?:、[一-龥]{2,12}?)*[^，。、；]{0,12}?"
        r"(?:结对|结成(?:帮扶)?对子|东西部(?:扶贫)?协作|对口(?:支援|帮扶|(?:扶贫)?协作))",
    ),
    (r"^[市县区州]?、$", r"[市县区州]?(?:东西部(?:扶贫)?协作|山海协作)"),
)
FROM_GIVER = (
    (
        rf"^[^，。；、]{{0,16}}(?:承担|负责|肩负|担负)[了着]?对?{_REGION}$",
        r"[市县区州]?的?(?:对口)?(?:支援|帮扶|援建|协作)[^，。；]{0,4}(?:任务|工作)",
    ),
    (
        rf"^[^，。；、]{{0,24}}(?:在|到|赴|走进|前往|奔赴){_REGION}$",
        r"[市县区州]?[^，。；]{0,10}，?(?:开展|实施|挂职)[^，。；]{0,8}(?:帮扶|援助|对口支援|援建|润疆|援疆|援藏)",
    ),
)
"""Texts between the two names, and after the second: A某街道与(内蒙古) B、C 开展结对帮扶,
A、B 东西部协作; A 承担 B 的对口支援任务, A 在 B 开展帮扶."""

NEGATION = re.compile(
    "不再|(?<![是要])(?:不是|并非)(?!第一次|首次|头一|[只仅单光]|孤军|一时|临时|简单)"
    "|(?:没有|尚未)(?!停止|中断|间断)|(?<!没有|从未|尚未|未曾|不曾)停止"
)
RESPECTIVELY = "分别"

PASSIVE_MARK = re.compile("(?:[由受经获被]|得到)$")
"""Before who gives, where the receiver comes first: 新校舍由嘉兴援建, B 得到 A 的支援."""

GIVING_PROVINCES = frozenset(
    ("北京", "天津", "上海", "江苏", "浙江", "福建", "山东", "广东", "辽宁")
)
"""The provinces that give in the national scheme of 东西部协作 (辽宁: 大连 did until 2021)."""

TITLE_KINDS = (Kind.TITLE, Kind.SUBTITLE, Kind.KICKER)
IGNORED_KINDS = (Kind.BYLINE, Kind.CREDIT, Kind.FURNITURE)
SENTENCE_TEXT = re.compile(r"[^。！？；\n]+")
SENTENCE_CLOSE = re.compile(r"[。！？；]+[”’」』）]*")
COOPERATION_WORDS = ("协作", "对口协作", "帮扶协作", "结对")  # 青岛协作定西干部
PAIR_LINK = re.compile(rf"^[市县区州]?(?:与|和|·|—+|-|→|携手|牵手|的?结对[的县市区]?){_REGION}$")
MAX_PAIR_DISTANCE = 30  # characters between the two names with a word of aid among them
EXPLICIT_EVIDENCE, STRONG_EVIDENCE, WEAK_EVIDENCE = 9, 3, 1
MIN_EVIDENCE_SHARE = 0.2  # of the evidence for the giver's main receiver
MAX_PARTNERS = 12
"""Following mentions that one is paired with: a table without full stops is one sentence, and the
work must not grow with the square of its names."""


@dataclass(frozen=True, slots=True)
class _AidContext:
    """What the whole article says of the kind of aid."""

    regions: frozenset[str]  # that receive: 新疆 where it mentions 援疆
    within_province: bool  # 山海协作


@dataclass(frozen=True, slots=True)
class _TaggedSentence:
    paragraph: int
    span: Span  # with its end mark, in the text of the paragraph
    text: str  # without, in Simplified script
    mentions: tuple[Mention, ...]  # without those of a place that is named with its child
    head: bool
    aid: bool  # holds a word of aid

    def between(self, first: Mention, second: Mention) -> str:
        """Return the text between two mentions."""
        return self.text[self._place(first.span.end) : self._place(second.span.start)]

    def joins(self, first: Mention, second: Mention) -> bool:
        """Return whether the two are named as two: 嘉兴、沙雅两地."""
        end = self._place(second.span.end)
        return self.between(first, second) == "、" and self.text.startswith("两", end)

    def acts(self, mention: Mention) -> bool:
        """Return whether a word of giving follows the name: 嘉兴市援疆指挥部."""
        return bool(GIVER_SUFFIX.match(self.text, self._place(mention.span.end)))

    def matches(self, first: Mention, second: Mention, patterns: Sequence[tuple[str, str]]) -> bool:
        """Return whether what is between two names, and after the second, matches a pattern."""
        between, after = self.between(first, second), self.text[self._place(second.span.end) :]
        return any(re.search(one, between) and re.match(two, after) for one, two in patterns)

    def are_respective(self, first: Mention, second: Mention) -> bool | None:
        """Return whether two names are at the same place in two lists: A、B 分别对口支援 C、D.

        `None` where one of the lists has a single name.
        """
        at = self.span.start + self.text.index(RESPECTIVELY)
        count = bisect_right(self.mentions, at, key=lambda one: one.span.end)
        givers, receivers = self.mentions[:count], self.mentions[count:]
        if min(len(givers), len(receivers)) < 2:
            return None
        pairs = zip(givers, receivers, strict=False)
        return len(givers) == len(receivers) and (first, second) in pairs

    def _place(self, place: int) -> int:
        return max(0, place - self.span.start)


def find_pairs(paragraphs: Sequence[Paragraph]) -> tuple[Pair, ...]:
    """Return the pairs that the article states, with the sentences, the best supported first."""
    own = [one for one in paragraphs if one.duplicate_of is None and one.kind not in IGNORED_KINDS]
    text = fold("\n".join(paragraph.text for paragraph in own))
    if not AID_WORDS.search(text):
        return ()
    regions = frozenset(region for word, region in rules.AIDED_REGIONS.items() if word in text)
    context = _AidContext(regions, within_province="山海协作" in text)
    evidence: Counter[Pair] = Counter()
    stated: dict[Pair, list[Statement]] = {}
    for sentence in (one for paragraph in own for one in _sentences(paragraph)):
        for pair, strength in _weigh(sentence, context):
            evidence[pair] += strength
            if strength > WEAK_EVIDENCE:
                stated.setdefault(pair, []).append(_state(pair, sentence))
    return tuple(
        replace(pair, evidence=tuple(stated[pair]))
        for pair, _ in evidence.most_common()
        if pair in stated and _is_main(pair, evidence)
    )


def find_statements(document: Document) -> Iterator[Statement]:
    """Yield the sentences of a document that state the pairs which its facet names."""
    named = {tuple(value.split("→")) for value in document.facets.get("pair", ())}
    if not named:
        return
    for sentence in _sentences(document):
        for pair in _stated(sentence):
            if (pair.giver, pair.receiver) in named:
                yield _state(pair, sentence)


def _stated(sentence: _TaggedSentence) -> Iterator[Pair]:
    """Yield the pairs of a sentence in both directions, each once, that it states."""
    seen = dict.fromkeys(
        pair
        for first, second, crowded in _neighbours(sentence)
        if evidence_strength(sentence, first, second, crowded=crowded) > WEAK_EVIDENCE
        for pair in (Pair(first.city, second.city), Pair(second.city, first.city))
    )
    yield from seen


def _state(pair: Pair, sentence: _TaggedSentence) -> Statement:
    return Statement(
        pair.giver,
        pair.receiver,
        sentence.paragraph,
        sentence.span,
        _find_once(SUM_OF_MONEY, sentence.text),
        _find_once(YEAR_OR_PLAN, sentence.text),
        tuple(filter(PROJECT_MARK.search, _find_once(NAMED_PROJECT, sentence.text))),
    )


def _sentences(block: Paragraph | Document) -> Iterator[_TaggedSentence]:
    """Yield the sentences that name two places or more."""
    text, mentions, head = block.text, block.mentions, block.kind in TITLE_KINDS
    starts = [mention.span.start for mention in mentions]
    for match in SENTENCE_TEXT.finditer(text):
        first, end = bisect_left(starts, match.start()), bisect_left(starts, match.end())
        if end - first > 1:
            after = SENTENCE_CLOSE.match(text, match.end())
            span = Span(match.start(), after.end() if after else match.end())
            simplified = simplify(match[0])
            aid = bool(AID_WORDS.search(simplified))
            towns = without_prefixes(tuple(_towns(mentions[first:end])))
            yield _TaggedSentence(block.number, span, simplified, tuple(towns), head, aid)


def _neighbours(sentence: _TaggedSentence) -> Iterator[tuple[Mention, Mention, bool]]:
    """Yield two mentions of places apart, and whether others are between them."""
    for one, first in enumerate(sentence.mentions, start=1):
        for distance, second in enumerate(sentence.mentions[one : one + MAX_PARTNERS], start=1):
            if _apart(first, second):
                yield first, second, distance > 1


def _weigh(sentence: _TaggedSentence, context: _AidContext) -> Iterator[tuple[Pair, int]]:
    """Yield the pairs of a sentence, each once, with the strength of what it says."""
    best: dict[Pair, int] = {}
    for first, second, crowded in _neighbours(sentence):
        pair = _roles(sentence, first, second, context)
        strength = evidence_strength(sentence, first, second, crowded=crowded)
        if pair and strength:
            best[pair] = max(strength, best.get(pair, 0))
    yield from best.items()


def without_prefixes(mentions: tuple[Mention, ...]) -> list[Mention]:
    """Leave out a parent named with its child: 阿克苏地区乌什县, 阿克苏 of 阿克苏市."""
    spans = {mention.span: mention.city for mention in reversed(mentions)}
    return [
        mention
        for mention, following in zip_longest(mentions, mentions[1:])
        if mention.city not in _above(spans[mention.span])
        and (
            following is None
            or following.span.start - mention.span.end > 1
            or mention.city not in _above(following.city)
        )
    ]


def _towns(mentions: tuple[Mention, ...]) -> Iterator[Mention]:
    """Put a regiment's city in its place (阿拉尔 for 四团): a division is paired as a whole."""
    places = load_gazetteer().places
    for before, mention in zip((None, *mentions), mentions, strict=False):
        place = places.get(mention.city)
        if place is None or place.suffix != "团":
            yield mention
        elif before is None or before.span.end != mention.span.start:
            yield replace(mention, city=place.above[0])


def _above(city: str) -> tuple[str, ...]:
    """Return what contains a city, without itself: 阿克苏 as its own second level is none."""
    names = (path.rpartition("/")[2] for path in ancestors(city))
    return tuple(name for name in names if name != city)


def _apart(first: Mention, second: Mention) -> bool:
    one, other = first.city, second.city
    return one != other and one not in _above(other) and other not in _above(one)


def evidence_strength(
    sentence: _TaggedSentence, first: Mention, second: Mention, *, crowded: bool
) -> int:
    """Return how outright a sentence states that one of two places supports the other."""
    between = sentence.between(first, second)
    if NEGATION.search(between):
        return 0
    if sentence.aid and RESPECTIVELY in between:
        respective = sentence.are_respective(first, second)
        if respective is not None:
            return EXPLICIT_EVIDENCE if respective else 0
    if GIVER_TO_RECEIVER.match(between):
        return EXPLICIT_EVIDENCE
    if between in COOPERATION_WORDS or sentence.matches(
        first, second, BETWEEN_PARTNERS + FROM_GIVER
    ):
        return STRONG_EVIDENCE
    joint = first.span == second.span or PAIR_LINK.match(between) or sentence.joins(first, second)
    if between == "·" or (joint and (sentence.aid or sentence.head)):
        return STRONG_EVIDENCE
    near = len(between) <= MAX_PAIR_DISTANCE and not (crowded and re.search("[，,；]", between))
    by_second = PASSIVE_MARK.search(between) and sentence.acts(second)
    if near and (sentence.acts(first) or by_second):
        return STRONG_EVIDENCE
    return WEAK_EVIDENCE if sentence.aid or sentence.head else 0


def _roles(
    sentence: _TaggedSentence, first: Mention, second: Mention, context: _AidContext
) -> Pair | None:
    """Return who gives and who receives, `None` where nothing says so."""
    one, other = first.city, second.city
    provinces = [ancestors(city)[:1] for city in (one, other)]
    receives = [bool(context.regions.intersection(province)) for province in provinces]
    if not any(receives):
        receives = [not GIVING_PROVINCES.intersection(province) for province in provinces]
    visits = receives == [True, False]  # 沙雅县代表团赴嘉兴市开展对口支援对接
    directed = GIVER_TO_RECEIVER.match(sentence.between(first, second))
    if directed or (not visits and sentence.matches(first, second, FROM_GIVER)):
        apart = provinces[0] != provinces[1] or context.within_province
        return Pair(one, other) if apart else None
    partners = sentence.matches(first, second, BETWEEN_PARTNERS)
    acts = [not partners and sentence.acts(one) for one in (first, second)]
    if receives == [False, True] and acts != [False, True]:
        return Pair(one, other)
    if receives == [True, False] and acts != [True, False]:
        return Pair(other, one)
    return None


def _is_main(pair: Pair, evidence: Counter[Pair]) -> bool:
    """Return whether the article says so more than in passing."""
    rivals = {
        other.receiver: count for other, count in evidence.items() if other.giver == pair.giver
    }
    count = evidence[pair]
    if count >= EXPLICIT_EVIDENCE:
        return True
    inside = [
        rivals[city] for city in rivals if city != pair.receiver and pair.receiver in _above(city)
    ]
    return count >= MIN_EVIDENCE_SHARE * max(rivals.values()) and count >= max(inside, default=0)


def _find_once(pattern: re.Pattern[str], sentence: str) -> tuple[str, ...]:
    """Return what a pattern finds in a sentence, each once: sums of money, years, projects."""
    return tuple(dict.fromkeys(match[0] for match in pattern.finditer(sentence)))
