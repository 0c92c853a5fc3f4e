"""Whether Kinde signed a webhook: the body is a JWT, and its signature is what is believed.

The algorithm is RS256 whatever the token says, the keys are the configured issuer's whatever the
token names. Kinde's own package checks the signature alone; here the time is checked too.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from ..domain.errors import PayloadInvalid, SignatureInvalid
from .envelope import moment

ALGORITHM: Final = "RS256"

OLDEST: Final = 38 * 3_600
"""Seconds after which a delivery is refused: Kinde's last attempt is after 36 hours, and two more
for whatever holds it up."""
AHEAD: Final = 300
"""Seconds by which a token's time may be ahead of the system clock."""

_NOT_SIGNED: Final = "The body is no token that Kinde signed: only Kinde may deliver here."
_MOST_HEADER: Final = 4_096


@dataclass(frozen=True, slots=True)
class Token:
    """A token whose header was read; nothing of it is to be believed yet."""

    text: bytes
    kid: str


def read_token(body: bytes) -> Token:
    """The token that a body is. Raises SignatureInvalid when it cannot be one of Kinde's."""
    text = body.strip()
    parts = text.split(b".")
    if len(parts) != 3 or not all(parts) or len(parts[0]) > _MOST_HEADER:
        raise SignatureInvalid(_NOT_SIGNED)
    header = _header(parts[0])
    if header.get("alg") != ALGORITHM:
        raise SignatureInvalid(f"A token has to be signed with {ALGORITHM}.")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise SignatureInvalid("The token does not say which key signed it.")
    return Token(text, kid)


def verified(token: Token, key: RSAKey, *, issuer: str, now: float) -> dict[str, Any]:
    """What the token says, once ``key`` is shown to have signed it.

    Args:
        now: unix seconds of the system clock, also where the projection has another one.

    Raises:
        SignatureInvalid: another signature, another issuer, or a time outside the tolerance.
        PayloadInvalid: signed, and not a JSON object.
    """
    registry = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)
    registry.max_header_length = _MOST_HEADER
    registry.max_payload_length = len(token.text)
    try:
        signed = jws.deserialize_compact(token.text, key, registry=registry)
    except (JoseError, ValueError, TypeError):
        raise SignatureInvalid(_NOT_SIGNED) from None
    claims = _claims(signed.payload)
    named = claims.get("iss")
    if named is not None and str(named).rstrip("/") != issuer:
        raise SignatureInvalid("The token names another issuer than PORTSIDE_KINDE_ISSUER.")
    _check_time(claims, now)
    return claims


def _header(part: bytes) -> dict[str, Any]:
    try:
        header = json.loads(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        raise SignatureInvalid(_NOT_SIGNED) from None
    if type(header) is not dict:
        raise SignatureInvalid(_NOT_SIGNED)
    return header


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        raise PayloadInvalid("The token holds no JSON.") from None
    if type(claims) is not dict:
        raise PayloadInvalid("This is not an event of Kinde's: the token holds no JSON object.")
    return claims


def _check_time(claims: dict[str, Any], now: float) -> None:
    """By when it was signed, else sent, else by when what it tells happened."""
    told = (moment(claims.get(key)) for key in ("iat", "timestamp", "event_timestamp"))
    at = next((second for second in told if second is not None), None)
    if at is None:
        raise SignatureInvalid("The token does not say when it was made.")
    if now - at > OLDEST:
        raise SignatureInvalid(
            f"The token is older than {OLDEST // 3_600} hours. Check the system clock; an old "
            "delivery that is sent again is not accepted."
        )
    if at - now > AHEAD:
        raise SignatureInvalid("The token is from the future. Check the system clock.")
    ends, begins = moment(claims.get("exp")), moment(claims.get("nbf"))
    if (ends is not None and now > ends + AHEAD) or (begins is not None and now < begins - AHEAD):
        raise SignatureInvalid("The token is not valid at this time. Check the system clock.")
