"""Numbers as they are printed, read and written."""

import pytest

from indexer.model.chinese_numbers import read_number, spell_digits, write_in_tens


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2023", 2023),
        ("二〇二三", 2023),
        ("一九二○", 1920),
        ("零三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("廿三", 23),
        ("卅", 30),
        ("百", 100),
        ("一百一十二", 112),
        ("二百零五", 205),
        ("", None),
        ("要闻", None),
        ("二〇十三", None),
        ("三千", None),
    ],
)
def test_numbers_are_read(text: str, number: int | None) -> None:
    assert read_number(text) == number


def test_every_written_number_is_read_as_itself() -> None:
    assert all(read_number(write_in_tens(number)) == number for number in range(1, 1000))
    assert all(read_number(spell_digits(number)) == number for number in range(10_000))
