"""`PORTSIDE_API_TOKEN`: who may ask `/v1`, and what.

    shop/read:entitlements+write:portal-sessions=SECRET,read:entitlements=OTHER

Entries are separated by commas; each is ``[NAME/]SCOPE[+SCOPE…]=SECRET``, or a secret alone, which
may read entitlements. The name is what the audit calls the caller. Two entries with one name are
one caller while its secret is being rolled.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from ..domain.errors import ConfigurationError

SHORTEST_SECRET: Final = 16
PER_SECOND: Final = 2_000
"""Requests of one caller that one process answers, unless PORTSIDE_API_RATE says otherwise."""
_VARIABLE: Final = "PORTSIDE_API_TOKEN"
_ENTRY: Final = re.compile(
    r"(?:(?P<name>[\w.-]{1,40})/)?(?P<scopes>[a-z]+:[a-z:+-]*)=(?P<secret>.*)"
)
_SECRET: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # what RFC 6750 lets a header carry


class Scope(StrEnum):
    READ_ENTITLEMENTS = "read:entitlements"
    WRITE_PORTAL_SESSIONS = "write:portal-sessions"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One bearer token; of the secret only a hash is kept."""

    name: str
    scopes: frozenset[Scope]
    digest: bytes = field(repr=False)


def read_api_tokens(text: str) -> tuple[ApiToken, ...]:
    """Raises ConfigurationError that repeats no secret."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(_token(part, number) for number, part in enumerate(parts, 1))


def _token(part: str, number: int) -> ApiToken:
    entry = _ENTRY.fullmatch(part)
    if entry is None:
        scopes, name, secret = frozenset({Scope.READ_ENTITLEMENTS}), None, part
    else:
        scopes = _scopes(entry["scopes"], number)
        name, secret = entry["name"], entry["secret"]
    if not _SECRET.fullmatch(secret):
        raise _refused(number, "is neither [NAME/]SCOPE=SECRET nor a secret for a header")
    if len(secret) < SHORTEST_SECRET:
        raise _refused(number, f"has a secret of fewer than {SHORTEST_SECRET} characters")
    return ApiToken(name or f"token{number}", scopes, digest_of(secret))


def _scopes(text: str, number: int) -> frozenset[Scope]:
    names = text.split("+")
    known = [scope.value for scope in Scope]
    if unknown := [name for name in names if name not in known]:
        raise _refused(number, f"names the scope {unknown[0]!r}; known are {' and '.join(known)}")
    return frozenset(Scope(name) for name in names)


def _refused(number: int, problem: str) -> ConfigurationError:
    return ConfigurationError(f"{_VARIABLE}: entry {number} {problem}.")


def digest_of(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def recognized(secret: str, tokens: Iterable[ApiToken]) -> ApiToken | None:
    """The token whose secret was presented. Takes as long whichever it is, and if none is."""
    digest = digest_of(secret)
    found = None
    for token in tokens:
        if compare_digest(digest, token.digest):
            found = token
    return found


def names_of(tokens: Collection[ApiToken]) -> list[str]:
    return sorted({token.name for token in tokens})
