"""The issuer's signing keys, by kid, and how often it may be asked for them.

An unknown kid may be a key that was just rolled in, or somebody's invention: the issuer is asked,
and then not again for a while, however many unknown kids come. While it is away, keys that are
known stay good for a day.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from ..domain.errors import KindeRefused, KindeUnavailable, SignatureInvalid
from .asking import ask

PATHS: Final = ("/.well-known/jwks", "/.well-known/jwks.json")
"""The documented place, and the one that Kinde's own packages read."""

FRESH: Final = 3_600.0
"""Seconds after which keys are read again: until then a withdrawn one is still believed."""
KEPT: Final = 86_400.0
"""Seconds for which known keys are good while the issuer does not answer."""
PATIENCE: Final = 30.0
"""Seconds between two questions about kids that nobody knows."""
AGAIN: Final = 5.0
"""Seconds before an issuer that did not answer is asked again."""

SMALLEST: Final = 2_048

_MOST_KEYS: Final = 50

Fetch = Callable[[], Mapping[str, RSAKey]]


class Keys:
    """The keys of one issuer; usable from several threads. ``ticks`` only run forward."""

    def __init__(
        self,
        issuer: str,
        *,
        ticks: Callable[[], float] = time.monotonic,
        fetch: Fetch | None = None,
    ) -> None:
        self._fetch = fetch or (lambda: read_keys(issuer))
        self._ticks = ticks
        self._lock = threading.Lock()
        self._known: Mapping[str, RSAKey] = {}
        self._read_at = float("-inf")
        self._failed_at = float("-inf")

    def due(self, kid: str) -> bool:
        """Whether the issuer has to be asked before :meth:`key` can answer about ``kid``."""
        now = self._ticks()
        if now < self._failed_at + AGAIN:
            return False
        age = now - self._read_at
        return age >= FRESH or (kid not in self._known and age >= PATIENCE)

    def refresh(self, kid: str) -> None:
        """Ask the issuer, unless another thread just did. Takes as long as the issuer does."""
        with self._lock:
            if not self.due(kid):
                return
            try:
                self._known = self._fetch()
            except (KindeUnavailable, KindeRefused):
                self._failed_at = self._ticks()
            else:
                self._read_at, self._failed_at = self._ticks(), float("-inf")

    def key(self, kid: str) -> RSAKey:
        """The key called ``kid``, of what is known now.

        Raises SignatureInvalid when the issuer has no such key, KindeUnavailable when it could not
        be asked.
        """
        now = self._ticks()
        found = self._known.get(kid)
        if found is not None and now < self._read_at + KEPT:
            return found
        if self._failed_at > self._read_at:
            raise KindeUnavailable("Kinde's signing keys cannot be read. Send it again later.")
        raise SignatureInvalid("The issuer has no signing key of that name.")


def read_keys(issuer: str) -> dict[str, RSAKey]:
    """The issuer's RSA keys for signatures, by kid. Raises KindeUnavailable, KindeRefused."""
    try:
        answer = ask("GET", f"{issuer}{PATHS[0]}")
    except KindeRefused as error:
        if error.status != 404:
            raise
        answer = ask("GET", f"{issuer}{PATHS[1]}")
    listed = answer.get("keys") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise KindeUnavailable("What answers at PORTSIDE_KINDE_ISSUER publishes no keys.")
    found = (_usable(each) for each in listed[:_MOST_KEYS])
    return dict(pair for pair in found if pair is not None)


def _usable(told: Any) -> tuple[str, RSAKey] | None:
    """(kid, key) of a key that may sign with RS256; anything else is passed over."""
    if not isinstance(told, dict) or told.get("kty") != "RSA":
        return None
    if told.get("use", "sig") != "sig" or told.get("alg", "RS256") != "RS256":
        return None
    kid, n, e = told.get("kid"), told.get("n"), told.get("e")
    if not (isinstance(kid, str) and kid and isinstance(n, str) and isinstance(e, str)):
        return None
    try:
        key = RSAKey.import_key({"kty": "RSA", "n": n, "e": e})
    except (JoseError, ValueError, TypeError):
        return None
    return (kid, key) if key.public_key.key_size >= SMALLEST else None
