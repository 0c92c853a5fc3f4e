"""How uvicorn runs the receiver."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

import uvicorn

from .house import House
from .limits import USUAL, Limits
from .protocol import guarded


def server_config(
    app: Any, *, host: str = "127.0.0.1", port: int = 8000, limits: Limits = USUAL
) -> uvicorn.Config:
    """``FORWARDED_ALLOW_IPS`` names the proxies whose X-Forwarded-For is believed, as uvicorn has
    it; without it those on this machine."""
    house = House(limits, speaks_for_others(os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")))
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=guarded(limits, house),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=limits.connections,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=10,
    )


def speaks_for_others(proxies: str) -> Callable[[str], bool]:
    """Whether an address is one of ``proxies``: addresses and networks, or * for everybody."""
    named = [part.strip() for part in proxies.split(",") if part.strip()]

    @lru_cache(4_096)
    def found(address: str) -> bool:
        return "*" in named or any(_is_of(address, proxy) for proxy in named)

    return found


def _is_of(address: str, proxy: str) -> bool:
    try:
        return ip_address(address) in ip_network(proxy)
    except ValueError:  # a socket's path, a name
        return address == proxy
