"""The code reads as CONTRIBUTING asks: names, docstrings, sizes."""

from __future__ import annotations

import ast
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from statistics import median

import pytest

import indexer
import webapp

ROOTS = [Path(str(package.__file__)).parent for package in (indexer, webapp)]
FILES = [path for root in ROOTS for path in sorted(root.rglob("*.py"))]
TREES = {path: ast.parse(path.read_text("utf-8")) for path in FILES}

GUIDES = [path for root in (ROOTS[0].parent, *ROOTS) for path in root.glob("*.md")]
"""The README of the project, of the library and of the site."""

NOT_IMPERATIVE = ("Tell", "Say", "Give", "Hand", "Let", "Lend", "Know", "Speak")
"""First words that say what code is like, not what a function does."""

BANNED = re.compile(
    r"\b(?:strangers?|lends?|lent|asks? again|lets? go|stands?|stood|told|tells?|speaks?|anew"
    r"|at hand|in hand|lies?|lying|bears?|bearing|bore|borne|believed?|goes on|go on|nobody"
    r"|somebody|for want of)\b"
)
"""Words that say of code and data what people do."""

TICKED = re.compile(r"`([^`\n]+)`")

SHAPE = re.compile(r"\b(?:in, .* out|comes? in\b.*\bgoes? out)\b", re.DOTALL)
"""Docstrings of modules that say only what goes in and what comes out."""

MAX_LINES = 500
MAX_FUNCTION_LINES = 40

PARALLELS = {"engine", "ranking", "reader", "snapshot", "writer"}
"""Modules that do the same job, each in its engine."""

TWO_TABLES_IN_A_LINE = {"CONTINUATION_WEIGHTS"}
"""Constants of one value that are set together with others."""


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def body_lines(node: ast.FunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def docstrings() -> Iterator[tuple[str, str]]:
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield f"{path.name}:{getattr(node, 'lineno', 1)}", ast.get_docstring(node) or ""


def texts(trees: Mapping[Path, ast.Module] = TREES) -> Iterator[tuple[str, str]]:
    """Yield docstrings, those of constants too, and comments."""
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                yield f"{path.name}:{node.lineno}", str(node.value.value)
        with path.open(encoding="utf-8") as lines:
            for token in tokenize.generate_tokens(lines.readline):
                if token.type == tokenize.COMMENT:
                    yield f"{path.name}:{token.start[0]}", token.string


def test_docstrings_say_what_is_done() -> None:
    wrong = [at for at, text in docstrings() if text.split(" ", 1)[0] in NOT_IMPERATIVE]
    assert wrong == []


def test_texts_use_the_words_of_the_field() -> None:
    assert [(at, found[0]) for at, text in texts() if (found := BANNED.search(text))] == []


def test_tests_use_the_words_of_the_field() -> None:
    paths = [path for path in Path(__file__).parent.rglob("*.py") if path != Path(__file__)]
    trees = {path: ast.parse(path.read_text("utf-8")) for path in paths}
    names = [
        (path.name, node.name.replace("_", " "))
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]
    plain = [(at, TICKED.sub("", text)) for at, text in (*texts(trees), *names)]
    assert [(at, found[0]) for at, text in plain if (found := BANNED.search(text))] == []


def test_no_text_is_called_a_run() -> None:
    assert [
        (path.name, node.lineno)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id in ("run", "runs"))
        or (isinstance(node, ast.arg) and node.arg in ("run", "runs"))
    ] == []


def test_guides_use_the_words_of_the_field() -> None:
    texts = [(path, path.read_text("utf-8")) for path in GUIDES]
    assert [
        (path.parent.name, found[0]) for path, text in texts if (found := BANNED.search(text))
    ] == []


def test_modules_say_what_they_are_responsible_for() -> None:
    texts = {path.name: ast.get_docstring(tree) or "" for path, tree in TREES.items()}
    assert [name for name, text in texts.items() if SHAPE.search(text.split("\n\n")[0])] == []
    assert [name for name, text in texts.items() if not text] == []


def test_files_are_short() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name for name, count in lengths.items() if count > MAX_LINES} == set()


def test_functions_are_short() -> None:
    lengths = {f"{path.name}:{node.name}": body_lines(node) for path, node in functions()}
    assert {name for name, count in lengths.items() if count > MAX_FUNCTION_LINES} == set()
    assert median(lengths.values()) <= 8


def test_classes_have_names_of_their_own() -> None:
    modules = defaultdict(set)
    for path, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                modules[node.name.lstrip("_")].add(path)
    assert {name for name, paths in modules.items() if len(paths) > 1} == set()


def test_modules_have_names_of_their_own() -> None:
    names = [path.parent.name if path.stem == "__init__" else path.stem for path in FILES]
    stems = [re.sub(r"(?:ing|s)$", "", name) for name in names if name not in PARALLELS]
    assert {stem for stem, count in Counter(stems).items() if count > 1} == set()


def constants() -> Iterator[tuple[str, str]]:
    """Yield the constants of modules, without a leading underscore, each with its value."""
    for tree in TREES.values():
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign) and node.value:
                targets = [node.target]
            for target in targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name) and name.id.isupper():
                        yield name.id.lstrip("_"), ast.unparse(node.value)


def test_constants_mean_one_thing() -> None:
    values = defaultdict(set)
    for name, value in constants():
        values[name].add(value)
    several = {name for name, found in values.items() if len(found) > 1}
    assert several - TWO_TABLES_IN_A_LINE == set()


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_every_folder_is_a_package(root: Path) -> None:
    folders = {path.parent for path in root.rglob("*.py")} - {root / "alias" / "chaquan"}
    assert {folder.name for folder in folders if not (folder / "__init__.py").exists()} == set()


CODE_NAME = re.compile(r"\b_?[A-Z][A-Z_]{2,}\b|\b[A-Z][a-z]+[A-Z]\w*|\b[a-z]+_[a-z_]+\b")
"""What can only be a name of code: constants, classes of two words, names with an underscore."""

PLACEHOLDERS = {"AFTER", "BEFORE", "CODE", "COMMAND", "KEY", "NAME", "REASON", "VERDICT", "YYYY"}
FOREIGN_NAMES = {"HMM", "content_list", "MeasurementUnit", "SmallFloat", "open_dir", "siginfo_t"}


@cache
def names_in_code() -> frozenset[str]:
    """Collect names and the words in strings, docstrings apart."""
    names = {path.stem for path in FILES}
    for tree in TREES.values():
        nodes = list(ast.walk(tree))
        docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            values = vars(node).values() if id(node) not in docstrings else ()
            texts = " ".join(value for value in values if isinstance(value, str))
            names.update(re.findall(r"\w+", texts))
    return frozenset(names)


def test_names_in_docstrings_exist() -> None:
    found = [
        (at, name)
        for at, text in list(texts())
        for ticked in TICKED.findall(text)
        for name in CODE_NAME.findall(ticked)
    ]
    scripts = {path.stem for path in Path(__file__).parent.rglob("*.py")}
    known = names_in_code() | scripts | PLACEHOLDERS | FOREIGN_NAMES
    assert [(at, name) for at, name in found if name not in known] == []


GUIDE_PATH = re.compile(r"[\w./-]+\.(?:css|html|js|json|npz|py|toml|tsv|txt)")
GUIDES_OF_THE_LIBRARY = [ROOTS[0] / "README.md", ROOTS[0] / "engines" / "README.md"]


@pytest.mark.parametrize("guide", GUIDES_OF_THE_LIBRARY, ids=lambda guide: guide.parent.name)
def test_paths_and_names_in_guides_exist(guide: Path) -> None:
    ticked = TICKED.findall(guide.read_text("utf-8"))
    folders = (guide.parent, guide.parent / "whoosh", ROOTS[0].parent)
    paths = [text for text in ticked if GUIDE_PATH.fullmatch(text) and text != "manifest.json"]
    assert [p for p in paths if not any((folder / p).exists() for folder in folders)] == []
    known = names_in_code() | PLACEHOLDERS | FOREIGN_NAMES
    names = [name for text in set(ticked) - set(paths) for name in CODE_NAME.findall(text)]
    assert [n for n in names if n not in known and not n.startswith("CHAQUAN_")] == []
