"""Run the command line as `python -m indexer.cli`."""

from indexer.cli import main

main(prog_name="chaquan")
