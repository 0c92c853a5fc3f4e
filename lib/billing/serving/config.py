"""How uvicorn runs the receiver."""

from __future__ import annotations

import os
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
    proxies = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1").split(",")
    house = House(limits, {proxy.strip() for proxy in proxies})
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
