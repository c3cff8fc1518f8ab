"""The training scripts find the shipped weights again, near enough, on a small sample."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest
from support.typesetter import Faults, Role, draw_page
from training import fit_continuation, fit_joins, fit_lines, fit_paragraphs, fit_swaps
from training.samples import (
    NEWS,
    Sample,
    body_pieces,
    fit_logistic,
    network_articles,
    update_model,
    weight_articles,
)

from indexer.reading.fitted_weights import MODEL_FILE, read_model, score

ARTICLES = weight_articles([])
COMMON = ("network", "rest before", "hmm", "dictionary", "mark first", "starter")
"""Features that a small sample holds often enough to be fitted."""


def test_what_fits_the_network_fits_nothing_else() -> None:
    own, others = network_articles([])
    assert not others
    assert {one.title for one in own}.isdisjoint(one.title for one in ARTICLES)


def test_a_regression_finds_the_odds_it_was_drawn_from() -> None:
    cases = [Sample({"bias": 1.0, "seen": 1.0}, number % 4 > 0) for number in range(400)]
    cases += [Sample({"bias": 1.0}, number % 4 == 0) for number in range(400)]
    assert fit_logistic(cases, ridge=0.01) == pytest.approx({"bias": -1.1, "seen": 2.2}, abs=0.02)
    held = fit_logistic(cases, held={"seen": 2.2}, ridge=0.01)
    assert held == pytest.approx({"bias": -1.1}, abs=0.02)


def test_joints_fitted_on_a_small_sample_weigh_as_those_that_ship() -> None:
    joints, scores = fit_continuation.fit(ARTICLES[:20], rounds=1)["continuation"]
    shipped = read_model()["continuation"]
    assert scores["area"] > scores["area before"] - 0.03
    assert scores["area"] > 0.9
    assert {name: joints[name] for name in COMMON} == pytest.approx(
        {name: shipped[name] for name in COMMON}, abs=1.0
    )


def test_lines_are_recorded_with_what_they_truly_are() -> None:
    pages = list(fit_lines.draw_pages(ARTICLES[:12], rounds=1))
    drawn = [fit_lines.draw_lines(page) for page in pages]
    captions, firsts = ([one.true for page in drawn for one in page[group]] for group in (0, 1))
    assert set(captions) == {True, False}
    assert any(firsts)


def test_ends_of_paragraphs_are_recognised_by_their_length() -> None:
    weights, scores = fit_paragraphs.fit(ARTICLES)["paragraph breaks"]
    assert weights == pytest.approx(read_model()["paragraph breaks"], abs=0.01)
    assert scores["area"] > 0.9


def test_swaps_are_recorded_with_what_restores_the_print() -> None:
    cases = list(islice(fit_swaps.draw_cases(ARTICLES, rounds=1), 12))
    restoring = [case for case in cases if case.true.any()]
    assert 0 < len(restoring) < len(cases)
    assert all(case.features.shape == (len(case.true), len(fit_swaps.FEATURES)) for case in cases)


def test_joins_are_recorded_with_what_is_printed() -> None:
    pages = fit_joins.draw_pages(ARTICLES, rounds=1)
    drawn = [one for page in islice(pages, 12) for one in fit_joins.draw_joints(page)]
    true = [score(read_model()["joins"], one.features) for one in drawn if one.true]
    assert len(true) > len(drawn) / 2
    assert sum(odds > 0 for odds in true) > 0.9 * len(true)


def test_pieces_are_ranges_of_their_paragraphs() -> None:
    page = draw_page(ARTICLES, 3, Faults(column=(40, 120)))
    pieces = body_pieces(page)
    for piece in pieces:
        block = page.blocks[piece.block]
        assert block.role is Role.BODY
        assert len(block.text[piece.start : piece.end]) == len(piece.text)
    assert len(pieces) > len(page.texts(Role.BODY))


def test_an_update_says_how_it_came_to_be(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(MODEL_FILE.read_text("utf-8"), "utf-8")
    update_model("captions", {"long": -1.5}, "tests/training/fit_lines.py", [NEWS], {}, path)
    model = read_model(path)
    assert model["captions"]["long"] == -1.5
    assert model.origin["captions"]["script"] == "fit_lines.py"
    assert list(model.origin["captions"]["data"]) == [NEWS.name]
    assert json.loads(path.read_text("utf-8"))["weights"]["joins"] == dict(model["joins"])
