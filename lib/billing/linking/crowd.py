"""How often one address may start something without a name."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Final

from ..domain.errors import RateLimited

STARTS: Final = 10
WINDOW: Final = 600.0
_ADDRESSES: Final = 4_096
_SUBSCRIBER: Final = 64
"""Bits of an IPv6 address that one connection is given: the rest it chooses as it likes."""


class Crowd:
    """Counts in this process alone; usable from several threads. ``ticks``: seconds that only run
    forward."""

    def __init__(self, *, most: int = STARTS, ticks: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._ticks = ticks
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, address: str) -> None:
        """Raises RateLimited beyond ``most`` within `WINDOW`."""
        name = household(address)
        now = self._ticks()
        with self._lock:
            since, times = self._seen.pop(name, (now, 0))
            if now - since >= WINDOW:
                since, times = now, 0
            self._seen[name] = since, times + 1
            if len(self._seen) > _ADDRESSES:
                self._seen.popitem(last=False)
        if times >= self._most:
            raise RateLimited("Too many starts from this address. Wait a few minutes.")


def household(address: str) -> str:
    """What addresses of one connection have in common: of IPv6 the network, of IPv4 all of it."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{int(found) >> (128 - _SUBSCRIBER):x}/{_SUBSCRIBER}"
