"""The advanced form: its fields come in, the query they mean goes out, for the reader to see."""

from __future__ import annotations

from webapp.addresses import Arguments, read_number

MAX_FIELD = 256  # characters: what a query may hold


def compose(arguments: Arguments) -> str:
    """Write the query of the form's fields in the query language."""
    parts = [
        _words(arguments, "all"),
        _any(arguments),
        _phrase(arguments.get("phrase", "")),
        _near(arguments),
        *(f"-{word}" for word in _list(arguments, "none")),
        _field("标题", arguments.get("in_title", "")),
        _field("作者", arguments.get("by", "")),
        _dates(arguments.get("from", ""), arguments.get("until", "")),
    ]
    return " ".join(part for part in parts if part)


def _list(arguments: Arguments, name: str) -> list[str]:
    return arguments.get(name, "")[:MAX_FIELD].split()


def _words(arguments: Arguments, name: str) -> str:
    return " ".join(_list(arguments, name))


def _any(arguments: Arguments) -> str:
    words = _list(arguments, "any")
    return f"({' OR '.join(words)})" if len(words) > 1 else "".join(words)


def _phrase(text: str) -> str:
    clean = text.replace('"', " ").strip()[:MAX_FIELD]
    return f'"{clean}"' if clean else ""


def _near(arguments: Arguments) -> str:
    words = _list(arguments, "near")
    if len(words) < 2:
        return _phrase(" ".join(words))
    distance = read_number(arguments, "distance", 10, least=0)
    return f"{_phrase(' '.join(words[:2]))}~{distance}"


def _field(name: str, text: str) -> str:
    clean = text.replace('"', " ").strip()[:MAX_FIELD]
    if not clean:
        return ""
    return f'{name}:"{clean}"' if " " in clean else f"{name}:{clean}"


def _dates(first: str, last: str) -> str:
    first, last = first.strip()[:10], last.strip()[:10]
    return f"日期:{first}..{last}" if first or last else ""
