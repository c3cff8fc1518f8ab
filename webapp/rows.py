"""Write lists of like rows: a row is rendered by its template once, then its values are put in.

A page of results has some two hundred values of facets; rendering each of them was half of the work
of its templates. Values are escaped as templates escape them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import compress

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from webapp.facet_views import ValueView
from webapp.site_texts import Texts, texts
from webapp.templating import escape_text

_FIELD_PLACEHOLDER = re.compile("\ue000(\\w+)\ue001")

VALUE_FIELDS = ("name", "keys", "number", "share", "url", "without")
VALUE_FLAGS = ("printed", "selected", "excluded")

escape_name = lru_cache(maxsize=20_000)(escape_text)
"""Escapes a name, which comes again on page after page."""


class RowWriter:
    """Writes the values of facets as rows of the templates of an application."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._pattern = cache(self._make_pattern)

    def _make_pattern(
        self, template: str, fields: tuple[str, ...], language: str, *flags: str
    ) -> str:
        """Render a row with a mark for each of its fields; return it as a pattern of `%`."""
        marks = {name: f"\ue000{name}\ue001" for name in fields}
        values = marks | dict.fromkeys(flags, True)
        row = self._environment.get_template(template).render(**values, t=texts(language))
        return _FIELD_PLACEHOLDER.sub(r"%(\1)s", row.replace("%", "%%"))

    def values(self, values: Iterable[ValueView], t: Texts) -> Markup:
        """Write values with their bars and links, in the language of the sentences."""
        return Markup("".join([self._value(value, t.language) for value in values]))  # noqa: S704

    def _value(self, value: ValueView, language: str) -> str:
        fields = VALUE_FIELDS if value.without else VALUE_FIELDS[:-1]
        flags = compress(VALUE_FLAGS, (value.printed, value.selected, value.excluded))
        return self._pattern("value.html", fields, language, *flags) % {
            "name": escape_name(value.name),
            "keys": escape_name(value.keys),
            "number": value.number,
            "share": value.share,
            "url": escape_text(value.url),
            "without": escape_text(value.without),
        }

    def options(self, values: Iterable[ValueView], chosen: Sequence[str]) -> Markup:
        """Write values as options to choose from, the first one chosen selected."""
        fields, first = ("value", "name"), chosen[0] if chosen else None
        plain, selected = (
            self._pattern("option.html", fields, "en", *flags) for flags in ((), ("selected",))
        )
        rows = [
            (selected if one.value == first else plain)
            % {"value": escape_name(one.value), "name": escape_name(one.name)}
            for one in values
        ]
        return Markup("".join(rows))  # noqa: S704


def add_rows(app: Flask) -> None:
    """Register the functions that write rows, for templates."""
    writer = RowWriter(app.jinja_env)
    app.jinja_env.globals |= {"value_rows": writer.values, "option_rows": writer.options}
