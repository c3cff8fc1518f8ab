"""What a note of fingerprints says, and what it cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from indexer.pages.seen import (
    EXTRA_CACHE_LINES,
    MTIME_GRANULARITY_NS,
    READER_VERSION,
    SEEN_FORMAT,
    Seen,
)

LOOK = "7 1000 1000 7||"
KNOWN = {"a": "0a", "b": "0b", "e/1": "01", "e/2": "02"}
PARTS = st.sampled_from(["\n", "\t", " ", "|", LOOK, "0a", "a", "b", "e", "e/1", "01", "/x/a", "?"])


@given(st.lists(PARTS, max_size=30))
def test_no_build_cache_says_more_than_that_a_page_is_as_it_was(parts: list[str]) -> None:
    body = "".join(parts).encode()
    head = f"{SEEN_FORMAT} {READER_VERSION} 1 {sha256(body).hexdigest()}".encode()
    seen = Seen(KNOWN, "1", now=0)
    seen.load(head + b"\n" + body)
    for path, name in (("/x/a", "a"), ("/x/a", "e"), ("b", "b"), ("", "a")):
        for page in seen.find(path, name, LOOK) or ():
            assert page == name or page.startswith(f"{name}/")
            assert f"{KNOWN[page]} {page}" in body.decode()


@given(st.binary())
def test_any_bytes_are_a_note_or_none(cache: bytes) -> None:
    seen = Seen(KNOWN, "1", now=0)
    seen.load(cache)
    assert seen.find("/x/a", "a", LOOK) is None


@given(st.dictionaries(st.text(min_size=1).map(lambda name: f"/{name}"), st.booleans(), max_size=9))
def test_every_file_that_is_kept_is_found(files: Mapping[str, bool]) -> None:
    seen, pages = Seen({}, now=MTIME_GRANULARITY_NS + 2000), {"e/1": "01", "e/2": "02"}
    for path, settled in files.items():
        seen.keep(path, LOOK if settled else LOOK.replace("1000", "2001"), pages)
    again = Seen(KNOWN, "3", now=0)
    again.load(seen.dump("3") or b"")
    for path, settled in files.items():
        held = again.find(path, "e", LOOK)
        assert held == (tuple(pages) if settled and "\n" not in path else None)


FILES = st.tuples(st.sampled_from("abce"), st.booleans())


@given(st.lists(FILES, max_size=5), st.lists(FILES, max_size=5))
def test_any_files_together_are_found_as_one_by_one(
    kept: list[tuple[str, bool]], asked: list[tuple[str, bool]]
) -> None:
    fingerprints = {True: LOOK, False: LOOK + "|"}
    writing, reading = Seen({}, now=MTIME_GRANULARITY_NS + 2000), Seen(KNOWN, "3", now=0)
    for name, fingerprint in kept:
        pages = {page: digest for page, digest in KNOWN.items() if page.startswith(name)}
        writing.keep(f"/x/{name}", fingerprints[fingerprint], pages)
    reading.load(writing.dump("3") or b"")
    found = [(name, name, fingerprints[fingerprint]) for name, fingerprint in asked]
    single = [reading.find(f"/x/{file}", name, fingerprint) for file, name, fingerprint in found]
    alone = all(pages == (name,) for pages, (_, name, _) in zip(single, found, strict=True))
    assert reading.find_all("/x/", found) == ([name for name, _ in asked] if alone else None)


def test_too_long_a_note_is_none() -> None:
    seen = Seen({}, now=MTIME_GRANULARITY_NS + 2000)
    for number in range(EXTRA_CACHE_LINES):
        seen.keep(f"/{number}", LOOK, {})
    assert seen.dump("1") is None


def test_nothing_is_noted_twice() -> None:
    seen = Seen({}, now=MTIME_GRANULARITY_NS + 2000)
    seen.keep("/x/a", LOOK, {"a": "0a"})
    again = Seen(KNOWN, "1", now=0)
    again.load(seen.dump("1") or b"")
    again.find("/x/a", "a", LOOK)
    assert again.dump("1") is None
    assert again.dump("2")
