"""Reading a request's body without letting it grow."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request


async def read_at_most(
    request: Request, limit: int, grows: Callable[[int], None] = lambda _size: None
) -> bytes | None:
    """The body, or None as soon as it is known to be longer than ``limit``.

    ``grows`` is told of its size before that much is kept, and may raise.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        return None
    body = bytearray()
    async for part in request.stream():
        size = len(body) + len(part)
        if size > limit:
            return None
        grows(size)
        body += part
    return bytes(body)
