"""Bytes to text: find the encoding of a file, and replace what is not text in it.

UTF-8 and marked UTF-16 and UTF-32 identify themselves. GB 18030 (with code page 936), Big5 with the
Hong Kong supplement and unmarked UTF-16 do not: of their readings the one whose characters are the
most usual counts. English pages may be Windows-1252. A few bad bytes cost a character each
(U+FFFD), not the page, and are reported. What looks like text decoded wrongly before, or like
another language's encoding, is read and reported.

charset-normalizer 3.5 was measured beside this, restricted to the same encodings, on 30 texts of
each kind: excerpts of four characters .53 to .73 right (this: .96 to 1.0), lists of three names .37
to .47 (1.0), English pages with Chinese names .00 to .23 (.97 to 1.0), longer text the same.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from indexer.errors import LooksWrong, NotText, SourceError, TextRepaired
from indexer.messages import Message, message
from indexer.pages.character_usage import (
    KANA_LETTER,
    RARE_CHARACTER_LOG_ODDS,
    SAMPLE_CHARS,
    log_probabilities,
    plausibility,
)

Warn = Callable[[SourceError], None]

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
TWO_BYTE_ENCODINGS = ("gb18030", "big5hkscs")
CHINESE_ENCODINGS = (*TWO_BYTE_ENCODINGS, "utf-16-le", "utf-16-be")
JAPANESE_ENCODINGS = ("euc_jp", "shift_jis")

MAX_BAD_SHARE = 0.01
MIN_BAD = 3
"""Of the characters of a file, and how many are always allowed (of controls: one): one broken byte
makes up to three. A picture has a tenth and more."""

MIN_PLAUSIBILITY = -9.6
"""Mean log-probability of characters outside ASCII below which a reading is taken for a wrong one.
Measured on 300 excerpts each of news in both scripts, of 4 to 300 characters: right readings had
-8.3 and more, lists of one name to three -9.6 and more (19 of 20), wrong readings of 300 characters
-8.9 and less. Of the readings of 10 characters and more the right one won in 99 %."""

MAX_MENDED_LINE = 1_000
MAX_MENDED_LINES = 20
"""Bytes of a line in which every byte is tried, and lines of a file: the time grows with the square
of the bytes, .1 s of CPU for the longest line."""

MAX_UNBROKEN_CHARS = 200_000
"""Print in Latin letters has blanks; a word of this length is data."""

_MIN_LETTERS_PER_MARK = 2
"""ASCII letters to one quotation mark, dash or other sign of Windows-1252, at the least."""

_MIN_KANA, _MIN_KANA_SHARE = 5, 0.2
"""From so many kana on, and so large a share of kana and ideographs, a text is Japanese."""

_HZ_SEQUENCE = re.compile(rb"~\{(?:[!-w][!-~])+~\}")  # of RFC 1843, the Chinese of early e-papers
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_BAD_SEQUENCE = re.compile("\ufffd{2,4}")  # what Python makes of one broken sequence of UTF-8
_CJK_LETTER = re.compile("[\u3041-\u30fa\u3400-\u9fff]")
_BLANK_CHARACTERS = "\ufeff\ufffd \t\r\n\v\f\u3000\u00a0\0"
_CONTROL_CHARACTER = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_NOT_TEXT = re.compile("\x00+|[\ud800-\udfff]")
_LONG_WORD = re.compile(rf"[!-~]{{{MAX_UNBROKEN_CHARS}}}")
_ASCII_LETTER = re.compile("[A-Za-z]")

_GB18030_2022 = str.maketrans(
    dict(
        zip(
            "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796"
            "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864\ue7c7"
            "\ue816\ue817\ue818\ue831\ue83b\ue855",
            "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19"
            "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb\u1e3f"
            "\U00020087\U00020089\U000200cc\U000215d7\U0002298f\U000241fe",
            strict=True,
        )
    )
)
"""Python's codec is that of 2000, which put these into the private use area; GB 18030-2022 names
their characters (its table of changes; ICU's gb18030 agrees)."""

_MISREAD_ENCODINGS = (
    ("gb18030", "utf-8"),
    ("latin-1", "gb18030"),
    ("latin-1", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "big5hkscs"),
    ("gb18030", "big5hkscs"),
    ("big5hkscs", "gb18030"),
)
"""How text is usually decoded wrongly before it is saved: as the first instead of the second."""

_MISREAD_SAMPLE = 2_000
_MAX_MISREAD_LOSS = 0.3  # of the characters, which no encoding can bring back
_MISREAD_GAIN = 1.5
_MISREAD_PLAUSIBILITY = -7.5
_MIN_MISREAD = 8
"""Text counts as misread if undoing it gives so many ideographs, so usual, and more usual than they
are by this much. Of 1,500 news articles in both scripts none was called misread; of 300 that were,
by each of the seven ways, 95 to 100 % were (300 characters; 84 to 100 % of 30)."""

_LOST_CHARACTERS = "锟斤拷"
"""What U+FFFD becomes when UTF-8 is read as GBK: characters are lost permanently."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """Bytes read in one encoding."""

    encoding: str
    text: str
    bad: int = 0  # characters that had to be replaced
    foreign_lines: int = 0  # lines in another encoding than the others


def ignore(error: SourceError) -> None:
    """Take a warning that is not needed."""


def decode(data: bytes, path: object, warn: Warn = ignore) -> tuple[str, str]:
    """Decode a file without its byte order mark, and check it.

    Returns the text and the name of its encoding; what was replaced, and what looks wrong, goes to
    `warn`. Raises `NotText` with the reason.
    """
    text, encoding = decode_bytes(data, path, warn)
    return check_text(text, path, warn), encoding


def check_text(text: str, path: object, warn: Warn = ignore) -> str:
    """Return a text without what no page can hold; raises `NotText` where that is too much of it.

    Lone surrogates and NULs, however many in a row, are replaced by U+FFFD.
    """
    if not _NOT_TEXT.sub("", text).strip(_BLANK_CHARACTERS).strip():
        raise _not_text(path, message("reason.empty"))
    text = _replace_no_text(text, path, warn)
    controls = len(_CONTROL_CHARACTER.findall(text))
    if controls > max(1, MAX_BAD_SHARE * len(text)):
        raise _not_text(path, message("reason.controls", controls=controls, length=len(text)))
    if len(text) >= MAX_UNBROKEN_CHARS and _LONG_WORD.search(text):
        raise _not_text(path, message("reason.no_blanks", length=MAX_UNBROKEN_CHARS))
    if misread := _find_misreading(text):
        warn(LooksWrong(path=str(path), reason=misread))
    return text


def _allowed(text: str) -> float:
    """Return how many characters of a text may have been replaced."""
    return max(MIN_BAD, MAX_BAD_SHARE * len(text))


def _replace_no_text(text: str, path: object, warn: Warn) -> str:
    found = _NOT_TEXT.search(text)
    if not found:
        return text
    mended, count = _NOT_TEXT.subn("\ufffd", text)
    if count > max(1, MAX_BAD_SHARE * len(text)):
        where, is_nul = found.start(), found[0][0] == "\0"
        raise _not_text(path, message("reason.nul" if is_nul else "reason.surrogate", at=where))
    warn(_repaired(path, mended, count))
    return mended


def decode_bytes(data: bytes, path: object, warn: Warn = ignore) -> tuple[str, str]:
    """Decode bytes, whatever the text says; raises `NotText`."""
    reading = _find_reading(data)
    if reading.bad > _allowed(reading.text):
        where = _first_error(data, reading.encoding)
        raise _not_text(path, message("reason.bad_byte", at=where, encoding=reading.encoding))
    if reading.bad:
        warn(_repaired(path, reading.text, reading.bad))
    if reading.foreign_lines:
        facts = {"count": reading.foreign_lines, "encoding": reading.encoding.split("+")[1]}
        warn(LooksWrong(path=str(path), reason=message("reason.two_encodings", **facts)))
    if reading.encoding in JAPANESE_ENCODINGS:
        reason = message("reason.japanese", encoding=reading.encoding.replace("_", "-"))
        warn(LooksWrong(path=str(path), reason=reason))
    return reading.text, reading.encoding


def _find_reading(data: bytes) -> _Reading:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _read(data, encoding)
    if data.isascii() and _HZ_SEQUENCE.search(data) and not (hz := _read(data, "hz")).bad:
        return hz
    reading = _read(data, "utf-8")
    return _choose(data, reading) if reading.bad or "\0" in reading.text else reading


def _choose(data: bytes, utf8: _Reading) -> _Reading:
    """Return the likeliest reading of bytes that are not, or not quite, UTF-8."""
    if mixed := _read_mixed(data):
        return mixed
    whole = sum(1 for _ in _NOT_ASCII.finditer(utf8.text)) - utf8.bad
    if utf8.bad <= _allowed(utf8.text) and 0 < 3 * utf8.bad <= whole:
        return utf8
    readings = [
        utf8,
        *(_read(data, encoding) for encoding in (*CHINESE_ENCODINGS, *JAPANESE_ENCODINGS)),
    ]
    best = _likeliest(readings)
    if best is None:  # one byte too few or too many shifts all characters of its line
        shifted = [reading for reading in readings[1:3] if _may_be_shifted(reading)]
        best = _likeliest(_mend_lines(data, reading) for reading in shifted)
    elif best.bad and best.encoding in TWO_BYTE_ENCODINGS:
        best = _mend_lines(data, best)
    return best or _read_latin(data) or utf8


def _read_mixed(data: bytes) -> _Reading | None:
    """Read a file that has lines in UTF-8 and lines in another encoding, each line in its own."""
    raw = data.split(b"\n")
    lines = [_read(line, "utf-8") for line in raw]
    odd = [number for number, line in enumerate(lines) if line.bad]
    if not (odd and any(_CJK_LETTER.search(line.text) for line in lines if not line.bad)):
        return None
    rest = b"\n".join(raw[number] for number in odd)
    other = _likeliest(_read(rest, encoding) for encoding in TWO_BYTE_ENCODINGS)
    if not other:
        return None
    foreign = 0
    for number in odd:
        line = _read(raw[number], other.encoding)
        if plausibility(line.text) > plausibility(lines[number].text):
            lines[number], foreign = line, foreign + 1
    text, bad = "\n".join(line.text for line in lines), sum(line.bad for line in lines)
    return _Reading(f"utf-8+{other.encoding}", text, bad, foreign) if foreign else None


def _likeliest(readings: Iterable[_Reading]) -> _Reading | None:
    """Return the reading with the most usual characters, `None` where none is usual enough."""
    likely = [reading for reading in readings if _is_possible(reading)]
    best = max(likely, key=lambda reading: plausibility(reading.text), default=None)
    return best if best and plausibility(best.text) >= MIN_PLAUSIBILITY else None


def _may_be_shifted(reading: _Reading) -> bool:
    fits = reading.bad <= _allowed(reading.text)
    return fits and not _CONTROL_CHARACTER.search(reading.text)


def _is_possible(reading: _Reading) -> bool:
    if reading.bad > _allowed(reading.text):
        return False
    if reading.encoding not in JAPANESE_ENCODINGS:
        chances = log_probabilities(reading.text)
        rare = int((chances == RARE_CHARACTER_LOG_ODDS).sum())
        return rare <= max(1, len(chances) / 3)
    sample = reading.text[:SAMPLE_CHARS]
    kana = len(KANA_LETTER.findall(sample))
    return kana >= max(_MIN_KANA, _MIN_KANA_SHARE * len(_CJK_LETTER.findall(sample)))


def _read(data: bytes, encoding: str) -> _Reading:
    """Decode with replacement, and count what was replaced."""
    try:
        text, bad = data.decode(encoding), 0
    except UnicodeDecodeError:
        text = data.decode(encoding, "chaquan-cp936" if encoding == "gb18030" else "replace")
        if encoding.startswith("utf-8"):
            text = _BAD_SEQUENCE.sub("\ufffd", text)
        own = data.count(b"\xef\xbf\xbd") if encoding.startswith("utf-8") else 0
        bad = text.count("\ufffd") - own
    if encoding == "gb18030":
        text = text.translate(_GB18030_2022)
    return _Reading(encoding, text, bad)


def _replace_in_cp936(error: UnicodeError) -> tuple[str, int]:
    """Read 0x80 as the euro sign, as code page 936 has it, and replace anything else."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - used for decoding alone
    if error.object[error.start] == 0x80:
        return "€", error.start + 1
    return "\ufffd", error.end


codecs.register_error("chaquan-cp936", _replace_in_cp936)


def _read_latin(data: bytes) -> _Reading | None:
    """Read Windows-1252 where its accented letters are fewer than the plain ones beside them.

    Chinese in any encoding, read so, has twice as many signs as ASCII letters, or more.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    high = _NOT_ASCII.findall(text)
    letters = sum(map(str.isalpha, high))
    plain = len(_ASCII_LETTER.findall(text))
    if not high or letters > plain or len(high) > 2 * letters + plain / _MIN_LETTERS_PER_MARK:
        return None
    return _Reading("cp1252", text)


# ---------------------------------------------------------------- repairing


def _mend_lines(data: bytes, reading: _Reading) -> _Reading:
    """Decode line by line, and where bytes are bad, drop the one that makes the rest likeliest.

    In encodings of two bytes a lost or an inserted byte shifts all that follows up to the line's
    end; without it only one character is lost.
    """
    lines, mended = [], 0
    for line in data.split(b"\n"):
        read = _read(line, reading.encoding)
        odd = read.bad or plausibility(read.text) < MIN_PLAUSIBILITY
        if odd and len(line) <= MAX_MENDED_LINE and mended < MAX_MENDED_LINES:
            read, mended = _mend_line(line, read), mended + 1
        lines.append(read)
    text = "\n".join(line.text for line in lines)
    return _Reading(reading.encoding, text, sum(line.bad for line in lines))


def _mend_line(line: bytes, read: _Reading) -> _Reading:
    for width in (1, 2, 3):  # bytes: half a character, one, one with a byte between
        mended = [
            _Reading(read.encoding, text, 1)
            for start in range(len(line) - width + 1)
            if (text := _read_around(line, start, start + width, read.encoding))
        ]
        best = max([read, *mended], key=lambda reading: plausibility(reading.text))
        if best is not read:
            return best
    return read


def _read_around(line: bytes, start: int, end: int, encoding: str) -> str | None:
    """Decode a line with U+FFFD for some of its bytes, `None` if others are bad as well."""
    before, after = _read(line[:start], encoding), _read(line[end:], encoding)
    return None if before.bad or after.bad else f"{before.text}\ufffd{after.text}"


def _find_misreading(text: str) -> Message | None:
    """Return how a text was decoded wrongly before it was saved, if it seems so."""
    if _LOST_CHARACTERS in text:
        return message("reason.replaced_as_gbk")
    sample = text[:_MISREAD_SAMPLE]
    if len(sample) - len(sample.encode("ascii", "ignore")) < _MIN_MISREAD:
        return None
    most_lost = _MAX_MISREAD_LOSS * len(sample)
    least = max(plausibility(sample) + _MISREAD_GAIN, _MISREAD_PLAUSIBILITY)
    is_ideographic = _is_ideographic(sample)
    for wrong, right in _MISREAD_ENCODINGS:
        if wrong in CHINESE_ENCODINGS and not is_ideographic:
            continue  # accented letters, which those encodings have too
        data = sample.encode(wrong, "ignore")
        lost = len(sample) - len(data.decode(wrong, "ignore"))
        if lost > most_lost:
            continue
        undone = data.decode(right, "replace")
        lost += undone.count("\ufffd")
        if lost > most_lost:
            continue
        undone = undone.replace("\ufffd", "")
        if _is_ideographic(undone) and plausibility(undone) > least:
            return message("reason.misread", right=right, wrong=wrong)
    return None


def _is_ideographic(text: str) -> bool:
    letters = islice(_CJK_LETTER.finditer(text), _MIN_MISREAD)
    return sum(1 for _ in letters) == _MIN_MISREAD


# ---------------------------------------------------------------- messages


def _first_error(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _repaired(path: object, text: str, count: int) -> TextRepaired:
    line = text.count("\n", 0, text.find("\ufffd")) + 1
    return TextRepaired(path=str(path), count=count, line=line)


def _not_text(path: object, reason: Message) -> NotText:
    return NotText(path=str(path) if isinstance(path, Path) else path, reason=reason)
