"""Plans as claims, verified: ES256 only, by keys that Portside publishes, never by what a token
says about itself."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final

from .errors import ClaimInvalid, UnknownKey
from .values import PlanClaim, moment

ALGORITHM: Final = "ES256"
TYPE: Final = "plan+jwt"
ASK_AGAIN: Final = 10.0
"""Seconds between two looks at the published keys: a forged key id must not make us ask often."""
KEEP_KEYS: Final = 600.0
_AHEAD: Final = 60
"""Seconds that the clock which signed may be ahead of this one."""


class Verifier:
    """``ticks`` is for the keys' age, ``clock`` for the tokens' times (unix seconds)."""

    def __init__(
        self,
        issuer: str,
        audience: str | None,
        *,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._ticks = ticks
        self._lock = Lock()
        self._keys: dict[str, Any] = {}
        self._learnt_at = float("-inf")
        self._asked_at = float("-inf")

    def wants_keys(self, *, unknown: bool = False) -> bool:
        """Whether to ask for the keys now; who is told so should ask."""
        now = self._ticks()
        with self._lock:
            old = now - self._learnt_at >= KEEP_KEYS
            if not (unknown or old) or now - self._asked_at < ASK_AGAIN:
                return False
            self._asked_at = now
            return True

    def learn(self, jwks: Mapping[str, Any]) -> None:
        """Take over published keys; those that are no public P-256 keys are left out."""
        from joserfc.jwk import ECKey

        keys = {}
        for told in jwks.get("keys", ()):
            if told.get("kty") == "EC" and told.get("crv") == "P-256" and told.get("kid"):
                public = {name: told[name] for name in ("kty", "crv", "x", "y")}
                keys[str(told["kid"])] = ECKey.import_key(public)
        with self._lock:
            self._keys = keys
            self._learnt_at = self._ticks()

    def verify(self, token: str) -> PlanClaim:
        """Raises ClaimInvalid; UnknownKey when asking for the keys again may help."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        header = _header(token)
        if header.get("alg") != ALGORITHM or header.get("typ") != TYPE:
            raise ClaimInvalid("The token is not signed the way Portside signs plans.")
        key = self._keys.get(str(header.get("kid")))
        if key is None:
            raise UnknownKey("The token is signed by a key that Portside does not publish.")
        try:
            claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError, TypeError):
            raise ClaimInvalid("The token's signature is not Portside's.") from None
        return self._read(claims)

    def _read(self, claims: Mapping[str, Any]) -> PlanClaim:
        now = self._clock()
        try:
            expires_at, issued_at = int(claims["exp"]), int(claims["iat"])
            if now >= expires_at:
                raise ClaimInvalid("The token has ended. Ask for a new one.")
            if issued_at > now + _AHEAD:
                raise ClaimInvalid("The token is from the future. Check the clocks.")
            if claims["iss"] != self._issuer or claims.get("aud") != self._audience:
                raise ClaimInvalid("The token is of another issuer, or for somebody else.")
            return PlanClaim(
                subject=str(claims["sub"]),
                org=claims["org"],
                customer=str(claims["customer"]),
                plan_key=str(claims["plan_key"]),
                plan_name=str(claims["plan_name"]),
                access=bool(claims["access"]),
                access_until=moment(claims["access_until"]),
                features=frozenset(claims["features"]),
                limits=dict(claims["limits"]),
                expires_at=expires_at,
            )
        except (KeyError, TypeError, ValueError):
            raise ClaimInvalid("The token does not say what a plan's does.") from None


def _header(token: str) -> Mapping[str, Any]:
    head = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, TypeError):
        header = None
    if not isinstance(header, dict):
        raise ClaimInvalid("This is no token.")
    return header
