"""Web addresses that callers hand in, checked as Stripe checks them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lib.sandbox.errors import SandboxError
from lib.sandbox.params import Field


def web_address(*, required: bool = False, clear: bool = False) -> Field:
    """An absolute http or https address; anything else is 400 ``url_invalid``."""

    def read(value: Any, path: str) -> str:
        if not isinstance(value, str) or not is_web_address(value):
            raise SandboxError(
                "Not a valid URL. URLs must begin with http:// or https://.",
                code="url_invalid",
                param=path,
            )
        return value

    return Field(read, required, clear)


def is_web_address(value: str) -> bool:
    """True for an absolute http(s) address with a host and no control characters or blanks."""
    if len(value) > 5000 or any(ord(letter) <= 32 for letter in value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
