"""An index that is replaced under a running server: noticed, and no old ETag is good for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import build_index, open_index
from webapp import create_app

ADDRESS = "/api/v1/search?q=援疆"


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return make(tmp_path, "first")


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return make(tmp_path, "second")


def make(folder: Path, name: str) -> Path:
    """Build an index of one page, whose only commit is the first."""
    pages = folder / f"pages of {name}"
    pages.mkdir()
    (pages / "a.txt").write_text(f"{name} 援疆。\n", "utf-8")
    build_index([pages], index=folder / name)
    return folder / name


@pytest.fixture
def client(first: Path) -> Iterator[FlaskClient]:
    with open_index(first) as index:
        yield create_app(index=index).test_client()


def delete_and_build(live: Path, other: Path) -> None:
    shutil.rmtree(live)
    build_index([other.with_name(f"pages of {other.name}")], index=live)


def copy_over(live: Path, other: Path) -> None:
    shutil.copytree(other, live, dirs_exist_ok=True)


def copy_in_place(live: Path, other: Path) -> None:
    for path in sorted(other.iterdir()):
        (live / path.name).write_bytes(path.read_bytes())


def copy_beside_and_rename(live: Path, other: Path) -> None:
    for path in sorted(other.iterdir(), reverse=True):
        draft = shutil.copy2(path, live / f".{path.name}.x")
        draft.rename(live / path.name)


def swap_folders(live: Path, other: Path) -> None:
    live.rename(live.with_name("old"))
    shutil.copytree(other, live)


REPLACE = (delete_and_build, copy_over, copy_in_place, copy_beside_and_rename, swap_folders)


@pytest.mark.parametrize("replace", REPLACE)
def test_another_index_of_the_same_generation(
    client: FlaskClient, first: Path, second: Path, replace: Callable[[Path, Path], None]
) -> None:
    before = client.get(ADDRESS)
    assert "first" in before.text
    replace(first, second)
    after = client.get(ADDRESS, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, "second" in after.text) == (200, True)
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_roll_back(client: FlaskClient, first: Path) -> None:
    before = client.get(ADDRESS)
    shutil.copytree(first, saved := first.with_name("saved"))
    (page := first.with_name("pages of first") / "a.txt").write_text("newer 援疆。\n", "utf-8")
    build_index([page.parent], index=first)
    newer = client.get(ADDRESS, headers={"If-None-Match": before.headers["ETag"]})
    assert "newer" in newer.text
    swap_folders(first, saved)
    again = client.get(ADDRESS, headers={"If-None-Match": newer.headers["ETag"]})
    assert "first" in again.text
    held = client.get(ADDRESS, headers={"If-None-Match": before.headers["ETag"]})
    assert held.status_code == 304  # the very commit that the reader holds


def test_an_index_that_is_gone_is_said_to_be(client: FlaskClient, first: Path) -> None:
    client.get(ADDRESS)
    shutil.rmtree(first)
    assert client.get(ADDRESS).status_code == 503
