"""Make `indexer/data/common_characters.txt` from jieba's dictionary and OpenCC's tables.

python tests/training/make_common_characters.py > indexer/data/common_characters.txt
"""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import opencc

COUNT = 4_000
A_LINE = 40
HEAD = """\
# The 4,000 ideographs that are most frequent in the words of jieba 0.42.1's dictionary (MIT), each
# weighted with its word's frequency, the most frequent first; where the Traditional form differs
# (OpenCC 1.4 s2t, Apache-2.0) it follows. Read by indexer/pages/encodings.py.
"""


def main() -> None:
    """Print the list."""
    counts: Counter[str] = Counter()
    for line in files("jieba").joinpath("dict.txt").read_text("utf-8").splitlines():
        word, frequency, *_ = line.split(" ")
        for character in word:
            if "\u3400" <= character <= "\u9fff":
                counts[character] += int(frequency)
    frequent = [character for character, _ in counts.most_common(COUNT)]
    known, to_traditional = set(frequent), opencc.OpenCC("s2t").convert
    entries = []
    for character in frequent:
        traditional = to_traditional(character)
        other = len(traditional) == 1 and traditional not in known
        entries.append(character + traditional if other else character)
    print(HEAD, end="")
    for first in range(0, COUNT, A_LINE):
        print(" ".join(entries[first : first + A_LINE]))


if __name__ == "__main__":
    main()
