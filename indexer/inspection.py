"""Show how one page is read: its articles and blocks.

Nothing is indexed. This is what `chaquan inspect` prints and `indexer.inspect_page` returns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

from indexer.arguments import check_arguments
from indexer.documents import understand_page
from indexer.errors import SourceError
from indexer.model import (
    Article,
    Page,
    Paragraph,
    Span,
    fields_to_json,
    find_line_range,
    line_spans,
    to_json,
)
from indexer.pages import read_listed, read_page
from indexer.pages.file_names import read_name, suggest_pattern
from indexer.pages.folders import FileBatch, list_pages
from indexer.pages.kinds import is_image
from indexer.pages.page_ids import make_sources
from indexer.pages.recognition import can_recognise
from indexer.pages.sidecar import read_folder_keys
from indexer.places import load_tagger, name_then
from indexer.reading import (
    REVIEW_REASONS,
    Join,
    Joins,
    add_printed_meta,
    find_page_warnings,
    find_reviews,
    read_articles,
)
from indexer.settings import Settings, override_settings

MAX_READ = 100
"""Files of a folder that are read, and pages of them."""


@dataclass(frozen=True, slots=True, repr=False)
class Inspection:
    """A page and its articles, their paragraphs included."""

    page: Page
    articles: tuple[Article, ...]
    warnings: tuple[SourceError, ...] = ()  # what was repaired or left out
    joins: Mapping[int, Join] = field(default_factory=dict)  # by where what was joined begins

    def __repr__(self) -> str:
        blocks = sum(len(article.paragraphs) for article in self.articles)
        return f"<Inspection {self.page.id[-120:]}: {len(self.articles)} articles, {blocks} blocks>"

    def to_dict(self) -> dict[str, object]:
        """Make the JSON of `inspect --json`."""
        meta = self.page.meta
        lines = line_spans(self.page.text)
        known = {name: getattr(meta, name) for name in meta.__slots__ if getattr(meta, name)}
        return {
            "page": self.page.id,
            "source": self.page.source,
            "encoding": self.page.encoding,
            "meta": known,
            "warnings": to_json(self.warnings),
            "articles": [self._article(article, lines) for article in self.articles],
        }

    def joins_of(self, paragraph: Paragraph) -> dict[int, Join]:
        """Return why a paragraph was joined, by the number of the span after each join."""
        starts = enumerate(span.start for span in paragraph.spans)
        return {number: self.joins[start] for number, start in starts if start in self.joins}

    def _article(self, article: Article, lines: Sequence[Span]) -> dict[str, object]:
        texts = {paragraph.number: paragraph.text for paragraph in article.paragraphs}
        return {
            **article.to_dict(),
            "statements": [
                {"paragraph": one.paragraph, **one.to_dict(texts[one.paragraph])}
                for pair in article.pairs
                for one in pair.evidence
            ],
            "blocks": [
                {
                    **_block(paragraph),
                    "lines": [list(find_line_range(lines, span)) for span in paragraph.spans],
                    "joins": [
                        {"span": number, **fields_to_json(join)}
                        for number, join in self.joins_of(paragraph).items()
                    ],
                }
                for paragraph in article.paragraphs
            ],
        }


def _block(paragraph: Paragraph) -> dict[str, object]:
    return {
        "number": paragraph.number,
        "kind": paragraph.kind.value,
        "text": paragraph.text,
        "spans": to_json(paragraph.spans),
        "heading": paragraph.heading,
        "cities": list(paragraph.cities),
        "places": [
            mention.to_dict() | {"name": name_then(mention.city, mention.evidence) or mention.city}
            for mention in paragraph.mentions
        ],
        "duplicate_of": paragraph.duplicate_of,
        "truncated": paragraph.truncated and paragraph.truncated.value,
    }


@check_arguments
def inspect_page(
    path: str | Path, *, settings: Settings | None = None, **options: object
) -> Inspection:
    """Read one page file and return how it is understood.

    Raises `SourceError` when the file cannot be read.
    """
    settings = override_settings(settings, **options)
    warnings: list[SourceError] = []
    page = add_printed_meta(read_page(Path(path), warnings.append))
    joins: Joins = {}
    articles = understand_page(page, load_tagger(settings.places), settings, joins)
    return Inspection(page, articles, (*warnings, *find_page_warnings(page)), joins)


@dataclass(frozen=True, slots=True)
class FolderInspection:
    """The files of a folder: what is passed over, how names are made, what is to be reviewed.

    `pattern` is what `name = "…"` in `pages.toml` could be, with what it says of the first file;
    None where no pattern fits nearly all names. `declared` is the pattern that `pages.toml` has.
    """

    path: str
    files: int
    warnings: tuple[SourceError, ...]
    pattern: str | None = None
    example: Mapping[str, str] = field(default_factory=dict)
    read: int = 0  # pages of the files that were read, spread over the folder
    reviews: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # pages by what to review
    declared: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the inspection in the form of `inspect --json`."""
        return fields_to_json(self)


@check_arguments
def inspect_folder(
    path: str | Path, *, settings: Settings | None = None, **options: object
) -> FolderInspection:
    """List the files of a folder, look for the pattern of their names, and read some of them.

    Raises `SourceMissing` or `SourceEmpty`.
    """
    settings = override_settings(settings, **options)
    warnings: list[SourceError] = []
    listing = list_pages(make_sources([Path(path)]), warnings.append)
    names = [name.rpartition("/")[2] for files in listing for _, name, _ in files.found]
    pattern = suggest_pattern(names)
    example = read_name(pattern, names[0]) if pattern else {}
    declared = _declared_pattern(listing)
    read = 0
    reviews: dict[str, list[str]] = {name: [] for name in REVIEW_REASONS}
    for page in islice(read_listed(_choose(listing), problem=warnings.append), MAX_READ):
        read += 1
        for name in _find_reviews(page, settings):
            reviews[name].append(page.id)
    found = {name: tuple(pages) for name, pages in reviews.items() if pages}
    return FolderInspection(
        str(path), len(names), tuple(warnings), pattern, example, read, found, declared
    )


def _declared_pattern(listing: Sequence[FileBatch]) -> str | None:
    """Return the pattern of names that `pages.toml` has for the first file, if it has one."""
    first = next((batch for batch in listing if batch.found), None)
    if first is None:
        return None
    declared = read_folder_keys(first.folder / first.found[0][0], first.source.path).get("name")
    return None if declared is None else str(declared)


def _choose(listing: Sequence[FileBatch]) -> list[FileBatch]:
    """Return `MAX_READ` of the files at most, at equal distances; none that is to be recognised."""
    kept = [[one for one in batch.found if not _is_scan(one[0])] for batch in listing]
    step = max(1, -(-sum(map(len, kept)) // MAX_READ))
    numbers = count()
    return [
        batch._replace(found=[one for one in found if next(numbers) % step == 0])
        for batch, found in zip(listing, kept, strict=True)
    ]


def _is_scan(name: str) -> bool:
    return is_image(name) or (can_recognise() and name.lower().endswith(".pdf"))


def _find_reviews(page: Page, settings: Settings) -> set[str]:
    """Return what is to be reviewed of a page (see `read_report`)."""
    page = add_printed_meta(page)
    articles = read_articles(page, cautious=settings.reading == "cautious")
    cut = any(block.truncated for article in articles for block in article.paragraphs)
    return {*find_reviews(page, articles), *(["cut"] if cut else [])}
