"""Which files are pages, by the ends of their names, and what helps with other kinds of files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indexer.errors import FilesLeftAside, WrongKind
from indexer.messages import Message, message

TEXT_SUFFIXES = (".txt", ".text", ".md", ".markdown")
RECORD_SUFFIXES = (".jsonl", ".ndjson")
SUFFIXES = (*TEXT_SUFFIXES, *RECORD_SUFFIXES)

_HELP = {
    "convert_table": ".csv .tsv .xls .xlsx .ods .json .jsonld .parquet .sqlite .db",
    "extract_text": ".pdf",
    "save_as_text": ".doc .docx .rtf .odt .wps .pages .epub .mobi",
    "convert_markup": ".html .htm .xhtml .mht .mhtml .xml .alto .hocr",
    "recognise": ".jpg .jpeg .png .tif .tiff .bmp .gif .webp .jp2 .heic .djvu",
    "unpack": ".zip .gz .bz2 .xz .zst .7z .rar .tar .tgz",
    "name_like_page": ".toml",
}
"""What helps with files of other kinds (`hint.KEY` of the catalogue), by their suffixes."""

_BY_SUFFIX = {suffix: help_ for help_, suffixes in _HELP.items() for suffix in suffixes.split()}

_SCANS = frozenset(
    [
        ".pdf",
        ".jpg",
        ".jpeg",
        ".png",
        ".tif",
        ".tiff",
        ".bmp",
        ".gif",
        ".webp",
        ".jp2",
        ".heic",
        ".djvu",
    ]
)


def is_records(path: Path) -> bool:
    """Tell whether a file holds articles, one a line."""
    return path.name.lower().endswith(RECORD_SUFFIXES)


def is_scan(name: str, pages: Iterable[str]) -> bool:
    """Tell whether a file is the picture of one of the pages beside it, given without suffix."""
    stem, suffix = split_suffix(name)
    return suffix in _SCANS and stem in pages


def split_suffix(name: str) -> tuple[str, str]:
    """Part the name of a file from its suffix, which is given in lower case."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, f".{suffix.lower()}") if dot and stem else (name, "")


def ensure_readable(path: Path) -> None:
    """Raise `WrongKind` for a named file of a kind that is known to be no page.

    Files of unknown kinds are read: whether they hold text is seen then.
    """
    suffix = split_suffix(path.name)[1]
    if suffix in _BY_SUFFIX:
        raise WrongKind(path=path, suffix=suffix, help=_help(suffix))


def left_aside(path: Path, suffix: str, count: int) -> FilesLeftAside:
    """Say how many files of a kind were not read, and what helps."""
    named = suffix or message("what.no_suffix")
    return FilesLeftAside(path=path, suffix=named, count=count, help=_help(suffix))


def _help(suffix: str) -> Message:
    return message(f"hint.{_BY_SUFFIX.get(suffix, 'rename')}")
