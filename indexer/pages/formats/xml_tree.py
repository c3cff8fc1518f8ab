"""Parse XML that may be hostile: no entities, no network, no document type of its own."""

from __future__ import annotations

import math
import re
from typing import Any

from lxml import etree

from indexer.messages import message
from indexer.pages.formats.page_lines import MAX_COORDINATE, BadFormat

_ENTITY_DECLARATION = re.compile(rb"<!ENTITY", re.IGNORECASE)


def parse_xml(data: bytes) -> Any:
    """Return the root element; of a file that is cut, what can be read.

    Raises `BadFormat`.
    """
    if _ENTITY_DECLARATION.search(data):
        raise BadFormat(message("reason.declares_entities"))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadFormat(message("reason.not_xml", error=str(error))) from error


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace, which versions change."""
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def find_all(element: Any, name: str) -> list[Any]:
    """Return the elements of a name below an element, whatever their namespace."""
    return list(element.iter(f"{{*}}{name}"))


def child_elements(element: Any, *names: str) -> list[Any]:
    """Return the children of an element that have one of the names."""
    return [child for child in element if local_name(child) in names]


def read_number(element: Any, name: str) -> float | None:
    """Return the finite number in an attribute; None where there is none."""
    try:
        value = float(element.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def read_pixels(element: Any, name: str) -> int:
    """Return the number of pixels in an attribute, 0 where there is none."""
    value = read_number(element, name) or 0
    return round(value) if 0 < value <= MAX_COORDINATE else 0
