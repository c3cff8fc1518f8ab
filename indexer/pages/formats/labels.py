"""What layout models call the parts of a page, as kinds of ours."""

from __future__ import annotations

from indexer.model import Kind

_LABELS_BY_KIND = {
    Kind.HEADING: (
        "doc_title paragraph_title title section_header heading text_title content_title "
        "page-header-title headline subheadline sub_headline head"
    ),
    Kind.CAPTION: (
        "figure_title table_title chart_title figure_table_chart_title caption image_caption "
        "table_caption chart_caption code_caption figure_caption vision_footnote image_footnote "
        "table_footnote figure_footnote"
    ),
    Kind.FURNITURE: (
        "header footer number page_number page_header page_footer header_image footer_image "
        "page-number watermark aside_text seal signature-mark catch-word running_title discarded"
    ),
    Kind.TABLE: "table table_body table_row document_index",
    Kind.LIST: "list list_item index reference reference_content ref_text",
    Kind.BYLINE: "byline author",
    Kind.CREDIT: "credit",
    Kind.NOTICE: "advertisement obituary",
}
"""Kinds with the labels of PP-StructureV3 and PP-DocLayout, MinerU, Docling, PAGE XML and METS.

Sources: PaddleX (layout_parsing/setting.py), MinerU (enum_class.py), docling-core (labels.py),
the PAGE schema of 2019-07-15 (TextTypeSimpleType), and the profile of METS/ALTO used by docWorks.
"""

KINDS_BY_LABEL = {
    label: kind for kind, labels in _LABELS_BY_KIND.items() for label in labels.split()
}

SKIPPED_LABELS = frozenset(
    [
        "image",
        "picture",
        "figure",
        "chart",
        "formula",
        "formula_number",
        "equation",
        "interline_equation",
    ]
)
"""Parts without text of their own."""


def find_kind(label: str) -> Kind | None:
    """Return the kind of a label; None for running text and for labels that are not known."""
    return KINDS_BY_LABEL.get(label.strip().lower())


def find_level(label: str) -> int:
    """Return the level of the heading that a label names, 0 for others."""
    label = label.strip().lower()
    if label in ("doc_title", "title", "headline", "heading"):
        return 1
    return 2 if find_kind(label) is Kind.HEADING else 0
