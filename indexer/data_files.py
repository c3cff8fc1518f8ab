"""Read tables and word lists: those that ship with the library, and users' own."""

from __future__ import annotations

from pathlib import Path

from indexer.errors import BadMetadata, SourceMissing, cannot_read
from indexer.messages import message
from indexer.plain import read_plain

DATA_FOLDER = Path(__file__).parent / "data"


def read_data_lines(name: str) -> list[str]:
    """Return the lines of a text file in `data`, those that begin with # left out."""
    lines = (DATA_FOLDER / name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def read_own_lines(path: Path) -> list[str]:
    """Return the lines of a user's text file, those that begin with # left out.

    Raises `SourceMissing`, `Unreadable`, or `BadMetadata` for what is not UTF-8.
    """
    try:
        lines = read_plain(path).decode("utf-8-sig").splitlines()
    except FileNotFoundError as error:
        raise SourceMissing(path=path) from error
    except OSError as error:
        raise cannot_read(path, error) from error
    except UnicodeDecodeError as error:
        raise BadMetadata(path=path, reason=message("reason.not_utf8")) from error
    return [line for line in lines if not line.startswith("#")]
