"""Which of a million ids were seen, in eight bytes each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from hashlib import blake2b


class Ids:
    """Takes all ids first and answers afterwards. Two ids in 10¹⁹ may pass for one."""

    def __init__(self) -> None:
        self._digests = array("Q")
        self._sorted = True

    def add(self, name: str) -> None:
        self._digests.append(_digest(name))
        self._sorted = False

    def __contains__(self, name: str) -> bool:
        if not self._sorted:
            self._digests = array("Q", sorted(self._digests))
            self._sorted = True
        digest = _digest(name)
        place = bisect_left(self._digests, digest)
        return place < len(self._digests) and self._digests[place] == digest


def _digest(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")
