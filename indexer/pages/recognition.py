"""Recognise the text of page images with RapidOCR, and keep what was recognised.

A recognised page is kept in a folder beside the index, named by the digest of its image, as soon as
it is done: later builds, also after one that was ended, read it from there. With another engine,
other models or other settings it is recognised again.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from indexer.errors import ExtraMissing
from indexer.model import Box

RECOGNITION_FORMAT = 2
"""Goes up when what is kept of a page changes its form."""

MAX_RECOGNISED_SIDE = 5_000
"""Pixels of the longer side at which a page is recognised: 300 dpi of a tabloid page."""

MIN_OTHER_LIKELIHOOD, MAX_OTHERS = 0.02, 3
"""Of the characters that are kept beside the one that was read, the likeliest first."""

_ENGINE_LOCK = Lock()
_ENGINE_STEPS = dict.fromkeys(
    ("use_det", "use_cls", "return_word_box", "return_single_char_box"), True
)


class RecognisedChar(NamedTuple):
    """A character of a line; `others` are what else the engine considered, likeliest first."""

    start: int
    end: int
    box: Box
    score: float
    others: str = ""


class RecognisedLine(NamedTuple):
    """A line of an image: its text, box, and the engine's confidence from 0 to 1.

    Blanks are none of its `chars`.
    """

    text: str
    box: Box
    score: float
    chars: tuple[RecognisedChar, ...]


class RecognisedPage(NamedTuple):
    """What was recognised on an image of a size in pixels."""

    width: int
    height: int
    lines: tuple[RecognisedLine, ...]

    def resize(self, width: int, height: int) -> RecognisedPage:
        """Return the page as on an image of another size."""
        across, down = width / max(1, self.width), height / max(1, self.height)

        def fit(box: Box) -> Box:
            x, y = round(box.x * across), round(box.y * down)
            right, bottom = round((box.x + box.w) * across), round((box.y + box.h) * down)
            return Box(x, y, max(1, right - x), max(1, bottom - y))

        lines = (
            line._replace(
                box=fit(line.box),
                chars=tuple(char._replace(box=fit(char.box)) for char in line.chars),
            )
            for line in self.lines
        )
        return RecognisedPage(width, height, tuple(lines))


def can_recognise() -> bool:
    """Return whether the extra `ocr` is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def scans_folder(index: Path) -> Path:
    """Return the folder beside an index that keeps its recognised pages; builds pass over it."""
    return index.with_name(f".{index.name}-scans")


def recognise(
    image: Any, path: Path, folder: Path | None = None, *, threads: int = 0
) -> RecognisedPage:
    """Return the lines of a Pillow image of the file `path`, from the cache `folder` if there.

    The engine uses `threads` threads, as many as there are cores for 0.

    Raises `ExtraMissing`.
    """
    image = image.convert("RGB")
    kept = folder / f"{_digest(image)}.json" if folder else None
    if kept and (page := _load(kept)):
        return page
    if not can_recognise():
        raise ExtraMissing(path=path, format="OCR", extra="ocr")
    page = _recognise(image, threads)
    if kept:
        _keep(page, kept)
    return page


def _digest(image: Any) -> str:
    head = f"{RECOGNITION_FORMAT} {image.width} {image.height} ".encode()
    return hashlib.sha256(head + image.tobytes()).hexdigest()


@cache
def engine_name() -> str:
    """Return what recognises pages: versions, models and settings; empty without the engine."""
    spec = find_spec("rapidocr")
    folder = Path(spec.origin or "").parent / "models" if spec else None
    if folder is None or not can_recognise():
        return ""
    models = sorted(f"{one.name}:{one.stat().st_size}" for one in folder.glob("*.onnx"))
    try:
        return " ".join(["rapidocr", version("rapidocr"), *models, f"side:{MAX_RECOGNISED_SIDE}"])
    except PackageNotFoundError:
        return " ".join(["rapidocr", *models, f"side:{MAX_RECOGNISED_SIDE}"])


def _keep(page: RecognisedPage, kept: Path) -> None:
    """Write a page into the cache: whole or not at all, also when the build is killed."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(f".{os.getpid()}.part")
    partial.write_text(json.dumps([engine_name(), page], ensure_ascii=False), "utf-8")
    partial.replace(kept)


def _load(kept: Path) -> RecognisedPage | None:
    """Return a page from the cache; None for one that is missing, damaged or of another engine.

    Without an engine any will do.
    """
    try:
        engine, page = json.loads(kept.read_bytes())
        return make_recognised(page) if engine_name() in ("", engine) else None
    except (OSError, ValueError, TypeError):
        return None


def make_recognised(page: Any) -> RecognisedPage:
    """Return a page from its JSON; raises `ValueError` or `TypeError` for anything else."""
    width, height, lines = page
    return RecognisedPage(width, height, tuple(_make_line(*line) for line in lines))


def _make_line(text: str, box: Any, score: float, chars: Any) -> RecognisedLine:
    made = (RecognisedChar(start, end, Box(*around), *sure) for start, end, around, *sure in chars)
    return RecognisedLine(text, Box(*box), score, tuple(made))


@cache
def _engine(threads: int) -> Any:
    import numpy as np
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.max_side_len": MAX_RECOGNISED_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads or -1,
        }
    )
    engine(np.zeros((48, 48, 3), np.uint8), use_det=False, use_cls=False)  # loads the model
    engine.text_rec.postprocess_op = _Decoder(engine.text_rec.postprocess_op)
    return engine


class _ReadText(str):
    """The text of a line, with the confidence in each character and the others considered."""

    __slots__ = ("chars",)
    chars: tuple[tuple[float, str], ...]


class _Decoder:
    """Decodes what the model gives, as the engine's decoder does, and keeps more of it.

    The engine gives confidences without the place of blanks, and no second choice.
    """

    def __init__(self, decode: Any) -> None:
        self.decode = decode
        self.others: list[str] = [
            one if len(one) == 1 and one.isalnum() else "" for one in decode.character
        ]

    def __call__(self, likelihoods: Any, *args: Any, **options: Any) -> tuple[list[Any], Any]:
        """Return the lines of a batch and their words; `likelihoods` is (line, step, character)."""
        lines, words = self.decode(likelihoods, *args, **options)
        return [
            (self._keep(text, steps), score)
            for (text, score), steps in zip(lines, likelihoods, strict=True)
        ], words

    def _keep(self, text: str, steps: Any) -> _ReadText:
        read, best = _ReadText(text), steps.argmax(axis=1)
        chosen = (best != 0) & (best != [-1, *best[:-1]])  # 0 is nothing; repeats are one character
        kept = zip(steps[chosen], best[chosen], strict=True)
        read.chars = tuple((float(step[one]), self._find_others(step)) for step, one in kept)
        return read

    def _find_others(self, step: Any) -> str:
        likely = sorted((step >= MIN_OTHER_LIKELIHOOD).nonzero()[0], key=lambda one: -step[one])
        return "".join(self.others[one] for one in likely[1:])[:MAX_OTHERS]


def _recognise(image: Any, threads: int) -> RecognisedPage:
    import numpy as np

    with _ENGINE_LOCK:
        pixels = np.asarray(image)[:, :, ::-1]  # the engine takes blue, green, red
        found = _engine(threads)(pixels, **_ENGINE_STEPS)
    texts = found.txts or ()
    words = found.word_results or ()
    words = words if len(words) == len(texts) else [()] * len(texts)
    boxes = found.boxes if found.boxes is not None else ()
    scores = found.scores or ()
    lines = [
        RecognisedLine(str(text), _enclose(points), round(float(score), 4), _chars(text, pieces))
        for text, points, score, pieces in zip(texts, boxes, scores, words, strict=False)
    ]
    return RecognisedPage(image.width, image.height, tuple(lines))


def _chars(text: _ReadText, pieces: Any) -> tuple[RecognisedChar, ...]:
    """Return the characters of a line that have a box."""
    found, at = [], 0
    for piece, _, points in pieces:
        start = text.find(piece, at)
        if start < 0 or not piece:
            continue
        at = start + len(piece)
        score, others = text.chars[start]
        found.append(RecognisedChar(start, at, _enclose(points), round(score, 4), others))
    return tuple(found)


def _enclose(points: Any) -> Box:
    """Return the box of a quadrilateral, each side in the middle of its two corners.

    Of a line that was found a little slanting, the box around it would be much too high.
    """
    xs, ys = (sorted(max(0.0, float(one)) for one in side) for side in zip(*points, strict=True))
    left, right = round((xs[0] + xs[1]) / 2), round((xs[-2] + xs[-1]) / 2)
    top, bottom = round((ys[0] + ys[1]) / 2), round((ys[-2] + ys[-1]) / 2)
    return Box(left, top, max(1, right - left), max(1, bottom - top))
