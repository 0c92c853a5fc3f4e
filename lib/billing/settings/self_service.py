"""The `[self_service]` section of `portside.toml`: what members may ask for in the product.

[self_service]
permissions = ["org:write:billing"] # of the acting member, in the product's words; one is enough
checkout_plan = "pro_monthly"       # what Checkout begins with where the product does not say
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .table import Table

_KNOWN: Final = frozenset({"permissions", "checkout_plan"})


@dataclass(frozen=True, slots=True)
class SelfServicePolicy:
    permissions: tuple[str, ...] = ("org:write:billing",)
    checkout_plan: str | None = None  # lookup key of a price


def read_self_service(table: Table) -> SelfServicePolicy:
    """Raises ConfigurationError naming the file, the key and what it should be."""
    table.only(_KNOWN)
    permissions = SelfServicePolicy().permissions
    if "permissions" in table.given:
        permissions = tuple(table.texts("permissions", "a list of permissions"))
        if not permissions:
            raise table.refuse("permissions", "at least one permission")
    return SelfServicePolicy(permissions, table.maybe_text("checkout_plan"))
