"""The `[pricing]` section of `portside.toml`: the pricing page for customers.

[pricing]
embed = ["https://www.example.com"]                  # origins whose pages may frame it
sign_up_url = "https://app.example.com/register"     # where strangers go instead of to Checkout
url = "https://billing.example.com/pricing"          # its own address, as customers reach it
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from .table import Table

_KNOWN: Final = frozenset({"embed", "sign_up_url", "url"})
_ORIGIN: Final = re.compile(
    r"https?://(?:\*\.[a-z0-9-]+\.)?[a-z0-9.-]+(?::\d{1,5})?", re.IGNORECASE
)
"""A star stands for the subdomains of one domain, never for everybody's."""


@dataclass(frozen=True, slots=True)
class PricingPolicy:
    """``url`` None: beside the return page, where that is Portside's own."""

    embed: tuple[str, ...] = ()
    sign_up_url: str | None = None
    url: str | None = None


def read_pricing(table: Table) -> PricingPolicy:
    """Raises ConfigurationError naming the file, the key and what it should be."""
    table.only(_KNOWN)
    wanted = "a list of origins such as https://www.example.com"
    embed = [origin.rstrip("/") for origin in table.texts("embed", wanted)]
    if not all(_ORIGIN.fullmatch(origin) for origin in embed):
        raise table.refuse("embed", wanted)
    return PricingPolicy(tuple(embed), _address(table, "sign_up_url"), _address(table, "url"))


def _address(table: Table, key: str) -> str | None:
    text = table.maybe_text(key)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        raise table.refuse(key, "an address like https://app.example.com/register") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise table.refuse(key, "an address like https://app.example.com/register")
    return text
