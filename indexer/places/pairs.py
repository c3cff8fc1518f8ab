"""Tagged paragraphs in, pairs out: who gives and who receives, where the article says so.

There is no table of who supports whom. A pair needs a sentence that speaks of aid (对口支援, 援疆,
东西部协作 …) and names both; who receives follows from the kind of aid (援疆: the place in
新疆), from east and west, or from the order of the words (A 对口支援 B).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from indexer.model import Kind, Mention, Pair, Paragraph
from indexer.places.gazetteer import ancestors, load_gazetteer

AID = re.compile(
    r"援[疆藏青]|对口(?:支援|帮扶|协作|合作|援建|援助)|东西部(?:扶贫)?协作|山海协作|结对(?:帮扶|共建|协作)|援建|受援|"
    r"支援|帮扶"
)
ORDERED = re.compile(
    r"^[市县区州省]?[^。，、;！？]{0,6}?(?:对口支援|对口帮扶|对口援建|对口援助|结对帮扶|支援|帮扶|援建)[^，。；]{0,12}$"
)
"""A 对口支援(新疆) B: between the two names."""

REGIONS = {"援疆": "新疆", "援藏": "西藏", "援青": "青海", "润疆": "新疆"}
EAST = frozenset(("北京", "天津", "上海", "江苏", "浙江", "福建", "山东", "广东", "辽宁"))
"""The provinces that give in the national scheme of 东西部协作 (辽宁: 大连 did until 2021)."""

HEADS = (Kind.TITLE, Kind.SUBTITLE, Kind.KICKER)
SENTENCE = re.compile(r"[^。！？；\n]+")
BESIDE = re.compile(r"^[市县区州]?(?:与|和|·|—+|-|→|携手|牵手|结对)(?:新疆|西藏|青海|兵团)?$")
NEAR = 30  # characters between the two names with a word of aid among them
EXPLICIT, STRONG, WEAK = 9, 3, 1
SHARE = 0.2  # of the evidence for the giver's main receiver
OFTEN = 6  # weak sentences that say it together
MAX_PARTNERS = 12
"""Following mentions that one is paired with: a table without full stops is one sentence, and the
work must not grow with the square of its names."""


@dataclass(frozen=True, slots=True)
class _Context:
    """What the whole article says of the kind of aid."""

    regions: frozenset[str]  # that receive: 新疆 where it speaks of 援疆
    within_province: bool  # 山海协作


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    start: int
    mentions: tuple[Mention, ...]
    head: bool
    aid: bool  # holds a word of aid

    def between(self, first: Mention, second: Mention) -> str:
        """Return what stands between two mentions."""
        return self.text[
            max(0, first.span.end - self.start) : max(0, second.span.start - self.start)
        ]

    def joins(self, first: Mention, second: Mention) -> bool:
        """Tell whether the two are named as two: 嘉兴、沙雅两地."""
        end = max(0, second.span.end - self.start)
        return self.between(first, second) == "、" and self.text.startswith("两", end)


def find_pairs(paragraphs: Sequence[Paragraph]) -> tuple[Pair, ...]:
    """Return the pairs that the article names, the best supported first."""
    own = [paragraph for paragraph in paragraphs if paragraph.duplicate_of is None]
    text = "\n".join(paragraph.text for paragraph in own)
    if not AID.search(text):
        return ()
    regions = frozenset(region for word, region in REGIONS.items() if word in text)
    context = _Context(regions, within_province="山海协作" in text)
    evidence: Counter[Pair] = Counter()
    said: set[Pair] = set()
    for paragraph in own:
        for sentence in _sentences(paragraph):
            for pair, strength in _weigh(sentence, context):
                evidence[pair] += strength
                if strength > WEAK:
                    said.add(pair)
    return tuple(pair for pair, _ in evidence.most_common() if _holds(pair, evidence, said))


def _sentences(paragraph: Paragraph) -> Iterator[_Sentence]:
    starts = [mention.span.start for mention in paragraph.mentions]
    for match in SENTENCE.finditer(paragraph.text):
        first, end = bisect_left(starts, match.start()), bisect_left(starts, match.end())
        if end - first > 1:
            mentions, aid = paragraph.mentions[first:end], bool(AID.search(match[0]))
            yield _Sentence(match[0], match.start(), mentions, paragraph.kind in HEADS, aid)


def _weigh(sentence: _Sentence, context: _Context) -> Iterator[tuple[Pair, int]]:
    """Yield the pairs of a sentence, each once, with the strength of what it says."""
    best: dict[Pair, int] = {}
    mentions = without_prefixes(tuple(_towns(sentence.mentions)))
    for one, first in enumerate(mentions):
        for distance, second in enumerate(mentions[one + 1 : one + 1 + MAX_PARTNERS], start=1):
            if not _apart(first, second):
                continue
            pair = _roles(first.city, second.city, sentence.between(first, second), context)
            strength = _strength(sentence, first, second, crowded=distance > 1)
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
    """Return what a city lies in, without itself: 阿克苏 as its own second level is none."""
    names = (path.rpartition("/")[2] for path in ancestors(city))
    return tuple(name for name in names if name != city)


def _apart(first: Mention, second: Mention) -> bool:
    one, other = first.city, second.city
    return one != other and one not in _above(other) and other not in _above(one)


def _strength(sentence: _Sentence, first: Mention, second: Mention, *, crowded: bool) -> int:
    between = sentence.between(first, second)
    if ORDERED.match(between):
        return EXPLICIT
    if first.span == second.span or sentence.head or between == "·":
        return STRONG
    if not sentence.aid:
        return 0
    near = len(between) <= NEAR and not (crowded and re.search("[，,；]", between))
    told = near and AID.search(between)
    return STRONG if told or BESIDE.match(between) or sentence.joins(first, second) else WEAK


def _roles(one: str, other: str, between: str, context: _Context) -> Pair | None:
    """Say who gives and who receives, `None` where nothing tells."""
    provinces = [ancestors(city)[:1] for city in (one, other)]
    receives = [bool(context.regions.intersection(province)) for province in provinces]
    if not any(receives):
        receives = [not EAST.intersection(province) for province in provinces]
    if receives == [False, True]:
        return Pair(one, other)
    if receives == [True, False]:
        return Pair(other, one)
    ordered = provinces[0] != provinces[1] or context.within_province
    return Pair(one, other) if ordered and ORDERED.match(between) else None


def _holds(pair: Pair, evidence: Counter[Pair], said: set[Pair]) -> bool:
    """Tell whether the article says so outright, or again and again, and not in passing."""
    rivals = {
        other.receiver: count for other, count in evidence.items() if other.giver == pair.giver
    }
    count = evidence[pair]
    inside = [
        rivals[city] for city in rivals if city != pair.receiver and pair.receiver in _above(city)
    ]
    main = count >= EXPLICIT or count >= SHARE * max(rivals.values())
    told = pair in said or count >= OFTEN
    return told and main and (count >= EXPLICIT or count >= max(inside, default=0))
