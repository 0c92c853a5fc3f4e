"""The pricing page's token: for whom the page is, who of them acts, and on whose word.

It opens one start of one subscription within half an hour, and no more: what may be started is
judged when it is. Whoever has it acts as that member, so it is handed over and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .errors import LinkRefused
from .sealing import opened, sealed

LIVES: Final = 1_800
"""Seconds."""
PARAMETER: Final = "t"

_AHEAD: Final = 300
"""Seconds that the clock of who made it may be ahead of ours."""
_PURPOSE: Final = "pricing page"


@dataclass(frozen=True, slots=True)
class PricingToken:
    """``id`` makes it usable once. ``org`` or ``customer_id``: for whom. ``caller``: the name of
    the API token whose product vouched for ``member``. ``at``: unix seconds of the minting."""

    id: str
    org: str | None
    customer_id: str | None
    member: str
    caller: str
    at: int

    @property
    def ends_at(self) -> int:
        return self.at + LIVES


def seal(token: PricingToken, key: str) -> str:
    given = [token.id, token.org, token.customer_id, token.member, token.caller, token.at]
    return sealed(given, _PURPOSE, key)


def unseal(text: str, keys: Sequence[str], now: int) -> PricingToken:
    """What was sealed.

    Raises:
        LinkRefused: ``link_invalid``, ``link_expired``.
    """
    values = opened(text, _PURPOSE, keys)
    if values is None or len(values) != 6:
        raise LinkRefused("This link is not one of ours, or is incomplete.", code="link_invalid")
    token = PricingToken(*values)
    if not -_AHEAD <= now - token.at < LIVES:
        raise LinkRefused("This link has expired. Open the prices again.", code="link_expired")
    return token
