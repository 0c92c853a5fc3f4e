"""A Stripe that answers what was recorded, at once: what a local Stripe's work takes is left out.

Run as `python -m benchmarks.listing.recorded FILE PORT`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn

Answers = Mapping[str, tuple[bytes, bytes]]
"""Path and query -> body, and the `Date` that it was answered at."""


def write(answers: Answers, file: Path) -> None:
    lines = (
        json.dumps([asked, body.decode(), date.decode()]) for asked, (body, date) in answers.items()
    )
    file.write_text("\n".join(lines), "utf-8")


def read(file: Path) -> Answers:
    found = {}
    for line in file.read_text("utf-8").split("\n"):
        asked, body, date = json.loads(line)
        found[asked] = body.encode(), date.encode()
    return found


def app(answers: Answers) -> Callable[..., Awaitable[None]]:
    """An ASGI application that knows these."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        found = answers.get(f"{scope['path']}?{scope['query_string'].decode()}")
        body, date = found or (b'{"error": {"type": "invalid_request_error"}}', b"")
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"request-id", b"req_recorded"),
        ]
        if date:
            headers.append((b"date", date))
        status = 200 if found else 404
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


def main() -> None:
    file, port = sys.argv[1:]
    uvicorn.run(
        app(read(Path(file))),
        host="127.0.0.1",
        port=int(port),
        log_level="warning",
        lifespan="off",
        access_log=False,
        date_header=False,
    )


if __name__ == "__main__":
    main()
