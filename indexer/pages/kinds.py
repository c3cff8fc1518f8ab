"""Which files are pages, by the ends of their names, and what helps with other kinds of files."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from pathlib import Path

from indexer.errors import FilesLeftAside, WrongKind
from indexer.messages import Message, message
from indexer.pages.formats import FORMAT_SUFFIXES, NAME_ENDINGS, SCAN_SUFFIXES
from indexer.pages.recognition import can_recognise

TEXT_SUFFIXES = (".txt", ".text", ".md", ".markdown")
RECORD_SUFFIXES = (".jsonl", ".ndjson")
PAGE_SUFFIXES = (*TEXT_SUFFIXES, *RECORD_SUFFIXES, *FORMAT_SUFFIXES)

_UNREADABLE_SUFFIXES = {
    "convert_table": ".xls .xlsx .ods .jsonld .parquet .sqlite .db",
    "save_as_text": ".doc .rtf .odt .wps .pages .epub .mobi",
    "convert_markup": ".mht .mhtml .alto",
    "recognise": ".jpg .jpeg .png .tif .tiff .bmp .gif .webp .jp2 .heic .djvu",
    "unpack": ".zip .gz .bz2 .xz .zst .7z .rar .tar .tgz",
    "name_like_page": ".toml",
}
"""What helps with files of other kinds (`hint.KEY` of the catalogue), by their suffixes."""

_HELP_BY_SUFFIX = {
    suffix: help_ for help_, suffixes in _UNREADABLE_SUFFIXES.items() for suffix in suffixes.split()
}

_OCR_SUFFIXES = (".pdf", *_UNREADABLE_SUFFIXES["recognise"].split())


def is_records(path: Path) -> bool:
    """Return whether a file holds articles, one a line."""
    return path.name.lower().endswith(RECORD_SUFFIXES)


def split_suffix(name: str) -> tuple[str, str]:
    """Part the name of a file from its suffix, which is given in lower case."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, f".{suffix.lower()}") if dot and stem else (name, "")


_COMPANION_FILE = re.compile(
    r"(?:_(?:origin|layout|span|model|content_list_v2|ocr_res_img|preprocessed_img|layout_det_res"
    r"|layout_order_res|region_det_res|overall_ocr_res|table_cell_img|text_paragraphs_ocr_res"
    r"|meta|nohf))+$"
)
"""What MinerU, PaddleX, Marker and dots.ocr put after the name of a page in the names of further
files."""

_SUFFIX_RANKS = {"_middle.json": 0, "_content_list.json": 1, **dict.fromkeys(TEXT_SUFFIXES, 2)}
"""Which of the files of one page is read: MinerU's own before its Markdown, then text, then the
formats in the order of their table."""


def page_stem(name: str) -> str:
    """Return what a file's page is called: its name without suffix and what tools add to it."""
    ending = next((ending for ending in NAME_ENDINGS if name.lower().endswith(ending)), None)
    if ending and len(name) > len(ending):
        return name[: -len(ending)]
    return split_suffix(name)[0]


def _main_stem(name: str) -> str:
    """Return the stem of the page whose by-product a file is; of others, and of texts, their own.

    The only text that is a by-product is Markdown of dots.ocr without headers and footers.
    """
    stem = page_stem(name)
    if name.lower().endswith(TEXT_SUFFIXES) and not stem.endswith("_nohf"):
        return stem
    return _COMPANION_FILE.sub("", stem)


def belongs_to(name: str, stems: Container[str]) -> bool:
    """Return whether a file is a scan or a by-product of one of the pages, given by their stems."""
    stem, suffix = split_suffix(name)
    main = _main_stem(name)
    return (suffix in _OCR_SUFFIXES or main != stem) and (main in stems or page_stem(name) in stems)


def choose_files(names: Iterable[str], *, images: bool = True) -> dict[str, str]:
    """Return the files that are pages, by name, each with the stem that names its page.

    Images are pages where they can be recognised and no text or data is beside them or, with
    `images` False, above: others are pictures. PDF files may be beside them.

    Of the same page in several formats one is taken; several texts of one name are all taken, since
    the names of their pages are equal, which is reported.
    """
    chosen: dict[str, list[tuple[int, str]]] = {}
    names = list(names)
    if not images or holds_text(names) or not can_recognise():
        names = [name for name in names if not is_image(name)]
    for name in names:
        chosen.setdefault(page_stem(name), []).append((_rank(name), name))
    files = {}
    for stem, ranked in chosen.items():
        best = min(ranked)[0]
        files.update({name: stem for rank, name in ranked if rank == best})
    mains = {name: _main_stem(name) for name in files}
    stems = {stem for name, stem in files.items() if mains[name] == stem}
    return {
        name: stem
        for name, stem in files.items()
        if mains[name] == stem or mains[name] not in stems
    }


def is_image(name: str) -> bool:
    """Return whether a file is an image, by its name."""
    return name.lower().endswith(SCAN_SUFFIXES)


def is_issue(name: str) -> bool:
    """Return whether a file may say which articles the pages beside and below it have (METS)."""
    lower = name.lower()
    return lower.endswith(".xml") and "mets" in lower


def holds_text(names: Iterable[str]) -> bool:
    """Return whether some of the files are pages of another kind than images and PDF."""
    return any(not name.lower().endswith((*SCAN_SUFFIXES, ".pdf")) for name in names)


def _rank(name: str) -> int:
    lower = name.lower()
    rank = next((rank for ending, rank in _SUFFIX_RANKS.items() if lower.endswith(ending)), None)
    if rank is None:
        rank = 3 + next(n for n, suffix in enumerate(PAGE_SUFFIXES) if lower.endswith(suffix))
    return rank


def ensure_readable(path: Path) -> None:
    """Raise `WrongKind` for a named file of a kind that is known to be no page.

    Files of unknown kinds are read: whether they hold text is seen then.
    """
    suffix = split_suffix(path.name)[1]
    unreadable = is_image(path.name) and not can_recognise()
    if suffix in _HELP_BY_SUFFIX and (suffix not in PAGE_SUFFIXES or unreadable):
        raise WrongKind(path=path, suffix=suffix, help=_help(suffix))


def left_aside(path: Path, suffix: str, count: int) -> FilesLeftAside:
    """Return the warning on files of a kind that were not read, with what helps."""
    named = suffix or message("what.no_suffix")
    return FilesLeftAside(path=path, suffix=named, count=count, help=_help(suffix))


def _help(suffix: str) -> Message:
    return message(f"hint.{_HELP_BY_SUFFIX.get(suffix, 'rename')}")
