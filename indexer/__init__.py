"""The door of the library: pages in, results out."""
