"""Images of pages are recognised; what was recognised is kept beside the index and used again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("PIL")
from PIL import Image, ImageDraw

from indexer import build_index, open_index
from indexer.errors import WrongKind
from indexer.model import Box
from indexer.pages import recognition
from indexer.pages.recognition import (
    RecognisedChar,
    RecognisedLine,
    RecognisedPage,
    can_recognise,
    scans_folder,
)

LINES = ("山村小学迎来新老师", "十名支教老师来到这里", "带来了两百本图书")


def fake_engine(image: Image.Image) -> RecognisedPage:
    """Return lines with a box for each character, as the engine does."""
    lines = []
    for number, text in enumerate(LINES):
        top = 20 + 40 * number
        chars = tuple(
            RecognisedChar(n, n + 1, Box(20 + 30 * n, top, 30, 30), 0.9) for n in range(len(text))
        )
        lines.append(RecognisedLine(text, Box(20, top, 30 * len(text), 30), 0.9, chars))
    return RecognisedPage(image.width, image.height, tuple(lines))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Replace the engine; the list counts the pages that it recognised."""
    counted: list[int] = []

    def recognise(image: Image.Image, threads: int) -> RecognisedPage:
        counted.append(image.width)
        return fake_engine(image)

    monkeypatch.setattr(recognition, "_recognise", recognise)
    monkeypatch.setattr("indexer.scan_ahead.can_recognise", lambda: False)  # not in this process
    for module in ("indexer.pages.recognition", "indexer.pages.kinds", "indexer.pages.formats.pdf"):
        pytest.importorskip(module)
        monkeypatch.setattr(f"{module}.can_recognise", lambda: True)
    return counted


def make_image(path: Path, width: int = 600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, 300), "white").save(path)
    return path


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".pdf"])
def test_scans_are_pages_with_boxes(tmp_path: Path, calls: list[int], suffix: str) -> None:
    make_image(tmp_path / "scans" / f"p1{suffix}")
    report = build_index([tmp_path / "scans"], index=tmp_path / "index")
    assert (report.added, report.problems, len(calls)) == (("p1",), (), 1)
    with open_index(index=tmp_path / "index") as opened:
        (hit,) = opened.search("支教老师").hits
        assert hit.regions


def test_recognised_pages_are_used_again(tmp_path: Path, calls: list[int]) -> None:
    make_image(tmp_path / "scans" / "p1.png", 600)
    index = tmp_path / "index"
    build_index([tmp_path / "scans"], index=index)
    make_image(tmp_path / "scans" / "p2.png", 700)
    for _ in range(2):
        build_index([tmp_path / "scans"], index=index, full=True)
    assert calls == [600, 700]


def test_a_damaged_cache_is_done_again(tmp_path: Path, calls: list[int]) -> None:
    make_image(tmp_path / "scans" / "p1.png")
    build_index([tmp_path / "scans"], index=tmp_path / "index")
    (kept,) = scans_folder(tmp_path / "index").iterdir()
    kept.write_text(kept.read_text("utf-8")[:50], "utf-8")
    report = build_index([tmp_path / "scans"], index=tmp_path / "index", full=True)
    assert (len(calls), report.problems) == (2, ())
    assert json.loads(kept.read_text("utf-8"))[1][0] == 600


def test_another_engine_recognises_again(
    tmp_path: Path, calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_image(tmp_path / "scans" / "p1.png")
    for name in ("engine 1", "engine 1", "engine 2", ""):  # the last: none is installed
        monkeypatch.setattr(recognition, "engine_name", lambda name=name: name)
        build_index([tmp_path / "scans"], index=tmp_path / "index", full=True)
    assert len(calls) == 2


@pytest.mark.parametrize("image", ["p.png", "other.png", "images/figure.png"])
def test_images_with_text_pages_are_pictures(tmp_path: Path, calls: list[int], image: str) -> None:
    make_image(tmp_path / "pages" / image)
    (tmp_path / "pages" / "p.txt").write_text("支教队昨天到达。", "utf-8")
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert (report.added, calls) == (("p",), [])


def test_what_is_no_image_is_named(tmp_path: Path, calls: list[int]) -> None:
    make_image(tmp_path / "scans" / "p1.png")
    (tmp_path / "scans" / "p2.png").write_bytes(b"no image")
    report = build_index([tmp_path / "scans"], index=tmp_path / "index")
    assert (report.added, [one.code for one in report.problems]) == (("p1",), ["unreadable"])


def test_without_the_extra_its_command_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.pages.kinds.can_recognise", lambda: False)
    with pytest.raises(WrongKind, match=r"pip install 'chaquan\[ocr\]'"):
        build_index([make_image(tmp_path / "p1.png")], index=tmp_path / "index")


@pytest.mark.skipif(not can_recognise(), reason="needs the extra ocr")
def test_pages_are_recognised_in_other_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(image: Image.Image, threads: int) -> RecognisedPage:
        raise AssertionError("recognised in this process")

    monkeypatch.setattr(recognition, "_recognise", fail)
    for number in (1, 2):
        make_image(tmp_path / "scans" / f"p{number}.png", 300 + number)
    (tmp_path / "scans" / "bad.png").write_bytes(b"no image")
    progress: list[tuple[str, int]] = []
    report = build_index(
        [tmp_path / "scans"],
        index=tmp_path / "index",
        workers=2,
        progress=lambda name, count: progress.append((name, count)),
    )
    assert [error.code for error in report.problems] == ["unreadable"]
    assert sorted(name for name, _ in progress) == ["p1", "p2"]
    assert len(list(scans_folder(tmp_path / "index").iterdir())) == 2


BAD_IMAGES = {
    "cut": lambda image: image[: len(image) // 2],
    "empty": lambda image: b"",
    "pixel bomb": lambda image: image[:16] + b"\0\1\x86\xa0" * 2 + image[24:],  # 100,000 squared
    "other bytes": lambda image: image[:60] + bytes(len(image) - 60),
}


@pytest.mark.parametrize("name", BAD_IMAGES)
def test_a_bad_image_costs_one_sentence(tmp_path: Path, calls: list[int], name: str) -> None:
    image = make_image(tmp_path / "scans" / "p1.png").read_bytes()
    (tmp_path / "scans" / "bad.png").write_bytes(BAD_IMAGES[name](image))
    report = build_index([tmp_path / "scans"], index=tmp_path / "index")
    assert (report.added, [one.code for one in report.problems]) == (("p1",), ["unreadable"])


def test_errors_of_the_engine_are_not_the_image_s(
    tmp_path: Path, calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(image: Image.Image, threads: int) -> RecognisedPage:
        raise ValueError("a bug")

    monkeypatch.setattr(recognition, "_recognise", fail)
    make_image(tmp_path / "scans" / "p1.png")
    with pytest.raises(ValueError, match="a bug"):
        build_index([tmp_path / "scans"], index=tmp_path / "index")


@pytest.mark.skipif(not can_recognise(), reason="needs the extra ocr")
def test_the_engine_reads_clear_print() -> None:
    image = Image.new("RGB", (500, 100), "white")
    ImageDraw.Draw(image).text((20, 20), "CHAQUAN 1949", fill="black", font_size=40)
    page = recognition.recognise(image, Path("p.png"))
    assert "".join(line.text for line in page.lines).replace(" ", "") == "CHAQUAN1949"
    assert all(0 <= char.score <= 1 for line in page.lines for char in line.chars)
