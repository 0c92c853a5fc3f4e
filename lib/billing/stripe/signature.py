"""Whether Stripe signed a webhook. Checked over the raw bytes, against every configured secret."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import orjson

from ..domain.errors import PayloadInvalid, SignatureInvalid

TOLERANCE: Final = 300
"""Seconds by which a signature's time may differ from ours, in either direction."""

_MOST_SIGNATURES: Final = 20


def verify(
    payload: bytes,
    header: str | None,
    secrets: Sequence[str],
    *,
    tolerance: int = TOLERANCE,
    now: float | None = None,
) -> dict[str, Any]:
    """The event in ``payload``, once one of ``secrets`` is shown to have signed it.

    Several secrets are tried because Stripe signs with two while one is being rolled, and because
    several endpoints may deliver here. The SDK's own check takes one secret and lets signatures
    from the future pass; so this one is ours.

    Args:
        now: unix seconds; the system clock by default, also where the projection has another one.

    Raises:
        SignatureInvalid: no header, a time outside the tolerance, or nothing that we can match.
        PayloadInvalid: signed, and not a JSON object.
    """
    stamp, given = _read(header)
    known = [secret for secret in secrets if secret]
    if not known:
        raise SignatureInvalid("No webhook secret is configured. Set STRIPE_WEBHOOK_SECRET.")
    signed = b"%d." % stamp + payload
    if not any(_matches(signed, secret, given) for secret in known):
        raise SignatureInvalid(
            "The signature matches none of the configured secrets. "
            "Compare STRIPE_WEBHOOK_SECRET with the endpoint's signing secret in Stripe."
        )
    if abs((time.time() if now is None else now) - stamp) > tolerance:
        raise SignatureInvalid(
            f"The signature's time is more than {tolerance} seconds away from the system clock. "
            "Check the clock; an old delivery that is sent again is not accepted."
        )
    return _event(payload)


def sign(payload: bytes, secret: str, at: int) -> str:
    """The ``Stripe-Signature`` header that Stripe would send at unix second ``at``."""
    return f"t={at},v1={_mac(b'%d.' % at + payload, secret)}"


def _read(header: str | None) -> tuple[int, list[bytes]]:
    stamps, given = [], []
    for part in (header or "").split(","):
        name, _, value = part.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) <= 12:
            stamps.append(int(value))
        elif name == "v1" and value.isascii():
            given.append(value.encode())
    if len(stamps) != 1 or not given or len(given) > _MOST_SIGNATURES:
        raise SignatureInvalid(
            "The Stripe-Signature header is missing or malformed: only Stripe may deliver here."
        )
    return stamps[0], given


def _matches(signed: bytes, secret: str, given: list[bytes]) -> bool:
    expected = _mac(signed, secret).encode()
    return any([hmac.compare_digest(expected, candidate) for candidate in given])


def _mac(signed: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), signed, sha256).hexdigest()


def _event(payload: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(payload)
    except orjson.JSONDecodeError:
        event = _read_slowly(payload)
    if type(event) is not dict:
        raise PayloadInvalid("This is not a Stripe event: the body is not a JSON object.")
    return event


def _read_slowly(payload: bytes) -> Any:
    """Lone surrogates and whatever else the fast reader refuses and JSON's own takes."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        raise PayloadInvalid("The body is not JSON.") from None
