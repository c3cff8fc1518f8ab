"""Read a page: its articles with their paragraphs, in reading order.

The stages, one module each: `lines` (lines of the file, without repeats), `roles` (what each line
is), `heads` (where articles begin), `joins` and `reading_order` (what the print cut is joined, what
it displaced is put back), `blocks` (numbered paragraphs).
"""

from indexer.reading.blocks import read_articles
from indexer.reading.model import model_digest
from indexer.reading.page_meta import add_printed_meta

__all__ = ["add_printed_meta", "model_digest", "read_articles"]
