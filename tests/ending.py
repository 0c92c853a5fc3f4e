"""A server that a test ends is gone at once: uvicorn looks ten times a second whether it is to end.

It then waits as long again for connections that nobody holds any more. Tests end thousands of
servers, and waited for that longer than they took. Imported by `tests/conftest.py`.
"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

from uvicorn import server

LOOKS_EVERY = 0.005


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(min(seconds, LOOKS_EVERY))


vars(server)["asyncio"] = SimpleNamespace(**(vars(asyncio) | {"sleep": _sleep}))
