"""Full-text search for Chinese newspaper pages: the names the library exports.

    import indexer

    indexer.build_index(["seeds"], index="index")
    with indexer.open_index("index") as index:
        for hit in index.search("援疆 教育", city=["嘉兴"]):
            print(hit.title, hit.lines, hit.snippet.text)

Names are loaded when they are first used, so that `import indexer` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.analysis.interface_script import to_traditional
    from indexer.build import BuildReport, add_sources, build_index, remove_sources
    from indexer.checking import CheckReport, check_index
    from indexer.cite import (
        CITATION_FORMATS,
        Reference,
        find_citation_format,
        make_reference,
        say_missing,
        to_bibtex,
        to_csl,
        to_gbt7714,
        to_metadata,
        to_ris,
        write_citations,
    )
    from indexer.command_lines import write_search_call, write_search_command
    from indexer.engines import index_exists
    from indexer.engines.whoosh.mapped_file import survive_cuts
    from indexer.errors import (
        BadSetting,
        ChaquanError,
        NotFound,
        PastTheEnd,
        QueryError,
        StoreError,
        TooLong,
        UnknownField,
    )
    from indexer.export import (
        EXPORT_FORMATS,
        make_feed,
        to_atom,
        to_csv,
        to_json_lines,
        to_kwic_csv,
        to_names_csv,
        to_table_csv,
        write_export,
    )
    from indexer.inspection import FolderInspection, Inspection, inspect_folder, inspect_page
    from indexer.messages import Catalogue, Message, match_language, message
    from indexer.model import (
        FACETS,
        Article,
        Box,
        Correction,
        Document,
        FacetSpec,
        Kind,
        Mention,
        Page,
        PageMeta,
        PageRecord,
        Pair,
        Panel,
        Snippet,
        Sort,
        Span,
        Statement,
        enclose,
        find_regions,
        is_upright,
        line_spans,
        locate_spans,
        merge_ranges,
    )
    from indexer.pages.corrections import place_corrections
    from indexer.query import Note
    from indexer.query.describing import describe_query
    from indexer.query.form import FormFields, form_to_query, query_to_form
    from indexer.reading_report import ReadingReport, ReportedFile, read_report
    from indexer.relations import Relation, find_relations, to_gexf, to_relations_csv
    from indexer.search import (
        ArticleView,
        Edition,
        FacetValue,
        Hit,
        Index,
        PageSummary,
        Results,
        open_index,
    )
    from indexer.search.display import Kwic, to_kwic
    from indexer.search.marks import locate_in_page
    from indexer.search.name_table import MAX_NAMES_COUNTED, NameRow, split_names
    from indexer.search.quotes import QuoteCheck, Verdict
    from indexer.search.search_records import (
        Comparison,
        RecordedHit,
        SearchRecord,
        drop_defaults,
        make_digest,
        read_record,
    )
    from indexer.search.statistics_methods import COUNTABLE, Concordance
    from indexer.settings import Settings, fill_settings, find_config, make_settings
    from indexer.sheets import MAX_IMAGE_SIDE, SheetFile, find_sheet, measure_sheet, read_sheet
    from indexer.statistics import CONCORDANCE_SORTS, Cell, Counts, Neighbour, Neighbours
    from indexer.suggest import Reason, Suggestion, Suggestions
    from indexer.suggest.readings import read_word

_EXPORTS = {
    "analysis.interface_script": ("to_traditional",),
    "build": ("BuildReport", "add_sources", "build_index", "remove_sources"),
    "checking": ("CheckReport", "check_index"),
    "cite": (
        "CITATION_FORMATS",
        "Reference",
        "find_citation_format",
        "make_reference",
        "say_missing",
        "to_bibtex",
        "to_csl",
        "to_gbt7714",
        "to_metadata",
        "to_ris",
        "write_citations",
    ),
    "command_lines": ("write_search_call", "write_search_command"),
    "engines": ("index_exists",),
    "engines.whoosh.mapped_file": ("survive_cuts",),
    "errors": (
        "BadSetting",
        "ChaquanError",
        "NotFound",
        "PastTheEnd",
        "QueryError",
        "StoreError",
        "TooLong",
        "UnknownField",
    ),
    "export": (
        "EXPORT_FORMATS",
        "make_feed",
        "to_atom",
        "to_csv",
        "to_json_lines",
        "to_kwic_csv",
        "to_names_csv",
        "to_table_csv",
        "write_export",
    ),
    "inspection": ("FolderInspection", "Inspection", "inspect_folder", "inspect_page"),
    "messages": ("Catalogue", "Message", "match_language", "message"),
    "model": (
        "FACETS",
        "Article",
        "Box",
        "Correction",
        "Document",
        "FacetSpec",
        "Kind",
        "Mention",
        "Page",
        "PageMeta",
        "PageRecord",
        "Pair",
        "Panel",
        "Snippet",
        "Sort",
        "Span",
        "Statement",
        "enclose",
        "find_regions",
        "is_upright",
        "line_spans",
        "merge_ranges",
        "locate_spans",
    ),
    "search": (
        "ArticleView",
        "Edition",
        "FacetValue",
        "Hit",
        "Index",
        "PageSummary",
        "Results",
        "open_index",
    ),
    "query": ("Note",),
    "search.search_records": (
        "Comparison",
        "RecordedHit",
        "SearchRecord",
        "drop_defaults",
        "make_digest",
        "read_record",
    ),
    "search.marks": ("locate_in_page",),
    "sheets": ("MAX_IMAGE_SIDE", "SheetFile", "find_sheet", "measure_sheet", "read_sheet"),
    "search.quotes": ("QuoteCheck", "Verdict"),
    "pages.corrections": ("place_corrections",),
    "reading_report": ("ReadingReport", "ReportedFile", "read_report"),
    "relations": ("Relation", "find_relations", "to_gexf", "to_relations_csv"),
    "query.describing": ("describe_query",),
    "query.form": ("FormFields", "form_to_query", "query_to_form"),
    "search.display": ("Kwic", "to_kwic"),
    "search.name_table": ("MAX_NAMES_COUNTED", "NameRow", "split_names"),
    "search.statistics_methods": ("COUNTABLE", "Concordance"),
    "statistics": ("CONCORDANCE_SORTS", "Cell", "Counts", "Neighbour", "Neighbours"),
    "settings": ("Settings", "fill_settings", "find_config", "make_settings"),
    "suggest.readings": ("read_word",),
    "suggest": ("Reason", "Suggestion", "Suggestions"),
}
_MODULE_OF = {name: module for module, names in _EXPORTS.items() for name in names}

__all__ = [
    "CITATION_FORMATS",
    "CONCORDANCE_SORTS",
    "COUNTABLE",
    "EXPORT_FORMATS",
    "FACETS",
    "MAX_IMAGE_SIDE",
    "MAX_NAMES_COUNTED",
    "Article",
    "ArticleView",
    "BadSetting",
    "Box",
    "BuildReport",
    "Catalogue",
    "Cell",
    "ChaquanError",
    "CheckReport",
    "Comparison",
    "Concordance",
    "Correction",
    "Counts",
    "Document",
    "Edition",
    "FacetSpec",
    "FacetValue",
    "FolderInspection",
    "FormFields",
    "Hit",
    "Index",
    "Inspection",
    "Kind",
    "Kwic",
    "Mention",
    "Message",
    "NameRow",
    "Neighbour",
    "Neighbours",
    "NotFound",
    "Note",
    "Page",
    "PageMeta",
    "PageRecord",
    "PageSummary",
    "Pair",
    "Panel",
    "PastTheEnd",
    "QueryError",
    "QuoteCheck",
    "ReadingReport",
    "Reason",
    "RecordedHit",
    "Reference",
    "Relation",
    "ReportedFile",
    "Results",
    "SearchRecord",
    "Settings",
    "SheetFile",
    "Snippet",
    "Sort",
    "Span",
    "Statement",
    "StoreError",
    "Suggestion",
    "Suggestions",
    "TooLong",
    "UnknownField",
    "Verdict",
    "add_sources",
    "build_index",
    "check_index",
    "describe_query",
    "drop_defaults",
    "enclose",
    "fill_settings",
    "find_citation_format",
    "find_config",
    "find_regions",
    "find_relations",
    "find_sheet",
    "form_to_query",
    "index_exists",
    "inspect_folder",
    "inspect_page",
    "is_upright",
    "line_spans",
    "locate_in_page",
    "locate_spans",
    "make_digest",
    "make_feed",
    "make_reference",
    "make_settings",
    "match_language",
    "measure_sheet",
    "merge_ranges",
    "message",
    "open_index",
    "place_corrections",
    "query_to_form",
    "read_record",
    "read_report",
    "read_sheet",
    "read_word",
    "remove_sources",
    "say_missing",
    "split_names",
    "survive_cuts",
    "to_atom",
    "to_bibtex",
    "to_csl",
    "to_csv",
    "to_gbt7714",
    "to_gexf",
    "to_json_lines",
    "to_kwic",
    "to_kwic_csv",
    "to_metadata",
    "to_names_csv",
    "to_relations_csv",
    "to_ris",
    "to_table_csv",
    "to_traditional",
    "write_citations",
    "write_export",
    "write_search_call",
    "write_search_command",
]


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'indexer' has no attribute {name!r}")
    value = getattr(import_module(f"indexer.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
