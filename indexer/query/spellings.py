"""Write a query's substring as it may be printed otherwise: other characters, marks, zeros, names.

Spellings are kept apart in the index, because ranking must not take different words for one, and
are asked for together: a substring matches in any of them, in quotation marks too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import chain, islice, product
from math import prod
from pathlib import Path

from indexer.analysis import normal_form
from indexer.analysis.numerals import PHONE_NUMBER, count_otherwise
from indexer.files import DATA_FOLDER, read_data_lines, read_own_file
from indexer.model.chinese_numbers import CHINESE_DIGITS

MAX_SPELLINGS = 16
"""Spellings of one substring, its own included; each costs a look-up of its pairs."""

_FULL_STOP = r"(?<![0-9a-z.])\.(?!\.)"
"""An ASCII full stop outside numbers (95.51) and web addresses: OCR reads 。 and · so."""

_ZERO_SPELLINGS = "〇零○o0оο"
_NUMERAL_OR_ZERO = rf"[一二三四五六七八九{_ZERO_SPELLINGS}]"
_NUMERALS_BY_POSITION = (
    rf"(?=[一二三四五六七八九]*[{_ZERO_SPELLINGS}])(?={_NUMERAL_OR_ZERO}*[一二三四五六七八九])"
    rf"{_NUMERAL_OR_ZERO}{{2,}}"
)
"""Numerals by position, as in years: the zero among them is 〇, 零, or a letter or figure like it,
Cyrillic and Greek ones too."""

_GROUPED_FIGURES = r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,])"
_UNGROUPED_FIGURES = r"(?<![\d,.a-z/-])(?!(?:1[5-9]|20)\d\d年)\d{4,}(?![\d,])"
_MODEL_LETTERS, _MODEL_FIGURES = r"[a-z](?:[a-z/]|-(?=[a-z]))*", r"\d{1,4}(?:\.\d+)*"
_MODEL_NUMBER = (
    rf"(?<![a-z\d.])(?:{_MODEL_LETTERS}[ -]?(?=\d)|{_MODEL_FIGURES} ?(?=[a-z]))+"
    rf"(?:{_MODEL_LETTERS}|{_MODEL_FIGURES})(?![a-z\d])"
)
"""Letters and figures beside each other: iphone 15 pro, c919, covid-19, 3 km."""

_STANDARD = r"(?<![a-z])[a-z]{2}/?t ?\d{2,5}(?![\d.]\d)"
"""Number of a recommended Chinese standard; the slash is optional: gb/t 7714, hj/t 91."""

_CLASS_LETTER = r"(?<![a-z])[a-z]{3,} [a-z](?![a-z\d'])"
"""A name and the letter that identifies the variant: model y, vitamin c."""

_TO_FIGURES = str.maketrans(CHINESE_DIGITS, "0123456789")
_TO_NUMERALS = str.maketrans("0123456789", CHINESE_DIGITS)
_DAY_OF_EVENT = (
    rf"(?<![\d.·十第{CHINESE_DIGITS}])"
    rf"(?:\d{{1,2}}[.·]\d{{1,2}}|\d{{2,4}}|[{CHINESE_DIGITS}]{{1,2}}·?[{CHINESE_DIGITS}]{{1,2}})"
    r"(?=事变|事件|晚会|运动(?![会员场])|惨案|空难|专案|特大|大?地震)"
)
"""The month and day that an event is named after: 9·18事变, 3.15晚会, 129运动, 一二·九运动."""

_MONEY = rf"(?<=[\d{CHINESE_DIGITS}十百千万亿零壹贰叁肆伍陆柒捌玖拾佰仟])[元圆]"
"""The currency unit after an amount: papers before 1949 print 五百圓."""

_DESIGNATION = r"(?<=[\u3400-\u9fff])-?\d{1,3}[a-z]?(?=$|[型战机导火舰])"
"""Designation of a weapon or a rocket, hyphen optional: 运-20, 东风41."""

_HYPHENED = r"(?<![a-z\d])[a-z]+(?:-[a-z]+)+(?![a-z\d])"
_SPACED = r"(?<![a-z\d])[a-z\d](?: [a-z\d])+(?![a-z\d])"
"""Single letters and digits with spaces between: a word or a number as OCR may print it."""

_TWO_LETTER_WORDS = "of|in|to|on|at|by|is|it|as|an|or|we|he|be|do|go|if|me|my|no|so|up|am|mr|dr|st"
_NAME_START = "(?:[a-z](?=[a-z]{2})|[\u3400-\u9fff](?=[\u3400-\u9fff]))"
_INITIALS = (
    rf"(?<![a-z\d.·])(?:(?:[a-z][.·]){{2,4}}|(?!{_TWO_LETTER_WORDS})[a-z]{{2}}(?: |(?![a-z])))"
    rf"{_NAME_START}"
)
"""Initials and the first letter of a name: j.k.rowling, jk rowling, jk罗琳."""

_ORDINAL = r"第(?:\d{1,3}|[一二三四五六七八九十百〇零]{1,6})(?=[^\d.,一二三四五六七八九十百千〇零])"
"""An ordinal with what is counted after it: without that, 第五 is the beginning of 第五十."""

Site = tuple[str, tuple[str, ...]]
"""A part of a substring as it is typed, and its other spellings; nothing for what has none."""


def spellings(substring: str) -> tuple[str, ...]:
    """Return a normalised substring and its other spellings, at most `MAX_SPELLINGS` in all."""
    sites = list(_sites(substring))
    if len(sites) == 1 and not sites[0][1]:
        return (substring,)
    some = prod(len(others) + 1 for _, others in sites) <= MAX_SPELLINGS
    written = map("".join, product(*((one, *others) for one, others in sites)))
    chosen = written if some else _alike(sites)
    return tuple(islice(dict.fromkeys(chain((substring,), chosen)), MAX_SPELLINGS))


def other_ordinals(substring: str) -> tuple[str, ...]:
    """Return a text with its ordinals in figures and in numerals, where it is not written so."""
    styles = (partial(_write_ordinal, style=style) for style in (0, 1))
    written = (re.sub(_ORDINAL, style, substring) for style in styles)
    return tuple(other for other in written if other != substring)


def _write_ordinal(found: re.Match[str], style: int) -> str:
    others = count_otherwise(found[0][1:])
    return f"第{others[style]}" if others else found[0]


def _alike(sites: list[Site]) -> Iterator[str]:
    """Write all sites in their first other spelling, in their second, ...; then each alone."""
    for number in range(max(len(others) for _, others in sites)):
        yield "".join((one, *others)[min(number + 1, len(others))] for one, others in sites)
    for position, (_, others) in enumerate(sites):
        for other in others:
            before, after = sites[:position], sites[position + 1 :]
            yield "".join((*(one for one, _ in before), other, *(one for one, _ in after)))


def _sites(substring: str) -> Iterator[Site]:
    """Cut a substring where it has other spellings."""
    at = 0
    for found in _pattern().finditer(substring):
        if found.start() > at:
            yield substring[at : found.start()], ()
        others = _RESPELL_FUNCTIONS[str(found.lastgroup)](found[0])
        yield found[0], tuple(other for other in dict.fromkeys(others) if other != found[0])
        at = found.end()
    if at < len(substring) or not substring:
        yield substring[at:], ()


@cache
def _pattern() -> re.Pattern[str]:
    words = "|".join(sorted(_words(), key=len, reverse=True))
    kinds = {
        "ordinal": _ORDINAL,
        "year": _NUMERALS_BY_POSITION,
        "phone": PHONE_NUMBER,
        "event": _DAY_OF_EVENT,
        "money": _MONEY,
        "numbered": r"(?<![a-z])no\.? ?(?=\d)",
        "spaced": _SPACED,
        "standard": _STANDARD,
        "model": _MODEL_NUMBER,
        "grouped": _GROUPED_FIGURES,
        "figures": _UNGROUPED_FIGURES,
        "designation": _DESIGNATION,
        "hyphened": _HYPHENED,
        "word": words,
        "class": _CLASS_LETTER,
        "bracketed": r"[(\[〔【][^()\[\]〔〕【】]{1,20}[)\]〕】]",
        "stop": _FULL_STOP,
        "decimal": r"(?<=\d)[.·](?=\d)",
        "dots": r"\.{3,6}",
        "dot": r"(?<=[\u3400-\u9fff])·(?=[\u3400-\u9fff])",
        "initials": _INITIALS,
        "mark": "[。·]",
    }
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in kinds.items()))


@cache
def _words() -> dict[str, tuple[str, ...]]:
    return {word: group for group in spelling_groups() for word in group}


def _other_zeros(numerals: str) -> Iterator[str]:
    """Write all zeros in one way; then one of several as 〇 among letters, or as one among 〇."""
    parts = re.split(f"[{_ZERO_SPELLINGS}]", numerals)
    yield from (zero.join(parts) for zero in "〇零o0оο")
    for number in range(1, len(parts)) if len(parts) > 2 else ():
        for one, others in ("〇o", "o〇"):
            yield others.join(parts[:number]) + one + others.join(parts[number:])


def _group(figures: str) -> Iterable[str]:
    """Write a number with its thousands apart, one of eight figures also as a phone number."""
    grouped = f"{int(figures):,}" if figures[0] != "0" else figures
    local = (f"{figures[:4]}{mark}{figures[4:]}" for mark in " -" if len(figures) == 8)
    return grouped, grouped.replace(",", " "), *local


def _model(model: str) -> Iterable[str]:
    """Write a model without blanks and hyphens between letters and figures, and with them.

    A figure and a letter (5G) are printed with a blank by OCR alone, which `normalize` closes.
    """
    closed = re.sub(r"[ -](?=\d)|(?<=\d) ", "", model)
    if len(closed) == 2:
        return (closed,)
    opened = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", closed)
    behind = re.sub(r"(?<=\d)(?=[a-z]{2})", " ", closed)  # p60 pro
    return closed, opened, re.sub(r"(?<=[a-z])(?=\d)", "-", closed), behind


def _group_phone(number: str) -> Iterator[str]:
    """Write a phone number without separators, and in the digit groups that are printed."""
    figures = re.sub("[ -]", "", number)
    head = 4 if re.match("0[3-9]", figures) else 3
    rest = figures[head:]
    yield figures
    for second in (len(rest), 4, len(rest) - 4):
        parts = list(filter(None, (figures[:head], rest[:second], rest[second:])))
        yield from dict.fromkeys(
            (" ".join(parts), "-".join(parts), "-".join(parts[:2]) + " ".join(["", *parts[2:]]))
        )
    if figures[0] == "0":
        yield f"({figures[:head]}){rest}"


def _write_day(day: str) -> Iterator[str]:
    """Write a day in figures and in numerals, with a mark between month and day and without."""
    bare = re.sub("[.·]", "", day)
    marked = re.search("[.·]", day)
    cuts = (marked.start(),) if marked else range(1, min(3, len(bare)))
    styles = (bare, bare.translate(_TO_FIGURES), bare.translate(_TO_NUMERALS))
    for written in dict.fromkeys(styles):
        for at in cuts:
            yield f"{written[:at]}·{written[at:]}"
            if written.isascii():
                yield f"{written[:at]}.{written[at:]}"
        yield written


def _write_initials(initials: str) -> Iterator[str]:
    """Write initials with full stops or middle dots, and as one word or several."""
    *letters, first = filter(str.isalnum, initials)
    yield from ("".join(f"{letter}{mark}" for letter in letters) + first for mark in ".·")
    if first.isascii():
        yield from (f"{mark.join(letters)} {first}" for mark in ("", " "))
    else:
        yield "".join((*letters, first))


_RESPELL_FUNCTIONS: Mapping[str, Callable[[str], Iterable[str]]] = {
    "ordinal": lambda ordinal: [f"第{number}" for number in count_otherwise(ordinal[1:])],
    "year": _other_zeros,
    "grouped": lambda figures: (figures.replace(",", ""), figures.replace(",", " ")),
    "figures": _group,
    "model": _model,
    "designation": lambda number: (number[1:] if number[0] == "-" else f"-{number}",),
    "standard": lambda code: [
        re.sub("/?t ?", written, code, count=1) for written in ("/t ", "/t", "t ", "t")
    ],
    "class": lambda name: (name.replace(" ", ""), name.replace(" ", "-")),
    "phone": _group_phone,
    "event": _write_day,
    "money": lambda _: ("元", "圆"),
    "numbered": lambda _: ("no.", "no", "no. "),
    "spaced": lambda word: (word.replace(" ", ""),),
    "hyphened": lambda word: (word.replace("-", ""), word.replace("-", " ")),
    "word": lambda word: _words()[word],
    "bracketed": lambda text: [text[1:-1].join(pair) for pair in ("〔〕", "[]", "()", "【】")],
    "stop": lambda _: ("。", "·"),
    "decimal": lambda point: ("·" if point == "." else ".",),
    "dots": lambda _: ("......", "..."),
    "dot": lambda _: (".", ""),
    "initials": _write_initials,
    "mark": lambda _: (".",),
}
"""By the name of a pattern's group, what else is printed for what it matches."""


# ---------------------------------------------------------------- lists

Aliases = tuple[tuple[str, ...], ...]


@cache
def spelling_groups() -> tuple[tuple[str, ...], ...]:
    """Return the groups of ways to print one word."""
    return tuple(tuple(line.split()) for line in read_data_lines("spellings.txt"))


@cache
def load_aliases(own: Path | None = None) -> Aliases:
    """Read the groups of equivalent names, the user's own added.

    Raises `SourceMissing` or `BadMetadata` for a file of the user's that is no such thing.
    """
    files = [DATA_FOLDER / "aliases.toml", *([own] if own else [])]
    groups = (read_own_file(file, _read_groups, "reason.not_aliases") for file in files)
    return tuple(chain.from_iterable(groups))


def expand(substring: str, aliases: Iterable[tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Write a folded text with other names in it: (the text so, the name typed, the other name)."""
    return [
        (substring.replace(typed, other), typed, other)
        for group in aliases
        if (typed := max((name for name in group if name in substring), key=len, default=""))
        for other in group
        if typed not in other  # what holds the typed name is found already
    ]


def _read_groups(content: bytes) -> list[tuple[str, ...]]:
    groups = tomllib.loads(content.decode("utf-8-sig")).get("groups", [])
    return [tuple(filter(None, map(normal_form, group))) for group in groups]
