"""Write citations of documents: GB/T 7714—2015, BibTeX, RIS, CSL-JSON, `citation_*` metadata.

A citation leads to the printed lines. What the page does not carry is left out and named in
`Reference.missing`; nothing is guessed.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from indexer.arguments import check_arguments, check_choice
from indexer.messages import message
from indexer.model import Document, merge_ranges

CITATION_FIELDS = ("title", "author", "newspaper", "date", "edition", "url")
"""Fields of a newspaper citation in the order of GB/T 7714; rows `citation.NAME` name them."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known of a printed passage; `None` and empty are openly unknown.

    `lines` are the first and last line of each piece in the text of the page, `accessed` the
    day on which the reader saw the address (only the reader can say).
    """

    id: str
    page: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    newspaper: str | None = None
    date: str | None = None  # ISO 8601, to the day, the month or the year
    edition: str | None = None
    url: str | None = None
    lines: tuple[tuple[int, int], ...] = ()
    accessed: datetime.date | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the `CITATION_FIELDS` that the page does not carry."""
        attributes = {name: name for name in CITATION_FIELDS} | {"author": "authors"}
        return tuple(name for name, one in attributes.items() if not getattr(self, one))

    @property
    def locator(self) -> str:
        """The page's text and the lines in it: `003 第12—14, 18行`."""
        ranges = ", ".join(f"{a}" if a == b else f"{a}—{b}" for a, b in self.lines)
        return f"{self.page} 第{ranges}行" if ranges else self.page


def make_reference(
    document: Document, *, url: str | None = None, accessed: datetime.date | None = None
) -> Reference:
    """Gather what a document and its page say of themselves.

    `url` is where the reader can see the passage when the page carries no address of its own.
    """
    meta = document.meta
    return Reference(
        id=document.id,
        page=document.page,
        title=_one_line(document.title or meta.title),
        authors=tuple(name for name in map(_one_line, document.facets.get("author", ())) if name),
        newspaper=_one_line(meta.newspaper),
        date=meta.date or None,
        edition=_plain_edition(_one_line(meta.edition)),
        url=_one_line(meta.url or url),
        lines=merge_ranges(document.lines),
        accessed=accessed,
    )


def say_missing(reference: Reference, language: str = "en") -> str:
    """Return a sentence on what the page does not carry, nothing when it carries everything."""
    missing = reference.missing
    if not missing:
        return ""
    fields = tuple(message(f"citation.{name}") for name in missing)
    return message("citation.missing", fields=fields).sentence(language)


@lru_cache(maxsize=1_000)
@check_arguments
def say_edition(edition: str, language: str = "en") -> str:
    """Write a bare number as an edition (第3版); what already says it is one stays as it is."""
    if not (edition.isalnum() and edition.isascii()):
        return edition
    return message("meta.edition", number=edition.lstrip("0") or edition).sentence(language)


# ---------------------------------------------------------------- the formats


def to_gbt7714(reference: Reference) -> str:
    """Write a newspaper article after GB/T 7714—2015.

    The form is `作者. 题名[N]. 报纸, 日期(版次)`, with `[N/OL]` and the address of what is online.
    More than three authors end in `等`. The standard has no field for lines, so they come last,
    with the name of the text they are counted in.
    """
    kind = "[N/OL]" if reference.url else "[N]"
    seen = f"[{_day(reference)}]" if _day(reference) else ""
    edition = f"({reference.edition})" if reference.edition else ""
    issue = ", ".join(filter(None, (reference.newspaper, reference.date))) + edition
    authors = reference.authors
    first = ", ".join((*authors[:3], "等") if len(authors) > 3 else authors)
    parts = (first, f"{reference.title or ''}{kind}", issue + seen)
    return ". ".join(filter(None, (*parts, reference.url, reference.locator))) + "."


def to_bibtex(reference: Reference) -> str:
    """Write a BibTeX entry, `@article` of a known newspaper and `@misc` otherwise."""
    known = {
        "title": _braced(reference.title),
        "author": " and ".join(f"{{{escape_tex(name)}}}" for name in reference.authors),
        "journal": escape_tex(reference.newspaper or ""),
        "date": reference.date or "",
        "year": (reference.date or "")[:4],
        "month": (reference.date or "")[5:7].lstrip("0"),
        "pages": escape_tex(reference.edition or ""),
        "url": _tex_url(reference.url or ""),
        "urldate": _day(reference),
        "note": escape_tex(reference.locator),
        "langid": "chinese",
    }
    entry = "article" if reference.newspaper else "misc"
    lines = [f"  {name} = {{{value}}}," for name, value in known.items() if value]
    return "\n".join((f"@{entry}{{{_tex_key(reference.id)},", *lines, "}", ""))


def to_ris(reference: Reference) -> str:
    """Write a RIS record of type NEWS; lines end in CR LF as the format asks."""
    known = (
        ("TY", "NEWS"),
        ("ID", reference.id),
        ("TI", reference.title),
        *(("AU", name) for name in reference.authors),
        ("T2", reference.newspaper),
        ("DA", _ris_date(reference.date)),
        ("PY", (reference.date or "")[:4]),
        ("SP", reference.edition),
        ("UR", reference.url),
        ("Y2", _day(reference).replace("-", "/")),
        ("N1", reference.locator),
        ("LA", "zh"),
    )
    lines = [f"{tag}  - {value}" for tag, value in known if value]
    return "\r\n".join((*lines, "ER  - ", ""))


def to_csl(reference: Reference) -> dict[str, object]:
    """Make a CSL-JSON item (`article-newspaper`); names are literal, they are never split."""
    known: dict[str, object] = {
        "id": reference.id,
        "type": "article-newspaper",
        "title": reference.title,
        "author": [{"literal": name} for name in reference.authors],
        "container-title": reference.newspaper,
        "issued": _date_parts(reference.date),
        "page": reference.edition,
        "URL": reference.url,
        "accessed": _date_parts(_day(reference)),
        "language": "zh-CN",
        "note": reference.locator,
    }
    return {name: value for name, value in known.items() if value}


def to_metadata(reference: Reference) -> tuple[tuple[str, str], ...]:
    """Make the name and content of `<meta>` tags: Highwire's, and Zotero's own item type.

    Zotero reads `z:itemType` before it guesses a journal article from `citation_journal_title`.
    """
    known = (
        ("z:itemType", "newspaperArticle"),
        ("citation_title", reference.title),
        *(("citation_author", name) for name in reference.authors),
        ("citation_journal_title", reference.newspaper),
        ("citation_publication_date", (reference.date or "").replace("-", "/")),
        ("citation_firstpage", reference.edition),
        ("citation_public_url", reference.url),
        ("citation_language", "zh-CN"),
    )
    return tuple((name, content) for name, content in known if content)


class CitationFormat(NamedTuple):
    """A way to write citations: of one reference, and of many in one file."""

    write: Callable[[Reference], str]
    media_type: str
    suffix: str
    opening: str = ""  # of a file of many
    separator: str = ""
    closing: str = ""


CITATION_FORMATS: Mapping[str, CitationFormat] = MappingProxyType(
    {
        "gbt7714": CitationFormat(to_gbt7714, "text/plain", "txt", separator="\n", closing="\n"),
        "bibtex": CitationFormat(to_bibtex, "application/x-bibtex", "bib", separator="\n"),
        "ris": CitationFormat(to_ris, "application/x-research-info-systems", "ris"),
        "csl": CitationFormat(
            lambda reference: json.dumps(to_csl(reference), ensure_ascii=False, indent=2),
            "application/vnd.citationstyles.csl+json",
            "json",
            *("[\n", ",\n", "\n]\n"),
        ),
    }
)
"""Every format of citations, by the name that addresses and commands use."""


@check_arguments
def find_citation_format(name: str) -> CitationFormat:
    """Return one of `CITATION_FORMATS`; raises `UnknownField` for another name."""
    check_choice(name, CITATION_FORMATS, "citation_format")
    return CITATION_FORMATS[name]


def write_citations(references: Iterable[Reference], name: str) -> Iterator[str]:
    """Yield a file of citations in one of `CITATION_FORMATS`, piece by piece."""
    form = find_citation_format(name)
    written = map(form.write, references)
    yield form.opening + next(written, "")  # an error before the first one is no broken file
    for one in written:
        yield form.separator + one
    yield form.closing


# ---------------------------------------------------------------- helpers

_TEX_NAMES = {
    "\\": "backslash", "{": "braceleft", "}": "braceright", "~": "asciitilde", "^": "asciicircum",
}  # fmt: skip
TEX_ESCAPES = str.maketrans(
    {char: f"\\text{name}{{}}" for char, name in _TEX_NAMES.items()}
    | {char: f"\\{char}" for char in "#$%&_"}
)


def escape_tex(text: str) -> str:
    """Escape the ten characters that mean something to TeX.

    BibTeX counts braces before TeX does, escaped ones too: one in a title would end the field.
    """
    return text.translate(TEX_ESCAPES)


def _tex_url(url: str) -> str:
    """Keep an address verbatim but for what would end or break the field."""
    unsafe: dict[str, str | int | None] = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"}
    return url.translate(str.maketrans(unsafe))


def _tex_key(name: str) -> str:
    """Name an entry with letters, digits and `:._-/+` alone, different for different ids."""
    return re.sub(r"[^A-Za-z0-9:._/+-]", lambda found: f"+{ord(found[0]):x}+", name)


def _braced(title: str | None) -> str:
    """Brace a title once more, so that no style changes the case of Latin letters in it."""
    return f"{{{escape_tex(title)}}}" if title else ""


def _day(reference: Reference) -> str:
    return reference.accessed.isoformat() if reference.url and reference.accessed else ""


def _ris_date(iso: str | None) -> str:
    """Write `YYYY/MM/DD/`, with what is unknown left empty between the slashes."""
    return "/".join([*iso.split("-"), "", "", ""][:3]) + "/" if iso else ""


def _date_parts(iso: str | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[int(part) for part in iso.split("-")]]} if iso else None


def _one_line(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None


def _plain_edition(edition: str | None) -> str | None:
    """Extract the number of an edition: 04 for 第04版, as GB/T 7714 cites it in parentheses.

    The facet counts 04, 4 and 四 as one (`canonical_edition`); a citation keeps what is printed.
    """
    number = re.fullmatch(r"第?\s*([0-9A-Za-z]+)\s*版", edition or "")
    return number[1] if number else edition
