"""How people prove who they are, and who they are then."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from .errors import SignInRefused
from .permissions import Role

SKEW: Final = 300
"""Seconds that a provider's clock may be ahead of ours."""
LONGEST_EMAIL: Final = 254
MOST_GROUPS: Final = 500


@dataclass(frozen=True, slots=True)
class TrustedHeaders:
    """What an authenticating proxy is trusted with. Header names are lower case.

    A request counts only with every configured proof: the shared ``secret`` in its header, and a
    connection from one of ``peers``.
    """

    email: str
    name: str | None = None
    groups: str | None = None
    secret_header: str | None = None
    secret: str | None = field(default=None, repr=False)
    peers: tuple[IPv4Network | IPv6Network, ...] = ()
    sign_out: str | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """``max_age``: seconds. ``ask``: whom somebody without a role should ask."""

    max_age: int = 12 * 3_600
    groups_claim: str = "groups"
    ask: str | None = None
    headers: TrustedHeaders | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """One sign-in of one person. Times are unix seconds; ``until`` None does not end by itself.

    ``key`` names the sign-in, not the person: the same in every tab that came of it.
    """

    email: str
    name: str
    via: str  # the provider's name · proxy · demo
    groups: frozenset[str] = frozenset()
    since: int | None = None
    until: int | None = None
    key: str = ""
    roles: frozenset[Role] | None = None  # the demo's; None: by e-mail and groups

    def at(self, now: float) -> Identity:
        """The same, still valid at ``now``.

        Raises SignInRefused: ``sign_in_ended`` after its end, ``sign_in_undated`` before its time.
        """
        if self.since is not None and self.since > now + SKEW:
            raise SignInRefused(
                "Your sign-in is dated in the future, so its age cannot be told. One of two clocks "
                "is wrong: this computer's or the identity provider's.",
                code="sign_in_undated",
                email=self.email,
            )
        if self.until is None or now < self.until:
            return self
        hours = (self.until - (self.since or 0)) // 3_600
        raise SignInRefused(
            f"Your sign-in has ended: it lasts {hours} {'hour' if hours == 1 else 'hours'}. "
            "Sign in again to go on where you are.",
            code="sign_in_ended",
            email=self.email,
        )


def address_of(value: object) -> str | None:
    """An e-mail address in lower case, or None."""
    if not isinstance(value, str):
        return None
    # A letter like the Kelvin sign, whose small one is a plain k, would make another's address.
    if any(c.lower().isascii() and not c.isascii() for c in value):
        return None
    text = value.strip().lower()
    name, at, host = text.rpartition("@")
    plain = text.isprintable() and not any(c in text for c in " ,;")
    return text if name and at and host and plain and len(text) <= LONGEST_EMAIL else None


def name_of(value: object, email: str) -> str:
    """What to call somebody: the given name without control characters, else the address."""
    text = "".join(c for c in value if c.isprintable()).strip() if isinstance(value, str) else ""
    return text[:80] or email


def groups_of(value: object) -> frozenset[str]:
    """A list of texts, or one text. Anything else is no group."""
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    names = (name.strip() for name in listed[:MOST_GROUPS] if isinstance(name, str))
    return frozenset(name for name in names if name)


def key_of(*parts: object) -> str:
    """Names a sign-in without telling anything about it."""
    told = "\0".join(str(part) for part in parts)
    return f"sign_in_{hashlib.sha256(told.encode()).hexdigest()[:24]}"
