"""The model file holds a weight for every feature that is computed, and no other."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.clean_articles import UNSEEN_NEWS, read_clean
from support.typesetter import Faults, Role, draw_page

from indexer.reading.captions import caption_features
from indexer.reading.continuation import continuation_features, start_features
from indexer.reading.first_pieces import first_piece_features
from indexer.reading.fitted_weights import FEATURES_FILE, MODEL_FILE, ModelError, read_model


def write(folder: Path, change: Any) -> Path:
    table = json.loads(MODEL_FILE.read_text("utf-8"))
    change(table)
    path = folder / "model.json"
    path.write_text(json.dumps(table), "utf-8")
    return path


def rename_feature(table: dict[str, Any]) -> None:
    table["weights"]["captions"]["wide"] = table["weights"]["captions"].pop("long")


def drop_group(table: dict[str, Any]) -> None:
    del table["weights"]["joins"]


def raise_version(table: dict[str, Any]) -> None:
    table["features"] += 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (rename_feature, r"captions: missing \['long'\], unknown \['wide'\]"),
        (drop_group, r"groups: missing \['joins'\]"),
        (raise_version, "features of version"),
    ],
)
def test_a_model_of_other_features_is_refused(tmp_path: Path, change: Any, complaint: str) -> None:
    with pytest.raises(ModelError, match=complaint):
        read_model(write(tmp_path, change))


def test_every_computed_feature_has_a_weight() -> None:
    computed: dict[str, set[str]] = {}
    for seed in range(8):
        page = draw_page(read_clean(UNSEEN_NEWS), seed, Faults(column=(30, 90), heading=0.3))
        lines = [line for line in page.text.split("\n") if line]
        for before, after in pairwise(lines):
            found = {
                "continuation": continuation_features(before, after, page.text),
                "starts": start_features(after),
                "captions": caption_features(after, before, "", page.text, gaps=True),
                "first pieces": first_piece_features(before, [after], page.text),
            }
            for group, features in found.items():
                computed.setdefault(group, set()).update(features)
        assert page.texts(Role.HEADING)
    known = json.loads(FEATURES_FILE.read_text("utf-8"))
    for group, names in computed.items():
        assert names <= {*known[group]["names"]}
