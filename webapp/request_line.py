"""Request lines as people and programs type them: with Chinese characters that are not encoded.

An address is ASCII, and waitress answers 400 to any other byte. `curl 'http://…/?q=援疆'` sends
UTF-8 as it is; browsers encode it. Other servers take both, so this one encodes before parsing.
"""

from __future__ import annotations

import re

from waitress.parser import HTTPRequestParser

_NOT_ASCII_BYTE = re.compile(rb"[\x80-\xff]")


class RequestParser(HTTPRequestParser):  # type: ignore[misc]
    """A parser that percent-encodes the bytes of the request line that are not ASCII."""

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the request line and the headers after it."""
        line, end, headers = header_plus.partition(b"\r\n")
        super().parse_header(_NOT_ASCII_BYTE.sub(_encode, line) + end + headers)


def _encode(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]
