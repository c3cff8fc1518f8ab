"""Suggest what was meant by a misspelt text, and what scanning may have made of it.

A variant changes one character into one that looks or sounds like it. Variants are sifted by the
adjacent pairs the index has (one look-up for all of them) and the few that are left are searched
for, so that only what is really printed on a page is suggested.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise

from indexer.analysis import normal_form
from indexer.analysis.stop_words import function_words
from indexer.model import And, Literal, Request
from indexer.model.spans import count_shared
from indexer.suggest.lookalikes import look_alikes
from indexer.suggest.pinyin import find_homophones
from indexer.suggest.readings import blur, read_character, read_word
from indexer.suggest.suggestion import Reason
from indexer.suggest.vocabulary import Vocabulary, VocabularyEntry

MAX_SUBSTRING_CHARS = 24
"""Characters of a substring that is looked at: a title, not a paragraph pasted into the box."""

MAX_VARIANTS = 12
"""Variants of a substring that are searched for, those that sound like it first: of 600 misspelt
words as many are undone with 8 as with 32, of 25 slips in names one more with 12 than with 8."""

MAX_COMPARED_CHARS = 6
"""Characters of the words and names that a misspelt stretch is compared with."""

MAX_HOMOPHONE_CHARS = 4
"""Characters of a stretch in which each is tried for its homophones."""

MIN_ESTABLISHED = 3
"""Paragraphs with a substring from which it is no slip of the pen."""

MIN_RATIO = 20
MIN_RATIO_LOOSE = 60
"""How many times as often as what was typed a correction must be printed, where that is printed at
all: usually, and for two characters, which often meet by chance at the border of two words."""

MAX_TIGHT_SUBSTRING_CHARS = 3
"""Characters of a substring whose misreadings are looked for only among nearly equal characters."""

MIN_REARRANGED_CHARS = 3
"""Characters of a substring in which one may have been left out or two swapped."""

MAX_FOLLOWERS = 400
MAX_INSERTED = 12
"""Characters that most often follow the one before a gap and are tried in it, and how many of them
the index is searched for."""

MAX_WEIGHED_BESIDE = 8
PRIOR_PARAGRAPHS = 50
"""Candidates that are counted together with the other substrings of a query, the likeliest first,
and how many paragraphs that hold those substrings their share of all paragraphs is worth beside
that count (a Dirichlet prior)."""

MAX_CONTEXTS = 3
"""Paragraphs in which the context of a look-alike is looked up."""


SLIP_LIKELIHOODS = {Reason.LOOKALIKE: 0.7, Reason.TYPO: 0.5, Reason.NEAR_HOMOPHONE: 0.1}
"""How likely a slip is beside a homophone that was chosen wrongly."""

SECOND_SLIP_LIKELIHOOD = 0.1
"""How much less likely it is that two characters were written wrongly than one."""

OTHER_SUBSTRING_WEIGHT = 0.02
"""What a substring that is no word counts for beside a word."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What may be meant by a stretch of a text: the text with it, the stretch, the reason."""

    substring: str
    part: str
    instead: str
    reason: Reason
    count: int


def find_misreadings(vocabulary: Vocabulary, substring: str) -> tuple[Variant, ...]:
    """Find what scanning may have made of a substring: look-alikes of it that the index contains.

    For shorter substrings more is required: nearly equal characters, and of two characters only
    what is no word. What is printed so for a reason (应急|指挥部 for 总指挥部) is no misreading.
    """
    if not 2 <= len(substring) <= MAX_SUBSTRING_CHARS:
        return ()
    unseen = _unseen_pairs(vocabulary, substring)
    variants = {
        _put(substring, position, char): Reason.MISREADING
        for position in _mendable(vocabulary, substring)
        if unseen <= {position - 1, position}
        for here in (look_alikes(substring[position]),)
        for char in here.tight + here.loose * (len(substring) > MAX_TIGHT_SUBSTRING_CHARS)
    }
    found = _printed_variants(vocabulary, substring, variants)
    kept = (one for one in found if not _is_intended(vocabulary, substring, one.substring))
    return tuple(sorted(kept, key=lambda variant: -variant.count))


def _is_intended(vocabulary: Vocabulary, substring: str, variant: str) -> bool:
    """Return whether a changed character is explained by another word than the substring's.

    It is a word of its own, or forms one with the character beside the substring wherever a
    paragraph that holds it is looked at.
    """
    if len(substring) == 2 and vocabulary.contains(variant):
        return True
    position = count_shared(variant, substring)
    if len(substring) <= MAX_TIGHT_SUBSTRING_CHARS and vocabulary.is_word_alone(variant[position]):
        return True
    if 0 < position < len(substring) - 1:
        return False
    hits = vocabulary.reader.find(Request(match=Literal(variant), size=MAX_CONTEXTS)).hits
    return any(_joins_outside(vocabulary, hit.document.folded, variant, position) for hit in hits)


def _joins_outside(vocabulary: Vocabulary, folded: str, variant: str, position: int) -> bool:
    """Return whether the changed first or last character makes a word with what is beside it."""
    start = folded.find(variant)
    if position:
        end = start + len(variant)
        around = [folded[end - 1 : end - 1 + size] for size in (2, 3)]
    else:
        around = [folded[max(0, start + 1 - size) : start + 1] for size in (2, 3)]
    return bool(vocabulary.find([text for text in around if len(text) > 1]))


def may_be_misspelt(vocabulary: Vocabulary, substring: str) -> bool:
    """Return whether a substring can be looked at and is no word or name of the index."""
    if not 2 <= len(substring) <= MAX_SUBSTRING_CHARS or not any(map(read_character, substring)):
        return False
    return not vocabulary.contains(substring)


def find_corrections(
    vocabulary: Vocabulary, substring: str, beside: tuple[str, ...] = ()
) -> tuple[Variant, ...]:
    """Find what may be meant by a substring that may be misspelt; the likeliest first.

    There is nothing for a substring that is printed more than now and then. `beside` are the other
    substrings of the query: what is printed with them is likelier.
    """
    suspects = _find_suspects(vocabulary, substring)
    if not suspects:
        return ()
    count = vocabulary.count_substring(substring)
    if count >= MIN_ESTABLISHED and (
        not beside or any(_count_beside(vocabulary, [substring], beside))
    ):
        return ()
    found: dict[str, Variant] = {}
    for variant in _candidates(vocabulary, substring, suspects):
        ratio = MIN_RATIO if len(substring) > 2 else MIN_RATIO_LOOSE
        if count >= MIN_ESTABLISHED or variant.count >= max(1, ratio * count):
            found.setdefault(variant.substring, variant)
    chances = {one: _likeliness(vocabulary, substring, one) for one in found.values()}
    best = nlargest(MAX_WEIGHED_BESIDE, chances, key=chances.__getitem__) if beside else ()
    counts = _count_beside(vocabulary, [one.substring for one in best], beside)
    together = dict(zip(best, counts, strict=True))
    if count >= MIN_ESTABLISHED:
        chances = {one: chances[one] for one in together if together[one] >= MIN_ESTABLISHED}
    kept = [
        one
        for one in chances
        if together.get(one, 0) >= MIN_ESTABLISHED or _is_credible(vocabulary, one)
    ]

    def weigh(one: Variant) -> float:
        expected = PRIOR_PARAGRAPHS * one.count / max(1, vocabulary.reader.count())
        return chances[one] / one.count * (together.get(one, 0) + expected)

    return tuple(sorted(kept, key=weigh, reverse=True))


def _count_beside(
    vocabulary: Vocabulary, substrings: Sequence[str], beside: tuple[str, ...]
) -> list[int]:
    """Count the paragraphs that print each of some substrings with the others of the query."""
    nodes = [And(tuple(map(Literal, (substring, *beside)))) for substring in substrings]
    return vocabulary.reader.match_counts(nodes)


def _find_suspects(vocabulary: Vocabulary, substring: str) -> frozenset[int]:
    """Return the offsets of characters that may be wrong: in a sentence those outside its words.

    Of all ways to cut it into words of the index and function words, the one that leaves the
    fewest characters over counts.
    """
    if len(substring) <= MAX_COMPARED_CHARS:
        return frozenset(range(len(substring)))
    stretches = _stretches(len(substring), MAX_HOMOPHONE_CHARS)
    known = (
        vocabulary.find({substring[start:end] for start, end in stretches}).keys()
        | function_words()
    )
    left_over: list[tuple[int, ...]] = [()]  # by the end of what is cut
    for end in range(1, len(substring) + 1):
        starts = range(max(0, end - MAX_HOMOPHONE_CHARS), end)
        ways = [left_over[start] for start in starts if substring[start:end] in known]
        left_over.append(min((*ways, (*left_over[end - 1], end - 1)), key=len))
    return frozenset(left_over[-1])


def _mendable(vocabulary: Vocabulary, substring: str) -> range:
    """Return the offsets at which one changed character can make a substring that is printed.

    What is before and what is after that character must be printed: a long substring is halved
    until the longest such beginning and end of it are known.
    """
    size = len(substring)
    if size <= MAX_COMPARED_CHARS or vocabulary.count_substring(substring):
        return range(size)

    def printed(text: Callable[[int], str]) -> int:
        lengths = range(1, size)
        return bisect_left(lengths, True, key=lambda n: not vocabulary.count_substring(text(n)))

    end = printed(lambda length: substring[:length])
    return range(size - 1 - printed(lambda length: substring[-length:]), end + 1)


def _is_credible(vocabulary: Vocabulary, variant: Variant) -> bool:
    """Return whether a variant is more than chance: two characters must be a word at least.

    What only almost sounds alike must be a name then, or half the dictionary would be offered.
    """
    meant = normal_form(variant.instead)
    if len(meant) > 2 or meant in vocabulary.names:
        return True
    return variant.reason is not Reason.NEAR_HOMOPHONE and vocabulary.contains(meant)


def _candidates(
    vocabulary: Vocabulary, substring: str, suspects: frozenset[int]
) -> Iterator[Variant]:
    """Yield what the index contains whole, and where nothing is, what is corrected in part."""
    unseen = _unseen_pairs(vocabulary, substring)
    mendable = _mendable(vocabulary, substring)
    positions = [one for one in suspects.intersection(mendable) if unseen <= {one - 1, one}]
    sounding = dict.fromkeys(_sounding(vocabulary, substring), Reason.HOMOPHONE)
    whole = [
        *(
            Variant(one.folded, substring, one.text, why, one.count)
            for one, why in _near(vocabulary, substring)
        ),
        *_printed_variants(
            vocabulary, substring, _one_changed(vocabulary, substring, positions) | sounding
        ),
    ]
    doubtful = {
        position for position in unseen if not suspects.isdisjoint((position, position + 1))
    }
    whole = whole or [
        *_printed_variants(vocabulary, substring, _rearranged(vocabulary, substring, doubtful))
    ]
    yield from whole or _corrected_stretches(vocabulary, substring, doubtful)


def _likeliness(vocabulary: Vocabulary, substring: str, variant: Variant) -> float:
    """Weigh the frequency of a variant by that of the slip; names over words over other text."""
    changes = sum(a != b for a, b in zip(substring, variant.substring, strict=False))
    several = (
        len(substring) == len(variant.substring)
        and variant.reason is not Reason.TYPO
        and changes > 1
    )
    slip = SLIP_LIKELIHOODS.get(variant.reason, 1.0) * (SECOND_SLIP_LIKELIHOOD if several else 1.0)
    meant = normal_form(variant.instead)
    return variant.count * slip * vocabulary.weigh([meant], other=OTHER_SUBSTRING_WEIGHT)[meant]


def _sounding(vocabulary: Vocabulary, substring: str) -> list[str]:
    """Find the substrings that sound like this one, whatever characters they are written with."""
    syllables = read_word(substring) if len(substring) <= MAX_COMPARED_CHARS else ()
    return [text for text in find_homophones(vocabulary, syllables) if text != substring]


# ---------------------------------------------------------------- one character changed


def _one_changed(
    vocabulary: Vocabulary, substring: str, positions: Iterable[int]
) -> dict[str, Reason]:
    """Change each of some characters into those that sound or look like it, or almost sound so."""
    variants: dict[str, Reason] = {}
    for position in sorted(positions):
        here = substring[position]
        for chars, reason in _replacements(vocabulary, here):
            for char in chars:
                if char != here:
                    variants.setdefault(_put(substring, position, char), reason)
    return variants


def _put(text: str, position: int, instead: str, length: int = 1) -> str:
    """Replace some characters of a text."""
    return text[:position] + instead + text[position + length :]


def _replacements(vocabulary: Vocabulary, here: str) -> Iterator[tuple[str, Reason]]:
    """Yield what may be meant by a character; a usual reading counts, a rare one does not."""
    usual, alike = read_character(here)[:1], look_alikes(here)
    near = "".join(vocabulary.near_homophones.get(blur(syllable), "") for syllable in usual)
    sounding = "".join(char for char in near if read_character(char)[:1] == usual)
    yield sounding, Reason.HOMOPHONE
    yield alike.tight + alike.loose, Reason.LOOKALIKE
    yield near, Reason.NEAR_HOMOPHONE


def _rearranged(vocabulary: Vocabulary, substring: str, unseen: set[int]) -> dict[str, Reason]:
    """Swap two neighbours, or insert the character left out at the unseen or rarest pair.

    So are names that are in no dictionary: 宁时德代, 泽斯基.
    """
    if len(substring) < MIN_REARRANGED_CHARS:
        return {}
    texts = [
        _put(substring, position, substring[position + 1] + substring[position], 2)
        for position in range(len(substring) - 1)
        if unseen <= {position - 1, position, position + 1}
        and substring[position] != substring[position + 1]
    ]
    counts = vocabulary.count_pairs([a + b for a, b in pairwise(substring)])
    position = min(
        unseen or range(len(substring) - 1), key=lambda at: counts[substring[at : at + 2]]
    )
    if len(unseen) <= 1:
        between = _find_between(vocabulary, substring[position], substring[position + 1])
        texts += (_put(substring, position + 1, char, 0) for char in between)
    return dict.fromkeys(texts, Reason.TYPO)


def _find_between(vocabulary: Vocabulary, before: str, after: str) -> list[str]:
    """Find the characters that are most often printed between two others."""
    followers = nlargest(
        MAX_FOLLOWERS, vocabulary.reader.vocabulary("pairs", before), key=lambda one: one[1]
    )
    counts = vocabulary.count_pairs([pair[1] + after for pair, _ in followers])
    least = {pair[1]: min(count, counts[pair[1] + after]) for pair, count in followers}
    return nlargest(MAX_INSERTED, filter(least.get, least), key=least.__getitem__)


def _printed_variants(
    vocabulary: Vocabulary, substring: str, variants: Mapping[str, Reason]
) -> Iterator[Variant]:
    """Yield the variants that the index contains as they are."""
    ranks = {reason: rank for rank, reason in enumerate(Reason)}
    possible = _possible(vocabulary, variants)
    tried = sorted(possible, key=lambda text: ranks[variants[text]])[:MAX_VARIANTS]
    for text, count in vocabulary.count_substrings(tried).items():
        if count:
            position = min(count_shared(text, substring), len(substring) - 1)
            yield Variant(
                text, _around(substring, position), _around(text, position), variants[text], count
            )


def _around(substring: str, position: int) -> str:
    """Show a changed character with its neighbours: the whole substring where that is short."""
    return (
        substring
        if len(substring) <= MAX_COMPARED_CHARS
        else substring[max(0, position - 1) : position + 2]
    )


def _possible(vocabulary: Vocabulary, substrings: Iterable[str]) -> list[str]:
    """Keep the substrings whose pairs the index has, those with the commonest pairs first."""
    pairs = {
        substring: [a + b for a, b in pairwise(substring)]
        for substring in substrings
        if len(substring) > 1
    }
    wanted = {pair for found in pairs.values() for pair in found}
    counts = vocabulary.count_pairs(sorted(wanted))
    least = {substring: min(map(counts.__getitem__, found)) for substring, found in pairs.items()}
    return sorted(
        (substring for substring in least if least[substring]),
        key=lambda substring: (-least[substring], substring),
    )


# ---------------------------------------------------------------- a stretch that is no word


def _corrected_stretches(
    vocabulary: Vocabulary, substring: str, unseen: set[int]
) -> Iterator[Variant]:
    """Yield the text with a stretch around an unseen pair made a word or name of the index."""
    if not unseen:
        return
    unseen_in_substring = len(_unseen_pairs(vocabulary, substring))
    for start, end in _stretches(len(substring)):
        part = substring[start:end]
        if not unseen.intersection(range(start, end - 1)) or vocabulary.contains(part):
            continue
        for entry, reason in _near(vocabulary, part):
            mended = substring[:start] + entry.folded + substring[end:]
            if len(_unseen_pairs(vocabulary, mended)) < unseen_in_substring:
                yield Variant(mended, part, entry.text, reason, entry.count)


def _stretches(length: int, longest: int = MAX_COMPARED_CHARS) -> Iterator[tuple[int, int]]:
    for size in range(min(length, longest), 1, -1):
        for start in range(length - size + 1):
            yield start, start + size


def _unseen_pairs(vocabulary: Vocabulary, substring: str) -> set[int]:
    """Return where a pair begins that the index has never seen."""
    counts = vocabulary.count_pairs(a + b for a, b in pairwise(substring))
    return {position for position, (a, b) in enumerate(pairwise(substring)) if not counts[a + b]}


def _near(vocabulary: Vocabulary, part: str) -> Iterator[tuple[VocabularyEntry, Reason]]:
    """Yield the entries that sound like a stretch, look like it, or are typed almost like it."""
    if len(part) > MAX_COMPARED_CHARS:
        return
    yield from vocabulary.names_read(read_word(part))
    respelt = _respelt(part)
    if len(part) <= MAX_HOMOPHONE_CHARS:
        respelt |= _one_changed(vocabulary, part, range(len(part)))
    printed = set(_possible(vocabulary, respelt))
    wanted = [text for text in respelt if text in printed or text in vocabulary.names]
    for text, entry in vocabulary.find(wanted).items():
        yield entry, respelt[text]
    for entry in vocabulary.listed(part[0]):
        if _leaves_out_one(part, entry):
            yield entry, Reason.TYPO


def _respelt(part: str) -> dict[str, Reason]:
    """Change one character into a look-alike, swap two neighbours, or undo a doubling."""
    found: dict[str, Reason] = {}
    for position, here in enumerate(part):
        following, alike = part[position + 1 : position + 2], look_alikes(here)
        for char in alike.tight + alike.loose:
            found.setdefault(_put(part, position, char), Reason.LOOKALIKE)
        if len(part) > 2:
            found.setdefault(_put(part, position, following + here, 2), Reason.TYPO)
        if following == here:
            found.setdefault(_put(part, position, ""), Reason.TYPO)
    found.pop(part, None)
    return found


def _leaves_out_one(part: str, entry: VocabularyEntry) -> bool:
    """Return whether a part is a name or a word with one of its characters left out."""
    shared = count_shared(part, entry.folded)
    return 2 <= len(part) != shared and part[shared:] == entry.folded[shared + 1 :]
