"""The application factory and the table of routes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from indexer import Index, Settings, make_settings, open_index
from webapp import (
    api,
    comparing,
    downloads,
    error_handlers,
    iiif,
    iiif_search,
    issues,
    reading_views,
    search_page,
    service_pages,
    sheet_page,
    statistics_page,
)
from webapp.addresses import Addresses
from webapp.context import INDEX_EXTENSION, AppContext, public_path
from webapp.http_compression import compress_answers
from webapp.metrics import count_requests
from webapp.security import ForwardedHeaders, Mounted, guard
from webapp.site_texts import LANGUAGE_NAMES
from webapp.templating import PageEnvironment
from webapp.web_settings import WebSettings, make_web_settings

View = Callable[..., Response]

ROUTES: tuple[tuple[str, View], ...] = (
    ("/", search_page.search_page),
    ("/compose", search_page.compose_query),
    ("/values/<facet>", search_page.values_page),
    ("/issues", issues.issues_page),
    ("/articles/<path:page>/<int:article>", reading_views.article_page),
    ("/pages/<path:page>", reading_views.source_page),
    ("/pages/<path:page>/sheet", sheet_page.sheet_page),
    ("/images/<path:page>", sheet_page.sheet_image),
    ("/iiif/collection", iiif.collection),
    ("/iiif/collection/<path:newspaper>", iiif.newspaper_collection),
    ("/iiif/collection/<path:newspaper>/<int(fixed_digits=4):year>", iiif.year_collection),
    ("/iiif/issues/<path:newspaper>/<date>/manifest", iiif.issue_manifest),
    (
        f"/iiif/issues/<path:newspaper>/<date>/{iiif_search.SEARCH_SERVICE_RULE}",
        iiif_search.issue_search,
    ),
    ("/iiif/pages/<path:page>/manifest", iiif.page_manifest),
    ("/iiif/pages/<path:page>/canvas", iiif.canvas),
    (f"/iiif/pages/<path:page>/{iiif_search.SEARCH_SERVICE_RULE}", iiif_search.page_search),
    ("/raw/<path:page>", reading_views.raw_page),
    ("/cite/<path:page>/<int:article>/<int:paragraph>", downloads.cite_page),
    ("/count", statistics_page.count_page),
    ("/tables/<name>.csv", statistics_page.table),
    ("/names", statistics_page.names_page),
    ("/compare", comparing.compare_page),
    ("/export.atom", downloads.export_atom),
    ("/export.<form>", downloads.export),
    ("/opensearch.xml", downloads.opensearch),
    ("/help", service_pages.help_page),
    ("/report", service_pages.report_page),
    ("/healthz", service_pages.healthz),
    ("/readyz", service_pages.readyz),
    ("/robots.txt", service_pages.robots),
    ("/sitemap.xml", service_pages.sitemap_index),
    ("/sitemaps/<int:number>.xml", service_pages.sitemap),
    ("/favicon.ico", service_pages.favicon),
    ("/openapi.json", api.openapi),
    ("/api/v1/search", api.search),
    ("/api/v1/count", statistics_page.count_json),
    ("/api/v1/compare", comparing.compare_json),
    ("/api/v1/suggest", api.suggest),
    ("/api/v1/articles/<path:page>/<int:article>", api.article),
    ("/api/v1/pages/<path:page>", api.page),
    ("/api/v1/report", service_pages.report_json),
)

YEAR_SECONDS = 365 * 24 * 3600


def create_app(
    settings: Settings | None = None,
    *,
    index: Index | str | Path | None = None,
    web: WebSettings | None = None,
) -> Flask:
    """Make the application over an open index, over an index folder, or over what is set.

    The index is opened when it is first needed; one that is passed in stays the caller's to close.
    """
    passed = index if isinstance(index, Index) else None
    chosen = passed.settings if passed else settings or make_settings(index=index)
    if isinstance(index, str | Path):
        chosen = replace(chosen, index=Path(index))
    web = make_web_settings(index=chosen.index) if web is None else web
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["TRUSTED_HOSTS"] = web.hosts.split() or None
    app.config["TRUSTED_PROXIES"], app.config["URL_PREFIX"] = web.proxies, _prefix(web)
    app.jinja_environment = PageEnvironment
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR_SECONDS  # addresses of assets carry their digest
    digests = _digests()
    app.jinja_env.globals["public_path"] = public_path
    app.jinja_env.globals["asset"] = partial(_asset, digests)
    templates = {one: PageEnvironment.in_language(app.jinja_env, one) for one in LANGUAGE_NAMES}
    context = app.extensions[INDEX_EXTENSION] = AppContext(
        lambda: passed or open_index(settings=chosen),
        templates,
        version=digests["*"],
        is_remote=bool(chosen.url),
        owns_index=passed is None,
    )
    for rule, view in ROUTES:
        app.add_url_rule(rule, f"{view.__module__}.{view.__name__}", partial(view, context))
    error_handlers.register(app, context)
    app.teardown_request(lambda error: context.release(error))
    guard(app, rate=web.rate, log=bool(web.access_log))
    if web.metrics:
        count_requests(app, context)
    app.config["LOG_FORMAT"] = web.log_format
    compress_answers(app)
    _mount(app, web)
    return app


def _prefix(web: WebSettings) -> str:
    path = web.prefix.strip("/")
    return f"/{path}" if path else ""


def _mount(app: Flask, web: WebSettings) -> None:
    """Put the application behind its proxies and under its path."""
    if prefix := _prefix(web):
        app.wsgi_app = Mounted(app.wsgi_app, prefix)  # type: ignore[method-assign, assignment]
    if web.proxies:
        count = web.proxies
        fixed = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count)
        app.wsgi_app = ForwardedHeaders(fixed)  # type: ignore[method-assign, assignment]


def _digests() -> dict[str, str]:
    """Digest every file that shapes an answer; `*` is all of them, the code included."""
    package = files("webapp")
    names = sorted(
        f"{folder}/{file.name}"
        for folder in ("static", "templates")
        for file in package.joinpath(folder).iterdir()
        if file.is_file()
    )
    digests = {}
    code = sorted(file.name for file in package.iterdir() if file.name.endswith((".py", ".json")))
    whole = hashlib.sha256(b"".join(package.joinpath(name).read_bytes() for name in code))
    for name in names:
        content = package.joinpath(name).read_bytes()
        whole.update(content)
        digests[name] = hashlib.sha256(content).hexdigest()[:8]
    return digests | {"*": whole.hexdigest()[:8]}


def _asset(digests: dict[str, str], name: str) -> str:
    to = Addresses(request.script_root)
    return to.to(f"/static/{name}", v=digests[f"static/{name}"])
