"""Make the documents of pages: read a page, tag its places, and give each paragraph its terms.

What a document holds decides what is found: its texts, where they were printed, its facets.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from indexer.analysis import (
    Analyzer,
    Sides,
    choose_others,
    is_matchable,
    make_tail,
    make_unsure_tail,
    normal_form,
)
from indexer.model import (
    CORRECTED_READING,
    FACETS,
    Article,
    Correction,
    CrossedLines,
    Crossing,
    Document,
    Page,
    PageRecord,
    Paragraph,
    Span,
    Stamp,
    Unsure,
    find_line_range,
    line_spans,
    list_editions,
    locate_spans,
    paragraph_id,
)
from indexer.places import Tagger, ancestors, load_tagger, tag_article
from indexer.reading import (
    Joins,
    add_printed_meta,
    find_crossings,
    find_reviews,
    iterate_articles,
    model_digest,
)
from indexer.settings import Settings
from indexer.suggest.lookalikes import look_alikes

MAX_LOOKALIKES = 4
"""Characters that one without another reading is taken for: they are the right one of 17 in 100
misread characters, 10 of 25 in 100; those that the engine considered are of 57."""

MIN_OTHERS, CHARS_PER_OTHER = 8, 6
"""Other characters that are searched for in a paragraph at least, and one more for so many of its
own: each takes nine characters of the index. A page of which more is unsure is hardly read."""

DOCUMENT_FORMAT = 1
"""Goes up when documents or what an engine stores of them change their form."""


def understand_page(
    page: Page, tagger: Tagger, settings: Settings, joins: Joins | None = None
) -> tuple[Article, ...]:
    """Read a page's articles and tag the places they name; `joins` gets why texts were joined."""
    cautious, date = settings.reading == "cautious", page.meta.date
    articles = iterate_articles(page, {} if joins is None else joins, cautious=cautious)
    return tuple(tag_article(article, tagger, date=date) for article in articles)


_Located = TypeVar("_Located", Correction, Unsure)


def _locate(found: Sequence[_Located], paragraph: Paragraph) -> Iterator[_Located]:
    """Yield what a page has of a paragraph, by its place in its text; `found` is in page order."""
    offsets = locate_spans(paragraph.text, paragraph.spans) if found else ()
    for offset, span in zip(offsets, paragraph.spans, strict=False):
        first = bisect_left(found, span.start, key=lambda one: one.span.start)
        for one in found[first:]:
            if one.span.end > span.end:
                break
            start = one.span.start - span.start + offset
            end = start + one.span.end - one.span.start
            yield one._replace(span=Span(start, end))


def _find_unsure(page: Page, paragraph: Paragraph) -> Iterator[Unsure]:
    """Yield each unsure character of a paragraph with those that may be searched for in its place.

    Where the engine considered no other they are its look-alikes.
    """
    for span, others in _locate(page.unsure, paragraph):
        for at in range(*span):
            char = paragraph.text[at]
            alike = look_alikes(normal_form(char))
            likely = others or (alike.tight + alike.loose)[:MAX_LOOKALIKES]
            yield Unsure(Span(at, at + 1), choose_others(char, likely))


def _limit_others(unsure: Sequence[Unsure], length: int) -> tuple[Unsure, ...]:
    """Keep the likeliest other characters: of each one, then the second of each, and so on."""
    ranked = sorted((rank, at) for at, one in enumerate(unsure) for rank in range(len(one.others)))
    kept = Counter(at for _, at in ranked[: MIN_OTHERS + length // CHARS_PER_OTHER])
    return tuple(one._replace(others=one.others[: kept[at]]) for at, one in enumerate(unsure))


def make_corrected(document: Document, head: str, analyzer: Analyzer) -> Document:
    """Make the document of a paragraph as it reads with its corrections.

    It repeats the printed one, so that a paragraph that matches in both readings is found once.
    """
    pieces, corrections, at, length = [], [], 0, 0
    for one in sorted(document.corrections):
        before = document.text[at : one.span.start]
        start = length + len(before)
        length, at = start + len(one.read), one.span.end
        pieces += [before, one.read]
        corrections.append(one._replace(span=Span(start, length)))
    text = "".join((*pieces, document.text[at:]))
    terms = analyzer.terms(text, head, "")
    return replace(
        document,
        id=paragraph_id(document.page, document.article, document.number + CORRECTED_READING),
        number=document.number + CORRECTED_READING,
        text=text,
        folded=terms.folded,
        original=document.id,
        mentions=(),
        crossings=(),
        corrections=tuple(corrections),
        unsure=(),
        terms=terms,
    )


def _sides(page: Page, paragraph: Paragraph, crossing: Crossing) -> Sides:
    """Return what is printed before and after a line end that the paragraph's text leaves."""
    end, spans, glued = crossing
    after = " ".join(page.text[slice(*span)] for span in spans)
    last = end == len(paragraph.text) and not glued
    return Sides(paragraph.text[:end], after, last, glued)


def _crossed_lines(lines: Sequence[Span], crossing: Crossing) -> CrossedLines:
    (first, _), (_, last) = (find_line_range(lines, crossing.spans[at]) for at in (0, -1))
    return CrossedLines(crossing.end, first, last)


class PageMaker:
    """Makes of a page what an engine keeps; travels to another process as its settings alone."""

    def __init__(self, settings: Settings, *, cutter: str | None = None) -> None:
        self.settings = settings
        self.analyzer = Analyzer(settings, cutter=cutter)
        self.tagger = load_tagger(settings.places)

    def __reduce__(self) -> tuple[object, ...]:
        return partial(PageMaker, cutter=self.analyzer.cutter), (self.settings,)

    @property
    def stamp(self) -> Stamp:
        """With what pages are made."""
        cut = self.analyzer.version, self.analyzer.cutter, self.analyzer.dictionary
        reading = f"{self.settings.reading} {model_digest()}"
        return Stamp(DOCUMENT_FORMAT, *cut, self.tagger.digest, reading, facets=" ".join(FACETS))

    def __call__(self, page: Page) -> tuple[PageRecord, list[Document]]:
        """Read a page, tag it, and make its record and its documents."""
        page = add_printed_meta(page)
        articles = understand_page(page, self.tagger, self.settings)
        review, lines = find_reviews(page, articles), line_spans(page.text)
        crossings = find_crossings(page, articles)
        documents: list[Document] = []
        for article in articles:
            for paragraph in article.paragraphs:
                facets = make_facets(page, article, paragraph, self.settings.places, review)
                ends = crossings.get(paragraph.id, ())
                documents += self._make_documents(page, article, paragraph, lines, ends, facets)
        bare = tuple(replace(article, paragraphs=()) for article in articles)
        return PageRecord(page, bare), documents

    def _make_documents(
        self,
        page: Page,
        article: Article,
        paragraph: Paragraph,
        lines: Sequence[Span],
        crossings: Sequence[Crossing],
        facets: Mapping[str, tuple[str, ...]],
    ) -> Iterator[Document]:
        """Yield the document of a paragraph, its terms made, and the one that corrects it.

        `lines` are those of the page's text, `crossings` the line ends of the paragraph.
        """
        title = article.title or page.meta.title
        above = tuple(filter(None, (article.kicker, title, article.subtitle)))
        head = "。".join(filter(None, (*above, paragraph.heading)))
        ends = [(one, _sides(page, paragraph, one)) for one in crossings]
        ends = [(one, sides) for one, sides in ends if is_matchable(sides)]
        unsure = _limit_others(list(_find_unsure(page, paragraph)), len(paragraph.text))
        tail = make_tail(sides for _, sides in ends) + make_unsure_tail(paragraph.text, unsure)
        terms = self.analyzer.terms(paragraph.text, head, tail)
        document = Document(
            id=paragraph.id,
            page=page.id,
            article=article.number,
            number=paragraph.number,
            kind=paragraph.kind,
            text=paragraph.text,
            folded=terms.folded,
            spans=paragraph.spans,
            lines=tuple(find_line_range(lines, span) for span in paragraph.spans),
            title=title,
            heading=paragraph.heading,
            mentions=paragraph.mentions,
            original=_original(paragraph),
            truncated=paragraph.truncated,
            meta=page.meta,
            facets=facets,
            heads=_heads(above, paragraph.heading, article.byline),
            crossings=tuple(_crossed_lines(lines, one) for one, _ in ends),
            scanned=bool(page.boxes),
            corrections=tuple(_locate(page.corrections, paragraph)),
            unsure=unsure,
            terms=terms,
        )
        yield document
        if document.corrections:
            yield make_corrected(document, head, self.analyzer)


def make_facets(
    page: Page,
    article: Article,
    paragraph: Paragraph,
    places: Path | None = None,
    review: tuple[str, ...] = (),
) -> Mapping[str, tuple[str, ...]]:
    """Collect the values a paragraph carries in each facet; facets without a value are left out."""
    regions = (path for city in paragraph.cities for path in ancestors(city, places))
    facets = {
        "city": paragraph.cities,
        "region": tuple(dict.fromkeys(regions)),
        "article_city": article.cities,
        "kind": (paragraph.kind.value,),
        "page": (page.id,),
        "author": tuple(dict.fromkeys((article.byline or "").split())),
        "pair": _stated_pairs(article, paragraph),
        "newspaper": tuple(filter(None, [page.meta.newspaper])),
        "edition": list_editions(page.meta.edition or ""),
        "year": tuple(filter(None, [(page.meta.date or "")[:4]])),
        "review": (*review, *(("cut",) if paragraph.truncated else ())),
    }
    return {
        name: tuple(dict.fromkeys(map(FACETS[name].canonical, values)))
        for name, values in facets.items()
        if values
    }


def _stated_pairs(article: Article, paragraph: Paragraph) -> tuple[str, ...]:
    """Return the pairs that the paragraph, or the one it repeats, states."""
    number = paragraph.duplicate_of or paragraph.number
    return tuple(
        f"{pair.giver}→{pair.receiver}"
        for pair in article.pairs
        if any(statement.paragraph == number for statement in pair.evidence)
    )


def _heads(
    above: tuple[str, ...], heading: str | None, byline: str | None
) -> Mapping[str, tuple[str, ...]]:
    whole = ("".join(above),) if len(above) > 1 else ()  # a word may be parted by a line end
    lines = {"title": (*above, *whole), "heading": (heading,), "author": (byline,)}
    heads = {name: tuple(map(normal_form, filter(None, values))) for name, values in lines.items()}
    return {name: values for name, values in heads.items() if values}


def _original(paragraph: Paragraph) -> str | None:
    if paragraph.duplicate_of is None:
        return None
    return paragraph_id(paragraph.page, paragraph.article, paragraph.duplicate_of)
