"""Event bodies in little space: each compressed by itself, with a dictionary all of them share."""

from __future__ import annotations

import zlib

LEARN_FROM = 500
"""So many events are a history worth packing; a few by hand stay readable."""
WINDOW = 32_768
LEVEL = 1


def learn(bodies: list[bytes]) -> bytes:
    """A dictionary: the bodies that differ most in kind, as far as zlib can look back."""
    step = max(1, len(bodies) // 16)
    return b"".join(bodies[::step])[-WINDOW:]


class Packer:
    """Packs with ``dictionary``, or not at all without one; unpacks both."""

    def __init__(self, dictionary: bytes | None) -> None:
        self.ready = dictionary is not None
        # Copies, because reading the dictionary costs more than packing a body with it.
        self._packer = zlib.compressobj(LEVEL, zdict=dictionary or b"")
        self._unpacker = zlib.decompressobj(zdict=dictionary or b"")

    def pack(self, body: bytes) -> bytes:
        if not self.ready:
            return body
        packer = self._packer.copy()
        return packer.compress(body) + packer.flush()

    def unpack(self, stored: bytes) -> bytes:
        return stored if stored.startswith(b"{") else self._unpacker.copy().decompress(stored)
