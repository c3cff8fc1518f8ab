"""Settings of the site alone: where it is mounted, what is before it, how much it allows.

Made once by `create_app` from the environment (`CHAQUAN_WEB_<FIELD>`), the table `web` of
`chaquan.toml`, and defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer import fill_settings, find_config

VARIABLE_PREFIX = "CHAQUAN_WEB_"
SETTINGS_TABLE = "web"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Everything that can be set about the site, with its default."""

    prefix: str = ""  # the path the site is mounted under: "/archive"
    proxies: int = 0  # proxies before the server whose X-Forwarded headers are trusted
    rate: int = 0  # requests a minute for one client; 0 is any number
    hosts: str = ""  # names the site answers to, separated by blanks; "" is any
    access_log: int = 1  # 0 is silent
    log_format: str = "text"  # or "json": a line of JSON for each event
    metrics: bool = False  # answer /metrics, to anybody


def make_web_settings(
    environment: Mapping[str, str] | None = None, *, index: Path | None = None
) -> WebSettings:
    """Read the settings of a site over an index; raises `BadSetting` for what is no number."""
    config = find_config(environment, {"index": index}).group(SETTINGS_TABLE)
    return fill_settings(WebSettings, config, environment, prefix=VARIABLE_PREFIX)
