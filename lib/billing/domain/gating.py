"""What the product that sells the subscriptions asks: may they, and until when is the answer good?

Pure: stored rows and a time in, one answer out. Rows hold no clock, so the answer of a customer can
change without any event; `Entitled.changes_at` says when the next time is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from .access import judge
from .catalog import Catalog
from .grants import Access, Grant
from .rows import EntitlementRow

LONGEST_NAME: Final = 200
"""Characters of an id, a flag or a limit's name."""


@dataclass(frozen=True, slots=True)
class Entitled:
    """``access`` of one customer, or of an organization whose ``customers`` are taken together.

    ``changes_at``: unix seconds of the next end that passes without an event; None: there is none.
    """

    access: Access
    customers: tuple[str, ...]
    changes_at: int | None


def entitled(
    rows: Sequence[EntitlementRow], now: int, catalog: Catalog, *, timezone: str = "UTC"
) -> Entitled:
    """What ``rows``, at least one, come to at ``now``.

    Several customers of one organization are taken together as several subscriptions of one
    customer are: the highest rank decides, features are the union, limits the maximum.
    """
    ordered = sorted(rows, key=lambda row: row.customer_id)
    together = replace(ordered[0], grants=[grant for row in ordered for grant in row.grants])
    access = judge(together, now, catalog, timezone=timezone)
    owners = {grant["subscription_id"]: row.customer_id for row in ordered for grant in row.grants}
    owner = owners.get(access.subscription_id or "", ordered[0].customer_id)
    return Entitled(
        replace(access, customer_id=owner),
        tuple(row.customer_id for row in ordered),
        _changes_at(together, now),
    )


def _changes_at(row: EntitlementRow, now: int) -> int | None:
    giving = (grant for grant in (Grant(**stored) for stored in row.grants) if grant.gives_at(now))
    return min((grant.until for grant in giving if grant.until is not None), default=None)


def known_flags(catalog: Catalog) -> frozenset[str]:
    """Every flag that the catalogue declares or a plan of it has."""
    used = {flag for plan in catalog.plans.values() for flag in plan.features}
    return frozenset(used | catalog.features.keys())


def known_limits(catalog: Catalog) -> frozenset[str]:
    """The name of every limit that a plan of the catalogue sets."""
    return frozenset(name for plan in catalog.plans.values() for name in plan.limits)
