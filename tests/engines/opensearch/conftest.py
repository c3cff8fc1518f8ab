"""Tests on a real cluster need the client of the extra `opensearch`."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("opensearchpy") else ["test_*_on_a_cluster.py"]
