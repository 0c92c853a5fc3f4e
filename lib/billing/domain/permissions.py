"""Who may do what. A role is a set of permissions; pages and actions ask for a permission."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from .errors import PermissionDenied


class Role(StrEnum):
    SUPPORT = "support"
    FINANCE = "finance"
    FOUNDER = "founder"
    ADMIN = "admin"


class Permission(StrEnum):
    CUSTOMERS = "customers"  # look a customer up
    TOTALS = "totals"  # company-wide money
    MONEY = "money"  # invoices, churn, roll-forward
    PLANS = "plans"
    SYNC = "sync"
    NOTES = "notes"  # read and write staff notes
    LINKS = "links"  # mint links for customers
    EXPORT = "export"
    CLOSE = "close"  # month close
    REPAIR = "repair"  # repair, acknowledge, retry, apply configuration
    AUDIT = "audit"
    PORTAL = "portal"
    RAW = "raw"  # stored objects as they came, for engineers


_READ_ALL = frozenset(
    {
        Permission.CUSTOMERS,
        Permission.TOTALS,
        Permission.MONEY,
        Permission.PLANS,
        Permission.SYNC,
    }
)

GRANTS: Final[dict[Role, frozenset[Permission]]] = {
    Role.SUPPORT: frozenset(
        {
            Permission.CUSTOMERS,
            Permission.PLANS,
            Permission.SYNC,
            Permission.NOTES,
            Permission.LINKS,
        }
    ),
    Role.FINANCE: _READ_ALL | {Permission.EXPORT, Permission.CLOSE},
    Role.FOUNDER: _READ_ALL | {Permission.EXPORT},
    Role.ADMIN: frozenset(Permission),
}


def permissions_of(roles: Collection[Role]) -> frozenset[Permission]:
    """The union of what ``roles`` grant."""
    return frozenset().union(*(GRANTS[role] for role in roles))


def require(roles: Collection[Role], permission: Permission) -> None:
    """Raise :class:`PermissionDenied` unless one of ``roles`` grants ``permission``."""
    if permission not in permissions_of(roles):
        names = " or ".join(sorted(r.value for r in Role if permission in GRANTS[r]))
        raise PermissionDenied(
            f"This needs the right “{permission.value}”, which {names} have. Ask an administrator."
        )
