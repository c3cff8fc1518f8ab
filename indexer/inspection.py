"""Show how one page is read: its articles and blocks.

Nothing is indexed. This is what `chaquan inspect` prints and `indexer.inspect_page` returns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.build import find_page_warnings, understand_page
from indexer.errors import SourceError
from indexer.model import Article, Page, Paragraph, Span, line_numbers, line_spans
from indexer.pages import read_page
from indexer.pages.folders import list_pages
from indexer.pages.name_pattern import read_name, suggest_pattern
from indexer.pages.naming import make_sources
from indexer.places import load_tagger, name_then
from indexer.reading import add_printed_meta
from indexer.settings import Settings, make_settings


@dataclass(frozen=True, slots=True, repr=False)
class Inspection:
    """A page and its articles, their paragraphs included."""

    page: Page
    articles: tuple[Article, ...]
    warnings: tuple[SourceError, ...] = ()  # what was repaired or left out

    def __repr__(self) -> str:
        count = sum(len(article.paragraphs) for article in self.articles)
        return f"<Inspection {self.page.id[-120:]}: {len(self.articles)} articles, {count} blocks>"

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
            "warnings": [warning.to_dict() for warning in self.warnings],
            "articles": [self._article(article, lines) for article in self.articles],
        }

    def _article(self, article: Article, lines: Sequence[Span]) -> dict[str, object]:
        texts = {paragraph.number: paragraph.text for paragraph in article.paragraphs}
        return {
            "number": article.number,
            "title": article.title,
            "subtitle": article.subtitle,
            "kicker": article.kicker,
            "byline": article.byline,
            "credit": article.credit,
            "cities": list(article.cities),
            "pairs": [[pair.giver, pair.receiver] for pair in article.pairs],
            "statements": [
                {"paragraph": one.paragraph, **one.to_dict(texts[one.paragraph])}
                for pair in article.pairs
                for one in pair.evidence
            ],
            "blocks": [
                {
                    **_block(paragraph),
                    "lines": [list(line_numbers(lines, span)) for span in paragraph.spans],
                }
                for paragraph in article.paragraphs
            ],
        }


def _block(paragraph: Paragraph) -> dict[str, object]:
    return {
        "number": paragraph.number,
        "kind": paragraph.kind.value,
        "text": paragraph.text,
        "spans": [list(span) for span in paragraph.spans],
        "heading": paragraph.heading,
        "cities": list(paragraph.cities),
        "places": [
            {
                "city": mention.city,
                "evidence": mention.evidence,
                "name": name_then(mention.city, mention.evidence) or mention.city,
                "span": list(mention.span),
            }
            for mention in paragraph.mentions
        ],
        "duplicate_of": paragraph.duplicate_of,
        "truncated": paragraph.truncated and paragraph.truncated.value,
    }


def inspect_page(
    path: str | Path, *, settings: Settings | None = None, **options: object
) -> Inspection:
    """Read one page file and return how it is understood.

    Raises `SourceError` when the file cannot be read.
    """
    settings = settings or make_settings(**options)
    warnings: list[SourceError] = []
    page = add_printed_meta(read_page(Path(path), warnings.append))
    articles = understand_page(page, load_tagger(settings.places), settings)
    return Inspection(page, articles, (*warnings, *find_page_warnings(page)))


@dataclass(frozen=True, slots=True)
class FolderInspection:
    """The files of a folder: how many hold pages, what is passed over, how the names are made.

    `pattern` is what `name = "…"` in `pages.toml` could be, with what it says of the first file;
    None where no pattern fits nearly all names.
    """

    path: str
    files: int
    warnings: tuple[SourceError, ...]
    pattern: str | None = None
    example: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Return the inspection in the form of `inspect --json`."""
        return {
            "path": self.path,
            "files": self.files,
            "warnings": [warning.to_dict() for warning in self.warnings],
            "pattern": self.pattern,
            "example": dict(self.example),
        }


def inspect_folder(path: str | Path) -> FolderInspection:
    """List the files of a folder and look for the pattern of their names; no page is read.

    Raises `SourceMissing` or `SourceEmpty`.
    """
    warnings: list[SourceError] = []
    listing = list_pages(make_sources([Path(path)]), warnings.append)
    names = [name.rpartition("/")[2] for files in listing for _, name, _ in files.found]
    pattern = suggest_pattern(names)
    example = read_name(pattern, names[0]) if pattern else {}
    return FolderInspection(str(path), len(names), tuple(warnings), pattern, example)
