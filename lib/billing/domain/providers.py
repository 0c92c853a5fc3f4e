"""Which billing system an id belongs to.

Ids of Stripe stand as Stripe gives them. Those of anybody else carry the provider's name before a
colon, as ``kinde:cust_1``: no id of Stripe's has one, so that nobody is ever asked about an object
of somebody else's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Provider(StrEnum):
    STRIPE = "stripe"
    KINDE = "kinde"

    @property
    def label(self) -> str:
        """The name that people know."""
        return self.value.capitalize()


OTHERS: Final = tuple(each for each in Provider if each is not Provider.STRIPE)

PREFIXES: Final = tuple(f"{each}:" for each in OTHERS)
"""How ids of other providers than Stripe begin."""


def provider_of(name: str | None) -> Provider:
    """Whose id it is; what names nobody is Stripe's."""
    if name is not None and ":" in name:
        for each, prefix in zip(OTHERS, PREFIXES, strict=True):
            if name.startswith(prefix):
                return each
    return Provider.STRIPE


def is_stripes(name: str | None) -> bool:
    return provider_of(name) is Provider.STRIPE


def id_of(provider: Provider, own: str) -> str:
    """The id here of what ``provider`` calls ``own``."""
    return own if provider is Provider.STRIPE else f"{provider}:{own}"


def own_id(name: str) -> str:
    """What its provider calls it."""
    return name if is_stripes(name) else name.partition(":")[2]
