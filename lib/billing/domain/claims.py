"""Who somebody is, from what an identity provider says. Read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .errors import SignInRefused
from .sign_in import Identity, SignIn, address_of, groups_of, key_of, name_of

LATEST: Final = 253_402_300_799
"""The last second of the year 9999: beyond it, and beside the numbers, is no date."""


def from_claims(claims: Mapping[str, Any], rules: SignIn) -> Identity | None:
    """What an identity provider said; None when nobody has signed in. The clock is not looked at.

    Raises SignInRefused: ``email_missing``, ``email_unverified``, ``sign_in_undated``.
    """
    if not claims.get("is_logged_in"):
        return None
    email = address_of(claims.get("email"))
    issued = claims.get("iat")
    via = str(claims.get("provider") or "default")
    who = claims.get("sub") or email
    key = key_of(via, claims.get("iss"), who, issued, claims.get("nonce"))
    if email is None:
        raise SignInRefused(
            "Your identity provider did not say which e-mail address is yours. Ask its "
            "administrator to send the e-mail claim to this application.",
            code="email_missing",
            key=key,
        )
    # Some providers write booleans as text; one that leaves the claim out makes no statement.
    if str(claims.get("email_verified", True)).strip().lower() not in ("true", "1"):
        raise SignInRefused(
            f"Your identity provider has not verified that {email} is yours, so it counts for "
            "nothing here. Verify it there, then sign in again.",
            code="email_unverified",
            email=email,
            key=key,
        )
    since = _second(issued)
    if since is None:
        raise SignInRefused(
            "Your identity provider did not say when you signed in, so nobody can tell whether "
            "it is too long ago. Ask its administrator for the claim “iat”.",
            code="sign_in_undated",
            email=email,
            key=key,
        )
    return Identity(
        email=email,
        name=name_of(claims.get("name"), email),
        via=via,
        groups=groups_of(_deep(claims, rules.groups_claim)),
        since=since,
        until=since + rules.max_age,
        key=key,
    )


def _second(told: object) -> int | None:
    """A moment in unix seconds; None for what is no moment."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return int(told) if 0 <= told <= LATEST else None


def _deep(claims: Mapping[str, Any], path: str) -> object:
    if path in claims:  # a claim may have dots or be an address: the whole name first
        return claims[path]
    found: object = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
