"""Encodings: found by what they make of the bytes; bad bytes cost a character, and are reported."""

from __future__ import annotations

from itertools import product

import pytest

from indexer.errors import LooksWrong, NotText, SourceError, TextRepaired
from indexer.pages.encodings import decode

NEWS = "昨天清晨，三十名教师从车站出发，前往山区支教。\n他们将在那里工作一年，帮助当地学校开课。\n"
TRADITIONAL = (
    "昨天清晨，三十名教師從車站出發，前往山區支教。\n他們將在那裡工作一年，幫助當地學校開課。\n"
)
ENGLISH = "The mayor said on Monday that the bridge will be open by May. Nobody asked why.\n" * 4


def read(data: bytes) -> tuple[str, str, list[SourceError]]:
    warnings: list[SourceError] = []
    return *decode(data, "a.txt", warnings.append), warnings


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("王芳\n李强\n赵敏\n", "gb18030"),
        ("陳大文、黃小燕、梁國雄\n", "big5hkscs"),
        (ENGLISH + "Wuzhen (乌镇)\n", "gb18030"),
        (ENGLISH + "Mr Chan 陳大文\n", "big5hkscs"),
        ("阿媽話佢哋喺屋企食咗飯，冇嘢做就嚟啦。\n", "big5hkscs"),
        ("门票每张€50，约合三百元。" + NEWS, "cp936"),
        (ENGLISH.replace("bridge", "café") + "“Now” – £5", "cp1252"),
        ("Où êtes-vous allée, élève zélée ? L’évêque a été gêné à Orléans.", "cp1252"),
        ("Él leyó, creyó, cayó; ¿qué más oyó allí?", "cp1252"),
        ("Það er ágætt að árið í ár er æðislegt, þótt úti sé kalt.", "cp1252"),
        ("Åse\nÆgir\nÉmile\nÍñigo\nÞórður\n", "cp1252"),
        ("“Yes”, he said – it’s so", "cp1252"),
        ("古镇", "gb18030"),
        (NEWS, "hz"),
        (NEWS, "utf-16-le"),
    ],
)
def test_an_encoding_is_found(text: str, encoding: str) -> None:
    data = text.replace("€", "\x00").encode("gb18030").replace(b"\0", b"\x80")
    if encoding != "cp936":
        data = text.encode(encoding)
    found, name, warnings = read(data)
    assert found == text
    assert name == {"cp936": "gb18030"}.get(encoding, encoding)
    assert warnings == []


@pytest.mark.parametrize(
    ("code", "character"),
    [
        (b"\xa6\xd9", "︐"),
        (b"\xa6\xf3", "︙"),
        (b"\xfe\x59", "龴"),
        (b"\xfe\xa0", "龻"),
        (b"\xfe\x51", "𠂇"),
    ],
)
def test_private_use_of_gb18030_is_what_the_standard_has_there(code: bytes, character: str) -> None:
    text, _, _ = read(NEWS.encode("gb18030") + code)
    assert text == NEWS + character


# ---------------------------------------------------------------- bad bytes


def spoil(data: bytes, kind: str, position: int) -> bytes:
    if kind == "cut":
        return data[:position]
    replaced = {
        "lost": b"",
        "inserted": b"\xff" + data[position : position + 1],
        "changed": b"\xff",
    }
    return data[:position] + replaced[kind] + data[position + 1 :]


@pytest.mark.parametrize(
    ("encoding", "kind"),
    [
        *product(("utf-8", "utf-8-sig", "gb18030"), ("lost", "inserted", "changed", "cut")),
        *product(["big5hkscs"], ("inserted", "changed", "cut")),  # a lost byte may leave Big5
    ],
)
def test_a_bad_byte_costs_a_character(encoding: str, kind: str) -> None:
    whole = (TRADITIONAL if encoding == "big5hkscs" else NEWS) * 5
    data = whole.encode(encoding)
    position = data.index("工作".encode(encoding.removesuffix("-sig"))) + 1
    text, name, warnings = read(spoil(data, kind, position))
    head, _, tail = text.partition("\ufffd")
    tail = tail.lstrip("\ufffd")
    assert name == encoding
    assert whole.startswith(head)
    assert len(head) >= whole.index("工作") - 2
    if kind != "cut":
        assert whole.endswith(tail[1:])  # half a character of Big5 may be a Latin letter
        assert len(head) + len(tail) >= len(whole) - 3
    (warning,) = warnings
    assert isinstance(warning, TextRepaired)
    assert warning.facts["line"] == 2
    assert "第 2 行" in warning.sentence("zh")


@pytest.mark.parametrize("at", [0, 1, 20, 41])
def test_a_lost_or_inserted_byte_costs_a_character_of_one_long_line(at: int) -> None:
    text = NEWS.replace("\n", "")
    data = text.encode("gb18030")
    for damaged in (data[:at] + data[at + 1 :], data[:at] + b"\xff" + data[at:]):
        found, name, warnings = read(damaged)
        assert name == "gb18030"
        assert found.count("\ufffd") == 1
        assert len(set(text) - set(found)) <= 2
        assert [type(one) for one in warnings] == [TextRepaired]


def test_what_is_no_text_in_a_text_costs_a_character() -> None:
    for odd in ("\0", "\0" * 4096, "\ud800"):
        data = NEWS.encode() + odd.encode("utf-8", "surrogatepass") + NEWS.encode()
        text, _, (warning,) = read(data)
        assert text.replace("\ufffd", "") == NEWS * 2
        assert isinstance(warning, TextRepaired)


def test_a_long_line_without_blanks_is_print() -> None:
    text = "山区支教" * 60_000
    assert read(text.encode())[0] == text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        "\u3000\n \ufeff".encode(),
        bytes(range(256)) * 20,
        b"\x00\x01\x02\xff" * 99,
        b"PK\x03\x04\x14\x00\x08\x08" + bytes(range(128, 256)) * 9,
        b"x" * 300_000,
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NotText):
        read(data)


# ---------------------------------------------------------------- named, not silently accepted


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("gb18030", "latin-1"),
        ("utf-8", "latin-1"),
        ("utf-8", "cp1252"),
        ("utf-8", "gb18030"),
        ("big5", "gb18030"),
        ("big5", "latin-1"),
    ],
)
def test_text_that_was_decoded_wrongly_is_named(right: str, wrong: str) -> None:
    whole = TRADITIONAL if right == "big5" else NEWS
    text = (whole * 3).encode(right).decode(wrong, "replace")
    found, _, (warning,) = read(text.encode())
    assert found == text
    assert isinstance(warning, LooksWrong)
    assert f"decoded as {wrong}" in str(warning)


@pytest.mark.parametrize(
    "text",
    ["Élève zélé, l’été a été gênant à Orléans : là-bas.", "Él también oyó allí más canción."],
)
def test_accented_text_is_not_called_misread(text: str) -> None:
    assert read(text.encode()) == (text, "utf-8", [])


@pytest.mark.parametrize("encoding", ["cp1251", "iso8859-7"])
def test_other_alphabets_are_not_taken_for_latin(encoding: str) -> None:
    text = {"iso8859-7": "Οι δάσκαλοι έφυγαν χθες"}.get(encoding, "Учителя уехали вчера утром")
    with pytest.raises(NotText):
        read(text.encode(encoding))


def test_lost_characters_are_named() -> None:
    assert isinstance(read("本报讯锟斤拷记者".encode())[2][0], LooksWrong)


@pytest.mark.parametrize("encoding", ["euc_jp", "shift_jis"])
def test_japanese_is_read_and_named(encoding: str) -> None:
    text = "昨日の朝、三十人の教師が駅から山の学校へ出発した。そこで一年のあいだ教える。\n"
    found, name, (warning,) = read(text.encode(encoding))
    assert (found, name) == (text, encoding)
    assert isinstance(warning, LooksWrong)


@pytest.mark.parametrize(
    "text",
    [
        NEWS,
        TRADITIONAL,
        "Café résumé naïve – “quoted” déjà vu. Österreich größer. " * 3,
        "Ελληνική εφημερίδα της Αθήνας",
        "気温は25℃±0.5、¥100",
        "①②③■●※→←↑↓《》【】",
        "夔夨夬夳夼奌奒奓奝奟奡奦奫奯奰",
    ],
)
def test_other_text_is_not_called_wrong(text: str) -> None:
    assert read(text.encode())[2] == []


@pytest.mark.parametrize("encoding", ["gb18030", "big5hkscs"])
def test_lines_in_two_encodings_are_read_each_in_its_own(encoding: str) -> None:
    texts = (
        "山村小學來了老師，帶來兩百本圖書。",
        "漁港昨天開捕，船隊出海。",
        "mayor",
        "茶園採摘正忙。",
    )
    encodings = ("utf-8", encoding, encoding, "utf-8")
    data = b"\n".join(map(str.encode, texts, encodings))
    text, found, (warning,) = read(data)
    assert (text, found) == ("\n".join(texts), f"utf-8+{encoding}")
    assert isinstance(warning, LooksWrong)
    assert "1" in str(warning)
