"""What a customer may use, by name, and which subscription gives each of it."""

from __future__ import annotations

from collections.abc import Callable

from ..domain.catalog import Catalog
from ..domain.grants import Access, Grant
from ..domain.rows import EntitlementRow
from .customer_views import FeatureUse, LimitUse, Source


def features_of(
    row: EntitlementRow, access: Access, now: int, catalog: Catalog
) -> tuple[FeatureUse, ...]:
    """The features of ``access``, each with every subscription that gives it."""
    return tuple(
        FeatureUse(
            slug,
            catalog.features[slug].name if slug in catalog.features else slug,
            _sources(
                row,
                now,
                catalog,
                own=lambda grant, slug=slug: slug in grant.features,  # type: ignore[misc]
                default=slug in catalog.default.features,
            ),
        )
        for slug in access.features
    )


def limits_of(
    row: EntitlementRow, access: Access, now: int, catalog: Catalog
) -> tuple[LimitUse, ...]:
    """The limits of ``access``: the highest of a name counts."""
    return tuple(
        LimitUse(
            name,
            limit,
            _sources(
                row,
                now,
                catalog,
                own=lambda grant, n=name, v=limit: grant.limits.get(n) == v,  # type: ignore[misc]
                default=catalog.default.limits.get(name) == limit,
            ),
        )
        for name, limit in access.limits.items()
    )


def _sources(
    row: EntitlementRow,
    now: int,
    catalog: Catalog,
    *,
    own: Callable[[Grant], bool],
    default: bool,
) -> tuple[Source, ...]:
    giving = [g for g in (Grant(**grant) for grant in row.grants) if g.gives_at(now)]
    found = [
        Source(catalog.plan(grant.plan).name, grant.subscription_id)
        for grant in giving
        if grant.plan and own(grant)
    ]
    needs_default = not giving or any(grant.plan is None for grant in giving)
    if default and needs_default:
        found.append(Source(catalog.default.name, None))
    return tuple(found)
