"""Bodies as they may be kept: without addresses that let their bearer act as the customer."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_BEARER: Final = frozenset({"billing_portal.session", "checkout.session"})
_SECRET: Final = frozenset({"url", "client_secret"})
_RETURNS: Final = frozenset({"return_url", "success_url", "cancel_url"})
_TOKEN: Final = re.compile(r"[?&]t=v1\.")
"""Of the return page: see `lib.billing.domain.returning`."""


def storable(event: dict[str, Any], body: bytes) -> bytes:
    """``body``, or the same event without its secrets when it holds some.

    Sessions lose their ``url``, return addresses that carry a token are dropped, and everything
    loses its ``client_secret``. Any other event is kept byte
    for byte.
    """
    if not (b"client_secret" in body or b".session" in body or b"\\u" in body):
        return body
    found, kept = _without(event, 0)
    if not found:
        return body
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=True).encode()


def _without(value: Any, depth: int) -> tuple[bool, Any]:
    """(whether something was taken out, what is left). Too deep to look at counts as a secret."""
    if depth > 40:
        return True, None
    if type(value) is list:
        pairs = [_without(element, depth + 1) for element in value]
        return any(found for found, _ in pairs), [kept for _, kept in pairs]
    if type(value) is not dict:
        return False, value
    named = value.get("object")
    hidden = _SECRET if type(named) is str and named in _BEARER else {"client_secret"}
    result: dict[str, Any] = {}
    any_found = False
    for key, inner in value.items():
        token = key in _RETURNS and type(inner) is str and _TOKEN.search(inner)
        if (key in hidden and inner is not None) or token:
            any_found, result[key] = True, None
            continue
        found, result[key] = _without(inner, depth + 1)
        any_found = any_found or found
    return any_found, result


_ADDRESS: Final = re.compile(r"https?://\S*/(p/session|c/pay|session)/\S*")
HIDDEN: Final = "(hidden)"


def shown(value: Any, depth: int = 0) -> Any:
    """``value`` as people may look at it: secrets and addresses of sessions are replaced, also
    where nobody expects them. ``value`` is plain JSON and stays as it is."""
    if depth > 40:
        return HIDDEN
    if type(value) is list:
        return [shown(element, depth + 1) for element in value]
    if type(value) is str:
        return _ADDRESS.sub(HIDDEN, value)
    if type(value) is not dict:
        return value
    named = value.get("object")
    session = type(named) is str and named in _BEARER
    return {
        key: HIDDEN
        if inner is not None and ("secret" in key.lower() or (session and key == "url"))
        else shown(inner, depth + 1)
        for key, inner in value.items()
    }
