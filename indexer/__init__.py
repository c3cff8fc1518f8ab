"""Full-text search for Chinese newspaper pages: the names the library exports.

    import indexer

    indexer.build_index(["seeds"], index="index")
    with indexer.open_index("index") as index:
        for hit in index.search("援疆 教育", city=["嘉兴"]):
            print(hit.title, hit.lines, hit.snippet.text)

Names are loaded when they are first used, so that `import indexer` costs next to nothing.
`__init__.pyi` lists them.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

_STUB = Path(__file__).with_suffix(".pyi").read_text("utf-8").splitlines()

_MODULE_OF = {
    line.split()[3]: line.split()[1]  # from MODULE import NAME as NAME
    for line in _STUB
    if line.startswith("from ")
}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'indexer' has no attribute {name!r}")
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
