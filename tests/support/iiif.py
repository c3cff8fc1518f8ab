"""Checks documents of IIIF against what Presentation 3.0 requires of each type.

Spec: https://iiif.io/api/presentation/3.0/ (section 3, requirements of properties). The documents
were also valid for the package iiif-prezi3 3.1, which asks for an old Pillow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

REQUIRED = {
    "Collection": ("id", "label", "items"),
    "Manifest": ("id", "label", "items"),
    "Canvas": ("id", "height", "width", "items"),
    "AnnotationPage": ("id", "items"),
    "Annotation": ("id", "motivation", "body", "target"),
    "Range": ("id", "items"),
    "Image": ("id", "format"),
    "Text": ("id", "label", "format"),
}
"""Properties by type; those of a reference in a collection or range are fewer."""

HELD = {
    "Collection": ("Collection", "Manifest"),
    "Manifest": ("Canvas",),
    "Canvas": ("AnnotationPage",),
    "AnnotationPage": ("Annotation",),
    "Range": ("Canvas", "Range"),
}
LANGUAGE_MAPS = ("label", "summary", "value")
ADDRESS = re.compile(r"https?://[!-~]+")


def faults(document: dict[str, Any], holder: str = "") -> Iterator[str]:
    """Yield what is wrong with a document and all in it."""
    kind = document.get("type", "")
    needed = ("id",) if holder in ("Range", "Collection") else REQUIRED.get(kind, ())
    yield from (f"{kind} has no {name}" for name in needed if name not in document)
    if not ADDRESS.fullmatch(document.get("id", "")):
        yield f"{kind} has the id {document.get('id')!r}"
    if kind == "Canvas" and holder != "Range" and min(document["width"], document["height"]) < 1:
        yield "a canvas has no size"
    yield from _language_faults(document)
    for item in document.get("items", ()):
        if item.get("type") not in HELD.get(kind, ()):
            yield f"{kind} holds {item.get('type')}"
        yield from faults(item, kind)
    for name in ("structures", "homepage", "rendering"):
        for one in document.get(name, ()):
            yield from faults(one, name)
    if isinstance(document.get("body"), dict):
        yield from faults(document["body"], kind)


def _language_faults(document: dict[str, Any]) -> Iterator[str]:
    for part in (document, *document.get("metadata", ())):
        for name in LANGUAGE_MAPS:
            value = part.get(name)
            if value is not None and not _is_language_map(value):
                yield f"{name} is {value!r}"


def _is_language_map(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(texts, list) and texts and all(isinstance(text, str) for text in texts)
        for texts in value.values()
    )
