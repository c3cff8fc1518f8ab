"""The face: requests in, pages out; it knows only the door of `indexer`."""
