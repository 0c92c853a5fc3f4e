"""Answers: JSON, with a tag where the same question may be asked again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

NO_STORE: Final = {"Cache-Control": "no-store"}
_JSON: Final = "application/json"


class Refused(Exception):
    """An answer other than what was asked for. ``more`` goes into the body beside the code."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def answer(self) -> Response:
        body = {"code": self.code, "message": str(self), **self.more}
        return answer(body, self.status, {**NO_STORE, **self.headers})


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, _JSON)


def tagged(request: Request, body: Any, headers: Mapping[str, str]) -> Response:
    """200 with a strong ETag, or 304 when the caller has this very body already."""
    spelled = orjson.dumps(body)
    tag = f'"{hashlib.sha256(spelled).hexdigest()[:32]}"'
    told = {**headers, "ETag": tag, "Vary": "Authorization"}
    if _has(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=told)
    return Response(spelled, 200, told, _JSON)


def _has(given: str | None, tag: str) -> bool:
    """RFC 9110: a list of tags, compared weakly, or * for any."""
    if given is None:
        return False
    return any(part.strip().removeprefix("W/") in (tag, "*") for part in given.split(","))
