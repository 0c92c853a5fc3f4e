"""The tenant's signing keys, and events as JWTs."""

from __future__ import annotations

import json
from typing import Any

from joserfc import jws
from joserfc.jwk import RSAKey

BITS = 2_048


class Ring:
    """Keys by their kid; the newest signs, and every one is published until it is dropped."""

    def __init__(self, keys: list[RSAKey] | None = None) -> None:
        self._keys = keys or []

    @property
    def signing(self) -> RSAKey:
        if not self._keys:
            self.rotate()
        return self._keys[-1]

    def rotate(self, *, keep: bool = True) -> str:
        """A new key signs from now on; without ``keep`` earlier ones are withdrawn. Its kid."""
        fresh = RSAKey.generate_key(BITS, private=True)
        self._keys = [*(self._keys if keep else []), fresh]
        return str(fresh.thumbprint())

    def jwks(self) -> dict[str, Any]:
        if not self._keys:
            self.rotate()
        return {"keys": [self._published(key) for key in self._keys]}

    def stored(self) -> list[str]:
        return [key.as_pem(private=True).decode() for key in self._keys]

    @classmethod
    def read(cls, pems: list[str]) -> Ring:
        return cls([RSAKey.import_key(pem.encode()) for pem in pems])

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A JWT of ``claims``; ``header`` may name another kid or type."""
        key = self.signing
        told = {"alg": "RS256", "kid": key.thumbprint(), "typ": "JWT"} | header
        body = json.dumps(claims).encode()
        return jws.serialize_compact(told, body, key, algorithms=["RS256"])

    def _published(self, key: RSAKey) -> dict[str, Any]:
        told = {"kid": key.thumbprint(), "use": "sig", "alg": "RS256"}
        return {**key.as_dict(private=False), **told}
