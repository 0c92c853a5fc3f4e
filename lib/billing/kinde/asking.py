"""Asking Kinde over HTTP: bounded in time and size, never led elsewhere."""

from __future__ import annotations

import json
from typing import Any, Final

import httpx

from ..domain.errors import KindeRefused, KindeUnavailable

TIMEOUT: Final = 5.0
LARGEST_ANSWER: Final = 256 * 1024


def ask(method: str, address: str, **options: Any) -> Any:
    """The JSON of an answer. Redirects are not followed: what is asked for is at the issuer.

    Raises:
        KindeUnavailable: no answer, or one that says to come back later.
        KindeRefused: Kinde said no; neither the address nor anything that was sent is repeated.
    """
    try:
        with httpx.stream(method, address, timeout=TIMEOUT, **options) as response:
            body = _read(response)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise KindeUnavailable("Kinde does not answer. Try again in a moment.") from None
    if response.status_code >= 500 or response.status_code == 429:
        raise KindeUnavailable(f"Kinde answered {response.status_code}. Try again in a moment.")
    if response.status_code >= 300:
        raise KindeRefused(
            f"Kinde refused it ({response.status_code}).", status=response.status_code
        )
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise KindeUnavailable(
            "What answers at PORTSIDE_KINDE_ISSUER is not Kinde: its answer is not JSON."
        ) from None


def _read(response: httpx.Response) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > LARGEST_ANSWER:
            raise KindeUnavailable("Kinde's answer is larger than any that was expected.")
        parts.append(part)
    return b"".join(parts)
