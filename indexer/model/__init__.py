"""Every type that flows from pages to results, in that order.

All values are frozen, with tuples inside; to change one, make one with `dataclasses.replace`.
Positions are counted in characters: a `Span` in the decoded source file of a page (BOM removed,
newlines unchanged), a mark or an evidence in the text of its own value. `printed` holds what came
off a page, `facets` the table of facets, `document_terms` what analysis makes of a page, `request`
what crosses the seam to the engines.
"""

from indexer.model.boxes import Box as Box
from indexer.model.boxes import SpanBox as SpanBox
from indexer.model.boxes import enclose as enclose
from indexer.model.boxes import find_regions as find_regions
from indexer.model.boxes import is_upright as is_upright
from indexer.model.boxes import pack_boxes as pack_boxes
from indexer.model.boxes import text_width as text_width
from indexer.model.boxes import unpack_boxes as unpack_boxes
from indexer.model.document_terms import ImpliedTerms as ImpliedTerms
from indexer.model.document_terms import Terms as Terms
from indexer.model.document_terms import choose_words as choose_words
from indexer.model.document_terms import imply_chars as imply_chars
from indexer.model.document_terms import imply_pairs as imply_pairs
from indexer.model.facets import DEFAULT_FACETS as DEFAULT_FACETS
from indexer.model.facets import FACETS as FACETS
from indexer.model.facets import FacetSpec as FacetSpec
from indexer.model.facets import Lookup as Lookup
from indexer.model.facets import Panel as Panel
from indexer.model.facets import list_editions as list_editions
from indexer.model.json_form import fields_to_json as fields_to_json
from indexer.model.json_form import to_cell as to_cell
from indexer.model.json_form import to_json as to_json
from indexer.model.printed import CORRECTED_READING as CORRECTED_READING
from indexer.model.printed import CROSSING_PLANE as CROSSING_PLANE
from indexer.model.printed import MAX_CROSSING_CHARS as MAX_CROSSING_CHARS
from indexer.model.printed import NO_FACETS as NO_FACETS
from indexer.model.printed import Article as Article
from indexer.model.printed import Correction as Correction
from indexer.model.printed import CrossedLines as CrossedLines
from indexer.model.printed import Crossing as Crossing
from indexer.model.printed import Document as Document
from indexer.model.printed import Kind as Kind
from indexer.model.printed import LineHint as LineHint
from indexer.model.printed import Mention as Mention
from indexer.model.printed import Page as Page
from indexer.model.printed import PageMeta as PageMeta
from indexer.model.printed import PageRecord as PageRecord
from indexer.model.printed import Pair as Pair
from indexer.model.printed import Paragraph as Paragraph
from indexer.model.printed import Part as Part
from indexer.model.printed import Sheet as Sheet
from indexer.model.printed import Snippet as Snippet
from indexer.model.printed import Stamp as Stamp
from indexer.model.printed import Statement as Statement
from indexer.model.printed import Truncation as Truncation
from indexer.model.printed import Unsure as Unsure
from indexer.model.printed import paragraph_id as paragraph_id
from indexer.model.request import HEAD_FIELDS as HEAD_FIELDS
from indexer.model.request import SENTENCE_ENDS as SENTENCE_ENDS
from indexer.model.request import WILDCARD_REACH as WILDCARD_REACH
from indexer.model.request import And as And
from indexer.model.request import Contains as Contains
from indexer.model.request import Dates as Dates
from indexer.model.request import Every as Every
from indexer.model.request import Filter as Filter
from indexer.model.request import Keyword as Keyword
from indexer.model.request import Literal as Literal
from indexer.model.request import LookAround as LookAround
from indexer.model.request import Match as Match
from indexer.model.request import Matches as Matches
from indexer.model.request import Near as Near
from indexer.model.request import Node as Node
from indexer.model.request import Not as Not
from indexer.model.request import Or as Or
from indexer.model.request import Request as Request
from indexer.model.request import Rerank as Rerank
from indexer.model.request import Sort as Sort
from indexer.model.request import Term as Term
from indexer.model.request import TextNode as TextNode
from indexer.model.request import Weighted as Weighted
from indexer.model.request import Wildcard as Wildcard
from indexer.model.spans import Span as Span
from indexer.model.spans import find_line_range as find_line_range
from indexer.model.spans import find_starts as find_starts
from indexer.model.spans import line_spans as line_spans
from indexer.model.spans import locate_spans as locate_spans
from indexer.model.spans import merge_ranges as merge_ranges
