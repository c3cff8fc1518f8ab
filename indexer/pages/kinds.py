"""Which files are pages, by the ends of their names, and what helps with other kinds of files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indexer.errors import FilesLeftAside, WrongKind

TEXT_SUFFIXES = (".txt", ".text", ".md", ".markdown")
RECORD_SUFFIXES = (".jsonl", ".ndjson")
SUFFIXES = (*TEXT_SUFFIXES, *RECORD_SUFFIXES)

_HELP: tuple[tuple[str, str, str], ...] = (
    (
        ".csv .tsv .xls .xlsx .ods .json .jsonld .parquet .sqlite .db",
        "convert them to .jsonl, one article a line",
        "请转换为 .jsonl，每行一篇文章",
    ),
    (".pdf", "extract their text, for instance with pdftotext", "请提取文本，例如用 pdftotext"),
    (
        ".doc .docx .rtf .odt .wps .pages .epub .mobi",
        "save them as plain text (.txt)",
        "请另存为纯文本（.txt）",
    ),
    (
        ".html .htm .xhtml .mht .mhtml .xml .alto .hocr",
        "convert them to .txt or .md, for instance with pandoc",
        "请转换为 .txt 或 .md，例如用 pandoc",
    ),
    (
        ".jpg .jpeg .png .tif .tiff .bmp .gif .webp .jp2 .heic .djvu",
        "recognise their text (OCR) and save it as .txt",
        "请做文字识别（OCR），存为 .txt",
    ),
    (".zip .gz .bz2 .xz .zst .7z .rar .tar .tgz", "unpack them", "请先解压"),
    (
        ".toml",
        "a file of metadata is named like its page, or pages.toml",
        "元数据文件须与版面同名，或名为 pages.toml",
    ),
)
_BY_SUFFIX = {
    suffix: (english, chinese) for names, english, chinese in _HELP for suffix in names.split()
}
_GENERAL = ("if they hold text, rename them to .txt", "如果是文本，请改名为 .txt")

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
        english, chinese = _BY_SUFFIX[suffix]
        raise WrongKind(path=path, suffix=suffix, help=english, help_zh=chinese)


def left_aside(path: Path, suffix: str, count: int) -> FilesLeftAside:
    """Say how many files of a kind were not read, and what helps."""
    english, chinese = _BY_SUFFIX.get(suffix, _GENERAL)
    return FilesLeftAside(
        path=path,
        suffix=suffix or "no suffix",
        suffix_zh=suffix or "无后缀",
        count=count,
        help=english,
        help_zh=chinese,
    )
