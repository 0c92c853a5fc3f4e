"""`[[outgoing]]` of `portside.toml`: where the product is told of its customers.

[[outgoing]]
name = "shop"                                  # what pages, commands and secrets call it
url = "https://shop.example/billing/events"
events = ["customer.plan_changed"]             # default: every type

Secrets are no business of a file: `PORTSIDE_OUTGOING_SECRET` holds ``name=whsec_…`` for each
endpoint, separated by commas; two for one name while a secret is being rotated.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ..domain.errors import ConfigurationError
from ..domain.outgoing import TYPES
from .table import Table

SHORTEST_SECRET: Final = 24
"""Bytes that a secret stands for, as Standard Webhooks asks."""

_VARIABLE: Final = "PORTSIDE_OUTGOING_SECRET"
_KNOWN: Final = frozenset({"name", "url", "events"})
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PREFIX: Final = "whsec_"

Secrets = Mapping[str, tuple[str, ...]]
"""By the endpoint's name; the newest first."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    name: str
    url: str
    events: tuple[str, ...] = TYPES

    @property
    def host(self) -> str:
        """What is shown of the address: the rest of it may hold a token."""
        return urlsplit(self.url).hostname or ""


def read_endpoints(table: Table) -> tuple[Endpoint, ...]:
    """Raises ConfigurationError naming the file, the key and what it should be."""
    given = table.given.get("outgoing", [])
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise table.refuse("outgoing", "written as [[outgoing]], once an endpoint")
    found: dict[str, Endpoint] = {}
    for number, each in enumerate(given, 1):
        section = Table(each, table.source, f"outgoing[{number}].")
        endpoint = _endpoint(section)
        if endpoint.name in found:
            raise section.refuse("name", f"another name than {endpoint.name!r}, which is taken")
        found[endpoint.name] = endpoint
    return tuple(found.values())


def _endpoint(section: Table) -> Endpoint:
    section.only(_KNOWN)
    name, url = section.maybe_text("name"), section.maybe_text("url")
    if name is None or not _NAME.fullmatch(name):
        raise section.refuse("name", "given: up to 40 of a–z, 0–9, - and _")
    if url is None or not _may_be_told(url):
        raise section.refuse("url", "an https address without a user (http only for this machine)")
    events = tuple(dict.fromkeys(section.texts("events", "a list of event types")))
    for kind in events:
        if kind not in TYPES:
            raise section.refuse("events", f"of {', '.join(TYPES)}; {kind!r} is none")
    return Endpoint(name, url, events or TYPES)


def _may_be_told(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username or parts.password or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def read_secrets(text: str) -> dict[str, tuple[str, ...]]:
    """Raises ConfigurationError that repeats no secret."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for number, part in enumerate((p.strip() for p in text.split(",") if p.strip()), 1):
        name, separator, secret = part.partition("=")
        if not separator or not _NAME.fullmatch(name):
            raise _refused(number, "should be written NAME=whsec_…")
        if not secret.startswith(_PREFIX) or len(_bytes_of(secret)) < SHORTEST_SECRET:
            raise _refused(
                number, f"should be whsec_ and {SHORTEST_SECRET} random bytes or more in base64"
            )
        found[name].append(secret)
    return {name: tuple(secrets) for name, secrets in found.items()}


def _bytes_of(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX) + "==", validate=False)
    except (binascii.Error, ValueError):
        return b""


def lacking_secrets(endpoints: Sequence[Endpoint], secrets: Secrets) -> list[str]:
    """Names of the endpoints to which nothing can be signed."""
    return [endpoint.name for endpoint in endpoints if not secrets.get(endpoint.name)]


def check_secrets(endpoints: Sequence[Endpoint], secrets: Secrets) -> None:
    """Raises ConfigurationError when an endpoint has no secret: nothing is ever sent unsigned."""
    if lacking := lacking_secrets(endpoints, secrets):
        raise ConfigurationError(
            f"{_VARIABLE} has no secret for the endpoint {lacking[0]!r}: add {lacking[0]}=whsec_… "
            "where `serve` runs, and give the same secret to the product."
        )


def _refused(number: int, problem: str) -> ConfigurationError:
    return ConfigurationError(f"{_VARIABLE}: entry {number} {problem}.")
