"""Values that go out in an address and come back unchanged, or not at all."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Sequence
from typing import Any, Final

_VERSION: Final = "v1"
_LONGEST: Final = 4_000


def sealed(values: Sequence[Any], purpose: str, key: str) -> str:
    """The text for an address. ``purpose``: what the key is used for here; it is part of the
    signature, so that one kind of token is never taken for another."""
    body = json.dumps(list(values), separators=(",", ":"))
    head = f"{_VERSION}.{_text(body.encode())}"
    return f"{head}.{_text(_mac(head, purpose, key))}"


def opened(text: str, purpose: str, keys: Sequence[str]) -> list[Any] | None:
    """The values; None when they are forged, or nothing of ours."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    head, _, mac = text.rpartition(".")
    given = _bytes(mac)
    # Every key is tried, so that the time does not tell which of them it was.
    fits = given is not None and any(
        [hmac.compare_digest(_mac(head, purpose, key), given) for key in keys]
    )
    version, _, body = head.partition(".")
    if not fits or version != _VERSION:
        return None
    try:
        values = json.loads(_bytes(body) or b"")
    except ValueError:
        return None
    return values if isinstance(values, list) else None


def _mac(head: str, purpose: str, key: str) -> bytes:
    return hmac.digest(key.encode(), f"portside {purpose} {head}".encode(), "sha256")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
