"""The fitted weights of the reader: one versioned file, checked against the features of the code.

`model.json` holds for each group the weight of every feature, and for what was fitted by which
script, on which data, when, with which scores. The scripts are in `tests/training/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from indexer.files import DATA_FOLDER

MODEL_FILE = Path(__file__).parent / "model.json"
NETWORK_FILE = DATA_FOLDER / "network.npz"

FEATURE_VERSION = 2
"""Raised whenever a feature changes its meaning: weights fitted on another version are refused."""

Weights = Mapping[str, float]

FEATURE_NAMES: Mapping[str, frozenset[str]] = {
    # how well a text continues another, log-odds
    "continuation": frozenset(
        {"bias", "long word", "word", "small word", "no word", "rest after", "rest before"}
        | {"same four", "same three", "pair", "new pair"}
        | {"quote", "quote of another kind", "quote left open", "quote from nowhere"}
        | {"mark first", "starter", "news", "goes on", "list first", "speech", "item"}
        | {"tiny sentence", "short sentence", "tiny clause", "short clause"}
        | {"number", "no number", "pause", "mark after mark"}
        | {"clause of few", "clause", "clause of many"}
        | {"sentence of few", "sentence", "sentence of many"}
        | {"hmm", "dictionary", "word ends", "word starts", "sentence starts", "network"}
    ),
    # that a text begins within a sentence, by its own beginning alone
    "starts": frozenset(
        {"mark first", "starter", "news", "goes on", "list first"}
        | {"tiny sentence", "short sentence", "tiny clause", "short clause"}
    ),
    # that a line under an open sentence is a caption
    "captions": frozenset(
        {"bias", "no gaps", "continues", "resumes", "below begins within", "long", "depicts"}
    ),
    # that a line between the printed lines of an open sentence is a caption
    "printed captions": frozenset(
        {"bias", "of column width", "continues", "resumes", "closed", "below continues"}
        | {"depicts", "credited", "cut short", "cut short above a full line", "wider"}
    ),
    # bounds of captions between printed lines, in characters and as a share of the line above
    "printed captions limits": frozenset({"least chars", "margin", "clearly short share"}),
    # that a short line is the first piece of a cut paragraph rather than a heading
    "first pieces": frozenset(
        {"bias", "parts", "sign", "pause in the middle", "pause", "pauses", "opener"}
        | {"words of prose", "date", "dangles", "rest of a word", "quote left open"}
        | {"one or two", "three", "four", "long", "goes on", "goes on ill", "below begins within"}
    ),
    # bounds of features of first pieces
    "first pieces limits": frozenset({"passed text", "least start", "long heading chars"}),
    # what printed lines are set into whole ones by, in lines and characters
    "whole lines": frozenset(
        {"head margin", "head lines", "head chars", "least column", "cut share"}
        | {"stanza lines", "verse chars"}
    ),
    # which columns change places, log-odds of joints and moves
    "columns": frozenset(
        {"lost end", "kept together", "settled", "begins within", "heading first", "nearness"}
        | {"move", "move across", "enough for a move"}
    ),
    # that a piece begins within a paragraph, on a page that indents paragraphs
    "indents": frozenset({"indented", "flush"}),
    # that a paragraph ends with a full line and its sentence
    "paragraph breaks": frozenset({"bias", "length", "starter", "begins within"}),
    # that two neighbouring columns of printed lines changed places, log-odds
    "column swaps": frozenset(
        {"bias", "continues", "open and begins", "open and indented", "open above heading"}
        | {"closed and begins", "closed and within", "begins within", "within below heading"}
        | {"apart", "end of the article", "short column"}
        | {"sure"}
    ),
    # whether neighbours are joined, log-odds
    "joins": frozenset(
        {
            "bias",
            "continues",
            "cut prior",
            "complete",
            "indented",
            "flush",
            "over heading",
            "over gap",
        }
        | {"parted", "rival", "nearness", "moved"}
        | {"caption", "usual", "cautious"}
    ),
    # what a short line or a single sentence is, log-odds
    "roles": frozenset(
        {
            "caption without a gap",
            "caption on a page without gaps",
            "prose of a cut title",
            "first piece",
            "joint of a number",
            "paragraph below",
            "two parts",
            "middle piece",
            "unmarked heading",
            "caption among marked headings",
            "heading under an open end",
            "numbered heading",
            "other lines of the page",
            "picture gap",
            "no picture gap",
            "said twice",
            "one",
            "two",
            "three",
            "four",
            "long heading",
            "long caption",
        }
    ),
    # confidences and shares from which an answer of the page profile counts
    "profile": frozenset(
        {
            "sure",
            "usual open share",
            "prior lines",
            "well closed",
            "unmarked share",
            "broken share",
            "even edge",
            "marks of a character",
            "items with heads",
        }
    ),
    # confidences and shares from which a gap or a heading opens an article
    "heads": frozenset({"certain gap", "signed heads"}),
    # what a line of a page's head may hold
    "masthead": frozenset({"unexplained"}),
}
"""The features of each group, as the code computes them."""


class ModelError(ValueError):
    """A model file whose features are not those of the code."""


@dataclass(frozen=True, slots=True)
class ReadingModel:
    """The weights of every group, and how they were fitted."""

    weights: Mapping[str, Weights]
    origin: Mapping[str, Any]

    def __getitem__(self, group: str) -> Weights:
        return self.weights[group]


def read_model(path: Path = MODEL_FILE) -> ReadingModel:
    """Read a model file; raises ModelError where it lacks a feature or has one too many."""
    table = json.loads(path.read_text("utf-8"))
    if table.get("features") != FEATURE_VERSION:
        raise ModelError(f"features of version {table.get('features')}, not {FEATURE_VERSION}")
    groups = table["weights"]
    _check("groups", groups, FEATURE_NAMES)
    for group, weights in groups.items():
        _check(group, weights, FEATURE_NAMES[group])
    frozen = {group: MappingProxyType(weights) for group, weights in groups.items()}
    return ReadingModel(MappingProxyType(frozen), MappingProxyType(table["origin"]))


def _check(group: str, found: Iterable[str], wanted: Iterable[str]) -> None:
    missing, unknown = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
    if missing or unknown:
        raise ModelError(f"{group}: missing {missing}, unknown {unknown}")


@cache
def model_digest() -> str:
    """Return a digest of all weights that ship: pages read with others are read again."""
    return sha256(MODEL_FILE.read_bytes() + NETWORK_FILE.read_bytes()).hexdigest()[:16]


@cache
def _shipped() -> ReadingModel:
    return read_model()


def weights(group: str) -> Weights:
    """Return the weights of a group of the model that ships."""
    return _shipped()[group]


def score(weights: Weights, features: Mapping[str, float]) -> float:
    """Return the sum of the features by their weights: log-odds."""
    return sum(weights[name] * value for name, value in features.items())
