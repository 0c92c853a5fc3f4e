"""A caller that speaks Stripe's bracket forms, for tests that drive the sandbox's API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

Json = dict[str, Any]


class Api:
    """`api.post("/v1/customers", name="Ada", metadata={"a": "b"})` -> the decoded answer."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, path: str, **params: Any) -> Json:
        return self._send("GET", path, params)

    def post(self, path: str, **params: Any) -> Json:
        return self._send("POST", path, params)

    def delete(self, path: str, **params: Any) -> Json:
        return self._send("DELETE", path, params)

    def refused(self, method: str, path: str, status: int, **params: Any) -> Json:
        """Like the others, for a call that must be refused with `status`."""
        return self._send(method, path, params, status)

    def _send(self, method: str, path: str, params: Json, status: int = 200) -> Json:
        pairs = list(encode(params))
        content = httpx.QueryParams(pairs) if method != "POST" else None
        body = dict(pairs) if method == "POST" else None
        answer = self._client.request(
            method, path, params=content, data=body, headers={"Authorization": "Bearer sk_test_x"}
        )
        assert answer.status_code == status, f"{method} {path} {params}: {answer.text}"
        decoded: Json = answer.json()
        return decoded


def encode(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Bracket pairs of nested dictionaries and lists, with numeric indexes."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from encode(inner, f"{prefix}[{name}]" if prefix else name)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from encode(inner, f"{prefix}[{index}]")
    elif isinstance(value, bool):
        yield prefix, str(value).lower()
    elif value is not None:
        yield prefix, str(value)
