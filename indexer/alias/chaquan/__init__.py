"""The library under the name of its distribution: `import chaquan` gives the package `indexer`.

Only the names that `indexer` exports are meant to be imported this way. Installing, editable or
not, copies this package beside `indexer` (`force-include` in `pyproject.toml`).
"""

import sys
from typing import TYPE_CHECKING

import indexer

if TYPE_CHECKING:
    from indexer import *  # noqa: F403

sys.modules[__name__] = indexer
