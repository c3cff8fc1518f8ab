"""Fit the network that scores what continues an open end: `fit_network.py [COLLECTION …]`.

Takes four fifths of the invented news of `data/fitting_news.txt`, and every second article of each
collection (`support/clean_articles.py` names the formats). Needs jax (`pip install -e '.[train]'`);
11,000 steps take 20 minutes on one quiet core. Writes `indexer/data/network.npz` unless --out says
otherwise.

Paragraphs are cut at every position within their sentences. An end must find its own beginning
among other cuts of its article, beginnings of paragraphs, captions and headings; a beginning its
own end among other cuts, headings and captions.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import Clean
from training.samples import HEADINGS, network_articles

from indexer.analysis import simplify
from indexer.analysis.tokenizers import find_in_jieba
from indexer.reading import network_score as network
from indexer.reading import patterns
from indexer.reading.fitted_weights import NETWORK_FILE

SIZE, HIDDEN, FACTOR = network.VECTOR_SIZE, 256, 96
STEPS, RATE, SLOWER = 11_000, 2e-3, 0.6
"""Steps, their rate, and how much slower the units are fitted, which jieba's tagger has begun."""

SHARE = 0.35
"""The share of news among the articles of a step."""

ARTICLES, CUTS, BEGINNINGS = 4, 48, 8
HEADING_ENDS, CAPTION_ENDS, CAPTIONS, HEADING_STARTS = 7, 3, 6, 2
"""Of a step the articles, and for each what is held against each other."""

DROPPED, UNREAD = 0.2, 0.1
"""The shares of hidden numbers and of characters that are left out while fitting."""

BACKWARD = 0.7
"""What it weighs to find the end of a beginning, against finding the beginning of an end."""

TOGETHER, LESS = 0.6, -0.4
OWN = {"end": 0.35, "start": 0.4}
"""The log-odds made of what both sides say, of no evidence, and of what each side says alone:
chosen on damaged pages beside the other evidence of a joint."""

Params = dict[str, Any]
Rows = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Text:
    """An article in rows of characters' numbers, each ending at a joint."""

    ends: Rows
    starts: Rows
    beginnings: Rows
    captions: Rows


def number_ends(texts: Sequence[str]) -> Rows:
    ends = [simplify(text)[-network.NETWORK_CONTEXT_CHARS :] for text in texts]
    return network.end_side().number_rows(ends).astype(np.int16)


def number_starts(texts: Sequence[str]) -> Rows:
    starts = [simplify(text)[: network.NETWORK_CONTEXT_CHARS] for text in texts]
    return network.start_side().number_rows(starts).astype(np.int16)


def cut(article: Clean) -> Text:
    """Cut an article at all positions within its sentences."""
    ends, starts = [], []
    for paragraph in article.paragraphs:
        for position in range(2, len(paragraph) - 1):
            if not patterns.is_closed(paragraph[:position]):
                ends.append(paragraph[max(0, position - network.NETWORK_CONTEXT_CHARS) : position])
                starts.append(paragraph[position : position + network.NETWORK_CONTEXT_CHARS])
    rows = number_ends(ends), number_starts(starts), number_starts(article.paragraphs)
    return Text(*rows, number_starts(article.captions))


class Samples:
    """Draws what is held against each other in a step."""

    def __init__(self, news: Sequence[Clean], others: Sequence[Clean]) -> None:
        self.random = np.random.default_rng(0)
        self.news, self.others = [cut(one) for one in news], [cut(one) for one in others]
        captions = [caption for one in news for caption in one.captions]
        self.captions = number_starts(captions)
        self.caption_ends = number_ends([caption.rstrip("。") for caption in captions])
        headings = [*HEADINGS.read_text("utf-8").split("\n")[:-1], *(one.title for one in news)]
        self.heading_ends, self.heading_starts = number_ends(headings), number_starts(headings)

    def draw(self) -> tuple[Rows, Rows]:
        """Return the ends and the starts of a step, article by article."""
        ends, starts = zip(*(self._draw_article() for _ in range(ARTICLES)), strict=True)
        return np.stack(ends), np.stack(starts)

    def _draw_article(self) -> tuple[Rows, Rows]:
        new = not self.others or self.random.random() < SHARE
        texts = self.news if new else self.others
        text = texts[self.random.integers(len(texts))]
        cuts = self.random.integers(len(text.ends), size=CUTS)
        captions = text.captions if new and len(text.captions) else self.captions
        ends = [text.ends[cuts], self._some(self.heading_ends, HEADING_ENDS)]
        ends.append(self._some(self.caption_ends, CAPTION_ENDS))
        starts = [text.starts[cuts], self._some(text.beginnings, BEGINNINGS)]
        starts += [self._some(captions, CAPTIONS), self._some(self.heading_starts, HEADING_STARTS)]
        return np.concatenate(ends), np.concatenate(starts)

    def _some(self, rows: Rows, count: int) -> Rows:
        return rows[self.random.integers(len(rows), size=count)]


def begin() -> Params:
    """Begin with the first layer of jieba's tagger, and with a small product."""
    random = np.random.default_rng(0)
    params: Params = {}
    for number, side in enumerate(("end", "start")):
        units = load(f"gru_{number}.w_0", 3 * SIZE * SIZE)
        bias = load(f"fc_{number}.b_0", 3 * SIZE) + load(f"gru_{number}.b_0", 3 * SIZE)
        params |= {
            f"{side}.vectors": load(f"fc_{number}.w_0", 3 * SIZE * SIZE).reshape(SIZE, -1),
            f"{side}.bias": bias,
            f"{side}.gates": units[: 2 * SIZE * SIZE].reshape(SIZE, -1),
            f"{side}.candidate": units[2 * SIZE * SIZE :].reshape(SIZE, -1),
            f"{side}.hidden": random.normal(size=(SIZE, HIDDEN)) * 2 / np.sqrt(SIZE),
            f"{side}.hidden_bias": np.zeros(HIDDEN),
            f"{side}.factor": random.normal(size=(HIDDEN, FACTOR)) * 0.05,
            f"{side}.own": np.zeros(HIDDEN),
        }
    return {name: jnp.asarray(value, jnp.float32) for name, value in params.items()}


def load(name: str, count: int) -> Rows:
    """Load the numbers of a layer, which are at the end of its file."""
    data = find_in_jieba(f"{network.TAGGER_NAME}/model_baseline/{name}").read_bytes()
    return np.frombuffer(data[-4 * count :], "<f4")


def read(params: Params, side: str, rows: Any, key: Any) -> tuple[Any, Any]:
    """Read rows as `network` does, leaving some out; what both sides and this one alone say."""
    unread, dropped = jax.random.split(key)
    said = jnp.asarray(network.character_vectors())[jnp.maximum(rows, 0)]
    said *= jax.random.bernoulli(unread, 1 - UNREAD, rows.shape)[..., None]
    said = said @ params[f"{side}.vectors"] + params[f"{side}.bias"]

    def step(here: Any, column: Any) -> tuple[Any, None]:
        says, known = column
        gates = jax.nn.sigmoid(says[:, : 2 * SIZE] + here @ params[f"{side}.gates"])
        update, reset = gates[:, :SIZE], gates[:, SIZE:]
        might = jnp.tanh(says[:, 2 * SIZE :] + (reset * here) @ params[f"{side}.candidate"])
        return jnp.where(known[:, None], here + update * (might - here), here), None

    nothing = jnp.zeros((len(rows), SIZE))
    here, _ = jax.lax.scan(step, nothing, (said.transpose(1, 0, 2), (rows >= 0).T))
    hidden = jnp.tanh(here @ params[f"{side}.hidden"] + params[f"{side}.hidden_bias"])
    hidden *= jax.random.bernoulli(dropped, 1 - DROPPED, hidden.shape) / (1 - DROPPED)
    return hidden @ params[f"{side}.factor"], hidden @ params[f"{side}.own"]


def loss(params: Params, ends: Any, starts: Any, key: Any) -> Any:
    """Return how badly ends find their beginnings, and beginnings their ends."""
    first, second = jax.random.split(key)
    left, left_own = read(params, "end", ends.reshape(-1, network.NETWORK_CONTEXT_CHARS), first)
    right, right_own = read(
        params, "start", starts.reshape(-1, network.NETWORK_CONTEXT_CHARS), second
    )
    left, right = (one.reshape(ARTICLES, -1, FACTOR) for one in (left, right))
    odds = left @ right.transpose(0, 2, 1) + right_own.reshape(ARTICLES, 1, -1)
    odds += left_own.reshape(ARTICLES, -1, 1)
    own = jnp.arange(CUTS)
    forward = jax.nn.log_softmax(odds[:, :CUTS], -1)[:, own, own].mean()
    backward = jax.nn.log_softmax(odds[:, :, :CUTS], 1)[:, own, own].mean()
    return -(forward + BACKWARD * backward)


def make_step(steps: int) -> Callable[..., tuple[Params, Params, Params, Any]]:
    """Make the step of Adam (Kingma and Ba 2015, arXiv:1412.6980) that fits the network."""

    @jax.jit
    def step(
        params: Params, mean: Params, square: Params, ends: Any, starts: Any, number: Any, key: Any
    ) -> tuple[Params, Params, Params, Any]:
        bad, slope = jax.value_and_grad(loss)(params, ends, starts, key)
        rate = RATE * jnp.minimum(1, number / 300) * (1 - 0.97 * number / steps)
        mean = {name: 0.9 * mean[name] + 0.1 * slope[name] for name in params}
        square = {name: 0.999 * square[name] + 0.001 * slope[name] ** 2 for name in params}
        fitted = {}
        for name, value in params.items():
            units = name.split(".")[1] in ("vectors", "bias", "gates", "candidate")
            steep = jnp.sqrt(square[name] / (1 - 0.999**number)) + 1e-8
            way = mean[name] / (1 - 0.9**number) / steep
            fitted[name] = value - rate * (SLOWER if units else 1.0) * way
        return fitted, mean, square, bad

    compiled: Callable[..., tuple[Params, Params, Params, Any]] = step
    return compiled


def fit(samples: Samples, steps: int) -> Params:
    """Fit the network, telling how it goes."""
    params, step, key = begin(), make_step(steps), jax.random.PRNGKey(0)
    mean = {name: jnp.zeros_like(value) for name, value in params.items()}
    square, all_bad = mean, []
    for number in range(1, steps + 1):
        key, now = jax.random.split(key)
        params, mean, square, bad = step(params, mean, square, *samples.draw(), number, now)
        all_bad.append(float(bad))
        if number % 500 == 0:
            print(f"{number:,} steps, loss {np.mean(all_bad[-500:]):.3f}", flush=True)
    return {name: np.asarray(value) for name, value in params.items()}


def finish(params: Params) -> Iterator[tuple[str, Rows]]:
    """Yield what `network` reads: the weights of the log-odds go into the factors."""
    for side in ("end", "start"):
        for name in ("vectors", "bias", "gates", "candidate", "hidden", "hidden_bias"):
            yield f"{side}.{name}", params[f"{side}.{name}"]
        weight, nothing = OWN[side], np.zeros((HIDDEN, 1))
        own = weight * params[f"{side}.own"][:, None]
        factor = np.sqrt(TOGETHER) * params[f"{side}.factor"]
        parts = [factor, own, nothing] if side == "start" else [factor, nothing, own]
        yield f"{side}.factor", np.concatenate(parts, axis=1)
        alone = [LESS, 1.0] if side == "start" else [1.0, 0.0]
        yield f"{side}.factor_bias", np.array([0.0] * FACTOR + alone)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("collections", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, default=NETWORK_FILE)
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    params = fit(Samples(*network_articles(arguments.collections)), arguments.steps)
    weights: dict[str, Any] = {name: value.astype(np.float16) for name, value in finish(params)}
    np.savez_compressed(arguments.out, **weights)


if __name__ == "__main__":
    main()
