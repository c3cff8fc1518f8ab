"""What layout models call the parts of a page, as kinds of ours."""

from __future__ import annotations

from indexer.model import Kind

_LABELS_BY_KIND = {
    Kind.HEADING: (
        "doc_title paragraph_title title section_header heading text_title content_title "
        "page_header_title headline subheadline head"
    ),
    Kind.CAPTION: (
        "figure_title table_title chart_title figure_table_chart_title caption image_caption "
        "table_caption chart_caption code_caption figure_caption vision_footnote image_footnote "
        "table_footnote figure_footnote"
    ),
    Kind.FURNITURE: (
        "header footer number page_number page_header page_footer header_image footer_image "
        "watermark aside_text seal signature_mark catch_word running_title discarded"
    ),
    Kind.TABLE: "table simple_table complex_table table_body table_row document_index",
    Kind.LIST: "list list_item list_group index reference reference_content ref_text",
    Kind.BYLINE: "byline author",
    Kind.CREDIT: "credit",
    Kind.NOTICE: "advertisement obituary",
}
"""Kinds with the labels of PP-StructureV3 and PP-DocLayout, MinerU, Docling, dots.ocr, Marker, PAGE
XML and METS; letters alone count.

Sources: PaddleX (layout_parsing/setting.py), MinerU (enum_class.py), docling-core (labels.py),
the PAGE schema of 2019-07-15 (TextTypeSimpleType), and the profile of METS/ALTO used by docWorks.
"""

KINDS_BY_LABEL = {
    label.replace("_", ""): kind
    for kind, names in _LABELS_BY_KIND.items()
    for label in names.split()
}

SKIPPED_LABELS = frozenset(("image", "image_body", "picture", "figure", "chart", "chart_body"))
"""Pictures: what tools give as their text may be a description that a model made."""


def find_kind(label: str) -> Kind | None:
    """Return the kind of a label; None for running text and for labels that are not known."""
    return KINDS_BY_LABEL.get(_letters(label))


def find_level(label: str) -> int:
    """Return the level of the heading that a label names, 0 for others."""
    if _letters(label) in ("doctitle", "title", "headline", "heading"):
        return 1
    return 2 if find_kind(label) is Kind.HEADING else 0


def _letters(label: str) -> str:
    return "".join(char for char in label.lower() if char.isalnum())
