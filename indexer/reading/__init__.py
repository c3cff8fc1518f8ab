"""Read a page: its articles with their paragraphs, in reading order.

A page passes these stages; each returns one type, and all get the page's profile:

1. lines (`lines`, `markdown`, `hints`): text -> `Line`, with its spans, the gap above it, indent
   and what its source says of it: kind, level of a heading, block, pictures beside it.
2. page profile (`profile`, `masthead`): lines -> `PageProfile`, how this page is set: broken at
   which widths, with which end marks, gaps, signs and heads, each with its confidence. What is
   not sure is left as it is printed. Stage 3, and all guessing of stages 4 and 5, is left out where
   the source marks heads and paragraphs.
3. whole lines (`whole_lines`, `repeats`): printed lines -> lines that are paragraphs or pieces of
   them; columns that were read twice are set apart.
4. line roles (`roles`; by form `patterns`, `furniture`; by neighbours `captions`,
   `first_pieces`): lines -> `Kind`.
5. articles (`heads`, put together in `drafts`): lines and kinds -> `Piece` -> `Draft`, one for
   each article, its head named.
6. joins and order (`joins`, `reading_order`, `continuation` with its scores): pieces -> groups of
   pieces, in reading order. Only an open end is joined, and only where the profile says that open
   ends are cuts.
7. paragraphs (`blocks`, `line_ends`, `interrupted_lines`): groups -> `Paragraph`, numbered, with
   its text.

Stages 3 and 6 keep why they joined what they joined (`join_reasons`), for whoever inspects a page.

Long pages pass the stages in sections, and one of too many lines is left as printed (`sections`).
Weights and thresholds that were fitted are in `model.json` (`fitted_weights`); `tests/training`
fits them. `page_meta` completes a page's metadata by what its own head says.
"""

from indexer.reading.blocks import iterate_articles as iterate_articles
from indexer.reading.blocks import read_articles as read_articles
from indexer.reading.fitted_weights import model_digest as model_digest
from indexer.reading.interrupted_lines import find_crossings as find_crossings
from indexer.reading.join_reasons import Join as Join
from indexer.reading.join_reasons import Joins as Joins
from indexer.reading.page_meta import REVIEW_REASONS as REVIEW_REASONS
from indexer.reading.page_meta import add_printed_meta as add_printed_meta
from indexer.reading.page_meta import find_page_warnings as find_page_warnings
from indexer.reading.page_meta import find_reviews as find_reviews
