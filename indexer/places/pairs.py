"""Tagged paragraphs in, pairs out: who gives and who receives, where the article says so.

There is no table of who supports whom. A pair needs a sentence that speaks of aid (对口支援, 援疆,
东西部协作 …) and names both; who receives follows from the kind of aid (援疆: the place in
新疆), from east and west, or from the order of the words (A 对口支援 B).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from indexer.model import Kind, Mention, Pair, Paragraph
from indexer.places.gazetteer import ancestors

AID = re.compile(
    r"援[疆藏青]|对口(?:支援|帮扶|协作|合作|援建|援助)|东西部(?:扶贫)?协作|山海协作|结对(?:帮扶|共建|协作)|援建|受援|"
    r"支援|帮扶"
)
ORDERED = re.compile(
    r"^[市县区州省]?[^。，、;！？]{0,6}?(?:对口支援|对口帮扶|对口援建|结对帮扶|支援|帮扶|援建)[^，。；]{0,12}$"
)
"""A 对口支援(新疆) B: between the two names."""

REGIONS = {"援疆": "新疆", "援藏": "西藏", "援青": "青海", "润疆": "新疆"}
EAST = frozenset(("北京", "天津", "上海", "江苏", "浙江", "福建", "山东", "广东", "辽宁"))
"""The provinces that give in the national scheme of 东西部协作 (辽宁: 大连 did until 2021)."""

HEADS = (Kind.TITLE, Kind.SUBTITLE, Kind.KICKER)
SENTENCE = re.compile(r"[^。！？；\n]+")
BESIDE = re.compile(
    r"^[市县区州]?(?:、|与|和|·|—+|-|→|至|到|携手|牵手|结对)(?:新疆|西藏|青海|兵团)?$"
)
NEAR = 30  # characters between the two names with a word of aid among them
EXPLICIT, STRONG, WEAK = 9, 3, 1
SHARE = 0.2  # of the evidence for the giver's main receiver


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    start: int
    mentions: tuple[Mention, ...]
    head: bool


def find_pairs(paragraphs: Sequence[Paragraph]) -> tuple[Pair, ...]:
    """Return the pairs that the article names, the best supported first."""
    own = [paragraph for paragraph in paragraphs if paragraph.duplicate_of is None]
    text = "\n".join(paragraph.text for paragraph in own)
    if not AID.search(text):
        return ()
    regions = {region for word, region in REGIONS.items() if word in text}
    evidence: Counter[Pair] = Counter()
    said: set[Pair] = set()
    for paragraph in own:
        for sentence in _sentences(paragraph):
            for pair, strength in _weigh(sentence, regions):
                evidence[pair] += strength
                if strength > WEAK:
                    said.add(pair)
    return tuple(pair for pair, _ in evidence.most_common() if _holds(pair, evidence, said))


def _sentences(paragraph: Paragraph) -> Iterator[_Sentence]:
    for match in SENTENCE.finditer(paragraph.text):
        mentions = tuple(
            mention
            for mention in paragraph.mentions
            if match.start() <= mention.span.start < match.end()
        )
        if len(mentions) > 1:
            yield _Sentence(match[0], match.start(), mentions, paragraph.kind in HEADS)


def _weigh(sentence: _Sentence, regions: set[str]) -> Iterator[tuple[Pair, int]]:
    """Yield the pairs of a sentence, each once, with the strength of what it says."""
    best: dict[Pair, int] = {}
    aid = bool(AID.search(sentence.text))
    for first, second in combinations(_without_prefixes(sentence.mentions), 2):
        between = sentence.text[
            max(0, first.span.end - sentence.start) : max(0, second.span.start - sentence.start)
        ]
        pair = _roles(first.city, second.city, between, regions) if _apart(first, second) else None
        strength = _strength(sentence, first, second, between, aid=aid)
        if pair and strength:
            best[pair] = max(strength, best.get(pair, 0))
    yield from best.items()


def _without_prefixes(mentions: tuple[Mention, ...]) -> list[Mention]:
    """Leave out a parent that stands right before its child: 阿克苏地区 of 阿克苏地区乌什县."""
    return [
        mention
        for mention, following in zip(mentions, (*mentions[1:], None), strict=True)
        if following is None
        or following.span.start - mention.span.end > 1
        or mention.city not in _above(following.city)
    ]


def _above(city: str) -> tuple[str, ...]:
    return tuple(path.rpartition("/")[2] for path in ancestors(city))


def _apart(first: Mention, second: Mention) -> bool:
    one, other = first.city, second.city
    return one != other and one not in _above(other) and other not in _above(one)


def _strength(
    sentence: _Sentence, first: Mention, second: Mention, between: str, *, aid: bool
) -> int:
    joint = first.span == second.span
    if joint or sentence.head or between == "·":
        return STRONG
    if not aid:
        return 0
    if ORDERED.match(between):
        return EXPLICIT
    told = len(between) <= NEAR and AID.search(between)
    return STRONG if told or BESIDE.match(between) else WEAK


def _roles(one: str, other: str, between: str, regions: set[str]) -> Pair | None:
    """Say who gives and who receives, `None` where nothing tells."""
    provinces = [ancestors(city)[:1] for city in (one, other)]
    receives = [bool(regions.intersection(province)) for province in provinces]
    if not any(receives):
        receives = [not EAST.intersection(province) for province in provinces]
    if receives == [False, True]:
        return Pair(one, other)
    if receives == [True, False]:
        return Pair(other, one)
    return Pair(one, other) if ORDERED.match(between) and provinces[0] != provinces[1] else None


def _holds(pair: Pair, evidence: Counter[Pair], said: set[Pair]) -> bool:
    """Tell whether the article says so at least once, and not in passing."""
    rivals = {
        other.receiver: count for other, count in evidence.items() if other.giver == pair.giver
    }
    count = evidence[pair]
    inside = [
        rivals[city] for city in rivals if city != pair.receiver and pair.receiver in _above(city)
    ]
    main = count >= EXPLICIT or count >= SHARE * max(rivals.values())
    return pair in said and main and count > max(inside, default=0)
