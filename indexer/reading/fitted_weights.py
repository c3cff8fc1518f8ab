"""The fitted weights of the reader: one versioned file, checked against the features of the code.

`features.json` names the features of each group as the code computes them, and what they are of.
`model.json` holds the weight of every feature, and for what was fitted by which script, on which
data, when, with which scores. The scripts are in `tests/training/`.
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
FEATURES_FILE = MODEL_FILE.with_name("features.json")
NETWORK_FILE = DATA_FOLDER / "network.npz"

FEATURE_VERSION = 2
"""Raised whenever a feature changes its meaning: weights fitted on another version are refused."""

Weights = Mapping[str, float]


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
    features = json.loads(FEATURES_FILE.read_text("utf-8"))
    _check("groups", groups, features)
    for group, weights in groups.items():
        _check(group, weights, features[group]["names"])
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
