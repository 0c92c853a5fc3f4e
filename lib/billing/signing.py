"""Plan as a claim: short-lived JWTs that say what a customer may use, and the keys behind them.

ES256 and nothing else: every JWT library and every browser-like runtime (Next.js middleware among
them) verifies it, a signature is 64 bytes, so the token fits into a session, and a public key
cannot be taken for a shared secret. The first key signs, every one is published.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from .domain.catalog import Catalog
from .domain.errors import ConfigurationError
from .domain.gating import Entitled
from .domain.times import iso

ALGORITHM: Final = "ES256"
CURVE: Final = "P-256"
TYPE: Final = "plan+jwt"
"""Of the header: no other JWT of the product can be taken for a plan."""
LIFETIME: Final = 300
"""Seconds that a claim is good for, at most."""
ISSUER: Final = "portside"


@dataclass(frozen=True, slots=True)
class Claim:
    token: str = field(repr=False)
    expires_at: int  # unix seconds of the system clock


@dataclass(frozen=True)
class Signer:
    """``keys``: the first signs. ``ticks``: the system's clock, whatever PORTSIDE_NOW says: those
    who verify have no other."""

    keys: Sequence[ECKey] = field(repr=False)
    issuer: str = ISSUER
    audience: str | None = None
    ticks: Callable[[], float] = time.time

    def claim(self, asked: str, found: Entitled, now: int, catalog: Catalog) -> Claim:
        """What ``found`` is at ``now``, for at most five minutes and never beyond its next change.

        ``asked``: the id that was asked for, the token's subject.
        """
        issued_at = int(self.ticks())
        seconds = LIFETIME if found.changes_at is None else found.changes_at - now
        expires_at = issued_at + max(1, min(LIFETIME, seconds))
        claims = {
            "iss": self.issuer,
            "sub": asked,
            "iat": issued_at,
            "exp": expires_at,
            **plan_claims(found, catalog),
        }
        if self.audience is not None:
            claims["aud"] = self.audience
        key = self.keys[0]
        header = {"alg": ALGORITHM, "kid": key.thumbprint(), "typ": TYPE}
        return Claim(jwt.encode(header, claims, key, algorithms=[ALGORITHM]), expires_at)

    def jwks(self) -> dict[str, Any]:
        """The public halves, as RFC 7517 spells them."""
        return {"keys": [_published(key) for key in self.keys]}


def plan_claims(found: Entitled, catalog: Catalog) -> dict[str, Any]:
    """What a session is enriched with."""
    access = found.access
    return {
        "org": access.org_id,
        "customer": access.customer_id,
        "plan_key": access.plan,
        "plan_name": catalog.plan(access.plan).name,
        "access": access.access,
        "access_until": iso(access.access_until),
        "rule": access.rule,
        "features": list(access.features),
        "limits": dict(access.limits),
    }


def _published(key: ECKey) -> dict[str, Any]:
    told = {"kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM}
    return {**key.as_dict(private=False), **told}


def read_keys(paths: Sequence[Path]) -> tuple[ECKey, ...]:
    """The keys in PEM files. Raises ConfigurationError that names the file and repeats nothing."""
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> ECKey:
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The signing key {path} cannot be read ({error.strerror}). "
            "Check PORTSIDE_CLAIM_KEYS, or make one with `portside keys new`."
        ) from None
    try:
        key = ECKey.import_key(pem)
        usable = key.is_private and key.curve_name == CURVE
    except (JoseError, ValueError, TypeError):
        usable = False
    if not usable:
        raise ConfigurationError(
            f"{path} holds no private key for {ALGORITHM} (curve {CURVE}, PEM, no password). "
            "Make one with `portside keys new`."
        )
    return key


def write_new_key(path: Path) -> str:
    """Write a fresh key that only its owner can read; its kid. Raises ConfigurationError when the
    file is there, or cannot be written."""
    key = ECKey.generate_key(CURVE)
    try:
        # Made with its rights, not given them after: nobody can open it in between.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(f"{path} is there already. Name a file that is not.") from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}).") from None
    with os.fdopen(handle, "wb") as file:
        file.write(key.as_pem(private=True))
    return str(key.thumbprint())


def kid_of(key: ECKey) -> str:
    return str(key.thumbprint())
