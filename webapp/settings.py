"""Settings of the face alone: where it is mounted, who stands before it, how much it allows.

Made once by `create_app` from arguments, environment (`CHAQUAN_WEB_<FIELD>`) and defaults.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from indexer import BadSetting, message


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Everything that can be set about the face, with its default."""

    prefix: str = ""  # the path the site is mounted under: "/archive"
    proxies: int = 0  # proxies before the server whose X-Forwarded headers are believed
    rate: int = 0  # requests a minute for one client; 0 is any number
    hosts: str = ""  # names the site answers to, separated by blanks; "" is any
    access_log: int = 1  # 0 is silent


def make_web_settings(environment: Mapping[str, str] | None = None) -> WebSettings:
    """Read the settings from the environment; raises `BadSetting` for what is no number."""
    environment = os.environ if environment is None else environment
    values: dict[str, str | int] = {}
    for setting in fields(WebSettings):
        given = environment.get(f"CHAQUAN_WEB_{setting.name.upper()}")
        if given is not None:
            values[setting.name] = given if setting.type == "str" else _number(setting.name, given)
    return WebSettings(**values)  # type: ignore[arg-type]


def _number(name: str, given: str) -> int:
    if not (given.isascii() and given.isdigit()):
        wanted = message("wanted.number")
        raise BadSetting(name=f"CHAQUAN_WEB_{name.upper()}", given=given, wanted=wanted)
    return int(given)
